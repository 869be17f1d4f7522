"""What was expected against what arrived, what balances come to, and what a history shows."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from kit.clock import Clock
from ledger.domain.account import AccountState
from ledger.domain.category import stands_for
from ledger.domain.errors import AccountNotFound, InvalidFields
from ledger.domain.recurring.detect import Detected, detect
from ledger.domain.recurring.forecast import AccountForecast, Expected, expected, forecast
from ledger.domain.recurring.looking import PAGE_TRANSACTIONS, Busy, page_of
from ledger.domain.recurring.match import Occurrence, Sighting, State, occurrences
from ledger.domain.recurring.series import LONGEST_TOLERANCE, Series, SeriesKind
from ledger.domain.report import By, Dim, Period
from ledger.repository.accounts import Accounts
from ledger.repository.categories import Categories
from ledger.repository.recurring import Recurring, Sightings
from ledger.repository.rollups import Rollups
from ledger.service.books import BookService

MAX_DAYS, DEFAULT_DAYS, MAX_SPAN_DAYS = 366, 60, 1_100
# Detection looks at two years and some weeks.
DETECT_DAYS = 800
_TOLERANCE = timedelta(days=LONGEST_TOLERANCE)
_LAST_DAY = "2200-12-31"


@dataclass(frozen=True, slots=True)
class Calendar:
    """Occurrences by day."""

    rows: Sequence[Occurrence]
    today: date


@dataclass(frozen=True, slots=True)
class Detection:
    """Series that a page of payees shows; `next` is None when this was the last page."""

    series: Sequence[Detected]
    next: Busy | None


@dataclass(frozen=True, slots=True)
class Forecast:
    accounts: Sequence[AccountForecast]
    # What it reckons with.
    rows: Sequence[Occurrence]
    today: date


class RecurringCalendar:
    def __init__(
        self,
        *,
        recurring: Recurring,
        sightings: Sightings,
        rollups: Rollups,
        accounts: Accounts,
        categories: Categories,
        book_service: BookService,
        clock: Clock,
    ) -> None:
        self._recurring = recurring
        self._sightings = sightings
        self._rollups = rollups
        self._accounts = accounts
        self._categories = categories
        self._books = book_service
        self._clock = clock

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

    async def detect(self, *, owner: str, cursor: str = "") -> Detection:
        """Detect series in the history, without known and dismissed ones.

        A page looks at a bounded number of transactions, of the payees with the fewest first.
        Raises InvalidCursor.
        """
        after = Busy.parse(cursor)
        today = await self.today(owner)
        since = today - timedelta(days=DETECT_DAYS)
        # Each has two transactions or more, so a page never holds more payees than that.
        most = PAGE_TRANSACTIONS // 2 + 1
        payees, last = page_of(
            await self._sightings.payees_by_count(owner, from_=since, after=after, limit=most)
        )
        seen = await self._sightings.spent_and_earned(
            owner, [payee.payee_id for payee in payees], from_=since, limit=PAGE_TRANSACTIONS
        )
        dismissed = await self._recurring.dismissed(owner)
        there = {
            (series.template.account_id, payee_id, series.kind)
            for series in await self._recurring.list(owner)
            for payee_id in series.payee_ids
        }
        found = await asyncio.to_thread(detect, seen, today=today)
        series = [
            each
            for each in found
            if each.id not in dismissed and (each.account_id, each.payee_id, each.kind) not in there
        ]
        return Detection(series, last)

    async def today(self, owner: str) -> date:
        """The day in the book's time zone."""
        settings = await self._books.settings(owner=owner)
        return settings.day_of(self._clock.now())

    async def unsaid(self, series: Series) -> Sequence[Occurrence]:
        """Its days until today that the ledger has to see to: nothing was said of them, be it that
        something has arrived."""
        today = await self.today(series.owner)
        if series.posts_from > today:
            return []
        # Another series of the book that can't be read is no reason not to post this one.
        others = await self._recurring.readable(series.owner)
        calendar = await self._calendar(series.owner, series.posts_from, today, of=others)
        return [
            row
            for row in calendar.rows
            if row.series.id == series.id
            and row.state is not State.SKIPPED
            and row.day not in series.settled
        ]

    async def _calendar(
        self, owner: str, from_: date, to: date, *, of: Sequence[Series] | None = None
    ) -> Calendar:
        """The occurrences of these series, or of all of the book."""
        today = await self.today(owner)
        merged = stands_for(await self._categories.list(owner))
        known = await self._recurring.list(owner) if of is None else of
        all_series = [s.following(merged) for s in known]
        seen = await self._seen(owner, all_series, to)
        rows = occurrences(all_series, seen, from_=from_, to=to, today=today)
        return Calendar(rows, today)

    async def _seen(self, owner: str, all_series: Sequence[Series], to: date) -> Sequence[Sighting]:
        """What can have arrived for any of the series, and what they are settled with."""
        if not all_series:
            return []
        first = min(series.tracked_from for series in all_series) - _TOLERANCE
        last = max(first, to + _TOLERANCE)
        payees = frozenset[str]().union(
            *(s.payee_ids for s in all_series if s.kind is not SeriesKind.TRANSFER)
        )
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
        states = await self._accounts.list(
            owner, include_closed=bool(ids), include_archived=bool(ids)
        )
        if not ids:
            return states
        by_id = {state.account.id: state for state in states}
        for place, id_ in enumerate(ids):
            if id_ not in by_id:
                raise AccountNotFound(f"account_ids[{place}]")
        return [by_id[id_] for id_ in dict.fromkeys(ids)]


def _days_ahead(days: int) -> timedelta:
    if not 0 <= days <= MAX_DAYS:
        raise InvalidFields([("days", f"0 to {MAX_DAYS}")])
    return timedelta(days=days or DEFAULT_DAYS)
