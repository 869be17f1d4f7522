"""Goals: an amount by a date, and what each month has to bring for it."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

from kit.money import Money
from ledger.domain.errors import InvalidFields, LedgerError, VersionMismatch
from ledger.domain.fields import FieldCheck, is_entry_date
from ledger.domain.spans import add_months

NAME_LENGTH, NOTE_LENGTH = 100, 200
MAX_GOALS, MAX_ACCOUNTS, MAX_CONTRIBUTIONS = 100, 20, 1_000
MAX_YEARS = 60


class GoalNotFound(LedgerError):
    def __init__(self) -> None:
        super().__init__("there is no such goal", fields=[("id", "there is no such goal")])


class TooManyGoals(LedgerError):
    def __init__(self) -> None:
        super().__init__(f"a book has at most {MAX_GOALS} goals: delete one first")


@dataclass(frozen=True, slots=True)
class Contribution:
    """What was put aside on a day, or, negative, taken back."""

    date: str
    minor_units: int
    note: str = ""


@dataclass(frozen=True, slots=True)
class Goal:
    """Where accounts are linked their balances are what is saved; else contributions are."""

    id: str
    owner: str
    name: str
    target: Money
    target_date: date
    account_ids: Sequence[str]
    starts_on: date
    # What the linked accounts held when it began, in minor units.
    started_with: int
    created_at: datetime
    updated_at: datetime
    contributions: Sequence[Contribution] = ()
    version: int = 1

    def expect(self, version: int) -> None:
        """Raises VersionMismatch unless the caller saw this version; 0 doesn't ask."""
        if version not in (0, self.version):
            raise VersionMismatch(self.version)

    def changed_by(self, change: "GoalChange", *, now: datetime) -> "Goal":
        """Raises InvalidFields."""
        changed = replace(
            self,
            name=self.name if change.name is None else change.name.strip(),
            target=self.target if change.target is None else change.target,
            version=self.version + 1,
            updated_at=now,
        )
        check = FieldCheck()
        check.text("name", changed.name, longest=NAME_LENGTH, needed=True)
        _check_target(check, changed.target, self.target.currency)
        if change.target_date is not None:
            _check_date(check, change.target_date, self.starts_on)
        check.finish()
        if change.target_date is None:
            return changed
        return replace(changed, target_date=date.fromisoformat(change.target_date))

    def contributed(self, contribution: Contribution, *, now: datetime) -> "Goal":
        """Raises InvalidFields."""
        check = FieldCheck()
        check.date("date", contribution.date)
        check.text("note", contribution.note, longest=NOTE_LENGTH)
        check.amount("amount", Money(contribution.minor_units, self.target.currency))
        if contribution.minor_units == 0:
            check.wrong("amount", "must not be zero")
        if self.account_ids:
            check.wrong("id", "this goal's accounts say what is saved")
        if len(self.contributions) >= MAX_CONTRIBUTIONS:
            check.wrong("id", f"a goal keeps {MAX_CONTRIBUTIONS} contributions")
        check.finish()
        return replace(
            self,
            contributions=(*self.contributions, contribution),
            version=self.version + 1,
            updated_at=now,
        )


@dataclass(frozen=True, slots=True)
class GoalDraft:
    """What a person says of a goal that is to be made; nothing in it has been checked yet."""

    name: str
    target: Money
    target_date: str
    account_ids: Sequence[str] = ()

    def check(self, today: date) -> None:
        """All that can be told without the book. Raises InvalidFields."""
        check = FieldCheck()
        check.text("name", self.name.strip(), longest=NAME_LENGTH, needed=True)
        check.currency("target.currency", self.target.currency)
        _check_target(check, self.target, self.target.currency)
        _check_date(check, self.target_date, today)
        if len(self.account_ids) > MAX_ACCOUNTS:
            check.wrong("account_ids", f"at most {MAX_ACCOUNTS}")
        if len(set(self.account_ids)) < len(self.account_ids):
            check.wrong("account_ids", "names an account twice")
        check.finish()

    def made(
        self,
        *,
        id: str,  # noqa: A002 - its name
        owner: str,
        started_with: int,
        today: date,
        now: datetime,
    ) -> Goal:
        """The goal of a draft that was checked."""
        return Goal(
            id=id,
            owner=owner,
            name=self.name.strip(),
            target=self.target,
            target_date=date.fromisoformat(self.target_date),
            account_ids=tuple(self.account_ids),
            starts_on=today,
            started_with=started_with,
            created_at=now,
            updated_at=now,
        )


@dataclass(frozen=True, slots=True)
class GoalChange:
    """What shall be otherwise; None leaves it."""

    name: str | None = None
    target: Money | None = None
    target_date: str | None = None


@dataclass(frozen=True, slots=True)
class GoalStanding:
    """How a goal stands today. `balance` is what the linked accounts hold now."""

    goal: Goal
    balance: int
    today: date

    @property
    def saved(self) -> int:
        return self.balance + sum(
            c.minor_units for c in self.goal.contributions if c.date <= self.today.isoformat()
        )

    @property
    def missing(self) -> int:
        return max(self.goal.target.minor_units - self.saved, 0)

    @property
    def is_reached(self) -> bool:
        return not self.missing

    @property
    def is_overdue(self) -> bool:
        return self.today > self.goal.target_date and not self.is_reached

    @property
    def saved_percent(self) -> int:
        return max(self.saved, 0) * 100 // self.goal.target.minor_units

    @property
    def plan(self) -> Sequence[tuple[str, int]]:
        """What each month (YYYY-MM) has to bring, from this one to the target's, both included;
        they add up to what is missing, and the last takes what doesn't divide. When the date has
        passed, this month has to bring it all."""
        if self.is_reached:
            return []
        months = _months(self.today, self.goal.target_date)
        even = self.missing // len(months)
        return [*((month, even) for month in months[:-1]), (months[-1], self._last(months))]

    @property
    def monthly(self) -> int:
        """What this month has to bring."""
        return self.plan[0][1] if self.plan else 0

    @property
    def expected(self) -> int:
        """What would be saved by now on the straight way from start to target, day by day."""
        goal = self.goal
        whole = (goal.target_date - goal.starts_on).days
        gone = min(max((self.today - goal.starts_on).days, 0), whole)
        way = goal.target.minor_units - goal.started_with
        return goal.started_with + (way * gone // whole if whole else way)

    @property
    def behind(self) -> int:
        """Positive behind the straight way, negative ahead of it."""
        return self.expected - self.saved

    def _last(self, months: Sequence[str]) -> int:
        return self.missing - self.missing // len(months) * (len(months) - 1)


def _months(first: date, last: date) -> Sequence[str]:
    """YYYY-MM from one day's month to the other's; at least the first."""
    month, end = first.replace(day=1), last.replace(day=1)
    months = [month.isoformat()[:7]]
    while month < end:
        month = add_months(month, 1)
        months.append(month.isoformat()[:7])
    return months


def _check_target(check: FieldCheck, target: Money, currency: str) -> None:
    check.amount("target", target)
    if target.minor_units <= 0:
        check.wrong("target", "must be more than nothing")
    if target.currency != currency:
        check.wrong("target", f"must be in {currency}")


def _check_date(check: FieldCheck, text: str, after: date) -> None:
    check.date("target_date", text)
    if not is_entry_date(text):
        return
    if date.fromisoformat(text) <= after:
        check.wrong("target_date", f"must be after {after.isoformat()}")
    elif date.fromisoformat(text).year > after.year + MAX_YEARS:
        check.wrong("target_date", f"at most {MAX_YEARS} years away")


def foreign_account(account_currency: str, currency: str, place: int) -> InvalidFields:
    """A linked account must be kept in the goal's currency."""
    message = f"is kept in {account_currency}, not in {currency}"
    return InvalidFields([(f"account_ids[{place}]", message)])
