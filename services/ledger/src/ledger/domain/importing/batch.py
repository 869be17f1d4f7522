"""An import as a whole: planned, then committed once, looked at ever after, and undone whole."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from enum import StrEnum

from kit.money import MAX_SUM, Money
from ledger.domain.errors import InvalidFields, LedgerError, VersionMismatch
from ledger.domain.importing.decisions import Decision, Outcome, Override, decide
from ledger.domain.importing.lines import Coverage, ImportLine, Source
from ledger.domain.importing.planning import Judgement, Refusal, Verdict

PLAN_LIVES = timedelta(days=7)
# So many changed verdicts are told with a refusal; all of them stand in the plan.
TOLD_CHANGES = 100


class ImportNotFound(LedgerError):
    """No import of this book has the id; a plan is forgotten after a week."""

    def __init__(self) -> None:
        super().__init__("there is no such import: a plan is kept for seven days")


class ImportCommitted(LedgerError):
    """The plan was committed before, with other words on its lines."""

    def __init__(self) -> None:
        super().__init__("this plan is booked already: make another for what is still open")


class ImportNotCommitted(LedgerError):
    def __init__(self) -> None:
        super().__init__("this plan is not booked, so there is nothing to undo")


class PlanStale(LedgerError):
    """The book has moved since the plan was shown, and some verdicts with it; nothing was booked,
    and the plan now says what holds."""

    def __init__(self, changes: Sequence[tuple[int, Verdict, Verdict]]) -> None:
        super().__init__(
            f"the book has changed since this plan was made: {len(changes)} of its lines read"
            " differently now; look at them and book again",
            fields=[
                (f"lines[{at - 1}]", f"was {before.value}, is now {now.value}")
                for at, before, now in changes[:TOLD_CHANGES]
            ],
        )
        self.metadata = {"changed": str(len(changes))}


class Stage(StrEnum):
    PLANNED = "planned"
    # Its decisions stand, and are being posted.
    COMMITTING = "committing"
    COMMITTED = "committed"


@dataclass(frozen=True, slots=True)
class Tally:
    """How many lines, and what their amounts add up to by currency."""

    count: int = 0
    sums: Sequence[Money] = ()


@dataclass(frozen=True, slots=True)
class Import:
    """The head of an import. Its id is that of the operation that its commit is."""

    id: str
    owner: str
    actor: str
    stage: Stage
    source: Source
    line_count: int
    verdicts: Mapping[Verdict, Tally]
    coverage: Sequence[Coverage]
    created_at: datetime
    # Grows with each recount of the plan; the ETag.
    version: int = 1
    # How many lines the commit has seen to.
    done: int = 0
    outcomes: Mapping[Outcome, Tally] = field(default_factory=dict)
    decisions_hash: str = ""
    committed_at: datetime | None = None
    # Told from the operation: whether what it booked was taken back.
    undone: bool = False

    def expect(self, version: int) -> None:
        """Raises VersionMismatch unless the caller saw this version; 0 doesn't ask."""
        if version not in (0, self.version):
            raise VersionMismatch(self.version)

    def rejudged(self, lines: Iterable["PlannedLine"]) -> "Import":
        """The plan with other verdicts on some of its lines."""
        return replace(self, verdicts=verdict_tally(lines), version=self.version + 1)

    def begun(self, decisions_hash: str, *, actor: str) -> "Import":
        """The commit, before its first line."""
        return replace(
            self,
            stage=Stage.COMMITTING,
            actor=actor,
            decisions_hash=decisions_hash,
            version=self.version + 1,
        )

    def advanced(self, lines: Sequence["PlannedLine"], *, now: datetime) -> "Import":
        """The commit, after these lines; it ends with the last of them."""
        done = self.done + len(lines)
        ended = done >= self.line_count
        return replace(
            self,
            done=done,
            outcomes=added_up(self.outcomes, outcome_tally(lines)),
            stage=Stage.COMMITTED if ended else Stage.COMMITTING,
            committed_at=now if ended else None,
            version=self.version + 1,
        )


@dataclass(frozen=True, slots=True)
class PlannedLine:
    """A line of the plan: what the file says, what it is, and what became of it."""

    position: int
    line: ImportLine
    judgement: Judgement
    # A person's word on it.
    override: Override | None = None
    outcome: Outcome | None = None
    transaction_id: str = ""
    refusal: Refusal | None = None

    @property
    def decision(self) -> Decision:
        return decide(self.judgement, self.override)


def check_sums(lines: Iterable[ImportLine]) -> None:
    """Raises InvalidFields where some of the lines could add up to more than can be kept."""
    sums: Counter[str] = Counter()
    for line in lines:
        sums[line.input.amount.currency] += abs(line.input.amount.minor_units)
    if sums and max(sums.values()) > MAX_SUM:
        raise InvalidFields([("lines", "add up to more than can be kept")])


def tally(pairs: Iterable[tuple[str, ImportLine]]) -> Mapping[str, Tally]:
    """Counts and sums by name. Lines that could not be read add no amount."""
    counts: dict[str, int] = {}
    sums: dict[str, dict[str, int]] = {}
    for name, line in pairs:
        counts[name] = counts.get(name, 0) + 1
        of_name = sums.setdefault(name, {})
        amount = line.input.amount
        if amount.currency and not line.unreadable:
            of_name[amount.currency] = of_name.get(amount.currency, 0) + amount.minor_units
    return {
        name: Tally(count, [Money(units, cur) for cur, units in sorted(sums[name].items())])
        for name, count in counts.items()
    }


def verdict_tally(lines: Iterable[PlannedLine]) -> Mapping[Verdict, Tally]:
    found = tally((each.judgement.verdict.value, each.line) for each in lines)
    return {Verdict(name): value for name, value in found.items()}


def outcome_tally(lines: Iterable[PlannedLine]) -> Mapping[Outcome, Tally]:
    found = tally((each.outcome.value, each.line) for each in lines if each.outcome)
    return {Outcome(name): value for name, value in found.items()}


def added_up(
    one: Mapping[Outcome, Tally], other: Mapping[Outcome, Tally]
) -> Mapping[Outcome, Tally]:
    return {
        name: _together(one.get(name, Tally()), other.get(name, Tally()))
        for name in Outcome
        if name in one or name in other
    }


def _together(one: Tally, other: Tally) -> Tally:
    sums: dict[str, int] = {}
    for money in (*one.sums, *other.sums):
        sums[money.currency] = sums.get(money.currency, 0) + money.minor_units
    return Tally(
        one.count + other.count,
        tuple(Money(units, currency) for currency, units in sorted(sums.items())),
    )
