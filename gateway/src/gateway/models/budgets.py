"""Budgets: what is planned, and how it goes."""

from datetime import datetime
from typing import Annotated, Literal, cast

from pydantic import Field, StringConstraints

from gateway.models.common import (
    AmountText,
    Answer,
    Body,
    CurrencyCode,
    DateText,
    DecimalText,
    IdText,
    Money,
    Names,
    decimal_text,
    instant,
    money,
    money_message,
    text_or_none,
)
from pfa.ledger.v1 import budget_pb2 as pb

ScopeKind = Literal["category", "tag", "account"]
SCOPES = Names(
    {
        pb.BUDGET_SCOPE_CATEGORY: "category",
        pb.BUDGET_SCOPE_TAG: "tag",
        pb.BUDGET_SCOPE_ACCOUNT: "account",
    }
)
Every = Literal["week", "month", "quarter", "year", "span"]
EVERY = Names(
    {
        pb.BUDGET_EVERY_WEEK: "week",
        pb.BUDGET_EVERY_MONTH: "month",
        pb.BUDGET_EVERY_QUARTER: "quarter",
        pb.BUDGET_EVERY_YEAR: "year",
        pb.BUDGET_EVERY_SPAN: "span",
    }
)
Rollover = Literal["none", "unspent", "all"]
ROLLOVERS = Names(
    {
        pb.BUDGET_ROLLOVER_NONE: "none",
        pb.BUDGET_ROLLOVER_UNSPENT: "unspent",
        pb.BUDGET_ROLLOVER_ALL: "all",
    }
)
Name = Annotated[str, StringConstraints(min_length=1, max_length=100, strip_whitespace=True)]
Thresholds = Annotated[
    list[Annotated[int, Field(ge=1, le=1000)]],
    Field(max_length=5, description="Percents of what is available at which to say so."),
]
CalendarDate = Annotated[str, Field(json_schema_extra={"format": "date"})]
RolloverField = Annotated[
    Rollover,
    Field(
        description="What of the period before comes on top once that has ended: nothing, what was "
        "left, or also what was overspent, which is taken off."
    ),
]


class Scope(Body):
    """What a budget counts: a category with all below it, a tag, or what an account spends."""

    kind: ScopeKind
    id: Annotated[str, StringConstraints(min_length=1, max_length=50, strip_whitespace=True)] = (
        Field(description="Of the category or account, or the tag itself.")
    )


class BudgetTerm(Answer):
    """What is planned from the period that begins on `since` until the next term."""

    since: CalendarDate
    amount: DecimalText
    rollover: Rollover


class BudgetMove(Answer):
    """What one period got from another budget, or, negative, gave to it."""

    period_from: CalendarDate
    amount: DecimalText
    other_budget_id: str


class Budget(Answer):
    """A budget and its history."""

    id: str
    name: str
    scope: Scope
    every: Every
    currency: CurrencyCode
    starts_on: CalendarDate = Field(description="The first day of its first period.")
    ends_on: CalendarDate | None = Field(description="The period that holds it is the last.")
    terms: list[BudgetTerm] = Field(description="What was planned since when, oldest first.")
    moves: list[BudgetMove]
    thresholds: list[int]
    version: int
    created_at: datetime
    updated_at: datetime

    @classmethod
    def of(cls, message: pb.Budget) -> "Budget":
        return cls(
            id=message.id,
            name=message.name,
            scope=Scope(kind=cast("ScopeKind", SCOPES.word(message.scope)), id=message.scope_id),
            every=cast("Every", EVERY.word(message.every)),
            currency=message.currency,
            starts_on=message.starts_on,
            ends_on=text_or_none(message.ends_on),
            terms=[
                BudgetTerm(
                    since=term.since,
                    amount=decimal_text(term.amount),
                    rollover=cast("Rollover", ROLLOVERS.word(term.rollover)),
                )
                for term in message.terms
            ],
            moves=[
                BudgetMove(
                    period_from=move.period_from,
                    amount=decimal_text(move.amount),
                    other_budget_id=move.other_budget_id,
                )
                for move in message.moves
            ],
            thresholds=list(message.thresholds),
            version=message.version,
            created_at=instant(message.created_at),
            updated_at=instant(message.updated_at),
        )


class NewBudget(Body):
    """A budget to make."""

    name: Name
    scope: Scope
    every: Every = "month"
    amount: AmountText
    currency: CurrencyCode
    rollover: RolloverField = "none"
    starts_on: DateText | None = Field(
        default=None, description="Moved back to where its period begins; absent for today."
    )
    ends_on: DateText | None = None
    thresholds: Thresholds | None = Field(default=None, description="80 and 100 when absent.")

    def request(self, *, key: str) -> pb.CreateBudgetRequest:
        return pb.CreateBudgetRequest(
            idempotency_key=key,
            name=self.name,
            scope=SCOPES.number(self.scope.kind),
            scope_id=self.scope.id,
            every=EVERY.number(self.every),
            amount=money_message(self.amount, self.currency),
            rollover=ROLLOVERS.number(self.rollover),
            starts_on=self.starts_on or "",
            ends_on=self.ends_on or "",
            thresholds=self.thresholds or [],
        )


class BudgetChange(Body):
    """What shall be otherwise; what is absent stays. Earlier periods keep their amounts."""

    name: Name | None = None
    amount: AmountText | None = None
    rollover: Rollover | None = None
    since: DateText | None = Field(
        default=None,
        description="Its period is the first with the new amount or rollover; absent for today.",
    )
    ends_on: DateText | None = Field(default=None, description="null takes the end away.")
    thresholds: Thresholds | None = None

    def request(self, *, budget_id: str, version: int, currency: str) -> pb.UpdateBudgetRequest:
        request = pb.UpdateBudgetRequest(
            id=budget_id,
            expected_version=version,
            name=self.name,
            rollover=ROLLOVERS.number(self.rollover),
            since=self.since or "",
        )
        if self.amount is not None:
            request.amount.CopyFrom(money_message(self.amount, currency))
        if "ends_on" in self.model_fields_set:
            request.ends_on = self.ends_on or ""
        if self.thresholds is not None:
            request.thresholds.CopyFrom(pb.Thresholds(percents=self.thresholds))
        return request


class BudgetPace(Answer):
    """How a budget stands in one period. Percents are rounded down."""

    budget_id: str
    from_: CalendarDate = Field(alias="from")
    to: CalendarDate
    currency: CurrencyCode
    planned: DecimalText
    carried: DecimalText = Field(description="From the period before; negative if overspent.")
    available: DecimalText = Field(description="Planned and carried.")
    spent: DecimalText = Field(description="Net of refunds.")
    left: DecimalText
    spent_percent: int | None = Field(description="null where there is nothing to spend of.")
    days: int
    elapsed_days: int
    elapsed_percent: int
    expected: DecimalText = Field(description="What would be spent by now at an even pace.")
    projected: DecimalText | None = Field(
        description="What it comes to at the pace until now; null before it has begun."
    )
    left_per_day: DecimalText = Field(description="For each day that is left, today among them.")
    reached: list[int] = Field(description="The thresholds that spending has come to.")
    exceeded: bool
    uncounted: list[Money] = Field(
        description="Spending of the same kind in other currencies, which it does not count."
    )

    @classmethod
    def of(cls, message: pb.BudgetPace) -> "BudgetPace":
        has_percent = message.HasField("spent_percent")
        has_projected = message.HasField("projected")
        return cls.model_validate(
            {
                "budget_id": message.budget_id,
                "from": message.period.from_date,
                "to": message.period.to_date,
                "currency": message.planned.currency,
                "planned": decimal_text(message.planned),
                "carried": decimal_text(message.carried),
                "available": decimal_text(message.available),
                "spent": decimal_text(message.spent),
                "left": decimal_text(message.left),
                "spent_percent": message.spent_percent if has_percent else None,
                "days": message.days,
                "elapsed_days": message.elapsed_days,
                "elapsed_percent": message.elapsed_percent,
                "expected": decimal_text(message.expected),
                "projected": decimal_text(message.projected) if has_projected else None,
                "left_per_day": decimal_text(message.left_per_day),
                "reached": list(message.reached),
                "exceeded": message.exceeded,
                "uncounted": [money(other) for other in message.uncounted],
            }
        )


class BudgetProgress(Answer):
    """Budgets in the order of their making, each by period."""

    items: list[BudgetPace]
    today: CalendarDate = Field(description="In the book's time zone.")


class Cover(Body):
    """A planned amount to move from one budget to another, for one period of each."""

    from_budget_id: IdText
    to_budget_id: IdText
    amount: AmountText
    on: DateText | None = Field(default=None, description="A day of the periods; absent: today.")

    def request(self, *, key: str, currency: str) -> pb.CoverBudgetRequest:
        return pb.CoverBudgetRequest(
            idempotency_key=key,
            from_budget_id=self.from_budget_id,
            to_budget_id=self.to_budget_id,
            amount=money_message(self.amount, currency),
            on=self.on or "",
        )


class Copy(Body):
    """What to plan the next period like."""

    on: DateText | None = Field(
        default=None, description="A day of the period that is copied; absent for today."
    )
    budget_ids: Annotated[list[IdText], Field(max_length=200)] | None = Field(
        default=None, description="All that have a period then when absent."
    )

    def request(self, *, key: str) -> pb.CopyBudgetsRequest:
        return pb.CopyBudgetsRequest(
            idempotency_key=key, on=self.on or "", budget_ids=self.budget_ids or []
        )


class BudgetSuggestion(Answer):
    """What an expense category with all below it took in each of the last months."""

    category_id: str
    category_name: str
    currency: CurrencyCode
    median: DecimalText
    mean: DecimalText
    least: DecimalText
    most: DecimalText
    months: list[DecimalText] = Field(description="Oldest first.")
    budget_id: str | None = Field(description="Its monthly budget, if there is one.")
    planned: DecimalText | None = Field(description="What that plans now.")

    @classmethod
    def of(cls, message: pb.BudgetSuggestion) -> "BudgetSuggestion":
        return cls(
            category_id=message.category_id,
            category_name=message.category_name,
            currency=message.median.currency,
            median=decimal_text(message.median),
            mean=decimal_text(message.mean),
            least=decimal_text(message.least),
            most=decimal_text(message.most),
            months=[decimal_text(month) for month in message.months],
            budget_id=text_or_none(message.budget_id),
            planned=decimal_text(message.planned) if message.HasField("planned") else None,
        )


class BudgetSuggestions(Answer):
    """The largest median first within a currency."""

    items: list[BudgetSuggestion]
    from_: CalendarDate = Field(alias="from")
    to: CalendarDate
