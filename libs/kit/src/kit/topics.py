"""Topics are made by the migration, with a number of partitions that was decided, not by the first
to write."""

from collections.abc import Iterable

from aiokafka.admin import AIOKafkaAdminClient, NewTopic
from aiokafka.errors import TopicAlreadyExistsError, for_code

from kit.kafka import KafkaSettings, start_patiently
from kit.logging import get_logger

PARTITIONS = 6
BROKER_DEFAULT = -1
log = get_logger(__name__)


async def ensure_topics(kafka: KafkaSettings, names: Iterable[str]) -> list[str]:
    """Make those of the topics that are not there and answer them. Raises KafkaError."""
    wanted = {kafka.topic(name) for name in names}
    admin = AIOKafkaAdminClient(**kafka.client_options())
    await start_patiently(admin)
    try:
        missing = sorted(wanted - set(await admin.list_topics()))
        if missing:
            answer = await admin.create_topics(
                [NewTopic(n, PARTITIONS, BROKER_DEFAULT) for n in missing]
            )
            for name, code, *_ in answer.topic_errors:
                error = for_code(code)
                if code and error is not TopicAlreadyExistsError:
                    raise error(name)
            log.info("topics made", topics=missing)
        return missing
    finally:
        await admin.close()
