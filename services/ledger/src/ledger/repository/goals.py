"""Goals."""

from collections.abc import Collection, Mapping, Sequence
from datetime import UTC, date

from bson import decode, encode
from bson.codec_options import CodecOptions

from kit.money import Money
from kit.mongo import Document, Mongo, Tx
from ledger.domain.goal import Contribution, Goal

_AWARE: CodecOptions[Document] = CodecOptions(tz_aware=True, tzinfo=UTC)


class Goals:
    def __init__(self, mongo: Mongo) -> None:
        self._db = mongo.db

    async def list(self, owner: str) -> Sequence[Goal]:
        """In the order of their making."""
        rows = self._db.goals.find({"user_id": owner}).sort("_id", 1)
        return [goal_of(row) async for row in rows]

    async def get(self, owner: str, goal_id: str) -> Goal | None:
        row = await self._db.goals.find_one({"_id": goal_id, "user_id": owner})
        return None if row is None else goal_of(row)

    async def held(self, tx: Tx, owner: str, goal_id: str) -> Goal | None:
        """The goal as of the transaction."""
        query = {"_id": goal_id, "user_id": owner}
        row = await tx.db.goals.find_one(query, session=tx.session)
        return None if row is None else goal_of(row)

    async def count(self, tx: Tx, owner: str) -> int:
        return await tx.db.goals.count_documents({"user_id": owner}, session=tx.session)

    async def add(self, tx: Tx, goal: Goal) -> None:
        await tx.db.goals.insert_one(goal_document(goal), session=tx.session)

    async def replace(self, tx: Tx, goal: Goal) -> None:
        """Put the goal in the place of its earlier version."""
        query = {"_id": goal.id, "user_id": goal.owner, "version": goal.version - 1}
        await tx.db.goals.replace_one(query, goal_document(goal), session=tx.session)

    async def remove(self, tx: Tx, goal: Goal) -> None:
        query = {"_id": goal.id, "user_id": goal.owner}
        await tx.db.goals.delete_one(query, session=tx.session)

    async def balances(self, owner: str, account_ids: Collection[str]) -> Mapping[str, int]:
        """What the accounts hold, in minor units."""
        query = {"user_id": owner, "account_id": {"$in": sorted(account_ids)}}
        rows = self._db.balances.find(query, {"account_id": 1, "balance": 1})
        return {row["account_id"]: row["balance"] async for row in rows}


def goal_document(goal: Goal) -> Document:
    return {
        "_id": goal.id,
        "user_id": goal.owner,
        "name": goal.name,
        "target": goal.target.minor_units,
        "currency": goal.target.currency,
        "target_date": goal.target_date.isoformat(),
        "account_ids": list(goal.account_ids),
        "starts_on": goal.starts_on.isoformat(),
        "started_with": goal.started_with,
        "contributions": [
            {"date": c.date, "minor_units": c.minor_units, "note": c.note}
            for c in goal.contributions
        ],
        "version": goal.version,
        "created_at": goal.created_at,
        "updated_at": goal.updated_at,
    }


def goal_of(row: Document) -> Goal:
    return Goal(
        id=row["_id"],
        owner=row["user_id"],
        name=row["name"],
        target=Money(row["target"], row["currency"]),
        target_date=date.fromisoformat(row["target_date"]),
        account_ids=tuple(row["account_ids"]),
        starts_on=date.fromisoformat(row["starts_on"]),
        started_with=row["started_with"],
        created_at=row["created_at"],
        updated_at=row["updated_at"],
        contributions=tuple(
            Contribution(c["date"], c["minor_units"], c["note"]) for c in row["contributions"]
        ),
        version=row["version"],
    )


def goal_bytes(goal: Goal) -> bytes:
    """A stored answer: the goal as it was answered."""
    return encode(goal_document(goal))


def goal_from(stored: bytes) -> Goal:
    return goal_of(decode(stored, codec_options=_AWARE))
