"""Categories."""

from typing import Annotated, Literal, cast

from pydantic import Field, StringConstraints

from gateway.models.common import Answer, Body, IdText, Names, text_or_none
from pfa.ledger.v1 import account_pb2, ledger_pb2

CategoryKind = Literal["expense", "income"]
KINDS = Names(
    {
        account_pb2.CATEGORY_KIND_EXPENSE: "expense",
        account_pb2.CATEGORY_KIND_INCOME: "income",
    }
)


class Category(Answer):
    """An income or expense account of the book."""

    id: str
    name: str
    kind: CategoryKind
    parent_id: str | None
    key: str | None = Field(
        description="The canonical leaf that a default category came from; null for one's own."
    )
    version: int

    @classmethod
    def of(cls, message: account_pb2.Category) -> "Category":
        return cls(
            id=message.id,
            name=message.name,
            kind=cast("CategoryKind", KINDS.word(message.kind)),
            parent_id=text_or_none(message.parent_id),
            key=text_or_none(message.key),
            version=message.version,
        )


class NewCategory(Body):
    """A category to add to the tree."""

    name: Annotated[str, StringConstraints(min_length=1, max_length=100, strip_whitespace=True)]
    kind: CategoryKind
    parent_id: IdText | None = None

    def request(self, *, key: str) -> ledger_pb2.CreateCategoryRequest:
        return ledger_pb2.CreateCategoryRequest(
            idempotency_key=key,
            name=self.name,
            kind=KINDS.number(self.kind),
            parent_id=self.parent_id or "",
        )
