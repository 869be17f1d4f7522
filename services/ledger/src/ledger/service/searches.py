"""The search language for those who type it: suggestions, and searches that are kept."""

from collections.abc import Callable, Sequence

from kit.clock import Clock
from kit.idempotency import Idempotency
from kit.mongo import Mongo, Tx
from ledger.domain.command import Key
from ledger.domain.errors import InvalidFields
from ledger.domain.search import TransactionFilter
from ledger.domain.search.keys import MAX_LENGTH, ValueType
from ledger.domain.search.saved import (
    SavedSearch,
    SavedSearchChange,
    SavedSearches,
)
from ledger.domain.search.suggest import (
    DEFAULT_SUGGESTIONS,
    MAX_SUGGESTIONS,
    Suggestion,
    SuggestionKind,
    Typed,
    key_suggestions,
    typed_at,
    value_suggestions,
)
from ledger.domain.totals import tag_id
from ledger.domain.words import search_words
from ledger.repository.names import BookNames
from ledger.repository.searches import (
    SavedSearchShelf,
    saved_search_bytes,
    saved_search_from,
)
from ledger.repository.vocabulary import BookWords
from ledger.service.books import BookService
from ledger.service.queries import QueryReader


class SearchService:
    def __init__(
        self,
        *,
        mongo: Mongo,
        names: BookNames,
        words: BookWords,
        shelf: SavedSearchShelf,
        queries: QueryReader,
        book_service: BookService,
        idempotency: Idempotency,
        clock: Clock,
        new_id: Callable[[], str],
    ) -> None:
        self._mongo = mongo
        self._names = names
        self._words = words
        self._shelf = shelf
        self._queries = queries
        self._books = book_service
        self._idempotency = idempotency
        self._clock = clock
        self._new_id = new_id

    async def suggest(
        self, *, owner: str, text: str, cursor: int, limit: int
    ) -> Sequence[Suggestion]:
        """What could stand where the cursor is, the likeliest first. Raises InvalidFields."""
        if len(text) > MAX_LENGTH:
            raise InvalidFields([("query", f"at most {MAX_LENGTH} characters")])
        if not 0 <= limit <= MAX_SUGGESTIONS:
            raise InvalidFields([("limit", f"1 to {MAX_SUGGESTIONS}")])
        limit = limit or DEFAULT_SUGGESTIONS
        typed = typed_at(text, cursor)
        if typed.misnamed:
            return ()
        if typed.key is None:
            return [*key_suggestions(typed), *await self._word_suggestions(owner, typed, limit)][
                :limit
            ]
        return (await self._value_suggestions(owner, typed, limit))[:limit]

    async def list_saved(self, *, owner: str) -> SavedSearches:
        return await self._shelf.all(owner)

    async def create_saved(
        self, *, owner: str, name: str, query: str, key: Key
    ) -> tuple[SavedSearch, int]:
        """Keep a search at the end of the list; answers it with its position. Raises
        InvalidFields, QueryInvalid, TooManySavedSearches, IdempotencyConflict."""
        await self._queries.read(owner=owner, filter_=TransactionFilter(query=query))
        now = self._clock.now()
        search = SavedSearch(self._new_id(), name.strip(), query.strip(), 1, now, now)

        async def keep(tx: Tx) -> tuple[SavedSearch, int]:
            kept = await self._shelf.all(owner, tx)
            await self._shelf.keep(tx, kept.added(search))
            return search, len(kept.searches)

        return await self._idempotency.once(
            owner=owner,
            key=key,
            work=keep,
            encode=saved_search_bytes,
            decode=saved_search_from,
        )

    async def update_saved(
        self, *, owner: str, search_id: str, expected_version: int, change: SavedSearchChange
    ) -> tuple[SavedSearch, int]:
        """Raises SavedSearchNotFound, VersionMismatch, InvalidFields, QueryInvalid."""
        if change.query is not None:
            await self._queries.read(owner=owner, filter_=TransactionFilter(query=change.query))

        async def update(tx: Tx) -> SavedSearches:
            kept = await self._shelf.all(owner, tx)
            changed = kept.changed(search_id, expected_version, change, now=self._clock.now())
            await self._shelf.keep(tx, changed)
            return changed

        changed = await self._mongo.in_transaction(update)
        position = changed.position(search_id)
        return changed.searches[position], position

    async def delete_saved(self, *, owner: str, search_id: str, expected_version: int) -> None:
        """Raises SavedSearchNotFound, VersionMismatch."""

        async def delete(tx: Tx) -> None:
            kept = await self._shelf.all(owner, tx)
            await self._shelf.keep(tx, kept.without(search_id, expected_version))

        await self._mongo.in_transaction(delete)

    async def _word_suggestions(self, owner: str, typed: Typed, limit: int) -> Sequence[Suggestion]:
        """Words of the book that begin as the last one that was said."""
        said = search_words(typed.said)
        if len(said) != 1:
            return ()
        words = await self._words.words(owner, said[0], limit)
        return value_suggestions(typed, words, SuggestionKind.WORD)

    async def _value_suggestions(
        self, owner: str, typed: Typed, limit: int
    ) -> Sequence[Suggestion]:
        if typed.key is None or typed.key.type in (ValueType.AMOUNT, ValueType.ID):
            return ()
        if typed.key.type in (ValueType.TEXT, ValueType.PAYEE):
            return await self._word_suggestions(owner, typed, limit)
        known = await self._values(owner, typed, limit)
        return value_suggestions(typed, [*known, *typed.key.values], SuggestionKind.VALUE)

    async def _values(self, owner: str, typed: Typed, limit: int) -> Sequence[str]:
        """What the book knows of such values."""
        await self._books.book(owner=owner)
        match typed.key and typed.key.type:
            case ValueType.ACCOUNT:
                return [account.name for account in await self._names.accounts(owner)]
            case ValueType.CATEGORY:
                return [category.name for category in await self._names.categories(owner)]
            case ValueType.CURRENCY:
                return sorted({a.currency for a in await self._names.accounts(owner)})
            case ValueType.TAG:
                return await self._words.tags(owner, tag_id(typed.said), limit)
            case _:
                return ()
