"""Series of what comes again, the transactions that they are matched with, and what is not to be
suggested again."""

from collections.abc import Collection, Sequence
from datetime import UTC, date, datetime

from pymongo.asynchronous.client_session import AsyncClientSession

from kit.clock import Clock, SystemClock
from kit.mongo import Document, Mongo, Tx
from kit.rows import Found, RowParking, found
from ledger.domain.entry import EntryKind
from ledger.domain.recurring.looking import Busy
from ledger.domain.recurring.match import Sighting
from ledger.domain.recurring.rule import Days, Rule
from ledger.domain.recurring.series import PayeeMoved, Series
from ledger.domain.report import Dim
from ledger.repository.input_documents import input_document, input_of

# The index of what is due holds nothing older.
_LONG_AGO = datetime(1970, 1, 1, tzinfo=UTC)
_SIGHTING = {
    "_id": 0,
    "date": 1,
    "transaction_id": 1,
    "account_id": 1,
    "to_account_id": 1,
    "payee_id": 1,
    "payee": 1,
    "amount": 1,
    "currency": 1,
}


def counts_pipeline(owner: str, from_: date, after: Busy | None, limit: int) -> list[Document]:
    """By payee: how many postings there are since the year of the day."""
    dims = [Dim.PAYEE_EXPENSE_BY_YEAR.value, Dim.PAYEE_INCOME_BY_YEAR.value]
    counted = {
        "user_id": owner,
        "dim": {"$in": dims},
        "month": {"$gte": from_.isoformat()[:4]},
        "id": {"$gt": ""},
    }
    wanted: list[Document] = [{"count": {"$gte": 2}}]
    if after is not None:
        later = {"count": after.count, "_id": {"$gt": after.payee_id}}
        wanted.append({"$or": [{"count": {"$gt": after.count}}, later]})
    return [
        {"$match": counted},
        {"$group": {"_id": "$id", "count": {"$sum": "$count"}}},
        {"$match": {"$and": wanted}},
        {"$sort": {"count": 1, "_id": 1}},
        {"$limit": limit},
    ]


class Recurring:
    """`parking` keeps series that background work failed on."""

    def __init__(self, mongo: Mongo, clock: Clock | None = None) -> None:
        self._db = mongo.db
        self.parking = RowParking(
            mongo.db, collection="recurring", work="recurring", clock=clock or SystemClock()
        )

    async def list(
        self, owner: str, *, session: AsyncClientSession | None = None
    ) -> Sequence[Series]:
        """In the order of their making."""
        rows = self._db.recurring.find({"user_id": owner}, session=session).sort("_id", 1)
        return [series_of(row) async for row in rows]

    async def readable(self, owner: str) -> Sequence[Series]:
        """Those that can be read; the others are parked."""
        rows = await self._db.recurring.find({"user_id": owner}).sort("_id", 1).to_list()
        return await self.parking.readable(found(rows, _usable_series_of))

    async def get(self, owner: str, series_id: str) -> Series | None:
        row = await self._db.recurring.find_one({"_id": series_id, "user_id": owner})
        return None if row is None else series_of(row)

    async def held(self, tx: Tx, owner: str, series_id: str) -> Series | None:
        """The series as of the transaction."""
        query = {"_id": series_id, "user_id": owner}
        row = await tx.db.recurring.find_one(query, session=tx.session)
        return None if row is None else series_of(row)

    async def count(self, tx: Tx, owner: str) -> int:
        return await tx.db.recurring.count_documents({"user_id": owner}, session=tx.session)

    async def add(self, tx: Tx, series: Series, *, due_at: datetime | None) -> None:
        """`due_at` is when the ledger has to post next."""
        row = {**series_document(series), "due_at": due_at}
        await tx.db.recurring.insert_one(row, session=tx.session)

    async def replace(self, tx: Tx, series: Series, *, due_at: datetime | None) -> None:
        """Put the series in the place of its earlier version."""
        query = {"_id": series.id, "user_id": series.owner, "version": series.version - 1}
        row = {**series_document(series), "due_at": due_at}
        await tx.db.recurring.replace_one(query, row, session=tx.session)

    async def change(self, tx: Tx, series: Series) -> None:
        """The same where its days are as they were: what is due stays so."""
        query = {"_id": series.id, "user_id": series.owner, "version": series.version - 1}
        change = {"$set": series_document(series)}
        await tx.db.recurring.update_one(query, change, session=tx.session)

    async def remove(self, tx: Tx, series: Series) -> None:
        query = {"_id": series.id, "user_id": series.owner}
        await tx.db.recurring.delete_one(query, session=tx.session)

    async def due(self, now: datetime, *, limit: int) -> Sequence[Found[Series]]:
        """Of all books what is to be posted now, the longest waiting first. The one query here
        that names no owner: the ledger asks it for itself, by an index of only what is due ever."""
        query = {"due_at": {"$gt": _LONG_AGO, "$lte": now}, **self.parking.not_parked()}
        rows = await self._db.recurring.find(query).sort("due_at", 1).limit(limit).to_list()
        return list(found(rows, _usable_series_of))

    async def set_due(self, tx: Tx, series: Series, due_at: datetime | None) -> None:
        query = {"_id": series.id, "user_id": series.owner}
        await tx.db.recurring.update_one(query, {"$set": {"due_at": due_at}}, session=tx.session)

    async def dismissed(self, owner: str) -> frozenset[str]:
        """The ids of what was detected and said not to be recurring."""
        rows = self._db.recurring_dismissed.find({"user_id": owner}, {"detected_id": 1})
        return frozenset([row["detected_id"] async for row in rows])

    async def dismiss(self, owner: str, detected_id: str, at: datetime) -> None:
        key = {"user_id": owner, "detected_id": detected_id}
        change = {"$setOnInsert": {"at": at}}
        await self._db.recurring_dismissed.update_one(key, change, upsert=True)

    async def undismiss(self, owner: str, detected_id: str) -> None:
        key = {"user_id": owner, "detected_id": detected_id}
        await self._db.recurring_dismissed.delete_one(key)


class Sightings:
    """Transactions in force, as far as series know them by."""

    def __init__(self, mongo: Mongo) -> None:
        self._db = mongo.db

    async def of_payees(
        self, owner: str, payee_ids: Collection[str], *, from_: date, to: date
    ) -> Sequence[Sighting]:
        return await self._found(
            owner,
            {"payee_id": {"$in": sorted(payee_ids)}, "kind": EntryKind.STANDARD.value},
            from_,
            to,
        )

    async def of_transfers(
        self, owner: str, account_ids: Collection[str], *, from_: date, to: date
    ) -> Sequence[Sighting]:
        return await self._found(
            owner,
            {"marks": EntryKind.TRANSFER.value, "account_id": {"$in": sorted(account_ids)}},
            from_,
            to,
        )

    async def of_ids(self, owner: str, transaction_ids: Collection[str]) -> Sequence[Sighting]:
        query = {
            "user_id": owner,
            "transaction_id": {"$in": sorted(transaction_ids)},
            "live": True,
        }
        rows = self._db.entries.find(query, _SIGHTING)
        return [_sighting(row) async for row in rows]

    async def payees_by_count(
        self, owner: str, *, from_: date, after: Busy | None, limit: int
    ) -> Sequence[Busy]:
        """Payees with two transactions or more since the year of the day, the fewest first."""
        rows = await self._db.rollups.aggregate(counts_pipeline(owner, from_, after, limit))
        return [Busy(row["count"], row["_id"]) for row in await rows.to_list()]

    async def spent_and_earned(
        self, owner: str, payee_ids: Collection[str], *, from_: date, limit: int
    ) -> Sequence[Sighting]:
        """Income and spending of these payees since the day, without refunds; of a single payee at
        most so many of the newest."""
        query = {
            "user_id": owner,
            "live": True,
            "payee_id": {"$in": sorted(payee_ids)},
            "date": {"$gte": from_.isoformat()},
            "kind": EntryKind.STANDARD.value,
            "refund_of": "",
        }
        rows = self._db.entries.find(query, _SIGHTING, batch_size=limit + 1)
        if len(payee_ids) == 1:
            rows = rows.sort([("date", -1), ("transaction_id", -1)]).limit(limit)
        return [_sighting(row) for row in await rows.to_list()]

    async def _found(self, owner: str, what: Document, from_: date, to: date) -> Sequence[Sighting]:
        days = {"$gte": from_.isoformat(), "$lte": to.isoformat()}
        query = {"user_id": owner, "live": True, "date": days, **what}
        return [_sighting(row) async for row in self._db.entries.find(query, _SIGHTING)]


def series_document(series: Series) -> Document:
    return {
        "_id": series.id,
        "user_id": series.owner,
        "name": series.name,
        "template": input_document(series.template),
        "low": series.low,
        "high": series.high,
        "rule": series.rule.text,
        "starts_on": series.rule.starts_on.isoformat(),
        "tolerance_days": series.tolerance_days,
        "autopost": series.autopost,
        "tracked_from": series.tracked_from.isoformat(),
        "posts_from": series.posts_from.isoformat(),
        "skipped": sorted(day.isoformat() for day in series.skipped),
        "settled": {day.isoformat(): id_ for day, id_ in sorted(series.settled.items())},
        "problem": series.problem,
        "payee_moves": [
            {"by": move.by, "was": move.was, "name": move.name, "stands": move.stands}
            for move in series.payee_moves
        ],
        "version": series.version,
        "created_at": series.created_at,
        "updated_at": series.updated_at,
    }


def series_of(row: Document) -> Series:
    return Series(
        id=row["_id"],
        owner=row["user_id"],
        name=row["name"],
        # Older templates have no date: theirs is the first day.
        template=input_of({**row["template"], "date": row["starts_on"]}),
        low=row["low"],
        high=row["high"],
        rule=Rule(row["rule"], date.fromisoformat(row["starts_on"])),
        tolerance_days=row["tolerance_days"],
        autopost=row["autopost"],
        tracked_from=date.fromisoformat(row["tracked_from"]),
        posts_from=date.fromisoformat(row["posts_from"]),
        created_at=row["created_at"],
        updated_at=row["updated_at"],
        skipped=frozenset(date.fromisoformat(day) for day in row["skipped"]),
        settled={date.fromisoformat(day): id_ for day, id_ in row["settled"].items()},
        problem=row["problem"],
        version=row["version"],
        payee_moves=tuple(PayeeMoved(**move) for move in row.get("payee_moves", ())),
    )


def _usable_series_of(row: Document) -> Series:
    """The series, whose rule has days. Raises ValueError where dateutil can't read the rule."""
    series = series_of(row)
    Days(series.rule)
    return series


def _sighting(row: Document) -> Sighting:
    return Sighting(
        day=date.fromisoformat(row["date"]),
        transaction_id=row["transaction_id"],
        account_id=row["account_id"],
        to_account_id=row["to_account_id"],
        payee_id=row["payee_id"],
        payee=row["payee"],
        minor_units=row["amount"],
        currency=row["currency"],
    )
