"""Ingest over the real MongoDB, Kafka and ledger."""

from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import pytest
from ingest_world import (
    Person,
    World,
    answers_health,
    open_world,
    service_command,
    service_environment,
)

from ingest.migrations import MIGRATIONS
from ingest.reading.frames import WorkerOptions
from ingest.reading.pool import WorkerPool
from kit.idempotency import Idempotency
from kit.ids import new_id
from kit.inbox import Inbox
from kit.migrations import migrate
from kit.mongo import Mongo
from kit.outbox import Outbox
from pfa_local import ports
from pfa_local.processes import Child


@pytest.fixture(scope="session")
def ledger_process(
    mongo_server: Any, kafka_server: Any, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[Child, str]]:
    """The real ledger and its address."""
    grpc_port, ops_port = ports.anywhere(), ports.anywhere()
    child = Child(
        "ledger",
        service_command("ledger"),
        log=tmp_path_factory.mktemp("ledger") / "ledger.log",
        environment=service_environment(
            mongo_server.uri,
            kafka_server.bootstrap_servers,
            MONGODB_DATABASE="ledger_for_ingest",
            KAFKA_TOPIC_PREFIX="ledger-for-ingest.",
            GRPC_PORT=str(grpc_port),
            OPS_PORT=str(ops_port),
        ),
    )
    child.start()
    try:
        child.wait_until(lambda: answers_health(ops_port), seconds=60)
        yield child, f"127.0.0.1:{grpc_port}"
    finally:
        child.stop()


@pytest.fixture
async def light() -> AsyncIterator[WorkerPool]:
    """One worker process without recognition."""
    pool = WorkerPool(WorkerOptions(memory_bytes=1024**3), size=1)
    yield pool
    await pool.close()


@pytest.fixture
async def mongo(mongo_server: Any, mongo_database: str) -> AsyncIterator[Mongo]:
    async with Mongo.open(mongo_server.uri, database=mongo_database) as mongo:
        for part in (Outbox, Inbox, Idempotency):
            await part.ensure_indexes(mongo.db)
        await migrate(mongo.db, MIGRATIONS)
        yield mongo
        await mongo.client.drop_database(mongo_database)


@pytest.fixture
async def world(
    mongo: Mongo, tmp_path: Path, light: WorkerPool, ledger_process: tuple[Child, str]
) -> AsyncIterator[World]:
    async with open_world(mongo, tmp_path / "files", light, ledger_process[1]) as world:
        yield world


@pytest.fixture
def anna(world: World) -> Person:
    return Person(world, new_id())


@pytest.fixture
def ben(world: World) -> Person:
    return Person(world, new_id())
