"""Posts what is due, by itself: on the day in the book's time zone, once."""

import asyncio
from datetime import timedelta

from kit.clock import Clock
from kit.idempotency import Idempotency
from kit.leases import Lease
from ledger.domain.command import Key
from ledger.domain.errors import LedgerError
from ledger.domain.recurring.series import Series
from ledger.repository.recurring import Recurring
from ledger.service.looking import keep_looking
from ledger.service.recurring import RecurringService
from ledger.service.recurring_calendar import RecurringCalendar
from ledger.service.transactions import TransactionService

ACTOR = "service:ledger"
LOOK_SECONDS, LEASE_SECONDS = 20.0, 60.0
BATCH = 100
# How long to leave a series alone that the book refused (a closed account, say).
REFUSED_FOR = timedelta(hours=6)


class RecurringPoster:
    """One of them works at a time, and were it two, each posting still had one key. A series that
    fails is parked, and the others go on."""

    def __init__(
        self,
        *,
        recurring: Recurring,
        service: RecurringService,
        calendar: RecurringCalendar,
        transactions: TransactionService,
        idempotency: Idempotency,
        lease: Lease,
        clock: Clock,
    ) -> None:
        self._recurring = recurring
        self._service = service
        self._calendar = calendar
        self._transactions = transactions
        self._idempotency = idempotency
        self._lease = lease
        self._clock = clock

    async def run(self, stop: asyncio.Event) -> None:
        """Look for what is due until told to stop."""
        await keep_looking(
            stop, self.post_due, lease=self._lease, seconds=LOOK_SECONDS, what="recurring"
        )

    async def post_due(self) -> int:
        """Post all that is due now, also of days on which nobody was there, unless another is at
        it; answers how much."""
        posted = 0
        while due := await self._recurring.due(self._clock.now(), limit=BATCH):
            for one in due:
                if not await self._lease.hold():
                    return posted
                posted += await self._recurring.parking.attempt(one, self._post) or 0
            if len(due) < BATCH:
                break
        return posted

    async def _has_posted(self, series: Series, key: Key) -> bool:
        """Whether what has arrived may be the ledger's own, which it didn't live to note."""
        known = await self._idempotency.recall(series.owner, key.text, key.request_hash)
        return known is not None

    async def _post(self, series: Series) -> int:
        """Post one series' open days, oldest first."""
        posted = 0
        for occurrence in await self._calendar.unsaid(series):
            day = occurrence.day
            # The key is of the day and not of what is posted: a series that changes between an act
            # and its note must not post twice.
            key = Key(f"recurring/{series.id}/{day.isoformat()}", "recurring")
            if occurrence.arrived and not await self._has_posted(series, key):
                continue
            try:
                transaction = await self._transactions.create_transaction(
                    owner=series.owner, actor=ACTOR, input_=occurrence.series.on(day), key=key
                )
            except LedgerError as refusal:
                again = self._clock.now() + REFUSED_FOR
                await self._service.set_due(series, problem=str(refusal), again=again)
                return posted
            await self._service.record_posted(series, day, transaction.id)
            posted += 1
        await self._service.set_due(series, again=None)
        return posted
