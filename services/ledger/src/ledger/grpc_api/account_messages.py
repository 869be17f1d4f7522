"""Messages of accounts ↔ values of the domain."""

from ledger.domain.account import (
    AccountChange,
    AccountDraft,
    AccountGroup,
    AccountState,
    AccountType,
    Subtotal,
)
from ledger.domain.register import RegisterRow
from ledger.grpc_api.messages import (
    inverse,
    money_message,
    money_of,
    timestamp,
    transaction_message,
)
from pfa.ledger.v1 import account_pb2, account_service_pb2, ledger_pb2

_TYPES = {
    account_pb2.ACCOUNT_TYPE_CHECKING: AccountType.CHECKING,
    account_pb2.ACCOUNT_TYPE_SAVINGS: AccountType.SAVINGS,
    account_pb2.ACCOUNT_TYPE_CREDIT_CARD: AccountType.CREDIT_CARD,
    account_pb2.ACCOUNT_TYPE_CASH: AccountType.CASH,
    account_pb2.ACCOUNT_TYPE_LOAN: AccountType.LOAN,
    account_pb2.ACCOUNT_TYPE_INVESTMENT: AccountType.INVESTMENT,
    account_pb2.ACCOUNT_TYPE_OTHER_ASSET: AccountType.OTHER_ASSET,
    account_pb2.ACCOUNT_TYPE_OTHER_LIABILITY: AccountType.OTHER_LIABILITY,
}
_TYPE_NUMBERS = inverse(_TYPES)
_GROUP_NUMBERS = {
    AccountGroup.CASH: account_pb2.ACCOUNT_GROUP_CASH,
    AccountGroup.CREDIT_CARDS: account_pb2.ACCOUNT_GROUP_CREDIT_CARDS,
    AccountGroup.INVESTMENTS: account_pb2.ACCOUNT_GROUP_INVESTMENTS,
    AccountGroup.OTHER_ASSETS: account_pb2.ACCOUNT_GROUP_OTHER_ASSETS,
    AccountGroup.LOANS: account_pb2.ACCOUNT_GROUP_LOANS,
    AccountGroup.OTHER_LIABILITIES: account_pb2.ACCOUNT_GROUP_OTHER_LIABILITIES,
}


def account_draft(request: ledger_pb2.CreateAccountRequest) -> AccountDraft:
    opening = request.opening_balance if request.HasField("opening_balance") else None
    return AccountDraft(
        name=request.name,
        type=_TYPES.get(request.type),
        currency=request.currency,
        opening_balance=None if opening is None else money_of(opening),
        opening_date=request.opening_date,
        institution=request.institution,
        last_digits=request.last_digits,
        note=request.note,
    )


def account_change(request: ledger_pb2.UpdateAccountRequest) -> AccountChange:
    opening = request.opening_balance if request.HasField("opening_balance") else None
    return AccountChange(
        name=request.name if request.HasField("name") else None,
        institution=request.institution if request.HasField("institution") else None,
        last_digits=request.last_digits if request.HasField("last_digits") else None,
        type=_TYPES.get(request.type),
        note=request.note if request.HasField("note") else None,
        archived=request.archived if request.HasField("archived") else None,
        opening_balance=None if opening is None else money_of(opening),
        opening_date=request.opening_date if request.HasField("opening_date") else None,
        unlock=request.unlock,
    )


def account_message(state: AccountState) -> account_pb2.Account:
    account = state.account
    message = account_pb2.Account(
        id=account.id,
        name=account.name,
        type=_TYPE_NUMBERS[account.type],
        currency=account.currency,
        balance=money_message(state.balance),
        institution=account.institution,
        last_digits=account.last_digits,
        closed=account.closed,
        version=account.version,
        created_at=timestamp(account.created_at),
        updated_at=timestamp(account.updated_at),
        cleared_balance=money_message(state.balances.cleared),
        reconciled_balance=money_message(state.balances.reconciled),
        archived=account.archived,
        note=account.note,
    )
    if state.opening is not None:
        message.opening_balance.CopyFrom(money_message(state.opening.balance))
        message.opening_date = state.opening.date
    if state.as_of is not None:
        message.balance_as_of.CopyFrom(money_message(state.as_of))
    return message


def subtotal_message(subtotal: Subtotal) -> account_pb2.AccountSubtotal:
    return account_pb2.AccountSubtotal(
        group=_GROUP_NUMBERS[subtotal.group],
        balances=[money_message(sum_) for sum_ in subtotal.balances],
        balances_as_of=[money_message(sum_) for sum_ in subtotal.as_of],
    )


def register_row_message(row: RegisterRow) -> account_service_pb2.RegisterRow:
    return account_service_pb2.RegisterRow(
        transaction=transaction_message(row.transaction),
        amount=money_message(row.amount),
        balance=money_message(row.balance),
    )
