"""Books: their heads and how they are read."""

from collections.abc import Sequence
from typing import NamedTuple

from kit.mongo import Mongo, Tx
from ledger.domain.book import Book
from ledger.domain.book_file import BookErased
from ledger.domain.book_settings import BookSettings
from ledger.domain.category import Category
from ledger.repository.book_documents import (
    book_document,
    book_of,
    category_document,
    settings_document,
    settings_of,
)

_MARK = {"seq": 1, "held": 1}


class BookMark(NamedTuple):
    """The number of the latest entry of a book, and how often the book was held."""

    seq: int
    held: int


class Books:
    """The head of each book: its own accounts, and the number of its latest entry (`seq`)."""

    def __init__(self, mongo: Mongo) -> None:
        self._db = mongo.db

    async def find(self, owner: str) -> Book | None:
        row = await self._db.books.find_one({"_id": owner})
        return None if row is None else book_of(row)

    async def add(
        self, tx: Tx, book: Book, categories: Sequence[Category], settings: BookSettings
    ) -> None:
        """Raises DuplicateKeyError where someone else opened the book first, BookErased."""
        if await tx.db.erased.find_one({"_id": book.owner}, session=tx.session) is not None:
            raise BookErased
        await tx.db.books.insert_one(book_document(book, settings), session=tx.session)
        rows = [category_document(category) for category in categories]
        await tx.db.categories.insert_many(rows, session=tx.session)

    async def settings(self, owner: str, tx: Tx | None = None) -> BookSettings | None:
        """How the book is read; within a transaction, as it stands there."""
        row = await self._db.books.find_one(
            {"_id": owner}, {"settings": 1, "locale": 1}, session=tx.session if tx else None
        )
        return None if row is None else settings_of(row)

    async def set_settings(self, tx: Tx, settings: BookSettings) -> None:
        change = {"$set": {"settings": settings_document(settings)}}
        await tx.db.books.update_one({"_id": settings.owner}, change, session=tx.session)

    async def mark(self, tx: Tx, owner: str) -> BookMark | None:
        """Where the book stands: the same as long as nobody has posted into it or held it."""
        row = await tx.db.books.find_one({"_id": owner}, _MARK, session=tx.session)
        return None if row is None else BookMark(row["seq"], row.get("held", 0))

    async def hold(self, tx: Tx, owner: str) -> None:
        """Let no posting into the book until this transaction ends: each writes the head too, and
        MongoDB lets one of two win."""
        touch = {"$inc": {"held": 1}}
        await tx.db.books.update_one({"_id": owner}, touch, session=tx.session)
