"""A small book to be written in the formats of others, without a server."""

from dataclasses import replace
from typing import Any

from posting_ground import BOOK, Clerk, account, category, coffee, eur, ground, usd

from ledger.domain.account import Account, AccountType
from ledger.domain.category import CategoryKind
from ledger.domain.command import Create, OpenBalance
from ledger.domain.entry import Entry
from ledger.domain.export import Chart
from ledger.domain.transaction import Split, TransactionInput

GIRO, SAVINGS, DOLLARS = account("giro"), account("savings"), account("dollars", "USD")
CARD = replace(account("card"), type=AccountType.CREDIT_CARD)
FOOD = category("food")
BREAD = category("bread", parent_id="food")
PAY = category("pay", CategoryKind.INCOME)
ACCOUNTS, CATEGORIES = [GIRO, SAVINGS, DOLLARS, CARD], [FOOD, BREAD, PAY]
CHART = Chart.of(BOOK, ACCOUNTS, CATEGORIES)


def chart(*, names: dict[str, str], parents: dict[str, str] | None = None) -> Chart:
    """The chart with other names, by id."""
    return Chart.of(
        BOOK,
        [replace(a, name=names.get(a.id, a.name)) for a in ACCOUNTS],
        [
            replace(
                c,
                name=names.get(c.id, c.name),
                parent_id=(parents or {}).get(c.id, c.parent_id),
            )
            for c in CATEGORIES
        ],
    )


def entry(said: TransactionInput | None = None, **more: Any) -> Entry:
    """What a transaction posts; a coffee of 3.50 unless something else is said."""
    return _posted(Create(said or coffee(**more)))


def opening(minor_units: int) -> Entry:
    return _posted(OpenBalance(coffee(minor_units, category_id="", payee="Opening balance")))


def split(**more: Any) -> Entry:
    parts = (Split("bread", eur(-300), "rye"), Split("", eur(-50)))
    return entry(category_id="", splits=parts, **more)


def transfer(**more: Any) -> Entry:
    return entry(category_id="", to_account_id="savings", payee="", **more)


def exchange(**more: Any) -> Entry:
    return entry(
        category_id="", to_account_id="dollars", to_amount=usd(380), payee="", **more
    )  # fmt: skip


def _posted(action: Create | OpenBalance) -> Entry:
    over = ground()
    for known in CATEGORIES:
        over.categories[known.owner, known.id] = known
    return replace(Clerk(over).accept(action).result, transaction_id="t1")


def pieces(format_: Any, *entries: Entry) -> str:
    """The entries as the format writes them, one after the other."""
    return "".join(piece for each in entries for piece in format_.entry(each))


def named(account_: Account, name: str) -> Account:
    return replace(account_, name=name)
