"""Finishes by itself what was cut off: operations and imports whose process has gone."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import replace

from kit.clock import Clock
from kit.leases import Lease
from kit.logging import get_logger
from ledger.domain.errors import LedgerError
from ledger.domain.operation import PATIENCE, Operation, OperationKind
from ledger.repository.operations import Operations
from ledger.service.looking import keep_looking
from ledger.service.rows import RowWriter

LOOK_SECONDS, LEASE_SECONDS = 20.0, 60.0
BATCH = 20
log = get_logger(__name__)

GoOn = Callable[[Operation], Awaitable[object]]


class UnfinishedOperations:
    """One of them works at a time, and were it two, or did the request come again meanwhile, each
    row still had one key.

    What can't go on without its request, or not any more, ends with what it came to; its request
    lets it go on still. One that fails is parked, and the others go on.
    """

    def __init__(
        self,
        *,
        operations: Operations,
        rows: RowWriter,
        go_on: Mapping[OperationKind, GoOn],
        lease: Lease,
        clock: Clock,
    ) -> None:
        self._operations = operations
        self._rows = rows
        self._go_on = go_on
        self._lease = lease
        self._clock = clock

    async def run(self, stop: asyncio.Event) -> None:
        """Look for what was cut off until told to stop."""
        await keep_looking(
            stop,
            self.finish_all,
            lease=self._lease,
            seconds=LOOK_SECONDS,
            what="finishing operations",
        )

    async def finish_all(self) -> int:
        """Finish all that was cut off, unless another is at it; answers how many."""
        finished, since = 0, self._clock.now() - PATIENCE
        while cut_off := await self._operations.unfinished(before=since, limit=BATCH):
            for one in cut_off:
                if not await self._lease.hold():
                    return finished
                finished += await self._operations.parking.attempt(one, self._finish) or False
        return finished

    async def _finish(self, operation: Operation) -> bool:
        now = self._clock.now()
        if not await self._operations.claim(operation, now):
            return False
        await self._carry_on(replace(operation, touched_at=now))
        return True

    async def _carry_on(self, operation: Operation) -> None:
        is_import = operation.kind is OperationKind.IMPORT
        can_go_on = is_import or operation.intent or operation.undoes
        if not can_go_on or operation.undone_by:
            await self._rows.end(operation)
            return
        try:
            await self._go_on[operation.kind](operation)
        except LedgerError as refusal:
            log.info("an operation can't go on", refusal=type(refusal).__name__)
            await self._rows.end(operation)
