"""The ledger over a fresh database of the real server."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import pytest
from ledger_world import Person

from kit.idempotency import Idempotency
from kit.ids import new_id
from kit.inbox import Inbox
from kit.migrations import migrate
from kit.mongo import Mongo
from kit.outbox import Outbox
from ledger.migrations import MIGRATIONS
from ledger.wiring import open_ledger


@pytest.fixture
async def mongo(mongo_server: Any, mongo_database: str) -> AsyncIterator[Mongo]:
    async with Mongo.open(mongo_server.uri, database=mongo_database) as mongo:
        for part in (Outbox, Inbox, Idempotency):
            await part.ensure_indexes(mongo.db)
        await migrate(mongo.db, MIGRATIONS)
        yield mongo
        await mongo.client.drop_database(mongo_database)


@pytest.fixture
async def ledger(mongo: Mongo) -> AsyncIterator[Any]:
    async with open_ledger(mongo) as ledger:
        yield ledger


@pytest.fixture
def anna(ledger: Any) -> Person:
    return Person(ledger, new_id())


@pytest.fixture
def ben(ledger: Any) -> Person:
    return Person(ledger, new_id())


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
