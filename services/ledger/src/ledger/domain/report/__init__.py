"""Reports: spans of days and their buckets, what flowed in them, and what follows from it."""

from ledger.domain.report.flow import Dim, Flow, Series, added_up
from ledger.domain.report.span import By, Period, Span, buckets
from ledger.domain.report.summary import (
    CategorySpending,
    CurrencySummary,
    spending,
    summarise,
)

__all__ = [
    "By",
    "CategorySpending",
    "CurrencySummary",
    "Dim",
    "Flow",
    "Period",
    "Series",
    "Span",
    "added_up",
    "buckets",
    "spending",
    "summarise",
]
