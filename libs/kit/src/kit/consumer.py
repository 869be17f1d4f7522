"""Consumer: records of one group, a user's in order, different users' side by side; offsets follow
the effects."""

import asyncio
from collections import defaultdict
from collections.abc import Sequence
from typing import Any, TypeAlias

from aiokafka import AIOKafkaConsumer
from aiokafka.errors import KafkaError
from aiokafka.structs import ConsumerRecord, TopicPartition

from kit.delivery import Delivery, Received, Retry
from kit.events import header_texts
from kit.handlers import Handler, Permanent, on, on_many
from kit.kafka import KafkaSettings, Producer, start_patiently
from kit.logging import get_logger
from kit.mongo import Mongo

__all__ = ["Consumer", "Handler", "Permanent", "Retry", "on", "on_many"]

POLL_MS = 500
# Records read together for each lane that is worked on: few, for a slow handler has to end all of
# them between two readings; many where events are passed by or taken in together.
READ_AHEAD, READ_MANY = 4, 64
log = get_logger(__name__)
Record: TypeAlias = "ConsumerRecord[Any, Any]"


class Consumer:
    """One consumer group of a service."""

    def __init__(
        self,
        *,
        group: str,
        topics: Sequence[str],
        handlers: Sequence[Handler],
        mongo: Mongo,
        kafka: KafkaSettings,
        retry: Retry | None = None,
        concurrency: int = 8,
    ) -> None:
        self.group = group
        self._topics = list(topics)
        self._handlers = {handler.type: handler for handler in handlers}
        self._mongo = mongo
        self._kafka = kafka
        self._retry = retry or Retry()
        self._concurrency = concurrency
        self.ready = asyncio.Event()

    @property
    def _is_quick(self) -> bool:
        """Whether events are passed by, or taken in many at a time."""
        return any(h.concerns is not None or h.together for h in self._handlers.values())

    @property
    def topics(self) -> list[str]:
        """What it reads."""
        return self._topics

    @property
    def dead_letter_topics(self) -> list[str]:
        """Where it puts what it cannot take in: `<topic>.<group>.dlq`."""
        return [f"{topic}.{self.group}.dlq" for topic in self._topics]

    async def run(self, stop: asyncio.Event) -> None:
        """Consume until told to stop; what is in hand is finished first."""
        client = self._client(self.group, [self._kafka.topic(t) for t in self._topics])
        max_records = self._concurrency * (READ_MANY if self._is_quick else READ_AHEAD)
        async with Producer.open(self._kafka) as producer:
            await start_patiently(client)
            try:
                delivery = self._delivery(producer)
                self.ready.set()
                while not stop.is_set():
                    batches = await client.getmany(timeout_ms=POLL_MS, max_records=max_records)
                    await self._take_in(delivery, client, batches)
            finally:
                await client.stop()

    async def replay(self) -> tuple[int, int]:
        """Send the dead letters through the inbox again, in order; answers (taken in, still
        failing)."""
        topics = [self._kafka.topic(topic) for topic in self.dead_letter_topics]
        client = self._client(f"{self.group}.replay", topics)
        async with Producer.open(self._kafka) as producer:
            await start_patiently(client)
            try:
                return await self._replay(self._delivery(producer), client)
            finally:
                await client.stop()

    async def _replay(self, delivery: Delivery, client: AIOKafkaConsumer) -> tuple[int, int]:
        ends = await client.end_offsets(list(client.assignment()))
        counts = {True: 0, False: 0}
        failing: set[str] = set()
        while await _behind(client, ends):
            for records in (await client.getmany(timeout_ms=POLL_MS)).values():
                for record in records:
                    counts[await self._replay_one(delivery, record, failing)] += 1
            await client.commit()
        return counts[True], counts[False]

    async def _replay_one(self, delivery: Delivery, record: Record, failing: set[str]) -> bool:
        headers = header_texts(record.headers)
        user_id = (record.key or b"").decode("utf-8", "replace")
        handler = self._handlers.get(headers.get("ce_type", ""))
        if handler is None or await delivery.inbox.seen(headers.get("ce_id", "")):
            await delivery.parking.leave(user_id, headers.get("ce_id", ""))
            return True
        if user_id in failing:
            await delivery.bury_again(record, headers, "waits behind an earlier event of this user")
            return False
        try:
            await delivery.take_in(record, headers, handler)
        except (
            Exception
        ) as error:  # still failing: back to the end of the queue, those behind it with it
            log.exception("replay failed", group=self.group, event_id=headers.get("ce_id"))
            failing.add(user_id)
            await delivery.bury_again(record, headers, f"{type(error).__name__}: {error}")
            return False
        await delivery.parking.leave(user_id, headers["ce_id"])
        return True

    def _client(self, group: str, topics: list[str]) -> AIOKafkaConsumer:
        return AIOKafkaConsumer(
            *topics,
            **self._kafka.client_options(),
            group_id=self._kafka.topic_prefix + group,
            enable_auto_commit=False,
            auto_offset_reset="earliest",
            isolation_level="read_committed",
            # A long extraction is not a dead consumer: heartbeats tell that apart.
            max_poll_interval_ms=30 * 60 * 1000,
            session_timeout_ms=10_000,
            heartbeat_interval_ms=2_000,
            metadata_max_age_ms=30_000,
        )

    def _delivery(self, producer: Producer) -> Delivery:
        return Delivery(
            group=self.group,
            handlers=self._handlers,
            mongo=self._mongo,
            kafka=self._kafka,
            producer=producer,
            retry=self._retry,
        )

    async def _take_in(
        self,
        delivery: Delivery,
        client: AIOKafkaConsumer,
        batches: dict[TopicPartition, list[Record]],
    ) -> None:
        if not batches:
            return
        slots = asyncio.Semaphore(self._concurrency)

        async def in_order(lane: Sequence[Received]) -> None:
            async with slots:
                await delivery.deliver_all(lane)

        read = [record for records in batches.values() for record in records]
        lanes = by_user(await delivery.sort_out(read))
        await asyncio.gather(*(in_order(lane) for lane in lanes.values()))
        offsets = {partition: records[-1].offset + 1 for partition, records in batches.items()}
        try:
            await client.commit(offsets)
        except KafkaError as error:
            # The records come again and the inbox knows them.
            log.warning("offsets not committed", group=self.group, error=type(error).__name__)


def by_user(received: Sequence[Received]) -> dict[str, list[Received]]:
    """What was received of each user in the order of the partition: a user, who is the records'
    key, lives in one partition of a topic."""
    lanes: dict[str, list[Received]] = defaultdict(list)
    for one in received:
        lanes[one.user_id].append(one)
    return lanes


async def _behind(client: AIOKafkaConsumer, ends: dict[TopicPartition, int]) -> bool:
    for partition, end in ends.items():
        if await client.position(partition) < end:
            return True
    return False
