"""Categories: the tree, its order, and what becomes of those that are needed no more."""

from collections.abc import Callable, Sequence

from kit.idempotency import Idempotency
from kit.mongo import Mongo, Tx
from ledger.domain.category import (
    Category,
    CategoryBuiltIn,
    CategoryChange,
    CategoryDraft,
    CategoryHasChildren,
    CategoryInUse,
    CategoryTree,
    categories_reordered,
)
from ledger.domain.posting import Key
from ledger.repository.book_documents import category_bytes, category_from
from ledger.repository.books import Books
from ledger.repository.categories import Categories
from ledger.service.books import BookService
from ledger.service.ports import Announcements


class CategoryService:
    def __init__(
        self,
        *,
        mongo: Mongo,
        categories: Categories,
        books: Books,
        book_service: BookService,
        announcements: Announcements,
        idempotency: Idempotency,
        new_id: Callable[[], str],
    ) -> None:
        self._mongo = mongo
        self._categories = categories
        self._books = books
        self._book_service = book_service
        self._announcements = announcements
        self._idempotency = idempotency
        self._new_id = new_id

    async def list_categories(
        self, *, owner: str, include_archived: bool = False
    ) -> Sequence[Category]:
        """Those that are offered, the built-in uncategorised ones among them; on request also what
        was archived or merged away."""
        await self._book_service.book(owner=owner)
        categories = await self._categories.list(owner)
        return [c for c in categories if c.is_offered or include_archived]

    async def create_category(self, *, owner: str, draft: CategoryDraft, key: Key) -> Category:
        """Raises InvalidFields, CategoryNotFound (the parent), CategoryKindMismatch,
        TooManyCategories."""
        await self._book_service.book(owner=owner)
        id_ = self._new_id()

        async def create(tx: Tx) -> Category:
            standing = await self._categories.list(owner, tx)
            category = draft.created(id=id_, owner=owner, tree=CategoryTree.of(standing))
            await self._categories.add(tx, category)
            await self._announcements.category_created(tx, category)
            return category

        return await self._idempotency.once(
            owner=owner,
            key=key,
            work=create,
            encode=category_bytes,
            decode=category_from,
        )

    async def update_category(
        self, *, owner: str, category_id: str, expected_version: int, change: CategoryChange
    ) -> Category:
        """Rename, move, archive, or give it another look. Raises CategoryNotFound, VersionMismatch,
        InvalidFields, CategoryKindMismatch, CategoryBuiltIn."""

        async def update(tx: Tx) -> Category:
            # Two moves at once could make a ring of a tree: each holds the book.
            await self._books.hold(tx, owner)
            tree = await self._tree(tx, owner)
            category = tree.get(category_id)
            category.expect(expected_version)
            changed = category.changed_by(change, tree)
            await self._categories.replace(tx, changed)
            await self._announcements.category_changed(tx, changed, "updated")
            return changed

        return await self._mongo.in_transaction(update)

    async def reorder_categories(self, *, owner: str, first: Sequence[str]) -> Sequence[Category]:
        """Put these first among their siblings, in this order. Raises InvalidFields,
        CategoryNotFound."""

        async def reorder(tx: Tx) -> Sequence[Category]:
            standing = await self._categories.list(owner, tx)
            ordered = categories_reordered(standing, first)
            before = {category.id: category.position for category in standing}
            moved = [category for category in ordered if category.position != before[category.id]]
            if moved:
                await self._categories.set_positions(tx, moved)
                await self._announcements.categories_reordered(tx, owner)
            return ordered

        return await self._mongo.in_transaction(reorder)

    async def delete_category(self, *, owner: str, category_id: str, expected_version: int) -> None:
        """Take away what was never used. Raises CategoryNotFound, VersionMismatch, CategoryBuiltIn,
        CategoryHasChildren, CategoryInUse."""

        async def delete(tx: Tx) -> None:
            await self._books.hold(tx, owner)
            tree = await self._tree(tx, owner)
            category = tree.get(category_id)
            category.expect(expected_version)
            if category.is_built_in:
                raise CategoryBuiltIn
            if tree.children(category.id):
                raise CategoryHasChildren
            if await self._categories.was_posted_to(tx, owner, category.id):
                raise CategoryInUse("transactions stand or stood in it")
            if await self._categories.is_planned_with(tx, owner, category.id):
                raise CategoryInUse("a budget, rule, recurring transaction or payee names it")
            await self._categories.remove(tx, category)
            await self._announcements.category_changed(tx, category, "deleted")

        await self._mongo.in_transaction(delete)

    async def _tree(self, tx: Tx, owner: str) -> CategoryTree:
        return CategoryTree.of(await self._categories.list(owner, tx))
