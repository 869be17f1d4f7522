"""Opening books: once for each person, on registration or on first use, whichever comes first."""

from collections import OrderedDict
from collections.abc import Callable

from pymongo.errors import DuplicateKeyError

from kit.mongo import Mongo, Tx
from ledger.domain.book import Book, default_categories, open_book, renamed_defaults
from ledger.repository.books import Books, Categories

REMEMBERED = 10_000


class BookService:
    def __init__(
        self,
        *,
        mongo: Mongo,
        books: Books,
        categories: Categories,
        new_id: Callable[[], str],
    ) -> None:
        self._mongo = mongo
        self._books = books
        self._categories = categories
        self._new_id = new_id
        # A book's head never changes, so what was read once stays true.
        self._known: OrderedDict[str, Book] = OrderedDict()

    async def book(self, *, owner: str) -> Book:
        """The person's book, opened if it isn't yet."""
        known = self._known.get(owner)
        if known is None:
            known = await self._books.find(owner) or await self._open(owner)
            self._known[owner] = known
            if len(self._known) > REMEMBERED:
                self._known.popitem(last=False)
        return known

    async def open_registered(self, tx: Tx, *, owner: str, locale: str) -> None:
        """Open the book of someone who has registered. Where first use was quicker, the default
        categories that nobody has touched take the person's language."""
        if await self._books.exists(tx, owner):
            names = renamed_defaults(await self._categories.list(owner), locale=locale)
            await self._categories.rename_untouched(tx, owner, names)
            await self._books.set_locale(tx, owner, locale)
        else:
            await self._add(tx, owner, locale)

    async def _open(self, owner: str) -> Book:
        try:
            return await self._mongo.in_transaction(lambda tx: self._add(tx, owner, ""))
        except DuplicateKeyError:
            opened_by_another = await self._books.find(owner)
            if opened_by_another is None:
                raise
            return opened_by_another

    async def _add(self, tx: Tx, owner: str, locale: str) -> Book:
        categories = default_categories(owner, locale=locale, new_id=self._new_id)
        book = open_book(owner, categories, new_id=self._new_id)
        await self._books.add(tx, book, categories, locale=locale)
        return book
