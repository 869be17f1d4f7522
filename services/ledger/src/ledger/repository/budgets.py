"""Budgets, and what was told of each."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime

from bson import decode, encode
from bson.codec_options import CodecOptions
from pymongo.asynchronous.client_session import AsyncClientSession
from pymongo.errors import DuplicateKeyError, OperationFailure

from kit.clock import Clock, SystemClock
from kit.mongo import Document, Mongo, Tx
from kit.rows import RowParking, found
from ledger.domain.budget import Budget, Move, Rollover, Scope, ScopeKind, Term
from ledger.domain.spans import Every

_AWARE: CodecOptions[Document] = CodecOptions(tz_aware=True, tzinfo=UTC)
_RUN_AGAIN = {"errorLabels": ["TransientTransactionError"]}
# Stands for "exceeded" where a threshold stands.
EXCEEDED = 0


@dataclass(frozen=True, slots=True)
class Told:
    """That something was said of a budget in a period: that it came to a threshold (percent), or
    was exceeded."""

    budget_id: str
    period: date
    threshold: int


class Budgets:
    """`parking` keeps budgets that background work failed on."""

    def __init__(self, mongo: Mongo, clock: Clock | None = None) -> None:
        self._db = mongo.db
        self.parking = RowParking(
            mongo.db, collection="budgets", work="thresholds", clock=clock or SystemClock()
        )

    async def list(
        self, owner: str, *, session: AsyncClientSession | None = None
    ) -> Sequence[Budget]:
        """In the order of their making."""
        rows = self._db.budgets.find({"user_id": owner}, session=session).sort("_id", 1)
        return [budget_of(row) async for row in rows]

    async def readable(self, owner: str, *, session: AsyncClientSession) -> Sequence[Budget]:
        """Those that can be read; the others are parked."""
        rows = self._db.budgets.find({"user_id": owner}, session=session).sort("_id", 1)
        return await self.parking.readable(found(await rows.to_list(), budget_of))

    async def owners(self, among: Collection[str]) -> Collection[str]:
        """Those who have budgets."""
        query = {"user_id": {"$in": sorted(among)}}
        return set(await self._db.budgets.distinct("user_id", query))

    async def get(
        self, owner: str, budget_id: str, *, session: AsyncClientSession | None = None
    ) -> Budget | None:
        query = {"_id": budget_id, "user_id": owner}
        row = await self._db.budgets.find_one(query, session=session)
        return None if row is None else budget_of(row)

    async def add(self, tx: Tx, budget: Budget) -> None:
        await tx.db.budgets.insert_one(budget_document(budget), session=tx.session)

    async def replace(self, tx: Tx, budget: Budget) -> None:
        """Put the budget in the place of its earlier version."""
        query = {"_id": budget.id, "user_id": budget.owner, "version": budget.version - 1}
        await tx.db.budgets.replace_one(query, budget_document(budget), session=tx.session)

    async def remove(self, tx: Tx, budget: Budget) -> None:
        query = {"_id": budget.id, "user_id": budget.owner}
        await tx.db.budgets.delete_one(query, session=tx.session)
        told = {"user_id": budget.owner, "budget_id": budget.id}
        await tx.db.budget_alerts.delete_many(told, session=tx.session)

    async def told(self, tx: Tx, owner: str, told: Told, at: datetime) -> bool:
        """Note that it is said; false where it was before."""
        key = {
            "user_id": owner,
            "budget_id": told.budget_id,
            "period": told.period.isoformat(),
            "threshold": told.threshold,
        }
        change = {"$setOnInsert": {"at": at}}
        rows = tx.db.budget_alerts
        try:
            done = await rows.update_one(key, change, upsert=True, session=tx.session)
        except DuplicateKeyError as error:
            # Said by another since this transaction's snapshot: run again, and see it.
            raise OperationFailure("said meanwhile", 112, _RUN_AGAIN) from error
        return done.upserted_id is not None


def budget_document(budget: Budget) -> Document:
    return {
        "_id": budget.id,
        "user_id": budget.owner,
        "name": budget.name,
        "scope": {"kind": budget.scope.kind.value, "id": budget.scope.id},
        "every": budget.every.value,
        "currency": budget.currency,
        "starts_on": budget.starts_on.isoformat(),
        "ends_on": budget.ends_on.isoformat() if budget.ends_on else None,
        "terms": [
            {
                "since": term.since.isoformat(),
                "minor_units": term.minor_units,
                "rollover": term.rollover.value,
            }
            for term in budget.terms
        ],
        "moves": [
            {
                "period": move.period.isoformat(),
                "minor_units": move.minor_units,
                "other_id": move.other_id,
            }
            for move in budget.moves
        ],
        "thresholds": list(budget.thresholds),
        "version": budget.version,
        "created_at": budget.created_at,
        "updated_at": budget.updated_at,
    }


def budget_of(row: Document) -> Budget:
    return Budget(
        id=row["_id"],
        owner=row["user_id"],
        name=row["name"],
        scope=Scope(ScopeKind(row["scope"]["kind"]), row["scope"]["id"]),
        every=Every(row["every"]),
        currency=row["currency"],
        starts_on=date.fromisoformat(row["starts_on"]),
        ends_on=date.fromisoformat(row["ends_on"]) if row["ends_on"] else None,
        terms=tuple(
            Term(date.fromisoformat(term["since"]), term["minor_units"], Rollover(term["rollover"]))
            for term in row["terms"]
        ),
        thresholds=tuple(row["thresholds"]),
        created_at=row["created_at"],
        updated_at=row["updated_at"],
        moves=tuple(
            Move(date.fromisoformat(move["period"]), move["minor_units"], move["other_id"])
            for move in row["moves"]
        ),
        version=row["version"],
    )


def budgets_bytes(budgets: Sequence[Budget]) -> bytes:
    """A stored answer: budgets as they were answered."""
    return encode({"budgets": [budget_document(budget) for budget in budgets]})


def budgets_from(stored: bytes) -> Sequence[Budget]:
    rows = decode(stored, codec_options=_AWARE)["budgets"]
    return [budget_of(row) for row in rows]
