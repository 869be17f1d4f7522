"""Accounts."""

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
    ItemList,
    Money,
    Names,
    decimal_text,
    instant,
    money,
    money_message,
    text_or_none,
)
from gateway.models.transactions import Transaction
from pfa.ledger.v1 import account_pb2, account_service_pb2, ledger_pb2

AccountType = Literal[
    "checking",
    "savings",
    "credit_card",
    "cash",
    "loan",
    "investment",
    "other_asset",
    "other_liability",
]
TYPES = Names(
    {
        account_pb2.ACCOUNT_TYPE_CHECKING: "checking",
        account_pb2.ACCOUNT_TYPE_SAVINGS: "savings",
        account_pb2.ACCOUNT_TYPE_CREDIT_CARD: "credit_card",
        account_pb2.ACCOUNT_TYPE_CASH: "cash",
        account_pb2.ACCOUNT_TYPE_LOAN: "loan",
        account_pb2.ACCOUNT_TYPE_INVESTMENT: "investment",
        account_pb2.ACCOUNT_TYPE_OTHER_ASSET: "other_asset",
        account_pb2.ACCOUNT_TYPE_OTHER_LIABILITY: "other_liability",
    }
)
Name = Annotated[str, StringConstraints(min_length=1, max_length=100, strip_whitespace=True)]
AccountGroup = Literal[
    "cash", "credit_cards", "investments", "other_assets", "loans", "other_liabilities"
]
GROUPS = Names(
    {
        account_pb2.ACCOUNT_GROUP_CASH: "cash",
        account_pb2.ACCOUNT_GROUP_CREDIT_CARDS: "credit_cards",
        account_pb2.ACCOUNT_GROUP_INVESTMENTS: "investments",
        account_pb2.ACCOUNT_GROUP_OTHER_ASSETS: "other_assets",
        account_pb2.ACCOUNT_GROUP_LOANS: "loans",
        account_pb2.ACCOUNT_GROUP_OTHER_LIABILITIES: "other_liabilities",
    }
)
Note = Annotated[str, StringConstraints(max_length=2000)]
Institution = Annotated[str, StringConstraints(max_length=100)]
LastDigits = Annotated[
    str,
    StringConstraints(pattern=r"^[0-9A-Za-z]{0,4}$"),
    Field(description="Up to four, to match a statement with its account."),
]


class Account(Answer):
    """An account of a person; debts have negative balances."""

    id: str
    name: str
    type: AccountType
    currency: CurrencyCode
    balance: DecimalText
    cleared_balance: Annotated[DecimalText, Field(description="What the bank knows of.")]
    reconciled_balance: Annotated[DecimalText, Field(description="What statements have confirmed.")]
    balance_as_of: DecimalText | None = Field(
        description="At the end of the day `as_of`; null where none was asked for."
    )
    opening_balance: DecimalText | None
    opening_date: str | None
    institution: str
    last_digits: str
    note: str
    closed: bool
    archived: bool = Field(
        description="Left out of lists; unlike a closed one it may hold a balance."
    )
    version: int
    created_at: datetime
    updated_at: datetime

    @classmethod
    def of(cls, message: account_pb2.Account) -> "Account":
        return cls(
            id=message.id,
            name=message.name,
            type=cast("AccountType", TYPES.word(message.type)),
            currency=message.currency,
            balance=decimal_text(message.balance),
            cleared_balance=decimal_text(message.cleared_balance),
            reconciled_balance=decimal_text(message.reconciled_balance),
            balance_as_of=_decimal_or_none(message, "balance_as_of"),
            opening_balance=_decimal_or_none(message, "opening_balance"),
            opening_date=text_or_none(message.opening_date),
            institution=message.institution,
            last_digits=message.last_digits,
            note=message.note,
            closed=message.closed,
            archived=message.archived,
            version=message.version,
            created_at=instant(message.created_at),
            updated_at=instant(message.updated_at),
        )


def _decimal_or_none(
    message: account_pb2.Account, field: Literal["balance_as_of", "opening_balance"]
) -> str | None:
    return decimal_text(getattr(message, field)) if message.HasField(field) else None


class AccountSubtotal(Answer):
    """What the listed accounts of one group add up to, by currency."""

    group: AccountGroup
    balances: list[Money]
    balances_as_of: list[Money] | None = Field(description="Null where no day was asked for.")

    @classmethod
    def of(cls, message: account_pb2.AccountSubtotal) -> "AccountSubtotal":
        return cls(
            group=cast("AccountGroup", GROUPS.word(message.group)),
            balances=[money(sum_) for sum_ in message.balances],
            balances_as_of=[money(sum_) for sum_ in message.balances_as_of] or None,
        )


class AccountList(ItemList[Account]):
    """Accounts in the person's order, and what they add up to."""

    subtotals: list[AccountSubtotal]


class AccountOrder(Body):
    """The accounts that shall stand first, in this order; the others follow as they stood."""

    account_ids: Annotated[list[IdText], Field(min_length=1, max_length=1000)]


class RegisterRow(Answer):
    """One transaction with what it moved, from this account's view, and the balance after it."""

    transaction: Transaction
    amount: DecimalText
    balance: DecimalText

    @classmethod
    def of(cls, message: account_service_pb2.RegisterRow) -> "RegisterRow":
        return cls(
            transaction=Transaction.of(message.transaction),
            amount=decimal_text(message.amount),
            balance=decimal_text(message.balance),
        )


class NewAccount(Body):
    """An account to open."""

    name: Name
    type: AccountType
    currency: CurrencyCode
    opening_balance: AmountText | None = None
    opening_date: DateText | None = Field(
        default=None, description="Today in the book's time zone when absent."
    )
    institution: Institution = ""
    last_digits: LastDigits = ""
    note: Note = ""

    def request(self, *, key: str) -> ledger_pb2.CreateAccountRequest:
        request = ledger_pb2.CreateAccountRequest(
            idempotency_key=key,
            name=self.name,
            type=TYPES.number(self.type),
            currency=self.currency,
            opening_date=self.opening_date or "",
            institution=self.institution,
            last_digits=self.last_digits,
            note=self.note,
        )
        if self.opening_balance is not None:
            request.opening_balance.CopyFrom(money_message(self.opening_balance, self.currency))
        return request


class AccountChange(Body):
    """What of an account may change; what is absent stays."""

    name: Name | None = None
    institution: Institution | None = None
    last_digits: LastDigits | None = None
    type: AccountType | None = None
    note: Note | None = None
    archived: bool | None = None
    opening_balance: AmountText | None = Field(
        default=None, description="Changes the opening entry; zero takes it away."
    )
    opening_date: DateText | None = None
    unlock: bool = Field(
        default=False,
        description="Change the opening also where a statement has confirmed it.",
    )

    def request(
        self, *, account_id: str, version: int, currency: str
    ) -> ledger_pb2.UpdateAccountRequest:
        """Raises kit.money.InvalidAmount."""
        request = ledger_pb2.UpdateAccountRequest(
            id=account_id,
            expected_version=version,
            name=self.name,
            institution=self.institution,
            last_digits=self.last_digits,
            type=TYPES.number(self.type) if self.type else None,
            note=self.note,
            archived=self.archived,
            opening_date=self.opening_date,
            unlock=self.unlock,
        )
        if self.opening_balance is not None:
            request.opening_balance.CopyFrom(money_message(self.opening_balance, currency))
        return request
