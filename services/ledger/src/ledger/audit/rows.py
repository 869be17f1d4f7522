"""Every row of a book by itself: whether it can be read, whether background work failed on it."""

from collections.abc import AsyncIterator, Callable
from typing import Any, TypeVar

from pymongo.asynchronous.client_session import AsyncClientSession

from kit.mongo import Database, Document
from kit.rows import MARK, mark_of
from ledger.audit.recount import Difference, Fault
from ledger.domain.shape import require_shape
from ledger.domain.totals import Balance, BalanceKey, Rollup, RollupKey
from ledger.repository.documents import balance_of, rollup_key_of, rollup_of
from ledger.repository.kinds import KINDS, UnreadableRow

V = TypeVar("V")
# Read with the journal.
_ENTRIES = "entries"
# Background work takes its rows from these.
_WORKED_ON = ("budgets", "operations", "outbox", "recurring")


class RowAudit:
    """The rows of one book in one snapshot."""

    def __init__(self, db: Database, session: AsyncClientSession, owner: str) -> None:
        self._db = db
        self._session = session
        self._owner = owner
        # Faults of rows that are derived from the journal.
        self.faults: list[Difference] = []

    async def unreadable(self) -> AsyncIterator[Difference]:
        """Rows that the ledger would not have written, but for entries."""
        for kind in KINDS.values():
            if kind.name == _ENTRIES:
                continue
            query = {"_id" if kind.name == "books" else "user_id": self._owner}
            async for row in self._db[kind.name].find(query, session=self._session):
                try:
                    kind.read(row)
                except UnreadableRow as error:
                    subject = f"{kind.name} {row['_id']}"
                    yield self._difference(Fault.UNREADABLE, subject, str(error))

    async def parked(self) -> AsyncIterator[Difference]:
        for name in _WORKED_ON:
            query = {"user_id": self._owner, MARK: {"$exists": True}}
            async for row in self._db[name].find(query, session=self._session):
                mark = mark_of(row)
                found = f"{mark.get('work')} failed {mark.get('attempts')} times"
                yield Difference(
                    self._owner,
                    Fault.PARKED,
                    f"{name} {row['_id']}",
                    "work that succeeds",
                    f"{found}: {mark.get('error')}",
                )

    async def head(self) -> int:
        row = await self._db.books.find_one({"_id": self._owner}, session=self._session)
        seq = (row or {}).get("seq", 0)
        return seq if isinstance(seq, int) else 0

    async def balances(self) -> dict[BalanceKey, Balance]:
        def read(row: Document) -> tuple[BalanceKey, Balance]:
            return BalanceKey(self._owner, row["account_id"], row["currency"]), balance_of(row)

        return dict(await self._readable("balances", Fault.BALANCE, read))

    async def rollups(self) -> dict[RollupKey, Rollup]:
        def read(row: Document) -> tuple[RollupKey, Rollup]:
            return rollup_key_of(row), rollup_of(row)

        return dict(await self._readable("rollups", Fault.ROLLUP, read))

    async def _readable(
        self, name: str, fault: Fault, read: Callable[[Document], tuple[Any, V]]
    ) -> list[tuple[Any, V]]:
        found = []
        rows = self._db[name].find({"user_id": self._owner}, session=self._session)
        async for row in rows:
            try:
                key, value = read(row)
                require_shape(value)
            except Exception as error:  # noqa: BLE001 - whatever is wrong with it is a difference
                what = f"{type(error).__name__}: {error}"
                self.faults.append(self._difference(fault, f"{name} {row['_id']}", what))
                continue
            found.append((key, value))
        return found

    def _difference(self, fault: Fault, subject: str, found: str) -> Difference:
        return Difference(self._owner, fault, subject, "a readable row", found)
