"""What comes again follows its payee where that gets another name."""

from collections.abc import Callable

from kit.clock import Clock
from kit.mongo import Mongo, Tx
from ledger.domain.operation import Operation
from ledger.domain.payee import PayeeMove
from ledger.domain.recurring.series import Series
from ledger.repository.recurring import Recurring
from ledger.service.ports import RecurringAnnouncements


class SeriesPayees:
    def __init__(
        self,
        *,
        mongo: Mongo,
        recurring: Recurring,
        announcements: RecurringAnnouncements,
        clock: Clock,
    ) -> None:
        self._mongo = mongo
        self._recurring = recurring
        self._announcements = announcements
        self._clock = clock

    async def moved(self, tx: Tx, operation: Operation, move: PayeeMove) -> None:
        """The operation gave these payees another name, in this transaction or before."""
        await self._change(
            tx,
            operation.owner,
            lambda series: (
                series.payee_moved(move.name, by=operation.id)
                if series.payee_id in move.ids
                else series
            ),
        )

    async def turn(self, operation: Operation, *, stands: bool) -> None:
        """The operation is undone, or done again."""

        async def turn(tx: Tx) -> None:
            await self._change(
                tx,
                operation.owner,
                lambda series: series.payee_turned(operation.id, stands=stands),
            )

        await self._mongo.in_transaction(turn)

    async def _change(self, tx: Tx, owner: str, change: Callable[[Series], Series]) -> None:
        for series in await self._recurring.list(owner, session=tx.session):
            changed = change(series)
            if changed != series:
                changed = changed.stored(self._clock.now())
                await self._recurring.change(tx, changed)
                await self._announcements.recurring_changed(tx, changed, "updated")
