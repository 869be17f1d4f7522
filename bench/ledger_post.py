"""Postings beside a transaction of four writes: of one client, of 64 in eight books, of 64 on one
account."""

import uuid
from collections.abc import Sequence

from bench.bare_mongo import BareLedger
from bench.books import Ledger, Outbox, Payer, new_payer, open_books, purchase
from bench.figures import Findings, latency_figure, rate_figure
from bench.measuring import Sample, Side, Take, compare, drive
from bench.processor import ProcessorMeter
from bench.world import World
from pfa.ledger.v1.ledger_pb2 import CreateTransactionRequest

CLIENTS = 64
PEOPLE = 8
_BARE = "bare transaction"


async def ledger_post(world: World, seconds: float) -> Findings:
    """One client alone, 64 on the accounts of eight people, and 64 on one account."""
    uri = world.stack.environment["MONGODB_URI"]
    meter = ProcessorMeter(world.pids("ledger", "mongo", "kafka"))
    hot_meter = ProcessorMeter(world.pids("ledger", "mongo", "kafka"))
    async with open_books(world) as ledger, Outbox.open(uri) as outbox:
        payers = [await new_payer(world, ledger) for _ in range(PEOPLE)]
        with BareLedger(uri) as bare:
            alone = await compare(
                Side(_posts(ledger, payers[:1], clients=1), outbox.drained),
                Side(bare.take(clients=1, hot=False)),
                seconds=seconds / 4,
            )
            spread_count = await bare.best_client_count(hot=False)
            spread = await compare(
                Side(meter.around(_posts(ledger, payers, clients=CLIENTS)), outbox.drained),
                Side(bare.take(clients=spread_count, hot=False)),
                seconds=seconds / 4,
            )
            hot = await compare(
                Side(hot_meter.around(_posts(ledger, payers[:1], clients=CLIENTS)), outbox.drained),
                Side(bare.take(clients=CLIENTS, hot=True)),
                seconds=seconds / 4,
            )
            hot_count = await bare.best_client_count(hot=True)
            best = await compare(
                Side(_posts(ledger, payers[:1], clients=CLIENTS), outbox.drained),
                Side(bare.take(clients=hot_count, hot=True)),
                seconds=seconds / 4,
            )
    rate = "postings/s"
    figures = [
        latency_figure("ledger.post", alone, beside=f"{_BARE}, one client"),
        rate_figure("ledger.post.64", rate, spread, beside=f"{_BARE}, {_clients(spread_count)}"),
        rate_figure("ledger.post.hot", rate, hot, beside=f"{_BARE}, {_clients(CLIENTS)}"),
        rate_figure("ledger.post.hot.best", rate, best, beside=f"{_BARE}, {_clients(hot_count)}"),
    ]
    notes = [
        f"a posting of {CLIENTS} clients into {PEOPLE} books: {meter.each()}",
        f"a posting of {CLIENTS} clients into one account: {hot_meter.each()}",
    ]
    return Findings(figures, notes)


def _posts(ledger: Ledger, payers: Sequence[Payer], *, clients: int) -> Take:
    """So many clients post, spread over the payers."""

    async def post(client: int) -> None:
        payer = payers[client % len(payers)]
        request = CreateTransactionRequest(
            idempotency_key=str(uuid.uuid4()), transaction=purchase(payer)
        )
        await ledger.books.CreateTransaction(request, metadata=payer.metadata, timeout=60)

    async def take(seconds: float) -> Sample:
        return await drive(post, clients=clients, seconds=seconds)

    return take


def _clients(count: int) -> str:
    return "one client" if count == 1 else f"{count} clients"
