"""Who was paid: one payee however its name is written."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import lru_cache
from uuid import UUID, uuid5

from kit.cursors import InvalidCursor, read_cursor, write_cursor
from kit.money import Money
from ledger.domain.errors import LedgerError, VersionMismatch
from ledger.domain.fields import FieldCheck
from ledger.domain.words import search_words

NAME_LENGTH, SEARCH_LENGTH, MAX_MOVED = 200, 200, 100
_REMEMBERED = 4_096
_LIST = "payees"

# A namespace of our own (RFC 9562 §5.5): the same words are the same payee in every book, for ever.
_PAYEES = UUID("5a4f5c0e-9f0b-5d0e-8f4e-0a6a1c9d7b21")


@lru_cache(maxsize=_REMEMBERED)
def payee_id(name: str) -> str:
    """The id of the payee of this name; empty for no name. Case, accents, punctuation and blanks
    make no difference: `CAFÉ ZOË` is `Cafe Zoe`."""
    words = payee_words(name)
    return str(uuid5(_PAYEES, words)) if words else ""


def payee_words(name: str) -> str:
    """The name as it is compared. A name without letters and digits (`☕`) is compared as it is."""
    return " ".join(search_words(name)) or name.strip().casefold()


class PayeeNotFound(LedgerError):
    def __init__(self, field: str = "id") -> None:
        super().__init__("there is no such payee", fields=[(field, "there is no such payee")])


@dataclass(frozen=True, slots=True)
class PayeeSum:
    """What went to a payee and what came from it, in one currency: refunds are taken off what was
    spent."""

    expense: Money
    income: Money


@dataclass(frozen=True, slots=True)
class PayeeUsage:
    """What a payee's transactions come to, counted by their parts; transfers are none of it."""

    posting_count: int = 0
    # YYYY-MM-DD; empty where there is none.
    last_used_on: str = ""
    sums: Sequence[PayeeSum] = ()


@dataclass(frozen=True, slots=True)
class Payee:
    """One payee of a book, from its first posting on."""

    id: str
    owner: str
    name: str
    first_seen_at: datetime
    default_category_id: str = ""
    version: int = 1
    # The payee whose name an import gives to what comes under this one, and the operation that
    # said so: where that is undone, so is this.
    imported_as_id: str = ""
    imported_by: str = ""
    # Whether its transactions were given another name: with none left it is not listed.
    moved: bool = False
    usage: PayeeUsage = field(default_factory=PayeeUsage)

    @property
    def is_listed(self) -> bool:
        return not self.moved or self.usage.posting_count > 0

    def changed_by(self, change: "PayeeChange", *, expected_version: int) -> "Payee":
        """Raises VersionMismatch."""
        if expected_version not in (0, self.version):
            raise VersionMismatch(self.version)
        as_id = change.imported_as_id
        return replace(
            self,
            version=self.version + 1,
            default_category_id=(
                self.default_category_id
                if change.default_category_id is None
                else change.default_category_id
            ),
            imported_as_id=self.imported_as_id if as_id is None else as_id,
            imported_by=self.imported_by if as_id is None else "",
        )

    def moved_to(self, payee_id: str, *, operation_id: str, also_imports: bool) -> "Payee":
        """After its transactions were given another name."""
        moved = replace(self, moved=True, version=self.version + 1)
        if not also_imports:
            return moved
        return replace(moved, imported_as_id=payee_id, imported_by=operation_id)


@dataclass(frozen=True, slots=True)
class PayeeChange:
    """None leaves a field, an empty text takes it away."""

    default_category_id: str | None = None
    imported_as_id: str | None = None


@dataclass(frozen=True, slots=True)
class PayeeMove:
    """Payees whose transactions shall have another name."""

    ids: Sequence[str]
    name: str
    # Whether what is imported under the old names gets the new one too.
    also_imports: bool = False

    @property
    def target_id(self) -> str:
        return payee_id(self.name)

    def check(self) -> None:
        """Raises InvalidFields."""
        check = FieldCheck()
        if not 1 <= len(self.ids) <= MAX_MOVED:
            check.wrong("ids", f"1 to {MAX_MOVED}")
        check.text("name", self.name.strip(), longest=NAME_LENGTH, needed=True)
        check.finish()


@dataclass(frozen=True, slots=True)
class PayeeNames:
    """The names that payees have had: a payee that was renamed or merged "also for imports" is the
    payee that has its name now."""

    # Of each payee that became another, by their ids: the one that it is in the end.
    stands_for: Mapping[str, str] = field(default_factory=dict)
    # By id: the name it has now, and the names of all payees that became it.
    name: Mapping[str, str] = field(default_factory=dict)
    former: Mapping[str, Sequence[str]] = field(default_factory=dict)

    @classmethod
    def of(cls, payees: Iterable[Payee]) -> "PayeeNames":
        """`payees` are those that became another, and those that they became."""
        known = {payee.id: payee for payee in payees}
        ends = {id_: _end(known, id_) for id_, p in known.items() if p.imported_as_id}
        stands_for = {id_: end for id_, end in ends.items() if end != id_}
        former: dict[str, list[str]] = {}
        for id_, end in stands_for.items():
            former.setdefault(end, []).append(known[id_].name)
        name = {end: known[end].name for end in former}
        return cls(stands_for, name, former)

    def now(self, name: str) -> str:
        """The name that the payee of this name has by now."""
        end = self.stands_for.get(payee_id(name))
        return name if end is None else self.name[end]

    def all(self, name: str) -> Sequence[str]:
        """This name, and the others of the same payee."""
        id_ = payee_id(name)
        end = self.stands_for.get(id_, id_)
        if end not in self.former:
            return (name,)
        return (name, self.name[end], *self.former[end])


def _end(known: Mapping[str, Payee], id_: str) -> str:
    """The last of a chain of renames; in a ring, which a person can make by hand, the payee
    itself."""
    seen = {id_}
    end = id_
    while (after := known[end].imported_as_id) in known:
        if after in seen:
            return id_
        seen.add(after)
        end = after
    return end


@dataclass(frozen=True, slots=True)
class PayeeCursor:
    """The last payee of a page; those that follow come after it by name."""

    words: str
    payee_id: str

    @classmethod
    def at(cls, payee: Payee) -> "PayeeCursor":
        return cls(payee_words(payee.name), payee.id)

    def text(self) -> str:
        """The opaque form that travels."""
        return write_cursor(_LIST, f"{self.payee_id} {self.words}")

    @classmethod
    def parse(cls, text: str) -> "PayeeCursor | None":
        """None for the empty text, which asks for the first page. Raises InvalidCursor."""
        parts = read_cursor(text, _LIST, str)
        if parts is None:
            return None
        id_, space, words = str(parts[0]).partition(" ")
        if not id_ or not space:
            raise InvalidCursor
        return cls(words, id_)
