"""Opening books: once for each person, on registration or on first use, whichever comes first."""

import time
from collections import OrderedDict
from collections.abc import Callable

from pymongo.errors import DuplicateKeyError

from kit.mongo import Mongo, Tx
from ledger.domain.book import Book, default_categories, open_book, renamed_defaults
from ledger.domain.book_settings import BookSettings, SettingsChange, suggested_settings
from ledger.repository.books import Books
from ledger.repository.categories import Categories
from ledger.service.ports import Announcements

REMEMBERED_SECONDS = 30.0
REMEMBERED = 10_000


class BookService:
    def __init__(
        self,
        *,
        mongo: Mongo,
        books: Books,
        categories: Categories,
        announcements: Announcements,
        new_id: Callable[[], str],
    ) -> None:
        self._mongo = mongo
        self._books = books
        self._categories = categories
        self._announcements = announcements
        self._new_id = new_id
        # Only restoring a book changes its head, perhaps in another process.
        self._known: OrderedDict[str, tuple[Book, float]] = OrderedDict()

    async def book(self, *, owner: str) -> Book:
        """The person's book, opened if it isn't yet."""
        known, read_at = self._known.get(owner, (None, 0.0))
        if known is None or time.monotonic() - read_at > REMEMBERED_SECONDS:
            known = await self._books.find(owner) or await self._open(owner)
            self._known[owner] = known, time.monotonic()
            if len(self._known) > REMEMBERED:
                self._known.popitem(last=False)
        return known

    def forget(self, owner: str) -> None:
        """Read the book anew when it is next asked for."""
        self._known.pop(owner, None)

    async def settings(self, *, owner: str) -> BookSettings:
        """How the person's book is read: time zone, base currency, language, week."""
        await self.book(owner=owner)
        settings = await self._books.settings(owner)
        return settings or suggested_settings(owner, locale="")

    async def update_settings(
        self, *, owner: str, expected_version: int, change: SettingsChange
    ) -> BookSettings:
        """Raises VersionMismatch, InvalidFields. A new locale renames the default categories that
        nobody has touched."""
        await self.book(owner=owner)

        async def update(tx: Tx) -> BookSettings:
            current = await self._books.settings(owner, tx)
            known = current or suggested_settings(owner, locale="")
            changed = known.changed_by(change, expected_version=expected_version)
            if changed.locale != known.locale:
                await self._speak(tx, owner, changed.locale)
            await self._books.set_settings(tx, changed)
            await self._announcements.book_changed(tx, changed)
            return changed

        return await self._mongo.in_transaction(update)

    async def open_registered(self, tx: Tx, *, owner: str, locale: str) -> None:
        """Open the book of someone who has registered. Where first use was quicker, the default
        categories that nobody has touched take the person's language."""
        settings = await self._books.settings(owner, tx)
        if settings is None:
            await self._add(tx, owner, locale)
        elif settings.version == 1:
            # Whoever has chosen already knows better than the form that they registered with.
            await self._speak(tx, owner, locale)
            await self._books.set_settings(tx, suggested_settings(owner, locale=locale))

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
        settings = suggested_settings(owner, locale=locale)
        await self._books.add(tx, book, categories, settings)
        return book

    async def _speak(self, tx: Tx, owner: str, locale: str) -> None:
        """Give the default categories that nobody has touched their names in this language."""
        names = renamed_defaults(await self._categories.list(owner), locale=locale)
        await self._categories.rename_untouched(tx, owner, names)
