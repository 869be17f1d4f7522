"""What is said about a transaction, as a message: for plans and previews that show it."""

from ledger.domain.transaction import TransactionInput
from ledger.grpc_api.messages import (
    STATUSES,
    inverse,
    money_message,
    origin_message,
    split_message,
)
from pfa.ledger.v1 import transaction_pb2

_STATUS_NUMBERS = inverse(STATUSES)


def input_message(input_: TransactionInput) -> transaction_pb2.TransactionInput:
    return transaction_pb2.TransactionInput(
        account_id=input_.account_id,
        date=input_.date,
        amount=money_message(input_.amount),
        payee=input_.payee,
        description=input_.description,
        category_id=input_.category_id,
        splits=[split_message(split) for split in input_.splits],
        tags=input_.tags,
        to_account_id=input_.to_account_id,
        status=_STATUS_NUMBERS[input_.status],
        origin=origin_message(input_.origin),
        to_amount=money_message(input_.to_amount) if input_.to_amount else None,
        refund_of=input_.refund_of,
        document_ids=input_.document_ids,
    )
