"""Which stretches of an index hold all that a search finds."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from ledger.domain.entry import EntryKind, Status
from ledger.domain.payee import payee_id
from ledger.domain.search import Order, Query
from ledger.domain.search.ast import How, Part, Trait, Where
from ledger.domain.search.query import (
    All,
    Any,
    Dated,
    Except,
    HasWords,
    InCurrency,
    OfImport,
    OfKind,
    OfOperation,
    OfStatus,
    OfTrait,
    OfTransaction,
    PostedTo,
    Sized,
    Tagged,
    WithPart,
)
from ledger.repository.search_fields import import_mark, tag_mark

Vocabulary = Mapping[str, Sequence[str]]
"""The words of the book that a beginning stands for; one that stands for too many is missing."""

BY_DATE, BY_SIZE, WITH_NOTE = "in_force_by_date", "in_force_by_size", "in_force_with_note"
_MARKED_TRAITS: Mapping[Trait, str] = {
    Trait.INCOME: "income",
    Trait.TRANSFER: EntryKind.TRANSFER.value,
    Trait.OPENING_BALANCE: EntryKind.OPENING_BALANCE.value,
    Trait.PENDING: Status.PENDING.value,
    Trait.RECONCILED: Status.RECONCILED.value,
    Trait.REFUND: "refund",
}
# The complement of a common trait, as the few traits that have marks.
_REST: Mapping[Trait, Sequence[Trait]] = {
    Trait.EXPENSE: (Trait.INCOME, Trait.TRANSFER, Trait.OPENING_BALANCE),
    Trait.STANDARD: (Trait.TRANSFER, Trait.OPENING_BALANCE),
    Trait.CLEARED: (Trait.PENDING, Trait.RECONCILED),
}
_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Lane:
    """The entries in force that one index has under a value, or all of a partial one, by date."""

    index: str
    field: str = ""
    value: str = ""


@dataclass(frozen=True, slots=True)
class Days:
    """The days that a search is about, both included; an empty one is open."""

    first: str = ""
    last: str = ""


def simplified(query: Query) -> Query:
    """The same search, with exclusions turned into what is left where an index knows that."""
    match query:
        case All(parts):
            flat = [simplified(part) for part in parts]
            return All(
                tuple(p for part in flat for p in (part.parts if isinstance(part, All) else [part]))
            )
        case Any(parts):
            return Any(tuple(simplified(part) for part in parts))
        case Except(OfKind(EntryKind.STANDARD)):
            return simplified(Except(OfTrait(Trait.STANDARD)))
        case Except(OfTrait(trait)) if trait in _REST:
            return Any(tuple(OfTrait(other) for other in _REST[trait]))
        case Except(Dated("", last)) if last and last < date.max.isoformat():
            return Dated(first=(date.fromisoformat(last) + _DAY).isoformat())
        case Except(Dated(first, "")) if first > date.min.isoformat():
            return Dated(last=(date.fromisoformat(first) - _DAY).isoformat())
        case Except(Except(part)):
            return simplified(part)
        case Except(part):
            return Except(simplified(part))
        case _:
            return query


def days_of(query: Query) -> Days:
    """The days that a simplified search is bounded by."""
    first, last = "", ""
    for part in _parts(query):
        if isinstance(part, Dated):
            first = max(first, part.first)
            last = min(last, part.last) if last and part.last else last or part.last
    return Days(first, last)


def sizes_of(query: Query) -> Sized:
    """The amounts that a simplified search is bounded by, with the bounds themselves."""
    sized = [part for part in _parts(query) if isinstance(part, Sized)]
    least = max((part.least for part in sized if part.least is not None), default=None)
    most = min((part.most for part in sized if part.most is not None), default=None)
    return Sized(least, most)


def is_walk(query: Query, order: Order, vocabulary: Vocabulary) -> bool:
    """Whether the entries of an index are nearly all found, in the order of the list, so that a
    page costs a page."""
    if order.by_size:
        return all(isinstance(part, Sized) for part in _parts(query))
    told = [part for part in _parts(query) if not isinstance(part, Dated)]
    return not told or (len(told) == 1 and _is_lane(told[0], vocabulary))


def lanes_of(query: Query, vocabulary: Vocabulary) -> Iterator[Sequence[Lane]]:
    """For each part that one index knows, the lanes that together hold all that it finds."""
    for part in _parts(query):
        match part:
            case HasWords():
                yield from _lanes_of_words(part, vocabulary)
            case PostedTo(ids) | InCurrency(_, ids):
                yield [Lane("in_force_by_account", "postings.account_id", id_) for id_ in ids]
            case OfStatus(is_reconciled=True):
                yield [Lane("in_force_by_mark", "marks", Status.RECONCILED.value)]
            case WithPart(Part.NOTE):
                yield [Lane(WITH_NOTE)]
            case _:
                if mark := _mark(part):
                    yield [Lane("in_force_by_mark", "marks", mark)]


def _lanes_of_words(part: HasWords, vocabulary: Vocabulary) -> Iterator[Sequence[Lane]]:
    if part.where is Where.PAYEE and part.how is How.EXACT:
        yield [Lane("in_force_by_payee", "payee_id", payee_id(" ".join(part.words)))]
        return
    *whole, last = part.words
    yield from ([_word(word)] for word in whole)
    if part.how is not How.PREFIX:
        yield [_word(last)]
    elif (known := vocabulary.get(last)) is not None:
        yield [_word(word) for word in known]


def _parts(query: Query) -> Sequence[Query]:
    return query.parts if isinstance(query, All) else (query,)


def _is_lane(part: Query, vocabulary: Vocabulary) -> bool:
    """Whether an index holds nearly nothing but what the part finds."""
    match part:
        case HasWords(Where.PAYEE, How.EXACT, _):
            return True
        case HasWords(Where.ANYWHERE, how, (word,)):
            return how is not How.PREFIX or word in vocabulary
        case Any(parts):
            return all(_is_lane(each, vocabulary) for each in parts)
        case PostedTo() | InCurrency() | WithPart(Part.NOTE) | OfTransaction() | OfOperation():
            return True
        case _:
            return bool(_mark(part))


def _word(word: str) -> Lane:
    return Lane("in_force_by_word", "words", word)


def _mark(part: Query) -> str:
    """The mark that exactly these entries have; empty for what has none."""
    match part:
        case Tagged(tag):
            return tag_mark(tag)
        case OfKind(kind):
            return "" if kind is EntryKind.STANDARD else kind.value
        case OfTrait(trait):
            return _MARKED_TRAITS.get(trait, "")
        case WithPart(part_):
            return "" if part_ in (Part.NOTE, Part.PAYEE) else part_.value
        case OfImport(id_):
            return import_mark(id_)
        case _:
            return ""
