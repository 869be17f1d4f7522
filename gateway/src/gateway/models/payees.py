"""Payees: who was paid, or who paid."""

from datetime import datetime
from typing import Annotated

from pydantic import Field, StringConstraints

from gateway.models.common import Answer, Body, IdText, Money, instant, money, text_or_none
from gateway.models.operations import Operation, OperationRow
from pfa.ledger.v1 import payee_pb2 as pb

PayeeName = Annotated[str, StringConstraints(min_length=1, max_length=200, strip_whitespace=True)]


class PayeeSum(Answer):
    """What went to a payee and what came from it, in one currency."""

    expense: Money = Field(description="Refunds are taken off.")
    income: Money


class Payee(Answer):
    """One payee, however its name is written."""

    id: str = Field(description="Follows from the name.")
    name: str
    default_category_id: str | None = Field(
        description="What an import gives where neither the file nor a rule says a category."
    )
    imported_as_id: str | None = Field(
        description="The payee whose name an import gives to what comes under this one."
    )
    version: int
    first_seen_at: datetime
    posting_count: int = Field(
        description="Parts of transactions, transfers left out: one split in two counts twice."
    )
    last_used_on: str | None = Field(json_schema_extra={"format": "date"})
    sums: list[PayeeSum] = Field(description="One a currency.")

    @classmethod
    def of(cls, message: pb.Payee) -> "Payee":
        return cls(
            id=message.id,
            name=message.name,
            default_category_id=text_or_none(message.default_category_id),
            imported_as_id=text_or_none(message.imported_as_id),
            version=message.version,
            first_seen_at=instant(message.first_seen_at),
            posting_count=message.usage.posting_count,
            last_used_on=text_or_none(message.usage.last_used_on),
            sums=[
                PayeeSum(expense=money(sum_.expense), income=money(sum_.income))
                for sum_ in message.usage.sums
            ],
        )


class PayeeChange(Body):
    """What of a payee shall change; what is absent stays, null takes away."""

    default_category_id: IdText | None = None
    imported_as_id: IdText | None = None

    def request(self, *, payee_id: str, version: int, key: str) -> pb.UpdatePayeeRequest:
        request = pb.UpdatePayeeRequest(id=payee_id, expected_version=version, idempotency_key=key)
        for name in self.model_fields_set:
            setattr(request, name, getattr(self, name) or "")
        return request


class PayeeRename(Body):
    """Another name for all transactions of a payee."""

    name: PayeeName
    also_imports: bool = Field(
        default=True,
        description="What is imported under the old name gets the new one too, and rules on the old"
        " name follow.",
    )


class PayeeMerge(PayeeRename):
    """One name for all transactions of some payees."""

    ids: Annotated[list[IdText], Field(min_length=1, max_length=100)]


class PayeesMoved(Answer):
    """The payee that has the name now, and the operation, which can be undone."""

    payee: Payee
    operation: Operation
    results: list[OperationRow]
    has_more: bool = Field(
        description="There were more than 10,000 transactions: ask again with another key."
    )
