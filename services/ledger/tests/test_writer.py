"""What a process remembers of a book is believed only for as long as the book stands where it was
seen."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from typing import Any

import pytest
from ledger_world import Person, coffee

from kit.mongo import Mongo
from ledger.domain.errors import AccountClosed, AccountNotFound
from ledger.domain.posting import Command, Create, Decided, KeyReused
from ledger.wiring import open_ledger
from ledger.writer import MAX_GROUP, GroupWriter, Poster


@pytest.fixture
async def elsewhere(anna: Person, mongo: Mongo) -> AsyncIterator[Person]:
    """The same person, at another process."""
    async with open_ledger(mongo) as ledger:
        yield replace(anna, ledger=ledger)


@pytest.fixture
def groups(monkeypatch: Any) -> list[tuple[set[str], bool]]:
    """Whose commands each group had, and whether it stood on what was remembered."""
    seen: list[tuple[set[str], bool]] = []
    post_on = Poster.post_on

    async def noted(
        self: Poster, tx: Any, commands: Any, remembered: Any = None, **more: Any
    ) -> Any:
        seen.append(({command.owner for command in commands}, remembered is not None))
        return await post_on(self, tx, commands, remembered, **more)

    monkeypatch.setattr(Poster, "post_on", noted)
    return seen


async def test_what_a_group_left_is_what_the_next_stands_on(anna: Person, groups: list):
    account = await anna.account()
    groups.clear()

    for _ in range(4):
        await anna.post(coffee(account))

    assert [remembered for _, remembered in groups] == [False, True, True, True]
    assert (await anna.audit()).differences == []


async def test_an_account_that_was_closed_elsewhere_takes_no_more_postings(
    anna: Person, elsewhere: Person
):
    account = await anna.account()
    await anna.post(coffee(account, 450))
    await anna.post(coffee(account, -450))
    closed = await elsewhere.ledger.accounts.close_account(
        owner=anna.id, account_id=account.id, expected_version=0
    )

    with pytest.raises(AccountClosed):
        await anna.post(coffee(account))
    await elsewhere.ledger.accounts.reopen_account(
        owner=anna.id, account_id=account.id, expected_version=closed.account.version
    )
    await anna.post(coffee(account))

    assert await anna.balance(account) == -450
    assert (await anna.audit()).differences == []


async def test_two_processes_post_into_one_book_in_turn_and_at_once(
    anna: Person, elsewhere: Person
):
    account = await anna.account()
    for person in (anna, elsewhere) * 4:
        await person.post(coffee(account))
    both = [person.post(coffee(account)) for person in (anna, elsewhere) * 8]
    await asyncio.gather(*both)

    assert await anna.balance(account) == -450 * 24
    audit = await anna.audit()
    assert (audit.recount.last_seq, audit.events, audit.differences) == (24, 24, [])


async def test_a_key_that_another_process_has_used_recalls_what_it_posted(
    anna: Person, elsewhere: Person
):
    account = await anna.account()
    await anna.post(coffee(account))
    posted = await elsewhere.post(coffee(account), "k")

    assert (await anna.post(coffee(account), "k")).id == posted.id
    with pytest.raises(KeyReused):
        await anna.post(coffee(account, -1), "k")
    assert await anna.balance(account) == -900


async def test_a_key_that_this_process_has_used_recalls_what_it_posted(anna: Person, groups: list):
    account = await anna.account()
    await anna.post(coffee(account))
    first = await anna.post(coffee(account), "k")
    groups.clear()

    assert (await anna.post(coffee(account), "k")).id == first.id
    assert [remembered for _, remembered in groups] == [True, False]


async def test_a_group_is_of_one_book(anna: Person, ben: Person, groups: list):
    accounts = {person: await person.account() for person in (anna, ben)}
    both = (anna, ben) * 10
    await asyncio.gather(*(person.post(coffee(accounts[person])) for person in both))

    assert all(len(owners) == 1 for owners, _ in groups)
    assert len(groups) < 22, "those who come at once are posted together"
    assert (await anna.audit()).differences == (await ben.audit()).differences == []


async def test_whoever_brings_many_gets_each_outcome_in_its_place(anna: Person, ben: Person):
    accounts = {person.id: await person.account() for person in (anna, ben)}
    nowhere = replace(accounts[anna.id], id="nowhere")
    brought = [
        Command(person.id, person.id, Create(coffee(account, -1 - i)))
        for i in range(MAX_GROUP)
        for person, account in ((anna, accounts[anna.id]), (ben, accounts[ben.id]))
    ]
    brought[7] = Command(anna.id, anna.id, Create(coffee(nowhere)))

    outcomes = await anna.ledger.writer.post_all(brought)

    assert isinstance(outcomes[7], AccountNotFound)
    told = [o.result.amount.minor_units for o in outcomes if isinstance(o, Decided)]
    expected = [-1 - i // 2 for i in range(2 * MAX_GROUP) if i != 7]
    assert told == expected
    assert await anna.ledger.writer.post_all([]) == []


async def test_whoever_has_gone_away_before_their_turn_is_not_posted_for(
    anna: Person, mongo: Mongo
):
    account, poster = await anna.account(), anna.ledger.writer._poster
    writer = GroupWriter(mongo, poster)  # which nobody runs yet
    stays, goes = (
        asyncio.create_task(
            writer.post_all([Command(anna.id, anna.id, Create(coffee(account, -n)))] * 2)
        )
        for n in (1, 10)
    )
    await asyncio.sleep(0)
    goes.cancel()
    running = asyncio.create_task(writer.run())
    try:
        assert len(await stays) == 2
    finally:
        running.cancel()
        await asyncio.gather(running, goes, return_exceptions=True)

    assert await anna.balance(account) == -2


async def test_a_writer_that_ends_lets_go_whoever_waits(anna: Person, mongo: Mongo):
    account = await anna.account()
    writer = GroupWriter(mongo, anna.ledger.writer._poster)
    waits = asyncio.create_task(writer.post(Command(anna.id, anna.id, Create(coffee(account)))))
    await asyncio.sleep(0)
    running = asyncio.create_task(writer.run())
    await asyncio.sleep(0)
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)

    with pytest.raises(asyncio.CancelledError):
        await asyncio.wait_for(waits, 5)
