"""Reconciling accounts with their statements."""

from datetime import datetime
from typing import Annotated, Literal, cast

from pydantic import Field

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
from gateway.models.transactions import Transaction
from pfa.ledger.v1 import reconciliation_pb2 as pb

ReconciliationState = Literal["open", "finished", "cancelled"]
STATES = Names(
    {
        pb.RECONCILIATION_STATE_OPEN: "open",
        pb.RECONCILIATION_STATE_FINISHED: "finished",
        pb.RECONCILIATION_STATE_CANCELLED: "cancelled",
    }
)
Ids = Annotated[list[IdText], Field(max_length=1000)]
ClosingBalance = Annotated[
    AmountText, Field(description="From the account's view: what is owed is negative.")
]


class Proposal(Answer):
    """Rows that would close the difference, were these ticked and those not."""

    tick: list[str]
    untick: list[str]


class Reconciliation(Answer):
    """One statement of an account, and how far it is ticked off."""

    id: str
    account_id: str
    state: ReconciliationState
    statement_date: str
    statement_from: str | None
    currency: CurrencyCode
    opening_balance: DecimalText
    closing_balance: DecimalText
    ticked_count: int
    ticked_sum: DecimalText
    difference: Annotated[
        DecimalText, Field(description="What is left: closing less opening less ticked.")
    ]
    proposals: list[Proposal]
    version: int
    started_by: str
    started_at: datetime
    finished_by: str | None
    finished_at: datetime | None
    operation_id: str | None = Field(description="What locked the ticked rows, once finished.")

    @classmethod
    def of(cls, message: pb.Reconciliation) -> "Reconciliation":
        finished = instant(message.finished_at) if message.HasField("finished_at") else None
        return cls(
            id=message.id,
            account_id=message.account_id,
            state=cast("ReconciliationState", STATES.word(message.state)),
            statement_date=message.statement_date,
            statement_from=text_or_none(message.statement_from),
            currency=message.closing_balance.currency,
            opening_balance=decimal_text(message.opening_balance),
            closing_balance=decimal_text(message.closing_balance),
            ticked_count=message.ticked_count,
            ticked_sum=decimal_text(message.ticked_sum),
            difference=decimal_text(message.difference),
            proposals=[
                Proposal(tick=list(p.tick), untick=list(p.untick)) for p in message.proposals
            ],
            version=message.version,
            started_by=message.started_by,
            started_at=instant(message.started_at),
            finished_by=text_or_none(message.finished_by),
            finished_at=finished,
            operation_id=text_or_none(message.operation_id),
        )


class ReconciliationRow(Answer):
    """A transaction that may stand in the statement, with what it moves on this account."""

    transaction: Transaction
    amount: DecimalText
    ticked: bool

    @classmethod
    def of(cls, message: pb.ReconciliationRow) -> "ReconciliationRow":
        return cls(
            transaction=Transaction.of(message.transaction),
            amount=decimal_text(message.amount),
            ticked=message.ticked,
        )


class NewReconciliation(Body):
    """A statement to begin with."""

    statement_date: DateText
    statement_from: DateText | None = Field(
        default=None, description="The first day that the statement speaks of."
    )
    closing_balance: ClosingBalance

    def request(self, *, account_id: str, currency: str, key: str) -> pb.StartReconciliationRequest:
        """Raises kit.money.InvalidAmount."""
        return pb.StartReconciliationRequest(
            idempotency_key=key,
            account_id=account_id,
            statement_date=self.statement_date,
            statement_from=self.statement_from or "",
            closing_balance=money_message(self.closing_balance, currency),
        )


class ReconciliationChange(Body):
    """What was read off the statement wrongly; what is absent stays."""

    statement_date: DateText | None = None
    statement_from: DateText | None = None
    closing_balance: ClosingBalance | None = None

    def request(
        self, *, reconciliation_id: str, version: int, currency: str
    ) -> pb.UpdateReconciliationRequest:
        """Raises kit.money.InvalidAmount."""
        request = pb.UpdateReconciliationRequest(
            id=reconciliation_id,
            expected_version=version,
            statement_date=self.statement_date,
            statement_from=self.statement_from,
        )
        if self.closing_balance is not None:
            request.closing_balance.CopyFrom(money_message(self.closing_balance, currency))
        return request


class Ticks(Body):
    """Transactions to tick and to untick; what is so already stays so."""

    tick: Ids = Field(default_factory=list)
    untick: Ids = Field(default_factory=list)


class BreakStep(Answer):
    """An entry that changed a confirmed transaction: who did what, and when."""

    entry_id: str
    change: Literal["edited", "deleted", "restored"]
    actor_id: str
    recorded_at: datetime
    version: int


class ReconciliationBreak(Answer):
    """A confirmed transaction that says something else since."""

    transaction_id: str
    date: str
    payee: str
    was: DecimalText
    now: DecimalText
    unlocked: bool = Field(description="Whether it is confirmed no longer.")
    steps: list[BreakStep]

    @classmethod
    def of(cls, message: pb.ReconciliationBreak) -> "ReconciliationBreak":
        return cls(
            transaction_id=message.transaction_id,
            date=message.date,
            payee=message.payee,
            was=decimal_text(message.was),
            now=decimal_text(message.now),
            unlocked=message.unlocked,
            steps=[
                BreakStep(
                    entry_id=step.entry_id,
                    change=cast("Literal['edited', 'deleted', 'restored']", step.change),
                    actor_id=step.actor_id,
                    recorded_at=instant(step.recorded_at),
                    version=step.version,
                )
                for step in message.steps
            ],
        )


class ReconciliationCheck(Answer):
    """A finished reconciliation beside what its transactions say now."""

    reconciliation_id: str
    statement_date: str
    currency: CurrencyCode
    confirmed: DecimalText
    present: DecimalText
    difference: DecimalText
    breaks: list[ReconciliationBreak]

    @classmethod
    def of(cls, message: pb.ReconciliationCheck) -> "ReconciliationCheck":
        return cls(
            reconciliation_id=message.reconciliation_id,
            statement_date=message.statement_date,
            currency=message.confirmed.currency,
            confirmed=decimal_text(message.confirmed),
            present=decimal_text(message.present),
            difference=decimal_text(message.difference),
            breaks=[ReconciliationBreak.of(found) for found in message.breaks],
        )


class CoveredSpan(Answer):
    """Days of which a bank has told, both inclusive."""

    from_date: str
    to_date: str

    @classmethod
    def of(cls, message: pb.CoveredSpan) -> "CoveredSpan":
        return cls(from_date=message.from_date, to_date=message.to_date)
