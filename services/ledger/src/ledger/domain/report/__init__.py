"""Reports: spans of days and their buckets, what flowed in them, and what follows from it."""

from ledger.domain.report.flow import BY_YEAR, Dated, DaySum, Dim, Flow, Series, added_up
from ledger.domain.report.span import By, Period, Span, YearCover, buckets, months_of, year_cover
from ledger.domain.report.summary import (
    CategorySpending,
    CurrencySummary,
    spending,
    summarise,
)

__all__ = [
    "BY_YEAR",
    "By",
    "CategorySpending",
    "CurrencySummary",
    "Dated",
    "DaySum",
    "Dim",
    "Flow",
    "Period",
    "Series",
    "Span",
    "YearCover",
    "added_up",
    "buckets",
    "months_of",
    "spending",
    "summarise",
    "year_cover",
]
