"""What a search finds, told by examples."""

import pytest
from ledger_world import Person, at, coffee

from kit.money import Money
from ledger.domain.category import CategoryKind
from ledger.domain.entry import Status
from ledger.domain.search import TransactionFilter
from ledger.domain.transaction import Split


@pytest.fixture
async def shopper(anna: Person) -> Person:
    """Eight transactions, each with a description that names it."""
    card, savings = await anna.account("Main card"), await anna.account("Savings")
    yen = await anna.account("Yen", "JPY")
    food = await anna.category("groceries")
    salary = await anna.category("salary", CategoryKind.INCOME)
    pairs = [
        (coffee(card, -450, description="first", tags=["Work"]), "2026-01-15"),
        (coffee(card, -451, description="second", payee="Coffee Shop"), "2026-02-01"),
        (
            coffee(card, -3000, description="bread", payee="Müller", category_id=food.id),
            "2026-02-28",
        ),
        (
            coffee(card, 2000_00, description="pay", payee="ACME", category_id=salary.id),
            "2026-03-01",
        ),
        (coffee(card, -2000, payee="", description="move", to_account_id=savings.id), "2026-04-01"),
        (coffee(yen, -450, description="tokyo", payee="Lawson", tags=["trip"]), "2026-04-02"),
        (
            coffee(card, -99, description="later", payee="Shop Coffee", status=Status.PENDING),
            "2026-04-03",
        ),
        (
            coffee(
                card,
                -1000,
                description="mixed",
                payee="Corner Shop",
                splits=(
                    Split(food.id, Money(-700, "EUR"), "bread"),
                    Split("", Money(-300, "EUR"), "soap"),
                ),
            ),
            "2026-05-01",
        ),
    ]
    for input_, day in pairs:
        await anna.post(at(input_, day))
    return anna


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("", "first second bread pay move tokyo later mixed"),
        ("zoe", "first"),
        ("coff", "second later"),
        ('"coffee shop"', "second"),
        ('"coff shop"', ""),
        ("shop OR müller", "second later mixed bread"),
        ("shop -pending -coffee", "mixed"),
        ("(shop OR acme) -is:pending", "second mixed pay"),
        ("payee:shop", "second later mixed"),
        ('payee="shop coffee"', "later"),
        ("payee=shop", ""),
        ("note:first", "first"),
        ("note:zoe", ""),
        ("payee:first", ""),
        ('note="first"', "first"),
        ("amount:4.5", "first"),
        ("amount:4,50", "first"),
        ("amount:450", "tokyo"),
        ("amount>4,50 amount<5", "second"),
        ("amount:4.5..4.51EUR", "first second"),
        ("amount>=400", "pay tokyo"),
        ("amount>=400JPY", "tokyo"),
        ("amount:4.505", ""),
        ("currency:jpy", "tokyo"),
        ("currency:USD", ""),
        ("category:groceries", "bread mixed"),
        ("category:food", "bread mixed"),
        ("category:none", "first second tokyo later mixed"),
        ('account:"main card" is:transfer', "move"),
        ("account:savings", "move"),
        ("account:yen", "tokyo"),
        ("tag:WORK", "first"),
        ("tag:w", ""),
        ("has:tags", "first tokyo"),
        ("has:splits", "mixed"),
        ("has:note", "first second bread pay move tokyo later mixed"),
        ("-has:payee", "move"),
        ("is:income", "pay"),
        ("type:expense status:pending", "later"),
        ("is:cleared tag:trip", "tokyo"),
        ("from:2026-04", "move tokyo later mixed"),
        ("to:2026-01", "first"),
        ("date:2026-02", "second bread"),
        ("month:2026-02", "second bread"),
        ("year:2026 date>2026-Q1 date<2026-05", "move tokyo later"),
        ("date:2026-02..2026-03-01", "second bread pay"),
        ("from:2026-05 to:2026-04", ""),
        ("date:2026-05..2026-04", ""),
        ("-(is:expense OR is:income)", "move"),
        ("year:1999", ""),
    ],
)
async def test_a_search_finds(shopper: Person, query: str, found: str):
    listed = [t.description for t in await shopper.list(query=query, limit=2)]

    assert sorted(listed) == sorted(found.split())
    totals = await shopper.ledger.transactions.total_transactions(
        owner=shopper.id, filter_=TransactionFilter(query=query)
    )
    assert totals.count == len(listed)
