"""What a person looks for among the transactions: a small language, what it means in a book, and
pages of what was found."""

from ledger.domain.search.filter import TransactionFilter
from ledger.domain.search.page import (
    CurrencyTotal,
    Cursor,
    MonthCount,
    Order,
    Page,
    Totals,
    page_limit,
    size_of,
)
from ledger.domain.search.parse import parse
from ledger.domain.search.problems import Code, QueryInvalid, QueryProblem
from ledger.domain.search.query import EVERYTHING, Query
from ledger.domain.search.resolve import (
    AccountName,
    CategoryName,
    Names,
    needs_names,
    needs_today,
    query_of,
    resolve,
)
from ledger.domain.search.write import write

__all__ = [
    "EVERYTHING",
    "AccountName",
    "CategoryName",
    "Code",
    "CurrencyTotal",
    "Cursor",
    "MonthCount",
    "Names",
    "Order",
    "Page",
    "Query",
    "QueryInvalid",
    "QueryProblem",
    "Totals",
    "TransactionFilter",
    "needs_names",
    "needs_today",
    "page_limit",
    "parse",
    "query_of",
    "resolve",
    "size_of",
    "write",
]
