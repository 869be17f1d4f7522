"""The CSV file that the ledger exports, read back: its columns are known, so nothing is guessed.

The ledger's side is `ledger.domain.export.csv_table`; `tests/test_own_csv.py` holds both together.
"""

import csv
import io
from collections.abc import Iterator
from dataclasses import replace

from ingest.domain.amounts import NotAnAmount, parse_amount
from ingest.domain.dates import NotADate, parse_date
from ingest.domain.errors import StatementInvalid
from ingest.domain.statements import StatementAccount, StatementLine, with_trusted_references
from kit.money import KNOWN_CURRENCIES
from kit.spreadsheet import read_cell

COLUMNS = (
    *("date", "account", "type", "status", "payee", "category", "amount", "currency"),
    *("transfer_account", "transfer_amount", "transfer_currency", "note", "tags", "memo"),
    *("transaction_id", "split", "bank_reference", "refund_of", "document_ids"),
)


def is_own(text: str) -> bool:
    """Whether the text begins with the header of our own export."""
    head = text[: len(",".join(COLUMNS)) + 2]
    return next(csv.reader(io.StringIO(head, newline="")), []) == list(COLUMNS)


def read_own(text: str) -> list[StatementAccount]:
    """Every account of the export; the splits of a transaction are one line. Raises
    StatementInvalid."""
    accounts: dict[tuple[str, str], dict[str, StatementLine]] = {}
    for number, row in _rows(text):
        line = _line(number, row)
        lines = accounts.setdefault((read_cell(row["account"]), line.currency), {})
        key = row["transaction_id"] or f"line {number}"
        if key in lines:
            lines[key] = replace(lines[key], amount=lines[key].amount + line.amount)
        else:
            lines[key] = line
    if not accounts:
        raise StatementInvalid("there is no row in it with a date and an amount")
    return [
        StatementAccount(
            number=name, currency=currency, lines=with_trusted_references(list(lines.values()))
        )
        for (name, currency), lines in accounts.items()
    ]


def _rows(text: str) -> Iterator[tuple[int, dict[str, str]]]:
    """Each row with the line that it begins on."""
    reader = csv.reader(io.StringIO(text, newline=""))
    next(reader)
    begins = reader.line_num + 1
    try:
        for cells in reader:
            if cells and len(cells) != len(COLUMNS):
                what = f"{len(cells)} cells where the header has {len(COLUMNS)}"
                raise StatementInvalid(what, line=begins)
            if cells:
                yield begins, dict(zip(COLUMNS, cells, strict=True))
            begins = reader.line_num + 1
    except csv.Error as error:
        raise StatementInvalid(str(error), line=begins) from None


def _line(number: int, row: dict[str, str]) -> StatementLine:
    currency = row["currency"]
    if currency not in KNOWN_CURRENCIES:
        raise StatementInvalid(f"'{currency[:12]}' is not a currency", line=number, value=currency)
    try:
        day = parse_date(row["date"], order="dmy")
        amount = parse_amount(row["amount"], mark=".", currency=currency)
    except (NotADate, NotAnAmount) as error:
        raise StatementInvalid(str(error), line=number) from None
    return StatementLine(
        line=number,
        date=day.isoformat(),
        date_text=row["date"],
        amount=amount.minor_units,
        amount_text=row["amount"],
        currency=currency,
        payee=read_cell(row["payee"]),
        description=read_cell(row["note"]),
        bank_reference=read_cell(row["bank_reference"]),
        payee_line=number,
        date_line=number,
        amount_line=number,
    )
