"""The search language as data, what a search comes to, and searches that are kept."""

from datetime import datetime
from typing import Annotated, Literal, Self, cast

from pydantic import Field, StringConstraints, model_validator

from gateway.models.common import Answer, Body, CurrencyCode, DecimalText, Names, instant
from gateway.models.common import decimal_text as decimal
from pfa.ledger.v1 import search_pb2

QUERY_LENGTH = 500
QueryText = Annotated[
    str,
    StringConstraints(max_length=QUERY_LENGTH),
    Field(examples=['coffee amount>4 category:food -tag:work from:2026-01 account:"Main card"']),
]
SearchName = Annotated[str, StringConstraints(min_length=1, max_length=100, strip_whitespace=True)]
ValueType = Literal[
    "text",
    "payee",
    "account",
    "category",
    "tag",
    "currency",
    "amount",
    "date",
    "month",
    "year",
    "word",
    "id",
]
KINDS = Names(
    {
        search_pb2.SUGGESTION_KIND_KEY: "key",
        search_pb2.SUGGESTION_KIND_VALUE: "value",
        search_pb2.SUGGESTION_KIND_WORD: "word",
    }
)


class SearchKey(Answer):
    """One key of the language: `category:food`."""

    name: str
    aliases: list[str]
    type: ValueType = Field(
        description="The book knows the values of account, category, tag, currency and payee."
    )
    operators: list[str]
    values: list[str] = Field(
        description="All that it takes where the type is word; else words that it takes, too."
    )
    about: str
    example: str


class SearchLanguage(Answer):
    """What `q` of the transactions may say.

    Words and "quoted phrases" are looked for in payee and description. Terms beside one another
    must all hold; there are OR, a minus before what must not hold, and parentheses.
    """

    keys: list[SearchKey]
    max_length: int = Field(description="In characters.")
    max_terms: int
    max_depth: int = Field(description="Of parentheses within one another.")

    @classmethod
    def of(cls, message: search_pb2.GetSearchLanguageResponse) -> "SearchLanguage":
        return cls(
            keys=[
                SearchKey(
                    name=key.name,
                    aliases=list(key.aliases),
                    type=cast("ValueType", key.type),
                    operators=list(key.operators),
                    values=list(key.values),
                    about=key.about,
                    example=key.example,
                )
                for key in message.keys
            ],
            max_length=message.max_length,
            max_terms=message.max_terms,
            max_depth=message.max_depth,
        )


class SearchSuggestion(Answer):
    """Put `text` in the place of `length` characters from `column` on."""

    kind: Literal["key", "value", "word"]
    text: str
    label: str
    column: int = Field(description="Counted from 1, in Unicode code points.")
    length: int
    about: str

    @classmethod
    def of(cls, message: search_pb2.SearchSuggestion) -> "SearchSuggestion":
        return cls(
            kind=cast("Literal['key', 'value', 'word']", KINDS.word(message.kind)),
            text=message.text,
            label=message.label,
            column=message.column,
            length=message.length,
            about=message.about,
        )


class SearchSuggestions(Answer):
    """What could stand where the cursor is, the likeliest first."""

    items: list[SearchSuggestion]


class CurrencyTotal(Answer):
    """What was found in one currency; transfers and opening balances are counted, but neither come
    in nor go out."""

    currency: CurrencyCode
    amount_in: DecimalText
    amount_out: DecimalText = Field(description="Positive.")
    net: DecimalText
    count: int

    @classmethod
    def of(cls, message: search_pb2.CurrencyTotal) -> "CurrencyTotal":
        return cls(
            currency=message.net.currency,
            amount_in=decimal(message.money_in),
            amount_out=decimal(message.money_out),
            net=decimal(message.net),
            count=message.count,
        )


class TransactionTotals(Answer):
    """What a whole list comes to."""

    count: int
    currencies: list[CurrencyTotal]
    seq: int = Field(description="The book's latest entry when this was added up.")

    @classmethod
    def of(cls, message: search_pb2.TotalTransactionsResponse) -> "TransactionTotals":
        return cls(
            count=message.count,
            currencies=[CurrencyTotal.of(total) for total in message.currencies],
            seq=message.seq,
        )


class SavedSearch(Answer):
    """A search that a person keeps; relative days in it stay relative."""

    id: str
    name: str
    query: str
    position: int = Field(description="From 0, without a gap.")
    version: int
    created_at: datetime
    updated_at: datetime

    @classmethod
    def of(cls, message: search_pb2.SavedSearch) -> "SavedSearch":
        return cls(
            id=message.id,
            name=message.name,
            query=message.query,
            position=message.position,
            version=message.version,
            created_at=instant(message.created_at),
            updated_at=instant(message.updated_at),
        )


class NewSavedSearch(Body):
    """A search to keep, at the end of the list."""

    name: SearchName
    query: Annotated[QueryText, StringConstraints(min_length=1)]

    def request(self, *, key: str) -> search_pb2.CreateSavedSearchRequest:
        return search_pb2.CreateSavedSearchRequest(
            idempotency_key=key, name=self.name, query=self.query
        )


class SavedSearchChange(Body):
    """What of a saved search shall change; what is absent stays."""

    name: SearchName | None = None
    query: Annotated[QueryText, StringConstraints(min_length=1)] | None = None
    position: Annotated[int, Field(ge=0, le=1000)] | None = None

    @model_validator(mode="after")
    def _says_something(self) -> Self:
        for name in self.model_fields_set:
            if getattr(self, name) is None:
                raise ValueError(f"{name} cannot be null")
        return self

    def request(self, id_: str, *, version: int) -> search_pb2.UpdateSavedSearchRequest:
        return search_pb2.UpdateSavedSearchRequest(
            id=id_,
            expected_version=version,
            name=self.name,
            query=self.query,
            position=self.position,
        )
