"""Saved searches follow a payee that gets another name."""

from collections.abc import Callable
from dataclasses import replace

from kit.clock import Clock
from kit.mongo import Mongo, Tx
from ledger.domain.operation import Operation
from ledger.domain.payee import PayeeMove
from ledger.domain.search.saved import SavedSearch
from ledger.repository.searches import SavedSearchShelf


class SearchPayees:
    def __init__(self, *, mongo: Mongo, shelf: SavedSearchShelf, clock: Clock) -> None:
        self._mongo = mongo
        self._shelf = shelf
        self._clock = clock

    async def moved(self, tx: Tx, operation: Operation, move: PayeeMove) -> None:
        """The operation gave these payees another name, in this transaction or before."""
        now = self._clock.now()
        await self._change(
            tx,
            operation.owner,
            lambda search: search.payee_moved(move.ids, move.name, by=operation.id, now=now),
        )

    async def turn(self, operation: Operation, *, stands: bool) -> None:
        """The operation is undone, or done again."""
        now = self._clock.now()

        async def turn(tx: Tx) -> None:
            await self._change(
                tx,
                operation.owner,
                lambda search: search.payee_turned(operation.id, stands=stands, now=now),
            )

        await self._mongo.in_transaction(turn)

    async def _change(
        self, tx: Tx, owner: str, change: Callable[[SavedSearch], SavedSearch]
    ) -> None:
        kept = await self._shelf.all(owner, tx)
        changed = replace(kept, searches=tuple(change(search) for search in kept.searches))
        if changed != kept:
            await self._shelf.keep(tx, changed)
