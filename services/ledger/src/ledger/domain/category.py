"""Categories: the income and expense accounts of a book, as a tree."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from ledger.domain.errors import (
    CategoryKindMismatch,
    CategoryNotFound,
    InvalidFields,
    LedgerError,
    VersionMismatch,
)
from ledger.domain.fields import FieldCheck

NAME_LENGTH = 100
UNCATEGORISED = "uncategorised"
# A root and three levels below it.
MAX_DEPTH = 4
MAX_CATEGORIES = 2_000
_ICON = re.compile(r"[a-z][a-z0-9]*(?:-[a-z0-9]+)*", re.ASCII)
_ICON_LENGTH = 40
_COLOUR = re.compile(r"#[0-9a-f]{6}", re.ASCII)


class CategoryKind(StrEnum):
    EXPENSE = "expense"
    INCOME = "income"


Kinds = Mapping[str, CategoryKind]
"""What each category of a book is, by its id: all that sums have to know of them."""


class CategoryBuiltIn(LedgerError):
    """What nobody has categorised must go somewhere."""

    def __init__(self) -> None:
        super().__init__("the category for what is uncategorised stays as it is")


class CategoryInUse(LedgerError):
    """Transactions, subcategories, budgets, rules or payees name it."""

    def __init__(self, what: str) -> None:
        super().__init__(f"{what}: merge it into another category or archive it instead")


class CategoryHasChildren(LedgerError):
    def __init__(self) -> None:
        super().__init__("it has subcategories: move or merge them first")


class TooManyCategories(LedgerError):
    def __init__(self) -> None:
        super().__init__(f"a book has at most {MAX_CATEGORIES:,} categories")


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
    # The name of an icon, and `#rrggbb`; empty has the parent's.
    icon: str = ""
    colour: str = ""
    # Where it stands among its siblings; those of one position by their age.
    position: int = 0
    # Offered no more; what is in it stays.
    archived: bool = False
    # The category that its transactions went to; empty where they didn't, or came back.
    merged_into: str = ""
    # The operation that moved them, and where to, also after it was undone: it may be done again.
    merge_id: str = ""
    merge_target: str = ""

    @property
    def is_built_in(self) -> bool:
        return self.key == UNCATEGORISED

    @property
    def posts_to(self) -> str:
        """Where a posting goes that names this category."""
        return self.merged_into or self.id

    @property
    def is_offered(self) -> bool:
        return not self.archived and not self.merged_into

    def check(self, check: FieldCheck) -> None:
        """Add what is wrong with it, apart from its place in the tree."""
        _check_labels(check, self)

    def expect(self, version: int) -> None:
        """Raises VersionMismatch unless the caller saw this version; 0 doesn't ask."""
        if version not in (0, self.version):
            raise VersionMismatch(self.version)

    def changed_by(self, change: "CategoryChange", tree: "CategoryTree") -> "Category":
        """The category after the change, in its place in the tree.

        Raises InvalidFields, CategoryNotFound (the parent), CategoryKindMismatch, CategoryBuiltIn.
        """
        changed = replace(
            self,
            name=_kept(self.name, change.name),
            parent_id=_kept(self.parent_id, change.parent_id),
            icon=_kept(self.icon, change.icon),
            colour=_kept(self.colour, change.colour).lower(),
            archived=self.archived if change.archived is None else change.archived,
            version=self.version + 1,
        )
        if self.is_built_in and changed.archived:
            raise CategoryBuiltIn
        check = FieldCheck()
        _check_labels(check, changed)
        check.finish()
        if changed.parent_id != self.parent_id:
            tree.require_place(changed)
        return changed

    def merged(self, into_id: str, *, merge_id: str) -> "Category":
        return replace(self, merge_target=into_id, merge_id=merge_id).pointed(merged=True)

    def pointed(self, *, merged: bool) -> "Category":
        """Merged again, or no longer."""
        into = self.merge_target if merged else ""
        return replace(self, merged_into=into, version=self.version + 1)


def kinds_of(categories: Iterable[Category]) -> Kinds:
    return {category.id: category.kind for category in categories}


@dataclass(frozen=True, slots=True)
class CategoryTree:
    """All categories of a book, by id."""

    categories: Mapping[str, Category]

    @classmethod
    def of(cls, categories: Sequence[Category]) -> "CategoryTree":
        return cls({category.id: category for category in categories})

    def get(self, category_id: str, field: str = "id") -> Category:
        """Raises CategoryNotFound; also for one that was merged away."""
        found = self.categories.get(category_id)
        if found is None or found.merged_into:
            raise CategoryNotFound(field)
        return found

    def children(self, category_id: str) -> Sequence[Category]:
        return [
            c for c in self.categories.values() if c.parent_id == category_id and not c.merged_into
        ]

    def require_place(self, category: Category) -> None:
        """Whether it may stand under its parent, with all that is below it.

        Raises CategoryNotFound, CategoryKindMismatch, InvalidFields.
        """
        above = self._above(category)
        if category.id in above:
            raise InvalidFields([("parent_id", "must not be the category itself or below it")])
        if len(above) + 1 + self._height(category.id) > MAX_DEPTH:
            raise InvalidFields([("parent_id", f"at most {MAX_DEPTH} levels")])

    def _above(self, category: Category) -> Sequence[str]:
        """The ids from the parent to the root, or to the category itself where that comes first."""
        above: list[str] = []
        parent_id = category.parent_id
        while parent_id and category.id not in above and len(above) <= MAX_CATEGORIES:
            parent = self.get(parent_id, "parent_id")
            if parent.kind is not category.kind:
                raise CategoryKindMismatch
            above.append(parent_id)
            parent_id = parent.parent_id
        return above

    def _height(self, category_id: str) -> int:
        """How many levels are below it."""
        return max((1 + self._height(child.id) for child in self.children(category_id)), default=0)


def stands_for(categories: Sequence[Category]) -> Mapping[str, str]:
    """What each category that was merged away means by now: the end of its merges."""
    merged = {c.id: c.merged_into for c in categories if c.merged_into}
    return {id_: end_of_merges(merged, id_) for id_ in merged}


@dataclass(frozen=True, slots=True)
class CategoryDraft:
    """What a person says of a category that is to be added."""

    name: str
    kind: CategoryKind | None
    parent_id: str = ""
    icon: str = ""
    colour: str = ""

    def created(self, *, id: str, owner: str, tree: CategoryTree) -> Category:  # noqa: A002
        """The category that the draft describes. Raises InvalidFields, CategoryNotFound (the
        parent), CategoryKindMismatch, TooManyCategories."""
        category = Category(
            id,
            owner,
            self.name.strip(),
            self.kind or CategoryKind.EXPENSE,
            self.parent_id,
            icon=self.icon.strip(),
            colour=self.colour.strip().lower(),
            position=_next_position(tree),
        )
        check = FieldCheck()
        _check_labels(check, category)
        if self.kind is None:
            check.wrong("kind", "expense or income")
        check.finish()
        if len(tree.categories) >= MAX_CATEGORIES:
            raise TooManyCategories
        tree.require_place(category)
        return category


@dataclass(frozen=True, slots=True)
class CategoryChange:
    """What shall be otherwise; None leaves a field as it is, an empty parent is the root."""

    name: str | None = None
    parent_id: str | None = None
    icon: str | None = None
    colour: str | None = None
    archived: bool | None = None


def require_mergeable(tree: CategoryTree, category_id: str, into_id: str) -> Category:
    """The category that is to go. Raises CategoryNotFound, CategoryKindMismatch, CategoryBuiltIn,
    CategoryHasChildren, InvalidFields."""
    category, into = tree.get(category_id), tree.get(into_id, "into_id")
    if category.id == into.id:
        raise InvalidFields([("into_id", "must be another category")])
    if category.kind is not into.kind:
        raise CategoryKindMismatch
    if category.is_built_in:
        raise CategoryBuiltIn
    if tree.children(category.id):
        raise CategoryHasChildren
    return category


def categories_reordered(
    categories: Sequence[Category], first: Sequence[str]
) -> Sequence[Category]:
    """The categories with those named put first, in that order; the others follow as they stood.

    Raises InvalidFields, CategoryNotFound.
    """
    known = {category.id: category for category in categories}
    if len(set(first)) < len(first):
        raise InvalidFields([("category_ids", "each only once")])
    if not known.keys() >= set(first):
        raise CategoryNotFound("category_ids")
    named = set(first)
    rest = [category for category in categories if category.id not in named]
    return [
        replace(category, position=position)
        for position, category in enumerate([*(known[id_] for id_ in first), *rest], start=1)
    ]


def _next_position(tree: CategoryTree) -> int:
    """The last; where nobody has put them in order, the newest is the last anyway."""
    last = max((category.position for category in tree.categories.values()), default=0)
    return last + 1 if last else 0


def end_of_merges(merged: Mapping[str, str], category_id: str) -> str:
    """The category at the end of the merges; `merged` names where each was merged into."""
    # Merges that were undone and done again in another order can make a ring.
    seen: set[str] = set()
    while category_id in merged and category_id not in seen:
        seen.add(category_id)
        category_id = merged[category_id]
    return category_id


def _kept(current: str, change: str | None) -> str:
    return current if change is None else change.strip()


def _check_labels(check: FieldCheck, category: Category) -> None:
    check.text("name", category.name, longest=NAME_LENGTH, needed=True)
    if category.icon and (
        len(category.icon) > _ICON_LENGTH or _ICON.fullmatch(category.icon) is None
    ):
        check.wrong("icon", "the name of an icon, such as shopping-basket")
    if category.colour and _COLOUR.fullmatch(category.colour) is None:
        check.wrong("colour", "#rrggbb")
