"""The composition root of ingest."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

from ingest.books import DEADLINE_SECONDS, IDEMPOTENT, LedgerBooks
from ingest.events import (
    EXTRACT_GROUP,
    SOURCE,
    SUGGESTIONS_GROUP,
    SUGGESTIONS_TOPIC,
    TOPIC,
    OutboxAnnouncements,
    extract_handlers,
    suggestion_handlers,
)
from ingest.grpc_api import ERRORS, IngestApi
from ingest.migrations import MIGRATIONS
from ingest.reading.frames import WorkerOptions
from ingest.reading.media import ALL
from ingest.reading.pool import WorkerPool
from ingest.reading.readers import PooledReader, PooledScreener
from ingest.repository import Documents, Drafts
from ingest.service import Extraction, Intake, Review
from ingest.settings import THREADS_PER_RECOGNISER, Settings
from ingest.storage import open_storage
from kit.clock import SystemClock
from kit.consumer import Consumer
from kit.grpc.client import open_channel
from kit.ids import new_id
from kit.kafka import KafkaSettings
from kit.logging import get_logger
from kit.mongo import Mongo
from kit.outbox import Outbox
from kit.relay import Relay
from kit.runtime import Background, Parts, run
from kit.tokens import ServiceTokens

LIGHT_MEMORY = 1024 * 1024 * 1024
SWEEP_SECONDS = 5.0
log = get_logger(__name__)


@asynccontextmanager
async def build(settings: Settings) -> AsyncIterator[Parts]:
    """Every part of ingest, wired."""
    kafka = KafkaSettings.of(settings)
    tokens = ServiceTokens(settings.jwt_secret.get_secret_value(), service=SOURCE)
    async with (
        Mongo.of(settings, service="ingest") as mongo,
        open_channel(
            settings.ledger_addr, name="ledger", idempotent=IDEMPOTENT, deadline=DEADLINE_SECONDS
        ) as channel,
        _pool(WorkerOptions(memory_bytes=LIGHT_MEMORY), size=1) as light,
        _pool(_recognition(settings), size=settings.recognisers) as recognition,
    ):
        clock, files = (
            SystemClock(),
            open_storage(settings.storage, endpoint=settings.aws_endpoint_url_s3),
        )
        documents, drafts = Documents(mongo), Drafts(mongo, clock)
        ledger = LedgerBooks(channel, tokens)
        announcements = OutboxAnnouncements(Outbox(source=SOURCE))
        intake = Intake(
            mongo=mongo,
            documents=documents,
            files=files,
            screener=PooledScreener(
                light,
                allowed=settings.media_types(ALL),
                max_pixels=settings.max_image_pixels,
                default_currency=settings.default_currency,
            ),
            announcements=announcements,
            clock=clock,
            new_id=new_id,
            max_file_size=settings.max_file_size,
        )
        extraction = Extraction(
            mongo=mongo,
            documents=documents,
            drafts=drafts,
            files=files,
            reader=PooledReader(
                light=light,
                recognition=recognition,
                max_pixels=settings.max_image_pixels,
                seconds=settings.ocr_timeout_seconds,
            ),
            ledger=ledger,
            announcements=announcements,
            clock=clock,
            default_currency=settings.default_currency,
        )
        review = Review(
            mongo=mongo,
            documents=documents,
            drafts=drafts,
            ledger=ledger,
            announcements=announcements,
            clock=clock,
        )
        yield Parts(
            mongo=mongo,
            register=IngestApi(intake, review).register,
            errors=ERRORS,
            consumers=[
                Consumer(
                    group=EXTRACT_GROUP,
                    topics=[TOPIC],
                    handlers=extract_handlers(extraction),
                    mongo=mongo,
                    kafka=kafka,
                ),
                Consumer(
                    group=SUGGESTIONS_GROUP,
                    topics=[SUGGESTIONS_TOPIC],
                    handlers=suggestion_handlers(extraction),
                    mongo=mongo,
                    kafka=kafka,
                ),
            ],
            relay=Relay(mongo=mongo, kafka=kafka, source=SOURCE),
            publishes=[TOPIC],
            background=[_keep_warm(light, recognition), _sweep(review)],
            migrations=MIGRATIONS,
            warm_up=[light.start],
        )


@asynccontextmanager
async def _pool(options: WorkerOptions, *, size: int) -> AsyncIterator[WorkerPool]:
    pool = WorkerPool(options, size=size)
    try:
        yield pool
    finally:
        await pool.close()


def _recognition(settings: Settings) -> WorkerOptions:
    return WorkerOptions(
        memory_bytes=settings.ocr_memory_mb * 1024 * 1024,
        engine=settings.ocr_engine,
        language=settings.ocr_language,
        threads=THREADS_PER_RECOGNISER,
    )


def _keep_warm(*pools: WorkerPool) -> Background:
    """Start the workers and load their models when the process begins to consume, so that no
    document waits for them."""

    async def warm(stop: asyncio.Event) -> None:
        for pool in pools:
            await pool.start()
        await stop.wait()

    return warm


def _sweep(review: Review) -> Background:
    """Finish bookings that a crash or an absent ledger left unfinished."""

    async def sweep(stop: asyncio.Event) -> None:
        while not stop.is_set():
            try:
                settled = await review.finish_accepting()
                if settled:
                    log.info("finished bookings", drafts=settled)
            except Exception:
                # The sweep outlives whatever is away: what it could not finish now it will find
                # again.
                log.exception("sweep failed")
            with suppress(TimeoutError):
                await asyncio.wait_for(stop.wait(), SWEEP_SECONDS)

    return sweep


def main() -> None:
    run("ingest", Settings, build, uses_secret=("consume", "replay"))


if __name__ == "__main__":
    main()
