"""The chart of accounts of a book as plain-text accounting knows it: five roots, names in tiers."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from ledger.domain.account import Account, AccountType
from ledger.domain.book import Book
from ledger.domain.category import Category, CategoryKind

LIABILITIES = {AccountType.CREDIT_CARD, AccountType.LOAN, AccountType.OTHER_LIABILITY}
OPENING, CONVERSION = ("Equity", "Opening-Balances"), ("Equity", "Conversions")

# A name in tiers, its root first.
Path = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Chart:
    """What the accounts and categories of a book are called, by id."""

    book: Book
    accounts: Mapping[str, Account]
    categories: Mapping[str, Category]

    @classmethod
    def of(cls, book: Book, accounts: Sequence[Account], categories: Sequence[Category]) -> "Chart":
        return cls(book, {a.id: a for a in accounts}, {c.id: c for c in categories})

    def account_name(self, account_id: str) -> str:
        """As the person calls it; empty where there is none."""
        account = self.accounts.get(account_id)
        return account.name if account else ""

    def category_path(self, category_id: str) -> Path:
        """From the root of the tree down; empty for what is uncategorised."""
        path: Path = ()
        # A parent that is missing, or a ring, ends it.
        while (category := self.categories.get(category_id)) and len(path) < len(self.categories):
            path = (category.name, *path)
            category_id = category.parent_id
        return path

    def path(self, posted_to: str) -> Path:
        """The name in tiers of whatever a posting goes to."""
        if posted_to == self.book.equity_id:
            return OPENING
        if posted_to == self.book.trading_id:
            return CONVERSION
        if account := self.accounts.get(posted_to):
            root = "Liabilities" if account.type in LIABILITIES else "Assets"
            return (root, account.name)
        category = self.categories.get(posted_to)
        income = category is not None and category.kind is CategoryKind.INCOME
        return ("Income" if income else "Expenses", *self.category_path(posted_to))

    def posted_to(self) -> Sequence[str]:
        """Everything that a posting can go to: accounts, categories, the book's own."""
        own = (self.book.equity_id, self.book.trading_id)
        return (*self.accounts, *self.categories, *own)

    def labels(self, tier: Callable[[str], str], *, root: Callable[[str], str]) -> dict[str, str]:
        """A label for each of them, tiers joined by colons; of two that come out alike the second
        gets a number. The same book gives the same labels."""
        labels: dict[str, str] = {}
        taken: set[str] = set()
        for id_ in self.posted_to():
            head, *tail = self.path(id_)
            plain = ":".join([root(head), *map(tier, tail)])
            label, number = plain, 2
            while label in taken:
                label, number = f"{plain}-{number}", number + 1
            taken.add(label)
            labels[id_] = label
        return labels
