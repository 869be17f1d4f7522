"""Categories: the income and expense accounts of a book, as a tree."""

from dataclasses import dataclass
from enum import StrEnum

from ledger.domain.errors import CategoryKindMismatch
from ledger.domain.fields import FieldCheck

NAME_LENGTH = 100
UNCATEGORISED = "uncategorised"


class CategoryKind(StrEnum):
    EXPENSE = "expense"
    INCOME = "income"


@dataclass(frozen=True, slots=True)
class Category:
    """One category. `key` is the canonical leaf that it came from, or empty; it outlives a change
    of name."""

    id: str
    owner: str
    name: str
    kind: CategoryKind
    parent_id: str = ""
    key: str = ""
    version: int = 1


@dataclass(frozen=True, slots=True)
class CategoryDraft:
    """What a person says of a category that is to be added."""

    name: str
    kind: CategoryKind | None
    parent_id: str = ""

    def created(self, *, id: str, owner: str, parent: Category | None) -> Category:  # noqa: A002
        """The category that the draft describes. Raises InvalidFields, CategoryKindMismatch."""
        check = FieldCheck()
        check.text("name", self.name.strip(), longest=NAME_LENGTH, needed=True)
        if self.kind is None:
            check.wrong("kind", "expense or income")
        check.finish()
        kind = self.kind or CategoryKind.EXPENSE
        if parent is not None and parent.kind is not kind:
            raise CategoryKindMismatch
        return Category(id, owner, self.name.strip(), kind, self.parent_id)
