"""What comes again: series, their days, forecasts, and what a history shows."""

from collections.abc import Sequence
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
    Names,
    decimal_text,
    instant,
    money_message,
    text_or_none,
)
from gateway.models.transactions import (
    STATUSES,
    DocumentIds,
    SettableStatus,
    Split,
    TransactionStatus,
)
from pfa.ledger.v1 import recurring_pb2 as pb
from pfa.ledger.v1 import transaction_pb2

RecurringKind = Literal["income", "bill", "transfer"]
KINDS = Names(
    {
        pb.RECURRING_KIND_INCOME: "income",
        pb.RECURRING_KIND_BILL: "bill",
        pb.RECURRING_KIND_TRANSFER: "transfer",
    }
)
OccurrenceState = Literal["upcoming", "due", "missed", "arrived", "skipped"]
STATES = Names(
    {
        pb.OCCURRENCE_STATE_UPCOMING: "upcoming",
        pb.OCCURRENCE_STATE_DUE: "due",
        pb.OCCURRENCE_STATE_MISSED: "missed",
        pb.OCCURRENCE_STATE_ARRIVED: "arrived",
        pb.OCCURRENCE_STATE_SKIPPED: "skipped",
    }
)
CalendarDate = Annotated[str, Field(json_schema_extra={"format": "date"})]
RuleText = Annotated[
    str,
    StringConstraints(min_length=1, max_length=200),
    Field(
        description="RFC 5545: FREQ (DAILY, WEEKLY, MONTHLY, YEARLY), INTERVAL, COUNT or UNTIL, "
        "BYDAY, BYMONTHDAY, BYMONTH, BYSETPOS, WKST. A plain monthly rule from a 29th, 30th or "
        "31st falls on the last day of shorter months.",
        examples=["FREQ=MONTHLY"],
    ),
]
Tolerance = Annotated[
    int, Field(ge=0, le=15, description="How many days early or late it may come.")
]
Autopost = Annotated[
    bool, Field(description="Posted by itself, on the day in the book's time zone, once.")
]
Tags = Annotated[
    list[Annotated[str, StringConstraints(min_length=1, max_length=50)]], Field(max_length=20)
]


class Recurring(Answer):
    """A series, and what is expected each time."""

    id: str
    name: str
    kind: RecurringKind
    rule: str
    starts_on: CalendarDate
    account_id: str
    amount: DecimalText
    currency: CurrencyCode
    low: DecimalText | None = Field(description="null where the amount is fixed.")
    high: DecimalText | None
    payee: str
    description: str
    category_id: str | None
    splits: list[Split]
    tags: list[str]
    to_account_id: str | None
    to_amount: DecimalText | None
    to_currency: CurrencyCode | None
    refund_of: str | None = Field(
        description="The transaction whose money each of its transactions gives back."
    )
    document_ids: list[str] = Field(description="Documents that each of its transactions names.")
    status: TransactionStatus
    tolerance_days: int
    autopost: bool
    tracked_from: CalendarDate = Field(description="Nothing before this day is expected.")
    next_on: CalendarDate | None = Field(description="null when it has ended.")
    skipped: list[CalendarDate]
    problem: str | None = Field(description="Why the ledger could not post.")
    version: int
    created_at: datetime
    updated_at: datetime

    @classmethod
    def of(cls, message: pb.Recurring) -> "Recurring":
        said, template = message.input, message.input.transaction
        has_other = template.HasField("to_amount")
        return cls(
            id=message.id,
            name=said.name,
            kind=cast("RecurringKind", KINDS.word(message.kind)),
            rule=said.rule,
            starts_on=template.date,
            account_id=template.account_id,
            amount=decimal_text(template.amount),
            currency=template.amount.currency,
            low=decimal_text(said.low) if said.HasField("low") else None,
            high=decimal_text(said.high) if said.HasField("high") else None,
            payee=template.payee,
            description=template.description,
            category_id=text_or_none(template.category_id),
            splits=[
                Split(
                    category_id=text_or_none(split.category_id),
                    amount=decimal_text(split.amount),
                    memo=split.memo,
                )
                for split in template.splits
            ],
            tags=list(template.tags),
            to_account_id=text_or_none(template.to_account_id),
            to_amount=decimal_text(template.to_amount) if has_other else None,
            to_currency=template.to_amount.currency if has_other else None,
            refund_of=text_or_none(template.refund_of),
            document_ids=list(template.document_ids),
            status=cast("TransactionStatus", STATUSES.word(template.status)),
            tolerance_days=said.tolerance_days,
            autopost=said.autopost,
            tracked_from=message.tracked_from,
            next_on=text_or_none(message.next_on),
            skipped=list(message.skipped),
            problem=text_or_none(message.problem),
            version=message.version,
            created_at=instant(message.created_at),
            updated_at=instant(message.updated_at),
        )


class NewSplit(Body):
    """The part of each transaction that belongs to one category."""

    category_id: IdText | None = None
    amount: AmountText
    memo: Annotated[str, StringConstraints(max_length=200)] = ""


class NewRecurring(Body):
    """A series to make."""

    name: Annotated[str, StringConstraints(max_length=100)] = Field(
        default="", description="The payee's when empty."
    )
    rule: RuleText
    date: DateText = Field(description="The first day.")
    account_id: IdText
    amount: AmountText = Field(description="Signed from the account's view.")
    currency: CurrencyCode = Field(description="The account's.")
    low: AmountText | None = Field(
        default=None, description="With `high` the ends of what is still as expected."
    )
    high: AmountText | None = None
    payee: Annotated[str, StringConstraints(max_length=200)] = ""
    description: Annotated[str, StringConstraints(max_length=1000)] = ""
    category_id: IdText | None = None
    splits: Annotated[list[NewSplit], Field(max_length=100)] = Field(default=[])
    tags: Tags = Field(default=[])
    to_account_id: IdText | None = None
    to_amount: AmountText | None = Field(
        default=None, description="What reaches an account of another currency."
    )
    to_currency: CurrencyCode | None = None
    refund_of: IdText | None = None
    document_ids: DocumentIds = Field(default=[])
    status: SettableStatus = "pending"
    tolerance_days: Tolerance = 4
    autopost: Autopost = False

    def input(self) -> pb.RecurringInput:
        template = transaction_pb2.TransactionInput(
            account_id=self.account_id,
            date=self.date,
            amount=money_message(self.amount, self.currency),
            payee=self.payee,
            description=self.description,
            category_id=self.category_id or "",
            splits=[
                transaction_pb2.Split(
                    category_id=split.category_id or "",
                    amount=money_message(split.amount, self.currency),
                    memo=split.memo,
                )
                for split in self.splits
            ],
            tags=self.tags,
            to_account_id=self.to_account_id or "",
            refund_of=self.refund_of or "",
            document_ids=self.document_ids,
            status=STATUSES.number(self.status),
        )
        if self.to_amount is not None:
            other = money_message(self.to_amount, self.to_currency or self.currency)
            template.to_amount.CopyFrom(other)
        said = pb.RecurringInput(
            name=self.name,
            transaction=template,
            rule=self.rule,
            tolerance_days=self.tolerance_days,
            autopost=self.autopost,
        )
        if self.low is not None:
            said.low.CopyFrom(money_message(self.low, self.currency))
        if self.high is not None:
            said.high.CopyFrom(money_message(self.high, self.currency))
        return said


class RecurringChange(Body):
    """What shall be otherwise; what is absent stays. null takes an optional part away."""

    name: Annotated[str, StringConstraints(max_length=100)] | None = None
    rule: RuleText | None = None
    date: DateText | None = Field(default=None, description="The first day.")
    account_id: IdText | None = None
    amount: AmountText | None = None
    currency: CurrencyCode | None = None
    low: AmountText | None = None
    high: AmountText | None = None
    payee: Annotated[str, StringConstraints(max_length=200)] | None = None
    description: Annotated[str, StringConstraints(max_length=1000)] | None = None
    category_id: IdText | None = None
    splits: Annotated[list[NewSplit], Field(max_length=100)] | None = None
    tags: Tags | None = None
    to_account_id: IdText | None = None
    to_amount: AmountText | None = None
    to_currency: CurrencyCode | None = None
    refund_of: IdText | None = None
    document_ids: DocumentIds | None = None
    status: SettableStatus | None = None
    tolerance_days: Tolerance | None = None
    autopost: Autopost | None = None

    def missing_amounts(self, known: Recurring) -> Sequence[str]:
        """The fields whose amounts must be given again, because the change gives them another
        currency: their digits say nothing in it."""
        given = self.model_fields_set
        missing: list[str] = []
        if self.currency not in (None, known.currency):
            own = ("amount", "low", "high")
            missing += [n for n in own if getattr(known, n) is not None and n not in given]
            if known.splits and "splits" not in given and not self.category_id:
                missing.append("splits")
        is_other_kept = known.to_amount is not None and "to_amount" not in given
        if is_other_kept and self.to_currency not in (None, known.to_currency):
            missing.append("to_amount")
        return missing

    def over(self, known: Recurring) -> NewRecurring:
        """The whole series, with this change over what is known."""
        stands = {
            **known.model_dump(include=set(NewRecurring.model_fields)),
            "date": known.starts_on,
        }
        said = self.model_dump(exclude_unset=True)
        if said.get("splits") and "category_id" not in said:
            said["category_id"] = None
        if said.get("category_id") and "splits" not in said:
            said["splits"] = []
        gone = {name for name, value in said.items() if value is None} - _OPTIONAL
        changed = {**stands, **{name: v for name, v in said.items() if name not in gone}}
        return NewRecurring.model_validate(changed)


_OPTIONAL = {
    "low",
    "high",
    "category_id",
    "to_account_id",
    "to_amount",
    "to_currency",
    "refund_of",
}


class OccurrenceDay(Body):
    """One day of a series."""

    date: DateText


class Settlement(Body):
    """Which transaction is that of the day."""

    date: DateText
    transaction_id: IdText


class Occurrence(Answer):
    """One day of a series: what was expected, and what arrived."""

    recurring_id: str
    name: str
    kind: RecurringKind
    date: CalendarDate
    state: OccurrenceState
    account_id: str
    to_account_id: str | None
    currency: CurrencyCode
    amount: DecimalText
    low: DecimalText
    high: DecimalText
    transaction_id: str | None
    arrived_on: CalendarDate | None
    arrived_amount: DecimalText | None
    price_changed: bool
    days_late: int = Field(description="How long it is waited for, or came late; negative: early.")

    @classmethod
    def of(cls, message: pb.Occurrence) -> "Occurrence":
        arrived = message.HasField("arrived_amount")
        return cls(
            recurring_id=message.recurring_id,
            name=message.name,
            kind=cast("RecurringKind", KINDS.word(message.kind)),
            date=message.date,
            state=cast("OccurrenceState", STATES.word(message.state)),
            account_id=message.account_id,
            to_account_id=text_or_none(message.to_account_id),
            currency=message.amount.currency,
            amount=decimal_text(message.amount),
            low=decimal_text(message.low),
            high=decimal_text(message.high),
            transaction_id=text_or_none(message.transaction_id),
            arrived_on=text_or_none(message.arrived_on),
            arrived_amount=decimal_text(message.arrived_amount) if arrived else None,
            price_changed=message.price_changed,
            days_late=message.days_late,
        )


class OccurrenceCalendar(Answer):
    """Occurrences by day."""

    items: list[Occurrence]
    today: CalendarDate = Field(description="In the book's time zone.")


class BalancePoint(Answer):
    """What an account will hold at the end of a day."""

    date: CalendarDate
    balance: DecimalText

    @classmethod
    def of(cls, message: pb.BalancePoint) -> "BalancePoint":
        return cls(date=message.date, balance=decimal_text(message.balance))


class AccountForecast(Answer):
    """One account, day by day from today."""

    account_id: str
    currency: CurrencyCode
    points: list[BalancePoint]
    lowest: BalancePoint = Field(description="The first of the lowest.")

    @classmethod
    def of(cls, message: pb.AccountForecast) -> "AccountForecast":
        return cls(
            account_id=message.account_id,
            currency=message.lowest.balance.currency,
            points=[BalancePoint.of(point) for point in message.points],
            lowest=BalancePoint.of(message.lowest),
        )


class Forecast(Answer):
    """Balances to come, and the occurrences that they reckon with."""

    accounts: list[AccountForecast]
    occurrences: list[Occurrence]
    today: CalendarDate


class Evidence(Answer):
    """A transaction that a detected series rests on."""

    transaction_id: str
    date: CalendarDate
    amount: DecimalText
    gap_days: int | None = Field(description="Since the one before.")


class DetectedRecurring(Answer):
    """A series that the history shows; its fields make a new one."""

    id: str = Field(description="The same each time it is found.")
    kind: RecurringKind
    interval: Literal["weekly", "fortnightly", "monthly", "quarterly", "yearly"]
    confidence: int = Field(description="Percent.")
    payee: str
    account_id: str
    rule: str
    date: CalendarDate = Field(description="When it is expected next.")
    amount: DecimalText
    low: DecimalText | None
    high: DecimalText | None
    currency: CurrencyCode
    evidence: list[Evidence] = Field(description="Oldest first.")

    @classmethod
    def of(cls, message: pb.DetectedRecurring) -> "DetectedRecurring":
        said, template = message.input, message.input.transaction
        return cls.model_validate(
            {
                "id": message.id,
                "kind": KINDS.word(message.kind),
                "interval": message.interval,
                "confidence": message.confidence,
                "payee": template.payee,
                "account_id": template.account_id,
                "rule": said.rule,
                "date": template.date,
                "amount": decimal_text(template.amount),
                "low": decimal_text(said.low) if said.HasField("low") else None,
                "high": decimal_text(said.high) if said.HasField("high") else None,
                "currency": template.amount.currency,
                "evidence": [
                    {
                        "transaction_id": seen.transaction_id,
                        "date": seen.date,
                        "amount": decimal_text(seen.amount),
                        "gap_days": seen.gap_days or None,
                    }
                    for seen in message.evidence
                ],
            }
        )


class Dismissal(Body):
    """What was detected and is not recurring."""

    id: Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{32}$")]
    undo: bool = Field(default=False, description="Suggest it again.")
