"""Rows of a CSV export to a statement, exact to the cent, or a refusal that names the line.

A row is skipped only where it holds nothing to book (a total, a balance, a payment still pending);
a row with a broken date or amount refuses the file.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from ingest.domain.amounts import (
    CURRENCY_MARKS,
    DecimalMark,
    NotAnAmount,
    SeparatorsDisagree,
    decimal_mark,
    parse_amount,
)
from ingest.domain.arithmetic import judge_running_balance
from ingest.domain.dates import DateOrder, DateOrdersDisagree, NotADate, date_order, parse_date
from ingest.domain.errors import StatementInvalid
from ingest.domain.statements import StatementAccount, StatementLine, with_trusted_references
from ingest.reading.table.columns import Columns, ColumnsUnknown, columns_of, is_date
from ingest.reading.table.dialect import Row, rows_of
from ingest.reading.table.own import is_own, read_own
from ingest.reading.text import NotText, decode_text
from kit.money import KNOWN_CURRENCIES, exponent

# Words like "payment" are left out: one bank means money out by them, another money in.
_OUT = frozenset(
    [
        "-",
        "d",
        "dr",
        "dbit",
        "debit",
        "debet",
        "dbet",
        "s",
        "soll",
        "af",
        "o",
        "out",
        "outflow",
        "kiadas",
        "withdrawal",
        "lastschrift",
    ]
)
_IN = frozenset(
    [
        "+",
        "c",
        "cr",
        "crdt",
        "credit",
        "kredit",
        "k",
        "h",
        "haben",
        "bij",
        "i",
        "in",
        "inflow",
        "bevetel",
        "deposit",
        "gutschrift",
    ]
)
_BALANCE_ROWS = re.compile(
    r"(opening|closing|brought forward|carried forward|ending|starting) ?balance"
    r"|balance (brought|carried) forward|anfangssaldo|endsaldo|^turnover$"
    r"|saldo (inicial|final|iniziale|finale)",
    re.IGNORECASE,
)
_FIGURE = re.compile(r"\d[.,]\d|^\W*\d")
_ONLY_POSITIVE = "The file has positive amounts only: check whether these are expenses."
_BALANCE_BREAKS = "The running balance of the file does not confirm this row."


@dataclass(frozen=True, slots=True)
class _Conventions:
    """Decided once, from all values of the file."""

    mark: DecimalMark
    order: DateOrder
    currency: str
    flags_tell: bool


def read_csv(data: bytes, *, default_currency: str) -> list[StatementAccount]:
    """Every account of the file with its rows; `default_currency` where the file names none.

    Raises StatementInvalid, naming line and value.
    """
    text = _decoded(data)
    if is_own(text):
        return read_own(text)
    rows, columns = _table(data)
    booked = [row for row in rows[columns.header_row + 1 :] if _holds_a_booking(row, columns)]
    conventions = _conventions(booked, columns, default_currency)
    read = [(row, _read_row(row, columns, conventions)) for row in booked]
    read = [(row, line) for row, line in read if line.amount]
    if not read:
        raise StatementInvalid("there is no row in it with a date and an amount")
    lines = _with_sign_warning([line for _, line in read], columns)
    lines = _with_balance_warnings(lines, [row for row, _ in read], columns, conventions)
    numbers = [_at(row, columns.account) for row, _ in read]
    if not columns.account_is_own and not _tells_accounts_apart(numbers):
        numbers = [""] * len(numbers)
    return _by_account(lines, numbers, conventions)


def _decoded(data: bytes) -> str:
    try:
        return decode_text(data, declared="")
    except NotText:
        raise StatementInvalid("its characters cannot be decoded") from None


def _table(data: bytes) -> tuple[list[Row], Columns]:
    """The rows and their columns; a header that is nonsense in Windows-1252 may be in 1250."""
    for codec in ("", "cp1250"):
        try:
            rows = rows_of(decode_text(data, declared=codec))
            return rows, columns_of(rows)
        except NotText:
            raise StatementInvalid("its characters cannot be decoded") from None
        except ColumnsUnknown:
            continue
    raise StatementInvalid(
        "no row names the columns for date and amount, and they cannot be told from the cells"
    )


def _conventions(body: Sequence[Row], columns: Columns, default_currency: str) -> _Conventions:
    named = next((c for row in body if (c := _named_currency(row, columns))), default_currency)
    places = (columns.amount, columns.debit, columns.credit, columns.balance)
    amounts = [_at(row, place) for row in body for place in places if _at(row, place)]
    dates = [_at(row, columns.date) for row in body]
    try:
        mark = decimal_mark(amounts, three_decimals=exponent(named) == 3)
        order = date_order(dates, otherwise="mdy" if named == "USD" else "dmy")
    except SeparatorsDisagree as error:
        raise _located(str(error), error.second, body) from None
    except DateOrdersDisagree as error:
        raise _located(str(error), error.second, body) from None
    flags = {_flag(_at(row, columns.flag)) for row in body if _at(row, columns.flag)}
    return _Conventions(mark, order, named, flags_tell=bool(flags) and flags <= {-1, 1})


def _located(what: str, value: str, body: Sequence[Row]) -> StatementInvalid:
    line = next((row.line for row in body if value in row.cells), 0)
    return StatementInvalid(what, line=line, value=value)


def _named_currency(row: Row, columns: Columns) -> str:
    printed = _at(row, columns.currency)
    code = CURRENCY_MARKS.get(printed, printed.upper())
    if code and code not in KNOWN_CURRENCIES:
        raise StatementInvalid(f"'{printed[:12]}' is not a currency", line=row.line, value=printed)
    return code


def _holds_a_booking(row: Row, columns: Columns) -> bool:
    day = _at(row, columns.date)
    if not any(letter.isdigit() for letter in day):
        # Totals at the end, and card payments that are still pending, have a word or nothing where
        # the date goes.
        return False
    amounts = [_at(row, at) for at in (columns.amount, columns.debit, columns.credit)]
    if not any(amounts):
        return False
    if not is_date(day) and not any(_FIGURE.search(text) for text in amounts):
        return False
    said = [_at(row, place) for place in (columns.payee, *columns.descriptions)]
    return not any(_BALANCE_ROWS.search(text) for text in said)


def _read_row(row: Row, columns: Columns, conventions: _Conventions) -> StatementLine:
    amount, text, currency = _signed_amount(row, columns, conventions)
    payee, description = _texts(row, columns)
    day = _at(row, columns.date)
    try:
        booked = parse_date(day, order=conventions.order)
    except NotADate as error:
        raise StatementInvalid(str(error), line=row.line, value=day) from None
    return StatementLine(
        line=row.line,
        date=booked.isoformat(),
        date_text=day,
        amount=amount,
        amount_text=text,
        currency=currency,
        payee=payee,
        description=description,
        bank_reference=_at(row, columns.reference),
        payee_line=row.line,
        date_line=row.line,
        amount_line=row.line,
    )


def _signed_amount(row: Row, columns: Columns, conventions: _Conventions) -> tuple[int, str, str]:
    """(minor units from the account's view, as printed, currency)."""
    text = _at(row, columns.amount)
    if text:
        minor, currency = _parsed(text, row, columns, conventions)
        if conventions.flags_tell:
            minor = abs(minor) * _flag(_at(row, columns.flag)) if _at(row, columns.flag) else minor
        return minor, text, currency
    out, into = _at(row, columns.debit), _at(row, columns.credit)
    out_minor, out_currency = _parsed(out, row, columns, conventions) if out else (0, "")
    in_minor, in_currency = _parsed(into, row, columns, conventions) if into else (0, "")
    if out_minor and in_minor:
        raise StatementInvalid(
            f"'{out}' stands for money out and '{into}' for money in", line=row.line, value=out
        )
    if out_minor:
        return -abs(out_minor), out, out_currency
    return in_minor, into or out, in_currency or out_currency


def _parsed(text: str, row: Row, columns: Columns, conventions: _Conventions) -> tuple[int, str]:
    currency = _named_currency(row, columns) or conventions.currency
    try:
        amount = parse_amount(text, mark=conventions.mark, currency=currency)
    except NotAnAmount as error:
        raise StatementInvalid(str(error), line=row.line, value=text) from None
    return amount.minor_units, amount.currency or currency


def _flag(text: str) -> int:
    """-1 for money out, 1 for money in, 0 for a word that says neither."""
    word = text.strip().lower().translate(str.maketrans("áéë", "aee"))
    return -1 if word in _OUT else 1 if word in _IN else 0


def _texts(row: Row, columns: Columns) -> tuple[str, str]:
    payee = _squeezed(_at(row, columns.payee))
    others = [_squeezed(_at(row, place)) for place in columns.descriptions]
    others = [text for text in others if text and text != payee]
    if not payee and others:
        payee, others = others[0], others[1:]
    return payee, " · ".join(dict.fromkeys(others))


def _squeezed(text: str) -> str:
    return " ".join(text.split())


def _with_sign_warning(lines: list[StatementLine], columns: Columns) -> list[StatementLine]:
    by_sign_alone = columns.amount >= 0 and columns.flag < 0
    if not by_sign_alone or any(line.amount < 0 for line in lines):
        return lines
    return [replace(line, warnings=(*line.warnings, _ONLY_POSITIVE)) for line in lines]


def _with_balance_warnings(
    lines: list[StatementLine], rows: list[Row], columns: Columns, conventions: _Conventions
) -> list[StatementLine]:
    """Warn at rows that a running balance contradicts; a balance with gaps confirms nothing and is
    left alone.
    """
    balances: list[int] = []
    for row in rows:
        try:
            balances.append(_parsed(_at(row, columns.balance), row, columns, conventions)[0])
        except StatementInvalid:
            return lines
    pairs = list(zip((line.amount for line in lines), balances, strict=True))
    broken = set(judge_running_balance(pairs))
    return [
        replace(line, warnings=(*line.warnings, _BALANCE_BREAKS)) if place in broken else line
        for place, line in enumerate(lines)
    ]


def _tells_accounts_apart(numbers: Sequence[str]) -> bool:
    """Whether a column of account numbers is of the person's own accounts: of each several rows.
    Some banks write there with whom the money was exchanged."""
    return all(numbers) and 2 * len(set(numbers)) <= len(numbers)


def _by_account(
    lines: list[StatementLine], numbers: list[str], conventions: _Conventions
) -> list[StatementAccount]:
    return [
        StatementAccount(
            number=number,
            currency=conventions.currency,
            lines=with_trusted_references(
                [line for line, own in zip(lines, numbers, strict=True) if own == number]
            ),
        )
        for number in dict.fromkeys(numbers)
    ]


def _at(row: Row, place: int) -> str:
    return row.cells[place] if 0 <= place < len(row.cells) else ""
