"""ai's composition root: `python -m ai [serve | consume | relay | migrate | replay <group>]`."""

from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from functools import partial

from ai import shipped
from ai.asking import Asking, LateAnswers
from ai.domain.outside import OutsideLimits
from ai.domain.suggesting import Suggester
from ai.events import (
    DOCUMENTS_TOPIC,
    LEARN_GROUP,
    LEDGER_TOPIC,
    SUGGEST_GROUP,
    SUGGESTIONS_TOPIC,
    learn_handlers,
    publish_late,
    suggest_handlers,
)
from ai.gemini import Gemini
from ai.grpc_api import ERRORS, AiApi, register
from ai.learning import Learning
from ai.ledger import LIST_CATEGORIES, RUN_RULES, LedgerCategories
from ai.migrations import MIGRATIONS
from ai.repository import Consents, Memories, OpenBatches, Usage
from ai.service import Categorisation
from ai.settings import Settings
from kit.clock import SystemClock
from kit.consumer import Consumer
from kit.grpc.client import open_channel
from kit.kafka import KafkaSettings
from kit.mongo import Mongo
from kit.outbox import Outbox
from kit.relay import Relay
from kit.runtime import Parts, run
from kit.tokens import ServiceTokens

SERVICE = "ai"


@asynccontextmanager
async def build(settings: Settings) -> AsyncIterator[Parts]:
    """Build and wire every part, and close them in reverse."""
    async with AsyncExitStack() as stack:
        mongo = await stack.enter_async_context(Mongo.of(settings, service=SERVICE))
        ledger = await _ledger(settings, stack)
        asking = Asking(
            model=await _gemini(settings, stack),
            privacy=shipped.privacy(),
            consents=Consents(mongo.db),
            usage=Usage(mongo.db),
            clock=SystemClock(),
            limits=OutsideLimits(
                payees_a_day=settings.gemini_payees_per_day,
                seconds=settings.gemini_timeout_seconds,
            ),
        )
        suggester = Suggester(shipped.lexicon(), shipped.ngrams())
        categorisation = _categorisation(mongo, ledger, asking, suggester)
        learning = Learning(suggester=suggester, memories=Memories(mongo.db))
        outbox = Outbox(source=SERVICE)
        late = LateAnswers(
            asking=asking,
            batches=OpenBatches(mongo.db),
            charts=ledger,
            publish=publish_late(outbox),
            mongo=mongo,
            clock=SystemClock(),
        )
        kafka = KafkaSettings.of(settings)
        yield Parts(
            mongo=mongo,
            register=partial(register, AiApi(categorisation)),
            errors=ERRORS,
            consumers=_consumers(categorisation, learning, outbox, mongo, kafka),
            relay=Relay(mongo=mongo, kafka=kafka, source=SERVICE),
            publishes=[SUGGESTIONS_TOPIC],
            background=[late.run],
            migrations=MIGRATIONS,
        )


async def _ledger(settings: Settings, stack: AsyncExitStack) -> LedgerCategories:
    channel = await stack.enter_async_context(
        open_channel(settings.ledger_addr, name=SERVICE, idempotent=[LIST_CATEGORIES, RUN_RULES])
    )
    tokens = ServiceTokens(settings.jwt_secret.get_secret_value(), service=SERVICE)
    return LedgerCategories(channel, tokens)


def _categorisation(
    mongo: Mongo, ledger: LedgerCategories, asking: Asking, suggester: Suggester
) -> Categorisation:
    return Categorisation(
        suggester=suggester,
        memories=Memories(mongo.db),
        consents=Consents(mongo.db),
        ledger=ledger,
        asking=asking,
        open_batches=OpenBatches(mongo.db),
        clock=SystemClock(),
    )


async def _gemini(settings: Settings, stack: AsyncExitStack) -> Gemini | None:
    key = settings.gemini_api_key.get_secret_value()
    if not key:
        return None
    return await stack.enter_async_context(
        Gemini.open(
            api_key=key,
            base_url=settings.gemini_base_url,
            model=settings.gemini_model,
            budget_seconds=settings.gemini_timeout_seconds,
        )
    )


def _consumers(
    categorisation: Categorisation,
    learning: Learning,
    outbox: Outbox,
    mongo: Mongo,
    kafka: KafkaSettings,
) -> Sequence[Consumer]:
    return [
        Consumer(
            group=SUGGEST_GROUP,
            topics=[DOCUMENTS_TOPIC],
            handlers=suggest_handlers(categorisation, outbox),
            mongo=mongo,
            kafka=kafka,
        ),
        Consumer(
            group=LEARN_GROUP,
            topics=[LEDGER_TOPIC],
            handlers=learn_handlers(learning),
            mongo=mongo,
            kafka=kafka,
        ),
    ]


def main() -> None:
    """Run the service."""
    run(SERVICE, Settings, build, uses_secret=("consume", "replay"))


if __name__ == "__main__":
    main()
