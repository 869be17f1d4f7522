"""The laws of the search, over generated books and searches, on a real MongoDB.

`LEDGER_EXAMPLES` sets how many books are made; each is asked several searches.
"""

import asyncio
import os
from collections import Counter
from decimal import Decimal
from typing import Any

import pytest
import search_model
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from ledger_world import Person

from kit.clock import SystemClock
from kit.idempotency import Idempotency
from kit.ids import new_id
from kit.migrations import migrate
from kit.money import Money
from kit.mongo import Mongo
from kit.outbox import Outbox
from ledger.domain.account import Account
from ledger.domain.entry import EntryKind, Origin, Status
from ledger.domain.posting import Command, Reconcile
from ledger.domain.search import Cursor, Order, TransactionFilter, write
from ledger.domain.search.ast import (
    Amount,
    And,
    Comparison,
    Has,
    How,
    Is,
    Named,
    NameKey,
    Node,
    Not,
    Or,
    Part,
    Text,
    Trait,
    When,
    Where,
)
from ledger.domain.transaction import Split, Transaction, TransactionInput
from ledger.migrations import MIGRATIONS
from ledger.repository.names import BookNames
from ledger.repository.transactions import Transactions
from ledger.service.queries import QueryReader
from ledger.wiring import open_ledger

EXAMPLES = int(os.environ.get("LEDGER_EXAMPLES", "25"))
PLAY = settings(
    max_examples=EXAMPLES,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
ACCOUNTS = {"Main card": "EUR", "Savings": "EUR", "Yen": "JPY", "Dinar": "KWD"}
CATEGORIES = ["food", "groceries", "restaurants", "none"]

texts = st.lists(
    st.sampled_from(["coffee", "Coffeeshop", "Café", "Zoë", "tea", "T", "co-op"]), max_size=3
).map(" ".join)
days = st.sampled_from(["2026-01-01", "2026-01-31", "2026-02-01", "2026-03-15", "2027-01-01"])
sizes = st.sampled_from([1, 4, 45, 450, 451, 4500])
tags = st.lists(st.sampled_from(["Work", "work", "TRIP"]), max_size=2)
transactions = st.fixed_dictionaries(
    {
        "account": st.sampled_from(list(ACCOUNTS)),
        "amount": st.one_of(sizes, sizes.map(int.__neg__)),
        "date": days,
        "payee": texts,
        "description": texts,
        "tags": tags,
        "to": st.sampled_from(["", "", "", "transfer", "split", "food", "groceries"]),
        "status": st.sampled_from([Status.PENDING, Status.CLEARED]),
        # Of which sides statements have confirmed it: the account's own, the other one's.
        "confirmed": st.tuples(st.booleans(), st.booleans()),
        "document": st.booleans(),
    }
)
terms = st.one_of(
    st.builds(
        Text,
        st.just(Where.ANYWHERE),
        st.just(How.PREFIX),
        st.sampled_from(["c", "coff", "coffee", "coffeeshop", "zoe", "t", "tea", "co-o", "x"]),
    ),
    st.builds(
        Text,
        st.sampled_from(Where),
        st.just(How.PHRASE),
        st.sampled_from(["coffee", "coffee tea", "café zoë", "tea tea", "op"]),
    ),
    st.builds(
        Text,
        st.sampled_from([Where.PAYEE, Where.NOTE]),
        st.just(How.PREFIX),
        st.sampled_from(["c", "coffee", "te", "co-op"]),
    ),
    st.builds(
        Text,
        st.sampled_from([Where.PAYEE, Where.NOTE]),
        st.just(How.EXACT),
        st.sampled_from(["coffee", "Café Zoë", "CO op"]),
    ),
    st.builds(Named, st.just(NameKey.ACCOUNT), st.sampled_from(list(ACCOUNTS))),
    st.builds(Named, st.just(NameKey.CATEGORY), st.sampled_from(CATEGORIES)),
    st.builds(Named, st.just(NameKey.TAG), st.sampled_from(["WORK", "trip", "other"])),
    st.builds(Named, st.just(NameKey.CURRENCY), st.sampled_from(["EUR", "JPY", "USD"])),
    st.builds(
        Amount,
        st.sampled_from([c for c in Comparison if c is not Comparison.BETWEEN]),
        st.sampled_from(["0", "0.45", "4.5", "4.505", "450", "4500.1"]).map(Decimal),
        st.none(),
        st.sampled_from(["", "", "EUR", "KWD"]),
    ),
    st.just(Amount(Comparison.BETWEEN, Decimal("0.04"), Decimal("4.50"))),
    st.builds(
        When,
        st.sampled_from([c for c in Comparison if c is not Comparison.BETWEEN]),
        st.sampled_from(["2026", "2026-01", "2026-02", "2026-01-31"]),
    ),
    st.just(When(Comparison.BETWEEN, "2026-01-02", "2026-02")),
    st.builds(Is, st.sampled_from(Trait)),
    st.builds(Has, st.sampled_from(Part)),
)


def flat(kind: Any, nodes: list[Node]) -> Node:
    members = ((node.nodes if isinstance(node, kind) else (node,)) for node in nodes)
    return kind(tuple(member for some in members for member in some))


queries = st.recursive(
    terms,
    lambda inner: st.one_of(
        st.builds(Not, inner),
        st.lists(inner, min_size=2, max_size=3).map(lambda nodes: flat(And, nodes)),
        st.lists(inner, min_size=2, max_size=3).map(lambda nodes: flat(Or, nodes)),
    ),
    max_leaves=5,
)


@PLAY
@given(
    st.lists(transactions, max_size=12),
    st.lists(queries, min_size=4, max_size=8),
    st.sampled_from(Order),
)
def test_a_search_finds_what_the_naive_model_finds(database, rows, asked, order):
    async def law(person: Person, mongo: Mongo) -> None:
        book = await written(person, rows)
        everything = await person.list(limit=500)
        for node in asked:
            found = [t for t in everything if search_model.holds(node, t, book)]
            await agrees(person, write(node), found, order)

    run(database, law)


async def agrees(person: Person, query: str, found: list[Transaction], order: Order) -> None:
    """Pages, ids, months and totals are those of what the model found."""
    filter_ = TransactionFilter(query=query)
    use = person.ledger.transactions
    pages, cursor = [], ""
    while True:
        page = await use.list_transactions(
            owner=person.id, filter_=filter_, cursor=cursor, limit=2, order=order
        )
        pages += [t.id for t in page.transactions]
        if page.next is None:
            break
        cursor = page.next.text()

    assert pages == [t.id for t in in_order(found, order)], query

    counts = Counter(t.date[:7] for t in found)
    months = await use.index_transactions(owner=person.id, filter_=filter_)
    assert [(m.month, m.count) for m in months] == sorted(counts.items(), reverse=True), query
    for month in months:
        own = [t for t in found if t.date[:7] == month.month and t.kind is EntryKind.STANDARD]
        assert {s.currency: s.minor_units for s in month.sums} == sums(own), query

    totals = await use.total_transactions(owner=person.id, filter_=filter_)
    own = [t for t in found if t.kind is EntryKind.STANDARD]
    nets = {t.net.currency: t.net.minor_units for t in totals.currencies}
    assert totals.count == len(found), query
    assert {c: n for c, n in nets.items() if n} == {c: n for c, n in sums(own).items() if n}, query
    assert all(t.money_in.minor_units >= 0 <= t.money_out.minor_units for t in totals.currencies)


@PLAY
@given(
    st.lists(transactions, max_size=12),
    st.lists(queries, min_size=4, max_size=8),
    st.sampled_from(Order),
    st.sampled_from([(1,), (2, 3)]),
)
def test_pages_that_look_at_few_entries_concatenate_to_what_is_found(
    database, rows, asked, order, steps
):
    async def law(person: Person, mongo: Mongo) -> None:
        book = await written(person, rows)
        everything = await person.list(limit=500)
        own = await person.ledger.books.book(owner=person.id)
        reader = QueryReader(
            names=BookNames(mongo), book_service=person.ledger.books, clock=SystemClock()
        )
        for node in asked:
            filter_ = TransactionFilter(query=write(node))
            query = await reader.read(owner=person.id, filter_=filter_)
            pages, after = [], None
            while True:
                found = await Transactions(mongo, steps).page(
                    own, query, after=after, limit=2, order=order
                )
                pages += [t.id for t in found.transactions]
                after = found.reached
                if len(found.transactions) == 2:
                    after = Cursor.at(found.transactions[-1], order)
                if after is None:
                    break
            model = [t for t in everything if search_model.holds(node, t, book)]
            assert pages == [t.id for t in in_order(model, order)], write(node)

    run(database, law)


def in_order(found: list[Transaction], order: Order) -> list[Transaction]:
    def place(t: Transaction) -> Any:
        return (search_model.size(t), t.date, t.id) if order.by_size else (t.date, t.id)

    return sorted(found, key=place, reverse=order.descends)


def sums(found: list[Transaction]) -> dict[str, int]:
    counted: dict[str, int] = {}
    for t in found:
        counted.setdefault(t.amount.currency, 0)
        counted[t.amount.currency] += t.amount.minor_units
    return counted


async def written(person: Person, rows: list[dict[str, Any]]) -> search_model.Book:
    """A book of these transactions, and an opening balance."""
    accounts = {
        name: await person.account(
            name, currency, opening_balance=Money(450, currency), opening_date="2026-01-31"
        )
        for name, currency in ACCOUNTS.items()
    }
    categories = await person.ledger.categories.list_categories(owner=person.id)
    food = next(c for c in categories if c.name == "Food")
    ids = {c.key: c.id for c in categories if c.parent_id == food.id} | {"food": food.id}
    inputs = [transaction(row, accounts, ids) for row in rows]
    results = await person.import_(*inputs, keys=[f"row-{i}" for i in range(len(inputs))])
    await confirm(person, rows, inputs, [result.transaction_id for result in results])
    below = {key: {id_} for key, id_ in ids.items()}
    below["food"] = {food.id, *ids.values()}
    below["none"] = {""}
    return search_model.Book({name: a.id for name, a in accounts.items()}, below)


async def confirm(
    person: Person, rows: list[dict[str, Any]], inputs: list[TransactionInput], ids: list[str]
) -> None:
    acts = [
        Command(person.id, person.id, Reconcile(id_, 0, account_id))
        for row, said, id_ in zip(rows, inputs, ids, strict=True)
        for account_id, is_confirmed in zip(
            (said.account_id, said.to_account_id), row["confirmed"], strict=True
        )
        if account_id and is_confirmed
    ]
    for act in acts:
        await person.ledger.writer.post(act)


def transaction(
    row: dict[str, Any], accounts: dict[str, Account], ids: dict[str, str]
) -> TransactionInput:
    account = accounts[row["account"]]
    amount = Money(row["amount"], account.currency)
    places: dict[str, Any] = {"category_id": ids.get(row["to"], "")}
    if row["to"] == "transfer" and account.currency == "EUR":
        other = "Savings" if row["account"] == "Main card" else "Main card"
        places = {"to_account_id": accounts[other].id}
    if row["to"] == "split":
        more = amount + Money(3, account.currency)
        rest = Money(-3, account.currency)
        places = {"splits": (Split(ids["groceries"], more), Split("", rest))}
        if more.is_zero:
            places = {}
    return TransactionInput(
        account.id,
        row["date"],
        amount,
        payee=row["payee"],
        description=row["description"],
        tags=row["tags"],
        status=row["status"],
        origin=Origin(document_id=new_id() if row["document"] else ""),
        **places,
    )


@pytest.fixture
def database(mongo_server: Any, mongo_database: str) -> tuple[str, str]:
    """A migrated database for all examples of one law; each example is another person."""

    async def prepare() -> None:
        async with Mongo.open(mongo_server.uri, database=mongo_database) as mongo:
            for part in (Outbox, Idempotency):
                await part.ensure_indexes(mongo.db)
            await migrate(mongo.db, MIGRATIONS)

    asyncio.run(prepare())
    return mongo_server.uri, mongo_database


def run(database: tuple[str, str], law: Any) -> None:
    async def example() -> None:
        uri, name = database
        async with Mongo.open(uri, database=name) as mongo, open_ledger(mongo) as ledger:
            person = Person(ledger, new_id())
            await law(person, mongo)

    asyncio.run(example())


@PLAY
@given(
    st.lists(transactions, max_size=12),
    st.one_of(st.none(), st.sampled_from(list(ACCOUNTS)), st.just("category")),
    st.tuples(st.one_of(st.just(""), days), st.one_of(st.just(""), days)),
    st.sets(st.integers(0, 11)),
)
def test_what_the_rollups_answer_is_what_the_entries_come_to(database, rows, where, span, deleted):
    """Months and totals of a whole book, an account or a category between any two days."""

    async def law(person: Person, mongo: Mongo) -> None:
        book = await written(person, rows)
        for i, t in enumerate(await person.list(limit=500)):
            if i in deleted and t.status is not Status.RECONCILED:
                await person.delete(t)
        first, last = span
        query = f"from:{first or '1900'} to:{last or '2200'}"
        if where == "category":
            query += " category:groceries"
        elif where:
            query += f' account:"{where}"'
        found = [
            t
            for t in await person.list(limit=500)
            if (first or "1900") <= t.date <= (last or "2200-12-31")
            and (
                where not in book.accounts
                or book.accounts[where] in (t.account_id, t.to_account_id)
            )
            and (where != "category" or {s.category_id for s in t.splits} & book.below["groceries"])
        ]
        await agrees(person, query, found, Order.NEWEST)

    run(database, law)
