"""Fixtures that give tests the real servers, started when first asked for, once per test process.

Each pytest-xdist worker has its own, so a test may kill, pause and restart a server freely as
long as it leaves it running. Databases, topics and groups are kept apart by `unique`.
"""

from __future__ import annotations

import os
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from pfa_local.environment import user_settings
from pfa_local.servers import KafkaServer, MongoServer, RedisServer
from pfa_local.stack import Stack

# Read when grpc is first imported, which is later. Its handlers abort a child that is forked while
# calls are under way, and nobody here forks without an exec.
os.environ["GRPC_ENABLE_FORK_SUPPORT"] = "false"


@pytest.fixture(scope="session")
def server_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the servers of this run keep data and logs."""
    return tmp_path_factory.mktemp("servers")


@pytest.fixture(scope="session")
def mongo_server(server_home: Path) -> Iterator[MongoServer]:
    """MongoDB as a replica set: `.uri`, `.step_down()` and what every server has."""
    server = MongoServer(server_home / "mongo")
    try:
        yield server.start()
    finally:
        server.stop()


@pytest.fixture(scope="session")
def redis_server(server_home: Path) -> Iterator[RedisServer]:
    """Redis: `.url`, and what every server has."""
    server = RedisServer(server_home / "redis")
    try:
        yield server.start()
    finally:
        server.stop()


@pytest.fixture(scope="session")
def kafka_server(server_home: Path) -> Iterator[KafkaServer]:
    """Kafka: `.bootstrap_servers`, `.create_topics({name: partitions})`."""
    server = KafkaServer(server_home / "kafka")
    try:
        yield server.start()
    finally:
        server.stop()


@pytest.fixture(scope="session")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    """The whole system on ports and data of its own, with the frontend when it is built.

    `.gateway_url`, `.frontend_url`; `.parts["ledger"].child.kill()`, then `.spawn()` and `.wait()`
    on the part bring it back; `.command_environment("ledger")` for `python -m ledger check`.
    """
    home = tmp_path_factory.mktemp("stack")
    stack = Stack(home, settings=user_settings(dotenv=home / "none"), any_ports=True)
    try:
        yield stack.start()
    finally:
        stack.stop()


@pytest.fixture
def unique() -> Callable[[str], str]:
    """`unique("ledger")` → "ledger-3f9c0a12": names that no other test uses."""

    def name(prefix: str = "test") -> str:
        return f"{prefix}-{uuid.uuid4().hex[:8]}"

    return name


@pytest.fixture
def mongo_database(unique: Callable[[str], str]) -> str:
    """The name of a database of this test's own; ask for `mongo_server` beside it."""
    return unique("test")
