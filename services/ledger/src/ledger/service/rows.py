"""Operations of many rows: the intent first, then the rows in groups, then what became of them.

Each row has a key of its own under the operation's id, so that an operation that ended half way is
finished by the same request with the same key, and nothing is done twice.
"""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from typing import Any

from kit.clock import Clock
from kit.contention import pause
from kit.idempotency import Idempotency
from kit.mongo import Mongo, Tx
from kit.telemetry import inject_context
from ledger.domain.command import Action, Command, Key
from ledger.domain.errors import LedgerError, VersionMismatch
from ledger.domain.operation import (
    Operation,
    OperationKind,
    OperationRunning,
    OperationUndone,
    Row,
    RowOutcome,
)
from ledger.domain.posting import Decided
from ledger.repository.operations import Operations
from ledger.writer import GroupWriter, Outcome

GROUP = 500
ATTEMPTS = 20

Plan = Callable[[Sequence[int]], Awaitable[Sequence[Action | Row]]]
"""What is to be posted for the rows of these numbers, or what has become of them already."""
Closing = Callable[[Tx], Awaitable[None]]
"""What else is to be written when all rows are, with that they are."""


class RowWriter:
    def __init__(
        self,
        *,
        mongo: Mongo,
        writer: GroupWriter,
        operations: Operations,
        idempotency: Idempotency,
        clock: Clock,
        new_id: Callable[[], str],
    ) -> None:
        self._mongo = mongo
        self._writer = writer
        self._operations = operations
        self._idempotency = idempotency
        self._clock = clock
        self._new_id = new_id

    async def known(self, *, owner: str, key: Key) -> Operation | None:
        """The operation that was begun under the key. Raises IdempotencyConflict."""
        if not key.text:
            return None
        answer = await self._idempotency.recall(owner, key.text, key.request_hash)
        return None if answer is None else await self._operations.get(owner, answer.decode())

    async def begin(
        self,
        *,
        owner: str,
        actor: str,
        kind: OperationKind,
        key: Key,
        ids: Sequence[str] = (),
        intent: Mapping[str, Any] | None = None,
        undoes: Operation | None = None,
    ) -> Operation:
        """Note what is intended, or what was intended under the key before. Raises
        IdempotencyConflict, OperationRunning where what it undoes is still at work,
        DuplicateKeyError where another operation undoes the same."""

        async def intend(tx: Tx) -> str:
            if undoes and not undoes.is_whole and not await self._operations.leave(tx, undoes):
                raise OperationRunning
            now = self._clock.now()
            operation = Operation(
                self._new_id(),
                owner,
                kind,
                actor,
                now,
                finished=False,
                touched_at=now,
                ids=ids,
                intent=intent or {},
                undoes=undoes.id if undoes else "",
            )
            await self._operations.add(tx, operation)
            return operation.id

        operation_id = await self._idempotency.once(
            owner=owner,
            key=key,
            work=intend,
            encode=str.encode,
            decode=bytes.decode,
        )
        begun = await self._operations.get(owner, operation_id)
        if begun is None:
            raise LookupError(operation_id)
        return begun

    async def run(
        self, operation: Operation, *, count: int, plan: Plan, closing: Closing | None = None
    ) -> tuple[Operation, Sequence[Row]]:
        """Post the rows that are not posted yet. Raises OperationUndone where it was taken back
        before it was finished."""
        if operation.is_whole:
            return operation, await self._operations.rows(operation.owner, operation.id)
        undone_by = operation.undone_by or await self._operations.take_up(
            operation, self._clock.now()
        )
        if undone_by:
            raise OperationUndone(undone_by)
        # Of what was cut off: a person may have changed or deleted since what it had done.
        touched = frozenset(await self._operations.touched_ids(operation.owner, operation.id))
        rows: list[Row] = []
        for first in range(0, count, GROUP):
            numbers = range(first, min(first + GROUP, count))
            group = await self._group(operation, numbers, plan)
            rows += [_as_touched(row, touched) for row in group]
            await self._operations.touch(operation, self._clock.now())
        finished = operation.with_rows(rows)
        await self._close(finished, rows, closing)
        return finished, rows

    async def end(self, operation: Operation) -> None:
        """Let an operation that was cut off be over, with what it came to."""
        changed = await self._operations.touched_ids(operation.owner, operation.id)
        rows = [Row(id_, RowOutcome.DONE) for id_ in changed]
        await self._close(operation.ended(changed), rows)

    async def _close(
        self, operation: Operation, rows: Sequence[Row], closing: Closing | None = None
    ) -> None:
        async def close(tx: Tx) -> None:
            if await self._operations.finish(tx, operation, rows) and closing is not None:
                await closing(tx)

        await self._mongo.in_transaction(close)

    async def _group(
        self, operation: Operation, numbers: Sequence[int], plan: Plan
    ) -> Sequence[Row]:
        rows: dict[int, Row] = {}
        for attempt in range(1, ATTEMPTS + 1):
            waiting = [number for number in numbers if number not in rows]
            planned = dict(zip(waiting, await plan(waiting), strict=True))
            rows |= {n: row for n, row in planned.items() if isinstance(row, Row)}
            actions = {n: action for n, action in planned.items() if not isinstance(action, Row)}
            outcomes = await self._writer.post_all(
                [_command(operation, number, action) for number, action in actions.items()]
            )
            for (number, action), outcome in zip(actions.items(), outcomes, strict=True):
                # Somebody else was quicker: decide again over what they left.
                if not isinstance(outcome, VersionMismatch) or attempt == ATTEMPTS:
                    rows[number] = _row(action, outcome)
            if len(rows) == len(numbers):
                break
            await pause(attempt)
        return [rows[number] for number in numbers]


def _command(operation: Operation, number: int, action: Action) -> Command:
    # The operation's own key has the hash of the whole request; a row is the same by its place.
    key = Key(f"{operation.id}/{number}", operation.id)
    return Command(operation.owner, operation.actor_id, action, key, inject_context(), operation.id)


def _row(action: Action, outcome: Outcome) -> Row:
    if isinstance(outcome, LedgerError):
        return Row.refused(getattr(action, "transaction_id", ""), outcome)
    return Row(outcome.result.transaction_id, _came_to(outcome))


def _as_touched(row: Row, touched: AbstractSet[str]) -> Row:
    return Row(row.transaction_id, RowOutcome.DONE) if row.transaction_id in touched else row


def _came_to(decided: Decided) -> RowOutcome:
    return RowOutcome.UNCHANGED if decided.freed and not decided.entries else RowOutcome.DONE
