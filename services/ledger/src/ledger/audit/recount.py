"""What a book's journal says, entry by entry, and where the stored sums say otherwise. Pure."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from ledger.domain.entry import Change, Entry, require_balance
from ledger.domain.errors import UnbalancedEntry
from ledger.domain.totals import BalanceKey, Rollup, RollupKey, Totals


class Fault(StrEnum):
    """What can be wrong; `rebuild` mends all but the facts themselves."""

    ENTRY = "entry"
    SEQUENCE = "sequence"
    HISTORY = "history"
    IN_FORCE = "in force"
    BALANCE = "balance"
    ROLLUP = "rollup"
    EVENT = "event"


MENDABLE = frozenset({Fault.IN_FORCE, Fault.BALANCE, Fault.ROLLUP, Fault.EVENT, Fault.SEQUENCE})


@dataclass(frozen=True, slots=True)
class Difference:
    """One place where the books disagree with their journal."""

    owner: str
    fault: Fault
    subject: str
    expected: str
    found: str


@dataclass(slots=True)
class Recount:
    """Adds up one book in the order of its sequence."""

    owner: str
    totals: Totals = field(default_factory=Totals)
    entries: int = 0
    last_seq: int = 0
    faults: list[Difference] = field(default_factory=list)

    def add(self, entry: Entry) -> None:
        self.entries += 1
        if entry.seq != self.last_seq + 1:
            self._fault(Fault.SEQUENCE, entry.id, str(self.last_seq + 1), str(entry.seq))
        self.last_seq = entry.seq
        self._check_postings(entry)
        self.totals.add(entry)

    def compare_head(self, seq: int) -> None:
        if seq != self.last_seq:
            self._fault(Fault.SEQUENCE, "head of the book", str(self.last_seq), str(seq))

    def compare_balances(self, stored: Mapping[BalanceKey, int]) -> None:
        counted = self.totals.balances
        for key in sorted({*counted, *stored}):
            expected, found = counted.get(key, 0), stored.get(key, 0)
            if expected != found:
                subject = f"{key.account_id} {key.currency}"
                self._fault(Fault.BALANCE, subject, str(expected), str(found))

    def compare_rollups(self, stored: Mapping[RollupKey, Rollup]) -> None:
        counted = self.totals.rollups
        for key in sorted({*counted, *stored}):
            expected, found = counted.get(key, Rollup()), stored.get(key, Rollup())
            if expected != found:
                subject = f"{key.month} {key.account_id} {key.currency}"
                self._fault(Fault.ROLLUP, subject, _sums(expected), _sums(found))

    def _check_postings(self, entry: Entry) -> None:
        try:
            require_balance(entry.postings)
        except UnbalancedEntry as error:
            self._fault(Fault.ENTRY, entry.id, "postings that balance", str(error))
            return
        own = sum(p.amount.minor_units for p in entry.postings if p.account_id == entry.account_id)
        if own != entry.amount.minor_units:
            self._fault(Fault.ENTRY, entry.id, str(entry.amount.minor_units), str(own))

    def _fault(self, fault: Fault, subject: str, expected: str, found: str) -> None:
        self.faults.append(Difference(self.owner, fault, subject, expected, found))


@dataclass(slots=True)
class Chain:
    """The entries of one transaction, oldest first: each reverses the one that stood, or follows
    where none stands; the last that stands is in force, and it alone."""

    owner: str
    transaction_id: str
    standing: Entry | None = None
    deleted: bool = False
    # The ids of the entries that are marked as in force.
    marked: set[str] = field(default_factory=set)
    faults: list[Difference] = field(default_factory=list)

    def add(self, entry: Entry, *, live: bool) -> None:
        if live:
            self.marked.add(entry.id)
        if self.deleted:
            self._fault(Fault.HISTORY, entry.id, "nothing after a deletion", entry.change)
        if entry.is_reversal:
            self._reverse(entry)
        else:
            if self.standing is not None:
                self._fault(Fault.HISTORY, entry.id, "a reversal before it", "none")
            self.standing = entry

    def finished(self) -> Iterator[Difference]:
        """What is wrong with the chain and with its marks."""
        yield from self.faults
        right = {self.standing.id} if self.standing else set()
        if self.marked != right:
            yield Difference(
                self.owner,
                Fault.IN_FORCE,
                self.transaction_id,
                ", ".join(sorted(right)) or "none",
                ", ".join(sorted(self.marked)) or "none",
            )

    def _reverse(self, entry: Entry) -> None:
        standing, self.standing = self.standing, None
        self.deleted = entry.change is Change.DELETED
        if standing is None or standing.id != entry.reverses:
            found = standing.id if standing else "nothing"
            self._fault(Fault.HISTORY, entry.id, f"{entry.reverses} to reverse", found)
        elif [(p.account_id, -p.amount) for p in entry.postings] != [
            (p.account_id, p.amount) for p in standing.postings
        ]:
            self._fault(Fault.HISTORY, entry.id, f"the opposite of {standing.id}", "something else")

    def _fault(self, fault: Fault, subject: str, expected: str, found: str) -> None:
        self.faults.append(Difference(self.owner, fault, subject, expected, found))


def _sums(rollup: Rollup) -> str:
    return f"debit {rollup.debit}, credit {rollup.credit}, postings {rollup.count}"
