"""The book in the formats of others: what each writes of a book, its transactions and its end.

Every format is written piece by piece, so that a book of any size is never held whole.
"""

from ledger.domain.export.beancount import Beancount
from ledger.domain.export.chart import Chart
from ledger.domain.export.csv_table import CsvTable
from ledger.domain.export.hledger import Hledger
from ledger.domain.export.market import Market, daily_prices
from ledger.domain.export.ofx import Ofx, Statement

__all__ = [
    "Beancount",
    "Chart",
    "CsvTable",
    "Hledger",
    "Market",
    "Ofx",
    "Statement",
    "daily_prices",
]
