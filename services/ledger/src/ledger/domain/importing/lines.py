"""What a bank's file says: its lines, and the days that it covers."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from ledger.domain.entry import Status
from ledger.domain.fields import FieldCheck
from ledger.domain.fingerprint import fingerprint
from ledger.domain.transaction import TransactionInput

MAX_LINES = 20_000
FILE_NAME_LENGTH, UNREADABLE_LENGTH = 255, 500
# What banks write where a reference is asked for and they have none.
_NO_REFERENCE = frozenset({"nonref", "notprovided", "none", "0", "n/a", "-"})


@dataclass(frozen=True, slots=True)
class ImportLine:
    """One line of a file.

    `row` is where it stands there, for a person to find it. `unreadable` says why nothing could be
    made of it. `said` is the payee as the bank wrote it, which rules may have replaced in `input`.
    """

    row: int
    input: TransactionInput
    unreadable: str = ""
    said: str = ""
    # What the line looks like; made of what the bank wrote, and once, for it is asked for often.
    fingerprint: str = field(init=False, compare=False)

    def __post_init__(self) -> None:
        amount, input_ = self.input.amount, self.input
        looks = fingerprint(
            input_.account_id, input_.date, amount.minor_units, amount.currency, self.payee
        )
        object.__setattr__(self, "fingerprint", looks)

    @property
    def payee(self) -> str:
        """As the bank wrote it."""
        return self.said or self.input.payee

    @property
    def reference(self) -> str:
        """The bank's own name for the line; empty where it has none."""
        reference = self.input.origin.bank_reference.strip()
        return "" if reference.casefold() in _NO_REFERENCE else reference

    def without_reference(self) -> "ImportLine":
        return replace(self, input=with_reference(self.input, ""))


@dataclass(frozen=True, slots=True)
class Source:
    """Where the lines come from. `from_date` and `to_date` are the days that the file itself says
    it covers, both inclusive; empty where it doesn't say. A receipt shows one purchase, and proves
    nothing of what a bank has booked."""

    document_id: str = ""
    file_name: str = ""
    from_date: str = ""
    to_date: str = ""
    is_receipt: bool = False

    def covers(self, date: str) -> bool:
        """Whether the file says that it shows everything of this day."""
        return bool(self.from_date) and self.from_date <= date <= self.to_date

    def check(self) -> None:
        """Raises InvalidFields."""
        check = FieldCheck("source.")
        check.text("file_name", self.file_name, longest=FILE_NAME_LENGTH)
        for name in ("from_date", "to_date"):
            if value := getattr(self, name):
                check.date(name, value)
        if bool(self.from_date) != bool(self.to_date):
            check.wrong("to_date", "both ends of the span, or neither")
        elif self.from_date > self.to_date:
            check.wrong("to_date", "must not be before the first day")
        check.finish()


@dataclass(frozen=True, slots=True)
class Coverage:
    """Which days of one account a file shows, and in how many lines."""

    account_id: str
    from_date: str
    to_date: str
    lines: int = field(compare=False, default=0)


def check_lines(source: Source, lines: Sequence[ImportLine]) -> None:
    """What is wrong with the request as a whole. Raises InvalidFields."""
    source.check()
    check = FieldCheck()
    if not lines:
        check.wrong("lines", "at least one")
    if len(lines) > MAX_LINES:
        check.wrong("lines", f"at most {MAX_LINES}")
    for i, line in enumerate(lines[:MAX_LINES]):
        if len(line.unreadable) > UNREADABLE_LENGTH:
            check.wrong(f"lines[{i}].unreadable", f"at most {UNREADABLE_LENGTH} characters")
        if line.row < 0:
            check.wrong(f"lines[{i}].row", "must not be negative")
    check.finish()


def with_trusted_references(lines: Sequence[ImportLine]) -> Sequence[ImportLine]:
    """A reference that the file gives to lines which differ names nothing, and isn't used."""
    looks: dict[tuple[str, str], set[str]] = {}
    for line in lines:
        if line.reference:
            key = line.input.account_id, line.reference
            looks.setdefault(key, set()).add(line.fingerprint)
    return [
        line
        if line.reference and len(looks[line.input.account_id, line.reference]) == 1
        else line.without_reference()
        for line in lines
    ]


def coverage_of(source: Source, lines: Sequence[ImportLine]) -> Sequence[Coverage]:
    """The days that the file shows, by account: those it says, and at least those of its lines."""
    dates: dict[str, list[str]] = {}
    for line in lines:
        if not line.unreadable and line.input.account_id:
            dates.setdefault(line.input.account_id, []).append(line.input.date)
    said = [day for day in (source.from_date, source.to_date) if day]
    return [
        Coverage(account, min(days + said), max(days + said), len(days))
        for account, days in sorted(dates.items())
    ]


def with_reference(input_: TransactionInput, reference: str) -> TransactionInput:
    return replace(input_, origin=replace(input_.origin, bank_reference=reference))


def told_by_a_file(input_: TransactionInput) -> TransactionInput:
    """The input of a line of a file, at most cleared: a confirmation by another program's statement
    does not reconcile it here."""
    if input_.status is Status.RECONCILED:
        return replace(input_, status=Status.CLEARED)
    return input_


def positions(lines: Sequence[ImportLine]) -> Mapping[int, ImportLine]:
    """The lines by their place in the plan, from 1."""
    return dict(enumerate(lines, start=1))
