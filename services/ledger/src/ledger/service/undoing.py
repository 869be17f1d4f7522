"""What an undo asks before it begins, and what it turns back beside the transactions."""

from ledger.domain.operation import Operation, OperationKind
from ledger.domain.reconciliation import ReconciliationFinished
from ledger.repository.operations import Operations
from ledger.repository.reconciliations import Reconciliations
from ledger.service.category_merges import CategoryMerges
from ledger.service.search_payees import SearchPayees
from ledger.service.series_payees import SeriesPayees


class Undoing:
    def __init__(
        self,
        *,
        operations: Operations,
        reconciliations: Reconciliations,
        merges: CategoryMerges,
        series: SeriesPayees,
        searches: SearchPayees,
    ) -> None:
        self._operations = operations
        self._reconciliations = reconciliations
        self._merges = merges
        self._series = series
        self._searches = searches

    async def require_free(self, operation: Operation) -> None:
        """Whether no statement that is confirmed would break if the operation were taken back.

        Raises ReconciliationFinished for one that locked what a finished reconciliation holds, be
        it another's: a transfer is locked once for both of its sides.
        """
        origin, stands = await self._origin(operation)
        locks = OperationKind.RECONCILE if stands else OperationKind.UNRECONCILE
        if origin.kind is not locks:
            return
        holder = await self._reconciliations.finished_with(origin.owner, origin.ids)
        if holder:
            raise ReconciliationFinished(holder)

    async def before(self, undo: Operation) -> None:
        """Turn back, or, where an undo is undone, again, what the operation changed beside the
        transactions."""
        origin, stands = await self._origin(undo)
        match origin.kind:
            case OperationKind.MERGE_CATEGORY:
                await self._merges.turn(origin, stands=stands)
            case OperationKind.MOVE_PAYEES:
                await self._series.turn(origin, stands=stands)
                await self._searches.turn(origin, stands=stands)

    async def _origin(self, operation: Operation) -> tuple[Operation, bool]:
        """What is undone in the end, or done again; and whether it is in force after this one."""
        origin, stands = operation, True
        while origin.undoes:
            found = await self._operations.get(operation.owner, origin.undoes)
            if found is None:
                break
            origin, stands = found, not stands
        return origin, stands
