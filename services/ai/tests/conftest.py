"""ai's tests run against the real servers."""

from collections.abc import AsyncIterator

import pytest

from ai.repository import ensure_indexes
from kit.inbox import Inbox
from kit.kafka import KafkaSettings
from kit.mongo import Mongo
from kit.outbox import Outbox


@pytest.fixture
async def mongo(mongo_server, mongo_database) -> AsyncIterator[Mongo]:
    async with Mongo.open(mongo_server.uri, database=mongo_database) as opened:
        for ensure in (Outbox.ensure_indexes, Inbox.ensure_indexes, ensure_indexes):
            await ensure(opened.db)
        yield opened


@pytest.fixture
def kafka(kafka_server, unique) -> KafkaSettings:
    return KafkaSettings(kafka_server.bootstrap_servers, topic_prefix=unique("ai") + ".")
