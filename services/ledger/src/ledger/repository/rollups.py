"""Reads the rollups: what went through every account, category, payee and tag, month by month and
day by day, so that no report reads the journal."""

from bisect import bisect_right
from calendar import monthrange
from collections.abc import AsyncIterator, Collection, Mapping, Sequence
from contextlib import asynccontextmanager

from pymongo.asynchronous.client_session import AsyncClientSession

from kit.mongo import Document, Mongo, Tx
from ledger.domain.book_settings import WeekStart
from ledger.domain.report import (
    BY_YEAR,
    By,
    Dated,
    DaySum,
    Dim,
    Flow,
    Period,
    Series,
    Span,
    YearCover,
    added_up,
    buckets,
    months_of,
    year_cover,
)

# Rows that come in one answer: those of ten years by month and category, of which there are most.
BATCH = 10_000
_DAYS = {"_id": 0, "id": 1, "currency": 1, "month": 1, "days": 1}
_MONTH_SUMS = {"_id": 0, "month": 1, "id": 1, "currency": 1, "debit": 1, "credit": 1, "count": 1}


class Rollups:
    """Any span exactly: whole months from their totals, the days of cut months one by one.

    `session` is a snapshot session where several readings must be of one moment.
    """

    def __init__(self, mongo: Mongo) -> None:
        self._mongo = mongo
        self._db = mongo.db
        self._rollups = mongo.db.rollups

    @asynccontextmanager
    async def moment(self) -> AsyncIterator[Tx]:
        """One moment of the database, for all readings within the block."""
        async with self._mongo.client.start_session(snapshot=True) as session:
            yield Tx(self._db, session)

    async def daily(
        self,
        owner: str,
        dim: Dim,
        span: Period,
        ids: Collection[str] | None = None,
        *,
        session: AsyncClientSession | None = None,
    ) -> Sequence[tuple[str, Flow]]:
        """The days on which anything flowed, in no order; `series` tells also of those without."""
        days = [Span(span.from_date, span.to_date)]
        return [row async for row in self._days(owner, dim, days, ids, session)]

    async def dated(
        self,
        owner: str,
        dim: Dim,
        span: Period,
        ids: Collection[str] | None = None,
        *,
        currencies: Collection[str] | None = None,
        session: AsyncClientSession | None = None,
    ) -> Dated:
        """The sums of the same days. Without `currencies`, in all of them."""
        if currencies is not None and not currencies:
            return ()
        query = _match(owner, dim, Span(span.from_date[:7], span.to_date[:7]), ids)
        if currencies is not None:
            query["currency"] = {"$in": sorted(currencies)}
        cursor = self._rollups.find(query, _DAYS, session=session, batch_size=BATCH)
        found: list[DaySum] = []
        async for row in cursor:
            id_, currency, month = row["id"], row["currency"], row["month"]
            found += [
                (f"{month}-{number}", id_, currency, sums["debit"], sums["credit"])
                for number, sums in row["days"].items()
            ]
        first, last = span.from_date, span.to_date
        return [row for row in found if first <= row[0] <= last]

    async def totals(
        self,
        owner: str,
        dim: Dim,
        span: Period,
        ids: Collection[str] | None = None,
        *,
        session: AsyncClientSession | None = None,
    ) -> Sequence[Flow]:
        """One flow for each id and currency that saw any. Without `ids`, of all ids."""
        whole, ends = span.parts()
        flows: list[Flow] = []
        if whole is not None:
            rows = await self._whole(owner, dim, whole, ids, session)
            flows += [_flow(row, row) for row in rows]
        for days in ends:
            for part in months_of(days):
                flows += await self._cut(owner, dim, part, ids, session)
        return added_up(flows)

    async def _whole(
        self,
        owner: str,
        dim: Dim,
        months: Span,
        ids: Collection[str] | None,
        session: AsyncClientSession | None,
    ) -> Sequence[Document]:
        """The sums of whole months, from years where the dimension has them."""
        if months.first == months.last:
            return await self._monthly(owner, dim, months, ids, session)
        cover = year_cover(months) if dim in BY_YEAR else None
        if cover is None:
            return await self._rows(totals_pipeline(owner, dim, months, ids), session)
        return await self._rows(years_pipeline(owner, dim, cover, ids), session)

    async def series(
        self,
        owner: str,
        dim: Dim,
        span: Period,
        by: By,
        ids: Collection[str] | None = None,
        *,
        week_start: WeekStart = WeekStart.MONDAY,
        session: AsyncClientSession | None = None,
    ) -> Series:
        """The same for each bucket of the span; the flows of all buckets add up to `totals`."""
        periods = buckets(span, by, week_start)
        starts = [period.from_date for period in periods]
        found: list[list[Flow]] = [[] for _ in periods]
        whole, ends = span.parts()
        if by in (By.DAY, By.WEEK):
            whole, ends = None, [Span(span.from_date, span.to_date)]
        if whole is not None:
            rows = await self._by_bucket(owner, dim, whole, by, ids, session)
            for first_month, flows in rows.items():
                # Of a cut bucket the first day may be outside the span.
                first_day = max(first_month + "-01", span.from_date)
                found[bisect_right(starts, first_day) - 1] += flows
        for days in ends:
            query = _match(owner, dim, Span(days.first[:7], days.last[:7]), ids)
            cursor = self._rollups.find(query, _DAYS, session=session, batch_size=BATCH)
            async for row in cursor:
                for place, sums in _by_place(row, days, starts).items():
                    found[place].append(Flow(row["id"], row["currency"], *sums))
        return [(period, added_up(flows)) for period, flows in zip(periods, found, strict=True)]

    async def _cut(
        self,
        owner: str,
        dim: Dim,
        days: Span,
        ids: Collection[str] | None,
        session: AsyncClientSession | None,
    ) -> Sequence[Flow]:
        """The sums of some days of a month: of those inside, or all less those outside, whichever
        are fewer to read."""
        month = days.first[:7]
        numbers = [f"{number:02}" for number in range(1, _last_day(month) + 1)]
        inside = [number for number in numbers if days.first[8:] <= number <= days.last[8:]]
        outside = [number for number in numbers if number not in inside]
        less = len(outside) < len(inside)
        read = outside if less else inside
        fields = {"_id": 0, "id": 1, "currency": 1, **{f"days.{number}": 1 for number in read}}
        if less:
            fields |= dict.fromkeys(("debit", "credit", "count"), 1)
        query = _match(owner, dim, Span(month, month), ids)
        cursor = self._rollups.find(query, fields, session=session, batch_size=BATCH)
        return [_cut_flow(row, less=less) for row in await cursor.to_list()]

    async def _by_bucket(
        self,
        owner: str,
        dim: Dim,
        months: Span,
        by: By,
        ids: Collection[str] | None,
        session: AsyncClientSession | None,
    ) -> Mapping[str, Sequence[Flow]]:
        """By the first month of each bucket of whole months."""
        if by is By.MONTH:
            name, rows = "month", await self._monthly(owner, dim, months, ids, session)
        else:
            pipeline = series_pipeline(owner, dim, months, by, ids)
            name, rows = "bucket", await self._rows(pipeline, session)
        found: dict[str, list[Flow]] = {}
        for row in rows:
            found.setdefault(row[name], []).append(_flow(row, row))
        return found

    async def _monthly(
        self,
        owner: str,
        dim: Dim,
        months: Span,
        ids: Collection[str] | None,
        session: AsyncClientSession | None,
    ) -> Sequence[Document]:
        """As they are kept. Where there is nothing to add up MongoDB takes a third of the time that
        it takes to find that out."""
        query = _match(owner, dim, months, ids)
        cursor = self._rollups.find(query, _MONTH_SUMS, session=session, batch_size=BATCH)
        return await cursor.to_list()

    async def _rows(
        self, pipeline: list[Document], session: AsyncClientSession | None
    ) -> Sequence[Document]:
        """All at once: a report of years is one round trip, not one for each hundred rows."""
        cursor = await self._rollups.aggregate(pipeline, session=session, batchSize=BATCH)
        return await cursor.to_list()

    async def _days(
        self,
        owner: str,
        dim: Dim,
        ends: Sequence[Span],
        ids: Collection[str] | None,
        session: AsyncClientSession | None,
    ) -> AsyncIterator[tuple[str, Flow]]:
        """What flowed on each of these days."""
        for days in ends:
            query = _match(owner, dim, Span(days.first[:7], days.last[:7]), ids)
            async for row in self._rollups.find(query, _DAYS, session=session):
                for number, sums in row["days"].items():
                    day = f"{row['month']}-{number}"
                    if days.first <= day <= days.last:
                        yield day, _flow(row, sums)


def totals_pipeline(
    owner: str, dim: Dim, months: Span, ids: Collection[str] | None
) -> list[Document]:
    """Adds up whole months (YYYY-MM, both inclusive) by id and currency."""
    return [{"$match": _match(owner, dim, months, ids)}, *_grouped({})]


def years_pipeline(
    owner: str, dim: Dim, cover: YearCover, ids: Collection[str] | None
) -> list[Document]:
    """Adds up whole years, and months beside and without them, by id and currency."""
    parts = [
        _match(owner, BY_YEAR[dim], cover.years, ids),
        *(_match(owner, dim, months, ids) for months in (*cover.added, *cover.subtracted)),
    ]
    taken_off = [
        {"$and": [{"$gte": ["$month", months.first]}, {"$lte": ["$month", months.last]}]}
        for months in cover.subtracted
    ]
    sign = {"$cond": [{"$or": taken_off}, -1, 1]} if taken_off else 1
    return [{"$match": {"$or": parts}}, *_grouped({}, sign)]


def series_pipeline(
    owner: str, dim: Dim, months: Span, by: By, ids: Collection[str] | None
) -> list[Document]:
    """The same for each bucket, which is named by its first month."""
    return [{"$match": _match(owner, dim, months, ids)}, *_grouped({"bucket": _first_month(by)})]


def _match(owner: str, dim: Dim, months: Span, ids: Collection[str] | None) -> Document:
    query: Document = {
        "user_id": owner,
        "dim": str(dim),
        "month": {"$gte": months.first, "$lte": months.last},
    }
    if ids is not None:
        query["id"] = {"$in": sorted(ids)}
    return query


def _grouped(by: Mapping[str, object], sign: object = 1) -> list[Document]:
    key = {**by, "id": "$id", "currency": "$currency"}
    sums = {
        name: {"$sum": f"${name}" if sign == 1 else {"$multiply": [sign, f"${name}"]}}
        for name in ("debit", "credit", "count")
    }
    named = {name: f"$_id.{name}" for name in key}
    return [
        {"$group": {"_id": key, **sums}},
        {"$project": {"_id": 0, **named, "debit": 1, "credit": 1, "count": 1}},
    ]


def _first_month(by: By) -> object:
    """The first month (YYYY-MM) of the bucket of the document's month."""
    year = {"$substrBytes": ["$month", 0, 4]}
    match by:
        case By.QUARTER:
            number = {"$toInt": {"$substrBytes": ["$month", 5, 2]}}
            starts = [f"-{(month - 1) // 3 * 3 + 1:02}" for month in range(1, 13)]
            return {"$concat": [year, {"$arrayElemAt": [starts, {"$subtract": [number, 1]}]}]}
        case By.YEAR:
            return {"$concat": [year, "-01"]}
        case _:
            return "$month"


def _last_day(month: str) -> int:
    return monthrange(int(month[:4]), int(month[5:]))[1]


def _by_place(
    row: Document, days: Span, starts: Sequence[str]
) -> Mapping[int, tuple[int, int, int]]:
    """Sums of the month's days by the place of their bucket: ten years of days are half a
    million numbers, of which a report tells weeks."""
    month = row["month"]
    found: dict[int, tuple[int, int, int]] = {}
    for number, sums in row["days"].items():
        day = f"{month}-{number}"
        if days.first <= day <= days.last:
            place = bisect_right(starts, day) - 1
            debit, credit, count = found.get(place, (0, 0, 0))
            found[place] = (
                debit + sums["debit"],
                credit + sums["credit"],
                count + sums["count"],
            )
    return found


def _cut_flow(row: Document, *, less: bool) -> Flow:
    days = row.get("days", {}).values()
    sign = -1 if less else 1

    def told(name: str) -> int:
        inside = sum(int(day[name]) for day in days)
        return sign * inside + (int(row[name]) if less else 0)

    return Flow(row["id"], row["currency"], told("debit"), told("credit"), told("count"))


def _flow(named: Document, sums: Document) -> Flow:
    return Flow(named["id"], named["currency"], sums["debit"], sums["credit"], sums["count"])
