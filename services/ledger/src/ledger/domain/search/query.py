"""A search within one book, ready to be run: names have become ids and days are days."""

from dataclasses import dataclass, field
from decimal import Decimal

from ledger.domain.entry import EntryKind
from ledger.domain.search.ast import How, Part, Trait, Where


@dataclass(frozen=True, slots=True)
class HasWords:
    """Folded words in a row, one or more."""

    where: Where
    how: How
    words: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class PostedTo:
    """To one of these accounts or categories."""

    ids: tuple[str, ...]
    # Whether they are accounts, of which a status may be asked.
    is_account: bool = field(default=False, compare=False)


@dataclass(frozen=True, slots=True)
class Tagged:
    """With a tag, folded."""

    tag: str


@dataclass(frozen=True, slots=True)
class InCurrency:
    """In this currency, which these accounts of the person are kept in."""

    currency: str
    account_ids: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Sized:
    """The amount without its sign, in major units; a bound of None is open."""

    least: Decimal | None = None
    most: Decimal | None = None
    # Whether the bounds themselves are meant.
    closed: bool = True


@dataclass(frozen=True, slots=True)
class MinorUnits:
    """The amount without its sign, in minor units of whatever its currency is."""

    least: int | None = None
    most: int | None = None


@dataclass(frozen=True, slots=True)
class Dated:
    """Between two dates, YYYY-MM-DD, both included; an empty one is open."""

    first: str = ""
    last: str = ""


@dataclass(frozen=True, slots=True)
class OfKind:
    kind: EntryKind


@dataclass(frozen=True, slots=True)
class OfTrait:
    trait: Trait


@dataclass(frozen=True, slots=True)
class OfStatus:
    """Reconciled by a statement of one of these accounts; or else, cleared, by none of them."""

    is_reconciled: bool
    account_ids: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class WithPart:
    part: Part


@dataclass(frozen=True, slots=True)
class OfTransaction:
    id: str


@dataclass(frozen=True, slots=True)
class OfImport:
    id: str


@dataclass(frozen=True, slots=True)
class OfOperation:
    id: str


@dataclass(frozen=True, slots=True)
class All:
    """Every one of them; of none, everything."""

    parts: tuple["Query", ...] = ()


@dataclass(frozen=True, slots=True)
class Any:
    """At least one of them; of none, nothing."""

    parts: tuple["Query", ...] = ()


@dataclass(frozen=True, slots=True)
class Except:
    part: "Query"


Query = (
    HasWords
    | PostedTo
    | Tagged
    | InCurrency
    | Sized
    | MinorUnits
    | Dated
    | OfKind
    | OfTrait
    | OfStatus
    | WithPart
    | OfTransaction
    | OfImport
    | OfOperation
    | All
    | Any
    | Except
)
EVERYTHING, NOTHING = All(), Any()
