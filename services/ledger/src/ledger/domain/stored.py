"""Stored parts of a book that people do not see: marks of entries, rows of operations, alerts.

These values exist so that a document is one value, whole: for the file of a book, and for checks.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from ledger.domain.book import Book
from ledger.domain.book_settings import BookSettings
from ledger.domain.entry import Entry
from ledger.domain.importing.batch import PlannedLine
from ledger.domain.importing.decisions import Override
from ledger.domain.operation import Operation, Row
from ledger.domain.rate import Rate, RateSource
from ledger.domain.recurring.series import Series


@dataclass(frozen=True, slots=True)
class StoredBook:
    book: Book
    settings: BookSettings
    # The number of its latest entry.
    seq: int
    # Before this no later entry is recorded.
    recorded_at: datetime | None


@dataclass(frozen=True, slots=True)
class StoredEntry:
    """An entry with its marks: since when it is in force no more, and which operation freed what
    it claimed of files."""

    entry: Entry
    live: bool
    superseded_at: datetime | None
    # Whether it tells of an act of its own.
    act: bool
    freed_by: str


@dataclass(frozen=True, slots=True)
class StoredOperation:
    """An operation with what became of its rows; None before it has ended."""

    operation: Operation
    rows: Sequence[Row] | None
    # The operation that it had undone, where that may be undone again.
    undid: str
    # How often it was left alone for being undone.
    left: int


@dataclass(frozen=True, slots=True)
class StoredLine:
    """A line of an import. `choices` are the overrides of the commits that compete, by hash."""

    owner: str
    import_id: str
    planned: PlannedLine
    claims: bool
    expires_at: datetime | None
    choices: Mapping[str, Override]


@dataclass(frozen=True, slots=True)
class StoredItem:
    """A line that came one by one, under its idempotency key."""

    owner: str
    key: str
    document_id: str
    account_id: str
    fingerprint: str
    reference: str
    draft_id: str
    transaction_id: str


@dataclass(frozen=True, slots=True)
class StoredRates:
    """The rates of one month, pair and source; `id` is the database's own, in hexadecimal."""

    id: str
    owner: str
    source: RateSource
    base: str
    quote: str
    month: str
    rates: Sequence[Rate]


@dataclass(frozen=True, slots=True)
class StoredAlert:
    """That a budget was said to have come to a threshold in a period; 0 stands for exceeded."""

    id: str
    owner: str
    budget_id: str
    period: date
    threshold: int
    at: datetime


@dataclass(frozen=True, slots=True)
class StoredSeries:
    """A series with the instant at which the ledger looks at it next."""

    series: Series
    due_at: datetime | None


@dataclass(frozen=True, slots=True)
class StoredDismissal:
    """That what was detected is not recurring."""

    id: str
    owner: str
    detected_id: str
    at: datetime


@dataclass(frozen=True, slots=True)
class StoredRulebook:
    owner: str
    version: int
