"""Saved searches, suggestions, totals and the language as data; and all of it over a channel."""

import asyncio
import json
from collections.abc import AsyncIterator
from datetime import date

import grpc
import pytest
from ledger_world import Person, coffee, eur, key_of
from test_grpc_api import ISSUER, opened, purchase

from kit.caller import Caller, use_caller
from kit.grpc.client import open_channel
from kit.grpc.errors import rpc_problem
from kit.ids import new_id
from kit.mongo import Mongo
from kit.testing import served
from ledger.domain.errors import InvalidFields, VersionMismatch
from ledger.domain.search import Code, Names, QueryInvalid, TransactionFilter, parse, resolve
from ledger.domain.search.saved import (
    MAX_SAVED,
    SavedSearchChange,
    SavedSearchNotFound,
    TooManySavedSearches,
)
from ledger.grpc_api import ERRORS
from ledger.repository.transactions import Transactions
from ledger.wiring.servicers import servicers
from pfa.ledger.v1 import ledger_pb2, search_pb2, transaction_pb2
from pfa.ledger.v1.ledger_pb2_grpc import LedgerServiceStub
from pfa.ledger.v1.search_pb2_grpc import SearchServiceStub


async def kept(person: Person, name: str, query: str = "coffee", key: str = ""):
    search, _ = await person.ledger.searches.create_saved(
        owner=person.id, name=name, query=query, key=key_of(key, (name, query))
    )
    return search


async def changed(person: Person, search, version: int = 0, **change):
    return await person.ledger.searches.update_saved(
        owner=person.id,
        search_id=search.id,
        expected_version=version,
        change=SavedSearchChange(**change),
    )


async def names(person: Person) -> list[str]:
    shelf = await person.ledger.searches.list_saved(owner=person.id)
    return [search.name for search in shelf.searches]


async def test_saved_searches_keep_the_order_that_they_are_given(anna: Person, ben: Person):
    a, b, c = [await kept(anna, name) for name in "abc"]
    assert await names(anna) == ["a", "b", "c"]

    assert (await changed(anna, c, position=0))[1] == 0
    assert (await changed(anna, a, position=99, name="z"))[1] == 2
    assert await names(anna) == ["c", "b", "z"]
    await anna.ledger.searches.delete_saved(owner=anna.id, search_id=b.id, expected_version=1)

    assert await names(anna) == ["c", "z"]
    assert await names(ben) == []
    with pytest.raises(SavedSearchNotFound):
        await changed(ben, a, name="mine")


async def test_a_saved_search_is_changed_by_whoever_saw_it_last(anna: Person):
    search = await kept(anna, "a")
    assert (await changed(anna, search, 1, query="tea"))[0].version == 2

    with pytest.raises(VersionMismatch):
        await changed(anna, search, 1, query="milk")
    with pytest.raises(VersionMismatch):
        await anna.ledger.searches.delete_saved(
            owner=anna.id, search_id=search.id, expected_version=1
        )
    shelf = await anna.ledger.searches.list_saved(owner=anna.id)
    assert [s.query for s in shelf.searches] == ["tea"]


async def test_many_at_once_are_all_kept(anna: Person):
    await asyncio.gather(*(kept(anna, f"{i}") for i in range(8)))

    assert sorted(await names(anna)) == sorted(f"{i}" for i in range(8))


async def test_a_search_is_kept_once_a_key_and_answered_as_it_was_then(anna: Person):
    first = await kept(anna, "a", key="k")
    await changed(anna, first, name="b")

    again = await kept(anna, "a", key="k")

    assert (again.id, again.name, again.version) == (first.id, "a", 1)
    assert await names(anna) == ["b"]


async def test_what_is_not_understood_is_not_kept(anna: Person):
    with pytest.raises(QueryInvalid):
        await kept(anna, "a", "is:nothing")
    with pytest.raises(QueryInvalid) as refused:
        await kept(anna, "a", "category:Foood")
    (problem,) = refused.value.problems
    assert (problem.code, problem.at.column, problem.suggestions[0]) == (
        Code.NO_SUCH_NAME,
        10,
        "Food",
    )
    for name, query in ((" ", "x"), ("a", " "), ("n" * 101, "x")):
        with pytest.raises(InvalidFields):
            await kept(anna, name, query)
    assert await names(anna) == []


async def test_a_book_keeps_no_more_than_so_many(anna: Person):
    for i in range(MAX_SAVED):
        await kept(anna, f"{i}")

    with pytest.raises(TooManySavedSearches):
        await kept(anna, "one more")


async def test_suggestions_know_the_book(anna: Person):
    card = await anna.account("Main card")
    await anna.account("Savings")
    await anna.post(coffee(card, payee="Café Zoë", tags=["Work", "World"]))

    async def suggested(text: str) -> list[str]:
        found = await anna.ledger.searches.suggest(
            owner=anna.id, text=text, cursor=len(text), limit=5
        )
        return [s.text for s in found]

    assert await suggested("ca") == ["category:", "cafe"]
    assert await suggested("account:") == ['"Main card"', "Savings"]
    assert await suggested('account:"ma') == ['"Main card"']
    assert await suggested("-account:card") == ['"Main card"']
    assert "Groceries" in await suggested("category:gro")
    assert await suggested("tag:wor") == ["work", "world"]
    assert await suggested("payee:z") == ["zoe"]
    assert await suggested("currency:") == ["EUR"]
    assert await suggested("is:p") == ["pending"]
    assert await suggested("from:last-m") == ["last-month"]
    assert await suggested("colour:r") == []
    assert await suggested("amount:4") == []


async def test_a_name_that_two_share_means_both(anna: Person):
    for name in ("Cash", "cash"):
        await anna.post(coffee(await anna.account(name)))

    assert len(await anna.list(query="account:CASH")) == 2


async def test_filters_and_search_narrow_together(anna: Person):
    card = await anna.account()
    await anna.post(coffee(card, date="2026-01-01"))
    await anna.post(coffee(card, date="2026-02-01", tags=["x"]))

    assert len(await anna.list(query="zoe", from_date="2026-02-01")) == 1
    assert await anna.list(query="tag:x", to_date="2026-01-31") == []


async def test_totals_say_what_came_in_and_went_out_and_as_of_when(anna: Person):
    card, savings = await anna.account(), await anna.account("S")
    await anna.post(coffee(card, -450))
    await anna.post(coffee(card, -50, tags=["x"]))
    await anna.post(coffee(card, 2000))
    posted = await anna.post(coffee(card, -700, to_account_id=savings.id))

    for query in ("", "account:Main", "zoe"):
        totals = await anna.ledger.transactions.total_transactions(
            owner=anna.id, filter_=TransactionFilter(query=query)
        )
        (euros,) = totals.currencies
        assert (euros.money_in, euros.money_out, euros.count) == (eur(2000), eur(500), 4)
        assert totals.seq == 4
    assert posted.version == 1


async def test_ids_are_those_of_the_list_as_many_as_asked(anna: Person, mongo: Mongo):
    card = await anna.account()
    for day in range(1, 6):
        await anna.post(coffee(card, date=f"2026-01-{day:02}"))
    query = resolve(parse("zoe"), Names(date(2026, 1, 1)))

    listed = [t.id for t in await anna.list(query="zoe")]
    assert await Transactions(mongo).ids(anna.id, query, 100) == listed
    assert await Transactions(mongo).ids(anna.id, query, 3) == listed[:3]


@pytest.fixture
async def channel(ledger) -> AsyncIterator[grpc.aio.Channel]:
    async with (
        served(servicers(ledger), issuer=ISSUER, errors=ERRORS, domain="ledger.pfa") as address,
        open_channel(address, name="ledger") as channel,
    ):
        yield channel


@pytest.fixture
def caller() -> Caller:
    return ISSUER.caller(new_id())


async def test_a_search_over_the_channel(channel: grpc.aio.Channel, caller: Caller):
    books, api = LedgerServiceStub(channel), SearchServiceStub(channel)
    with use_caller(caller):
        account = await opened(books)
        for minor_units in (-450, -900, 100):
            await books.CreateTransaction(
                ledger_pb2.CreateTransactionRequest(transaction=purchase(account.id, minor_units))
            )
        filter_ = transaction_pb2.TransactionFilter(query="zoe amount>=4,50")
        listed = await books.ListTransactions(
            ledger_pb2.ListTransactionsRequest(
                filter=filter_, order=transaction_pb2.TRANSACTION_ORDER_LARGEST
            )
        )
        totals = await api.TotalTransactions(search_pb2.TotalTransactionsRequest(filter=filter_))
        language = await api.GetSearchLanguage(search_pb2.GetSearchLanguageRequest())
        suggested = await api.SuggestSearch(
            search_pb2.SuggestSearchRequest(query="is:pen", cursor_position=6)
        )

    assert [t.amount.minor_units for t in listed.transactions] == [-900, -450]
    assert (totals.count, totals.currencies[0].money_out.minor_units) == (2, 1350)
    assert {"amount", "category", "is"} <= {key.name for key in language.keys}
    assert [(s.text, s.column, s.length) for s in suggested.suggestions] == [("pending", 4, 3)]


async def test_a_refused_search_tells_its_places(channel: grpc.aio.Channel, caller: Caller):
    books = LedgerServiceStub(channel)
    filter_ = transaction_pb2.TransactionFilter(query="is:pendin amount>x")
    with use_caller(caller), pytest.raises(grpc.aio.AioRpcError) as refused:
        await books.ListTransactions(ledger_pb2.ListTransactionsRequest(filter=filter_))

    problem = rpc_problem(refused.value)
    assert (problem.code, problem.reason) == (
        grpc.StatusCode.INVALID_ARGUMENT,
        "QUERY_INVALID",
    )
    assert [field for field, _ in problem.fields] == ["query", "query"]
    first, second = json.loads(problem.metadata["problems"])
    assert (first["column"], first["length"], first["suggestions"]) == (4, 6, ["pending"])
    assert (second["column"], second["code"]) == (18, "bad_value")


async def test_saved_searches_over_the_channel(channel: grpc.aio.Channel, caller: Caller):
    api = SearchServiceStub(channel)
    with use_caller(caller):
        create = search_pb2.CreateSavedSearchRequest(
            idempotency_key="k", name="Coffee", query="from:last-month coffee"
        )
        made = (await api.CreateSavedSearch(create)).search
        assert (await api.CreateSavedSearch(create)).search == made
        create.query = "tea"
        with pytest.raises(grpc.aio.AioRpcError) as conflict:
            await api.CreateSavedSearch(create)
        changed = await api.UpdateSavedSearch(
            search_pb2.UpdateSavedSearchRequest(id=made.id, expected_version=1, name="Cafés")
        )
        listed = await api.ListSavedSearches(search_pb2.ListSavedSearchesRequest())
        await api.DeleteSavedSearch(search_pb2.DeleteSavedSearchRequest(id=made.id))
        with pytest.raises(grpc.aio.AioRpcError) as gone:
            await api.DeleteSavedSearch(search_pb2.DeleteSavedSearchRequest(id=made.id))

    assert rpc_problem(conflict.value).reason == "IDEMPOTENCY_CONFLICT"
    assert rpc_problem(gone.value).reason == "SAVED_SEARCH_NOT_FOUND"
    assert (changed.search.version, changed.search.query) == (2, "from:last-month coffee")
    assert list(listed.searches) == [changed.search]
