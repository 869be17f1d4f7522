"""What a rule asks of a transaction.

Every test is a comparison of bounded cost: there is no expression of a person's own to run, so that
no rule can hold up an import.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from functools import lru_cache

from kit.money import Money
from ledger.domain.entry import Status
from ledger.domain.fields import FieldCheck
from ledger.domain.payee import PayeeNames
from ledger.domain.transaction import TAG_LENGTH, TransactionInput
from ledger.domain.words import folded_words

TEXT_LENGTH = 200
_AS_WRITTEN = PayeeNames()


class TextField(StrEnum):
    """Which words are looked at."""

    PAYEE = "payee"
    DESCRIPTION = "description"
    # Payee and description, one after the other.
    ANY = "any"


class Match(StrEnum):
    """How words are compared; case, accents, punctuation and blanks make no difference."""

    CONTAINS = "contains"
    STARTS_WITH = "starts_with"
    EQUALS = "equals"
    # Each word of the test is a word of the text, in any order.
    WORDS = "words"


@dataclass(frozen=True, slots=True)
class TextTest:
    field: TextField
    match: Match
    text: str

    def holds(self, input_: TransactionInput, names: PayeeNames = _AS_WRITTEN) -> bool:
        """A payee answers to every name that it has had, so that renaming it disables no rule."""
        return any(self._matches(text) for text in self._looked_at(input_, names))

    def _matches(self, text: str) -> bool:
        wanted, found = _comparable(self.text), _comparable(text)
        match self.match:
            case Match.CONTAINS:
                return wanted in found
            case Match.STARTS_WITH:
                return found.startswith(wanted)
            case Match.EQUALS:
                return found == wanted
            case Match.WORDS:
                return set(wanted.split()) <= set(found.split())

    def check(self, check: FieldCheck, at: str) -> None:
        check.text(f"{at}.text", self.text.strip(), longest=TEXT_LENGTH, needed=True)

    def _looked_at(self, input_: TransactionInput, names: PayeeNames) -> Sequence[str]:
        match self.field:
            case TextField.PAYEE:
                return names.all(input_.payee)
            case TextField.DESCRIPTION:
                return (input_.description,)
            case TextField.ANY:
                return [f"{name} {input_.description}" for name in names.all(input_.payee)]


@dataclass(frozen=True, slots=True)
class AmountTest:
    """The amount without its sign, bounds included, in their currency alone."""

    at_least: Money | None
    at_most: Money | None

    def holds(self, input_: TransactionInput) -> bool:
        amount = abs(input_.amount)
        bounds = [bound for bound in (self.at_least, self.at_most) if bound is not None]
        return all(bound.currency == amount.currency for bound in bounds) and (
            (self.at_least is None or amount.minor_units >= self.at_least.minor_units)
            and (self.at_most is None or amount.minor_units <= self.at_most.minor_units)
        )

    def check(self, check: FieldCheck, at: str) -> None:
        given = {"at_least": self.at_least, "at_most": self.at_most}
        bounds = {name: bound for name, bound in given.items() if bound is not None}
        for name, bound in bounds.items():
            check.currency(f"{at}.{name}", bound.currency)
            check.amount(f"{at}.{name}", bound)
            if bound.minor_units < 0:
                check.wrong(f"{at}.{name}", "must not be negative: the sign is not looked at")
        if not bounds:
            check.wrong(at, "one bound or both")
        elif len({bound.currency for bound in bounds.values()}) > 1:
            check.wrong(f"{at}.at_most", "must be in the currency of the other bound")
        elif len(bounds) == 2 and bounds["at_least"].minor_units > bounds["at_most"].minor_units:
            check.wrong(f"{at}.at_most", "must not be less than the other bound")


@dataclass(frozen=True, slots=True)
class DirectionTest:
    """Whether the money came in, or went out."""

    inflow: bool

    def holds(self, input_: TransactionInput) -> bool:
        return (input_.amount.minor_units > 0) is self.inflow

    def check(self, check: FieldCheck, at: str) -> None:
        """Either is fine."""


@dataclass(frozen=True, slots=True)
class AccountTest:
    """The account of the transaction, or, of a transfer, either."""

    account_id: str

    def holds(self, input_: TransactionInput) -> bool:
        return self.account_id in (input_.account_id, input_.to_account_id)

    def check(self, check: FieldCheck, at: str) -> None:
        check.text(f"{at}.account_id", self.account_id, longest=100, needed=True)


@dataclass(frozen=True, slots=True)
class CurrencyTest:
    currency: str

    def holds(self, input_: TransactionInput) -> bool:
        return input_.amount.currency == self.currency

    def check(self, check: FieldCheck, at: str) -> None:
        check.currency(f"{at}.currency", self.currency)


@dataclass(frozen=True, slots=True)
class WeekdayTest:
    """ISO 8601: 1 is Monday, 7 is Sunday."""

    days: frozenset[int]

    def holds(self, input_: TransactionInput) -> bool:
        return date.fromisoformat(input_.date).isoweekday() in self.days

    def check(self, check: FieldCheck, at: str) -> None:
        _check_days(check, f"{at}.days", self.days, last=7)


@dataclass(frozen=True, slots=True)
class DayOfMonthTest:
    days: frozenset[int]

    def holds(self, input_: TransactionInput) -> bool:
        return date.fromisoformat(input_.date).day in self.days

    def check(self, check: FieldCheck, at: str) -> None:
        _check_days(check, f"{at}.days", self.days, last=31)


@dataclass(frozen=True, slots=True)
class DateTest:
    """Inclusive; an empty end is open."""

    from_date: str
    to_date: str

    def holds(self, input_: TransactionInput) -> bool:
        return self.from_date <= input_.date and (not self.to_date or input_.date <= self.to_date)

    def check(self, check: FieldCheck, at: str) -> None:
        for name, value in (("from_date", self.from_date), ("to_date", self.to_date)):
            if value:
                check.date(f"{at}.{name}", value)
        if not self.from_date and not self.to_date:
            check.wrong(at, "one end or both")
        elif self.to_date and self.from_date > self.to_date:
            check.wrong(f"{at}.to_date", "must not be before the beginning")


@dataclass(frozen=True, slots=True)
class TagTest:
    tag: str

    def holds(self, input_: TransactionInput) -> bool:
        return tag_key(self.tag) in map(tag_key, input_.tags)

    def check(self, check: FieldCheck, at: str) -> None:
        check.text(f"{at}.tag", self.tag.strip(), longest=TAG_LENGTH, needed=True)


@dataclass(frozen=True, slots=True)
class StatusTest:
    status: Status

    def holds(self, input_: TransactionInput) -> bool:
        return input_.status is self.status

    def check(self, check: FieldCheck, at: str) -> None:
        """Each is fine."""


@dataclass(frozen=True, slots=True)
class CategoryTest:
    """One of the parts is of this category; empty asks for what is uncategorised."""

    category_id: str

    def holds(self, input_: TransactionInput) -> bool:
        if input_.to_account_id:
            return False
        return any(part.category_id == self.category_id for part in input_.parts())

    def check(self, check: FieldCheck, at: str) -> None:
        """Whether there is such a category, the book has to say."""


@dataclass(frozen=True, slots=True)
class TransferTest:
    """Whether it goes to another account of the person."""

    def holds(self, input_: TransactionInput) -> bool:
        return bool(input_.to_account_id)

    def check(self, check: FieldCheck, at: str) -> None:
        """There is nothing to be wrong."""


Test = (
    TextTest
    | AmountTest
    | DirectionTest
    | AccountTest
    | CurrencyTest
    | WeekdayTest
    | DayOfMonthTest
    | DateTest
    | TagTest
    | StatusTest
    | CategoryTest
    | TransferTest
)


@dataclass(frozen=True, slots=True)
class Condition:
    """A test, or that it fails."""

    test: Test
    negated: bool = False

    def holds(self, input_: TransactionInput, names: PayeeNames = _AS_WRITTEN) -> bool:
        test = self.test
        held = test.holds(input_, names) if isinstance(test, TextTest) else test.holds(input_)
        return held is not self.negated

    def standing(self, merged: Mapping[str, str]) -> "Condition":
        """The same with the category that stands for one that was merged away."""
        if not isinstance(self.test, CategoryTest):
            return self
        id_ = self.test.category_id
        return Condition(CategoryTest(merged.get(id_, id_)), self.negated)


def tag_key(tag: str) -> str:
    """The tag as it is compared."""
    return tag.strip().casefold()


# A dry run asks many rules of each transaction: the same few texts over and over.
@lru_cache(maxsize=4096)
def _comparable(text: str) -> str:
    # A text without letters and digits (`☕`) is compared as it is.
    return " ".join(folded_words(text)) or text.strip().casefold()


def _check_days(check: FieldCheck, at: str, days: frozenset[int], *, last: int) -> None:
    if not days or not all(1 <= day <= last for day in days):
        check.wrong(at, f"one or more numbers from 1 to {last}")
