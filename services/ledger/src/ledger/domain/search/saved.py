"""Searches that a person keeps, in an order of their own."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from ledger.domain.errors import LedgerError, VersionMismatch
from ledger.domain.fields import FieldCheck
from ledger.domain.search.parse import parse
from ledger.domain.search.renaming import with_payee

NAME_LENGTH, MAX_SAVED, MAX_PAYEE_MOVES = 100, 100, 20


class SavedSearchNotFound(LedgerError):
    def __init__(self) -> None:
        super().__init__("there is no such saved search")


class TooManySavedSearches(LedgerError):
    def __init__(self) -> None:
        super().__init__(f"a book keeps at most {MAX_SAVED} searches: delete one first")


@dataclass(frozen=True, slots=True)
class QueryMoved:
    """That an operation gave a payee that the query names another name: the query before and
    after."""

    by: str
    was: str
    became: str


@dataclass(frozen=True, slots=True)
class SavedSearch:
    """`query` is kept as it was written, but for payees that got another name."""

    id: str
    name: str
    query: str
    version: int
    created_at: datetime
    updated_at: datetime
    # Newest last.
    payee_moves: Sequence[QueryMoved] = ()

    def payee_moved(
        self, ids: Collection[str], name: str, *, by: str, now: datetime
    ) -> "SavedSearch":
        """With the name that the operation gave to these payees."""
        became = with_payee(self.query, ids, name)
        if became == self.query or any(move.by == by for move in self.payee_moves):
            return self
        moves = (*self.payee_moves, QueryMoved(by, self.query, became))[-MAX_PAYEE_MOVES:]
        return replace(self._asking(became, now), payee_moves=moves)

    def payee_turned(self, by: str, *, stands: bool, now: datetime) -> "SavedSearch":
        """After the operation was undone, or done again; a query that was changed since stays."""
        move = next((move for move in self.payee_moves if move.by == by), None)
        if move is None:
            return self
        from_, to = (move.was, move.became) if stands else (move.became, move.was)
        return self._asking(to, now) if self.query == from_ else self

    def _asking(self, query: str, now: datetime) -> "SavedSearch":
        return replace(self, query=query, version=self.version + 1, updated_at=now)

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
