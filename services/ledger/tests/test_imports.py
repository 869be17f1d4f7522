"""Importing: each item alone, once, whatever comes twice."""

import asyncio
import time
from dataclasses import replace

import pytest
from ledger_world import Person, at, coffee

from kit.ids import new_id
from kit.money import Money
from ledger.domain.entry import Origin
from ledger.domain.errors import AccountNotFound, InvalidFields
from ledger.domain.posting import KeyReused
from ledger.service.transactions import ImportOutcome

ADDED, ALREADY_THERE, REFUSED = (
    ImportOutcome.ADDED,
    ImportOutcome.ALREADY_THERE,
    ImportOutcome.REFUSED,
)


async def test_importing_twice_is_importing_once(anna: Person):
    account = await anna.account()
    inputs = [coffee(account, -100 - i) for i in range(20)]
    keys = [f"draft-{i}" for i in range(20)]

    first = await anna.import_(*inputs, keys=keys)
    second = await anna.import_(*inputs, keys=keys)

    assert {r.outcome for r in first} == {ADDED}
    assert {r.outcome for r in second} == {ALREADY_THERE}
    assert [r.transaction_id for r in first] == [r.transaction_id for r in second]
    assert len(await anna.list()) == 20


async def test_two_coffees_of_one_day_are_two(anna: Person):
    account = await anna.account()

    results = await anna.import_(coffee(account), coffee(account), keys=["a", "b"])

    assert [r.outcome for r in results] == [ADDED, ADDED]
    assert await anna.balance(account) == -900


async def test_one_key_twice_in_one_import_counts_once(anna: Person):
    account = await anna.account()

    same, again, other = await anna.import_(
        coffee(account), coffee(account), coffee(account, -1), keys=["a", "a", "a"]
    )

    assert (same.outcome, again.outcome, other.outcome) == (ADDED, ALREADY_THERE, REFUSED)
    assert isinstance(other.refusal, KeyReused)
    assert await anna.balance(account) == -450


async def test_what_the_bank_calls_the_same_is_already_there_under_any_key(anna: Person):
    account = await anna.account()
    by_bank = coffee(account, origin=Origin(bank_reference="FITID-7"))

    first, twin = await anna.import_(by_bank, by_bank, keys=["a", "b"])
    (third,) = await anna.import_(replace(by_bank, payee="CAFE ZOE"), keys=["c"])

    assert [first.outcome, twin.outcome, third.outcome] == [ADDED, ALREADY_THERE, ALREADY_THERE]
    assert first.transaction_id == twin.transaction_id == third.transaction_id


async def test_a_deleted_transaction_is_not_brought_back_by_its_file(anna: Person):
    account = await anna.account()
    by_bank = coffee(account, origin=Origin(bank_reference="FITID-7"))
    await anna.import_(by_bank, keys=["a"])
    await anna.delete((await anna.list())[0])

    (result,) = await anna.import_(by_bank, keys=["b"])

    assert result.outcome is ALREADY_THERE
    assert await anna.list() == []


async def test_one_that_is_refused_doesnt_hold_up_the_others(anna: Person):
    account = await anna.account()
    inputs = [
        coffee(account),
        at(coffee(account), "yesterday"),
        replace(coffee(account), account_id=new_id()),
        replace(coffee(account), amount=Money(-1, "USD")),
        coffee(account, -50),
    ]

    results = await anna.import_(*inputs, keys=["a", "b", "c", "d", "e"])

    assert [r.outcome for r in results] == [ADDED, REFUSED, REFUSED, REFUSED, ADDED]
    assert isinstance(results[2].refusal, AccountNotFound)
    assert await anna.balance(account) == -500
    # A refusal leaves its key free.
    (mended,) = await anna.import_(coffee(account, -7), keys=["b"])
    assert mended.outcome is ADDED


async def test_a_posting_that_the_database_refuses_fails_alone(anna: Person, mongo):
    account = await anna.account()
    await anna.post(coffee(account, -1))
    # A sum that has no room left in 64 bits, planted, for no person's amounts come near.
    poor = await anna.account("Full")
    await anna.post(coffee(poor, 1))
    await mongo.db.balances.update_one(
        {"user_id": anna.id, "account_id": poor.id}, {"$set": {"balance": 2**63 - 1}}
    )

    with pytest.raises(ExceptionGroup) as failed:
        await gathered(
            anna.post(coffee(account, -10)),
            anna.post(coffee(poor, 10**15)),
            anna.post(coffee(account, -20)),
        )

    assert len(failed.value.exceptions) == 1
    assert await anna.balance(account) == -31


async def test_more_than_a_thousand_items_are_refused_whole(anna: Person):
    account = await anna.account()

    with pytest.raises(InvalidFields):
        await anna.import_(*[coffee(account)] * 1001, keys=[str(i) for i in range(1001)])


async def test_a_thousand_items_take_well_under_a_second_or_two(anna: Person):
    account, category = await anna.account(), await anna.category("coffee")
    inputs = [
        at(coffee(account, -100 - i, category_id=category.id), f"2026-0{1 + i % 9}-1{i % 10}")
        for i in range(1000)
    ]
    started = time.perf_counter()

    results = await anna.import_(*inputs, keys=[str(i) for i in range(1000)])

    took = time.perf_counter() - started
    print(f"1,000 items in {took:.2f} s")
    assert {r.outcome for r in results} == {ADDED}
    assert took < 3, "generous: the machine may be busy with other tests"
    assert (await anna.audit()).differences == []


async def gathered(*work):
    outcomes = await asyncio.gather(*work, return_exceptions=True)
    errors = [o for o in outcomes if isinstance(o, Exception)]
    if errors:
        raise ExceptionGroup("some failed", errors)
