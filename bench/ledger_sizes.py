"""What a person with 10,000, 100,000 or 1,000,000 entries waits for, beside a bare indexed `find`
of one page of the same entries."""

import time
import uuid
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any

from pymongo import MongoClient

from bench.books import Ledger, Outbox, Payer, fill, new_payer, open_books, purchase
from bench.figures import Figure, Findings, latency_figure
from bench.ledger_peers import peers
from bench.measuring import Comparison, Sample, Side, Take, compare, drive
from bench.world import World
from pfa.common.v1.page_pb2 import PageRequest
from pfa.ledger.v1.ledger_pb2 import (
    CreateTransactionRequest,
    GetSummaryRequest,
    ListTransactionsRequest,
)
from pfa.ledger.v1.payee_pb2 import ListPayeesRequest
from pfa.ledger.v1.recurring_pb2 import DetectRecurringRequest
from pfa.ledger.v1.report_pb2 import (
    BUCKET_SIZE_MONTH,
    DIMENSION_PAYEE,
    GetBreakdownRequest,
    GetIncomeExpenseRequest,
    GetNetWorthRequest,
    Period,
    ReportQuery,
)
from pfa.ledger.v1.transaction_pb2 import TransactionFilter

PAGE = 50
SIZES: Mapping[str, int] = {"10k": 10_000, "100k": 100_000, "1m": 1_000_000}
DEFAULT_SIZES = ("10k", "100k")
PEERS_SIZE = "100k"
_MONTH = Period(from_date="2026-01-01", to_date="2026-01-31")
_ONE_YEAR = Period(from_date="2025-02-01", to_date="2026-01-31")
_TWO_YEARS = Period(from_date="2024-02-01", to_date="2026-01-31")
_TEN_YEARS = Period(from_date="2016-02-01", to_date="2026-01-31")

Ask = Callable[[Ledger, Payer], Awaitable[Any]]


def ledger_sizes(sizes: Sequence[str]) -> Callable[[World, float], Awaitable[Findings]]:
    """The benchmark for books of these sizes."""

    async def measure(world: World, seconds: float) -> Findings:
        uri = world.stack.environment["MONGODB_URI"]
        async with open_books(world) as ledger, Outbox.open(uri) as outbox:
            payers = {size: await _filled(world, ledger, size) for size in sizes}
            await outbox.drained()
            with MongoClient[dict[str, Any]](uri) as client:
                each = seconds / (len(_QUESTIONS) * len(sizes))
                figures: list[Figure] = []
                of_peers: dict[str, Comparison] = {}
                for name, ask in _QUESTIONS.items():
                    rounds = {
                        size: await compare(
                            Side(_asks(ledger, payer, ask), outbox.drained),
                            Side(_bare_page(client, payer)),
                            seconds=each,
                        )
                        for size, payer in payers.items()
                    }
                    figures += _figures(name, rounds)
                    if PEERS_SIZE in rounds:
                        of_peers[name] = rounds[PEERS_SIZE]
            if of_peers:
                payer, count = payers[PEERS_SIZE], SIZES[PEERS_SIZE]
                figures += await peers(ledger, payer, count, world.home, of_peers)
        return Findings(figures)

    return measure


def _figures(name: str, rounds: Mapping[str, Comparison]) -> Sequence[Figure]:
    """One a size, and the largest beside the smallest."""
    figures = [
        latency_figure(f"ledger.{name}.{size}", found, beside="bare find of a page")
        for size, found in rounds.items()
    ]
    smallest, *_, largest = [*rounds, *rounds]
    if smallest != largest:
        growth = Comparison(rounds[largest].ours, rounds[smallest].ours)
        named = f"ledger.{name}.{largest}/{smallest}"
        figures.append(latency_figure(named, growth, beside=f"ours at {smallest}"))
    return figures


async def _filled(world: World, ledger: Ledger, size: str) -> Payer:
    payer, began = await new_payer(world, ledger), time.monotonic()
    await fill(ledger, payer, SIZES[size])
    seconds = time.monotonic() - began
    world.say(f"a book of {SIZES[size]:,} entries, imported in {seconds:.0f} s")
    return payer


def _asks(ledger: Ledger, payer: Payer, ask: Ask) -> Take:
    async def send(_: int) -> None:
        await ask(ledger, payer)

    async def take(seconds: float) -> Sample:
        return await drive(send, clients=1, seconds=seconds)

    return take


def _bare_page(client: MongoClient[dict[str, Any]], payer: Payer) -> Take:
    """The newest page, by the index that lists walk, decoded and thrown away."""
    entries = client.get_database("ledger").get_collection("entries")

    async def find(_: int) -> None:
        page = entries.find({"user_id": payer.owner, "live": True})
        list(page.sort([("date", -1), ("transaction_id", -1)]).limit(PAGE))

    async def take(seconds: float) -> Sample:
        return await drive(find, clients=1, seconds=seconds)

    return take


async def _list(ledger: Ledger, payer: Payer) -> None:
    request = ListTransactionsRequest(page=PageRequest(limit=PAGE))
    answer = await ledger.books.ListTransactions(request, metadata=payer.metadata)
    _expect(len(answer.transactions) == PAGE)


async def _search(ledger: Ledger, payer: Payer) -> None:
    request = _searching("café amount>10")
    answer = await ledger.books.ListTransactions(request, metadata=payer.metadata)
    _expect(len(answer.transactions) == PAGE)


async def _rare(ledger: Ledger, payer: Payer) -> None:
    """Search with a trait of one entry in a hundred, without a word of one in five."""
    request = _searching("-café has:note")
    answer = await ledger.books.ListTransactions(request, metadata=payer.metadata)
    _expect(len(answer.transactions) == PAGE)


async def _scan(ledger: Ledger, payer: Payer) -> None:
    """Two words that many entries have, and none has both: a page that finds nothing."""
    answer = await ledger.books.ListTransactions(_searching("café market"), metadata=payer.metadata)
    _expect(not answer.transactions)


async def _breakdown(ledger: Ledger, payer: Payer) -> None:
    query = ReportQuery(period=_ONE_YEAR, by=BUCKET_SIZE_MONTH)
    request = GetBreakdownRequest(query=query, dimension=DIMENSION_PAYEE, limit=PAGE)
    answer = await ledger.reports.GetBreakdown(request, metadata=payer.metadata)
    _expect(len(answer.report.lines) == PAGE)


async def _payees(ledger: Ledger, payer: Payer) -> None:
    request = ListPayeesRequest(page=PageRequest(limit=PAGE))
    answer = await ledger.payees.ListPayees(request, metadata=payer.metadata)
    _expect(len(answer.payees) == PAGE)


async def _detect(ledger: Ledger, payer: Payer) -> None:
    """One page: in the larger books more follow."""
    await ledger.recurring.DetectRecurring(DetectRecurringRequest(), metadata=payer.metadata)


def _searching(query: str) -> ListTransactionsRequest:
    filter_ = TransactionFilter(query=query)
    return ListTransactionsRequest(filter=filter_, page=PageRequest(limit=PAGE))


async def _summary(ledger: Ledger, payer: Payer) -> None:
    request = GetSummaryRequest(period=_MONTH)
    answer = await ledger.books.GetSummary(request, metadata=payer.metadata)
    _expect(answer.currencies[0].posting_count > 0)


async def _report24(ledger: Ledger, payer: Payer) -> None:
    query = ReportQuery(period=_TWO_YEARS, by=BUCKET_SIZE_MONTH)
    request = GetIncomeExpenseRequest(query=query)
    answer = await ledger.reports.GetIncomeExpense(request, metadata=payer.metadata)
    _expect(len(answer.report.buckets) == 24)


async def _networth(ledger: Ledger, payer: Payer) -> None:
    query = ReportQuery(period=_TEN_YEARS, by=BUCKET_SIZE_MONTH)
    request = GetNetWorthRequest(query=query)
    answer = await ledger.reports.GetNetWorth(request, metadata=payer.metadata)
    # What stood before, and the end of each month.
    _expect(len(answer.report.points) == 121)


async def _post(ledger: Ledger, payer: Payer) -> None:
    request = CreateTransactionRequest(
        idempotency_key=str(uuid.uuid4()), transaction=purchase(payer)
    )
    await ledger.books.CreateTransaction(request, metadata=payer.metadata)


_QUESTIONS: Mapping[str, Ask] = {
    "list": _list,
    "search": _search,
    "search.rare": _rare,
    "search.scan": _scan,
    "summary": _summary,
    "report24": _report24,
    "networth": _networth,
    "breakdown": _breakdown,
    "payees": _payees,
    "detect": _detect,
    "post": _post,
}


def _expect(holds: bool) -> None:
    if not holds:
        raise AssertionError("the ledger answered something else than the book holds")
