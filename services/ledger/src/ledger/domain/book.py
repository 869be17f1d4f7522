"""The book of one person: the few accounts that every book has, and its defaults."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from ledger.domain.category import UNCATEGORISED, Category, CategoryKind
from ledger.domain.defaults import DEFAULT_TREE, OPENING_BALANCE, language_of


@dataclass(frozen=True, slots=True)
class Book:
    """What never changes in a book, so that it may be remembered once read."""

    owner: str
    # Where opening balances come from; never listed as one of the person's accounts.
    equity_id: str
    uncategorised_expense_id: str
    uncategorised_income_id: str
    # What balances a transfer across currencies in each of them; never listed either. What it
    # holds, at the rates of a day, is what changing money has lost or won until then.
    trading_id: str

    def uncategorised(self, *, inflow: bool) -> str:
        """Where a posting goes of which nobody has said what it was."""
        return self.uncategorised_income_id if inflow else self.uncategorised_expense_id

    def named_category(self, category_id: str) -> str:
        """The id as a person sees it: empty for what is uncategorised."""
        if category_id in (self.uncategorised_expense_id, self.uncategorised_income_id):
            return ""
        return category_id


def default_categories(owner: str, *, locale: str, new_id: Callable[[], str]) -> Sequence[Category]:
    """The tree that a new book begins with, in the person's language or in English."""
    language = language_of(locale)
    categories = []
    for group in DEFAULT_TREE:
        parent = Category(
            new_id(),
            owner,
            group.names[language],
            group.kind,
            icon=group.icon,
            colour=group.colour,
        )
        categories.append(parent)
        categories.extend(
            Category(
                new_id(),
                owner,
                leaf.names[language],
                group.kind,
                parent.id,
                leaf.key,
                icon=leaf.icon,
            )
            for leaf in group.leaves
        )
    return categories


def open_book(owner: str, categories: Sequence[Category], *, new_id: Callable[[], str]) -> Book:
    """The book over its default categories."""
    return Book(
        owner,
        equity_id=new_id(),
        uncategorised_expense_id=_uncategorised(categories, CategoryKind.EXPENSE),
        uncategorised_income_id=_uncategorised(categories, CategoryKind.INCOME),
        trading_id=new_id(),
    )


def renamed_defaults(categories: Sequence[Category], *, locale: str) -> dict[str, str]:
    """New names, by id, of the default categories that nobody has touched, in another language."""
    leaves = {(group.kind, leaf.key): leaf.names for group in DEFAULT_TREE for leaf in group.leaves}
    groups = {
        (group.kind, known): group.names for group in DEFAULT_TREE for known in group.names.values()
    }
    language, renamed = language_of(locale), {}
    for category in categories:
        place = category.kind, category.key or category.name
        names = (leaves if category.key else groups).get(place, {})
        is_untouched = category.version == 1 and category.name in names.values()
        if is_untouched and names[language] != category.name:
            renamed[category.id] = names[language]
    return renamed


def opening_balance_payee(locale: str) -> str:
    return OPENING_BALANCE[language_of(locale)]


def _uncategorised(categories: Sequence[Category], kind: CategoryKind) -> str:
    return next(c.id for c in categories if c.key == UNCATEGORISED and c.kind is kind)
