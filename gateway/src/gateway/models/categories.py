"""Categories."""

from typing import Annotated, Literal, cast

from pydantic import Field, StringConstraints

from gateway.models.common import Answer, Body, IdText, Names, text_or_none
from pfa.ledger.v1 import account_pb2, category_service_pb2, ledger_pb2

CategoryKind = Literal["expense", "income"]
KINDS = Names(
    {
        account_pb2.CATEGORY_KIND_EXPENSE: "expense",
        account_pb2.CATEGORY_KIND_INCOME: "income",
    }
)


Name = Annotated[str, StringConstraints(min_length=1, max_length=100, strip_whitespace=True)]
Icon = Annotated[
    str,
    StringConstraints(max_length=40, pattern=r"^[a-z][a-z0-9]*(-[a-z0-9]+)*$"),
    Field(description="The name of an icon of Lucide.", examples=["shopping-basket"]),
]
Colour = Annotated[
    str, StringConstraints(pattern=r"^#[0-9A-Fa-f]{6}$"), Field(examples=["#2f6fb5"])
]


class Category(Answer):
    """An income or expense account of the book."""

    id: str
    name: str
    kind: CategoryKind
    parent_id: str | None
    key: str | None = Field(
        description="The canonical leaf that a default category came from; null for one's own."
    )
    icon: str | None = Field(description="The name of an icon of Lucide.")
    colour: str | None = Field(description="`#rrggbb`; null has the parent's.")
    archived: bool = Field(description="Offered no more; what is in it stays.")
    merged_into: str | None = Field(description="Where its transactions went.")
    version: int

    @classmethod
    def of(cls, message: account_pb2.Category) -> "Category":
        return cls(
            id=message.id,
            name=message.name,
            kind=cast("CategoryKind", KINDS.word(message.kind)),
            parent_id=text_or_none(message.parent_id),
            key=text_or_none(message.key),
            icon=text_or_none(message.icon),
            colour=text_or_none(message.colour),
            archived=message.archived,
            merged_into=text_or_none(message.merged_into),
            version=message.version,
        )


class NewCategory(Body):
    """A category to add to the tree."""

    name: Name
    kind: CategoryKind
    parent_id: IdText | None = None
    icon: Icon | None = None
    colour: Colour | None = None

    def request(self, *, key: str) -> ledger_pb2.CreateCategoryRequest:
        return ledger_pb2.CreateCategoryRequest(
            idempotency_key=key,
            name=self.name,
            kind=KINDS.number(self.kind),
            parent_id=self.parent_id or "",
            icon=self.icon or "",
            colour=self.colour or "",
        )


class CategoryChange(Body):
    """What of a category may change; what is absent stays. Null is the root, no icon, no colour."""

    name: Name | None = Field(default=None, description="Not null: a category has a name.")
    parent_id: IdText | None = None
    icon: Icon | None = None
    colour: Colour | None = None
    archived: bool = False

    def request(
        self, *, category_id: str, version: int
    ) -> category_service_pb2.UpdateCategoryRequest:
        request = category_service_pb2.UpdateCategoryRequest(
            id=category_id, expected_version=version
        )
        for field in self.model_fields_set:
            setattr(request, field, getattr(self, field) or type(getattr(request, field))())
        return request


class CategoryOrder(Body):
    """The categories that shall stand first among their siblings, in this order."""

    category_ids: Annotated[list[IdText], Field(min_length=1, max_length=2000)]


class CategoryMerge(Body):
    """Where everything of the category goes."""

    into: IdText
