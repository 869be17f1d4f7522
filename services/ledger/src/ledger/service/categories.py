"""Categories: list and add."""

from collections.abc import Callable, Sequence

from kit.idempotency import Idempotency
from kit.mongo import Mongo, Tx
from ledger.domain.category import Category, CategoryDraft
from ledger.domain.errors import CategoryNotFound
from ledger.domain.posting import Key
from ledger.repository.book_documents import category_bytes, category_from
from ledger.repository.books import Categories
from ledger.service.books import BookService
from ledger.service.once import once
from ledger.service.ports import Announcements


class CategoryService:
    def __init__(
        self,
        *,
        mongo: Mongo,
        categories: Categories,
        book_service: BookService,
        announcements: Announcements,
        idempotency: Idempotency,
        new_id: Callable[[], str],
    ) -> None:
        self._mongo = mongo
        self._categories = categories
        self._book_service = book_service
        self._announcements = announcements
        self._idempotency = idempotency
        self._new_id = new_id

    async def list_categories(self, *, owner: str) -> Sequence[Category]:
        """All of the book, the built-in uncategorised ones among them."""
        await self._book_service.book(owner=owner)
        return await self._categories.list(owner)

    async def create_category(self, *, owner: str, draft: CategoryDraft, key: Key) -> Category:
        """Raises InvalidFields, CategoryNotFound (the parent), CategoryKindMismatch."""
        await self._book_service.book(owner=owner)
        id_ = self._new_id()

        async def create(tx: Tx) -> Category:
            parent = await self._parent(tx, owner, draft.parent_id)
            category = draft.created(id=id_, owner=owner, parent=parent)
            await self._categories.add(tx, category)
            await self._announcements.category_created(tx, category)
            return category

        return await once(
            self._mongo,
            self._idempotency,
            owner=owner,
            key=key,
            work=create,
            encode=category_bytes,
            decode=category_from,
        )

    async def _parent(self, tx: Tx, owner: str, parent_id: str) -> Category | None:
        if not parent_id:
            return None
        parent = await self._categories.get(tx, owner, parent_id)
        if parent is None:
            raise CategoryNotFound("parent_id")
        return parent
