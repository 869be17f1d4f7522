"""What a caller asks of the transactions, read in the book that it is asked of."""

import asyncio
from datetime import UTC

from kit.clock import Clock
from ledger.domain.search import (
    Names,
    Query,
    TransactionFilter,
    needs_names,
    needs_today,
    parse,
    query_of,
)
from ledger.domain.search.ast import Node
from ledger.repository.names import BookNames
from ledger.service.books import BookService


class QueryReader:
    def __init__(self, *, names: BookNames, book_service: BookService, clock: Clock) -> None:
        self._names = names
        self._books = book_service
        self._clock = clock

    async def read(self, *, owner: str, filter_: TransactionFilter) -> Query:
        """The query that the filter and its search come to. Raises InvalidFields, QueryInvalid."""
        filter_.check()
        node = parse(filter_.query)
        return query_of(filter_, node, await self.names(owner=owner, node=node))

    async def names(self, *, owner: str, node: Node | None) -> Names:
        """As much of the book as the search has to know."""
        names = Names(self._clock.now().astimezone(UTC).date())
        if needs_today(node):
            settings = await self._books.settings(owner=owner)
            today = settings.day_of(self._clock.now())
            names = Names(today, settings.week_start)
        if not needs_names(node):
            return names
        # A book that is not open yet has its categories from now on.
        await self._books.book(owner=owner)
        accounts, categories = await asyncio.gather(
            self._names.accounts(owner), self._names.categories(owner)
        )
        return Names(names.today, names.week_start, accounts, categories)
