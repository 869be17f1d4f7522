"""Bank statements as facts, and the files banks write of them: OFX 1.x, OFX 2.x, CSV dialects."""

import csv
import io
import random
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from types import MappingProxyType
from typing import Literal
from xml.sax.saxutils import escape

from specimens.figures import minor_digits, print_amount, print_date


@dataclass(frozen=True, slots=True)
class StatementRow:
    """One booked line; `amount` in minor units, signed from the account's view."""

    date: date
    amount: int
    payee: str
    memo: str
    reference: str


@dataclass(frozen=True, slots=True)
class Statement:
    """opening + the rows' amounts = closing, to the minor unit."""

    bank_id: str
    account_number: str
    account_type: Literal["CHECKING", "SAVINGS", "CREDITLINE"]
    currency: str
    start: date
    end: date
    opening: int
    rows: tuple[StatementRow, ...]

    @property
    def closing(self) -> int:
        return self.opening + sum(row.amount for row in self.rows)


_PAYEES: tuple[tuple[str, int, int], ...] = (
    ("HARBOUR STREET GROCERS", -2000, -12000),
    ("COPPER KETTLE CAFE", -350, -2400),
    ("CITY TRANSIT", -280, -280),
    ("NORTHERN POWER & LIGHT", -4500, -14000),
    ("STREAMBOX MONTHLY", -1299, -1299),
    ("MERIDIAN PHARMACY", -600, -5200),
    ("WILLOW LANE RENTALS", -95000, -95000),
    ("FUEL STOP 21", -3000, -7500),
    ("BLUE DOOR BOOKS", -900, -4200),
)
_EMPLOYER = "ORCHARD SOFTWARE LTD SALARY"


def make_statement(
    seed: int,
    *,
    currency: str = "USD",
    rows: int = 12,
    account_number: str = "8841207731",
    start: date | None = None,
) -> Statement:
    """A month of an account: one salary, purchases, and two identical ones on one day."""
    rng = random.Random(seed)  # noqa: S311 - seeded on purpose: the same seed, the same bytes
    first = start or date(2025, 1, 1) + timedelta(days=31 * rng.randrange(20))
    days = sorted(rng.randrange(30) for _ in range(rows))
    booked = [_row(rng, first + timedelta(days=day), number) for number, day in enumerate(days)]
    if rows >= 4:
        twin = booked[1]
        booked[2] = StatementRow(twin.date, twin.amount, twin.payee, twin.memo, booked[2].reference)
        booked[-1] = _salary(rng, booked[-1])
    return Statement(
        bank_id="125000024",
        account_number=account_number,
        account_type="CHECKING",
        currency=currency,
        start=first,
        end=first + timedelta(days=29),
        opening=rng.randrange(50_000, 400_000),
        rows=tuple(booked),
    )


def _row(rng: random.Random, day: date, number: int) -> StatementRow:
    payee, least, most = rng.choice(_PAYEES)
    amount = -rng.randint(-least, -most)
    return StatementRow(
        day, amount, payee, f"CARD 4471 {payee.split()[0]}", _reference(day, number)
    )


def _salary(rng: random.Random, row: StatementRow) -> StatementRow:
    amount = rng.randrange(210_000, 480_000)
    return StatementRow(row.date, amount, _EMPLOYER, "PAYROLL", row.reference)


def _reference(day: date, number: int) -> str:
    return f"{day:%Y%m%d}{number:05d}"


# OFX -------------------------------------------------------------------------------------------

_SGML_HEADER = (
    "OFXHEADER:100\r\nDATA:OFXSGML\r\nVERSION:102\r\nSECURITY:NONE\r\nENCODING:{encoding}\r\n"
    "CHARSET:{charset}\r\nCOMPRESSION:NONE\r\nOLDFILEUID:NONE\r\nNEWFILEUID:NONE\r\n\r\n"
)
_XML_HEADER = (
    '<?xml version="1.0" encoding="UTF-8" standalone="no"?>\n'
    '<?OFX OFXHEADER="200" VERSION="220" SECURITY="NONE" OLDFILEUID="NONE" NEWFILEUID="NONE"?>\n'
)
_Leaf = Callable[[str, str], str]


def ofx_sgml(
    statement: Statement, *, encoding: str = "USASCII", charset: str = "1252", codec: str = "cp1252"
) -> bytes:
    """OFX 1.0.2: a header of its own, SGML whose leaves have no closing tags."""
    body = _ofx_body(statement, lambda tag, value: f"<{tag}>{escape(value)}")
    return (_SGML_HEADER.format(encoding=encoding, charset=charset) + body).encode(codec)


def ofx_xml(statement: Statement) -> bytes:
    """OFX 2.2: XML, UTF-8."""
    body = _ofx_body(statement, lambda tag, value: f"<{tag}>{escape(value)}</{tag}>")
    return (_XML_HEADER + body).encode("utf-8")


def _ofx_body(statement: Statement, leaf: _Leaf) -> str:
    digits = minor_digits(statement.currency)
    lines = [
        "<OFX>",
        "<SIGNONMSGSRSV1><SONRS>",
        f"<STATUS>{leaf('CODE', '0')}{leaf('SEVERITY', 'INFO')}</STATUS>",
        leaf("DTSERVER", f"{statement.end:%Y%m%d}120000.000[-5:EST]"),
        leaf("LANGUAGE", "ENG"),
        "</SONRS></SIGNONMSGSRSV1>",
        "<BANKMSGSRSV1><STMTTRNRS>",
        leaf("TRNUID", "1"),
        f"<STATUS>{leaf('CODE', '0')}{leaf('SEVERITY', 'INFO')}</STATUS>",
        "<STMTRS>",
        leaf("CURDEF", statement.currency),
        "<BANKACCTFROM>",
        leaf("BANKID", statement.bank_id),
        leaf("ACCTID", statement.account_number),
        leaf("ACCTTYPE", statement.account_type),
        "</BANKACCTFROM>",
        "<BANKTRANLIST>",
        leaf("DTSTART", f"{statement.start:%Y%m%d}"),
        leaf("DTEND", f"{statement.end:%Y%m%d}"),
    ]
    for row in statement.rows:
        lines += _ofx_transaction(row, digits, leaf)
    lines += [
        "</BANKTRANLIST>",
        "<LEDGERBAL>",
        leaf("BALAMT", print_amount(statement.closing, digits=digits)),
        leaf("DTASOF", f"{statement.end:%Y%m%d}"),
        "</LEDGERBAL>",
        "</STMTRS></STMTTRNRS></BANKMSGSRSV1>",
        "</OFX>",
        "",
    ]
    return "\r\n".join(lines)


def _ofx_transaction(row: StatementRow, digits: int, leaf: _Leaf) -> list[str]:
    return [
        "<STMTTRN>",
        leaf("TRNTYPE", "CREDIT" if row.amount > 0 else "DEBIT"),
        leaf("DTPOSTED", f"{row.date:%Y%m%d}120000"),
        leaf("TRNAMT", print_amount(row.amount, digits=digits)),
        leaf("FITID", row.reference),
        leaf("NAME", row.payee),
        leaf("MEMO", row.memo),
        "</STMTTRN>",
    ]


# CSV -------------------------------------------------------------------------------------------

AmountColumns = Literal["signed", "debit_credit", "flag", "parentheses", "trailing_minus"]


@dataclass(frozen=True, slots=True)
class CsvDialect:
    """How one bank writes its export; `headers` name date, payee, memo, amount(s), balance."""

    name: str
    headers: tuple[str, ...]
    amounts: AmountColumns
    delimiter: str = ","
    codec: str = "utf-8"
    decimal: str = "."
    grouping: str = ""
    indian_grouping: bool = False
    date_pattern: str = "%Y-%m-%d"
    preamble: tuple[str, ...] = ()
    footer: tuple[str, ...] = ()


CSV_DIALECTS: Mapping[str, CsvDialect] = MappingProxyType(
    {
        dialect.name: dialect
        for dialect in (
            CsvDialect("plain", ("Date", "Description", "Memo", "Amount", "Balance"), "signed"),
            CsvDialect(
                "us_debit_credit",
                ("Date", "Details", "Memo", "Debit", "Credit", "Balance"),
                "debit_credit",
                grouping=",",
                date_pattern="%m/%d/%Y",
            ),
            CsvDialect(
                "german",
                ("Buchungstag", "Empfaenger", "Verwendungszweck", "Betrag", "Saldo"),
                "signed",
                delimiter=";",
                codec="cp1252",
                decimal=",",
                grouping=".",
                date_pattern="%d.%m.%Y",
                preamble=("Kontoauszug;", "Währung;Müller", ""),
                footer=("Endsaldo;;;;",),
            ),
            CsvDialect(
                "swiss",
                ("Datum", "Buchungstext", "Zahlungszweck", "Betrag", "Saldo"),
                "signed",
                delimiter=";",
                codec="utf-8-sig",
                grouping="'",
                date_pattern="%d.%m.%y",
            ),
            CsvDialect(
                "utf16_tabs",
                ("Fecha", "Concepto", "Detalle", "Importe", "Saldo"),
                "signed",
                delimiter="\t",
                codec="utf-16",
                decimal=",",
                grouping=".",
                date_pattern="%d/%m/%Y",
            ),
            CsvDialect(
                "dutch_flag",
                ("Datum", "Naam", "Omschrijving", "Bedrag", "Af Bij", "Saldo"),
                "flag",
                delimiter=";",
                decimal=",",
                date_pattern="%d-%m-%Y",
            ),
            CsvDialect(
                "accountant",
                ("Posting Date", "Payee", "Reference text", "Amount", "Balance"),
                "parentheses",
                grouping=",",
                date_pattern="%d %b %Y",
            ),
            CsvDialect(
                "mainframe",
                ("Transaction Date", "Narrative", "Particulars", "Amount", "Balance"),
                "trailing_minus",
                delimiter="|",
                grouping=",",
                date_pattern="%d/%m/%Y",
            ),
            CsvDialect(
                "indian",
                ("Txn Date", "Narration", "Remarks", "Withdrawal", "Deposit", "Balance"),
                "debit_credit",
                grouping=",",
                indian_grouping=True,
                date_pattern="%d-%m-%Y",
            ),
        )
    }
)


def csv_export(statement: Statement, dialect: CsvDialect) -> bytes:
    """The statement as that bank's export, with a running balance in the last column."""
    out = io.StringIO(newline="")
    for line in dialect.preamble:
        out.write(line + "\r\n")
    writer = csv.writer(out, delimiter=dialect.delimiter)
    writer.writerow(dialect.headers)
    balance = statement.opening
    digits = minor_digits(statement.currency)
    for row in statement.rows:
        balance += row.amount
        writer.writerow(
            [
                print_date(row.date, dialect.date_pattern),
                row.payee,
                row.memo,
                *_amount_cells(row.amount, dialect, digits),
                _printed(balance, dialect, digits),
            ]
        )
    for line in dialect.footer:
        out.write(line + "\r\n")
    return out.getvalue().encode(dialect.codec)


def _amount_cells(amount: int, dialect: CsvDialect, digits: int) -> list[str]:
    size = _printed(abs(amount), dialect, digits)
    match dialect.amounts:
        case "signed":
            return [_printed(amount, dialect, digits)]
        case "debit_credit":
            return [size, ""] if amount < 0 else ["", size]
        case "flag":
            return [size, "Af" if amount < 0 else "Bij"]
        case "parentheses":
            return [f"({size})" if amount < 0 else size]
        case "trailing_minus":
            return [f"{size}-" if amount < 0 else size]


def _printed(minor: int, dialect: CsvDialect, digits: int) -> str:
    return print_amount(
        minor,
        digits=digits,
        decimal=dialect.decimal,
        grouping=dialect.grouping,
        indian=dialect.indian_grouping,
    )
