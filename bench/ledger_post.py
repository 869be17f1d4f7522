"""`ledger.post`: one durable posting beside a bare Mongo transaction of four writes."""

import asyncio
import time
import uuid
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

import grpc
from pymongo import AsyncMongoClient

from bench.bare_mongo import BareLedger
from bench.figures import Figure, Findings, latency_figure, rate_figure
from bench.measuring import Sample, Side, Take, compare, drive
from bench.processor import ProcessorMeter
from bench.world import Person, World
from pfa.common.v1.money_pb2 import Money
from pfa.ledger.v1.ledger_pb2 import CreateTransactionRequest
from pfa.ledger.v1.ledger_pb2_grpc import LedgerServiceStub
from pfa.ledger.v1.transaction_pb2 import TransactionInput

if TYPE_CHECKING:  # the stubs' own files alone tell the two kinds of client apart
    from pfa.ledger.v1.ledger_pb2_grpc import LedgerServiceAsyncStub

CLIENTS = 64
PEOPLE = 8
_SETTLE_SECONDS = 60.0
_BARE = "bare transaction"


@dataclass(frozen=True, slots=True)
class Payer:
    """To whose account a client posts, and in which category."""

    token: str
    account_id: str
    category_id: str


async def ledger_post(world: World, seconds: float) -> Findings:
    """One client alone, 64 on the accounts of eight people, and 64 on one account."""
    payers = [await asyncio.to_thread(_payer, world.stack.gateway_url) for _ in range(PEOPLE)]
    uri = world.stack.environment["MONGODB_URI"]
    meter = ProcessorMeter(world.pids("ledger", "mongo"))
    async with _ledger(world) as ledger, _Outbox.open(uri) as outbox:
        with BareLedger(uri) as bare:
            alone = await compare(
                Side(_posts(ledger, payers[:1], clients=1), outbox.drained),
                Side(bare.take(clients=1, hot=False)),
                seconds=seconds / 3,
            )
            spread_count = await bare.best_client_count(hot=False)
            spread = await compare(
                Side(meter.around(_posts(ledger, payers, clients=CLIENTS)), outbox.drained),
                Side(bare.take(clients=spread_count, hot=False)),
                seconds=seconds / 3,
            )
            hot_count = await bare.best_client_count(hot=True)
            hot = await compare(
                Side(_posts(ledger, payers[:1], clients=CLIENTS), outbox.drained),
                Side(bare.take(clients=hot_count, hot=True)),
                seconds=seconds / 3,
            )
    figures: list[Figure] = [
        latency_figure("ledger.post", alone, beside=f"{_BARE}, one client"),
        rate_figure(
            "ledger.post.64",
            "postings/s",
            spread,
            beside=f"{_BARE}, {_clients(spread_count)}",
        ),
        rate_figure(
            "ledger.post.hot",
            "postings/s",
            hot,
            beside=f"{_BARE}, {_clients(hot_count)}",
        ),
    ]
    return Findings(figures, [f"a posting of {CLIENTS} clients: {meter.each()}"])


def _payer(gateway_url: str) -> Payer:
    person = Person.registered(gateway_url)
    groceries = next(
        category["id"]
        for category in person.api.items("/categories")
        if category["key"] == "groceries"
    )
    return Payer(person.token, person.account_id, groceries)


@asynccontextmanager
async def _ledger(world: World) -> AsyncIterator["LedgerServiceAsyncStub"]:
    async with grpc.aio.insecure_channel(world.stack.environment["LEDGER_ADDR"]) as channel:
        yield LedgerServiceStub(channel)


def _posts(ledger: "LedgerServiceAsyncStub", payers: Sequence[Payer], *, clients: int) -> Take:
    """So many clients post, spread over the payers."""

    async def post(client: int) -> None:
        payer = payers[client % len(payers)]
        request = CreateTransactionRequest(
            idempotency_key=str(uuid.uuid4()),
            transaction=TransactionInput(
                account_id=payer.account_id,
                date="2026-01-15",
                amount=Money(minor_units=-450, currency="EUR"),
                payee="Corner Bakery",
                category_id=payer.category_id,
            ),
        )
        await ledger.CreateTransaction(
            request, metadata=(("authorization", f"Bearer {payer.token}"),), timeout=30
        )

    async def take(seconds: float) -> Sample:
        return await drive(post, clients=clients, seconds=seconds)

    return take


class _Outbox:
    """The ledger's outbox, which the relay empties after a posting is answered."""

    def __init__(self, client: "AsyncMongoClient[dict[str, object]]") -> None:
        self._rows = client.get_database("ledger").get_collection("outbox")

    @classmethod
    @asynccontextmanager
    async def open(cls, uri: str) -> "AsyncIterator[_Outbox]":
        async with AsyncMongoClient[dict[str, object]](uri) as client:
            yield cls(client)

    async def drained(self) -> None:
        """Until every event is published. Raises TimeoutError after a minute."""
        deadline = time.monotonic() + _SETTLE_SECONDS
        while await self._rows.find_one({"pending": True}):
            if time.monotonic() > deadline:
                raise TimeoutError("the ledger's events are not being published")
            await asyncio.sleep(0.05)


def _clients(count: int) -> str:
    return "one client" if count == 1 else f"{count} clients"
