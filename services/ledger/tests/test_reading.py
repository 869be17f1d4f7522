"""Lists, search, months, reports."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace
from itertools import pairwise
from typing import Any

import pytest
from ledger_world import Person, at, coffee, eur

from kit.cursors import InvalidCursor
from kit.money import Money
from kit.mongo import Mongo
from ledger.domain.account import AccountChange
from ledger.domain.category import CategoryDraft, CategoryKind
from ledger.domain.command import Key
from ledger.domain.entry import EntryKind
from ledger.domain.errors import InvalidFields, VersionMismatch
from ledger.domain.report import Flow, Period
from ledger.domain.search import TransactionFilter
from ledger.repository.accounts import Accounts
from ledger.repository.categories import Categories
from ledger.repository.payees import Payees
from ledger.repository.rollups import Rollups
from ledger.service.reports import ReportService


async def test_pages_concatenate_to_the_list_while_others_write(anna: Person):
    account = await anna.account()
    for i in range(23):
        await anna.post(at(coffee(account, -1 - i), f"2026-01-{1 + i % 4:02}"))
    before = await anna.list(limit=500)

    seen, cursor = [], ""
    while True:
        page = await anna.ledger.transactions.list_transactions(
            owner=anna.id, filter_=TransactionFilter(), cursor=cursor, limit=5
        )
        seen += page.transactions
        await anna.post(at(coffee(account), "2026-01-02"))
        if page.next is None:
            break
        cursor = page.next.text()

    assert len({t.id for t in seen}) == len(seen)
    assert {t.id for t in before} <= {t.id for t in seen}
    assert all((a.date, a.id) > (b.date, b.id) for a, b in pairwise(seen))


@pytest.mark.parametrize(
    ("filter_", "found"),
    [
        ({"text": "zoe"}, ["coffee", "refund"]),
        ({"text": "CAF zo"}, ["coffee", "refund"]),
        ({"text": "oe"}, []),
        ({"text": "müll"}, ["bin"]),
        ({"tag": "work"}, ["bin"]),
        ({"from_date": "2026-02-02"}, ["bin", "move"]),
        ({"to_date": "2026-01-31"}, ["coffee"]),
        ({"min_minor_units": 1000}, ["bin", "move"]),
        ({"min_minor_units": 400, "max_minor_units": 500}, ["coffee", "refund"]),
        ({"kind": EntryKind.TRANSFER}, ["move"]),
        ({"text": "zoe", "from_date": "2026-02-01"}, ["refund"]),
    ],
)
async def test_filters(anna: Person, filter_, found):
    account, savings = await anna.account(), await anna.account("Savings")
    await anna.post(at(coffee(account, description="coffee"), "2026-01-15"))
    await anna.post(at(coffee(account, 450, description="refund"), "2026-02-01"))
    rubbish = coffee(account, -1000, payee="Müllabfuhr", description="bin", tags=["work"])
    await anna.post(at(rubbish, "2026-03-01"))
    transfer = coffee(account, -2000, payee="", description="move", to_account_id=savings.id)
    await anna.post(at(transfer, "2026-04-01"))

    assert sorted(t.description for t in await anna.list(**filter_)) == sorted(found)
    months = await anna.ledger.transactions.index_transactions(
        owner=anna.id, filter_=TransactionFilter(**filter_)
    )
    assert sum(m.count for m in months) == len(found)


async def test_the_months_say_what_the_list_holds(anna: Person):
    account, savings = await anna.account(), await anna.account("Savings")
    yen = await anna.account("Yen", "JPY")
    await anna.post(at(coffee(account), "2026-01-15"))
    await anna.post(at(coffee(account, -50), "2026-01-31"))
    await anna.post(at(coffee(yen, -12), "2026-01-01"))
    await anna.post(at(coffee(account, -2000, to_account_id=savings.id), "2026-02-01"))

    months = await anna.ledger.transactions.index_transactions(
        owner=anna.id, filter_=TransactionFilter()
    )

    assert [(m.month, m.count, list(m.sums)) for m in months] == [
        ("2026-02", 1, []),
        ("2026-01", 3, [eur(-500), Money(-12, "JPY")]),
    ]


@pytest.mark.parametrize("cursor", ["nonsense", "AAAA", "MjAyNi0wMS0wMQ", "é"])
async def test_a_cursor_that_was_not_given_out_is_refused(anna: Person, cursor):
    with pytest.raises(InvalidCursor):
        await anna.ledger.transactions.list_transactions(
            owner=anna.id, filter_=TransactionFilter(), cursor=cursor, limit=5
        )


async def test_the_summary_counts_income_and_spending_and_no_transfers(anna: Person):
    account, savings = await anna.account(opening_balance=eur(9_00)), await anna.account("S")
    salary = await anna.category("salary", CategoryKind.INCOME)
    food = await anna.category("groceries")
    await anna.post(at(coffee(account, 2000_00, category_id=salary.id), "2026-01-31"))
    await anna.post(at(coffee(account, -30_00, category_id=food.id), "2026-02-01"))
    await anna.post(at(coffee(account, 5_00, category_id=food.id), "2026-02-28"))
    await anna.post(at(coffee(account, -7_00), "2026-03-01"))
    await anna.post(at(coffee(account, -500_00, to_account_id=savings.id), "2026-02-02"))

    (summary,) = await anna.ledger.reports.get_summary(
        owner=anna.id, period=Period("2026-01-31", "2026-03-01")
    )
    rows = await anna.ledger.reports.get_spending(
        owner=anna.id, period=Period("2026-01-31", "2026-03-01")
    )

    assert (summary.income, summary.expense, summary.net) == (
        eur(2000_00),
        eur(32_00),
        eur(1968_00),
    )
    assert summary.posting_count == 4
    assert [(r.category.key, r.amount, r.posting_count) for r in rows] == [
        ("groceries", eur(25_00), 2),
        ("uncategorised", eur(7_00), 1),
    ]


class Meanwhile(Rollups):
    """Something happens between the call and the reading."""

    def __init__(self, mongo: Mongo, happens: Callable[[], Awaitable[object]]) -> None:
        super().__init__(mongo)
        self._happens = happens

    async def totals(self, *args: Any, **kwargs: Any) -> Sequence[Flow]:
        await self._happens()
        return await super().totals(*args, **kwargs)


async def test_a_summary_knows_also_a_category_that_was_made_while_it_read(
    anna: Person, mongo: Mongo
):
    account, ledger = await anna.account(), anna.ledger

    async def post_into_a_new_category() -> None:
        new = await ledger.categories.create_category(
            owner=anna.id, draft=CategoryDraft("New", CategoryKind.EXPENSE), key=Key()
        )
        await anna.post(coffee(account, -3, category_id=new.id))

    reports = ReportService(
        rollups=Meanwhile(mongo, post_into_a_new_category),
        categories=Categories(mongo),
        accounts=Accounts(mongo),
        book_service=ledger.books,
        rates=ledger.rates,
        payees=Payees(mongo),
    )
    (summary,) = await reports.get_summary(owner=anna.id, period=Period("2026-03-01", "2026-03-31"))

    assert summary.expense == eur(3)


async def test_an_edit_leaves_no_trace_in_the_reports(anna: Person):
    account, food = await anna.account(), await anna.category("groceries")
    posted = await anna.post(coffee(account, category_id=food.id))
    for minor_units in (-1, -2, -3):
        await anna.edit(posted, coffee(account, minor_units, category_id=food.id))

    (row,) = await anna.ledger.reports.get_spending(
        owner=anna.id, period=Period("2026-03-01", "2026-03-31")
    )

    assert (row.amount, row.posting_count) == (eur(3), 1)


async def test_a_book_opens_once_under_a_race_and_takes_its_persons_language(anna: Person, mongo):
    books = await asyncio.gather(*(anna.ledger.books.book(owner=anna.id) for _ in range(10)))
    assert len(set(books)) == 1
    await mongo.in_transaction(
        lambda tx: anna.ledger.books.open_registered(tx, owner=anna.id, locale="de-AT")
    )

    categories = await anna.ledger.categories.list_categories(owner=anna.id)

    assert {"Lebensmittel", "Essen & Trinken", "Ohne Kategorie"} <= {c.name for c in categories}
    keys = [c.key for c in categories if c.key]
    assert (len(keys), keys.count("uncategorised")) == (44, 2)
    by_id = {c.id: c for c in categories}
    assert all(by_id[c.parent_id].key == "" for c in categories if c.key)


async def test_an_account_can_be_renamed_by_whoever_saw_it_last(anna: Person):
    account = await anna.account()

    async def rename(name: str, version: int):
        return await anna.ledger.accounts.update_account(
            owner=anna.id,
            actor=anna.id,
            account_id=account.id,
            expected_version=version,
            change=AccountChange(name=name),
        )

    assert (await rename("Everyday", 1)).account == replace(
        account,
        name="Everyday",
        version=2,
        updated_at=(
            await anna.ledger.accounts.get_account(owner=anna.id, account_id=account.id)
        ).account.updated_at,
    )
    with pytest.raises(VersionMismatch):
        await rename("Late", 1)
    with pytest.raises(InvalidFields):
        await rename(" ", 0)
