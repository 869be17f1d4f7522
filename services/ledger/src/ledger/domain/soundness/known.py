"""Facts about a book that are collected while its documents are checked one by one."""

from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime

from kit.ids import is_id
from ledger.domain.account import Account
from ledger.domain.book import Book
from ledger.domain.budget import Budget
from ledger.domain.category import Category
from ledger.domain.fields import FieldCheck
from ledger.domain.importing.batch import Import

TEXT_LENGTH = 200
# Who did something: a person, a service, or an id.
ACTOR_LENGTH = 100


class Unsound(Exception):
    """The document on this line can't be part of a book."""

    def __init__(self, line: int, what: str) -> None:
        super().__init__(what)
        self.line = line


@dataclass(slots=True)
class Known:
    """Documents that others name, by id, and how many of each kind there are."""

    owner: str
    # Nothing can have been recorded after this.
    latest: datetime
    book: Book | None = None
    accounts: dict[str, Account] = field(default_factory=dict)
    categories: dict[str, Category] = field(default_factory=dict)
    budgets: dict[str, Budget] = field(default_factory=dict)
    imports: dict[str, Import] = field(default_factory=dict)
    counts: Counter[str] = field(default_factory=Counter)
    # Where each of these was, for what can only be told at the end.
    lines: dict[str, int] = field(default_factory=dict)

    def account(self, check: FieldCheck, name: str, id_: str) -> Account | None:
        account = self.accounts.get(id_)
        if account is None:
            check.wrong(name, "there is no such account in the file")
        return account

    def category(self, check: FieldCheck, name: str, id_: str) -> None:
        """Empty stands for no category."""
        if id_ and id_ not in self.categories:
            check.wrong(name, "there is no such category in the file")

    def counted(self, check: FieldCheck, kind: str, *, most: int) -> None:
        self.counts[kind] += 1
        if self.counts[kind] > most:
            check.wrong(kind, f"a book has at most {most:,}")


def check_id(check: FieldCheck, name: str, value: str) -> None:
    if not is_id(value):
        check.wrong(name, "is no id of ours")


def check_version(check: FieldCheck, value: int) -> None:
    if value < 1:
        check.wrong("version", "must be 1 or more")


def check_owner(check: FieldCheck, known: Known, owner: str) -> None:
    if owner != known.owner:
        check.wrong("_id", "belongs to another book")
