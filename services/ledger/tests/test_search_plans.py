"""Every shape of search walks an index that begins with the owner, and a list comes out of it in
its order: `explain` of what the repository sends, over a book where each term finds a few of
many."""

from collections.abc import AsyncIterator
from typing import Any

import pytest
from ledger_world import Person, coffee
from pymongo import AsyncMongoClient
from test_queries import Recorder, singles, stages

from kit.clock import SystemClock
from kit.ids import new_id
from kit.mongo import Mongo
from ledger.domain.entry import Status
from ledger.domain.search import Order, TransactionFilter
from ledger.repository.names import BookNames
from ledger.repository.transactions import Transactions
from ledger.service.queries import QueryReader
from ledger.wiring import open_ledger

# What finds few of many from an index in the order of the list, so that a page costs a page.
IN_ORDER = [
    "",
    "zoe",
    "caf",
    '"cafe zoe"',
    "payee:zoe",
    'payee="café zoë"',
    "note:first",
    "zoe OR acme",
    "zoe -is:pending",
    'account:"Main"',
    "category:food",
    "tag:work",
    "tag:work OR zoe",
    "is:pending",
    "is:income",
    "is:transfer",
    "has:tags",
    "has:document",
    "currency:JPY",
    "from:2026-02",
    "date:2026-02-01..2026-03",
    "year:2026 zoe",
    "import:x",
    "-tag:work",
    "is:expense",
    "has:note",
    "-is:expense",
    "-status:cleared",
    "date>2026-03",
    "date<2026-02-20",
]
# What is found by walking dates or amounts, or sorted once it is found.
BY_FILTER = ["amount>4", "amount:4.5", "amount>4 zoe", "operation:x", "id:x"]
# Searches that read entries they do not return: a page reads a bounded number.
BY_SCAN = [
    "-rent",
    "-rent has:note",
    "rent -has:note amount>400",
    "rent zoe",
    "rent acme",
    "ren zo",
    "rent zzz",
    'payee="Rent 1" payee="Rent 2"',
    "tag:work is:pending",
    'account:Savings account:"Main"',
    "NOT (rent OR zoe OR acme OR lawson)",
    "-currency:EUR",
    "-has:payee",
    "-has:reference",
    "account:Savings -rent",
    "account:Savings has:note",
    "amount>4 -rent",
    "amount<4 -rent",
    "month:2026-05 -rent",
    "(zoe OR has:tags) -rent",
    "note:rent",
    '"rent rent"',
    "is:expense -rent",
]


class Book:
    def __init__(self, person: Person, recorder: Recorder, recorded: Mongo, mongo: Mongo) -> None:
        self.person, self.recorder, self.mongo = person, recorder, mongo
        self._recorded = recorded

    async def examined(self, query: str, order: Order, steps: tuple[int, ...]) -> int:
        """How many entries one page of a search looks at that may look at so many."""
        reader = QueryReader(
            names=BookNames(self.mongo),
            book_service=self.person.ledger.books,
            clock=SystemClock(),
        )
        filter_ = TransactionFilter(query=query)
        asked = await reader.read(owner=self.person.id, filter_=filter_)
        own = await self.person.ledger.books.book(owner=self.person.id)
        self.recorder.commands.clear()
        transactions = Transactions(self._recorded, steps)
        await transactions.page(own, asked, after=None, limit=5, order=order)
        count = 0
        for command in list(self.recorder.commands):
            (single,) = singles(command)
            explained = await self.mongo.db.command("explain", single, verbosity="executionStats")
            count += explained["executionStats"]["totalDocsExamined"]
        return count

    async def plans(self, query: str, order: Order = Order.NEWEST) -> list[list[dict[str, Any]]]:
        """The stages of each command that a page of the list sends about entries."""
        self.recorder.commands.clear()
        await self.person.ledger.transactions.list_transactions(
            owner=self.person.id,
            filter_=TransactionFilter(query=query),
            cursor="",
            limit=20,
            order=order,
        )
        plans = []
        for command in list(self.recorder.commands):
            if command.get("find") == "entries":
                (single,) = singles(command)
                explained = await self.mongo.db.command("explain", single, verbosity="queryPlanner")
                plans.append(list(stages(explained["queryPlanner"]["winningPlan"])))
        assert plans, query
        return plans


@pytest.fixture
async def book(mongo: Mongo, mongo_server: Any) -> AsyncIterator[Book]:
    recorder = Recorder()
    client: Any = AsyncMongoClient(mongo_server.uri, event_listeners=[recorder])
    try:
        recorded = Mongo(client, mongo.db.name)
        async with open_ledger(recorded, clock=SystemClock()) as ledger:
            person = Person(ledger, new_id())
            main, savings = await person.account(), await person.account("Savings")
            yen = await person.account("Yen", "JPY")
            food = await person.category("groceries")
            rows = [
                coffee(savings, -1 - i, date=f"2026-{1 + i % 12:02}-09", payee=f"Rent {i % 7}")
                for i in range(400)
            ]
            rows += [
                coffee(main, -450, description="first", tags=["work"], category_id=food.id),
                coffee(main, 100, payee="ACME", status=Status.PENDING),
                coffee(yen, -5, payee="Lawson"),
                coffee(main, -7, payee="", to_account_id=savings.id),
            ]
            await person.import_(*rows, keys=[str(i) for i in range(len(rows))])
            yield Book(person, recorder, recorded, mongo)
    finally:
        await client.close()


async def test_a_page_of_a_search_comes_from_an_index_in_its_order(book: Book):
    for query in IN_ORDER:
        for order in (Order.NEWEST, Order.OLDEST):
            for plan in await book.plans(query, order):
                kinds = {stage["stage"] for stage in plan}
                assert not kinds & {"COLLSCAN", "SORT"}, (query, order, kinds)
                await _begins_with_the_owner(book, plan, query)


async def test_every_other_search_walks_an_index_of_the_owner(book: Book):
    for query in BY_FILTER:
        for order in Order:
            for plan in await book.plans(query, order):
                assert "COLLSCAN" not in {stage["stage"] for stage in plan}, query
                await _begins_with_the_owner(book, plan, query)


async def test_a_list_by_amount_walks_the_index_of_amounts(book: Book):
    for order in (Order.LARGEST, Order.SMALLEST):
        for query in ("", "amount>4"):
            for plan in await book.plans(query, order):
                names = {stage.get("indexName") for stage in plan} - {None}
                assert names == {"in_force_by_size"}
                assert "SORT" not in {stage["stage"] for stage in plan}


async def test_a_page_looks_at_few_entries_whatever_the_search(book: Book):
    everything = 404
    for query in [*IN_ORDER, *BY_FILTER, *BY_SCAN]:
        for order in Order:
            looked_at = await book.examined(query, order, steps=(10, 40))
            assert looked_at <= 100 < everything, (query, order)


async def _begins_with_the_owner(book: Book, plan: list[dict[str, Any]], query: str) -> None:
    indexes = await book.mongo.db.entries.index_information()
    walked = [stage["indexName"] for stage in plan if stage["stage"] == "IXSCAN"]
    assert walked or {stage["stage"] for stage in plan} == {"EOF"}, (query, plan)
    for name in walked:
        assert indexes[name]["key"][0][0] in ("user_id", "_id"), query
