"""Rules ↔ Mongo documents."""

from collections.abc import Callable, Mapping
from dataclasses import Field, fields
from datetime import UTC
from enum import StrEnum
from typing import Any, TypeVar

from bson import decode, encode
from bson.codec_options import CodecOptions

from kit.money import Money
from kit.mongo import Document
from ledger.domain.entry import Status
from ledger.domain.rules.action import (
    Action,
    AddTag,
    RemoveTag,
    SetCategory,
    SetNote,
    SetPayee,
    SetStatus,
    SplitInto,
    TransferTo,
)
from ledger.domain.rules.condition import (
    AccountTest,
    AmountTest,
    CategoryTest,
    Condition,
    CurrencyTest,
    DateTest,
    DayOfMonthTest,
    DirectionTest,
    Match,
    StatusTest,
    TagTest,
    Test,
    TextField,
    TextTest,
    TransferTest,
    WeekdayTest,
)
from ledger.domain.rules.rule import Quantifier, Rule, RuleDraft
from ledger.domain.rules.sharing import Share

V = TypeVar("V")
_AWARE: CodecOptions[Document] = CodecOptions(tz_aware=True, tzinfo=UTC)
# The names under which tests and actions are stored; they stay, whatever the classes are called.
_TESTS: Mapping[str, type[Test]] = {
    "text": TextTest,
    "amount": AmountTest,
    "direction": DirectionTest,
    "account": AccountTest,
    "currency": CurrencyTest,
    "weekday": WeekdayTest,
    "day_of_month": DayOfMonthTest,
    "date": DateTest,
    "tag": TagTest,
    "status": StatusTest,
    "category": CategoryTest,
    "transfer": TransferTest,
}
_ACTIONS: Mapping[str, type[Action]] = {
    "set_category": SetCategory,
    "add_tag": AddTag,
    "remove_tag": RemoveTag,
    "set_payee": SetPayee,
    "set_note": SetNote,
    "split": SplitInto,
    "transfer": TransferTo,
    "set_status": SetStatus,
}
_TEST_NAMES = {test: name for name, test in _TESTS.items()}
_ACTION_NAMES = {action: name for name, action in _ACTIONS.items()}


def rule_document(rule: Rule) -> Document:
    draft = rule.draft
    return {
        "_id": rule.id,
        "user_id": rule.owner,
        "place": rule.place,
        "name": draft.name,
        "conditions": [_condition_document(condition) for condition in draft.conditions],
        "actions": [_document("do", _ACTION_NAMES, action) for action in draft.actions],
        "quantifier": draft.quantifier.value,
        "active": draft.active,
        "stop": draft.stop,
        "version": rule.version,
        "created_at": rule.created_at,
        "updated_at": rule.updated_at,
    }


def rule_of(row: Document) -> Rule:
    draft = RuleDraft(
        name=row["name"],
        conditions=tuple(
            Condition(_read(_TESTS[c["test"]], c), c["negated"]) for c in row["conditions"]
        ),
        actions=tuple(_read(_ACTIONS[action["do"]], action) for action in row["actions"]),
        quantifier=Quantifier(row["quantifier"]),
        active=row["active"],
        stop=row["stop"],
    )
    return Rule(
        id=row["_id"],
        owner=row["user_id"],
        draft=draft,
        place=row["place"],
        version=row["version"],
        created_at=row["created_at"],
        updated_at=row["updated_at"],
    )


def rule_bytes(rule: Rule) -> bytes:
    """A stored answer: the rule as it was answered."""
    return encode(rule_document(rule))


def rule_from(stored: bytes) -> Rule:
    return rule_of(decode(stored, codec_options=_AWARE))


def _condition_document(condition: Condition) -> Document:
    return {**_document("test", _TEST_NAMES, condition.test), "negated": condition.negated}


def _condition_of(row: Document) -> Condition:
    return Condition(_read(_TESTS[row["test"]], row), row["negated"])


def _document(kind: str, names: Mapping[type[V], str], value: V) -> Document:
    """A test or an action by its fields, with its name."""
    return {kind: names[type(value)], **_plain_fields(value)}


def _read(of: type[V], row: Document) -> V:
    values = {f.name: _READERS.get(f.name, _as_it_is)(row[f.name]) for f in _fields(of)}
    return of(**values)


def _plain(value: Any) -> Any:
    match value:
        case StrEnum():
            return value.value
        case Money(minor_units, currency):
            return {"amount": minor_units, "currency": currency}
        case frozenset():
            return sorted(value)
        case tuple() | list():
            return [_plain_fields(share) for share in value]
        case _:
            return value


def _plain_fields(value: Any) -> Document:
    return {f.name: _plain(getattr(value, f.name)) for f in _fields(type(value))}


def _money_of(row: Document | None) -> Money | None:
    return None if row is None else Money(row["amount"], row["currency"])


def _shares_of(rows: list[Document]) -> tuple[Share, ...]:
    return tuple(_read(Share, row) for row in rows)


def _as_it_is(value: Any) -> Any:
    return value


def _fields(of: type[Any]) -> tuple[Field[Any], ...]:
    return fields(of)


_READERS: Mapping[str, Callable[[Any], Any]] = {
    "field": TextField,
    "match": Match,
    "status": Status,
    "days": frozenset,
    "at_least": _money_of,
    "at_most": _money_of,
    "fixed": _money_of,
    "shares": _shares_of,
}
