"""What books add up to, over time and in a base currency."""

from collections.abc import Sequence
from typing import Annotated, Literal, cast

from pydantic import Field

from gateway.models.common import (
    Answer,
    CurrencyCode,
    DateText,
    DecimalText,
    Names,
    decimal_text,
    text_or_none,
)
from gateway.models.rates import AppliedRate
from gateway.models.reports import CurrencySummary
from kit.money import Money as Amount
from pfa.ledger.v1 import account_pb2, report_pb2

By = Literal["day", "week", "month", "quarter", "year"]
SIZES = Names(
    {
        report_pb2.BUCKET_SIZE_DAY: "day",
        report_pb2.BUCKET_SIZE_WEEK: "week",
        report_pb2.BUCKET_SIZE_MONTH: "month",
        report_pb2.BUCKET_SIZE_QUARTER: "quarter",
        report_pb2.BUCKET_SIZE_YEAR: "year",
    }
)
Comparison = Literal["previous_period", "last_year"]
COMPARISONS = Names(
    {
        report_pb2.COMPARISON_PREVIOUS_PERIOD: "previous_period",
        report_pb2.COMPARISON_LAST_YEAR: "last_year",
    }
)
Dimension = Literal["category", "payee", "tag"]
DIMENSIONS = Names(
    {
        report_pb2.DIMENSION_CATEGORY: "category",
        report_pb2.DIMENSION_PAYEE: "payee",
        report_pb2.DIMENSION_TAG: "tag",
    }
)
Kind = Literal["expense", "income"]
KINDS = Names(
    {
        account_pb2.CATEGORY_KIND_EXPENSE: "expense",
        account_pb2.CATEGORY_KIND_INCOME: "income",
    }
)
EntriesQuery = Annotated[
    str,
    Field(description="The search (`q` of /transactions) that lists the entries behind it."),
]
Unconverted = Annotated[
    list[CurrencyCode],
    Field(description="Currencies that no rate leads from, and that are in no converted figure."),
]
Rates = Annotated[
    list[AppliedRate], Field(description="Every rate that something was converted at.")
]


class Days(Answer):
    """From one day to another, both inclusive."""

    from_: DateText = Field(alias="from")
    to: DateText

    @classmethod
    def of(cls, message: report_pb2.Period) -> "Days":
        return cls.model_validate({"from": message.from_date, "to": message.to_date})


class ConvertedSummary(Answer):
    """Income against spending in the base currency."""

    currency: CurrencyCode
    income: DecimalText
    expense: DecimalText
    net: DecimalText
    unconverted: Unconverted


class Figures(Answer):
    """Exactly, in each currency, and converted where a base currency was asked for."""

    currencies: list[CurrencySummary]
    converted: ConvertedSummary | None

    @classmethod
    def of(cls, message: report_pb2.Figures) -> "Figures":
        told = message.converted
        return cls(
            currencies=[CurrencySummary.of(row) for row in message.currencies],
            converted=ConvertedSummary(
                currency=told.net.currency,
                income=decimal_text(told.income),
                expense=decimal_text(told.expense),
                net=decimal_text(told.net),
                unconverted=list(told.unconverted),
            )
            if message.HasField("converted")
            else None,
        )


class IncomeExpenseBucket(Answer):
    period: Days
    figures: Figures
    query: EntriesQuery


class IncomeExpense(Answer):
    period: Days
    buckets: list[IncomeExpenseBucket]
    total: Figures

    @classmethod
    def of(cls, message: report_pb2.IncomeExpense) -> "IncomeExpense":
        return cls(
            period=Days.of(message.period),
            buckets=[
                IncomeExpenseBucket(
                    period=Days.of(bucket.period),
                    figures=Figures.of(bucket.figures),
                    query=bucket.query,
                )
                for bucket in message.buckets
            ],
            total=Figures.of(message.total),
        )


class ComparedIncomeExpense(Answer):
    comparison: Comparison
    report: IncomeExpense


class IncomeExpenseReport(Answer):
    """Income against expense over time; the buckets add up to the total."""

    report: IncomeExpense
    compared: list[ComparedIncomeExpense]
    rates: Rates

    @classmethod
    def of(cls, message: report_pb2.GetIncomeExpenseResponse) -> "IncomeExpenseReport":
        return cls(
            report=IncomeExpense.of(message.report),
            compared=[
                ComparedIncomeExpense(
                    comparison=comparison(other.comparison), report=IncomeExpense.of(other.report)
                )
                for other in message.compared
            ],
            rates=rates(message.rates),
        )


class BreakdownLine(Answer):
    """One category, payee or tag."""

    id: str | None = Field(description="Null for entries without a payee.")
    name: str
    parent_id: str | None
    kind: Kind | None = Field(description="Of categories.")
    own: Figures
    total: Figures = Field(description="With what is below it.")
    query: EntriesQuery

    @classmethod
    def of(cls, message: report_pb2.BreakdownLine) -> "BreakdownLine":
        return cls(
            id=text_or_none(message.id),
            name=message.name,
            parent_id=text_or_none(message.parent_id),
            kind=cast("Kind", KINDS.word(message.kind)) if message.kind else None,
            own=Figures.of(message.own),
            total=Figures.of(message.total),
            query=message.query,
        )


class Breakdown(Answer):
    period: Days
    lines: list[BreakdownLine]
    rest: Figures = Field(description="The lines beyond the limit, together.")
    rest_count: int
    total: Figures

    @classmethod
    def of(cls, message: report_pb2.Breakdown) -> "Breakdown":
        return cls(
            period=Days.of(message.period),
            lines=[BreakdownLine.of(line) for line in message.lines],
            rest=Figures.of(message.rest),
            rest_count=message.rest_count,
            total=Figures.of(message.total),
        )


class ComparedBreakdown(Answer):
    comparison: Comparison
    report: Breakdown


class BreakdownReport(Answer):
    """Where it went and came from, the largest first. Lines and `rest` add up to the total, but for
    tags: an entry with two counts in both."""

    report: Breakdown
    compared: list[ComparedBreakdown]
    rates: Rates

    @classmethod
    def of(cls, message: report_pb2.GetBreakdownResponse) -> "BreakdownReport":
        return cls(
            report=Breakdown.of(message.report),
            compared=[
                ComparedBreakdown(
                    comparison=comparison(other.comparison), report=Breakdown.of(other.report)
                )
                for other in message.compared
            ],
            rates=rates(message.rates),
        )


def comparison(number: int) -> Comparison:
    return cast("Comparison", COMPARISONS.word(number))


def rates(messages: Sequence[report_pb2.AppliedRate]) -> list[AppliedRate]:
    return [AppliedRate.of(message) for message in messages]


def units(minor_units: int, currency: str) -> str:
    return Amount(minor_units, currency).decimal_text()
