"""People with books of any size, and what every benchmark of the ledger sends."""

import asyncio
import random
import time
import uuid
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

import grpc
from pymongo import AsyncMongoClient

from bench.world import World
from kit.tokens import SERVICE_TOKEN_SECONDS, ServiceTokens
from pfa.common.v1.money_pb2 import Money
from pfa.ledger.v1.account_pb2 import ACCOUNT_TYPE_CHECKING, CATEGORY_KIND_EXPENSE
from pfa.ledger.v1.ledger_pb2 import (
    IMPORT_OUTCOME_ADDED,
    CreateAccountRequest,
    ImportItem,
    ImportTransactionsRequest,
    ListCategoriesRequest,
)
from pfa.ledger.v1.ledger_pb2_grpc import LedgerServiceStub
from pfa.ledger.v1.payee_pb2_grpc import PayeeServiceStub
from pfa.ledger.v1.recurring_pb2_grpc import RecurringServiceStub
from pfa.ledger.v1.report_pb2_grpc import ReportServiceStub
from pfa.ledger.v1.transaction_pb2 import Origin, TransactionInput

if TYPE_CHECKING:  # the stubs' own files alone tell the two kinds of client apart
    from pfa.ledger.v1.ledger_pb2_grpc import LedgerServiceAsyncStub
    from pfa.ledger.v1.payee_pb2_grpc import PayeeServiceAsyncStub
    from pfa.ledger.v1.recurring_pb2_grpc import RecurringServiceAsyncStub
    from pfa.ledger.v1.report_pb2_grpc import ReportServiceAsyncStub

# As many as one call may bring.
BATCH = 1_000
YEARS = 10
LAST_DAY = date(2026, 1, 31)
_PAYEES = 400
# In a book of 10,000 entries there are more notes than a page holds.
_NOTE_EVERY = 100
_SETTLE_SECONDS = 600.0


class Payer:
    """Someone with an account in euros, and the categories that can be posted to."""

    def __init__(self, tokens: ServiceTokens, owner: str) -> None:
        self.owner = owner
        self.account_id = ""
        self.categories: Sequence[str] = ()
        self._tokens = tokens
        self._token = ""
        self._good_until = float("-inf")

    @property
    def metadata(self) -> tuple[tuple[str, str]]:
        """With a token as ingest has one that books for a person: a benchmark may take longer than
        a person's is good for."""
        if time.monotonic() > self._good_until:
            self._token = self._tokens.issue(owner=self.owner)
            self._good_until = time.monotonic() + SERVICE_TOKEN_SECONDS / 2
        return (("authorization", f"Bearer {self._token}"),)


@dataclass(frozen=True, slots=True)
class Ledger:
    """The services that are asked, over one connection."""

    books: "LedgerServiceAsyncStub"
    reports: "ReportServiceAsyncStub"
    recurring: "RecurringServiceAsyncStub"
    payees: "PayeeServiceAsyncStub"


async def new_payer(world: World, ledger: Ledger) -> Payer:
    """Someone who has just opened a book."""
    tokens = ServiceTokens(world.stack.environment["JWT_SECRET"], service="ingest")
    payer = Payer(tokens, str(uuid.uuid4()))
    account = CreateAccountRequest(name="Main", type=ACCOUNT_TYPE_CHECKING, currency="EUR")
    opened = await ledger.books.CreateAccount(account, metadata=payer.metadata)
    found = await ledger.books.ListCategories(ListCategoriesRequest(), metadata=payer.metadata)
    payer.account_id = opened.account.id
    # Groceries first, so that a benchmark of one category has one that is used.
    expenses = [c for c in found.categories if c.kind == CATEGORY_KIND_EXPENSE]
    payer.categories = [c.id for c in sorted(expenses, key=lambda c: c.key != "groceries")]
    return payer


@asynccontextmanager
async def open_books(world: World) -> AsyncIterator[Ledger]:
    options = [("grpc.max_receive_message_length", 16 * 2**20)]
    address = world.stack.environment["LEDGER_ADDR"]
    async with grpc.aio.insecure_channel(address, options=options) as channel:
        yield Ledger(
            LedgerServiceStub(channel),
            ReportServiceStub(channel),
            RecurringServiceStub(channel),
            PayeeServiceStub(channel),
        )


def purchase(payer: Payer) -> TransactionInput:
    """A coffee, always the same one."""
    return TransactionInput(
        account_id=payer.account_id,
        date="2026-01-15",
        amount=Money(minor_units=-450, currency="EUR"),
        payee="Corner Bakery",
        category_id=payer.categories[0],
    )


def bank_line(
    payer: Payer, day: date, chance: random.Random, *, has_note: bool = True
) -> TransactionInput:
    """A line of a bank's file, with a reference of the bank's own. Few payees have most lines."""
    number = int(_PAYEES * chance.random() ** 3)
    return TransactionInput(
        account_id=payer.account_id,
        date=day.isoformat(),
        amount=Money(minor_units=-chance.randrange(100, 30_000), currency="EUR"),
        payee=f"{['Café', 'Market', 'Bakery', 'Station', 'Pharmacy'][number % 5]} {number}",
        description=f"card payment {number * 7919 % 10_000:04}" if has_note else "",
        category_id=payer.categories[number % len(payer.categories)],
        origin=Origin(bank_reference=uuid.UUID(int=chance.getrandbits(128)).hex),
    )


def bank_file(
    payer: Payer,
    count: int,
    first: date,
    last: date,
    chance: random.Random,
    *,
    note_every: int = 1,
) -> ImportTransactionsRequest:
    """So many lines between two days, in the order of their dates; one in `note_every` has a
    note."""
    days = (last - first).days
    return ImportTransactionsRequest(
        items=[
            ImportItem(
                idempotency_key=uuid.UUID(int=chance.getrandbits(128)).hex,
                transaction=bank_line(
                    payer,
                    first + timedelta(days * i // count),
                    chance,
                    has_note=i % note_every == 0,
                ),
            )
            for i in range(count)
        ]
    )


async def bring(ledger: Ledger, payer: Payer, request: ImportTransactionsRequest) -> None:
    """Import, and see that all of it was new."""
    answer = await ledger.books.ImportTransactions(request, metadata=payer.metadata, timeout=120)
    outcomes = {result.outcome for result in answer.results}
    if outcomes != {IMPORT_OUTCOME_ADDED}:
        raise AssertionError(f"an import of new lines answered {outcomes}")


async def fill(ledger: Ledger, payer: Payer, count: int) -> None:
    """Bring so many entries into the book, by the way that every import takes."""
    for request in _requests(payer, count):
        await bring(ledger, payer, request)


def lines_of(payer: Payer, count: int) -> Iterator[TransactionInput]:
    """The same lines that `fill` has brought."""
    for request in _requests(payer, count):
        yield from (item.transaction for item in request.items)


def _requests(payer: Payer, count: int) -> Iterator[ImportTransactionsRequest]:
    """Ten years of files, the oldest first."""
    chance = random.Random(f"{payer.owner}/{count}")
    span = timedelta(days=365 * YEARS)
    for done in range(0, count, BATCH):
        first = LAST_DAY - span + span * (done / count)
        last = min(LAST_DAY, first + span * (BATCH / count))
        size = min(BATCH, count - done)
        yield bank_file(payer, size, first, last, chance, note_every=_NOTE_EVERY)


class Outbox:
    """The ledger's outbox, which the relay empties after a posting is answered."""

    def __init__(self, client: AsyncMongoClient[dict[str, Any]]) -> None:
        self._rows = client.get_database("ledger").get_collection("outbox")

    @classmethod
    @asynccontextmanager
    async def open(cls, uri: str) -> "AsyncIterator[Outbox]":
        async with AsyncMongoClient[dict[str, Any]](uri) as client:
            yield cls(client)

    async def drained(self) -> None:
        """Until every event is published. Raises TimeoutError."""
        deadline = time.monotonic() + _SETTLE_SECONDS
        while await self._rows.find_one({"pending": True}):
            if time.monotonic() > deadline:
                raise TimeoutError("the ledger's events are not being published")
            await asyncio.sleep(0.05)
