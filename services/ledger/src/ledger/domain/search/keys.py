"""The search language as data: its keys, what they take, and how they may be compared."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from ledger.domain.search.ast import NameKey, Part, Trait

MAX_LENGTH, MAX_TERMS, MAX_DEPTH = 500, 50, 8
EQUALITY = (":", "=")
COMPARISONS = (":", "=", ">", ">=", "<", "<=")


class ValueType(StrEnum):
    """What a key takes. Of ACCOUNT, CATEGORY, TAG and PAYEE the book knows the values."""

    TEXT = "text"
    PAYEE = "payee"
    ACCOUNT = "account"
    CATEGORY = "category"
    TAG = "tag"
    CURRENCY = "currency"
    AMOUNT = "amount"
    DATE = "date"
    MONTH = "month"
    YEAR = "year"
    WORD = "word"
    ID = "id"


@dataclass(frozen=True, slots=True)
class Key:
    """One key of the language. `values` are all that it takes, or the words that it takes beside
    others."""

    name: str
    type: ValueType
    about: str
    example: str
    operators: Sequence[str] = EQUALITY
    aliases: Sequence[str] = ()
    values: Sequence[str] = ()


_TYPES = (Trait.EXPENSE, Trait.INCOME, Trait.TRANSFER, Trait.STANDARD, Trait.OPENING_BALANCE)
_STATUSES = (Trait.PENDING, Trait.CLEARED, Trait.RECONCILED)
_DAYS = ("today", "yesterday")
_WEEKS = ("this-week", "last-week")
_MONTHS = ("this-month", "last-month")
_QUARTERS = ("this-quarter", "last-quarter")
_YEARS = ("this-year", "last-year")
_RUNS = ("last-7-days", "last-30-days", "last-90-days", "last-12-months")
RELATIVE = (*_DAYS, *_WEEKS, *_MONTHS, *_QUARTERS, *_YEARS, *_RUNS)

KEYS: Sequence[Key] = (
    Key(
        "account",
        ValueType.ACCOUNT,
        "An account by its name or id; either side of a transfer.",
        'account:"Main card"',
    ),
    Key(
        "category",
        ValueType.CATEGORY,
        "A category by its name or id, with all below it; none for what has no category.",
        "category:food",
        aliases=("cat",),
        values=("none",),
    ),
    Key(
        "payee",
        ValueType.PAYEE,
        "Words of the payee. = asks for exactly this payee.",
        'payee="Corner Shop"',
    ),
    Key("tag", ValueType.TAG, "A tag, whatever its case.", "tag:work", aliases=("tags",)),
    Key(
        "amount",
        ValueType.AMOUNT,
        "The amount without its sign, with a point or a comma, alone or with a currency.",
        "amount:4..10",
        operators=COMPARISONS,
    ),
    Key("currency", ValueType.CURRENCY, "The amount's currency.", "currency:EUR"),
    Key(
        "date",
        ValueType.DATE,
        "A day, month, quarter or year, or a span of them.",
        "date:2026-01..2026-03",
        operators=COMPARISONS,
        aliases=("on",),
        values=RELATIVE,
    ),
    Key(
        "from",
        ValueType.DATE,
        "That day and later.",
        "from:2026-01",
        aliases=("since", "after"),
        values=RELATIVE,
    ),
    Key(
        "to",
        ValueType.DATE,
        "That day and earlier; the last day of a span.",
        "to:last-month",
        aliases=("until",),
        values=RELATIVE,
    ),
    Key("month", ValueType.MONTH, "A calendar month.", "month:2026-01", values=_MONTHS),
    Key("year", ValueType.YEAR, "A calendar year.", "year:2026", values=_YEARS),
    Key(
        "type",
        ValueType.WORD,
        "What kind of transaction it is.",
        "type:transfer",
        values=tuple(trait.value for trait in _TYPES),
    ),
    Key(
        "status",
        ValueType.WORD,
        "How far the bank has got with it.",
        "status:pending",
        values=tuple(trait.value for trait in _STATUSES),
    ),
    Key(
        "is",
        ValueType.WORD,
        "Type or status, or that it gives money back.",
        "is:expense",
        values=tuple(trait.value for trait in Trait),
    ),
    Key(
        "has",
        ValueType.WORD,
        "What belongs to it.",
        "has:document",
        values=tuple(part.value for part in Part),
    ),
    Key(
        "note",
        ValueType.TEXT,
        "Words of the description.",
        'note:"bread and milk"',
        aliases=("description", "text"),
    ),
    Key("id", ValueType.ID, "One transaction.", "id:0190f3c2-0000-7000-8000-000000000000"),
    Key("import", ValueType.ID, "Everything of one import.", "import:0190f3c2-…"),
    Key("operation", ValueType.ID, "Everything that one act left.", "operation:0190f3c2-…"),
)
BY_NAME: Mapping[str, Key] = {name: key for key in KEYS for name in (key.name, *key.aliases)}
NAME_KEYS: Mapping[str, NameKey] = {key.value: key for key in NameKey}
# Words for the same thing that people also try.
WORDS_FOR: Mapping[str, str] = {
    "expenses": "expense",
    "spending": "expense",
    "opening": "opening-balance",
    "opening_balance": "opening-balance",
    "transfers": "transfer",
    "receipt": "document",
    "documents": "document",
    "split": "splits",
    "tag": "tags",
    "description": "note",
    "refunds": "refund",
}
