"""The composition root: builds the parts of the ledger and wires them."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from kit.consumer import Consumer
from kit.kafka import KafkaSettings
from kit.mongo import Mongo
from kit.relay import Relay
from kit.runtime import Parts, run
from ledger.audit import check_command, rebuild_command
from ledger.commands import rates_command
from ledger.events import AUTH_TOPIC, BOOKS_GROUP, SOURCE, TOPIC, handlers
from ledger.events.plans import BUDGETS_GROUP, plan_handlers
from ledger.grpc_api import ERRORS
from ledger.migrations import MIGRATIONS
from ledger.settings import Settings
from ledger.wiring import open_ledger
from ledger.wiring.servicers import servicers


@asynccontextmanager
async def build(settings: Settings) -> AsyncIterator[Parts]:
    kafka = KafkaSettings.of(settings)
    async with (
        Mongo.of(settings, service="ledger") as mongo,
        open_ledger(mongo) as ledger,
    ):
        yield Parts(
            mongo=mongo,
            register=servicers(ledger),
            errors=ERRORS,
            consumers=[
                Consumer(
                    group=BOOKS_GROUP,
                    topics=[AUTH_TOPIC],
                    handlers=handlers(ledger.books, ledger.files.erasure),
                    mongo=mongo,
                    kafka=kafka,
                ),
                Consumer(
                    group=BUDGETS_GROUP,
                    topics=[TOPIC],
                    handlers=plan_handlers(ledger.plans.budget_watch, ledger.plans.recurring),
                    mongo=mongo,
                    kafka=kafka,
                ),
            ],
            relay=Relay(mongo=mongo, kafka=kafka, source=SOURCE),
            background=[ledger.plans.recurring_poster.run, ledger.unfinished.run],
            publishes=[TOPIC],
            migrations=MIGRATIONS,
            commands={
                "check": lambda argv: check_command(ledger.auditor, argv),
                "rates": lambda argv: rates_command(ledger.rates, argv),
                "rebuild": lambda argv: rebuild_command(ledger.auditor, argv),
            },
        )


def main() -> None:
    run("ledger", Settings, build, uses_secret=())


if __name__ == "__main__":
    main()
