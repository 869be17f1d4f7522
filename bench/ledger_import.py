"""A bulk import through gRPC beside `insert_many` of the very bytes that it stores."""

import asyncio
import random
import time
from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from pymongo import MongoClient, WriteConcern

from bench.books import LAST_DAY, Ledger, Outbox, Payer, bank_file, bring, new_payer, open_books
from bench.figures import Findings, rate_figure
from bench.measuring import Sample, Side, Take, compare, drive
from bench.processor import ProcessorMeter
from bench.world import World
from pfa.ledger.v1.ledger_pb2 import ImportTransactionsRequest

# The most that one call may bring.
BATCH = 1_000
IMPORTERS = 4
_DURABLE = WriteConcern(w="majority", j=True)


async def ledger_import(world: World, seconds: float) -> Findings:
    """Four people import new lines of a bank's file at once."""
    uri = world.stack.environment["MONGODB_URI"]
    meter = ProcessorMeter(world.pids("ledger", "mongo", "kafka"))
    async with open_books(world) as ledger, Outbox.open(uri) as outbox:
        payers = [await new_payer(world, ledger) for _ in range(IMPORTERS)]
        await bring(ledger, payers[0], _year(payers[0], random.Random(0)))
        await outbox.drained()
        with MongoClient[dict[str, Any]](uri) as client:
            bare = BareInsert(client, payers[0].owner)
            imported = await compare(
                Side(meter.around(_imports(ledger, payers)), outbox.drained),
                Side(bare.take),
                seconds=seconds,
            )
    figure = rate_figure(
        "ledger.import", "entries/s", imported, beside="insert_many of the same bytes"
    )
    return Findings([figure], [f"an imported entry: {meter.each()}"])


def _imports(ledger: Ledger, payers: Sequence[Payer]) -> Take:
    chance = random.Random(1)

    async def send(client: int) -> None:
        payer = payers[client]
        await bring(ledger, payer, _year(payer, chance))

    async def take(seconds: float) -> Sample:
        sample = await drive(send, clients=len(payers), seconds=seconds)
        return Sample(sample.latencies, sample.elapsed, BATCH)

    return take


def _year(payer: Payer, chance: random.Random) -> ImportTransactionsRequest:
    """A year of a person's bank: three lines a day."""
    return bank_file(payer, BATCH, LAST_DAY - timedelta(days=365), LAST_DAY, chance)


class BareInsert:
    """What an import has stored (entries, keys, events), as it lies there, inserted again and again
    as durably, with no index but `_id`."""

    def __init__(self, client: MongoClient[dict[str, Any]], owner: str) -> None:
        stored = client.get_database("ledger")
        self._client = client
        self._documents = {
            name: list(stored[name].find(query).limit(BATCH))
            for name, query in (
                ("entries", {"user_id": owner, "change": "created"}),
                ("idempotency", {"user_id": owner}),
                ("outbox", {"user_id": owner, "count": {"$gt": 10}}),
            )
        }

    async def take(self, seconds: float) -> Sample:
        """One client after the other: two processors are busy with one already."""
        return await asyncio.to_thread(self._take, seconds)

    def _take(self, seconds: float) -> Sample:
        database = self._client.get_database("bench_bare", write_concern=_DURABLE)
        for name in self._documents:
            database.drop_collection(name)
            database.create_collection(name)
        latencies: list[float] = []
        began, number = time.perf_counter(), 0
        while (started := time.perf_counter()) < began + seconds:
            for name, documents in self._documents.items():
                database[name].insert_many(_renamed(documents, number))
            number += 1
            latencies.append(time.perf_counter() - started)
        return Sample(latencies, time.perf_counter() - began, BATCH)


def _renamed(documents: Sequence[dict[str, Any]], number: int) -> list[dict[str, Any]]:
    return [{**document, "_id": f"{document['_id']}/{number}"} for document in documents]
