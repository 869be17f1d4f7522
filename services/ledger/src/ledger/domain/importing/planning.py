"""The verdict on each line of a file: new, there, a twin, deleted before, doubtful, refused.

A fingerprint is counted, not merely looked up: the book shall hold at least as many of it as the
file shows, and each transaction of the book answers for one line of the file. A bank's reference
wins where there is one; lines that have none, and transactions that were booked without, meet by
their fingerprints.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from enum import StrEnum

from ledger.domain.entry import Status
from ledger.domain.errors import LedgerError
from ledger.domain.importing.holdings import Claim, Holding, Known
from ledger.domain.importing.lines import ImportLine, Source
from ledger.domain.importing.payees import are_similar, similarity

# A bank books what a person noted up to a weekend earlier or later.
DAYS_APART = 3
MAX_CANDIDATES = 5


class Verdict(StrEnum):
    NEW = "new"
    ALREADY_THERE = "already_there"
    # Another line of this file looks the same; both are real.
    TWIN_KEPT = "twin_kept"
    DELETED_BEFORE = "deleted_before"
    DOUBTFUL = "doubtful"
    REFUSED = "refused"


class Why(StrEnum):
    """What an already booked line was known by."""

    REFERENCE = "reference"
    FINGERPRINT = "fingerprint"
    # The file has the same line twice, under one reference.
    REPEATED = "repeated"


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why a line can't be booked: the name of the error, and its sentence."""

    name: str
    message: str

    @classmethod
    def of(cls, error: LedgerError) -> "Refusal":
        return cls(type(error).__name__, str(error))


@dataclass(frozen=True, slots=True)
class Candidate:
    """A transaction that the line may be. `likeness` of the payees is 0 to 1."""

    transaction_id: str
    version: int
    days_apart: int
    likeness: float


@dataclass(frozen=True, slots=True)
class Judgement:
    """What a line is, against the book."""

    verdict: Verdict
    # The transaction that it is, or was before it was deleted.
    transaction_id: str = ""
    why: Why | None = None
    # It is already there, but was pending, and clears it.
    clears: bool = False
    candidates: Sequence[Candidate] = ()
    refusal: Refusal | None = None


@dataclass(slots=True)
class _File:
    """A file as it is being judged."""

    lines: Mapping[int, ImportLine]
    judged: dict[int, Judgement] = field(default_factory=dict)
    # Transactions that answer for a line.
    taken: set[str] = field(default_factory=set)

    def open(self) -> Iterable[tuple[int, ImportLine]]:
        return ((at, line) for at, line in self.lines.items() if at not in self.judged)

    def found(self, at: int, holding: Holding, why: Why) -> None:
        self.taken.add(holding.transaction_id)
        verdict = Verdict.DELETED_BEFORE if holding.deleted else Verdict.ALREADY_THERE
        clears = (
            not holding.deleted
            and holding.status is Status.PENDING
            and self.lines[at].input.status is not Status.PENDING
        )
        self.judged[at] = Judgement(verdict, holding.transaction_id, why, clears)


class Planner:
    """Judges one file in two steps, so that the book need only be searched for what is still open
    after the first: `recognise`, then `finish`."""

    def __init__(
        self,
        source: Source,
        lines: Mapping[int, ImportLine],
        refusals: Mapping[int, Refusal],
        known: Known,
    ) -> None:
        self._source = source
        self._known = known
        self._file = _File(lines)
        for at, refusal in refusals.items():
            self._file.judged[at] = Judgement(Verdict.REFUSED, refusal=refusal)

    def recognise(self) -> Mapping[int, ImportLine]:
        """Find the lines that the book is known to hold; answers those that are still open."""
        if not self._source.is_receipt:
            self._by_reference()
            self._by_fingerprint()
        return dict(self._file.open())

    def finish(self, nearby: Sequence[Holding]) -> Mapping[int, Judgement]:
        """The verdicts, given the live transactions that may be one of the open lines."""
        if not self._source.is_receipt:
            self._by_looks(nearby)
        self._offer(nearby)
        self._add_the_rest()
        return dict(sorted(self._file.judged.items()))

    def _by_reference(self) -> None:
        holders = {(c.account_id, c.reference): c for c in self._known.claims if c.reference}
        seen: set[tuple[str, str]] = set()
        for at, line in list(self._file.open()):
            key = line.input.account_id, line.reference
            if not line.reference:
                continue
            claim = holders.get(key)
            if key in seen:
                there = claim.transaction_id if claim else ""
                self._file.judged[at] = Judgement(Verdict.ALREADY_THERE, there, Why.REPEATED)
            elif claim is not None:
                holding = self._known.holdings[claim.transaction_id]
                self._file.found(at, holding, Why.REFERENCE)
            seen.add(key)

    def _by_fingerprint(self) -> None:
        """Lines with a reference choose first, for fewer transactions can be theirs."""
        named = {(c.account_id, c.transaction_id) for c in self._known.claims if c.reference}
        slots = _slots(self._known)
        for with_reference in (True, False):
            for at, line in list(self._file.open()):
                if bool(line.reference) is not with_reference:
                    continue
                holding = self._free(
                    slots.get(line.fingerprint, ()),
                    # What the bank calls otherwise is something else.
                    but_not=named if with_reference else frozenset(),
                )
                if holding is not None:
                    self._file.found(at, holding, Why.FINGERPRINT)

    def _free(
        self, slots: Sequence[Claim], *, but_not: Iterable[tuple[str, str]]
    ) -> Holding | None:
        for claim in slots:
            taken = claim.transaction_id in self._file.taken
            if not taken and (claim.account_id, claim.transaction_id) not in but_not:
                return self._known.holdings[claim.transaction_id]
        return None

    def _by_looks(self, nearby: Sequence[Holding]) -> None:
        """What now has a line's reference is it; so is what was entered by hand, or corrected
        since, and now looks exactly like a line."""
        named = {(h.account_id, h.reference): h for h in nearby if h.reference}
        looking: dict[str, list[Holding]] = {}
        for holding in nearby:
            if not holding.from_bank and not holding.to_account_id:
                looking.setdefault(holding.fingerprint, []).append(holding)
        for at, line in list(self._file.open()):
            by_name = named.get((line.input.account_id, line.reference))
            alike = [by_name] if by_name else looking.get(line.fingerprint, [])
            for holding in alike:
                if holding.transaction_id not in self._file.taken:
                    why = Why.REFERENCE if by_name else Why.FINGERPRINT
                    self._file.found(at, holding, why)
                    break

    def _offer(self, nearby: Sequence[Holding]) -> None:
        free = [h for h in nearby if h.transaction_id not in self._file.taken]
        by_amount: dict[tuple[str, str, int], list[Holding]] = {}
        for holding in free:
            for account in filter(None, (holding.account_id, holding.to_account_id)):
                seen = holding.seen_from(account)
                key = account, seen.currency, seen.minor_units
                by_amount.setdefault(key, []).append(holding)
        for at, line in list(self._file.open()):
            amount = line.input.amount
            same = by_amount.get((line.input.account_id, amount.currency, amount.minor_units), ())
            candidates = ranked(line, [h for h in same if self._may_be(line, h)])
            if candidates:
                self._file.judged[at] = Judgement(Verdict.DOUBTFUL, candidates=candidates)

    def _may_be(self, line: ImportLine, holding: Holding) -> bool:
        if abs(days_between(line.input.date, holding.date)) > DAYS_APART:
            return False
        if holding.to_account_id == line.input.account_id:
            # The other side of a transfer; each bank names the other.
            return True
        if not are_similar(line.payee, holding.payee):
            return False
        if self._source.is_receipt:
            return not holding.has_receipt
        if not holding.from_bank or holding.status is Status.PENDING:
            return True
        # The bank showed it once, and shows all of that day now, but not it: it may have moved.
        return self._source.covers(holding.date)

    def _add_the_rest(self) -> None:
        refused = {at for at, j in self._file.judged.items() if j.verdict is Verdict.REFUSED}
        shown: set[str] = set()
        for at, line in self._file.lines.items():
            if at in refused:
                continue
            if at not in self._file.judged:
                verdict = Verdict.TWIN_KEPT if line.fingerprint in shown else Verdict.NEW
                self._file.judged[at] = Judgement(verdict)
            shown.add(line.fingerprint)


def ranked(line: ImportLine, holdings: Sequence[Holding]) -> Sequence[Candidate]:
    """The likeliest first."""
    candidates = [
        Candidate(
            h.transaction_id,
            h.version,
            days_between(line.input.date, h.date),
            similarity(line.payee, h.payee),
        )
        for h in holdings
    ]
    candidates.sort(key=lambda c: (-c.likeness, abs(c.days_apart), c.transaction_id))
    return tuple(candidates[:MAX_CANDIDATES])


def days_between(earlier: str, later: str) -> int:
    """How many days later the second is."""
    return (date.fromisoformat(later) - date.fromisoformat(earlier)).days


def days_around(day: str, days: int = DAYS_APART) -> tuple[str, str]:
    """The first and the last day that are at most so many days off."""
    middle, off = date.fromisoformat(day), timedelta(days=days)
    return (middle - off).isoformat(), (middle + off).isoformat()


def plan(
    source: Source,
    lines: Mapping[int, ImportLine],
    *,
    refusals: Mapping[int, Refusal],
    known: Known,
    nearby: Sequence[Holding],
) -> Mapping[int, Judgement]:
    """Both steps at once."""
    planner = Planner(source, lines, refusals, known)
    planner.recognise()
    return planner.finish(nearby)


def same_verdict(one: Judgement, other: Judgement) -> bool:
    """Whether a person who was shown the one would be surprised by the other."""
    return replace(one, candidates=()) == replace(other, candidates=()) and {
        (c.transaction_id, c.version) for c in one.candidates
    } == {(c.transaction_id, c.version) for c in other.candidates}


def _slots(known: Known) -> Mapping[str, Sequence[Claim]]:
    """The claims by fingerprint: those of what stands before those of what was deleted."""
    slots: dict[str, list[Claim]] = {}
    for claim in known.claims:
        if claim.fingerprint:
            slots.setdefault(claim.fingerprint, []).append(claim)
    for claims in slots.values():
        claims.sort(key=lambda c: known.holdings[c.transaction_id].deleted)
    return slots
