"""Imports: their heads, and their lines in a collection of their own, for a document holds 16 MB.

A plan that nobody commits goes after a week; what was committed stays.
"""

from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import asdict
from datetime import datetime

from pymongo import UpdateOne

from kit.mongo import Database, Document, Mongo, Tx
from ledger.domain.importing.batch import Import, PlannedLine, Stage
from ledger.domain.importing.decisions import Outcome, Override
from ledger.domain.importing.lines import ImportLine
from ledger.domain.importing.planning import Judgement, Verdict
from ledger.domain.operation import Counts
from ledger.repository.import_documents import (
    import_document,
    import_of,
    item_document,
    judgement_fields,
    line_document,
    line_id,
    outcome_fields,
    planned_line_of,
    said_choice,
)

_CLAIMS = {"claims": True}
# Lines of a plan are written outside of transactions, this many at once: MongoDB refuses a
# transaction that doesn't fit into three quarters of its cache (TransactionTooLargeForCache).
_LINES_AT_ONCE = 500


async def create_import_indexes(db: Database) -> None:
    """The indexes of imports; each begins with the owner but those that only forget plans."""
    await db.imports.create_index([("user_id", 1), ("_id", -1)])
    await db.imports.create_index(
        [("user_id", 1), ("stage", 1)],
        name="committing",
        partialFilterExpression={"stage": Stage.COMMITTING.value},
    )
    await db.import_lines.create_index([("user_id", 1), ("import_id", 1), ("position", 1)])
    await db.import_lines.create_index(
        [("user_id", 1), ("import_id", 1), ("verdict", 1), ("position", 1)]
    )
    for name, keys in (
        ("claims_by_fingerprint", ("account_id", "fingerprint")),
        ("claims_by_reference", ("account_id", "reference")),
        ("claims_by_transaction", ("transaction_id",)),
    ):
        await db.import_lines.create_index(
            [("user_id", 1), *((key, 1) for key in keys)],
            name=name,
            partialFilterExpression=_CLAIMS,
        )
    await db.import_lines.create_index(
        [("user_id", 1), ("draft_id", 1)],
        name="booked_drafts",
        partialFilterExpression={"draft_id": {"$gt": ""}},
    )
    for collection in (db.imports, db.import_lines):
        await collection.create_index("expires_at", expireAfterSeconds=0, name="plans_forgotten")


class Imports:
    def __init__(self, mongo: Mongo) -> None:
        self._db = mongo.db

    async def find(self, owner: str, import_id: str, tx: Tx | None = None) -> Import | None:
        query = {"_id": import_id, "user_id": owner}
        row = await self._db.imports.find_one(query, session=tx.session if tx else None)
        return None if row is None else import_of(row)

    async def page(
        self, owner: str, *, before: str, limit: int, with_plans: bool
    ) -> Sequence[Import]:
        """Newest first."""
        query: Document = {"user_id": owner}
        if before:
            query["_id"] = {"$lt": before}
        if not with_plans:
            query["stage"] = {"$ne": Stage.PLANNED.value}
        rows = self._db.imports.find(query).sort("_id", -1).limit(limit)
        return [import_of(row) async for row in rows]

    async def committing(self, owner: str, tx: Tx | None = None) -> Sequence[str]:
        """The ids of imports whose commit has begun and not ended."""
        query = {"user_id": owner, "stage": Stage.COMMITTING.value}
        session = tx.session if tx else None
        rows = self._db.imports.find(query, {"_id": 1}, session=session).sort("_id", 1)
        return [row["_id"] async for row in rows]

    async def lines(
        self,
        owner: str,
        import_id: str,
        *,
        after: int = 0,
        limit: int = 0,
        verdict: Verdict | None = None,
        decisions_hash: str = "",
        tx: Tx | None = None,
    ) -> Sequence[PlannedLine]:
        """In their order; a limit of 0 sets none. The overrides are those of the commit that
        began with this hash."""
        query: Document = {
            "user_id": owner,
            "import_id": import_id,
            "position": {"$gt": after},
        }
        if verdict is not None:
            query["verdict"] = verdict.value
        rows = (
            self._db.import_lines.find(query, session=tx.session if tx else None)
            .sort("position", 1)
            .limit(limit)
        )
        return [planned_line_of(row, decisions_hash) async for row in rows]

    async def add_lines(self, head: Import, lines: Sequence[PlannedLine]) -> None:
        """Store the lines of a plan before its head. Lines without a head are never read, and are
        deleted when they expire."""
        for start in range(0, len(lines), _LINES_AT_ONCE):
            part = lines[start : start + _LINES_AT_ONCE]
            rows = [line_document(head, planned) for planned in part]
            await self._db.import_lines.insert_many(rows, ordered=False)

    async def drop_lines(self, head: Import) -> None:
        """Delete the lines of a plan whose head was not stored."""
        query = {"user_id": head.owner, "import_id": head.id}
        await self._db.import_lines.delete_many(query)

    async def add(self, tx: Tx, head: Import) -> None:
        """Store the head of a plan whose lines are stored: from now on the plan exists."""
        await tx.db.imports.insert_one(import_document(head), session=tx.session)

    async def replace(self, tx: Tx, head: Import) -> None:
        query = {"_id": head.id, "user_id": head.owner}
        await tx.db.imports.replace_one(query, import_document(head), session=tx.session)

    async def rejudge(self, head: Import, changed: Mapping[int, Judgement]) -> None:
        """Put other verdicts on some lines."""
        fields = {at: judgement_fields(judgement) for at, judgement in changed.items()}
        await self._set(head.owner, head.id, fields)

    async def propose(
        self, owner: str, import_id: str, decisions_hash: str, overrides: Sequence[Override]
    ) -> None:
        """Store overrides before the commit begins with this hash. Several commits may compete:
        each has a place of its own on the line, and the head names the one that counts."""
        said = {o.line: said_choice(decisions_hash, o) for o in overrides}
        await self._set(owner, import_id, said)

    async def settle(
        self, tx: Tx, head: Import, lines: Sequence[PlannedLine], claiming: Sequence[int]
    ) -> None:
        """Keep what became of lines, for good."""
        claims = set(claiming)
        fields = {
            each.position: outcome_fields(each, claims=each.position in claims) for each in lines
        }
        await self._set(head.owner, head.id, fields, unset={"expires_at": "", "choices": ""}, tx=tx)

    async def note_items(
        self, tx: Tx, owner: str, items: Sequence[tuple[str, ImportLine, str]]
    ) -> None:
        """Keep, by their keys, which transactions lines are that came one by one, with their
        document for their import. A line that comes again is the same."""
        rows = [item_document(owner, *item) for item in items]
        writes = [
            UpdateOne({"_id": row["_id"], "user_id": owner}, {"$setOnInsert": row}, upsert=True)
            for row in rows
        ]
        if writes:
            await tx.db.import_lines.bulk_write(writes, ordered=False, session=tx.session)

    async def recognised_by(self, tx: Tx, owner: str, document_id: str) -> Sequence[str]:
        """The transactions that lines of this document are, of those that came one by one."""
        query = {"user_id": owner, "import_id": document_id, "claims": True}
        rows = tx.db.import_lines.find(query, {"transaction_id": 1}, session=tx.session)
        return [row["transaction_id"] async for row in rows]

    async def used_keys(self, tx: Tx, ids: Sequence[str]) -> AbstractSet[str]:
        """Which of these idempotency keys were used."""
        query = {"_id": {"$in": sorted(ids)}}
        rows = tx.db.idempotency.find(query, {"_id": 1}, session=tx.session)
        return {row["_id"] async for row in rows}

    async def note_operation(self, tx: Tx, head: Import, now: datetime) -> None:
        """Say in the operation that the import is how far it is."""
        counts = Counts(
            done=_count(head, Outcome.ADDED, Outcome.MATCHED, Outcome.RESTORED),
            unchanged=_count(head, Outcome.ALREADY_THERE),
            refused=_count(head, Outcome.REFUSED),
        )
        change = {
            "touched_at": now,
            "finished": head.stage is Stage.COMMITTED,
            "counts": asdict(counts),
        }
        query = {"_id": head.id, "user_id": head.owner}
        await tx.db.operations.update_one(query, {"$set": change}, session=tx.session)

    async def _set(
        self,
        owner: str,
        import_id: str,
        fields: Mapping[int, Document],
        unset: Document | None = None,
        tx: Tx | None = None,
    ) -> None:
        change = {"$unset": unset} if unset else {}
        writes = [
            UpdateOne({"_id": line_id(import_id, at), "user_id": owner}, {"$set": values, **change})
            for at, values in fields.items()
        ]
        session = tx.session if tx else None
        for start in range(0, len(writes), _LINES_AT_ONCE):
            part = writes[start : start + _LINES_AT_ONCE]
            await self._db.import_lines.bulk_write(part, ordered=False, session=session)


def _count(head: Import, *outcomes: Outcome) -> int:
    return sum(head.outcomes[outcome].count for outcome in outcomes if outcome in head.outcomes)
