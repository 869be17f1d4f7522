"""Beginning the commit of a plan: judge it again, and keep the decisions for good."""

from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256

from kit.clock import Clock
from kit.idempotency import Idempotency
from kit.mongo import Mongo, Tx
from ledger.domain.importing.batch import (
    Import,
    ImportCommitted,
    ImportNotFound,
    PlannedLine,
    Stage,
)
from ledger.domain.importing.decisions import Override
from ledger.domain.importing.planning import Judgement, Verdict
from ledger.domain.operation import Operation, OperationKind
from ledger.domain.posting import Key
from ledger.repository.books import Books
from ledger.repository.imports import Imports
from ledger.repository.operations import Operations
from ledger.service.import_judging import ImportJudging, Look

# Line of a plan, its verdict in the plan, its verdict now.
Changed = tuple[int, Verdict, Verdict]
# How often the lines are judged outside of the transaction before it judges them itself.
LOOKS = 3


@dataclass(frozen=True, slots=True)
class CommitAsked:
    """A request to commit a plan."""

    owner: str
    actor: str
    import_id: str
    overrides: Sequence[Override]
    expected_version: int
    key: Key

    @property
    def decisions_hash(self) -> str:
        """The same for the same overrides in any order."""
        said = sorted((o.line, o.choice or "", o.transaction_id) for o in self.overrides)
        return sha256(repr(said).encode()).hexdigest()


class ImportBeginning:
    def __init__(
        self,
        *,
        mongo: Mongo,
        imports: Imports,
        judging: ImportJudging,
        books: Books,
        operations: Operations,
        idempotency: Idempotency,
        clock: Clock,
    ) -> None:
        self._mongo = mongo
        self._imports = imports
        self._judging = judging
        self._books = books
        self._operations = operations
        self._idempotency = idempotency
        self._clock = clock

    async def begin(self, asked: CommitAsked, *, earlier: int) -> Sequence[Changed] | None:
        """Begin the commit; nothing to do if it has begun already. If lines read differently by
        now, give the plan the new verdicts and return the changes instead. None if the book moved
        meanwhile or another import is being booked: finish that one and try again, counting the
        earlier attempts.

        The lines are judged in a snapshot, outside of the transaction, which then only compares
        where the book stands: so it stays small whatever the size of the file. In a book that never
        stands still long enough, the transaction judges them itself after a few attempts.

        Raises ImportNotFound, ImportCommitted, VersionMismatch, InvalidFields.
        """
        look: Look | None = None
        if earlier < LOOKS:
            async with self._mongo.snapshot() as snapshot:
                head = await self._found(snapshot, asked)
                if _is_begun(head, asked):
                    return ()
                look = await self._look(snapshot, head, asked)
        if look is None or not look.changed:
            await self._imports.propose(
                asked.owner, asked.import_id, asked.decisions_hash, asked.overrides
            )
        decided = await self._mongo.in_transaction(lambda tx: self._decide(tx, asked, look))
        if decided is None:
            return None
        head, changed = decided
        # After the head, whose new version refuses whoever saw the plan before. If this is cut
        # off, the next commit finds the rest of the changes.
        await self._imports.rejudge(head, {line.position: now for line, now in changed})
        return [(line.position, line.judgement.verdict, now.verdict) for line, now in changed]

    async def _decide(
        self, tx: Tx, asked: CommitAsked, look: Look | None
    ) -> tuple[Import, Sequence[tuple[PlannedLine, Judgement]]] | None:
        head = await self._found(tx, asked)
        if _is_begun(head, asked):
            return head, ()
        mark = await self._books.mark(tx, asked.owner)
        await self._books.hold(tx, asked.owner)
        if await self._imports.committing(asked.owner, tx):
            # Its lines are not all in the journal yet.
            return None
        if look is None:
            look = await self._look(tx, head, asked)
        elif look.mark != mark:
            return None
        if look.changed:
            head = head.rejudged(look.rejudged)
            await self._imports.replace(tx, head)
            return head, look.changed
        begun = head.begun(asked.decisions_hash, actor=asked.actor)
        await self._imports.replace(tx, begun)
        operation = Operation(
            begun.id,
            begun.owner,
            OperationKind.IMPORT,
            asked.actor,
            self._clock.now(),
            finished=False,
        )
        await self._operations.add(tx, operation)
        if asked.key.text:
            await self._idempotency.remember(
                tx, asked.owner, asked.key.text, asked.key.request_hash, b""
            )
        return begun, ()

    async def _look(self, tx: Tx, head: Import, asked: CommitAsked) -> Look:
        """Raises InvalidFields for overrides that the plan doesn't allow."""
        look = await self._judging.look(tx, head)
        if not look.changed:
            await self._judging.check(tx, head, look, asked.overrides)
        return look

    async def _found(self, tx: Tx, asked: CommitAsked) -> Import:
        head = await self._imports.find(asked.owner, asked.import_id, tx)
        if head is None:
            raise ImportNotFound
        return head


def _is_begun(head: Import, asked: CommitAsked) -> bool:
    """Whether the commit has begun with these decisions. Raises ImportCommitted where it has with
    others, VersionMismatch."""
    if head.stage is Stage.PLANNED:
        head.expect(asked.expected_version)
        return False
    if head.decisions_hash != asked.decisions_hash:
        raise ImportCommitted
    return True
