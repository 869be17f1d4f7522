"""A bank's lines and what a book holds, made by hand, without a server."""

from collections.abc import Mapping, Sequence
from typing import Any

from posting_ground import eur

from ledger.domain.entry import Origin
from ledger.domain.importing.holdings import Claim, Holding, Known
from ledger.domain.importing.lines import ImportLine, Source, positions
from ledger.domain.importing.planning import Judgement, Planner, Refusal
from ledger.domain.transaction import TransactionInput

DAY = "2026-03-14"


def line(
    payee: str = "Zoë",
    minor_units: int = -350,
    *,
    row: int = 1,
    account: str = "giro",
    date: str = DAY,
    reference: str = "",
    unreadable: str = "",
    said: str = "",
    **more: Any,
) -> ImportLine:
    """A line of the giro account's bank, a coffee unless something else is said."""
    origin = more.pop("origin", Origin(bank_reference=reference))
    amount = more.pop("amount", eur(minor_units))
    input_ = TransactionInput(account, date, amount, payee=payee, origin=origin, **more)
    return ImportLine(row, input_, unreadable, said)


def holding(id_: str = "t", payee: str = "Zoë", minor_units: int = -350, **more: Any) -> Holding:
    """A transaction of the giro account."""
    said: dict[str, Any] = {"version": 1, "account_id": "giro", "date": DAY, **more}
    return Holding(id_, amount=eur(minor_units), payee=payee, **said)


def known(*pairs: tuple[Holding, ImportLine]) -> Known:
    """The transactions, with the lines that they were booked from."""
    claims = [
        Claim(held.transaction_id, held.account_id, booked.fingerprint, booked.reference)
        for held, booked in pairs
    ]
    return Known(claims, {held.transaction_id: held for held, _ in pairs})


def planner(
    *lines: ImportLine,
    source: Source | None = None,
    refused: Mapping[int, Refusal] | None = None,
    book: Known | None = None,
) -> Planner:
    return Planner(source or Source(), positions(lines), refused or {}, book or Known())


def judged(*lines: ImportLine, nearby: Sequence[Holding] = (), **given: Any) -> list[Judgement]:
    """What each line is, in their order, without a look at where they come from."""
    planned = planner(*lines, **given)
    planned.recognise()
    return list(planned.finish(nearby).values())
