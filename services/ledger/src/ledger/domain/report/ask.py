"""What a person asks of a report."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

from ledger.domain.book_settings import WeekStart
from ledger.domain.fields import FieldCheck
from ledger.domain.rate import Applied
from ledger.domain.report.compare import Comparison
from ledger.domain.report.span import By, Period

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Ask:
    """`base` is the currency that all is told in beside its own, empty for none. Without a
    `week_start` weeks begin as the book says."""

    period: Period
    by: By = By.MONTH
    week_start: WeekStart | None = None
    base: str = ""
    compare: Sequence[Comparison] = ()

    def check(self) -> None:
        """Raises InvalidFields."""
        self.period.check_buckets(self.by)
        if self.base:
            check = FieldCheck()
            check.currency("base_currency", self.base)
            check.finish()

    def comparisons(self) -> Sequence[Comparison]:
        return tuple(dict.fromkeys(self.compare))


@dataclass(frozen=True, slots=True)
class Beside(Generic[T]):
    """The same report of the days that it is compared with."""

    comparison: Comparison
    period: Period
    report: T


@dataclass(frozen=True, slots=True)
class Told(Generic[T]):
    """A report, what it is compared with, and every rate that something in them was converted
    at."""

    period: Period
    report: T
    beside: Sequence[Beside[T]] = ()
    rates: Sequence[Applied] = ()
