"""Searches that a person keeps, in an order of their own."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from ledger.domain.errors import LedgerError, VersionMismatch
from ledger.domain.fields import FieldCheck
from ledger.domain.search.parse import parse

NAME_LENGTH, MAX_SAVED = 100, 100


class SavedSearchNotFound(LedgerError):
    def __init__(self) -> None:
        super().__init__("there is no such saved search")


class TooManySavedSearches(LedgerError):
    def __init__(self) -> None:
        super().__init__(f"a book keeps at most {MAX_SAVED} searches: delete one first")


@dataclass(frozen=True, slots=True)
class SavedSearch:
    """`query` is kept as it was written."""

    id: str
    name: str
    query: str
    version: int
    created_at: datetime
    updated_at: datetime

    def check(self) -> None:
        """Raises InvalidFields, QueryInvalid."""
        check = FieldCheck()
        check.text("name", self.name, longest=NAME_LENGTH, needed=True)
        if not self.query.strip():
            check.wrong("query", "must not be empty")
        check.finish()
        parse(self.query)


@dataclass(frozen=True, slots=True)
class SavedSearchChange:
    """None leaves as it is; `position` counts from 0, and one beyond the end is the end."""

    name: str | None = None
    query: str | None = None
    position: int | None = None


@dataclass(frozen=True, slots=True)
class SavedSearches:
    """All of one book; a search's position is its place in `searches`."""

    owner: str
    searches: Sequence[SavedSearch] = ()

    def position(self, search_id: str) -> int:
        """Raises SavedSearchNotFound."""
        for position, search in enumerate(self.searches):
            if search.id == search_id:
                return position
        raise SavedSearchNotFound

    def added(self, search: SavedSearch) -> "SavedSearches":
        """With one more at the end. Raises InvalidFields, QueryInvalid, TooManySavedSearches."""
        search.check()
        if len(self.searches) >= MAX_SAVED:
            raise TooManySavedSearches
        return replace(self, searches=(*self.searches, search))

    def changed(
        self, search_id: str, version: int, change: SavedSearchChange, *, now: datetime
    ) -> "SavedSearches":
        """Raises SavedSearchNotFound, VersionMismatch, InvalidFields, QueryInvalid."""
        position = self._expected(search_id, version)
        old = self.searches[position]
        new = replace(
            old,
            name=old.name if change.name is None else change.name.strip(),
            query=old.query if change.query is None else change.query.strip(),
            version=old.version + 1,
            updated_at=now,
        )
        new.check()
        others = [search for search in self.searches if search.id != search_id]
        others.insert(position if change.position is None else max(change.position, 0), new)
        return replace(self, searches=tuple(others))

    def without(self, search_id: str, version: int) -> "SavedSearches":
        """Raises SavedSearchNotFound, VersionMismatch."""
        gone = self._expected(search_id, version)
        return replace(self, searches=(*self.searches[:gone], *self.searches[gone + 1 :]))

    def _expected(self, search_id: str, version: int) -> int:
        position = self.position(search_id)
        current = self.searches[position].version
        if version not in (0, current):
            raise VersionMismatch(current)
        return position
