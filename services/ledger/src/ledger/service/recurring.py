"""What comes again: series, their days against what arrived, forecasts, what a history shows."""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, time
from zoneinfo import ZoneInfo

from kit.clock import Clock
from kit.idempotency import Idempotency
from kit.money import Money
from kit.mongo import Mongo, Tx
from ledger.domain.category import stands_for
from ledger.domain.command import Key
from ledger.domain.errors import (
    AccountCurrencyMismatch,
    AccountNotFound,
    CategoryNotFound,
    InvalidFields,
    TransactionNotFound,
)
from ledger.domain.fields import is_entry_date
from ledger.domain.recurring.series import (
    MAX_SERIES,
    Series,
    SeriesDraft,
    SeriesNotFound,
    TooManySeries,
)
from ledger.repository.accounts import Accounts
from ledger.repository.categories import Categories
from ledger.repository.recurring import Recurring, Sightings
from ledger.service.books import BookService
from ledger.service.ports import RecurringAnnouncements


class RecurringService:
    def __init__(
        self,
        *,
        mongo: Mongo,
        recurring: Recurring,
        sightings: Sightings,
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

        made = await self._idempotency.once(
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
        (followed,) = await self._followed(owner, [series])
        return followed

    async def list_series(self, *, owner: str) -> Sequence[Series]:
        return await self._followed(owner, await self._recurring.list(owner))

    async def update_series(
        self, *, owner: str, series_id: str, expected_version: int, draft: SeriesDraft
    ) -> Series:
        """Say all of it anew. Raises as create_series, and SeriesNotFound, VersionMismatch."""
        zone = await self._zone(owner)
        now = self._clock.now()
        today = now.astimezone(zone).date()
        known = await self._recurring.get(owner, series_id)
        if known is None:
            raise SeriesNotFound
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
        posting = [series for series in await self._recurring.list(owner) if series.autopost]
        if posting:
            zone = await self._zone(owner)
            for series in posting:
                await self._recurring.set_due(tx, series, due_at(series, zone))

    async def _change(
        self, owner: str, series_id: str, zone: ZoneInfo, change: Callable[[Series], Series]
    ) -> Series:
        async def update(tx: Tx) -> Series:
            changed = change(await self._held(tx, owner, series_id)).stored(self._clock.now())
            await self._recurring.replace(tx, changed, due_at=due_at(changed, zone))
            await self._announcements.recurring_changed(tx, changed, "updated")
            return changed

        (followed,) = await self._followed(owner, [await self._mongo.in_transaction(update)])
        return followed

    async def _followed(self, owner: str, all_series: Sequence[Series]) -> Sequence[Series]:
        """As a person sees them. What is stored keeps its categories: a merge may be undone."""
        merged = stands_for(await self._categories.list(owner))
        return [series.following(merged) for series in all_series]

    async def _held(self, tx: Tx, owner: str, series_id: str) -> Series:
        series = await self._recurring.held(tx, owner, series_id)
        if series is None:
            raise SeriesNotFound
        return series

    async def _check_places(self, owner: str, series: Series) -> None:
        template = series.template
        await self._check_account(owner, template.account_id, "account_id", template.amount)
        if template.to_account_id:
            reaches = template.to_amount or template.amount
            at_fault = "to_amount" if template.to_amount else "to_account_id"
            await self._check_account(
                owner, template.to_account_id, "to_account_id", reaches, amount_field=at_fault
            )
        known = {category.id for category in await self._categories.list(owner)}
        for place, part in enumerate(template.parts()):
            if part.category_id and part.category_id not in known:
                at = f"splits[{place}].category_id" if template.splits else "category_id"
                raise CategoryNotFound(f"transaction.{at}")

    async def _check_account(
        self, owner: str, id_: str, field: str, amount: Money, *, amount_field: str = "amount"
    ) -> None:
        state = await self._accounts.state(owner, id_)
        if state is None:
            raise AccountNotFound(f"transaction.{field}")
        if state.account.currency != amount.currency:
            raise AccountCurrencyMismatch(
                state.account.currency, amount.currency, f"transaction.{amount_field}"
            )

    async def _zone(self, owner: str) -> ZoneInfo:
        return (await self._books.settings(owner=owner)).zone


def due_at(series: Series, zone: ZoneInfo, *, after: date | None = None) -> datetime | None:
    """When the ledger has to post next: the first instant of the day in that zone."""
    day = series.next_to_post(after)
    if day is None:
        return None
    return datetime.combine(day, time.min, tzinfo=zone).astimezone(UTC)


def _day(text: str) -> date:
    if not is_entry_date(text):
        raise InvalidFields([("date", "a date YYYY-MM-DD")])
    return date.fromisoformat(text)
