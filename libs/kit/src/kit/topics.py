"""Topics are made by the migration, with a number of partitions that was decided, not by the first
to write."""

import asyncio
from collections.abc import Iterable

from aiokafka.admin import AIOKafkaAdminClient, NewTopic
from aiokafka.errors import (
    InvalidReplicationFactorError,
    KafkaError,
    NotControllerError,
    TopicAlreadyExistsError,
    for_code,
)

from kit.kafka import KafkaSettings, start_patiently
from kit.logging import get_logger

PARTITIONS = 6
BROKER_DEFAULT = -1
PATIENCE_SECONDS = 60.0
REQUEST_MS = 5_000
RETRY_SECONDS = 0.5
log = get_logger(__name__)


async def ensure_topics(kafka: KafkaSettings, names: Iterable[str]) -> None:
    """Make those of the topics that are not there.

    Raises TimeoutError when that is not done within a minute, KafkaError when it is refused.
    """
    wanted = {kafka.topic(name) for name in names}
    async with asyncio.timeout(PATIENCE_SECONDS):
        while not await _attempt(kafka, wanted):  # noqa: ASYNC110 - the cluster does not tell us
            await asyncio.sleep(RETRY_SECONDS)


async def _attempt(kafka: KafkaSettings, wanted: set[str]) -> bool:
    """Make what is missing; false while the cluster is not ready for it, as after a start."""
    # A broker that has just come back may leave a first request unanswered: ask anew, soon.
    admin = AIOKafkaAdminClient(**kafka.client_options(), request_timeout_ms=REQUEST_MS)
    await start_patiently(admin)
    try:
        missing = sorted(wanted - set(await admin.list_topics()))
        if not missing:
            return True
        answer = await admin.create_topics([_new_topic(name) for name in missing])
    except (KafkaError, TimeoutError) as error:
        log.warning("topics not made yet", error=type(error).__name__)
        return False
    finally:
        await admin.close()
    return _made(answer.topic_errors)


def _made(outcomes: Iterable[tuple[str, int, str | None]]) -> bool:
    for name, code, *_ in outcomes:
        error = for_code(code)
        if error in (InvalidReplicationFactorError, NotControllerError):
            return False
        if code and error is not TopicAlreadyExistsError:
            raise error(name)
        log.info("topic made", topic=name)
    return True


def _new_topic(name: str) -> NewTopic:
    # aiokafka takes "the broker's default" only together with an (empty) assignment.
    return NewTopic(name, PARTITIONS, BROKER_DEFAULT, replica_assignments={})
