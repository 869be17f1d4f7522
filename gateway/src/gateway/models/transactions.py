"""Transactions: what a person sees of the journal's entries."""

from datetime import datetime
from typing import Annotated, Literal, Self, cast

from pydantic import Field, StringConstraints, model_validator

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
from pfa.ledger.v1 import transaction_pb2

TransactionKind = Literal["standard", "transfer", "opening_balance"]
KINDS = Names(
    {
        transaction_pb2.TRANSACTION_KIND_STANDARD: "standard",
        transaction_pb2.TRANSACTION_KIND_TRANSFER: "transfer",
        transaction_pb2.TRANSACTION_KIND_OPENING_BALANCE: "opening_balance",
    }
)
TransactionStatus = Literal["pending", "cleared", "reconciled"]
# Only a finished reconciliation sets the third.
SettableStatus = Literal["pending", "cleared"]
STATUSES = Names(
    {
        transaction_pb2.TRANSACTION_STATUS_PENDING: "pending",
        transaction_pb2.TRANSACTION_STATUS_CLEARED: "cleared",
        transaction_pb2.TRANSACTION_STATUS_RECONCILED: "reconciled",
    }
)
TransactionOrder = Literal["newest", "oldest", "largest", "smallest"]
ORDERS = Names(
    {
        transaction_pb2.TRANSACTION_ORDER_NEWEST: "newest",
        transaction_pb2.TRANSACTION_ORDER_OLDEST: "oldest",
        transaction_pb2.TRANSACTION_ORDER_LARGEST: "largest",
        transaction_pb2.TRANSACTION_ORDER_SMALLEST: "smallest",
    }
)
TransactionStep = Literal["created", "edited", "deleted", "restored"]
Payee = Annotated[str, StringConstraints(max_length=200)]
Description = Annotated[str, StringConstraints(max_length=1000)]
Tags = Annotated[
    list[Annotated[str, StringConstraints(min_length=1, max_length=50)]], Field(max_length=20)
]
DocumentIds = Annotated[list[IdText], Field(max_length=20)]


class Split(Answer):
    """The part of a transaction that belongs to one category; null is uncategorised."""

    category_id: str | None
    amount: DecimalText
    memo: str


class Transaction(Answer):
    """One transaction, from the view of one account."""

    id: str
    entry_id: str
    version: int
    kind: TransactionKind
    account_id: str
    date: str = Field(json_schema_extra={"format": "date"})
    amount: DecimalText = Field(description="Signed from the account's view.")
    currency: CurrencyCode
    payee: str
    description: str
    category_id: str | None = Field(description="Set when there is exactly one split.")
    splits: list[Split]
    tags: list[str]
    to_account_id: str | None
    to_amount: DecimalText | None = Field(
        description="What reached the other account of a transfer across currencies."
    )
    to_currency: CurrencyCode | None
    refund_of: str | None = Field(description="The transaction whose money it gives back.")
    document_ids: list[str] = Field(description="Documents that tell of it.")
    payee_id: str | None = Field(description="One for every way of writing the name.")
    operation_id: str = Field(description="The act that made it what it is; it can be undone.")
    import_id: str | None
    status: TransactionStatus = Field(
        description="reconciled: a finished statement of one of its accounts has confirmed it."
    )
    reconciled_account_ids: list[str] = Field(
        description="The accounts whose statements have: one or both sides of a transfer."
    )
    document_id: str | None
    draft_id: str | None
    bank_reference: str | None
    actor_id: str
    created_at: datetime
    updated_at: datetime

    @classmethod
    def of(cls, message: transaction_pb2.Transaction) -> "Transaction":
        splits = [
            Split(
                category_id=text_or_none(split.category_id),
                amount=decimal_text(split.amount),
                memo=split.memo,
            )
            for split in message.splits
        ]
        reached = message.to_amount if message.HasField("to_amount") else None
        return cls(
            id=message.id,
            entry_id=message.entry_id,
            version=message.version,
            kind=cast("TransactionKind", KINDS.word(message.kind)),
            account_id=message.account_id,
            date=message.date,
            amount=decimal_text(message.amount),
            currency=message.amount.currency,
            payee=message.payee,
            description=message.description,
            category_id=splits[0].category_id if len(splits) == 1 else None,
            splits=splits,
            tags=list(message.tags),
            to_account_id=text_or_none(message.to_account_id),
            to_amount=decimal_text(reached) if reached else None,
            to_currency=reached.currency if reached else None,
            refund_of=text_or_none(message.refund_of),
            document_ids=list(message.document_ids),
            payee_id=text_or_none(message.payee_id),
            operation_id=message.operation_id,
            import_id=text_or_none(message.origin.import_id),
            status=cast("TransactionStatus", STATUSES.word(message.status)),
            reconciled_account_ids=list(message.reconciled_account_ids),
            document_id=text_or_none(message.origin.document_id),
            draft_id=text_or_none(message.origin.draft_id),
            bank_reference=text_or_none(message.origin.bank_reference),
            actor_id=message.actor_id,
            created_at=instant(message.created_at),
            updated_at=instant(message.updated_at),
        )


class SplitInput(Body):
    """A split; the splits add up to the transaction's amount."""

    category_id: IdText | None = None
    amount: AmountText
    memo: Annotated[str, StringConstraints(max_length=200)] = ""


class NewTransaction(Body):
    """A transaction to book. `category_id` is short for one split of the whole amount."""

    account_id: IdText
    date: DateText
    amount: AmountText = Field(description="Signed from the account's view; in its currency.")
    payee: Payee
    description: Description = ""
    category_id: IdText | None = None
    splits: Annotated[list[SplitInput], Field(max_length=100)] = Field(default_factory=list)
    tags: Tags = Field(default_factory=list)
    to_account_id: IdText | None = Field(
        default=None, description="Makes it a transfer to that account; excludes categories."
    )
    to_amount: AmountText | None = Field(
        default=None,
        description="What reaches the other account, signed from its view and in its currency: "
        "needed where the currencies differ, and nowhere else.",
    )
    refund_of: IdText | None = Field(
        default=None,
        description="The purchase, in the same currency, whose money it gives back: all refunds "
        "of one together no more than was paid.",
    )
    document_ids: DocumentIds = Field(default_factory=list)
    status: SettableStatus = "cleared"

    @model_validator(mode="after")
    def _says_one_thing(self) -> Self:
        said = [bool(self.category_id), bool(self.splits), bool(self.to_account_id)]
        if sum(said) > 1:
            raise ValueError("category_id, splits and to_account_id exclude one another")
        return self

    def message(self, *, currency: str, to_currency: str = "") -> transaction_pb2.TransactionInput:
        """`to_currency` is that of the other account. Raises kit.money.InvalidAmount,
        UnknownCurrency."""
        return transaction_pb2.TransactionInput(
            account_id=self.account_id,
            date=self.date,
            amount=money_message(self.amount, currency),
            payee=self.payee,
            description=self.description,
            category_id=self.category_id or "",
            splits=[_split_message(split, currency) for split in self.splits],
            tags=self.tags,
            to_account_id=self.to_account_id or "",
            to_amount=money_message(self.to_amount, to_currency) if self.to_amount else None,
            refund_of=self.refund_of or "",
            document_ids=self.document_ids,
            status=STATUSES.number(self.status),
        )


class NewTransactionItem(NewTransaction):
    """One of many; `idempotency_key` makes it safe to send again."""

    idempotency_key: Annotated[str, StringConstraints(min_length=1, max_length=200)] | None = None


class TransactionChange(Body):
    """What of a transaction shall change; what is absent stays, null takes away."""

    account_id: IdText | None = None
    date: DateText | None = None
    amount: AmountText | None = None
    payee: Payee | None = None
    description: Description | None = None
    category_id: IdText | None = None
    splits: Annotated[list[SplitInput], Field(max_length=100)] | None = None
    tags: Tags | None = None
    to_account_id: IdText | None = None
    to_amount: AmountText | None = None
    refund_of: IdText | None = None
    document_ids: DocumentIds | None = None
    status: TransactionStatus | None = None

    @model_validator(mode="after")
    def _says_one_thing(self) -> Self:
        if sum(map(bool, (self.category_id, self.splits, self.to_account_id))) > 1:
            raise ValueError("category_id, splits and to_account_id exclude one another")
        for name in ("account_id", "date", "amount", "status"):
            if name in self.model_fields_set and getattr(self, name) is None:
                raise ValueError(f"{name} cannot be null")
        return self

    def merged(
        self, old: transaction_pb2.Transaction, *, currency: str, to_currency: str = ""
    ) -> transaction_pb2.TransactionInput:
        """The transaction after the change. `currency` and `to_currency` are those of the accounts
        that it names, in which new amounts are read; an amount that is not given keeps the currency
        that it has, so that the ledger refuses it on an account in another one.

        Raises kit.money.InvalidAmount, UnknownCurrency.
        """
        new = transaction_pb2.TransactionInput(
            account_id=self.account_id or old.account_id,
            date=self.date or old.date,
            amount=money_message(self.amount, currency) if self.amount else old.amount,
            payee=_kept(self, "payee", old.payee),
            description=_kept(self, "description", old.description),
            tags=(self.tags or []) if "tags" in self.model_fields_set else old.tags,
            refund_of=_kept(self, "refund_of", old.refund_of),
            document_ids=(
                (self.document_ids or [])
                if "document_ids" in self.model_fields_set
                else old.document_ids
            ),
            status=STATUSES.number(self.status) if self.status else old.status,
            origin=old.origin if old.HasField("origin") else None,
        )
        if new.origin.category_unreviewed and self.model_fields_set & {"category_id", "splits"}:
            # A person has chosen the category now, whatever filled it in before.
            new.origin.category_unreviewed = False
        self._merge_other_side(new, old, currency)
        self._merge_to_amount(new, old, to_currency)
        return new

    def _merge_to_amount(
        self,
        new: transaction_pb2.TransactionInput,
        old: transaction_pb2.Transaction,
        to_currency: str,
    ) -> None:
        """What was exchanged stays a fact for as long as it is between the same accounts."""
        if self.to_amount:
            new.to_amount.CopyFrom(money_message(self.to_amount, to_currency))
        elif (
            "to_amount" not in self.model_fields_set
            and old.HasField("to_amount")
            and new.to_account_id == old.to_account_id
        ):
            new.to_amount.CopyFrom(old.to_amount)

    def _merge_other_side(
        self,
        new: transaction_pb2.TransactionInput,
        old: transaction_pb2.Transaction,
        currency: str,
    ) -> None:
        """Where the amount goes: to another account, to splits, or to one category."""
        said = self.model_fields_set
        if self.to_account_id:
            new.to_account_id = self.to_account_id
        elif self.splits:
            new.splits.extend(_split_message(split, currency) for split in self.splits)
        elif self.category_id:
            new.category_id = self.category_id
        elif old.to_account_id and "to_account_id" not in said:
            new.to_account_id = old.to_account_id
        elif said & {"category_id", "splits"}:
            return  # null or none: uncategorised
        elif len(old.splits) == 1 and not old.splits[0].memo:
            new.category_id = old.splits[0].category_id
        else:
            new.splits.extend(old.splits)


def _kept(change: TransactionChange, name: str, old: str) -> str:
    return (getattr(change, name) or "") if name in change.model_fields_set else old


def _split_message(split: SplitInput, currency: str) -> transaction_pb2.Split:
    return transaction_pb2.Split(
        category_id=split.category_id or "",
        amount=money_message(split.amount, currency),
        memo=split.memo,
    )


class Revision(Answer):
    """One step in the history of a transaction."""

    version: int
    change: TransactionStep
    actor_id: str
    recorded_at: datetime
    transaction: Transaction

    @classmethod
    def of(cls, message: transaction_pb2.Revision) -> "Revision":
        return cls(
            version=message.version,
            change=cast("TransactionStep", message.change),
            actor_id=message.actor_id,
            recorded_at=instant(message.recorded_at),
            transaction=Transaction.of(message.transaction),
        )


class MonthCount(Answer):
    """How many transactions a month holds, and their sums by currency."""

    month: str = Field(examples=["2026-11"])
    count: int
    sums: list[Money]

    @classmethod
    def of(cls, message: transaction_pb2.MonthCount) -> "MonthCount":
        return cls(
            month=message.month,
            count=message.count,
            sums=[money(amount) for amount in message.sums],
        )


class TransactionIndex(Answer):
    """What a list would hold, by month, newest first."""

    total: int
    months: list[MonthCount]


class BulkProblem(Answer):
    """Why one item was refused."""

    type: str
    title: str
    detail: str


class BulkResult(Answer):
    """What became of one item."""

    index: int
    status: Literal["added", "already_there", "refused"]
    id: str | None = None
    problem: BulkProblem | None = None


class BulkAnswer(Answer):
    """One result an item, in their order."""

    results: list[BulkResult]
    added: int
    already_there: int
    refused: int
