"""MongoDB: one database a service; durable writes; transactions that are tried again when the
server asks for it."""

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass
from datetime import UTC
from typing import Any, TypeVar

from bson.codec_options import CodecOptions
from pymongo import AsyncMongoClient, ReadPreference, WriteConcern
from pymongo.asynchronous.client_session import AsyncClientSession
from pymongo.asynchronous.database import AsyncDatabase
from pymongo.errors import ConfigurationError
from pymongo.read_concern import ReadConcern

from kit.money import SumTooLarge
from kit.mongo_uri import checked_uri, with_options
from kit.settings import ServiceSettings

Document = dict[str, Any]
Database = AsyncDatabase[Document]
T = TypeVar("T")

DURABLE = WriteConcern(w="majority", j=True, wtimeout=10_000)
SERVER_SELECTION_MS = 5_000


@dataclass(frozen=True, slots=True)
class Tx:
    """A transaction in hand: every write within it names `session=tx.session`. From
    `Mongo.snapshot` it is a session that only reads."""

    db: Database
    session: AsyncClientSession


class Mongo:
    """A client and the service's database."""

    def __init__(self, client: AsyncMongoClient[Document], database: str) -> None:
        self.client = client
        self.db: Database = client.get_database(
            database,
            codec_options=CodecOptions(tz_aware=True, tzinfo=UTC),
            write_concern=DURABLE,
            read_concern=ReadConcern("majority"),
        )

    @classmethod
    @asynccontextmanager
    async def open(
        cls, uri: str, *, database: str, options: str = "", username: str = "", password: str = ""
    ) -> AsyncIterator["Mongo"]:
        """A client for the block.

        `options` is a query string appended to the URI (MONGODB_OPTIONS). `username` and
        `password` are taken as they are, and outrank those of the URI.
        """
        user: dict[str, Any] = {"username": username, "password": password} if username else {}
        client: AsyncMongoClient[Document] = AsyncMongoClient(
            with_options(checked_uri(uri), options),
            retryWrites=True,
            retryReads=True,
            serverSelectionTimeoutMS=SERVER_SELECTION_MS,
            appname=f"pfa-{database}",
            **user,
        )
        try:
            yield cls(client, database)
        finally:
            await client.close()

    @classmethod
    def of(cls, settings: ServiceSettings, *, service: str) -> AbstractAsyncContextManager["Mongo"]:
        """A client by the settings; the database has the service's name where none is set."""
        return cls.open(
            settings.mongodb_uri,
            database=settings.mongodb_database or service,
            options=settings.mongodb_options,
            username=settings.mongodb_username,
            password=settings.mongodb_password.get_secret_value(),
        )

    async def in_transaction(self, work: Callable[[Tx], Awaitable[T]]) -> T:
        """Run `work` in a transaction: snapshot reads, majority writes, all or nothing.

        The driver runs it again on a TransientTransactionError, with back-off, so it must have no
        effect but its writes.
        """

        patience = time.monotonic() + SERVER_SELECTION_MS / 1000
        while True:
            try:
                return await self._transact(work)
            except ConfigurationError as error:
                # A member between two states says hello without sessions. That passes in a moment.
                if "Sessions are not supported" not in str(error) or time.monotonic() > patience:
                    raise
            await self._forget_connections()
            await asyncio.sleep(0.1)

    @asynccontextmanager
    async def snapshot(self) -> AsyncIterator[Tx]:
        """A session whose reads all see the same moment. It takes no writes, and unlike a
        transaction it holds nothing in the cache and has no time limit of its own
        (minSnapshotHistoryWindowInSeconds, 5 minutes by default, bounds it)."""
        async with self.client.start_session(snapshot=True) as session:
            yield Tx(self.db, session)

    async def _forget_connections(self) -> None:
        """Take none that there is from the pools again: one that was made in such a moment stays
        without sessions for as long as it lives, and the driver keeps it."""
        topology: Any = self.client._topology  # noqa: SLF001 - there is no other way to its pools
        for server in list(topology._servers.values()):  # noqa: SLF001
            await server.pool.reset_without_pause()

    async def _transact(self, work: Callable[[Tx], Awaitable[T]]) -> T:
        async def attempt(session: AsyncClientSession) -> T:
            try:
                return await work(Tx(self.db, session))
            except OverflowError as error:  # an integer beyond 64 bits, which BSON does not have
                raise SumTooLarge from error

        async with self.client.start_session() as session:
            return await session.with_transaction(
                attempt,
                read_concern=ReadConcern("snapshot"),
                write_concern=DURABLE,
                read_preference=ReadPreference.PRIMARY,
            )

    async def ping(self) -> None:
        """Raises when the primary cannot be reached."""
        await self.client.admin.command("ping")
