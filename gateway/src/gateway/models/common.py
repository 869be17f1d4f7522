"""Shapes that all nouns share."""

from collections.abc import Mapping
from datetime import UTC, date, datetime
from typing import Annotated, Any, Generic, TypeVar

from google.protobuf.timestamp_pb2 import Timestamp
from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Field,
    StringConstraints,
    WithJsonSchema,
)

from kit.ids import is_id
from kit.money import Money as Amount
from pfa.common.v1.money_pb2 import Money as MoneyMessage

T = TypeVar("T")
PAGE_DEFAULT = 50
PAGE_MAX = 500
# The most that a number of rows, lines or versions may be: what its field in the messages holds.
COUNT_MAX = 2**31 - 1


class Body(BaseModel):
    """What a client sends: an unknown field is an error, for it may be a misspelt one."""

    # Strict: `true` is no integer, and neither is "1" or 1.0.
    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)


class Answer(BaseModel):
    """What a client gets; fields may be added, not taken away."""

    model_config = ConfigDict(frozen=True, json_schema_serialization_defaults_required=True)


def _calendar_date(text: str) -> str:
    date.fromisoformat(text)
    return text


def _id(text: str) -> str:
    if not is_id(text):
        raise ValueError("is no id of ours")
    return text


# An amount is text: a JSON number would pass through a float on its way, in some client or another.
AmountText = Annotated[
    str,
    StringConstraints(pattern=r"^[+-]?[0-9]{1,16}(\.[0-9]{1,8})?$"),
    Field(description="A plain decimal as text, never a number.", examples=["-12.34"]),
]
DecimalText = Annotated[str, Field(description="A plain decimal as text.", examples=["-12.34"])]
DateText = Annotated[
    str,
    StringConstraints(pattern=r"^[0-9]{4}-[0-9]{2}-[0-9]{2}$"),
    AfterValidator(_calendar_date),
    WithJsonSchema({"type": "string", "format": "date", "examples": ["2026-11-22"]}),
]
IdText = Annotated[str, AfterValidator(_id), WithJsonSchema({"type": "string", "format": "uuid"})]
CurrencyCode = Annotated[
    str,
    StringConstraints(pattern=r"^[A-Z]{3}$"),
    Field(description="ISO 4217 alphabetic code.", examples=["EUR"]),
]


class Money(Answer):
    """An exact amount with its currency."""

    amount: DecimalText
    currency: CurrencyCode


class ItemList(Answer, Generic[T]):
    """A page of a list."""

    items: list[T]
    next_cursor: str | None = Field(
        default=None, description="Pass it as `cursor` for the next page; null on the last."
    )


def money(message: MoneyMessage) -> Money:
    return Money(amount=decimal_text(message), currency=message.currency)


def decimal_text(message: MoneyMessage) -> str:
    return Amount(message.minor_units, message.currency).decimal_text()


def money_message(text: str, currency: str) -> MoneyMessage:
    """Exact. Raises kit.money.InvalidAmount, UnknownCurrency."""
    amount = Amount.parse(text, currency)
    return MoneyMessage(minor_units=amount.minor_units, currency=amount.currency)


def instant(message: Timestamp) -> datetime:
    return message.ToDatetime(tzinfo=UTC)


def text_or_none(text: str) -> str | None:
    """Messages say "none" by an empty text, JSON by null."""
    return text or None


class Names:
    """An enum of the messages and its words in JSON."""

    def __init__(self, words: Mapping[int, str]) -> None:
        self._words = dict(words)
        self._numbers = {word: number for number, word in words.items()}

    def word(self, number: int) -> str:
        return self._words[number]

    def number(self, word: str | None) -> Any:
        """Its number; 0, unspecified, for no word. (Enums have types that only checkers know.)"""
        return self._numbers[word] if word else 0
