"""Kafka clients (aiokafka): settings, an idempotent producer, topics under an optional prefix."""

import asyncio
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any, Protocol

from aiokafka import AIOKafkaClient, AIOKafkaProducer
from aiokafka.errors import KafkaError

from kit.events import Headers
from kit.logging import get_logger
from kit.settings import ServiceSettings

log = get_logger(__name__)
RECONNECT_SECONDS = 1.0


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


class Producer:
    """An idempotent producer that waits for all in-sync replicas."""

    def __init__(self, settings: KafkaSettings, client: AIOKafkaProducer) -> None:
        self._settings = settings
        self._client = client

    @classmethod
    @asynccontextmanager
    async def open(cls, settings: KafkaSettings) -> AsyncIterator["Producer"]:
        client = AIOKafkaProducer(
            **settings.client_options(),
            enable_idempotence=True,
            acks="all",
            linger_ms=2,
            request_timeout_ms=15_000,
        )
        await start_patiently(client)
        try:
            yield cls(settings, client)
        finally:
            await client.stop()

    async def enqueue(
        self, topic: str, *, key: str, value: bytes, headers: Headers
    ) -> "asyncio.Future[Any]":
        """Hand a record to the producer; the future is done when the brokers have it."""
        future: asyncio.Future[Any] = await self._client.send(
            self._settings.topic(topic), value=value, key=key.encode(), headers=headers
        )
        return future

    async def send(self, topic: str, *, key: str, value: bytes, headers: Headers) -> None:
        """Send a record and wait until the brokers have it. Raises KafkaError."""
        await (await self.enqueue(topic, key=key, value=value, headers=headers))


async def ping(settings: KafkaSettings) -> None:
    """Raises when no broker answers."""
    client = AIOKafkaClient(**settings.client_options(), request_timeout_ms=3_000)
    try:
        await client.bootstrap()
    finally:
        await client.close()
