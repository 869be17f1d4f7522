"""Reports by currency alone."""

from pydantic import Field

from gateway.models.common import Answer, CurrencyCode, DecimalText, decimal_text, text_or_none
from pfa.ledger.v1 import report_pb2


class CurrencySummary(Answer):
    """Income against spending in one currency."""

    currency: CurrencyCode
    income: DecimalText
    expense: DecimalText
    net: DecimalText
    posting_count: int

    @classmethod
    def of(cls, message: report_pb2.CurrencySummary) -> "CurrencySummary":
        return cls(
            currency=message.currency,
            income=decimal_text(message.income),
            expense=decimal_text(message.expense),
            net=decimal_text(message.net),
            posting_count=message.posting_count,
        )


class Summary(Answer):
    """Income against spending from one day to another, both inclusive."""

    from_: str = Field(alias="from", json_schema_extra={"format": "date"})
    to: str = Field(json_schema_extra={"format": "date"})
    currencies: list[CurrencySummary]


class CategorySpending(Answer):
    """What went to one category, net of refunds."""

    category_id: str
    name: str
    parent_id: str | None
    amount: DecimalText
    currency: CurrencyCode
    posting_count: int

    @classmethod
    def of(cls, message: report_pb2.CategorySpending) -> "CategorySpending":
        return cls(
            category_id=message.category_id,
            name=message.name,
            parent_id=text_or_none(message.parent_id),
            amount=decimal_text(message.amount),
            currency=message.amount.currency,
            posting_count=message.posting_count,
        )


class Spending(Answer):
    """Spending by category, the largest first within a currency."""

    from_: str = Field(alias="from", json_schema_extra={"format": "date"})
    to: str = Field(json_schema_extra={"format": "date"})
    rows: list[CategorySpending]
