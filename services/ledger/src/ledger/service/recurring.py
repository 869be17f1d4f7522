"""What comes again: series, their days against what arrived, forecasts, what a history shows."""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from typing import Protocol
from zoneinfo import ZoneInfo

from kit.clock import Clock
from kit.idempotency import Idempotency
from kit.mongo import Mongo, Tx
from ledger.domain.account import AccountState
from ledger.domain.command import Key
from ledger.domain.errors import (
    AccountCurrencyMismatch,
    AccountNotFound,
    CategoryNotFound,
    InvalidFields,
    TransactionNotFound,
)
from ledger.domain.fields import is_entry_date
from ledger.domain.recurring.detect import Detected, detect
from ledger.domain.recurring.forecast import AccountForecast, Expected, expected, forecast
from ledger.domain.recurring.match import Occurrence, Sighting, State, occurrences
from ledger.domain.recurring.series import (
    LONGEST_TOLERANCE,
    MAX_SERIES,
    Series,
    SeriesDraft,
    SeriesKind,
    SeriesNotFound,
    TooManySeries,
)
from ledger.domain.report import By, Dim, Period
from ledger.repository.accounts import Accounts
from ledger.repository.books import Categories
from ledger.repository.recurring import Recurring, Sightings
from ledger.repository.rollups import Rollups
from ledger.service.books import BookService
from ledger.service.once import once

MAX_DAYS, DEFAULT_DAYS, MAX_SPAN_DAYS = 366, 60, 1_100
# What detection looks at: two years and some weeks, of the newest at most so many.
DETECT_DAYS, DETECT_LIMIT = 800, 20_000
_TOLERANCE = timedelta(days=LONGEST_TOLERANCE)
_LAST_DAY = "2200-12-31"


class RecurringAnnouncements(Protocol):
    async def recurring_changed(self, tx: Tx, series: Series, change: str) -> None: ...

    async def recurring_posted(
        self, tx: Tx, series: Series, day: date, transaction_id: str
    ) -> None: ...


@dataclass(frozen=True, slots=True)
class Calendar:
    """Occurrences by day."""

    rows: Sequence[Occurrence]
    today: date


@dataclass(frozen=True, slots=True)
class Forecast:
    accounts: Sequence[AccountForecast]
    # What it reckons with.
    rows: Sequence[Occurrence]
    today: date


class RecurringService:
    def __init__(
        self,
        *,
        mongo: Mongo,
        recurring: Recurring,
        sightings: Sightings,
        rollups: Rollups,
        accounts: Accounts,
        categories: Categories,
        book_service: BookService,
        announcements: RecurringAnnouncements,
        idempotency: Idempotency,
        clock: Clock,
        new_id: Callable[[], str],
    ) -> None:
        self._mongo = mongo
        self._recurring = recurring
        self._sightings = sightings
        self._rollups = rollups
        self._accounts = accounts
        self._categories = categories
        self._books = book_service
        self._announcements = announcements
        self._idempotency = idempotency
        self._clock = clock
        self._new_id = new_id

    async def create_series(self, *, owner: str, draft: SeriesDraft, key: Key) -> Series:
        """Raises InvalidFields, UnbalancedEntry, AccountNotFound, AccountCurrencyMismatch,
        CategoryNotFound, TooManySeries."""
        zone = await self._zone(owner)
        now = self._clock.now()
        # A rule that falls on no day takes a while to be found out.
        series = await asyncio.to_thread(
            lambda: draft.made(
                id=self._new_id(), owner=owner, today=now.astimezone(zone).date(), now=now
            )
        )
        await self._check_places(owner, series)

        async def create(tx: Tx) -> str:
            if await self._recurring.count(tx, owner) >= MAX_SERIES:
                raise TooManySeries
            await self._recurring.add(tx, series, due_at=due_at(series, zone))
            await self._announcements.recurring_changed(tx, series, "created")
            return series.id

        made = await once(
            self._mongo,
            self._idempotency,
            owner=owner,
            key=key,
            work=create,
            encode=str.encode,
            decode=bytes.decode,
        )
        return await self.get_series(owner=owner, series_id=made)

    async def get_series(self, *, owner: str, series_id: str) -> Series:
        """Raises SeriesNotFound."""
        series = await self._recurring.get(owner, series_id)
        if series is None:
            raise SeriesNotFound
        return series

    async def list_series(self, *, owner: str) -> Sequence[Series]:
        return await self._recurring.list(owner)

    async def update_series(
        self, *, owner: str, series_id: str, expected_version: int, draft: SeriesDraft
    ) -> Series:
        """Say all of it anew. Raises as create_series, and SeriesNotFound, VersionMismatch."""
        zone = await self._zone(owner)
        now = self._clock.now()
        today = now.astimezone(zone).date()
        known = await self.get_series(owner=owner, series_id=series_id)
        known.expect(expected_version)
        changed = await asyncio.to_thread(lambda: draft.changing(known, today=today, now=now))
        await self._check_places(owner, changed)

        def change(held: Series) -> Series:
            held.expect(expected_version)
            # Days may have been settled since it was looked at.
            return replace(
                changed, skipped=held.skipped, settled=held.settled, version=held.version
            )

        return await self._change(owner, series_id, zone, change)

    async def delete_series(self, *, owner: str, series_id: str, expected_version: int) -> None:
        """Raises SeriesNotFound, VersionMismatch. Transactions stay."""

        async def delete(tx: Tx) -> None:
            series = await self._held(tx, owner, series_id)
            series.expect(expected_version)
            await self._recurring.remove(tx, series)
            gone = replace(series, version=series.version + 1)
            await self._announcements.recurring_changed(tx, gone, "deleted")

        await self._mongo.in_transaction(delete)

    async def skip(self, *, owner: str, series_id: str, day: str) -> Series:
        """Take one day out. Raises SeriesNotFound, NoOccurrence, InvalidFields."""
        on = _day(day)
        zone = await self._zone(owner)
        return await self._change(owner, series_id, zone, lambda series: series.with_skipped(on))

    async def settle(self, *, owner: str, series_id: str, day: str, transaction_id: str) -> Series:
        """Say which transaction is that of the day. Raises as skip, and TransactionNotFound."""
        on = _day(day)
        if not await self._sightings.of_ids(owner, [transaction_id]):
            raise TransactionNotFound
        zone = await self._zone(owner)
        return await self._change(
            owner, series_id, zone, lambda series: series.with_settled(on, transaction_id)
        )

    async def reopen(self, *, owner: str, series_id: str, day: str) -> Series:
        """Take back what was said of the day. Raises as skip."""
        on = _day(day)
        zone = await self._zone(owner)
        return await self._change(owner, series_id, zone, lambda series: series.reopened(on))

    async def list_occurrences(
        self, *, owner: str, period: Period, series_ids: Sequence[str] = ()
    ) -> Calendar:
        """What was expected against what arrived. Raises InvalidFields."""
        period.check()
        from_, to = date.fromisoformat(period.from_date), date.fromisoformat(period.to_date)
        if (to - from_).days >= MAX_SPAN_DAYS:
            raise InvalidFields([("period.to_date", f"at most {MAX_SPAN_DAYS} days")])
        calendar = await self._calendar(owner, from_, to)
        if not series_ids:
            return calendar
        rows = [row for row in calendar.rows if row.series.id in series_ids]
        return Calendar(rows, calendar.today)

    async def list_upcoming(self, *, owner: str, days: int) -> Calendar:
        """What was missed, what is due, and what comes in so many days. Raises InvalidFields."""
        ahead = _days_ahead(days)
        today = await self.today(owner)
        calendar = await self._calendar(owner, date.min, today + ahead)
        open_ = [o for o in calendar.rows if o.state not in (State.ARRIVED, State.SKIPPED)]
        return Calendar(open_, today)

    async def forecast(self, *, owner: str, days: int, account_ids: Sequence[str]) -> Forecast:
        """What accounts will hold at the end of each day. Raises InvalidFields, AccountNotFound."""
        ahead = _days_ahead(days)
        states = await self._accounts_of(owner, account_ids)
        upcoming = await self.list_upcoming(owner=owner, days=ahead.days)
        today = upcoming.today
        flows = list(expected(upcoming.rows, today=today))
        ids = [state.account.id for state in states]
        booked, later = await self._booked_ahead(owner, ids, today, today + ahead)
        flows += booked
        accounts = [
            forecast(
                account_id=state.account.id,
                currency=state.account.currency,
                balance=state.balance.minor_units - later.get(state.account.id, 0),
                flows=flows,
                today=today,
                days=ahead.days,
            )
            for state in states
        ]
        counted = [row for row in upcoming.rows if row.state is not State.MISSED]
        return Forecast(accounts, counted, today)

    async def detect(self, *, owner: str) -> Sequence[Detected]:
        """What the history shows, without what is there already or was said not to be."""
        today = await self.today(owner)
        since = today - timedelta(days=DETECT_DAYS)
        seen = await self._sightings.newest(owner, from_=since, limit=DETECT_LIMIT)
        dismissed = await self._recurring.dismissed(owner)
        there = {_identity(series) for series in await self._recurring.list(owner)}
        found = await asyncio.to_thread(detect, seen, today=today)
        return [
            each
            for each in found
            if each.id not in dismissed and (each.account_id, each.payee_id, each.kind) not in there
        ]

    async def dismiss(self, *, owner: str, detected_id: str, undo: bool) -> None:
        """It is not recurring: don't suggest it again; or do. Raises InvalidFields."""
        if not 1 <= len(detected_id) <= 64:
            raise InvalidFields([("id", "is none that was detected")])
        if undo:
            await self._recurring.undismiss(owner, detected_id)
        else:
            await self._recurring.dismiss(owner, detected_id, self._clock.now())

    async def today(self, owner: str) -> date:
        """The day in the book's time zone."""
        zone = await self._zone(owner)
        return self._clock.now().astimezone(zone).date()

    async def open_days(self, series: Series) -> Sequence[date]:
        """Its days until today that the ledger is to post: nothing has arrived for them, and
        nothing was said of them."""
        today = await self.today(series.owner)
        if series.posts_from > today:
            return []
        calendar = await self._calendar(series.owner, series.posts_from, today)
        return [
            row.day
            for row in calendar.rows
            if row.series.id == series.id
            and row.state in (State.DUE, State.MISSED)
            and row.day not in series.settled
        ]

    async def record_posted(self, series: Series, day: date, transaction_id: str) -> None:
        """The ledger posted what was due on the day: once noted, however often."""
        zone = await self._zone(series.owner)

        async def record(tx: Tx) -> None:
            held = await self._recurring.held(tx, series.owner, series.id)
            if held is None or held.settled.get(day) == transaction_id:
                return
            changed = replace(held.with_settled(day, transaction_id), problem="")
            changed = changed.stored(self._clock.now())
            await self._recurring.replace(tx, changed, due_at=due_at(changed, zone))
            await self._announcements.recurring_posted(tx, changed, day, transaction_id)
            await self._announcements.recurring_changed(tx, changed, "posted")

        await self._mongo.in_transaction(record)

    async def set_due(self, series: Series, *, problem: str = "", again: datetime | None) -> None:
        """When to look again: at `again`, else when the next day comes that is after today."""
        zone = await self._zone(series.owner)
        today = self._clock.now().astimezone(zone).date()

        async def note(tx: Tx) -> None:
            held = await self._recurring.held(tx, series.owner, series.id)
            if held is None:
                return
            when = again or due_at(held, zone, after=today)
            if problem == held.problem:
                await self._recurring.set_due(tx, held, when)
                return
            changed = replace(held, problem=problem).stored(self._clock.now())
            await self._recurring.replace(tx, changed, due_at=when)
            if problem:
                await self._announcements.recurring_changed(tx, changed, "failed")

        await self._mongo.in_transaction(note)

    async def book_moved(self, tx: Tx, *, owner: str) -> None:
        """The book's days begin at another instant: so does what is due."""
        zone = await self._zone(owner)
        for series in await self._recurring.list(owner):
            if series.autopost:
                await self._recurring.set_due(tx, series, due_at(series, zone))

    async def _change(
        self, owner: str, series_id: str, zone: ZoneInfo, change: Callable[[Series], Series]
    ) -> Series:
        async def update(tx: Tx) -> Series:
            changed = change(await self._held(tx, owner, series_id)).stored(self._clock.now())
            await self._recurring.replace(tx, changed, due_at=due_at(changed, zone))
            await self._announcements.recurring_changed(tx, changed, "updated")
            return changed

        return await self._mongo.in_transaction(update)

    async def _held(self, tx: Tx, owner: str, series_id: str) -> Series:
        series = await self._recurring.held(tx, owner, series_id)
        if series is None:
            raise SeriesNotFound
        return series

    async def _calendar(self, owner: str, from_: date, to: date) -> Calendar:
        today = await self.today(owner)
        all_series = await self._recurring.list(owner)
        seen = await self._seen(owner, all_series, to)
        rows = occurrences(all_series, seen, from_=from_, to=to, today=today)
        return Calendar(rows, today)

    async def _seen(self, owner: str, all_series: Sequence[Series], to: date) -> Sequence[Sighting]:
        """What can have arrived for any of the series, and what they are settled with."""
        if not all_series:
            return []
        first = min(series.tracked_from for series in all_series) - _TOLERANCE
        last = max(first, to + _TOLERANCE)
        payees = {s.payee_id for s in all_series if s.kind is not SeriesKind.TRANSFER}
        movers = {s.template.account_id for s in all_series if s.kind is SeriesKind.TRANSFER}
        settled = {id_ for s in all_series for day, id_ in s.settled.items() if day <= to}
        found: list[Sighting] = []
        if payees:
            found += await self._sightings.of_payees(owner, payees, from_=first, to=last)
        if movers:
            found += await self._sightings.of_transfers(owner, movers, from_=first, to=last)
        if missing := settled - {s.transaction_id for s in found}:
            found += await self._sightings.of_ids(owner, missing)
        return found

    async def _booked_ahead(
        self, owner: str, ids: Sequence[str], today: date, last: date
    ) -> tuple[Sequence[Expected], dict[str, int]]:
        """What is booked already for days after today, and all of it by account."""
        tomorrow = (today + timedelta(days=1)).isoformat()
        all_later = await self._rollups.totals(owner, Dim.ACCOUNT, Period(tomorrow, _LAST_DAY), ids)
        later: dict[str, int] = {}
        for flow in all_later:
            later[flow.id] = later.get(flow.id, 0) + flow.net
        if not later:
            return [], {}
        series = await self._rollups.series(
            owner, Dim.ACCOUNT, Period(tomorrow, last.isoformat()), By.DAY, ids
        )
        booked = [
            Expected(flow.id, date.fromisoformat(bucket.from_date), flow.net)
            for bucket, flows in series
            for flow in flows
        ]
        return booked, later

    async def _accounts_of(self, owner: str, ids: Sequence[str]) -> Sequence[AccountState]:
        states = await self._accounts.list(owner, include_closed=bool(ids))
        if not ids:
            return states
        by_id = {state.account.id: state for state in states}
        for place, id_ in enumerate(ids):
            if id_ not in by_id:
                raise AccountNotFound(f"account_ids[{place}]")
        return [by_id[id_] for id_ in dict.fromkeys(ids)]

    async def _check_places(self, owner: str, series: Series) -> None:
        template = series.template
        await self._check_account(
            owner, template.account_id, "account_id", template.amount.currency
        )
        if template.to_account_id:
            reaches = (template.to_amount or template.amount).currency
            await self._check_account(owner, template.to_account_id, "to_account_id", reaches)
        known = {category.id for category in await self._categories.list(owner)}
        for place, part in enumerate(template.parts()):
            if part.category_id and part.category_id not in known:
                at = f"splits[{place}].category_id" if template.splits else "category_id"
                raise CategoryNotFound(f"transaction.{at}")

    async def _check_account(self, owner: str, id_: str, field: str, currency: str) -> None:
        state = await self._accounts.state(owner, id_)
        if state is None:
            raise AccountNotFound(f"transaction.{field}")
        if state.account.currency != currency:
            raise AccountCurrencyMismatch(state.account.currency, currency, "transaction.amount")

    async def _zone(self, owner: str) -> ZoneInfo:
        return (await self._books.settings(owner=owner)).zone


def due_at(series: Series, zone: ZoneInfo, *, after: date | None = None) -> datetime | None:
    """When the ledger has to post next: the first instant of the day in that zone."""
    day = series.next_to_post(after)
    if day is None:
        return None
    return datetime.combine(day, time.min, tzinfo=zone).astimezone(UTC)


def _identity(series: Series) -> tuple[str, str, SeriesKind]:
    return series.template.account_id, series.payee_id, series.kind


def _day(text: str) -> date:
    if not is_entry_date(text):
        raise InvalidFields([("date", "a date YYYY-MM-DD")])
    return date.fromisoformat(text)


def _days_ahead(days: int) -> timedelta:
    if not 0 <= days <= MAX_DAYS:
        raise InvalidFields([("days", f"0 to {MAX_DAYS}")])
    return timedelta(days=days or DEFAULT_DAYS)
