"""Saved searches: one document a book, so that its order changes as a whole."""

from datetime import UTC
from typing import Any

from bson import decode, encode
from bson.codec_options import CodecOptions

from kit.mongo import Document, Mongo, Tx
from ledger.domain.search.saved import QueryMoved, SavedSearch, SavedSearches

_AWARE: CodecOptions[Document] = CodecOptions(tz_aware=True, tzinfo=UTC)


class SavedSearchShelf:
    def __init__(self, mongo: Mongo) -> None:
        self._db = mongo.db

    async def all(self, owner: str, tx: Tx | None = None) -> SavedSearches:
        session = tx.session if tx else None
        row = await self._db.saved_searches.find_one({"_id": owner}, session=session)
        return searches_of(row) if row else SavedSearches(owner)

    async def keep(self, tx: Tx, kept: SavedSearches) -> None:
        """Put all of them in the place of those that were."""
        row = searches_document(kept)
        await tx.db.saved_searches.replace_one(
            {"_id": kept.owner}, row, upsert=True, session=tx.session
        )


def searches_document(kept: SavedSearches) -> Document:
    return {
        "_id": kept.owner,
        "user_id": kept.owner,
        "searches": [_search_document(search) for search in kept.searches],
    }


def searches_of(row: Document) -> SavedSearches:
    return SavedSearches(row["_id"], tuple(_search_of(search) for search in row["searches"]))


def saved_search_bytes(answer: tuple[SavedSearch, int]) -> bytes:
    """A stored answer: the search as it was answered, with its position."""
    search, position = answer
    return encode({**_search_document(search), "position": position})


def saved_search_from(stored: bytes) -> tuple[SavedSearch, int]:
    row = decode(stored, codec_options=_AWARE)
    return _search_of(row), row["position"]


def _search_document(search: SavedSearch) -> Document:
    return {
        "id": search.id,
        "name": search.name,
        "query": search.query,
        "version": search.version,
        "created_at": search.created_at,
        "updated_at": search.updated_at,
        "payee_moves": [[move.by, move.was, move.became] for move in search.payee_moves],
    }


def _search_of(row: dict[str, Any]) -> SavedSearch:
    return SavedSearch(
        row["id"],
        row["name"],
        row["query"],
        row["version"],
        row["created_at"],
        row["updated_at"],
        tuple(QueryMoved(*move) for move in row.get("payee_moves", ())),
    )
