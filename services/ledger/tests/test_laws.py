"""The laws of importing and of posting side by side."""

import asyncio
import random
from collections import Counter
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from laws_world import PLAY, amounts
from ledger_world import Person, coffee
from pymongo import AsyncMongoClient

from kit.ids import new_id
from kit.mongo import Mongo
from ledger.domain.errors import LedgerError
from ledger.domain.transaction import Transaction
from ledger.wiring import open_ledger


@PLAY
@given(data=st.data())
def test_any_overlapping_files_of_one_truth_import_to_that_truth(
    laws_database: tuple[str, str], data: st.DataObject
):
    truth = data.draw(st.lists(amounts, min_size=1, max_size=15))
    files = data.draw(
        st.lists(st.lists(st.sampled_from(range(len(truth)))), min_size=1, max_size=4)
    )

    async def law(person: Person) -> None:
        account = await person.account()
        for rows in [*files, list(range(len(truth)))]:
            inputs = [coffee(account, truth[i]) for i in rows]
            await person.import_(*inputs, keys=[f"draft-{i}" for i in rows])

        assert sorted(t.amount.minor_units for t in await person.list()) == sorted(truth)
        assert await person.balance(account) == sum(truth)
        assert (await person.audit()).differences == []

    run(laws_database, law)


@pytest.mark.parametrize("processes", [1, 3])
async def test_sums_equal_a_recount_under_concurrent_posting(
    mongo: Mongo, mongo_server: Any, processes: int
):
    seed = random.randrange(2**32)
    print(f"seed {seed}")
    owner, dice = new_id(), random.Random(seed)
    clients = [AsyncMongoClient(mongo_server.uri) for _ in range(processes)]
    opened = [open_ledger(Mongo(client, mongo.db.name)) for client in clients]
    people = [Person(await ledger.__aenter__(), owner) for ledger in opened]
    account, other = await people[0].account("A"), await people[0].account("B")
    standing: Counter[str] = Counter()

    async def client(number: int) -> None:
        person, mine = people[number % processes], list[Transaction]()
        for _ in range(12):
            amount = dice.randint(1, 10_000)
            what = dice.choice(["post", "post", "edit", "delete", "undo", "transfer"])
            if what in ("edit", "delete", "undo") and mine:
                target = mine.pop()
                if what == "delete":
                    await person.delete(target)
                    standing[target.id] = 0
                elif what == "undo" and target.version == 1:
                    undo, _ = await person.undo(target.operation_id)
                    standing[target.id] = 0
                    if dice.random() < 0.5:
                        await person.undo(undo.id)
                        standing[target.id] = target.amount.minor_units
                else:
                    mine.append(await person.edit(target, coffee(account, amount)))
                    standing[target.id] = amount
            else:
                to = other.id if what == "transfer" else ""
                posted = await person.post(coffee(account, amount, to_account_id=to))
                mine.append(posted)
                standing[posted.id] = amount

    watching = asyncio.create_task(audited_meanwhile(people[0]))
    await asyncio.gather(*(client(number) for number in range(16)))
    watching.cancel()

    audits = (await asyncio.gather(watching, return_exceptions=True))[0]
    assert not isinstance(audits, Exception), audits
    assert await people[0].balance(account) == sum(standing.values())
    assert (await people[0].audit()).differences == []
    for ledger in opened:
        await ledger.__aexit__(None, None, None)
    for mongo_client in clients:
        await mongo_client.close()


async def audited_meanwhile(person: Person) -> None:
    """The sums are right at every moment, not only at the end."""
    while True:
        differences = (await person.audit()).differences
        if differences:
            raise AssertionError(differences)


async def test_one_bad_posting_in_a_group_fails_alone(anna: Person):
    account = await anna.account()
    inputs = [coffee(account, i) for i in range(-5, 6)]

    outcomes = await asyncio.gather(*(anna.post(i) for i in inputs), return_exceptions=True)

    assert [i for i, o in enumerate(outcomes) if isinstance(o, LedgerError)] == [5]
    assert await anna.balance(account) == 0
    assert len(await anna.list()) == 10


def run(database: tuple[str, str], law: Any) -> None:
    async def example() -> None:
        uri, name = database
        async with Mongo.open(uri, database=name) as mongo, open_ledger(mongo) as ledger:
            await law(Person(ledger, new_id()))

    asyncio.run(example())
