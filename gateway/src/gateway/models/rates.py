"""Rates of exchange."""

from typing import Annotated, Literal, cast

from pydantic import Field, StringConstraints

from gateway.models.common import (
    Answer,
    Body,
    CurrencyCode,
    DateText,
    Names,
    money,
)
from gateway.models.common import Money as MoneyAnswer
from pfa.ledger.v1 import rate_pb2, report_pb2

RateSource = Literal["ecb", "file", "manual"]
SOURCES = Names(
    {
        rate_pb2.RATE_SOURCE_ECB: "ecb",
        rate_pb2.RATE_SOURCE_FILE: "file",
        rate_pb2.RATE_SOURCE_MANUAL: "manual",
    }
)
RateText = Annotated[
    str,
    Field(description="A plain decimal as text, never a number.", examples=["1.0872"]),
]


class Rate(Answer):
    """One unit of `base` is worth `rate` of `quote`."""

    date: DateText
    base: CurrencyCode
    quote: CurrencyCode
    rate: RateText
    source: RateSource

    @classmethod
    def of(cls, message: rate_pb2.Rate) -> "Rate":
        return cls(
            date=message.date,
            base=message.base,
            quote=message.quote,
            rate=message.rate,
            source=cast("RateSource", SOURCES.word(message.source)),
        )


class NewRate(Body):
    """What one unit of the first currency is worth in the second."""

    rate: Annotated[
        str,
        StringConstraints(pattern=r"^[0-9]{1,12}(\.[0-9]{1,12})?$"),
        Field(description="A plain decimal as text, never a number.", examples=["1.0872"]),
    ]


class AppliedRate(Answer):
    """The rate that counts on a day: of the day itself or the latest before it."""

    from_: CurrencyCode = Field(alias="from")
    to: CurrencyCode
    on: DateText
    date: DateText = Field(description="The day of the rate, or of the oldest in a chain.")
    rate: RateText
    source: RateSource | None = Field(description="Null between a currency and itself.")
    days_old: int
    stale: bool = Field(description="More than seven days old.")

    @classmethod
    def of(cls, message: report_pb2.AppliedRate) -> "AppliedRate":
        return cls.model_validate(
            {
                "from": message.from_currency,
                "to": message.to_currency,
                "on": message.on,
                "date": message.date,
                "rate": message.rate,
                "source": message.source or None,
                "days_old": message.days_old,
                "stale": message.stale,
            }
        )


class Conversion(Answer):
    """A rate, what it was made of, and what an amount comes to at it."""

    applied: AppliedRate
    legs: list[Rate] = Field(description="The rates of the chain, each as it was said.")
    converted: MoneyAnswer | None = Field(description="Rounded once, half to even.")

    @classmethod
    def of(cls, message: rate_pb2.GetRateResponse) -> "Conversion":
        return cls(
            applied=AppliedRate.of(message.applied),
            legs=[Rate.of(leg) for leg in message.legs],
            converted=money(message.converted) if message.HasField("converted") else None,
        )


class RatesImported(Answer):
    """What a file of rates held."""

    days: int
    rates: int
    first_date: DateText
    last_date: DateText
    passed_over: list[str] = Field(description="Codes of currencies that are no more.")

    @classmethod
    def of(cls, message: rate_pb2.ImportRatesResponse) -> "RatesImported":
        return cls(
            days=message.days,
            rates=message.rates,
            first_date=message.first_date,
            last_date=message.last_date,
            passed_over=list(message.passed_over),
        )
