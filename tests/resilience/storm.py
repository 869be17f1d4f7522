"""Clients who post, edit and delete, each act under its key until it is acknowledged; and what they
were told."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from random import Random
from typing import Any

import grpc
from battlefield import Battlefield

from kit.caller import use_caller
from kit.grpc.client import open_channel
from kit.ids import new_id
from pfa.ledger.v1 import account_pb2, ledger_pb2, transaction_pb2
from pfa.ledger.v1.ledger_pb2_grpc import LedgerServiceStub

PEOPLE = 4
CLIENTS = 16
CALL_SECONDS = 5.0
# What a client can't know the outcome of; everything else is an answer, and here a fault.
NO_ANSWER = {
    grpc.StatusCode.UNAVAILABLE,
    grpc.StatusCode.DEADLINE_EXCEEDED,
    grpc.StatusCode.CANCELLED,
}


@dataclass(slots=True)
class Book:
    """One person's book, as the acknowledgements say that it is."""

    owner: str
    accounts: Sequence[str]
    # (version, account, other account, minor units) of each transaction that stands.
    standing: dict[str, tuple[int, str, str, int]] = field(default_factory=dict)
    entries: int = 0
    acts: int = 0

    def balances(self) -> Counter[str]:
        sums: Counter[str] = Counter(dict.fromkeys(self.accounts, 0))
        for _, account, other, units in self.standing.values():
            sums[account] += units
            if other:
                sums[other] -= units
        return sums


class Storm:
    """Clients over the books of a few people, until told to stop."""

    def __init__(self, field_: Battlefield, *, seed: int) -> None:
        self._field = field_
        self._random = Random(seed)
        self.books: list[Book] = []
        self.unanswered = 0
        self._stop = asyncio.Event()

    @property
    def acts(self) -> int:
        """How many acts were acknowledged so far."""
        return sum(book.acts for book in self.books)

    async def answer(self, owner: str, call: Callable[..., Awaitable[Any]], request: Any) -> Any:
        """The answer of the ledger, asked again under the same key until there is one."""
        while True:
            try:
                with use_caller(self._field.caller(owner)):
                    return await call(request, timeout=CALL_SECONDS)
            except grpc.aio.AioRpcError as error:
                if error.code() not in NO_ANSWER and not self._clock_moved(error):
                    raise
                self.unanswered += 1
            await asyncio.sleep(0.05)

    def _clock_moved(self, error: grpc.aio.AioRpcError) -> bool:
        """A token made just before the clock was set is no longer or not yet valid."""
        return self._field.own_clock and error.code() is grpc.StatusCode.UNAUTHENTICATED

    async def open_books(self, stub: LedgerServiceStub) -> None:
        for _ in range(PEOPLE):
            owner = new_id()
            accounts = []
            for name in ("Main", "Savings"):
                request = ledger_pb2.CreateAccountRequest(
                    idempotency_key=new_id(),
                    name=name,
                    type=account_pb2.ACCOUNT_TYPE_CHECKING,
                    currency="EUR",
                )
                answer = await self.answer(owner, stub.CreateAccount, request)
                accounts.append(answer.account.id)
            self.books.append(Book(owner, accounts))

    async def client(self, stub: LedgerServiceStub, number: int) -> None:
        random = Random(self._random.random() + number)
        book = self.books[number % PEOPLE]
        mine: list[str] = []
        while not self._stop.is_set():
            dice = random.random()
            if mine and dice < 0.15:
                await self._edit(stub, random, book, random.choice(mine))
            elif mine and dice < 0.25:
                await self._delete(stub, book, mine.pop(random.randrange(len(mine))))
            else:
                mine.append(await self._create(stub, random, book))

    async def _create(self, stub: LedgerServiceStub, random: Random, book: Book) -> str:
        request = ledger_pb2.CreateTransactionRequest(
            idempotency_key=new_id(), transaction=transaction(random, book)
        )
        answer = await self.answer(book.owner, stub.CreateTransaction, request)
        self._note(book, answer.transaction, entries=1)
        return str(answer.transaction.id)

    async def _edit(
        self, stub: LedgerServiceStub, random: Random, book: Book, transaction_id: str
    ) -> None:
        request = ledger_pb2.UpdateTransactionRequest(
            idempotency_key=new_id(),
            id=transaction_id,
            expected_version=book.standing[transaction_id][0],
            transaction=transaction(random, book),
        )
        answer = await self.answer(book.owner, stub.UpdateTransaction, request)
        self._note(book, answer.transaction, entries=2)

    async def _delete(self, stub: LedgerServiceStub, book: Book, transaction_id: str) -> None:
        request = ledger_pb2.DeleteTransactionRequest(
            idempotency_key=new_id(),
            id=transaction_id,
            expected_version=book.standing[transaction_id][0],
        )
        await self.answer(book.owner, stub.DeleteTransaction, request)
        del book.standing[transaction_id]
        book.acts += 1
        book.entries += 1

    def _note(self, book: Book, told: transaction_pb2.Transaction, *, entries: int) -> None:
        book.standing[told.id] = (
            told.version,
            told.account_id,
            told.to_account_id,
            told.amount.minor_units,
        )
        book.acts += 1
        book.entries += entries


def transaction(random: Random, book: Book) -> transaction_pb2.TransactionInput:
    """A purchase, some income or a transfer, somewhere in 2026."""
    account, other = random.sample(list(book.accounts), 2)
    made = transaction_pb2.TransactionInput(
        account_id=account,
        date=f"2026-{random.randint(1, 12):02}-{random.randint(1, 28):02}",
        payee=f"Payee {random.randint(1, 40)}",
        to_account_id=other if random.random() < 0.1 else "",
    )
    made.amount.minor_units = random.choice([-1, -1, -1, 1]) * random.randint(1, 99_999)
    made.amount.currency = "EUR"
    return made


@asynccontextmanager
async def storm(field_: Battlefield, *, seed: int) -> AsyncIterator[Storm]:
    """A storm over the battlefield for the block; afterwards every act is acknowledged."""
    async with open_channel(field_.address, name="ledger") as channel:
        stub = LedgerServiceStub(channel)
        made = Storm(field_, seed=seed)
        await made.open_books(stub)
        clients = [asyncio.create_task(made.client(stub, number)) for number in range(CLIENTS)]
        try:
            yield made
        except BaseException:
            for client in clients:
                client.cancel()
            raise
        finally:
            made._stop.set()
            async with asyncio.timeout(180):
                await asyncio.gather(*clients)
