"""Every query of planning walks an index that begins with the owner, but for the one that the
ledger asks for itself."""

from datetime import UTC, datetime
from typing import Any

from bson import SON
from ledger_world import Person
from plan_use import plan_everything
from pymongo import AsyncMongoClient
from test_queries import Recorder, singles, stages

from kit.clock import SystemClock
from kit.ids import new_id
from kit.mongo import Mongo
from ledger.repository.recurring import Recurring
from ledger.wiring import open_ledger

OURS = (
    "budgets", "budget_alerts", "goals", "recurring", "recurring_dismissed", "entries", "rollups",
    "balances", "accounts", "categories", "books",
)  # fmt: skip


async def test_every_query_of_planning_walks_an_index_that_begins_with_the_owner(
    mongo: Mongo, mongo_server: Any
):
    recorder = Recorder()
    async with AsyncMongoClient(mongo_server.uri, event_listeners=[recorder]) as client:
        watched = Mongo(client, mongo.db.name)
        async with open_ledger(watched, clock=SystemClock()) as ledger:
            person = Person(ledger, new_id())
            await plan_everything(
                person, watched, await person.account(), await person.account("S")
            )
    commands = [c for c in recorder.commands if next(iter(c.values())) in OURS]
    indexes = {name: await mongo.db[name].index_information() for name in OURS}

    seen = set()
    for command in commands:
        for single in singles(command):
            seen.add(single[next(iter(single))])
            explained = await mongo.db.command("explain", single, verbosity="queryPlanner")
            for stage in stages(explained):
                assert stage["stage"] != "COLLSCAN", single
                if stage["stage"] == "IXSCAN":
                    collection = next(iter(single.values()))
                    first = indexes[collection][stage["indexName"]]["key"][0][0]
                    assert first in ("user_id", "_id"), single
    assert seen >= set(OURS)


async def test_what_is_due_of_all_books_is_found_by_its_own_index(mongo: Mongo, mongo_server: Any):
    recorder = Recorder()
    async with AsyncMongoClient(mongo_server.uri, event_listeners=[recorder]) as client:
        await Recurring(Mongo(client, mongo.db.name)).due(datetime.now(UTC), limit=5)

    (command,) = recorder.commands
    (single,) = singles(command)
    explained = await mongo.db.command("explain", SON(single), verbosity="queryPlanner")
    assert {s["indexName"] for s in stages(explained) if s["stage"] == "IXSCAN"} == {"due"}
