"""A kind of document that a book holds: its rows as values of the domain, and back."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from kit.mongo import Document
from ledger.domain.shape import is_integer, require_shape

V = TypeVar("V")


class UnreadableRow(Exception):
    """The row is not one that the ledger writes."""

    def __init__(self, error: Exception) -> None:
        what = f"{error} is missing" if isinstance(error, KeyError) else str(error)
        super().__init__(what or type(error).__name__)


@dataclass(frozen=True, slots=True)
class Kind(Generic[V]):
    """`write` makes the whole row of a value, also what follows from it, so that
    `write(read(row)) == row` for every row that the ledger writes."""

    name: str
    _read: Callable[[Document], V]
    write: Callable[[V], Document]
    # Fields that follow from the others: what a row says in them is not looked at.
    derived: frozenset[str] = frozenset()

    def read(self, row: Document) -> V:
        """Raises UnreadableRow, also where a field is not of its type."""
        try:
            value = self._read(row)
            require_shape(value)
        except Exception as error:
            # Whatever a row of junk makes fail; the caller tells which row it is.
            raise UnreadableRow(error) from error
        return value

    def said(self, row: Document) -> tuple[V, Document]:
        """The value of a row that may be forged, and the row to store in its place: it says what
        the row says, with what the row lacks, and without what is not known. Raises
        UnreadableRow."""
        value = self.read(row)
        written = self.write(value)
        for name in row.keys() & written.keys() - self.derived:
            if not _agrees(row[name], written[name]):
                raise UnreadableRow(ValueError(f"{name} has no such value"))
        return value, written


def _agrees(said: Any, written: Any) -> bool:
    """Whether nothing that was said is written differently."""
    if isinstance(said, dict) and isinstance(written, dict):
        return all(_agrees(said[name], written[name]) for name in said.keys() & written.keys())
    if isinstance(said, list) and isinstance(written, list):
        return len(said) == len(written) and all(map(_agrees, said, written))
    if is_integer(said) and is_integer(written):
        return bool(said == written)
    return type(said) is type(written) and bool(said == written)
