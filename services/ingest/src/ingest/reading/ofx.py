"""Reader of OFX: 1.x (SGML, its leaves without closing tags) and 2.x (XML), one reader for both.

OFX is read as a sequence of tags with their lines, not as a document tree: half of the files that
banks write are neither valid SGML nor XML, and a refusal must name the line. Entities are never
expanded beyond the single characters of HTML.
"""

import html
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date

from ingest.domain.amounts import (
    DecimalMark,
    NotAnAmount,
    SeparatorsDisagree,
    decimal_mark,
    parse_amount,
)
from ingest.domain.errors import StatementInvalid
from ingest.domain.statements import StatementAccount, StatementLine, with_trusted_references
from ingest.reading.text import NotText, decode_text
from kit.money import KNOWN_CURRENCIES

_TAG = re.compile(r"<(?P<close>/?)(?P<name>[A-Za-z0-9._:-]+)\s*(?P<empty>/?)>(?P<value>[^<]*)")
_CDATA = re.compile(r"<!\[CDATA\[(.*?)\]\]>", re.DOTALL)
_DATE = re.compile(r"(\d{4})(\d{2})(\d{2})")
_CHARSETS = {"1252": "cp1252", "1250": "cp1250", "1251": "cp1251", "8859-1": "latin-1",
             "ISO-8859-1": "latin-1", "ISO-8859-15": "iso8859-15", "UTF-8": "utf-8"}  # fmt: skip

_ACCOUNT_STARTS = frozenset({"STMTRS", "CCSTMTRS", "INVSTMTRS"})
_ACCOUNT_NUMBERS = frozenset({"BANKACCTFROM", "CCACCTFROM", "INVACCTFROM"})


@dataclass(frozen=True, slots=True)
class _Leaf:
    value: str
    line: int


@dataclass(slots=True)
class _Transaction:
    line: int
    leaves: dict[str, _Leaf] = field(default_factory=dict)
    currency: str = ""

    def text(self, name: str) -> str:
        leaf = self.leaves.get(name)
        return leaf.value if leaf else ""


@dataclass(slots=True)
class _Account:
    number: str = ""
    currency: _Leaf = field(default_factory=lambda: _Leaf("", 0))
    closing: _Leaf | None = None
    transactions: list[_Transaction] = field(default_factory=list)


def read_ofx(data: bytes) -> list[StatementAccount]:
    """Every account of the file with its rows. Raises StatementInvalid, naming line and value."""
    text = _text_of(data)
    accounts, bank_says = _collect(text)
    if not accounts:
        raise StatementInvalid(
            f"the bank answered with an error: {bank_says}"
            if bank_says
            else "there is no statement in it"
        )
    if not any(account.transactions for account in accounts):
        raise StatementInvalid("there is no transaction in it")
    mark = _mark_of(accounts)
    read = [_read_account(account, mark) for account in accounts]
    if not any(account.lines for account in read):
        raise StatementInvalid("there is no transaction in it that moves money")
    return read


def _text_of(data: bytes) -> str:
    head = data[:1024].decode("latin-1")
    declared = re.search(r"CHARSET:\s*([\w-]+)", head) or re.search(r"encoding=[\"']([\w-]+)", head)
    name = declared[1].upper() if declared else ""
    try:
        text = decode_text(data, declared=_CHARSETS.get(name, ""))
    except NotText:
        raise StatementInvalid("its characters cannot be decoded") from None
    for forbidden in ("<!DOCTYPE", "<!ENTITY"):
        if forbidden in text.upper():
            place = text.upper().index(forbidden)
            raise StatementInvalid(
                f"{forbidden} declarations are not read",
                line=_line_at(text, place),
                value=forbidden,
            )
    return _CDATA.sub(lambda match: html.escape(match[1]), text)


def _line_at(text: str, place: int) -> int:
    return text.count("\n", 0, place) + 1


def _tags(text: str) -> Iterator[tuple[str, bool, _Leaf]]:
    """(name, closes, value with its line) for every tag, in order."""
    line, seen = 1, 0
    for match in _TAG.finditer(text):
        line += text.count("\n", seen, match.start())
        seen = match.start()
        value = " ".join(html.unescape(match["value"]).split())
        yield match["name"].upper(), bool(match["close"]), _Leaf(value, line)


def _collect(text: str) -> tuple[list[_Account], str]:
    accounts: list[_Account] = []
    inside: list[str] = []
    row: _Transaction | None = None
    failure, message = False, ""
    for name, closes, leaf in _tags(text):
        if closes:
            if name in inside:
                del inside[len(inside) - 1 - inside[::-1].index(name) :]
            row = None if name == "STMTTRN" else row
        elif not leaf.value:
            inside.append(name)
            if name in _ACCOUNT_STARTS:
                accounts.append(_Account())
            elif name == "STMTTRN" and accounts:
                row = _Transaction(leaf.line)
                accounts[-1].transactions.append(row)
        elif row is not None:
            _note_in_row(row, name, leaf, inside)
        elif accounts:
            _note_in_account(accounts[-1], name, leaf, inside)
        failure = failure or (name == "SEVERITY" and leaf.value.upper() == "ERROR")
        message = leaf.value if name == "MESSAGE" and leaf.value else message
    return accounts, (message or "no reason given") if failure else ""


def _note_in_row(row: _Transaction, name: str, leaf: _Leaf, inside: list[str]) -> None:
    if name == "CURSYM" and "CURRENCY" in inside:
        row.currency = leaf.value.upper()
    else:
        row.leaves.setdefault(name, leaf)


def _note_in_account(account: _Account, name: str, leaf: _Leaf, inside: list[str]) -> None:
    if name == "CURDEF":
        account.currency = leaf
    elif name == "ACCTID" and _ACCOUNT_NUMBERS.intersection(inside):
        account.number = account.number or leaf.value
    elif name == "BALAMT" and "LEDGERBAL" in inside:
        account.closing = leaf


def _mark_of(accounts: list[_Account]) -> DecimalMark:
    """OFX has no grouping (section 3.2.9.1), so a lone separator is decimal whatever follows it."""
    rows = [row for account in accounts for row in account.transactions]
    leaves = [row.leaves["TRNAMT"] for row in rows if "TRNAMT" in row.leaves]
    leaves += [account.closing for account in accounts if account.closing]
    try:
        return decimal_mark((leaf.value for leaf in leaves), three_decimals=True)
    except SeparatorsDisagree as error:
        line = next(leaf.line for leaf in leaves if leaf.value == error.second)
        raise StatementInvalid(str(error), line=line, value=error.second) from None


def _read_account(account: _Account, mark: DecimalMark) -> StatementAccount:
    currency = account.currency.value.upper()
    if account.transactions and currency not in KNOWN_CURRENCIES:
        raise StatementInvalid(
            f"CURDEF '{currency}' is not a currency", line=account.currency.line, value=currency
        )
    lines = [_read_row(row, currency, mark) for row in account.transactions]
    return StatementAccount(
        number=account.number,
        currency=currency,
        # A line of zero moves nothing: there is nothing to book.
        lines=tuple(with_trusted_references([line for line in lines if line.amount])),
        closing=_closing(account, currency, mark),
    )


def _closing(account: _Account, currency: str, mark: DecimalMark) -> int | None:
    if account.closing is None or currency not in KNOWN_CURRENCIES:
        return None
    return _amount("BALAMT", account.closing, currency, mark)


def _read_row(row: _Transaction, currency: str, mark: DecimalMark) -> StatementLine:
    posted, amount = _needed(row, "DTPOSTED"), _needed(row, "TRNAMT")
    own_currency = row.currency or currency
    if own_currency not in KNOWN_CURRENCIES:
        raise StatementInvalid(
            f"CURSYM '{own_currency}' is not a currency", line=row.line, value=own_currency
        )
    payee_leaf = row.leaves.get("NAME") or row.leaves.get("MEMO") or _Leaf("", row.line)
    memo = row.text("MEMO")
    return StatementLine(
        line=row.line,
        date=_date(posted).isoformat(),
        date_text=posted.value,
        amount=_amount("TRNAMT", amount, own_currency, mark),
        amount_text=amount.value,
        currency=own_currency,
        payee=payee_leaf.value,
        description=memo if memo != payee_leaf.value else "",
        bank_reference=row.text("FITID"),
        payee_line=payee_leaf.line,
        date_line=posted.line,
        amount_line=amount.line,
    )


def _needed(row: _Transaction, name: str) -> _Leaf:
    leaf = row.leaves.get(name)
    if leaf is None:
        raise StatementInvalid(f"the transaction has no {name}", line=row.line)
    return leaf


def _amount(tag: str, leaf: _Leaf, currency: str, mark: DecimalMark) -> int:
    try:
        return parse_amount(leaf.value, mark=mark, currency=currency).minor_units
    except NotAnAmount as error:
        raise StatementInvalid(f"{tag} {error}", line=leaf.line, value=leaf.value) from None


def _date(leaf: _Leaf) -> date:
    """The calendar date as the bank wrote it; its time zone is not applied, as the bank's own paper
    doesn't.
    """
    match = _DATE.match(leaf.value)
    try:
        if match is None:
            raise ValueError(leaf.value)
        return date(int(match[1]), int(match[2]), int(match[3]))
    except ValueError:
        raise StatementInvalid(
            f"DTPOSTED '{leaf.value[:40]}' is not a date", line=leaf.line, value=leaf.value
        ) from None
