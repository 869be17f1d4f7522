"""Many transactions in one act: create, change, delete."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ledger.domain.command import Action, Create, Delete, Edit, Key
from ledger.domain.drafting import said_by
from ledger.domain.entry import Change, Entry
from ledger.domain.errors import (
    InvalidFields,
    LedgerError,
    TransactionDeleted,
    TransactionNotFound,
)
from ledger.domain.operation import (
    MAX_ROWS,
    ExpectedCountMismatch,
    Operation,
    OperationKind,
    Row,
    RowOutcome,
)
from ledger.domain.patch import TransactionPatch
from ledger.domain.search import TransactionFilter
from ledger.domain.transaction import TransactionInput
from ledger.repository.operations import Operations
from ledger.repository.transactions import Transactions
from ledger.service.books import BookService
from ledger.service.queries import QueryReader
from ledger.service.rows import Plan, RowWriter

Result = tuple[Operation, Sequence[Row]]


@dataclass(frozen=True, slots=True)
class Selection:
    """Transactions by their ids, or by what finds them and how many that are."""

    ids: Sequence[str] = ()
    filter: TransactionFilter | None = None
    expected_count: int | None = None

    def check(self) -> None:
        """Raises InvalidFields."""
        problems = []
        if bool(self.ids) == (self.filter is not None):
            problems.append(("selection.ids", "either ids, or what finds them"))
        if self.filter is not None and self.expected_count is None:
            problems.append(("selection.expected_count", "is needed with what finds them"))
        if len(self.ids) > MAX_ROWS:
            problems.append(("selection.ids", f"at most {MAX_ROWS:,}"))
        if problems:
            raise InvalidFields(problems)


class BulkService:
    """Each row is posted or refused alone; all are one operation. Every method raises
    InvalidFields, IdempotencyConflict, OperationUndone."""

    def __init__(
        self,
        *,
        rows: RowWriter,
        operations: Operations,
        transactions: Transactions,
        queries: QueryReader,
        book_service: BookService,
    ) -> None:
        self._rows = rows
        self._operations = operations
        self._transactions = transactions
        self._queries = queries
        self._books = book_service

    async def create_transactions(
        self, *, owner: str, actor: str, inputs: Sequence[TransactionInput], key: Key
    ) -> Result:
        """Post each of up to 10,000."""
        if not 0 < len(inputs) <= MAX_ROWS:
            raise InvalidFields([("transactions", f"1 to {MAX_ROWS:,}")])
        await self._books.book(owner=owner)
        operation = await self._rows.begin(
            owner=owner, actor=actor, kind=OperationKind.BULK_CREATE, key=key
        )

        async def plan(numbers: Sequence[int]) -> Sequence[Action | Row]:
            return [Create(inputs[number]) for number in numbers]

        return await self._rows.run(operation, count=len(inputs), plan=plan)

    async def change_transactions(
        self,
        *,
        owner: str,
        actor: str,
        selection: Selection,
        patch: TransactionPatch,
        unlock: bool,
        key: Key,
    ) -> Result:
        """Change what the patch names of each that is selected. Raises ExpectedCountMismatch."""
        patch.check()
        intent = {"patch": patch.plain(), "unlock": unlock}
        kind = OperationKind.BULK_EDIT
        operation = await self._begun(owner, actor, kind, selection, key, intent)
        return await self._edit(operation, patch, unlock=unlock)

    async def delete_transactions(
        self, *, owner: str, actor: str, selection: Selection, unlock: bool, key: Key
    ) -> Result:
        """Delete each that is selected. Raises ExpectedCountMismatch."""
        intent = {"unlock": unlock}
        kind = OperationKind.BULK_DELETE
        operation = await self._begun(owner, actor, kind, selection, key, intent)
        return await self._delete(operation, unlock=unlock)

    async def go_on_changing(self, operation: Operation) -> Result:
        """Finish a change that was cut off."""
        patch = TransactionPatch.of_plain(operation.intent["patch"])
        return await self._edit(operation, patch, unlock=operation.intent["unlock"])

    async def go_on_deleting(self, operation: Operation) -> Result:
        """Finish a deletion that was cut off."""
        return await self._delete(operation, unlock=operation.intent["unlock"])

    async def _edit(self, operation: Operation, patch: TransactionPatch, *, unlock: bool) -> Result:
        def edit(newest: Entry) -> Action | Row:
            said = said_by(newest)
            changed = patch.applied(said)
            if changed == said:
                return Row(newest.transaction_id, RowOutcome.UNCHANGED)
            return Edit(newest.transaction_id, newest.version, changed, unlock=unlock)

        return await self._run(operation, edit)

    async def _delete(self, operation: Operation, *, unlock: bool) -> Result:
        def delete(newest: Entry) -> Action | Row:
            return Delete(newest.transaction_id, newest.version, unlock=unlock)

        return await self._run(operation, delete)

    async def _begun(
        self,
        owner: str,
        actor: str,
        kind: OperationKind,
        selection: Selection,
        key: Key,
        intent: Mapping[str, Any],
    ) -> Operation:
        """The operation over what is selected now, or over what was when it was first asked for."""
        selection.check()
        known = await self._rows.known(owner=owner, key=key)
        if known is not None:
            return known
        ids = await self._selected(owner, selection)
        return await self._rows.begin(
            owner=owner, actor=actor, kind=kind, key=key, ids=ids, intent=intent
        )

    async def _selected(self, owner: str, selection: Selection) -> Sequence[str]:
        if selection.filter is None:
            ids: Sequence[str] = tuple(dict.fromkeys(selection.ids))
            count = len(ids)
        else:
            query = await self._queries.read(owner=owner, filter_=selection.filter)
            ids = await self._transactions.ids(owner, query, MAX_ROWS + 1)
            count = len(ids)
            if count > MAX_ROWS:
                count = (await self._transactions.totals(owner, query)).count
        if selection.expected_count not in (None, count):
            raise ExpectedCountMismatch(count)
        if count > MAX_ROWS:
            raise InvalidFields([("selection", f"at most {MAX_ROWS:,}: narrow it")])
        return ids

    async def _run(self, operation: Operation, act: Callable[[Entry], Action | Row]) -> Result:
        plan = self._plan(operation, act)
        return await self._rows.run(operation, count=len(operation.ids), plan=plan)

    def _plan(self, operation: Operation, act: Callable[[Entry], Action | Row]) -> Plan:
        async def plan(numbers: Sequence[int]) -> Sequence[Action | Row]:
            ids = [operation.ids[number] for number in numbers]
            newest = await self._operations.newest(operation.owner, ids)
            return [_planned(operation, id_, newest.get(id_), act) for id_ in ids]

        return plan


def _planned(
    operation: Operation, id_: str, newest: Entry | None, act: Callable[[Entry], Action | Row]
) -> Action | Row:
    if newest is None:
        return Row.refused(id_, TransactionNotFound())
    if newest.operation_id == operation.id:
        return Row(id_, RowOutcome.DONE)
    if newest.change is Change.DELETED:
        return Row.refused(id_, TransactionDeleted())
    try:
        return act(newest)
    except LedgerError as refusal:
        return Row.refused(id_, refusal)
