"""The same 100,000 entries in a Beancount file, and the reports that both can make of them."""

import asyncio
import time
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

from beancount import loader
from beancount.core.data import Transaction

from bench.books import Ledger, Payer, lines_of
from bench.figures import Figure, latency_figure
from bench.measuring import Comparison, Sample
from pfa.ledger.v1.ledger_pb2 import GetSummaryRequest
from pfa.ledger.v1.report_pb2 import Period
from pfa.ledger.v1.transaction_pb2 import TransactionInput

Sums = dict[str, Decimal]
ROUNDS = 3
_MONTH = "2026-01"
_DAY = date(2026, 1, 14)
_BESIDE = "Beancount"


async def peers(
    ledger: Ledger, payer: Payer, count: int, home: Path, ours: Mapping[str, Comparison]
) -> list[Figure]:
    """Beancount reads the file (from its own cache, which it has filled before) and adds up."""
    file = home / "book.beancount"
    await asyncio.to_thread(file.write_text, "\n".join(_journal(payer, count)), "utf-8")
    figures = []
    for name, report in _REPORTS.items():
        await asyncio.to_thread(_run, file, report)
        samples = [await asyncio.to_thread(_run, file, report) for _ in range(ROUNDS)]
        rounds = Comparison(ours[name].ours[:ROUNDS], samples)
        figures.append(latency_figure(f"ledger.{name}.beancount", rounds, beside=_BESIDE))
    await _same_sums(ledger, payer, file)
    return figures


def _run(file: Path, report: Callable[[Any], Sums]) -> Sample:
    began = time.perf_counter()
    entries, errors, _ = loader.load_file(str(file))
    if errors:
        raise AssertionError(f"Beancount doesn't take the book: {errors[0]}")
    report(entries)
    elapsed = time.perf_counter() - began
    return Sample([elapsed], elapsed)


def _journal(payer: Payer, count: int) -> Iterator[str]:
    yield 'option "operating_currency" "EUR"'
    yield "1900-01-01 open Assets:Main EUR"
    for number in range(len(payer.categories)):
        yield f"1900-01-01 open Expenses:C{number} EUR"
    names = {id_: f"Expenses:C{number}" for number, id_ in enumerate(payer.categories)}
    for line in lines_of(payer, count):
        amount = _euros(line)
        yield f'{line.date} * "{line.payee}" "{line.description}"'
        yield f"  Assets:Main  {amount} EUR"
        yield f"  {names[line.category_id]}  {-amount} EUR"


def _euros(line: TransactionInput) -> Decimal:
    return Decimal(line.amount.minor_units).scaleb(-2)


def _summary(entries: Any) -> Sums:
    """What was spent in a month."""
    return _by(entries, "Expenses", lambda day: day if day == _MONTH else "")


def _report24(entries: Any) -> Sums:
    """What was spent in each month of two years."""
    return _by(entries, "Expenses", lambda day: day if "2024-02" <= day <= _MONTH else "")


def _networth(entries: Any) -> Sums:
    """What moved the assets in each month."""
    return _by(entries, "Assets", lambda day: day)


def _by(entries: Any, root: str, bucket: Callable[[str], str]) -> Sums:
    sums: Sums = defaultdict(Decimal)
    for entry in entries:
        if isinstance(entry, Transaction) and (key := bucket(entry.date.isoformat()[:7])):
            sums[key] += _sum_of(entry, root)
    return sums


def _sum_of(entry: Transaction, root: str) -> Decimal:
    amounts = [p.units.number for p in entry.postings if p.account.startswith(root) and p.units]
    return sum((number for number in amounts if number), Decimal())


_REPORTS: Mapping[str, Callable[[Any], Sums]] = {
    "summary": _summary,
    "report24": _report24,
    "networth": _networth,
}


async def _same_sums(ledger: Ledger, payer: Payer, file: Path) -> None:
    """Both say the same of the days before those that the benchmark has posted to since."""
    entries, _, _ = await asyncio.to_thread(loader.load_file, str(file))
    request = GetSummaryRequest(period=Period(from_date="2016-01-01", to_date=_DAY.isoformat()))
    answer = await ledger.books.GetSummary(request, metadata=payer.metadata)
    ours = Decimal(answer.currencies[0].expense.minor_units).scaleb(-2)
    known = [e for e in entries if isinstance(e, Transaction) and e.date <= _DAY]
    theirs = sum((_sum_of(entry, "Expenses") for entry in known), Decimal())
    if ours != theirs:
        raise AssertionError(f"Beancount adds up to {theirs}, the ledger to {ours}")
