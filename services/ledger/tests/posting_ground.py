"""What a group of postings stands on, made by hand: two people's books without a server."""

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from kit.money import Money
from ledger.domain.account import Account, AccountType
from ledger.domain.book import Book
from ledger.domain.category import Category, CategoryKind
from ledger.domain.command import Action, Command, Create, Edit, Key, Reconcile
from ledger.domain.entry import Entry
from ledger.domain.errors import LedgerError
from ledger.domain.ground import Ground
from ledger.domain.posting import Decided, PostingGroup
from ledger.domain.report import Dated, Flow
from ledger.domain.transaction import TransactionInput

OWNER, OTHER, ACTOR = "anna", "ben", "carl"
NOW = datetime(2026, 3, 14, 9, tzinfo=UTC)
BOOK = Book(OWNER, "equity", "no-expense", "no-income", "trading")


def eur(minor_units: int) -> Money:
    return Money(minor_units, "EUR")


def usd(minor_units: int) -> Money:
    return Money(minor_units, "USD")


def account(
    id_: str, currency: str = "EUR", *, owner: str = OWNER, closed: bool = False
) -> Account:
    return Account(
        id_, owner, id_.title(), AccountType.CHECKING, currency, "", "", closed, 1, NOW, NOW
    )  # fmt: skip


def category(id_: str, kind: CategoryKind = CategoryKind.EXPENSE, **more: Any) -> Category:
    return Category(id_, OWNER, id_.title(), kind, **more)


def ground() -> Ground:
    """Anna's book with 7 entries, and Ben's, which has other accounts and categories."""
    accounts = [
        account("giro"),
        account("savings"),
        account("dollars", "USD"),
        replace(account("shut"), closed=True),
        account("bens", owner=OTHER),
    ]
    categories = [
        category("food"),
        category("pay", CategoryKind.INCOME),
        category("snacks", merged_into="food"),
    ]
    return Ground(
        books={OWNER: BOOK, OTHER: Book(OTHER, "e", "x", "i", "t")},
        seqs={OWNER: 7, OTHER: 0},
        accounts={(a.owner, a.id): a for a in accounts},
        categories={(c.owner, c.id): c for c in categories},
    )


def on_day(day: str, *flows: Flow) -> Dated:
    """Flows of a day."""
    return [(day, flow.id, flow.currency, flow.debit, flow.credit) for flow in flows]


def coffee(minor_units: int = -350, **more: Any) -> TransactionInput:
    said = {"category_id": "food", "payee": "Zoë", **more}
    return TransactionInput("giro", "2026-03-14", eur(minor_units), **said)


class Clerk:
    """Decides one act after the other, and remembers the ids that were given out."""

    def __init__(self, over: Ground | None = None, *, now: datetime = NOW) -> None:
        self.ground = over or ground()
        self.ids: list[str] = []
        self._group = PostingGroup(self.ground, now=now, new_id=self._new_id)

    def decide(self, action: Action, owner: str = OWNER, **more: Any) -> Decided | LedgerError:
        return self._group.decide(Command(owner, ACTOR, action, **more))

    def accept(self, action: Action, **more: Any) -> Decided:
        decided = self.decide(action, **more)
        assert isinstance(decided, Decided), decided
        return decided

    def refuse(self, action: Action, **more: Any) -> LedgerError:
        """The refusal, which has changed nothing for those that follow."""
        seqs, newest = dict(self.ground.seqs), dict(self.ground.newest)
        refusal = self.decide(action, **more)
        assert isinstance(refusal, LedgerError), refusal
        assert (self.ground.seqs, self.ground.newest) == (seqs, newest)
        return refusal

    def create(self, said: TransactionInput | None = None, key: str = "") -> Entry:
        return self.accept(Create(said or coffee()), key=Key(key, "hash")).result

    def confirm(self, entry: Entry, *account_ids: str) -> Entry:
        """The entry as statements of these accounts have confirmed it."""
        for account_id in account_ids:
            entry = self.accept(Reconcile(entry.transaction_id, 0, account_id)).result
        return entry

    def remember_states(self, entry: Entry) -> None:
        """As what is read for an act that restores."""
        self.ground.states[entry.owner, entry.transaction_id] = [entry]

    def _new_id(self) -> str:
        self.ids.append(f"id{len(self.ids)}")
        return self.ids[-1]


def told(refusal: LedgerError) -> tuple[type[LedgerError], str, list[tuple[str, str]]]:
    """What a person hears: the name, the sentence, the fields."""
    return type(refusal), str(refusal), list(refusal.fields)


def close(clerk: Clerk, account_id: str) -> None:
    known = clerk.ground.accounts[OWNER, account_id]
    clerk.ground.accounts[OWNER, account_id] = replace(known, closed=True)


def edit(entry: Entry, **more: object) -> Edit:
    said = {"version": 0, "said": coffee(-400), "unlock": False, **more}
    return Edit(entry.transaction_id, said["version"], said["said"], said["unlock"])
