"""Reconciling accounts with their statements: start, tick, finish at zero, and tell later what has
changed since."""

from collections.abc import Callable, Sequence
from dataclasses import replace

from pymongo.errors import DuplicateKeyError

from kit.clock import Clock
from kit.idempotency import Idempotency
from kit.money import Money
from kit.mongo import Mongo, Tx
from ledger.domain.command import Command, Key, Reconcile
from ledger.domain.entry import Entry
from ledger.domain.errors import InvalidFields, LedgerError
from ledger.domain.fields import EntryDate
from ledger.domain.operation import Counts, Operation, OperationKind
from ledger.domain.reconciliation import (
    MAX_NAMED,
    NotTickable,
    Progress,
    Reconciliation,
    ReconciliationNotLast,
    ReconciliationOpen,
    ReconciliationState,
    StatementDiffers,
    StatementSaid,
)
from ledger.repository.books import Books
from ledger.repository.operations import Operations
from ledger.repository.reconciliations import Reconciliations
from ledger.service.ports import Announcements
from ledger.service.reconciliation_reader import ReconciliationReader, sum_of
from ledger.writer import Poster


class ReconciliationService:
    def __init__(
        self,
        *,
        mongo: Mongo,
        reader: ReconciliationReader,
        reconciliations: Reconciliations,
        books: Books,
        operations: Operations,
        poster: Poster,
        announcements: Announcements,
        idempotency: Idempotency,
        clock: Clock,
        new_id: Callable[[], str],
    ) -> None:
        self._mongo = mongo
        self._reader = reader
        self._reconciliations = reconciliations
        self._books = books
        self._operations = operations
        self._poster = poster
        self._announcements = announcements
        self._idempotency = idempotency
        self._clock = clock
        self._new_id = new_id

    async def start(
        self, *, owner: str, actor: str, account_id: str, said: StatementSaid, key: Key
    ) -> Progress:
        """Begin with a statement; it opens with what the last one confirmed.

        Raises AccountNotFound, InvalidFields, ReconciliationOpen, IdempotencyConflict.
        """

        async def begin(tx: Tx) -> str:
            state = await self._reader.account(owner, account_id, tx)
            last = await self._reconciliations.last_finished(tx, owner, account_id)
            said.check(state.account.currency, after=last.statement_date if last else "")
            standing = await self._reconciliations.open_one(tx, owner, account_id)
            if standing is not None:
                raise ReconciliationOpen(standing.id)
            # Without a statement here, an import may have said what was reconciled before.
            opening = last.closing if last else state.balances.reconciled
            now = self._clock.now()
            begun = Reconciliation(
                id=self._new_id(),
                owner=owner,
                account_id=account_id,
                state=ReconciliationState.OPEN,
                statement_date=EntryDate(said.statement_date),
                statement_from=EntryDate(said.statement_from) if said.statement_from else None,
                opening=opening,
                closing=said.closing,
                started_by=actor,
                started_at=now,
                updated_at=now,
            )
            await self._reconciliations.add(tx, begun)
            await self._announcements.reconciliation_changed(tx, begun, "started")
            return begun.id

        try:
            id_ = await self._idempotency.once(
                owner=owner,
                key=key,
                work=begin,
                encode=str.encode,
                decode=bytes.decode,
            )
        except DuplicateKeyError:
            # Somebody else began at the same moment.
            raise ReconciliationOpen("") from None
        return await self._reader.get(owner=owner, reconciliation_id=id_)

    async def correct(
        self,
        *,
        owner: str,
        reconciliation_id: str,
        expected_version: int,
        statement_date: str | None,
        statement_from: str | None,
        closing: Money | None,
    ) -> Progress:
        """What was read off the statement wrongly. Raises ReconciliationNotFound, VersionMismatch,
        ReconciliationClosed, InvalidFields."""

        async def work(tx: Tx) -> Reconciliation:
            found = await self._open(tx, owner, reconciliation_id, expected_version)
            last = await self._reconciliations.last_finished(tx, owner, found.account_id)
            said = StatementSaid(
                found.statement_date if statement_date is None else statement_date,
                found.closing if closing is None else closing,
                (found.statement_from or "") if statement_from is None else statement_from,
            )
            said.check(found.closing.currency, after=last.statement_date if last else "")
            changed = found.corrected(said, now=self._clock.now())
            await self._replace(tx, changed, "updated")
            return changed

        # Answer with this change; the stored one may be another client's by now.
        return await self._reader.progress(await self._mongo.in_transaction(work))

    async def tick(
        self,
        *,
        owner: str,
        reconciliation_id: str,
        tick: Sequence[str],
        untick: Sequence[str],
    ) -> Progress:
        """Tick these off and those not; what is so already stays so.

        Raises ReconciliationNotFound, ReconciliationClosed, InvalidFields, NotTickable.
        """
        if len(tick) + len(untick) > MAX_NAMED:
            raise InvalidFields([("tick", f"at most {MAX_NAMED:,} at once")])

        async def work(tx: Tx) -> Reconciliation:
            found = await self._open(tx, owner, reconciliation_id, 0)
            wanted = [id_ for id_ in dict.fromkeys(tick) if id_ not in set(found.ticked)]
            candidates = await self._reader.tickable(found, wanted, tx.session)
            known = {entry.transaction_id for entry in candidates}
            if wrong := [id_ for id_ in wanted if id_ not in known]:
                raise NotTickable(wrong)
            changed = found.ticking(wanted, untick, now=self._clock.now())
            if changed.ticked == found.ticked:
                return found
            await self._replace(tx, changed, "updated")
            return changed

        return await self._reader.progress(await self._mongo.in_transaction(work))

    async def finish(
        self, *, owner: str, actor: str, reconciliation_id: str, expected_version: int
    ) -> Progress:
        """Lock what is ticked, if it adds up to the statement. Finishing twice is finishing once.

        Raises ReconciliationNotFound, VersionMismatch, ReconciliationClosed, StatementDiffers.
        """

        async def work(tx: Tx) -> None:
            await self._books.hold(tx, owner)
            found = await self._reader.found(owner, reconciliation_id, tx.session)
            if found.state is ReconciliationState.FINISHED:
                return
            found.expect(expected_version)
            found.require_open()
            entries = await self._reader.tickable(found, found.ticked, tx.session)
            difference = found.to_tick - sum_of(entries, found)
            if not difference.is_zero:
                raise StatementDiffers(difference)
            standing = {entry.transaction_id for entry in entries}
            found = replace(found, ticked=tuple(i for i in found.ticked if i in standing))
            operation_id = await self._confirm(
                tx,
                found,
                [e for e in entries if found.account_id not in e.reconciled_on],
                confirmed=True,
                actor=actor,
            )
            finished = found.finished(
                by=actor,
                now=self._clock.now(),
                seq=await self._reconciliations.seq(tx, owner),
                operation_id=operation_id,
            )
            await self._replace(tx, finished, "finished")

        await self._mongo.in_transaction(work)
        return await self._reader.get(owner=owner, reconciliation_id=reconciliation_id)

    async def cancel(self, *, owner: str, reconciliation_id: str) -> Progress:
        """Forget what was ticked; nothing was locked yet. Cancelling twice is cancelling once.

        Raises ReconciliationNotFound, ReconciliationClosed.
        """

        async def work(tx: Tx) -> None:
            found = await self._reader.found(owner, reconciliation_id, tx.session)
            if found.state is ReconciliationState.CANCELLED:
                return
            found.require_open()
            await self._replace(tx, found.cancelled(now=self._clock.now()), "cancelled")

        await self._mongo.in_transaction(work)
        return await self._reader.get(owner=owner, reconciliation_id=reconciliation_id)

    async def reopen(self, *, owner: str, actor: str, reconciliation_id: str) -> Progress:
        """Unlock what the last statement confirmed, all still ticked. Reopening twice is reopening
        once. Raises ReconciliationNotFound, ReconciliationClosed, ReconciliationNotLast,
        ReconciliationOpen."""

        async def work(tx: Tx) -> None:
            await self._books.hold(tx, owner)
            found = await self._reader.found(owner, reconciliation_id, tx.session)
            if found.state is ReconciliationState.OPEN:
                return
            if found.state is ReconciliationState.CANCELLED:
                raise ReconciliationNotLast
            last = await self._reconciliations.last_finished(tx, owner, found.account_id)
            if last is None or last.id != found.id:
                raise ReconciliationNotLast
            other = await self._reconciliations.open_one(tx, owner, found.account_id)
            if other is not None:
                raise ReconciliationOpen(other.id)
            entries = await self._reconciliations.standing(owner, found.ticked, tx.session)
            await self._confirm(
                tx,
                found,
                [e for e in entries if found.account_id in e.reconciled_on],
                confirmed=False,
                actor=actor,
            )
            await self._replace(tx, found.reopened(now=self._clock.now()), "reopened")

        await self._mongo.in_transaction(work)
        return await self._reader.get(owner=owner, reconciliation_id=reconciliation_id)

    async def _confirm(
        self,
        tx: Tx,
        found: Reconciliation,
        entries: Sequence[Entry],
        *,
        confirmed: bool,
        actor: str,
    ) -> str:
        """Confirm all of them on the account, or take that back, as one operation, and answer its
        id; empty where there are none."""
        if not entries:
            return ""
        operation_id = self._new_id()
        commands = [
            Command(
                found.owner,
                actor,
                Reconcile(entry.transaction_id, entry.version, found.account_id, confirmed),
                operation_id=operation_id,
            )
            for entry in entries
        ]
        for outcome in await self._poster.post(tx, commands):
            if isinstance(outcome, LedgerError):
                raise outcome
        operation = Operation(
            operation_id,
            found.owner,
            OperationKind.RECONCILE if confirmed else OperationKind.UNRECONCILE,
            actor,
            self._clock.now(),
            counts=Counts(done=len(commands)),
            ids=tuple(entry.transaction_id for entry in entries),
        )
        await self._operations.add(tx, operation)
        return operation_id

    async def _replace(self, tx: Tx, changed: Reconciliation, change: str) -> None:
        await self._reconciliations.replace(tx, changed)
        await self._announcements.reconciliation_changed(tx, changed, change)

    async def _open(
        self, tx: Tx, owner: str, reconciliation_id: str, version: int
    ) -> Reconciliation:
        found = await self._reader.found(owner, reconciliation_id, tx.session)
        found.expect(version)
        found.require_open()
        return found
