"""Merging categories: all that stands in one goes to another, as one operation that can be undone.

The category is pointed to the other first, so that what is posted meanwhile goes there too; then
its transactions follow. Undoing points it back before they return.
"""

from collections.abc import Sequence

from kit.mongo import Mongo, Tx
from ledger.domain.category import Category, CategoryTree, require_mergeable
from ledger.domain.command import Action, Edit, Key
from ledger.domain.drafting import said_by
from ledger.domain.entry import Change
from ledger.domain.errors import InvalidFields
from ledger.domain.operation import MAX_ROWS, Operation, OperationKind, Row, RowOutcome
from ledger.repository.books import Books
from ledger.repository.categories import Categories
from ledger.repository.operations import Operations
from ledger.service.ports import Announcements
from ledger.service.rows import RowWriter


class CategoryMerges:
    def __init__(
        self,
        *,
        mongo: Mongo,
        categories: Categories,
        books: Books,
        operations: Operations,
        rows: RowWriter,
        announcements: Announcements,
    ) -> None:
        self._mongo = mongo
        self._categories = categories
        self._books = books
        self._operations = operations
        self._rows = rows
        self._announcements = announcements

    async def merge(
        self, *, owner: str, actor: str, category_id: str, into_id: str, key: Key
    ) -> tuple[Operation, Sequence[Row]]:
        """Move everything, and offer the category no more.

        Raises CategoryNotFound, CategoryKindMismatch, CategoryBuiltIn, CategoryHasChildren,
        InvalidFields, IdempotencyConflict, OperationUndone.
        """
        operation = await self._rows.known(owner=owner, key=key)
        if operation is None:
            tree = CategoryTree.of(await self._categories.list(owner))
            require_mergeable(tree, category_id, into_id)
            operation = await self._rows.begin(
                owner=owner,
                actor=actor,
                kind=OperationKind.MERGE_CATEGORY,
                key=key,
                intent={"category_id": category_id, "into_id": into_id},
            )
        return await self._carry_out(operation, category_id, into_id)

    async def go_on(self, merge: Operation) -> tuple[Operation, Sequence[Row]]:
        """Finish a merge that was cut off. Raises as merge where it is not possible any more."""
        category_id, into_id = merge.intent["category_id"], merge.intent["into_id"]
        return await self._carry_out(merge, category_id, into_id)

    async def _carry_out(
        self, operation: Operation, category_id: str, into_id: str
    ) -> tuple[Operation, Sequence[Row]]:
        owner = operation.owner
        if not operation.finished and not operation.undone_by:
            operation = await self._pointed(operation, category_id, into_id)
        ids = operation.ids

        async def plan(numbers: Sequence[int]) -> Sequence[Action | Row]:
            chosen = [ids[number] for number in numbers]
            newest = await self._operations.newest(owner, chosen)
            planned: list[Action | Row] = []
            for id_ in chosen:
                entry = newest[id_]
                if entry.operation_id == operation.id:
                    planned.append(Row(id_, RowOutcome.DONE))
                    continue
                said = said_by(entry)
                moved = said.recategorised(category_id, into_id)
                if entry.change is Change.DELETED or moved == said:
                    planned.append(Row(id_, RowOutcome.UNCHANGED))
                else:
                    planned.append(Edit(id_, entry.version, moved))
            return planned

        return await self._rows.run(operation, count=len(ids), plan=plan)

    async def turn(self, merge: Operation, *, stands: bool) -> None:
        """Point the category back where the merge is undone, or to the other again."""

        async def turn(tx: Tx) -> None:
            await self._books.hold(tx, merge.owner)
            category = await self._categories.merged_by(tx, merge.owner, merge.id)
            if category is not None and bool(category.merged_into) is not stands:
                await self._replace(tx, category.pointed(merged=stands))

        await self._mongo.in_transaction(turn)

    async def _pointed(self, operation: Operation, category_id: str, into_id: str) -> Operation:
        """The operation with the transactions that are to follow. Nothing is posted to the category
        from then on."""

        async def point(tx: Tx) -> Operation:
            owner = operation.owner
            await self._books.hold(tx, owner)
            if await self._categories.merged_by(tx, owner, operation.id) is not None:
                return operation
            tree = CategoryTree.of(await self._categories.list(owner, tx))
            category = require_mergeable(tree, category_id, into_id)
            ids = await self._categories.transactions_in(tx, owner, category_id, most=MAX_ROWS + 1)
            if len(ids) > MAX_ROWS:
                what = f"more than {MAX_ROWS:,} transactions: move some of them first"
                raise InvalidFields([("id", what)])
            await self._replace(tx, category.merged(into_id, merge_id=operation.id))
            return await self._operations.select(tx, operation, ids)

        return await self._mongo.in_transaction(point)

    async def _replace(self, tx: Tx, category: Category) -> None:
        await self._categories.replace(tx, category)
        change = "merged" if category.merged_into else "restored"
        await self._announcements.category_changed(tx, category, change)
