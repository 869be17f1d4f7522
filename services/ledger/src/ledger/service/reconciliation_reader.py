"""Reading reconciliations: where one stands, what may be ticked, what has changed since it was
finished, and which days an account's statements cover."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from pymongo.asynchronous.client_session import AsyncClientSession

from kit.cursors import read_cursor, write_cursor
from kit.money import Money
from kit.mongo import Mongo, Tx
from ledger.domain.account import AccountState
from ledger.domain.entry import Entry
from ledger.domain.errors import AccountNotFound
from ledger.domain.proposals import MAX_SEARCHED, proposals
from ledger.domain.reconciliation import (
    Break,
    CoveredSpan,
    Line,
    Progress,
    Reconciliation,
    ReconciliationNotFound,
    ReconciliationState,
    Row,
    Verification,
    break_of,
    covered,
    day_after,
)
from ledger.domain.register import RegisterCursor, moved
from ledger.domain.transaction import transaction_of
from ledger.repository.accounts import Accounts
from ledger.repository.reconciliations import Reconciliations
from ledger.service.books import BookService

DEFAULT_LIMIT, MAX_LIMIT = 50, 500
MAX_VERIFIED = 120
_LIST = "reconciliations"


@dataclass(frozen=True, slots=True)
class RowPage:
    rows: Sequence[Row]
    next: RegisterCursor | None


@dataclass(frozen=True, slots=True)
class ReconciliationPage:
    reconciliations: Sequence[Progress]
    # Empty when this was the last page.
    next_cursor: str


class ReconciliationReader:
    def __init__(
        self,
        *,
        mongo: Mongo,
        reconciliations: Reconciliations,
        accounts: Accounts,
        book_service: BookService,
    ) -> None:
        self._mongo = mongo
        self._reconciliations = reconciliations
        self._accounts = accounts
        self._book_service = book_service

    async def get(self, *, owner: str, reconciliation_id: str) -> Progress:
        """Raises ReconciliationNotFound."""
        async with self._mongo.client.start_session(snapshot=True) as session:
            found = await self.found(owner, reconciliation_id, session)
            return await self._progress(found, session)

    async def progress(self, of: Reconciliation) -> Progress:
        """How far the given state of a reconciliation is, by the book as it is now."""
        async with self._mongo.client.start_session(snapshot=True) as session:
            return await self._progress(of, session)

    async def list_reconciliations(
        self, *, owner: str, account_id: str, cursor: str, limit: int
    ) -> ReconciliationPage:
        """Of one account, the latest started first. Raises AccountNotFound, InvalidCursor."""
        await self.account(owner, account_id)
        wanted, after = _limit(limit), read_cursor(cursor, _LIST, str)
        found = await self._reconciliations.page(
            owner, account_id, after=str(after[0]) if after else "", limit=wanted + 1
        )
        page = found[:wanted]
        async with self._mongo.client.start_session(snapshot=True) as session:
            shown = [await self._progress(one, session) for one in page]
        more = write_cursor(_LIST, page[-1].id) if len(found) > wanted else ""
        return ReconciliationPage(shown, more)

    async def list_rows(
        self, *, owner: str, reconciliation_id: str, cursor: str, limit: int
    ) -> RowPage:
        """What may stand in the statement, newest first, ticked or not; of a finished one what it
        confirmed. Raises ReconciliationNotFound, InvalidFields."""
        after, wanted = RegisterCursor.parse(cursor), _limit(limit)
        book = await self._book_service.book(owner=owner)
        async with self._mongo.client.start_session(snapshot=True) as session:
            found = await self.found(owner, reconciliation_id, session)
            if found.state is ReconciliationState.FINISHED:
                entries = await self._confirmed(found, session)
            else:
                entries = await self._candidates(found, after, wanted + 1, session)
        rest = sorted(
            (e for e in entries if after is None or _place(e) < (after.date, after.transaction_id)),
            key=_place,
            reverse=True,
        )
        page, ticked = rest[:wanted], set(found.ticked)
        rows = [
            Row(
                transaction_of(entry, book),
                moved(entry, found.account_id, found.closing.currency),
                entry.transaction_id in ticked,
            )
            for entry in page
        ]
        more = len(rest) > wanted
        return RowPage(rows, RegisterCursor(*_place(page[-1])) if more else None)

    async def verify(self, *, owner: str, account_id: str) -> Sequence[Verification]:
        """Each finished reconciliation of the account beside what its transactions say now, the
        newest first. Raises AccountNotFound."""
        await self.account(owner, account_id)
        async with self._mongo.client.start_session(snapshot=True) as session:
            finished = await self._reconciliations.finished(
                owner, account_id, limit=MAX_VERIFIED, session=session
            )
            return [await self._verified(one, session) for one in finished]

    async def coverage(self, *, owner: str, account_id: str) -> Sequence[CoveredSpan]:
        """The days of which statements or imported files tell, oldest first. Raises
        AccountNotFound."""
        await self.account(owner, account_id)
        spans = list(await self._reconciliations.imported_spans(owner, account_id))
        async with self._mongo.client.start_session(snapshot=True) as session:
            finished = await self._reconciliations.finished(
                owner, account_id, limit=MAX_VERIFIED, session=session
            )
            for index, one in enumerate(finished):
                before = finished[index + 1] if index + 1 < len(finished) else None
                spans.append(await self._statement_span(one, before, session))
        return covered(spans)

    async def found(
        self, owner: str, reconciliation_id: str, session: AsyncClientSession
    ) -> Reconciliation:
        found = await self._reconciliations.get(owner, reconciliation_id, session)
        if found is None:
            raise ReconciliationNotFound
        return found

    async def account(self, owner: str, account_id: str, tx: Tx | None = None) -> AccountState:
        state = await self._accounts.state(owner, account_id, tx)
        if state is None:
            raise AccountNotFound("account_id")
        return state

    async def tickable(
        self, found: Reconciliation, ids: Sequence[str], session: AsyncClientSession
    ) -> Sequence[Entry]:
        """Those of these transactions that are candidates now, in force."""
        if not ids:
            return []
        standing = await self._reconciliations.standing(found.owner, ids, session)
        return [
            entry
            for entry in standing
            if entry.date <= found.statement_date
            and any(p.account_id == found.account_id for p in entry.postings)
            and found.account_id not in entry.reconciled_on
        ]

    async def _candidates(
        self,
        found: Reconciliation,
        after: RegisterCursor | None,
        limit: int,
        session: AsyncClientSession,
    ) -> Sequence[Entry]:
        """What no statement of the account has confirmed until the statement's day, newest
        first."""
        until = found.statement_date
        plain = await self._reconciliations.unconfirmed(
            found.owner, found.account_id, until=until, after=after, limit=limit, session=session
        )
        half = await self._reconciliations.half_confirmed(
            found.owner, found.account_id, until=until, session=session
        )
        if after is not None:
            half = [e for e in half if _place(e) < (after.date, after.transaction_id)]
        return sorted([*plain, *half], key=_place, reverse=True)[:limit]

    async def _confirmed(
        self, found: Reconciliation, session: AsyncClientSession
    ) -> Sequence[Entry]:
        standing = await self._reconciliations.standing(found.owner, found.ticked, session)
        return [e for e in standing if any(p.account_id == found.account_id for p in e.postings)]

    async def _progress(self, found: Reconciliation, session: AsyncClientSession) -> Progress:
        if found.state is ReconciliationState.FINISHED:
            return Progress(found, len(found.ticked), found.to_tick)
        if found.state is ReconciliationState.CANCELLED:
            return Progress(found, 0, Money.zero(found.closing.currency))
        entries = await self.tickable(found, found.ticked, session)
        ticked = [_line(entry, found) for entry in sorted(entries, key=_place, reverse=True)]
        progress = Progress(found, len(ticked), sum_of(entries, found))
        if progress.difference.is_zero:
            return progress
        held = {line.transaction_id for line in ticked}
        near = await self._candidates(found, None, MAX_SEARCHED + len(held), session)
        free = [_line(entry, found) for entry in near if entry.transaction_id not in held]
        closing = proposals(
            progress.difference.minor_units, unticked=free[:MAX_SEARCHED], ticked=ticked
        )
        return replace(progress, proposals=closing)

    async def _verified(self, one: Reconciliation, session: AsyncClientSession) -> Verification:
        touched = await self._reconciliations.changed_since(one, session)
        breaks: list[Break] = []
        for history in touched.values():
            found = break_of(history, one)
            if found is not None:
                breaks.append(found)
        present = one.to_tick
        for found in breaks:
            present = present - found.was + found.now
        return Verification(one, present, breaks)

    async def _statement_span(
        self, one: Reconciliation, before: Reconciliation | None, session: AsyncClientSession
    ) -> CoveredSpan:
        """From the day that the statement names, or the day after the one before it, or its first
        transaction."""
        if one.statement_from:
            return CoveredSpan(one.statement_from, one.statement_date)
        if before is not None:
            return CoveredSpan(day_after(before.statement_date), one.statement_date)
        entries = await self._reconciliations.standing(one.owner, one.ticked, session)
        first = min((e.date for e in entries), default=one.statement_date)
        return CoveredSpan(min(first, one.statement_date), one.statement_date)


def _limit(limit: int) -> int:
    return min(limit, MAX_LIMIT) if limit > 0 else DEFAULT_LIMIT


def _place(entry: Entry) -> tuple[str, str]:
    return entry.date, entry.transaction_id


def _line(entry: Entry, found: Reconciliation) -> Line:
    amount = moved(entry, found.account_id, found.closing.currency)
    return Line(entry.transaction_id, entry.date, amount)


def sum_of(entries: Sequence[Entry], found: Reconciliation) -> Money:
    """What these entries move on the account."""
    currency = found.closing.currency
    units = (moved(entry, found.account_id, currency).minor_units for entry in entries)
    return Money(sum(units), currency)
