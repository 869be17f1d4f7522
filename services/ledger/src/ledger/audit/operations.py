"""What operations say of themselves, and what the journal says of them."""

from collections import Counter
from dataclasses import dataclass, field

from pymongo.asynchronous.client_session import AsyncClientSession

from kit.mongo import Database, Document
from ledger.audit.chain import Chain
from ledger.domain.importing.decisions import Outcome
from ledger.domain.operation import OperationKind

# A pending transaction that a line was recognised as: it is changed, and was there before.
_CLEARED = {"outcome": Outcome.ALREADY_THERE.value, "clears": True}
_BOOKED = [Outcome.ADDED.value, Outcome.MATCHED.value, Outcome.RESTORED.value]


@dataclass(slots=True)
class ToldOperations:
    """By operation that has ended: how many rows it says it has done, how many transactions have
    entries of it, and of an import how many lines it has booked and how many it has only cleared:
    those were in the book before."""

    told: dict[str, int] = field(default_factory=dict)
    booked: dict[str, int] = field(default_factory=dict)
    cleared: Counter[str] = field(default_factory=Counter)
    touched: Counter[str] = field(default_factory=Counter)

    def changed(self) -> Counter[str]:
        """How many transactions each has changed that count as done."""
        return self.touched - self.cleared

    def count(self, chain: Chain | None) -> None:
        """A single act has no document, and is not counted."""
        if chain is not None:
            self.touched.update({e.operation_id for e in chain.entries} & self.told.keys())


async def read_operations(db: Database, session: AsyncClientSession, owner: str) -> ToldOperations:
    """Those of one book that have ended, in the snapshot of the session."""
    operations = ToldOperations()
    query = {"user_id": owner, "finished": True}
    only = {"kind": 1, "counts.done": 1}
    async for row in db.operations.find(query, only, session=session):
        counts = row.get("counts")
        done = counts.get("done") if isinstance(counts, dict) else None
        if not isinstance(done, int):
            continue  # told among the rows that can't be read
        operations.told[row["_id"]] = done
        if row.get("kind") == OperationKind.IMPORT:
            operations.booked[row["_id"]] = 0
    if operations.booked:
        lines: list[Document] = [
            {"$match": {"user_id": owner, "$or": [{"outcome": {"$in": _BOOKED}}, _CLEARED]}},
            {
                "$group": {
                    "_id": "$import_id",
                    "booked": {"$sum": {"$cond": [{"$in": ["$outcome", _BOOKED]}, 1, 0]}},
                    "lines": {"$sum": 1},
                }
            },
        ]
        async for row in await db.import_lines.aggregate(lines, session=session):
            if row["_id"] in operations.booked:
                operations.booked[row["_id"]] = row["booked"]
                operations.cleared[row["_id"]] = row["lines"] - row["booked"]
    return operations
