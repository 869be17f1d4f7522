"""Series: a transaction that comes again, on the days of a rule."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from enum import StrEnum

from kit.money import Money
from ledger.domain.entry import Status
from ledger.domain.errors import InvalidFields, LedgerError, VersionMismatch
from ledger.domain.fields import FieldCheck, is_entry_date
from ledger.domain.payee import payee_id
from ledger.domain.recurring.rule import Rule, RuleProblem, parse_rule
from ledger.domain.transaction import TransactionInput

NAME_LENGTH = 100
MAX_SERIES, MAX_SKIPPED, MAX_PAYEE_MOVES = 300, 1_000, 20
LONGEST_TOLERANCE, DEFAULT_TOLERANCE = 15, 4
MAX_YEARS_AWAY = 10
_DAY = timedelta(days=1)


class SeriesNotFound(LedgerError):
    def __init__(self) -> None:
        super().__init__("there is no such series", fields=[("id", "there is no such series")])


class TooManySeries(LedgerError):
    def __init__(self) -> None:
        super().__init__(f"a book has at most {MAX_SERIES} series: delete one first")


class NoOccurrence(LedgerError):
    """The series doesn't fall on the day."""

    def __init__(self) -> None:
        message = "the series doesn't fall on this day"
        super().__init__(message, fields=[("date", message)])


class SeriesKind(StrEnum):
    INCOME = "income"
    BILL = "bill"
    TRANSFER = "transfer"


@dataclass(frozen=True, slots=True)
class PayeeMoved:
    """That an operation gave the payee another name. It may have been undone."""

    by: str
    was: str
    name: str
    stands: bool = True


@dataclass(frozen=True, slots=True)
class Series:
    """`template` says each transaction but for its date. An amount between `low` and `high` (minor
    units, signed as the template's) is as expected; both are the template's where it is fixed.

    What was before `tracked_from` is nobody's concern, and the ledger itself posts nothing that was
    before `posts_from`.
    """

    id: str
    owner: str
    name: str
    template: TransactionInput
    low: int
    high: int
    rule: Rule
    tolerance_days: int
    autopost: bool
    tracked_from: date
    posts_from: date
    created_at: datetime
    updated_at: datetime
    # Days that were taken out.
    skipped: frozenset[date] = frozenset()
    # Transactions that a person or the ledger said are that of a day, by day.
    settled: Mapping[date, str] = field(default_factory=dict)
    # Why the ledger couldn't post; empty when it could.
    problem: str = ""
    version: int = 1
    # What the payee was called before, newest last; nothing where a person has said another.
    payee_moves: Sequence[PayeeMoved] = ()

    @property
    def kind(self) -> SeriesKind:
        if self.template.to_account_id:
            return SeriesKind.TRANSFER
        return SeriesKind.INCOME if self.template.amount.minor_units > 0 else SeriesKind.BILL

    @property
    def payee_id(self) -> str:
        return payee_id(self.template.payee)

    @property
    def payee_ids(self) -> frozenset[str]:
        """What its transactions come under: a bank goes on using a name that a person changed."""
        before = {payee_id(move.was) for move in self.payee_moves if move.stands}
        return frozenset({self.payee_id, *before})

    @property
    def amount(self) -> Money:
        return self.template.amount

    def expect(self, version: int) -> None:
        """Raises VersionMismatch unless the caller saw this version; 0 doesn't ask."""
        if version not in (0, self.version):
            raise VersionMismatch(self.version)

    def days(self, from_: date, to: date) -> Sequence[date]:
        """The days on which it falls, those that were skipped among them."""
        return self.rule.days(max(from_, self.tracked_from), to)

    def next_to_post(self, after: date | None = None) -> date | None:
        """The first day (after the one given) that the ledger has to see to by itself; None where
        there is none."""
        if not self.autopost:
            return None
        first = max(self.posts_from, self.tracked_from)
        day = self.rule.first_from(first if after is None else max(first, after + _DAY))
        while day is not None and (day in self.skipped or day in self.settled):
            day = self.rule.first_from(day + _DAY)
        return day

    def next_after(self, day: date) -> date | None:
        """The first day after this one that isn't skipped."""
        soon = self.rule.first_from(max(day + _DAY, self.tracked_from))
        while soon is not None and soon in self.skipped:
            soon = self.rule.first_from(soon + _DAY)
        return soon

    def on(self, day: date) -> TransactionInput:
        """The input to post on the day. A bank's reference and an import identify one
        transaction: they are the template's alone."""
        origin = replace(self.template.origin, bank_reference="", import_id="")
        return replace(self.template, date=day.isoformat(), origin=origin)

    def with_skipped(self, day: date) -> "Series":
        """Raises NoOccurrence, InvalidFields."""
        self._require(day)
        if len(self.skipped) >= MAX_SKIPPED:
            raise InvalidFields([("date", f"at most {MAX_SKIPPED} days are skipped: end it")])
        settled = {d: id_ for d, id_ in self.settled.items() if d != day}
        return replace(self, skipped=self.skipped | {day}, settled=settled)

    def with_settled(self, day: date, transaction_id: str) -> "Series":
        """The transaction is that of the day, and of no other. Raises NoOccurrence."""
        self._require(day)
        others = {d: id_ for d, id_ in self.settled.items() if id_ != transaction_id}
        return replace(self, skipped=self.skipped - {day}, settled={**others, day: transaction_id})

    def reopened(self, day: date) -> "Series":
        """As if nothing had been said of the day. Raises NoOccurrence."""
        self._require(day)
        settled = {d: id_ for d, id_ in self.settled.items() if d != day}
        return replace(self, skipped=self.skipped - {day}, settled=settled)

    def payee_moved(self, name: str, *, by: str) -> "Series":
        """With the name that the operation gave to its payee."""
        if name == self.template.payee or any(move.by == by for move in self.payee_moves):
            return self
        move = PayeeMoved(by, self.template.payee, name)
        return replace(self._called(name), payee_moves=(*self.payee_moves, move)[-MAX_PAYEE_MOVES:])

    def payee_turned(self, by: str, *, stands: bool) -> "Series":
        """After the operation was undone, or done again; another name has come to stay."""
        move = next((move for move in self.payee_moves if move.by == by), None)
        if move is None:
            return self
        from_, to = (move.was, move.name) if stands else (move.name, move.was)
        turned = self._called(to) if self.template.payee == from_ else self
        moves = [replace(m, stands=stands) if m is move else m for m in self.payee_moves]
        return replace(turned, payee_moves=tuple(moves))

    def following(self, merged: Mapping[str, str]) -> "Series":
        """With the categories that its own were merged into, where they were; `merged` names
        them."""
        template = self.template
        splits = tuple(
            replace(split, category_id=merged.get(split.category_id, split.category_id))
            for split in template.splits
        )
        category_id = merged.get(template.category_id, template.category_id)
        return replace(self, template=replace(template, category_id=category_id, splits=splits))

    def _called(self, payee: str) -> "Series":
        return replace(self, template=replace(self.template, payee=payee))

    def stored(self, now: datetime) -> "Series":
        return replace(self, version=self.version + 1, updated_at=now)

    def _require(self, day: date) -> None:
        if day not in self.days(day, day):
            raise NoOccurrence


@dataclass(frozen=True, slots=True)
class SeriesDraft:
    """What a person says of a series; nothing in it has been checked yet. The template's date is
    the first day. `low` and `high` are None where the amount is fixed."""

    name: str
    template: TransactionInput
    rule: str
    low: Money | None = None
    high: Money | None = None
    tolerance_days: int = DEFAULT_TOLERANCE
    autopost: bool = False

    def made(
        self,
        *,
        id: str,  # noqa: A002 - its name
        owner: str,
        today: date,
        now: datetime,
    ) -> Series:
        """The series that the draft describes. Raises InvalidFields, UnbalancedEntry."""
        template = self.template.tidied()
        rule = self._checked(template, today)
        low, high = self._range(template)
        return Series(
            id=id,
            owner=owner,
            name=self.name.strip() or template.payee,
            template=template,
            low=low,
            high=high,
            rule=rule,
            tolerance_days=self.tolerance_days,
            autopost=self.autopost,
            tracked_from=max(rule.starts_on, today),
            posts_from=today,
            created_at=now,
            updated_at=now,
        )

    def changing(self, series: Series, *, today: date, now: datetime) -> Series:
        """The series with what the draft says, keeping what was said of its days. Raises
        InvalidFields, UnbalancedEntry."""
        made = self.made(id=series.id, owner=series.owner, today=today, now=now)
        same_days = made.rule == series.rule
        same_payee = made.template.payee == series.template.payee
        return replace(
            made,
            tracked_from=series.tracked_from if same_days else made.tracked_from,
            posts_from=series.posts_from if series.autopost else today,
            created_at=series.created_at,
            skipped=series.skipped,
            settled=series.settled,
            payee_moves=series.payee_moves if same_payee else (),
            version=series.version + 1,
        )

    def _checked(self, template: TransactionInput, today: date) -> Rule:
        check = FieldCheck()
        check.text("name", self.name.strip(), longest=NAME_LENGTH)
        if not self.name.strip() and not template.payee:
            check.wrong("name", "must not be empty without a payee")
        if not 0 <= self.tolerance_days <= LONGEST_TOLERANCE:
            check.wrong("tolerance_days", f"0 to {LONGEST_TOLERANCE}")
        if not template.payee and not template.to_account_id:
            check.wrong("transaction.payee", "tells the transactions of the series from others")
        if self.autopost and (self.low or self.high):
            check.wrong("autopost", "posts a fixed amount: this one has a range")
        if template.status is Status.RECONCILED:
            check.wrong("transaction.status", "pending or cleared: only a reconciliation sets it")
        self._check_range(check, template)
        rule = self._check_rule(check, template.date, today)
        try:
            template.check()
        except InvalidFields as error:
            for name, what in error.fields:
                check.wrong(name, what)
        check.finish()
        if rule is None:  # told above
            raise AssertionError
        return rule

    def _check_rule(self, check: FieldCheck, starts_on: str, today: date) -> Rule | None:
        if not is_entry_date(starts_on):
            return None  # the template's check tells
        start = date.fromisoformat(starts_on)
        if abs(start.year - today.year) > MAX_YEARS_AWAY:
            check.wrong("transaction.date", f"at most {MAX_YEARS_AWAY} years away")
            return None
        try:
            return parse_rule(self.rule, start)
        except RuleProblem as problem:
            check.wrong("rule", str(problem))
            return None

    def _check_range(self, check: FieldCheck, template: TransactionInput) -> None:
        if self.low is None and self.high is None:
            return
        for name, bound in (("low", self.low), ("high", self.high)):
            if bound is not None and bound.currency != template.amount.currency:
                check.wrong(name, f"must be in {template.amount.currency}")
        low, high = self._range(template)
        if not low <= template.amount.minor_units <= high:
            check.wrong("low", "the amount lies between low and high")
        elif low < 0 < high or (0 in (low, high)):
            check.wrong("low", "low and high have the sign of the amount")

    def _range(self, template: TransactionInput) -> tuple[int, int]:
        """In order, whichever way a person said them."""
        units = template.amount.minor_units
        bounds = (
            units if self.low is None else self.low.minor_units,
            units if self.high is None else self.high.minor_units,
        )
        return min(bounds), max(bounds)
