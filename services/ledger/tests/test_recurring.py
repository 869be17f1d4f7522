"""What comes again, over the real server: matched, foretold and detected."""

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, date, datetime

import pytest
from ledger_world import Person, coffee, eur, key_of
from series_world import SetClock, draft, rows, series, states

from kit.ids import new_id
from kit.money import Money
from kit.mongo import Mongo
from ledger.domain.errors import (
    AccountCurrencyMismatch,
    AccountNotFound,
    CategoryNotFound,
    InvalidFields,
    TransactionNotFound,
)
from ledger.domain.posting import Key
from ledger.domain.recurring.looking import PAGE_TRANSACTIONS
from ledger.domain.recurring.series import NoOccurrence, Series, SeriesDraft, SeriesNotFound
from ledger.wiring import Ledger, open_ledger


@pytest.fixture
def clock() -> SetClock:
    return SetClock(datetime(2026, 3, 20, 12, tzinfo=UTC))


@pytest.fixture
async def ledger(mongo: Mongo, clock: SetClock) -> AsyncIterator[Ledger]:
    async with open_ledger(mongo, clock=clock) as ledger:
        yield ledger


async def test_expected_against_arrived_over_edits_and_deletions(anna: Person, clock: SetClock):
    account = await anna.account()
    made = await series(anna, account)
    bill = await anna.post(coffee(account, -14_99, date="2026-03-27", payee="NETFLIX"))

    (row,) = await rows(anna, "2026-03-01", "2026-03-31")
    assert (row.state, row.price_changed) == ("arrived", True)
    assert row.arrived is not None
    assert row.arrived.transaction_id == bill.id

    clock.go("2026-04-02T12:00:00+00:00")
    await anna.delete(bill)
    assert await states(anna, "2026-03-01", "2026-04-30") == [
        ("2026-03-25", "missed"), ("2026-04-25", "upcoming"),
    ]  # fmt: skip
    other = await anna.post(coffee(account, -3_00, payee="Somebody", date="2026-04-01"))
    await anna.ledger.plans.recurring.settle(
        owner=anna.id, series_id=made.id, day="2026-03-25", transaction_id=other.id
    )
    await anna.ledger.plans.recurring.skip(owner=anna.id, series_id=made.id, day="2026-04-25")
    assert await states(anna, "2026-03-01", "2026-04-30") == [
        ("2026-03-25", "arrived"), ("2026-04-25", "skipped"),
    ]  # fmt: skip


async def test_upcoming_holds_the_missed_until_they_are_settled_or_skipped(
    anna: Person, clock: SetClock
):
    account = await anna.account()
    made = await series(anna, account, start="2026-03-20", rule="FREQ=WEEKLY")
    clock.go("2026-04-02T12:00:00+00:00")
    use = anna.ledger.plans

    upcoming = await use.calendar.list_upcoming(owner=anna.id, days=8)
    assert [(row.day.day, row.state.value) for row in upcoming.rows] == [
        (20, "missed"), (27, "missed"), (3, "upcoming"), (10, "upcoming"),
    ]  # fmt: skip
    assert upcoming.rows[0].days_late(upcoming.today) == 13

    await use.recurring.skip(owner=anna.id, series_id=made.id, day="2026-03-20")
    upcoming = await use.calendar.list_upcoming(owner=anna.id, days=8)
    assert upcoming.rows[0].day.day == 27
    await use.recurring.reopen(owner=anna.id, series_id=made.id, day="2026-03-20")
    upcoming = await use.calendar.list_upcoming(owner=anna.id, days=8)
    assert upcoming.rows[0].day.day == 20


async def test_a_forecast_counts_what_is_booked_ahead_and_what_is_expected(anna: Person):
    account = await anna.account(opening_balance=eur(100_00), opening_date="2026-01-01")
    savings = await anna.account("Savings")
    await series(anna, account, -60_00, "2026-03-25")
    await series(anna, account, 500_00, "2026-04-01", payee="ACME")
    await series(anna, account, -30_00, "2026-03-22", payee="", name="Save",
                 to_account_id=savings.id)  # fmt: skip
    await anna.post(coffee(account, -25_00, date="2026-03-23"))

    found = await anna.ledger.plans.calendar.forecast(owner=anna.id, days=14, account_ids=[])

    by_id = {each.account_id: each for each in found.accounts}
    main = {point.day.isoformat(): point.balance for point in by_id[account.id].points}
    assert main["2026-03-20"] == 100_00
    assert main["2026-03-22"] == 70_00
    assert main["2026-03-23"] == 45_00
    assert main["2026-03-25"] == main["2026-03-31"] == -15_00
    assert main["2026-04-03"] == 485_00
    lowest = by_id[account.id].lowest
    assert (lowest.day, lowest.balance) == (date(2026, 3, 25), -15_00)
    assert by_id[savings.id].points[-1].balance == 30_00
    with pytest.raises(AccountNotFound):
        await anna.ledger.plans.calendar.forecast(owner=anna.id, days=1, account_ids=[new_id()])


async def test_detection_shows_evidence_and_forgets_what_is_there_or_dismissed(anna: Person):
    account = await anna.account()
    for month in ("2025-11", "2025-12", "2026-01", "2026-02", "2026-03"):
        await anna.post(coffee(account, -9_99, date=f"{month}-07", payee="Spotify"))
        await anna.post(coffee(account, 2_000_00, date=f"{month}-01", payee="ACME"))
        await anna.post(coffee(account, -700_00, date=f"{month}-02", payee="Rent"))
    use = anna.ledger.plans

    found = {each.payee: each for each in (await use.calendar.detect(owner=anna.id)).series}
    assert {payee: each.kind.value for payee, each in found.items()} == {
        "Spotify": "bill", "ACME": "income", "Rent": "bill",
    }  # fmt: skip
    assert [seen.day.day for seen in found["Spotify"].evidence] == [7] * 5
    assert found["Spotify"].next_on == date(2026, 4, 7)

    await series(anna, account, -700_00, "2026-04-02", payee="RENT")
    await use.recurring.dismiss(owner=anna.id, detected_id=found["Spotify"].id, undo=False)
    assert [each.payee for each in (await use.calendar.detect(owner=anna.id)).series] == ["ACME"]
    await use.recurring.dismiss(owner=anna.id, detected_id=found["Spotify"].id, undo=True)
    assert len((await use.calendar.detect(owner=anna.id)).series) == 2


async def test_detection_looks_at_payees_with_few_transactions_first(anna: Person):
    account = await anna.account()
    often = [
        coffee(account, -100 - i, date=f"2026-{1 + i % 3:02}-{1 + i % 20:02}", payee="Kiosk")
        for i in range(PAGE_TRANSACTIONS - 4)
    ]
    for start in range(0, len(often), 1_000):
        batch = often[start : start + 1_000]
        await anna.import_(*batch, keys=[f"kiosk-{start + i}" for i in range(len(batch))])
    for month in ("2025-11", "2025-12", "2026-01", "2026-02", "2026-03"):
        await anna.post(coffee(account, -9_99, date=f"{month}-07", payee="Spotify"))
    calendar = anna.ledger.plans.calendar

    first = await calendar.detect(owner=anna.id)
    assert [each.payee for each in first.series] == ["Spotify"]
    assert first.next is not None
    second = await calendar.detect(owner=anna.id, cursor=first.next.text())
    assert (second.series, second.next) == ([], None)


async def test_refusals_change_nothing_and_a_key_makes_one_series(anna: Person, ben: Person):
    account, bens = await anna.account(), await ben.account()
    use = anna.ledger.plans.recurring
    wanted = draft(account)
    first = await use.create_series(owner=anna.id, draft=wanted, key=key_of("k", 1))
    again = await use.create_series(owner=anna.id, draft=wanted, key=key_of("k", 1))
    assert again == first
    dollars = replace(wanted, template=replace(wanted.template, amount=Money(-1, "USD")))

    async def create(of: SeriesDraft) -> Series:
        return await use.create_series(owner=anna.id, draft=of, key=Key())

    cases = [
        (create(draft(bens)), AccountNotFound),
        (create(draft(account, to_account_id=bens.id)), AccountNotFound),
        (create(draft(account, category_id=new_id())), CategoryNotFound),
        (create(dollars), AccountCurrencyMismatch),
        (create(draft(account, rule="FREQ=SECONDLY")), InvalidFields),
        (use.get_series(owner=ben.id, series_id=first.id), SeriesNotFound),
        (use.skip(owner=anna.id, series_id=first.id, day="2026-03-26"), NoOccurrence),
        (use.skip(owner=anna.id, series_id=first.id, day="soon"), InvalidFields),
        (
            use.settle(
                owner=anna.id, series_id=first.id, day="2026-03-25", transaction_id=new_id()
            ),
            TransactionNotFound,
        ),
        (use.delete_series(owner=ben.id, series_id=first.id, expected_version=0), SeriesNotFound),
    ]
    for attempt, error in cases:
        with pytest.raises(error):
            await attempt

    assert await use.list_series(owner=anna.id) == [first]
    await use.delete_series(owner=anna.id, series_id=first.id, expected_version=1)
    assert await use.list_series(owner=anna.id) == []
