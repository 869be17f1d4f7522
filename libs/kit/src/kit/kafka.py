"""Kafka clients (aiokafka): settings, an idempotent producer, topics under an optional prefix."""

import asyncio
import ssl
from collections import defaultdict
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any, Protocol

from aiokafka import AIOKafkaClient, AIOKafkaProducer
from aiokafka.errors import KafkaError
from aiokafka.partitioner import DefaultPartitioner

from kit.events import Headers
from kit.logging import get_logger
from kit.settings import ServiceSettings

log = get_logger(__name__)
RECONNECT_SECONDS = 1.0
# A broker takes 1 MiB; a record that is larger than a batch goes alone.
BATCH_BYTES = 256 * 1024


@dataclass(frozen=True, slots=True)
class KafkaSettings:
    """Where the brokers are and how to speak to them."""

    bootstrap_servers: str
    security_protocol: str = "PLAINTEXT"
    sasl_mechanism: str = "PLAIN"
    sasl_username: str = ""
    sasl_password: str = ""
    topic_prefix: str = ""

    @classmethod
    def of(cls, settings: ServiceSettings) -> "KafkaSettings":
        return cls(
            bootstrap_servers=settings.kafka_bootstrap_servers,
            security_protocol=settings.kafka_security_protocol,
            sasl_mechanism=settings.kafka_sasl_mechanism,
            sasl_username=settings.kafka_sasl_username,
            sasl_password=settings.kafka_sasl_password.get_secret_value(),
            topic_prefix=settings.kafka_topic_prefix,
        )

    def topic(self, name: str) -> str:
        """The topic's name on the broker."""
        return self.topic_prefix + name

    def client_options(self) -> dict[str, Any]:
        options: dict[str, Any] = {
            "bootstrap_servers": self.bootstrap_servers,
            "security_protocol": self.security_protocol,
        }
        if self.security_protocol.startswith("SASL"):
            options |= {
                "sasl_mechanism": self.sasl_mechanism,
                "sasl_plain_username": self.sasl_username,
                "sasl_plain_password": self.sasl_password,
            }
        if self.security_protocol.endswith("SSL"):
            options["ssl_context"] = ssl.create_default_context()
        return options


async def start_patiently(client: "Startable") -> None:
    """Start a client, waiting for a broker that isn't there yet."""
    while True:
        try:
            await client.start()
            return
        except (KafkaError, OSError) as error:
            log.warning("kafka is away", error=type(error).__name__)
            await asyncio.sleep(RECONNECT_SECONDS)


class Startable(Protocol):
    """A client with a start that needs a broker."""

    async def start(self) -> None: ...


@dataclass(frozen=True, slots=True)
class Outgoing:
    """A record to be sent; those of one key stay in their order."""

    topic: str
    key: str
    value: bytes
    headers: Headers


class Producer:
    """An idempotent producer that waits for all in-sync replicas."""

    def __init__(self, settings: KafkaSettings, client: AIOKafkaProducer) -> None:
        self._settings = settings
        self._client = client
        self._partition_of = DefaultPartitioner()

    @classmethod
    @asynccontextmanager
    async def open(cls, settings: KafkaSettings) -> AsyncIterator["Producer"]:
        client = AIOKafkaProducer(
            **settings.client_options(),
            enable_idempotence=True,
            acks="all",
            linger_ms=2,
            max_batch_size=BATCH_BYTES,
            request_timeout_ms=15_000,
        )
        await start_patiently(client)
        try:
            yield cls(settings, client)
        finally:
            await client.stop()

    async def send(self, topic: str, *, key: str, value: bytes, headers: Headers) -> None:
        """Send a record and wait until the brokers have it. Raises KafkaError."""
        await self._client.send_and_wait(
            self._settings.topic(topic), value=value, key=key.encode(), headers=headers
        )

    async def send_all(self, records: Sequence[Outgoing]) -> Sequence[BaseException | None]:
        """Send many in whole batches, which costs a tenth of one by one; answers what kept each
        from the brokers. Where one of a partition fails, those behind it aren't sent."""
        by_key: dict[tuple[str, str], list[int]] = defaultdict(list)
        for i, record in enumerate(records):
            by_key[self._settings.topic(record.topic), record.key].append(i)
        lanes: dict[tuple[str, int], list[int]] = defaultdict(list)
        for (topic, key), numbers in by_key.items():
            lanes[topic, await self._partition(topic, key)] += numbers
        failures: list[BaseException | None] = [None] * len(records)

        async def send(topic: str, partition: int, lane: Sequence[int]) -> None:
            sent = 0
            try:
                while sent < len(lane):
                    sent += await self._send_batch(
                        topic, partition, [records[i] for i in lane[sent:]]
                    )
            except (KafkaError, OSError) as error:
                for i in lane[sent:]:
                    failures[i] = error

        await asyncio.gather(*(send(*place, lane) for place, lane in lanes.items()))
        return failures

    async def _send_batch(self, topic: str, partition: int, records: Sequence[Outgoing]) -> int:
        """Send as many of the first as one batch takes, and answer how many that is."""
        batch, count = self._client.create_batch(), 0
        for record in records:
            added = batch.append(
                timestamp=None, key=record.key.encode(), value=record.value, headers=record.headers
            )
            if added is None:
                break
            count += 1
        batch.close()
        await (await self._client.send_batch(batch, topic, partition=partition))
        return count

    async def _partition(self, topic: str, key: str) -> int:
        known = sorted(await self._client.partitions_for(topic))
        return int(self._partition_of(key.encode(), known, known))


async def ping(settings: KafkaSettings) -> None:
    """Raises when no broker answers."""
    client = AIOKafkaClient(**settings.client_options(), request_timeout_ms=3_000)
    try:
        await client.bootstrap()
    finally:
        await client.close()
