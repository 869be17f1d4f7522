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
    Names,
    decimal_text,
    instant,
    money_message,
)
from pfa.ledger.v1 import account_pb2, ledger_pb2

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
    institution: str
    last_digits: str
    closed: bool
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
            institution=message.institution,
            last_digits=message.last_digits,
            closed=message.closed,
            version=message.version,
            created_at=instant(message.created_at),
            updated_at=instant(message.updated_at),
        )


class NewAccount(Body):
    """An account to open."""

    name: Name
    type: AccountType
    currency: CurrencyCode
    opening_balance: AmountText | None = None
    opening_date: DateText | None = Field(default=None, description="Today when absent.")
    institution: Institution = ""
    last_digits: LastDigits = ""

    def request(self, *, key: str) -> ledger_pb2.CreateAccountRequest:
        request = ledger_pb2.CreateAccountRequest(
            idempotency_key=key,
            name=self.name,
            type=TYPES.number(self.type),
            currency=self.currency,
            opening_date=self.opening_date or "",
            institution=self.institution,
            last_digits=self.last_digits,
        )
        if self.opening_balance is not None:
            request.opening_balance.CopyFrom(money_message(self.opening_balance, self.currency))
        return request


class AccountChange(Body):
    """What of an account may change; what is absent stays."""

    name: Name | None = None
    institution: Institution | None = None
    last_digits: LastDigits | None = None

    def request(self, *, account_id: str, version: int) -> ledger_pb2.UpdateAccountRequest:
        return ledger_pb2.UpdateAccountRequest(
            id=account_id,
            expected_version=version,
            **{name: value for name, value in self if value is not None},
        )
