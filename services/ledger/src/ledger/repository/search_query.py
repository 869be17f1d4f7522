"""A query of the domain → a query of MongoDB."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any as AnyValue

from bson.decimal128 import Decimal128

from kit.mongo import Document
from ledger.domain import search
from ledger.domain.entry import EntryKind, Status
from ledger.domain.payee import payee_id
from ledger.domain.search.ast import How, Part, Trait, Where
from ledger.domain.search.query import (
    All,
    Any,
    Dated,
    Except,
    HasWords,
    InCurrency,
    MinorUnits,
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
from ledger.repository.search_lanes import Vocabulary

_NEVER: Document = {"_id": {"$in": []}}
_TRAITS: Mapping[Trait, Document] = {
    Trait.EXPENSE: {"kind": EntryKind.STANDARD.value, "amount": {"$lt": 0}},
    Trait.INCOME: {"marks": "income"},
    Trait.TRANSFER: {"marks": EntryKind.TRANSFER.value},
    Trait.STANDARD: {"kind": EntryKind.STANDARD.value},
    Trait.OPENING_BALANCE: {"marks": EntryKind.OPENING_BALANCE.value},
    Trait.PENDING: {"marks": Status.PENDING.value},
    Trait.CLEARED: {"status": Status.CLEARED.value},
    Trait.RECONCILED: {"marks": Status.RECONCILED.value},
    Trait.REFUND: {"marks": "refund"},
}
_PARTS: Mapping[Part, Document] = {
    Part.DOCUMENT: {"marks": "document"},
    Part.SPLITS: {"marks": "splits"},
    Part.TAGS: {"marks": "tags"},
    Part.NOTE: {"description": {"$gt": ""}},
    Part.PAYEE: {"payee": {"$gt": ""}},
    Part.REFERENCE: {"marks": "reference"},
    Part.IMPORT: {"marks": "import"},
    Part.REFUND: {"marks": "refund"},
}


def matching(owner: str, query: search.Query, vocabulary: Vocabulary) -> Document:
    """The entries in force of one book that the query means."""
    clauses = _flat(query, vocabulary)
    found: Document = {"user_id": owner, "live": True}
    return {**found, "$and": clauses} if clauses else found


def walking(found: Document, field: str, values: Collection[str]) -> Document:
    """The same query, of which one clause alone can be looked up in the index of the field: of
    several words MongoDB walks any, be it the most frequent."""
    clauses: list[Document] = []
    walked = False
    for clause in found.get("$and", ()):
        if not walked and _values(clause.get(field)) == values:
            walked = True
            clauses.append(clause)
        else:
            clauses.append(_off_index(clause, field))
    return {**found, "$and": clauses} if clauses else found


def _values(value: AnyValue) -> Collection[str]:
    match value:
        case str():
            return {value}
        case {"$in": values}:
            return set(values)
        case _:
            return set()


def _off_index(clause: Document, field: str) -> Document:
    """The clause with other words for what it asks of the field."""
    told: Document = {}
    for key, value in clause.items():
        if key in ("$and", "$or", "$nor"):
            told[key] = [_off_index(part, field) for part in value]
        elif key == field:
            told |= _without_index(field, value)
        else:
            told[key] = value
    return told


def _without_index(field: str, value: AnyValue) -> Document:
    match value:
        case {"$regex": str(pattern)}:
            return {"folded": {"$regex": f" {pattern.removeprefix('^')}"}}
        case {"$all": values}:
            return {"$expr": {"$setIsSubset": [list(values), f"${field}"]}}
        case _ if field == "payee_id":
            return {"$expr": {"$in": ["$payee_id", sorted(_values(value))]}}
        case _:
            shared = {"$setIntersection": [sorted(_values(value)), f"${field}"]}
            return {"$expr": {"$ne": [shared, []]}}


def prefixes_of(query: search.Query) -> Sequence[str]:
    """The beginnings of words that the query walks the index of words by, each once."""
    found: list[str] = []
    match query:
        case HasWords(_, How.PREFIX, words):
            found = [words[-1]]
        case All(parts) | Any(parts):
            found = [prefix for part in parts for prefix in prefixes_of(part)]
        case _:
            # What is excluded walks no index.
            pass
    return tuple(dict.fromkeys(found))


def _flat(query: search.Query, vocabulary: Vocabulary) -> list[Document]:
    """The clauses that must all hold."""
    match query:
        case All(parts):
            return [clause for part in parts for clause in _flat(part, vocabulary)]
        case Any(parts):
            return _either([_flat(part, vocabulary) for part in parts])
        case Except(part):
            clauses = _flat(part, vocabulary)
            return [{"$nor": [_both(clauses)]} if clauses else _NEVER]
        case HasWords(where, how, words):
            return _words(where, how, words, vocabulary)
        case Sized() | MinorUnits() | Dated():
            return _bounds(query)
        case OfStatus(is_reconciled, account_ids):
            return [_status(account_ids, is_reconciled=is_reconciled)]
        case InCurrency(currency, account_ids):
            # An account has one currency, and an index in the order of dates.
            return [{"currency": currency, **_posted(account_ids)}]
        case _:
            return [_fact(query)]


def _fact(query: search.Query) -> Document:
    """What is simply so or not."""
    match query:
        case PostedTo(ids):
            return _posted(ids)
        case Tagged(tag):
            return {"marks": tag_mark(tag)}
        case OfKind(EntryKind.STANDARD):
            return {"kind": EntryKind.STANDARD.value}
        case OfKind(kind):
            return {"marks": kind.value}
        case OfTrait(trait):
            return _TRAITS[trait]
        case WithPart(part):
            return _PARTS[part]
        case OfTransaction(id_):
            return {"transaction_id": id_}
        case OfImport(id_):
            return {"marks": import_mark(id_)}
        case OfOperation(id_):
            return {"operation_id": id_}
    raise TypeError(query)


def _posted(ids: Sequence[str]) -> Document:
    return {"postings.account_id": ids[0] if len(ids) == 1 else {"$in": list(ids)}}


def _status(account_ids: Sequence[str], *, is_reconciled: bool) -> Document:
    confirmed = {"$elemMatch": {"account_id": {"$in": list(account_ids)}, "reconciled": True}}
    if is_reconciled:
        return {"marks": Status.RECONCILED.value, "postings": confirmed}
    elsewhere = {"status": Status.RECONCILED.value, "postings": {"$not": confirmed}}
    return {"$or": [{"status": Status.CLEARED.value}, elsewhere]}


def _words(where: Where, how: How, words: Sequence[str], vocabulary: Vocabulary) -> list[Document]:
    """Whole words walk their index in the order of dates; a beginning stands for the words of the
    book that begin so."""
    if where is Where.PAYEE and how is How.EXACT:
        whole: list[Document] = [{"payee_id": payee_id(" ".join(words))}]
        return [{"words": {"$all": list(dict.fromkeys(words))}}, *whole]
    *whole_words, last = words
    clauses: list[Document] = [{"words": word} for word in dict.fromkeys(whole_words)]
    clauses.append(_begun(last, vocabulary) if how is How.PREFIX else {"words": last})
    if where is not Where.ANYWHERE or len(words) > 1:
        clauses.append({"folded": {"$regex": _pattern(where, how, words)}})
    return clauses


def _begun(word: str, vocabulary: Vocabulary) -> Document:
    known = vocabulary.get(word)
    if known is None:
        # An anchored expression without options walks its index; `re.compile` would add `u`.
        return {"words": {"$regex": f"^{word}"}}
    return {"words": known[0] if len(known) == 1 else {"$in": list(known)}}


def _pattern(where: Where, how: How, words: Sequence[str]) -> str:
    """Folded words are letters and digits, and need no escape."""
    row = f" {' '.join(words)}" + ("" if how is How.PREFIX else " ")
    match where, how:
        case Where.NOTE, How.EXACT:
            return rf"\|{row}$"
        case Where.NOTE, _:
            return rf"\|.*{row}"
        case Where.PAYEE, _:
            return rf"^[^|]*{row}"
        case _:
            return row


def _bounds(query: Sized | MinorUnits | Dated) -> list[Document]:
    match query:
        case Sized(least, most, closed):
            low, high = ("$gte", "$lte") if closed else ("$gt", "$lt")
            bounds: dict[str, AnyValue] = {}
            if least is not None:
                bounds[low] = Decimal128(least)
            if most is not None:
                bounds[high] = Decimal128(most)
            return [{"size": bounds}]
        case MinorUnits(least_units, most_units):
            clauses: list[Document] = []
            if least_units is not None and least_units > 0:
                either = [{"amount": {"$gte": least_units}}, {"amount": {"$lte": -least_units}}]
                clauses.append({"$or": either})
            if most_units is not None:
                clauses.append({"amount": {"$gte": -most_units, "$lte": most_units}})
            return clauses
        case Dated(first, last):
            dates = {"$gte": first, "$lte": last}
            return [{"date": {op: day for op, day in dates.items() if day}}]


def _either(alternatives: Sequence[list[Document]]) -> list[Document]:
    if not alternatives:
        return [_NEVER]
    if not all(alternatives):
        # One of them asks for everything.
        return []
    return [{"$or": [_both(clauses) for clauses in alternatives]}]


def _both(clauses: Sequence[Document]) -> Document:
    return clauses[0] if len(clauses) == 1 else {"$and": list(clauses)}
