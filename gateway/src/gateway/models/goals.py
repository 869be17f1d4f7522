"""Goals: what is saved for, and what each month has to bring."""

from datetime import datetime
from typing import Annotated

from pydantic import Field, StringConstraints

from gateway.models.common import (
    AmountText,
    Answer,
    Body,
    CurrencyCode,
    DateText,
    DecimalText,
    IdText,
    decimal_text,
    instant,
    money_message,
)
from pfa.ledger.v1 import goal_pb2 as pb

Name = Annotated[str, StringConstraints(min_length=1, max_length=100, strip_whitespace=True)]
CalendarDate = Annotated[str, Field(json_schema_extra={"format": "date"})]


class Contribution(Answer):
    """What was put aside on a day, or, negative, taken back."""

    date: CalendarDate
    amount: DecimalText
    note: str


class MonthlyNeed(Answer):
    """What one month has to bring."""

    month: str = Field(examples=["2026-11"])
    amount: DecimalText


class Goal(Answer):
    """A goal, and how it stands today."""

    id: str
    name: str
    currency: CurrencyCode
    target: DecimalText
    target_date: CalendarDate
    account_ids: list[str] = Field(
        description="Whose balances are what is saved; empty where contributions are."
    )
    starts_on: CalendarDate
    started_with: DecimalText
    contributions: list[Contribution]
    saved: DecimalText
    missing: DecimalText
    reached: bool
    saved_percent: int
    monthly: DecimalText = Field(description="What this month has to bring.")
    plan: list[MonthlyNeed] = Field(
        description="From this month to the target's; adds up to what is missing, and the last "
        "month takes what does not divide."
    )
    expected: DecimalText = Field(
        description="What would be saved by now on the straight way to the target."
    )
    behind: DecimalText = Field(description="Negative when ahead.")
    overdue: bool
    version: int
    created_at: datetime
    updated_at: datetime

    @classmethod
    def of(cls, message: pb.Goal) -> "Goal":
        return cls(
            id=message.id,
            name=message.name,
            currency=message.target.currency,
            target=decimal_text(message.target),
            target_date=message.target_date,
            account_ids=list(message.account_ids),
            starts_on=message.starts_on,
            started_with=decimal_text(message.started_with),
            contributions=[
                Contribution(date=c.date, amount=decimal_text(c.amount), note=c.note)
                for c in message.contributions
            ],
            saved=decimal_text(message.saved),
            missing=decimal_text(message.missing),
            reached=message.reached,
            saved_percent=message.saved_percent,
            monthly=decimal_text(message.monthly),
            plan=[
                MonthlyNeed(month=need.month, amount=decimal_text(need.amount))
                for need in message.plan
            ],
            expected=decimal_text(message.expected),
            behind=decimal_text(message.behind),
            overdue=message.overdue,
            version=message.version,
            created_at=instant(message.created_at),
            updated_at=instant(message.updated_at),
        )


class NewGoal(Body):
    """A goal to make."""

    name: Name
    target: AmountText
    currency: CurrencyCode
    target_date: DateText
    account_ids: Annotated[list[IdText], Field(max_length=20)] = Field(
        default=[], description="None for a goal that is contributed to by hand."
    )

    def request(self, *, key: str) -> pb.CreateGoalRequest:
        return pb.CreateGoalRequest(
            idempotency_key=key,
            name=self.name,
            target=money_message(self.target, self.currency),
            target_date=self.target_date,
            account_ids=self.account_ids,
        )


class GoalChange(Body):
    """What shall be otherwise; what is absent stays."""

    name: Name | None = None
    target: AmountText | None = None
    target_date: DateText | None = None

    def request(self, *, goal_id: str, version: int, currency: str) -> pb.UpdateGoalRequest:
        request = pb.UpdateGoalRequest(
            id=goal_id,
            expected_version=version,
            name=self.name,
            target_date=self.target_date,
        )
        if self.target is not None:
            request.target.CopyFrom(money_message(self.target, currency))
        return request


class NewContribution(Body):
    """What is put aside, or, negative, taken back."""

    amount: AmountText
    date: DateText | None = Field(default=None, description="Today when absent.")
    note: Annotated[str, StringConstraints(max_length=200)] = ""

    def request(self, *, goal_id: str, key: str, currency: str) -> pb.ContributeRequest:
        return pb.ContributeRequest(
            idempotency_key=key,
            id=goal_id,
            amount=money_message(self.amount, currency),
            date=self.date or "",
            note=self.note,
        )
