"""What the rollups already know of a list: all of a book, or all of one account, between two days.
Anything else has to be counted from its entries."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from pymongo.asynchronous.client_session import AsyncClientSession

from kit.mongo import Document, Mongo
from ledger.domain.report import Dim
from ledger.domain.search import Query
from ledger.domain.search.query import All, Dated, PostedTo


@dataclass(frozen=True, slots=True)
class Stretch:
    """One account or, where its id is empty, the book; all that happened between two days."""

    account_id: str = ""
    first: str = ""
    last: str = ""


@dataclass(frozen=True, slots=True)
class MonthSum:
    """One month (YYYY-MM) in one currency: how many transactions, and what of them neither was
    moved nor began an account; both in minor units and positive."""

    month: str
    currency: str
    count: int
    money_in: int
    money_out: int


def stretch_of(query: Query) -> Stretch | None:
    """The stretch that the query asks for, if it asks for no more than one."""
    account_id, first, last = "", "", ""
    for part in query.parts if isinstance(query, All) else (query,):
        match part:
            case PostedTo((id_,)) if account_id in ("", id_):
                account_id = id_
            case Dated(begins, ends):
                first = max(first, begins)
                last = min(last, ends) if last and ends else last or ends
            case _:
                return None
    return Stretch(account_id, first, last)


class Counted:
    def __init__(self, mongo: Mongo) -> None:
        self._db = mongo.db

    async def months(
        self, owner: str, query: Query, session: AsyncClientSession
    ) -> Sequence[MonthSum] | None:
        """By month, newest first, and currency; None for what the rollups don't know."""
        stretch = stretch_of(query)
        if stretch is None:
            return None
        if not stretch.account_id:
            return _of_book(await self._sums(owner, Dim.BOOK, stretch, session))
        account = {"_id": stretch.account_id, "user_id": owner}
        if await self._db.accounts.find_one(account, {"_id": 1}, session=session) is None:
            # Of a category the rollups count postings, of which a transaction may have several.
            return None
        everything = await self._sums(owner, Dim.ACCOUNT, stretch, session)
        moved = await self._sums(owner, Dim.TRANSFER, stretch, session)
        return _of_account(everything, moved)

    async def _sums(
        self, owner: str, dim: Dim, stretch: Stretch, session: AsyncClientSession
    ) -> Mapping[tuple[str, str], Document]:
        bounds = {"$gte": stretch.first[:7], "$lte": stretch.last[:7]}
        query: Document = {"user_id": owner, "dim": dim.value, "id": stretch.account_id}
        if present := {op: month for op, month in bounds.items() if month}:
            query["month"] = present
        rows = self._db.rollups.find(query, session=session).sort(
            [("month", -1), ("id", -1), ("currency", -1)]
        )
        return {(row["month"], row["currency"]): _within(row, stretch) async for row in rows}


def _within(row: Document, stretch: Stretch) -> Document:
    """The month's sums; of a month that is cut, those of its days."""
    month: str = row["month"]
    if month not in (stretch.first[:7], stretch.last[:7]):
        return row
    sums: Counter[str] = Counter(debit=0, credit=0, count=0)
    for day, of_day in row["days"].items():
        date = f"{month}-{day}"
        if stretch.first <= date and (not stretch.last or date <= stretch.last):
            sums.update(of_day)
    return dict(sums)


def _of_book(rows: Mapping[tuple[str, str], Document]) -> Sequence[MonthSum]:
    return [
        MonthSum(month, currency, row["count"], row["debit"], row["credit"])
        for (month, currency), row in rows.items()
        if row["count"]
    ]


def _of_account(
    rows: Mapping[tuple[str, str], Document], moved: Mapping[tuple[str, str], Document]
) -> Sequence[MonthSum]:
    nothing = {"debit": 0, "credit": 0}
    return [
        MonthSum(
            month,
            currency,
            row["count"],
            row["debit"] - less["debit"],
            row["credit"] - less["credit"],
        )
        for (month, currency), row in rows.items()
        if row["count"]
        for less in (moved.get((month, currency), nothing),)
    ]
