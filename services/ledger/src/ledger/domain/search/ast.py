"""What a search says, before it is known in which book: a tree of conditions as they were written.

Names are still names and `last-month` is still relative, so that a saved search means next month
what it says. Where a node stood in the text is no part of what it says.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum


@dataclass(frozen=True, slots=True)
class Span:
    """A place in the text: `column` counts characters from 1."""

    column: int
    length: int


NOWHERE = Span(0, 0)


class Where(StrEnum):
    """In which text of a transaction words are looked for."""

    ANYWHERE = "anywhere"
    PAYEE = "payee"
    NOTE = "note"


class How(StrEnum):
    """PREFIX: the words in a row, the last of which may go on. PHRASE: the words in a row. EXACT:
    these words and no others."""

    PREFIX = "prefix"
    PHRASE = "phrase"
    EXACT = "exact"


class NameKey(StrEnum):
    """Keys whose value is a name or an id."""

    ACCOUNT = "account"
    CATEGORY = "category"
    TAG = "tag"
    CURRENCY = "currency"
    ID = "id"
    IMPORT = "import"
    OPERATION = "operation"


class Comparison(StrEnum):
    EQUAL = "="
    MORE = ">"
    AT_LEAST = ">="
    LESS = "<"
    AT_MOST = "<="
    BETWEEN = ".."


class Trait(StrEnum):
    """What `is:` asks for."""

    EXPENSE = "expense"
    INCOME = "income"
    TRANSFER = "transfer"
    STANDARD = "standard"
    OPENING_BALANCE = "opening-balance"
    PENDING = "pending"
    CLEARED = "cleared"
    RECONCILED = "reconciled"
    REFUND = "refund"


class Part(StrEnum):
    """What `has:` asks for."""

    DOCUMENT = "document"
    SPLITS = "splits"
    TAGS = "tags"
    NOTE = "note"
    PAYEE = "payee"
    REFERENCE = "reference"
    IMPORT = "import"
    REFUND = "refund"


@dataclass(frozen=True, slots=True)
class Text:
    where: Where
    how: How
    text: str
    at: Span = field(default=NOWHERE, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Named:
    key: NameKey
    name: str
    at: Span = field(default=NOWHERE, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Amount:
    """The amount without its sign, in major units; `most` is set for BETWEEN alone. An empty
    currency means any."""

    comparison: Comparison
    value: Decimal
    most: Decimal | None = None
    currency: str = ""
    at: Span = field(default=NOWHERE, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class When:
    """A day or a span of days, as written: `2026-03-14`, `2026-q1`, `last-month`. `last` is set
    for BETWEEN alone."""

    comparison: Comparison
    days: str
    last: str = ""
    at: Span = field(default=NOWHERE, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Is:
    trait: Trait
    at: Span = field(default=NOWHERE, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Has:
    part: Part
    at: Span = field(default=NOWHERE, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Not:
    node: "Node"


@dataclass(frozen=True, slots=True)
class And:
    """Two or more, none of them an And."""

    nodes: tuple["Node", ...]


@dataclass(frozen=True, slots=True)
class Or:
    """Two or more, none of them an Or."""

    nodes: tuple["Node", ...]


Term = Text | Named | Amount | When | Is | Has
Node = Term | Not | And | Or


def terms(node: Node | None) -> Iterator[Term]:
    """The leaves of the tree, as they stand in the text."""
    match node:
        case None:
            return
        case And(nodes) | Or(nodes):
            for part in nodes:
                yield from terms(part)
        case Not(part):
            yield from terms(part)
        case _:
            yield node
