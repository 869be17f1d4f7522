"""The baseline of a posting: a transaction of four writes with plain pymongo, nothing around it."""

import uuid
from collections.abc import Sequence
from contextlib import AbstractContextManager
from datetime import UTC, datetime
from types import TracebackType
from typing import Any, Self

from pymongo import MongoClient, WriteConcern
from pymongo.client_session import ClientSession
from pymongo.read_concern import ReadConcern

from bench.measuring import Sample, Take, drive_threads

_DURABLE = WriteConcern(w="majority", j=True)
_SNAPSHOT = ReadConcern("snapshot")
_CANDIDATES = (1, 4, 16, 64)
_CALIBRATION_SECONDS = 0.7


class BareLedger(AbstractContextManager["BareLedger"]):
    """An entry, an outbox row and two balances, all or nothing, as durable as ours.

    No check, no key, no rollup, no index but `_id`.
    """

    def __init__(self, uri: str) -> None:
        self._client: MongoClient[dict[str, Any]] = MongoClient(uri, maxPoolSize=max(_CANDIDATES))
        self._db = self._client.get_database("bench_bare")

    def __enter__(self) -> Self:
        # A transaction that first has to make its collections waits for their catalogue.
        for name in ("entries", "outbox", "balances"):
            self._db.create_collection(name)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._client.close()

    def post(self, account: str) -> None:
        """Returns when a majority has it in its journal."""
        entry = _entry(account)

        def write(session: ClientSession) -> None:
            self._db.entries.insert_one(entry, session=session)
            self._db.outbox.insert_one(_outbox_row(entry), session=session)
            for posting in entry["postings"]:
                self._db.balances.update_one(
                    {"_id": posting["account_id"]},
                    {"$inc": {"balance": posting["amount"]}},
                    upsert=True,
                    session=session,
                )

        with self._client.start_session() as session:
            session.with_transaction(write, read_concern=_SNAPSHOT, write_concern=_DURABLE)

    def take(self, *, clients: int, hot: bool) -> Take:
        """So many threads post; all to one account, or each to its own."""

        def post(client: int) -> None:
            self.post("hot" if hot else f"account-{client}")

        async def take(seconds: float) -> Sample:
            return await drive_threads(post, clients=clients, seconds=seconds)

        return take

    async def best_client_count(self, *, hot: bool) -> int:
        """With how many clients it posts the most."""
        rates: dict[int, float] = {}
        for clients in _CANDIDATES:
            take = self.take(clients=clients, hot=hot)
            rates[clients] = (await take(_CALIBRATION_SECONDS)).per_second
        return max(rates, key=rates.__getitem__)


def _entry(account: str) -> dict[str, Any]:
    sides: Sequence[tuple[str, int]] = ((account, -450), (f"groceries-of-{account}", 450))
    return {
        "_id": str(uuid.uuid4()),
        "date": "2026-01-15",
        "payee": "Corner Bakery",
        "currency": "EUR",
        "recorded_at": datetime.now(UTC),
        "postings": [
            {"account_id": account_id, "amount": amount, "currency": "EUR"}
            for account_id, amount in sides
        ],
    }


def _outbox_row(entry: dict[str, Any]) -> dict[str, Any]:
    return {
        "_id": str(uuid.uuid4()),
        "type": "posted",
        "subject": entry["_id"],
        "payload": bytes(200),
        "created_at": datetime.now(UTC),
    }
