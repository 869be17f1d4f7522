"""Accounts: what a person has and owes."""

import re
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from kit.money import Money
from ledger.domain.errors import AccountHasBalance, VersionMismatch
from ledger.domain.fields import FieldCheck

_LAST_DIGITS = re.compile(r"\d{0,4}", re.ASCII)
NAME_LENGTH = 100


class AccountType(StrEnum):
    CHECKING = "checking"
    SAVINGS = "savings"
    CREDIT_CARD = "credit_card"
    CASH = "cash"
    LOAN = "loan"
    INVESTMENT = "investment"
    OTHER_ASSET = "other_asset"
    OTHER_LIABILITY = "other_liability"


@dataclass(frozen=True, slots=True)
class Account:
    """An asset or a liability, in one currency for ever."""

    id: str
    owner: str
    name: str
    type: AccountType
    currency: str
    institution: str
    last_digits: str
    closed: bool
    version: int
    created_at: datetime
    updated_at: datetime

    def expect(self, version: int) -> None:
        """Raises VersionMismatch unless the caller saw this version; 0 doesn't ask."""
        if version not in (0, self.version):
            raise VersionMismatch(self.version)

    def changed_by(self, change: "AccountChange", *, now: datetime) -> "Account":
        """The account after the change. Raises InvalidFields."""
        changed = replace(
            self,
            name=self.name if change.name is None else change.name.strip(),
            institution=_kept(self.institution, change.institution),
            last_digits=_kept(self.last_digits, change.last_digits),
            version=self.version + 1,
            updated_at=now,
        )
        check = FieldCheck()
        _check_labels(check, changed.name, changed.institution, changed.last_digits)
        check.finish()
        return changed

    def closed_at(self, now: datetime, *, balance: Money) -> "Account":
        """The account, closed. Raises AccountHasBalance."""
        if not balance.is_zero:
            raise AccountHasBalance(self.name, str(balance))
        return replace(self, closed=True, version=self.version + 1, updated_at=now)


@dataclass(frozen=True, slots=True)
class AccountDraft:
    """What a person says of an account that is to be opened."""

    name: str
    type: AccountType | None
    currency: str
    opening_balance: Money | None = None
    opening_date: str = ""
    institution: str = ""
    last_digits: str = ""

    def opened(self, *, id: str, owner: str, now: datetime) -> Account:  # noqa: A002 - its name
        """The account that the draft describes. Raises InvalidFields."""
        check = FieldCheck()
        _check_labels(check, self.name.strip(), self.institution.strip(), self.last_digits)
        if self.type is None:
            check.wrong("type", "one of " + ", ".join(AccountType))
        check.currency("currency", self.currency)
        if self.opening_date:
            check.date("opening_date", self.opening_date)
        if self.opening_balance is not None:
            check.amount("opening_balance", self.opening_balance)
            if self.opening_balance.currency != self.currency:
                check.wrong("opening_balance", f"must be in the account's currency {self.currency}")
        check.finish()
        return Account(
            id=id,
            owner=owner,
            name=self.name.strip(),
            type=self.type or AccountType.OTHER_ASSET,
            currency=self.currency,
            institution=self.institution.strip(),
            last_digits=self.last_digits,
            closed=False,
            version=1,
            created_at=now,
            updated_at=now,
        )


@dataclass(frozen=True, slots=True)
class AccountChange:
    """What shall be otherwise; None leaves a field as it is."""

    name: str | None = None
    institution: str | None = None
    last_digits: str | None = None


@dataclass(frozen=True, slots=True)
class AccountState:
    """An account with the sum of all its postings."""

    account: Account
    balance: Money


def _kept(current: str, change: str | None) -> str:
    return current if change is None else change.strip()


def _check_labels(check: FieldCheck, name: str, institution: str, last_digits: str) -> None:
    check.text("name", name, longest=NAME_LENGTH, needed=True)
    check.text("institution", institution, longest=NAME_LENGTH)
    if _LAST_DIGITS.fullmatch(last_digits) is None:
        check.wrong("last_digits", "up to four digits")
