"""OFX 2.2: a statement an account, for programs that read what banks give out."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from xml.sax.saxutils import escape

from kit.currencies import ISO_4217
from kit.money import Money
from ledger.domain.account import Account, AccountType
from ledger.domain.entry import Entry

_HEADER = (
    '<?xml version="1.0" encoding="UTF-8" standalone="no"?>\n'
    '<?OFX OFXHEADER="200" VERSION="220" SECURITY="NONE" OLDFILEUID="NONE" NEWFILEUID="NONE"?>\n'
)
_ACCOUNT_TYPES = {AccountType.SAVINGS: "SAVINGS", AccountType.LOAN: "CREDITLINE"}
_NAME_LENGTH, _ID_LENGTH = 32, 22
# What XML 1.0 has no way to say, not even escaped (https://www.w3.org/TR/xml/#charsets).
_NO_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


@dataclass(frozen=True, slots=True)
class Statement:
    """An account with what it holds at the end of a day, and the days that it tells of."""

    account: Account
    balance: Money
    from_date: str
    to_date: str


class Ofx:
    """The file's frame, and within it statement after statement."""

    media_type, suffix = "application/x-ofx; charset=utf-8", "ofx"

    def __init__(self, *, at: str, language: str) -> None:
        """`at` is the instant of the file, YYYYMMDDhhmmss in UTC; `language` ISO 639-2."""
        self._at, self._language = at, language

    def head(self) -> str:
        status = "<STATUS><CODE>0</CODE><SEVERITY>INFO</SEVERITY></STATUS>"
        sign_on = f"{status}<DTSERVER>{self._at}</DTSERVER><LANGUAGE>{self._language}</LANGUAGE>"
        return f"{_HEADER}<OFX>\n<SIGNONMSGSRSV1><SONRS>{sign_on}</SONRS></SIGNONMSGSRSV1>\n"

    def section(self, *, cards: bool) -> tuple[str, str]:
        """What stands before and after the statements of bank accounts, or of cards."""
        name = "CREDITCARDMSGSRSV1" if cards else "BANKMSGSRSV1"
        return f"<{name}>\n", f"</{name}>\n"

    def begin(self, statement: Statement) -> str:
        account = statement.account
        short = "CC" if is_card(account) else ""
        status = "<STATUS><CODE>0</CODE><SEVERITY>INFO</SEVERITY></STATUS>"
        return (
            f"<{short}STMTTRNRS><TRNUID>0</TRNUID>{status}<{short}STMTRS>"
            f"<CURDEF>{account.currency}</CURDEF>{_of(account)}\n"
            f"<BANKTRANLIST><DTSTART>{_day(statement.from_date)}</DTSTART>"
            f"<DTEND>{_day(statement.to_date)}</DTEND>\n"
        )

    def entry(self, entry: Entry, account: Account) -> Iterator[str]:
        """The transaction as this account sees it."""
        amount = seen_from(entry, account.id)
        kind = "XFER" if entry.to_account_id else "DEBIT" if amount.minor_units < 0 else "CREDIT"
        name = f"<NAME>{_text(entry.payee[:_NAME_LENGTH])}</NAME>" if entry.payee else ""
        about = " · ".join(text for text in (entry.payee[_NAME_LENGTH:], entry.description) if text)
        memo = f"<MEMO>{_text(about[:255])}</MEMO>" if about else ""
        yield (
            f"<STMTTRN><TRNTYPE>{kind}</TRNTYPE><DTPOSTED>{_day(entry.date)}</DTPOSTED>"
            f"<TRNAMT>{amount.decimal_text()}</TRNAMT>"
            f"<FITID>{entry.transaction_id}</FITID>{name}{memo}</STMTTRN>\n"
        )

    def finish(self, statement: Statement) -> str:
        short = "CC" if is_card(statement.account) else ""
        balance = statement.balance.decimal_text()
        return (
            f"</BANKTRANLIST><LEDGERBAL><BALAMT>{balance}</BALAMT>"
            f"<DTASOF>{_day(statement.to_date)}</DTASOF></LEDGERBAL>"
            f"</{short}STMTRS></{short}STMTTRNRS>\n"
        )

    def end(self) -> str:
        return "</OFX>\n"


def is_told(account: Account) -> bool:
    """Whether OFX can tell of the account: its currencies are those of ISO 4217 alone."""
    return account.currency in ISO_4217


def is_card(account: Account) -> bool:
    """Whether OFX tells of it as of a credit card."""
    return account.type is AccountType.CREDIT_CARD


def seen_from(entry: Entry, account_id: str) -> Money:
    """What the entry did to one of its accounts."""
    units = sum(p.amount.minor_units for p in entry.postings if p.account_id == account_id)
    currency = next(p.amount.currency for p in entry.postings if p.account_id == account_id)
    return Money(units, currency)


def _of(account: Account) -> str:
    if is_card(account):
        return f"<CCACCTFROM><ACCTID>{_account_id(account)}</ACCTID></CCACCTFROM>"
    kind = _ACCOUNT_TYPES.get(account.type, "CHECKING")
    bank = _text(account.institution[:9]) or "-"
    return (
        f"<BANKACCTFROM><BANKID>{bank}</BANKID><ACCTID>{_account_id(account)}</ACCTID>"
        f"<ACCTTYPE>{kind}</ACCTTYPE></BANKACCTFROM>"
    )


def _account_id(account: Account) -> str:
    """The end of its id, in the 22 characters that OFX allows."""
    return account.id.replace("-", "")[-_ID_LENGTH:]


def _day(date: str) -> str:
    return date.replace("-", "")


def _text(text: str) -> str:
    return escape(_NO_XML.sub(" ", text))
