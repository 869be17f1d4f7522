"""What the entries of one transaction say together, and where their marks say otherwise. Pure."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from ledger.audit.recount import Difference, Fault
from ledger.domain.entry import Change, Entry


@dataclass(frozen=True, slots=True)
class Marks:
    """What of a stored entry changes: whether and until when it is in force, and which operation
    freed what it claimed of files."""

    live: bool
    superseded_at: datetime | None
    freed_by: str = ""

    def __str__(self) -> str:
        until = f"until {self.superseded_at}" if self.superseded_at else ""
        return until or ("in force" if self.live else "never in force")


@dataclass(slots=True)
class Chain:
    """The entries of one transaction, oldest first: each reverses the one that stood, or follows
    where none stands; the last that stands is in force, and it alone.

    While the transaction stands, one of its entries claims its line of a file; after a deletion
    too, unless an undo of its booking freed it.
    """

    owner: str
    transaction_id: str
    entries: list[Entry] = field(default_factory=list)
    marks: dict[str, Marks] = field(default_factory=dict)
    standing: Entry | None = None
    deleted: bool = False
    faults: list[Difference] = field(default_factory=list)

    def add(self, entry: Entry, marks: Marks) -> None:
        self.entries.append(entry)
        self.marks[entry.id] = marks
        if self.deleted and (entry.change is not Change.RESTORED or entry.is_reversal):
            self._fault(Fault.HISTORY, entry.id, "a restoration or nothing", entry.change)
        if entry.is_reversal:
            self._reverse(entry)
        else:
            if self.standing is not None:
                self._fault(Fault.HISTORY, entry.id, "a reversal before it", "none")
            self.standing, self.deleted = entry, False

    def finished(self) -> Iterator[Difference]:
        """What is wrong with the chain and with its marks."""
        yield from self.faults
        right = right_marks(self.entries)
        wrong = [
            id_
            for id_, marks in self.marks.items()
            if (marks.live, marks.superseded_at) != (right[id_].live, right[id_].superseded_at)
        ]
        if wrong:
            told = [", ".join(f"{id_} {of[id_]}" for id_ in wrong) for of in (right, self.marks)]
            yield Difference(self.owner, Fault.IN_FORCE, self.transaction_id, *told)
        yield from self._claims()

    def _claims(self) -> Iterator[Difference]:
        claiming = [entry.id for entry in self.entries if entry.claims]
        is_freed = any(marks.freed_by for marks in self.marks.values())
        may_be_none = self.standing is None and is_freed
        if len(claiming) > 1 or not (claiming or may_be_none):
            yield Difference(
                self.owner,
                Fault.CLAIM,
                self.transaction_id,
                self.entries[0].id,
                ", ".join(claiming) or "none",
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


def right_marks(entries: Sequence[Entry]) -> Mapping[str, Marks]:
    """Since when each entry of a transaction is in force no more, as the reversals tell it."""
    until = {entry.reverses: entry.recorded_at for entry in entries if entry.is_reversal}
    return {
        entry.id: Marks(not entry.is_reversal and entry.id not in until, until.get(entry.id))
        for entry in entries
    }
