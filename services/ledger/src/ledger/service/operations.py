"""The history of a book, act by act; and how acts are taken back."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from pymongo.errors import DuplicateKeyError

from kit.clock import Clock
from kit.cursors import InvalidCursor, read_cursor, write_cursor
from ledger.domain.command import Action, Key
from ledger.domain.operation import (
    ChangedSince,
    Operation,
    OperationKind,
    OperationNotFound,
    OperationRunning,
    OperationUndone,
    Row,
    RowOutcome,
)
from ledger.domain.search import page_limit
from ledger.repository.operations import Operations
from ledger.service.rows import RowWriter
from ledger.service.undoing import Undoing

_LIST = "operations"


@dataclass(frozen=True, slots=True)
class OperationPage:
    operations: Sequence[Operation]
    # Empty when this was the last page.
    next_cursor: str


class OperationService:
    def __init__(
        self, *, operations: Operations, rows: RowWriter, undoing: Undoing, clock: Clock
    ) -> None:
        self._operations = operations
        self._undoing = undoing
        self._rows = rows
        self._clock = clock

    async def get_operation(
        self, *, owner: str, operation_id: str
    ) -> tuple[Operation, Sequence[Row]]:
        """The operation, and the rows that were not simply done. Raises OperationNotFound."""
        operation = await self._found(owner, operation_id)
        rows = await self._operations.rows(owner, operation_id)
        return operation, [row for row in rows if row.outcome is not RowOutcome.DONE]

    async def list_operations(self, *, owner: str, cursor: str, limit: int) -> OperationPage:
        """The page after the cursor, newest first. Raises InvalidCursor, InvalidFields."""
        limit, before = page_limit(limit), _parsed(cursor)
        found = await self._operations.page(owner, before=before, limit=limit + 1)
        page = found[:limit]
        return OperationPage(page, _cursor(page[-1]) if len(found) > limit else "")

    async def undo(
        self, *, owner: str, actor: str, operation_id: str, key: Key
    ) -> tuple[Operation, Sequence[Row]]:
        """Bring each transaction that the operation touched to what it was before it.

        One that was changed since stays, and its row says so; the rest can be undone once it is as
        the operation left it. Undoing an undo does again what was undone, and leaves that to be
        undone anew. Raises OperationNotFound, OperationUndone, OperationRunning,
        ReconciliationFinished, IdempotencyConflict.
        """
        undo = await self._rows.known(owner=owner, key=key)
        if undo is None:
            undo = await self._begin(owner, actor, operation_id, key)
        return await self.carry_out(undo)

    async def carry_out(self, undo: Operation) -> tuple[Operation, Sequence[Row]]:
        """Do what is not done yet of an undo that has begun. Raises OperationUndone."""
        owner = undo.owner
        if not undo.finished:
            await self._undoing.before(undo)
        touches = await self._operations.touched(owner, undo.undoes)

        async def plan(numbers: Sequence[int]) -> Sequence[Action | Row]:
            ids = [touches[number].transaction_id for number in numbers]
            newest = await self._operations.newest(owner, ids)
            planned: list[Action | Row] = []
            for number, id_ in zip(numbers, ids, strict=True):
                if newest[id_].operation_id == undo.id:
                    planned.append(Row(id_, RowOutcome.DONE))
                    continue
                try:
                    action = touches[number].undoing(newest[id_])
                    planned.append(action or Row(id_, RowOutcome.UNCHANGED))
                except ChangedSince as refusal:
                    planned.append(Row.refused(id_, refusal))
            return planned

        return await self._rows.run(undo, count=len(touches), plan=plan)

    async def _begin(self, owner: str, actor: str, operation_id: str, key: Key) -> Operation:
        operation = await self._found(owner, operation_id)
        if operation.undone_by:
            raise OperationUndone(operation.undone_by)
        # An import is booked to its end in any case, by whoever comes next.
        is_at_work = operation.kind is OperationKind.IMPORT and not operation.finished
        if is_at_work or operation.is_running(self._clock.now()):
            raise OperationRunning
        await self._undoing.require_free(operation)
        try:
            return await self._rows.begin(
                owner=owner,
                actor=actor,
                kind=OperationKind.UNDO,
                key=key,
                undoes=operation,
            )
        except DuplicateKeyError:
            other = await self._found(owner, operation_id)
            raise OperationUndone(other.undone_by) from None

    async def _found(self, owner: str, operation_id: str) -> Operation:
        operation = await self._operations.get(owner, operation_id)
        if operation is None:
            raise OperationNotFound
        return operation


def _cursor(last: Operation) -> str:
    return write_cursor(_LIST, last.at.isoformat(), last.id)


def _parsed(text: str) -> tuple[datetime, str] | None:
    """Raises InvalidCursor."""
    parts = read_cursor(text, _LIST, str, str)
    if parts is None:
        return None
    at, operation_id = map(str, parts)
    try:
        instant = datetime.fromisoformat(at).astimezone(UTC)
    except (ValueError, OverflowError):
        raise InvalidCursor from None
    return instant, operation_id
