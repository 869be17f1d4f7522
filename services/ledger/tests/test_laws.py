"""The laws of the README, each over generated histories, beside a model that a child could follow.

`LEDGER_EXAMPLES` sets how many histories are played; hypothesis prints the seed of a failing one.
"""

import asyncio
import os
import random
from collections import Counter
from dataclasses import dataclass, field
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from ledger_world import Person, coffee, eur
from pymongo import AsyncMongoClient

from kit.idempotency import Idempotency
from kit.ids import new_id
from kit.migrations import migrate
from kit.mongo import Mongo
from kit.outbox import Outbox
from ledger.domain.errors import LedgerError, TransactionDeleted
from ledger.domain.report import Period
from ledger.domain.transaction import Split, Transaction, TransactionInput
from ledger.migrations import MIGRATIONS
from ledger.wiring import open_ledger

EXAMPLES = int(os.environ.get("LEDGER_EXAMPLES", "25"))
DATES = ["2026-01-01", "2026-01-31", "2026-02-01", "2026-02-28", "2026-03-15"]
PLAY = settings(
    max_examples=EXAMPLES,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)

amounts = st.integers(-1_000_00, 1_000_00).filter(bool)
steps = st.lists(
    st.fixed_dictionaries(
        {
            "do": st.sampled_from(["post", "post", "transfer", "split", "edit", "delete", "again"]),
            "account": st.integers(0, 1),
            "amount": amounts,
            "rest": amounts,
            "date": st.sampled_from(DATES),
            "which": st.integers(0, 10),
        }
    ),
    max_size=12,
)


@dataclass
class Model:
    """A list of what stands; everything else is counted from it, slowly."""

    standing: dict[str, TransactionInput] = field(default_factory=dict)
    deleted: set[str] = field(default_factory=set)

    def balances(self) -> Counter[str]:
        sums: Counter[str] = Counter()
        for t in self.standing.values():
            sums[t.account_id] += t.amount.minor_units
            if t.to_account_id:
                sums[t.to_account_id] -= t.amount.minor_units
        return sums

    def net(self, first: str, last: str) -> int:
        return sum(
            t.amount.minor_units
            for t in self.standing.values()
            if first <= t.date <= last and not t.to_account_id
        )

    def listed(self) -> list[tuple[str, str]]:
        return sorted(((t.date, id_) for id_, t in self.standing.items()), reverse=True)


async def play(person: Person, history: list[dict[str, Any]]) -> tuple[Model, list[str]]:
    accounts = [await person.account("A"), await person.account("B")]
    model, posted, repeats = Model(), list[Transaction](), list[tuple[TransactionInput, str]]()
    for number, step in enumerate(history):
        account = accounts[step["account"]]
        input_ = coffee(account, step["amount"], date=step["date"])
        if step["do"] == "transfer":
            input_ = coffee(
                account,
                step["amount"],
                date=step["date"],
                to_account_id=accounts[1 - step["account"]].id,
            )
        if step["do"] == "split" and step["amount"] != step["rest"]:
            parts = (Split("", eur(step["rest"])), Split("", eur(step["amount"] - step["rest"])))
            input_ = coffee(account, step["amount"], date=step["date"], splits=parts)
        target = posted[step["which"] % len(posted)] if posted else None
        if step["do"] == "again" and repeats:
            await person.post(*repeats[step["which"] % len(repeats)])
        elif step["do"] in ("edit", "delete") and target is not None:
            await change(person, model, step["do"], target, input_)
        elif step["do"] != "again":
            key = f"key-{number}"
            transaction = await person.post(input_, key)
            posted.append(transaction)
            repeats.append((input_, key))
            model.standing[transaction.id] = input_
    return model, [account.id for account in accounts]


async def change(
    person: Person, model: Model, do: str, target: Transaction, input_: TransactionInput
) -> None:
    if target.id in model.deleted:
        with pytest.raises(TransactionDeleted):
            await (person.edit(target, input_) if do == "edit" else person.delete(target))
    elif do == "edit":
        await person.edit(target, input_)
        model.standing[target.id] = input_
    else:
        await person.delete(target)
        del model.standing[target.id]
        model.deleted.add(target.id)


@PLAY
@given(
    history=steps, page=st.integers(1, 5), first=st.sampled_from(DATES), last=st.sampled_from(DATES)
)
def test_the_books_are_what_the_model_counts(
    laws_database: tuple[str, str], history, page: int, first: str, last: str
):
    first, last = sorted([first, last])

    async def law(person: Person) -> None:
        model, accounts = await play(person, history)

        # Balances and rollups equal a recount, every entry balances, every entry has its event.
        assert (await person.audit()).differences == []
        states = await person.ledger.accounts.list_accounts(owner=person.id, include_closed=True)
        expected = model.balances()
        assert {s.account.id: s.balance.minor_units for s in states} == {
            id_: expected[id_] for id_ in accounts
        }
        # Reports from rollups equal a count of what stands, over any span.
        summaries = await person.ledger.reports.get_summary(
            owner=person.id, period=Period(first, last)
        )
        assert sum(s.net.minor_units for s in summaries) == model.net(first, last)
        # Pages concatenate to the list, newest first.
        listed = [(t.date, t.id) for t in await person.list(limit=page)]
        assert listed == model.listed()

    run(laws_database, law)


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
            what = dice.choice(["post", "post", "edit", "delete", "transfer"])
            if what in ("edit", "delete") and mine:
                target = mine.pop()
                if what == "delete":
                    await person.delete(target)
                    standing[target.id] = 0
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


@pytest.fixture
def laws_database(mongo_server: Any, mongo_database: str) -> tuple[str, str]:
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
            await law(Person(ledger, new_id()))

    asyncio.run(example())
