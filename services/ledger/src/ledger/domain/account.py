"""Accounts: what a person has and owes."""

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from kit.money import Money
from ledger.domain.errors import AccountHasBalance, AccountNotFound, VersionMismatch
from ledger.domain.fields import EntryDate, FieldCheck

_LAST_DIGITS = re.compile(r"\d{0,4}", re.ASCII)
NAME_LENGTH, NOTE_LENGTH = 100, 2000
MAX_NAMED = 1000


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
    # Left out of lists; unlike a closed one it may hold a balance, and takes postings.
    archived: bool = False
    note: str = ""
    # Where it stands among the person's accounts; those of one position by their age.
    position: int = 0

    def check(self, check: FieldCheck) -> None:
        """Add what is wrong with it."""
        _check_labels(check, self)
        check.currency("currency", self.currency)

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
            type=change.type or self.type,
            note=_kept(self.note, change.note),
            archived=self.archived if change.archived is None else change.archived,
            version=self.version + 1,
            updated_at=now,
        )
        check = FieldCheck()
        _check_labels(check, changed)
        _check_opening(check, change.opening_balance, change.opening_date, self.currency)
        check.finish()
        return changed

    def closed_at(self, now: datetime, *, balance: Money) -> "Account":
        """The account, closed. Raises AccountHasBalance."""
        if not balance.is_zero:
            raise AccountHasBalance(self.name, str(balance))
        return replace(self, closed=True, version=self.version + 1, updated_at=now)

    def reopened_at(self, now: datetime) -> "Account":
        return replace(self, closed=False, version=self.version + 1, updated_at=now)


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
    note: str = ""

    def opened(self, *, id: str, owner: str, now: datetime) -> Account:  # noqa: A002 - its name
        """The account that the draft describes. Raises InvalidFields."""
        account = Account(
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
            note=self.note.strip(),
        )
        check = FieldCheck()
        _check_labels(check, account)
        if self.type is None:
            check.wrong("type", "one of " + ", ".join(AccountType))
        check.currency("currency", self.currency)
        _check_opening(check, self.opening_balance, self.opening_date or None, self.currency)
        check.finish()
        return account


@dataclass(frozen=True, slots=True)
class AccountChange:
    """What shall be otherwise; None leaves a field as it is."""

    name: str | None = None
    institution: str | None = None
    last_digits: str | None = None
    type: AccountType | None = None
    note: str | None = None
    archived: bool | None = None
    # Zero takes the opening entry away.
    opening_balance: Money | None = None
    opening_date: str | None = None
    # Whether the opening entry may change although a statement has confirmed it.
    unlock: bool = False

    @property
    def changes_opening(self) -> bool:
        return self.opening_balance is not None or self.opening_date is not None


@dataclass(frozen=True, slots=True)
class Opening:
    """What an account began with, and when."""

    balance: Money
    date: EntryDate


@dataclass(frozen=True, slots=True)
class Balances:
    """The sum of all postings of an account; of those that the bank knows of; of those that a
    statement has confirmed."""

    balance: Money
    cleared: Money
    reconciled: Money

    @classmethod
    def zero(cls, currency: str) -> "Balances":
        return cls(*(Money.zero(currency) for _ in range(3)))


@dataclass(frozen=True, slots=True)
class AccountState:
    """An account with what is on it."""

    account: Account
    balances: Balances
    opening: Opening | None = None
    # At the end of the day that was asked for.
    as_of: Money | None = None

    @property
    def balance(self) -> Money:
        return self.balances.balance


class AccountGroup(StrEnum):
    """A heading that accounts are listed and summed up under, in the order of a balance sheet."""

    CASH = "cash"
    CREDIT_CARDS = "credit_cards"
    INVESTMENTS = "investments"
    OTHER_ASSETS = "other_assets"
    LOANS = "loans"
    OTHER_LIABILITIES = "other_liabilities"


GROUPS: Mapping[AccountType, AccountGroup] = {
    AccountType.CHECKING: AccountGroup.CASH,
    AccountType.SAVINGS: AccountGroup.CASH,
    AccountType.CASH: AccountGroup.CASH,
    AccountType.CREDIT_CARD: AccountGroup.CREDIT_CARDS,
    AccountType.INVESTMENT: AccountGroup.INVESTMENTS,
    AccountType.OTHER_ASSET: AccountGroup.OTHER_ASSETS,
    AccountType.LOAN: AccountGroup.LOANS,
    AccountType.OTHER_LIABILITY: AccountGroup.OTHER_LIABILITIES,
}


@dataclass(frozen=True, slots=True)
class Subtotal:
    """What the accounts of one group add up to, by currency; `as_of` is empty where no day was
    asked for."""

    group: AccountGroup
    balances: Sequence[Money]
    as_of: Sequence[Money]


def subtotals(states: Sequence[AccountState]) -> Sequence[Subtotal]:
    """One a group that has accounts, in the order of the groups."""
    found = []
    for group in AccountGroup:
        members = [state for state in states if GROUPS[state.account.type] is group]
        if members:
            as_of = [state.as_of for state in members if state.as_of is not None]
            found.append(Subtotal(group, _sums(s.balance for s in members), _sums(as_of)))
    return found


def reordered(accounts: Sequence[Account], first: Sequence[str]) -> Sequence[Account]:
    """The accounts with those named put first, in that order; the others follow as they stood.

    Raises InvalidFields, AccountNotFound.
    """
    known = {account.id: account for account in accounts}
    check = FieldCheck()
    if len(first) > MAX_NAMED:
        check.wrong("account_ids", f"at most {MAX_NAMED}")
    if len(set(first)) < len(first):
        check.wrong("account_ids", "each only once")
    check.finish()
    if not known.keys() >= set(first):
        raise AccountNotFound("account_ids")
    named = set(first)
    rest = [account for account in accounts if account.id not in named]
    return [
        replace(account, position=position)
        for position, account in enumerate([*(known[id_] for id_ in first), *rest], start=1)
    ]


def _kept(current: str, change: str | None) -> str:
    return current if change is None else change.strip()


def _check_labels(check: FieldCheck, account: Account) -> None:
    check.text("name", account.name, longest=NAME_LENGTH, needed=True)
    check.text("institution", account.institution, longest=NAME_LENGTH)
    check.text("note", account.note, longest=NOTE_LENGTH)
    if _LAST_DIGITS.fullmatch(account.last_digits) is None:
        check.wrong("last_digits", "up to four digits")


def _check_opening(
    check: FieldCheck, balance: Money | None, date: str | None, currency: str
) -> None:
    if date is not None:
        check.date("opening_date", date)
    if balance is not None:
        check.amount("opening_balance", balance)
        if balance.currency != currency:
            check.wrong("opening_balance", f"must be in the account's currency {currency}")


def _sums(amounts: Iterable[Money]) -> Sequence[Money]:
    sums: Counter[str] = Counter()
    for amount in amounts:
        sums[amount.currency] += amount.minor_units
    return [Money(sums[currency], currency) for currency in sorted(sums)]
