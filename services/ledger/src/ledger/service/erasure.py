"""Closing the book of a person who has gone."""

from kit.mongo import Tx
from ledger.repository.book_contents import BookContents
from ledger.service.books import BookService


class ErasureService:
    def __init__(self, contents: BookContents, book_service: BookService) -> None:
        self._contents = contents
        self._books = book_service

    async def erase(self, owner: str) -> int:
        """Delete everything that is kept of the book, and answer how many documents that was; safe
        to do again. It is barred first: nothing that arrives late opens it anew."""
        await self._contents.bar(owner)
        self._books.forget(owner)
        return await self._contents.erase(owner)

    async def finish(self, tx: Tx, owner: str) -> None:
        """What was written by acts that were under way when the book was barred."""
        await self._contents.require_gone(tx, owner)
