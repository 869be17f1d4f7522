"""Budgets: what a person means to spend on something in each period."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from enum import StrEnum

from kit.money import Money
from ledger.domain.errors import InvalidFields, LedgerError, VersionMismatch
from ledger.domain.fields import FieldCheck, is_entry_date
from ledger.domain.spans import Days, Every, period_after, period_of, periods

NAME_LENGTH, TAG_LENGTH = 100, 50
MAX_BUDGETS = 200
# Changes of an amount, and moves between budgets, that one budget remembers.
MAX_TERMS = MAX_MOVES = 1_000
MAX_THRESHOLDS, HIGHEST_THRESHOLD = 5, 1_000
DEFAULT_THRESHOLDS = (80, 100)


class BudgetNotFound(LedgerError):
    def __init__(self, field: str = "id") -> None:
        super().__init__("there is no such budget", fields=[(field, "there is no such budget")])


class TooManyBudgets(LedgerError):
    def __init__(self) -> None:
        super().__init__(f"a book has at most {MAX_BUDGETS} budgets: delete one first")


class ScopeKind(StrEnum):
    """What a budget counts: an expense category with all below it, a tag, or what an
    account spends."""

    CATEGORY = "category"
    TAG = "tag"
    ACCOUNT = "account"


class Rollover(StrEnum):
    """What of the period before comes on top: nothing, what was left, or also what was overspent
    (which then is taken off)."""

    NONE = "none"
    UNSPENT = "unspent"
    ALL = "all"


@dataclass(frozen=True, slots=True)
class Scope:
    """`id` is a category's, an account's, or the tag itself."""

    kind: ScopeKind
    id: str


@dataclass(frozen=True, slots=True)
class Term:
    """What holds from the period that begins on `since` until the next term."""

    since: date
    minor_units: int
    rollover: Rollover


@dataclass(frozen=True, slots=True)
class Move:
    """What one period got from another budget, or, negative, gave to it."""

    period: date
    minor_units: int
    other_id: str


@dataclass(frozen=True, slots=True)
class Budget:
    """`starts_on` is the first day of its first period. Terms are in the order of their periods,
    and the first is that of the first period."""

    id: str
    owner: str
    name: str
    scope: Scope
    every: Every
    currency: str
    starts_on: date
    ends_on: date | None
    terms: Sequence[Term]
    thresholds: Sequence[int]
    created_at: datetime
    updated_at: datetime
    moves: Sequence[Move] = ()
    version: int = 1

    def expect(self, version: int) -> None:
        """Raises VersionMismatch unless the caller saw this version; 0 doesn't ask."""
        if version not in (0, self.version):
            raise VersionMismatch(self.version)

    def following(self, merged: Mapping[str, str]) -> "Budget":
        """With the category that its own was merged into, where it was; `merged` names them."""
        into = merged.get(self.scope.id, "") if self.scope.kind is ScopeKind.CATEGORY else ""
        return replace(self, scope=Scope(ScopeKind.CATEGORY, into)) if into else self

    def period_of(self, day: date) -> Days | None:
        """The period that holds the day, or None before the first and after the last."""
        if self.every is Every.SPAN:
            period = self._span()
            return period if period.holds(day) else None
        period = period_of(self.every, day, self.starts_on)
        return period if self._has(period) else None

    def periods(self, from_: date, to: date) -> Iterator[Days]:
        """Those that share a day with the span, oldest first."""
        if self.every is Every.SPAN:
            if self._span().first <= to and from_ <= self._span().last:
                yield self._span()
            return
        yield from (
            period
            for period in periods(self.every, max(from_, self.starts_on), to, self.starts_on)
            if self._has(period)
        )

    def planned(self, period: Days) -> int:
        """The amount of the term in force, with what was moved."""
        moved = sum(move.minor_units for move in self.moves if move.period == period.first)
        return self._term(period).minor_units + moved

    def rollover(self, period: Days) -> Rollover:
        return self._term(period).rollover

    def money(self, minor_units: int) -> Money:
        return Money(minor_units, self.currency)

    def with_term(self, term: Term) -> "Budget":
        """From the term's period on it holds, up to the next that was said already."""
        others = [known for known in self.terms if known.since != term.since]
        return replace(self, terms=tuple(sorted([*others, term], key=lambda t: t.since)))

    def moved(self, period: Days, minor_units: int, other_id: str) -> "Budget":
        return replace(self, moves=(*self.moves, Move(period.first, minor_units, other_id)))

    def stored(self, now: datetime) -> "Budget":
        """As the next version. Raises InvalidFields where its history is full."""
        if len(self.terms) > MAX_TERMS or len(self.moves) > MAX_MOVES:
            raise InvalidFields([("amount", "this budget was changed too often: begin a new one")])
        return replace(self, version=self.version + 1, updated_at=now)

    def copied_forward(self, period: Days) -> "Budget":
        """The next period is planned as this one came to be, with what was moved."""
        following = period_after(self.every, period)
        return self.with_term(
            Term(following.first, max(self.planned(period), 0), self.rollover(period))
        )

    def changed_by(self, change: "BudgetChange", *, today: date) -> "Budget":
        """The budget after the change; earlier periods keep their amounts. Raises InvalidFields."""
        check = FieldCheck()
        period = self._period_from(change, today, check)
        changed = replace(
            self,
            name=self.name if change.name is None else change.name.strip(),
            ends_on=self.ends_on if change.ends_on is None else _date(change.ends_on),
            thresholds=_sorted(self.thresholds if change.thresholds is None else change.thresholds),
        )
        check.text("name", changed.name, longest=NAME_LENGTH, needed=True)
        _check_thresholds(check, changed.thresholds)
        if change.ends_on:
            _check_end(check, change.ends_on, self.starts_on.isoformat())
        if change.ends_on is not None and self.every is Every.SPAN:
            check.wrong("ends_on", "a span ends where it was made to: make another")
        if change.amount is not None:
            _check_amount(check, change.amount, self.currency)
        check.finish()
        if period is None:
            return changed
        units = self._term(period).minor_units
        return changed.with_term(
            Term(
                period.first,
                units if change.amount is None else change.amount.minor_units,
                change.rollover or self.rollover(period),
            )
        )

    def _period_from(self, change: "BudgetChange", today: date, check: FieldCheck) -> Days | None:
        """The period from which on an amount or a rollover changes."""
        if change.amount is None and change.rollover is None:
            return None
        if change.since:
            check.date("since", change.since)
            if not is_entry_date(change.since):
                return None
            period = self.period_of(date.fromisoformat(change.since))
        else:
            period = self.period_of(max(today, self.starts_on))
        if period is None:
            check.wrong("since", "the budget has no period then")
        return period

    def _term(self, period: Days) -> Term:
        said = [term for term in self.terms if term.since <= period.first]
        return said[-1] if said else self.terms[0]

    def _has(self, period: Days) -> bool:
        begins = self.ends_on is None or period.first <= self.ends_on
        return begins and period.first >= self.starts_on

    def _span(self) -> Days:
        return Days(self.starts_on, self.ends_on or self.starts_on)


@dataclass(frozen=True, slots=True)
class BudgetDraft:
    """What a person says of a budget that is to be made; nothing in it has been checked yet."""

    name: str
    scope: Scope | None
    every: Every | None
    amount: Money
    starts_on: str = ""
    ends_on: str = ""
    rollover: Rollover = Rollover.NONE
    thresholds: Sequence[int] = ()

    def check(self) -> None:
        """All that can be told without the book. Raises InvalidFields."""
        check = FieldCheck()
        check.text("name", self.name.strip(), longest=NAME_LENGTH, needed=True)
        self._check_scope(check)
        if self.every is None:
            check.wrong("every", "week, month, quarter, year or span")
        check.currency("amount.currency", self.amount.currency)
        _check_amount(check, self.amount, self.amount.currency)
        if self.starts_on:
            check.date("starts_on", self.starts_on)
        if self.ends_on:
            _check_end(check, self.ends_on, self.starts_on)
        if self.every is Every.SPAN:
            for field, value in (("starts_on", self.starts_on), ("ends_on", self.ends_on)):
                if not value:
                    check.wrong(field, "a span has both ends")
            if self.rollover is not Rollover.NONE:
                check.wrong("rollover", "a span has no period before it")
        _check_thresholds(check, self.thresholds)
        check.finish()

    def made(
        self,
        *,
        id: str,  # noqa: A002 - its name
        owner: str,
        week_begins: int,
        today: date,
        now: datetime,
    ) -> Budget:
        """The budget of a draft that was checked. `week_begins` is the weekday (Monday 0) on which
        its weeks do. Raises InvalidFields where it would begin today and has ended before."""
        every = self.every or Every.MONTH
        start = _date(self.starts_on) or today
        if every is Every.WEEK:
            start -= timedelta(days=(start.weekday() - week_begins) % 7)
        elif every is not Every.SPAN:
            start = period_of(every, start, start).first
        if self.ends_on:
            check = FieldCheck()
            _check_end(check, self.ends_on, start.isoformat())
            check.finish()
        return Budget(
            id=id,
            owner=owner,
            name=self.name.strip(),
            scope=self.scope or Scope(ScopeKind.TAG, ""),
            every=every,
            currency=self.amount.currency,
            starts_on=start,
            ends_on=_date(self.ends_on),
            terms=(Term(start, self.amount.minor_units, self.rollover),),
            thresholds=_sorted(self.thresholds or DEFAULT_THRESHOLDS),
            created_at=now,
            updated_at=now,
        )

    def _check_scope(self, check: FieldCheck) -> None:
        if self.scope is None:
            check.wrong("scope", "a category, a tag or an account")
        elif not self.scope.id.strip():
            check.wrong("scope.id", "must not be empty")
        else:
            check.text("scope.id", self.scope.id.strip(), longest=TAG_LENGTH)


@dataclass(frozen=True, slots=True)
class BudgetChange:
    """What shall be otherwise; None leaves it. Amount and rollover change from the period that
    holds `since` (empty: today) on. An empty `ends_on` takes the end away."""

    name: str | None = None
    amount: Money | None = None
    rollover: Rollover | None = None
    since: str = ""
    ends_on: str | None = None
    thresholds: Sequence[int] | None = None


def covered(
    giver: Budget, taker: Budget, *, amount: Money, on: date
) -> tuple[tuple[Budget, Days], tuple[Budget, Days]]:
    """Both budgets after the move of a planned amount, each in its period that holds the day.
    Raises InvalidFields."""
    check = FieldCheck()
    if giver.id == taker.id:
        check.wrong("to_budget_id", "must be another budget")
    if giver.currency != taker.currency:
        check.wrong("to_budget_id", f"must be in {giver.currency}")
    _check_amount(check, amount, giver.currency)
    if amount.is_zero:
        check.wrong("amount", "must not be zero")
    given, taken = giver.period_of(on), taker.period_of(on)
    if given is None or taken is None:
        check.wrong("on", "one of the budgets has no period then")
    elif giver.planned(given) < amount.minor_units:
        planned = giver.money(giver.planned(given))
        check.wrong("amount", f"{giver.name!r} has only {planned} planned")
    check.finish()
    if given is None or taken is None:  # already told
        raise AssertionError
    return (
        (giver.moved(given, -amount.minor_units, taker.id), given),
        (taker.moved(taken, amount.minor_units, giver.id), taken),
    )


def with_descendants(category_id: str, parents: Mapping[str, str]) -> frozenset[str]:
    """The category and all below it; `parents` names the parent of each category of the book."""
    below: dict[str, list[str]] = {}
    for id_, parent_id in parents.items():
        below.setdefault(parent_id, []).append(id_)
    found: set[str] = set()
    waiting = [category_id]
    while waiting:
        id_ = waiting.pop()
        if id_ not in found:
            found.add(id_)
            waiting += below.get(id_, [])
    return frozenset(found)


def _check_amount(check: FieldCheck, amount: Money, currency: str) -> None:
    check.amount("amount", amount)
    if amount.minor_units < 0:
        check.wrong("amount", "must not be negative")
    if amount.currency != currency:
        check.wrong("amount", f"must be in {currency}")


def _check_end(check: FieldCheck, ends_on: str, starts_on: str) -> None:
    check.date("ends_on", ends_on)
    if starts_on and ends_on < starts_on:
        check.wrong("ends_on", "must not be before starts_on")


def _check_thresholds(check: FieldCheck, thresholds: Sequence[int]) -> None:
    if len(thresholds) > MAX_THRESHOLDS:
        check.wrong("thresholds", f"at most {MAX_THRESHOLDS}")
    if any(not 1 <= percent <= HIGHEST_THRESHOLD for percent in thresholds):
        check.wrong("thresholds", f"percents from 1 to {HIGHEST_THRESHOLD}")


def _sorted(thresholds: Sequence[int]) -> tuple[int, ...]:
    return tuple(sorted(set(thresholds)))


def _date(text: str) -> date | None:
    return date.fromisoformat(text) if is_entry_date(text) else None
