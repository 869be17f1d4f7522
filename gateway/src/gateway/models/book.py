"""The book itself."""

from typing import Annotated, Literal, cast

from pydantic import Field, StringConstraints

from gateway.models.common import Answer, Body, CurrencyCode, Names
from pfa.ledger.v1 import book_pb2

WeekStart = Literal["monday", "saturday", "sunday"]
Role = Literal["owner", "editor", "viewer"]
WEEK_STARTS = Names(
    {
        book_pb2.WEEK_START_MONDAY: "monday",
        book_pb2.WEEK_START_SATURDAY: "saturday",
        book_pb2.WEEK_START_SUNDAY: "sunday",
    }
)
ROLES = Names(
    {
        book_pb2.ROLE_OWNER: "owner",
        book_pb2.ROLE_EDITOR: "editor",
        book_pb2.ROLE_VIEWER: "viewer",
    }
)
TimeZone = Annotated[
    str,
    StringConstraints(min_length=1, max_length=64),
    Field(description="Of the IANA time zone database.", examples=["Europe/Berlin"]),
]
Locale = Annotated[
    str,
    StringConstraints(min_length=2, max_length=35),
    Field(description="BCP 47.", examples=["de-AT"]),
]


class Book(Answer):
    """How a book is read, and what the caller may do in it."""

    id: str = Field(description="The owner's id; the value of the header `X-Book`.")
    time_zone: TimeZone
    base_currency: CurrencyCode
    locale: Locale
    week_start: WeekStart
    role: Role
    version: int

    @classmethod
    def of(cls, message: book_pb2.Book) -> "Book":
        return cls(
            id=message.id,
            time_zone=message.time_zone,
            base_currency=message.base_currency,
            locale=message.locale,
            week_start=cast("WeekStart", WEEK_STARTS.word(message.week_start)),
            role=cast("Role", ROLES.word(message.role)),
            version=message.version,
        )


class BookChange(Body):
    """What of a book's settings may change; what is absent stays."""

    time_zone: TimeZone | None = None
    base_currency: CurrencyCode | None = None
    locale: Locale | None = None
    week_start: WeekStart | None = None

    def request(self, *, version: int) -> book_pb2.UpdateBookRequest:
        return book_pb2.UpdateBookRequest(
            expected_version=version,
            time_zone=self.time_zone,
            base_currency=self.base_currency,
            locale=self.locale,
            week_start=WEEK_STARTS.number(self.week_start) if self.week_start else None,
        )
