"""Series without a server: which days they have, and what is said of a day or of their payee."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import date, timedelta

import pytest
from plan_ground import LATER, on, ranged, series, wrong
from posting_ground import eur

from ledger.domain.errors import VersionMismatch
from ledger.domain.payee import payee_id
from ledger.domain.recurring.series import (
    NoOccurrence,
    PayeeMoved,
    Series,
    SeriesKind,
    SeriesNotFound,
    TooManySeries,
)
from ledger.domain.transaction import Split, TransactionInput

JANUARY, FEBRUARY, MARCH = on("2026-01-05"), on("2026-02-05"), on("2026-03-05")


def texts(days: Sequence[date]) -> list[str]:
    return [day.isoformat() for day in days]


def test_what_kind_a_series_is():
    kinds = [series(units=1).kind, series(units=-1).kind, series(units=1, to="sav").kind]

    assert kinds == [SeriesKind.INCOME, SeriesKind.BILL, SeriesKind.TRANSFER]


def test_its_days_are_those_from_when_it_is_tracked():
    late = series(made="2026-02-05")

    assert texts(late.days(date.min, on("2026-03-31"))) == ["2026-02-05", "2026-03-05"]
    assert texts(late.days(on("2026-02-06"), MARCH)) == ["2026-03-05"]
    skipped = late.with_skipped(MARCH)
    assert texts(skipped.days(MARCH, MARCH)) == ["2026-03-05"]


def test_a_transaction_of_a_day_is_the_template_on_that_day():
    one = series()

    assert one.on(MARCH) == TransactionInput("acc", "2026-03-05", eur(-12_99), "Netflix")


@pytest.mark.parametrize(
    ("after", "day"),
    [(None, "2026-01-05"), ("2026-01-04", "2026-01-05"), ("2026-01-05", "2026-02-05"),
     ("2025-01-01", "2026-01-05"), ("2026-02-05", "2026-03-05")],
)  # fmt: skip
def test_the_next_day_to_post_is_after_the_one_given(after: str | None, day: str):
    posted = series(autopost=True)

    assert posted.next_to_post(on(after) if after else None) == on(day)


def test_what_was_settled_or_skipped_is_not_posted_and_what_is_not_autoposted_neither():
    posted = series(autopost=True)
    said = posted.with_settled(JANUARY, "t").with_skipped(FEBRUARY)

    assert series().next_to_post() is None
    assert said.next_to_post() == MARCH
    assert said.next_to_post(JANUARY) == MARCH
    assert posted.with_skipped(FEBRUARY).next_to_post(JANUARY) == MARCH
    assert series(autopost=True, rule="FREQ=MONTHLY;COUNT=1").next_to_post(JANUARY) is None
    once = series(autopost=True, rule="FREQ=MONTHLY;COUNT=1").with_skipped(JANUARY)
    assert once.next_to_post() is None


@pytest.mark.parametrize(
    ("posts_from", "tracked_from", "day"),
    [
        ("2026-02-05", "2026-01-01", "2026-02-05"),
        ("2026-01-01", "2026-02-05", "2026-02-05"),
        ("2026-02-06", "2026-01-01", "2026-03-05"),
    ],
)
def test_nothing_is_posted_for_days_before_it_was_asked_for(posts_from, tracked_from, day):
    posted = replace(
        series(autopost=True), posts_from=on(posts_from), tracked_from=on(tracked_from)
    )

    assert posted.next_to_post() == on(day)
    assert posted.next_to_post(on("2026-01-01")) == on(day)


def test_the_next_day_after_one_is_not_a_skipped_one():
    one = series()

    assert one.next_after(on("2026-01-04")) == JANUARY
    assert one.next_after(JANUARY) == FEBRUARY
    assert one.with_skipped(FEBRUARY).next_after(JANUARY) == MARCH
    assert one.with_skipped(FEBRUARY).with_skipped(MARCH).next_after(JANUARY) == on("2026-04-05")
    assert one.with_settled(FEBRUARY, "t").next_after(JANUARY) == FEBRUARY
    assert series(made="2026-02-01").next_after(on("2026-01-01")) == FEBRUARY
    assert series(rule="FREQ=MONTHLY;COUNT=1").next_after(JANUARY) is None
    ended = series(rule="FREQ=MONTHLY;COUNT=2").with_skipped(FEBRUARY)
    assert ended.next_after(JANUARY) is None


def test_what_is_said_of_a_day_takes_the_place_of_what_was_said():
    one = series().with_settled(JANUARY, "a").with_settled(FEBRUARY, "b")

    assert one.settled == {JANUARY: "a", FEBRUARY: "b"}
    skipped = one.with_skipped(FEBRUARY)
    assert (skipped.settled, skipped.skipped) == ({JANUARY: "a"}, {FEBRUARY})
    both = skipped.with_skipped(MARCH)
    assert both.skipped == {FEBRUARY, MARCH}
    settled = both.with_settled(FEBRUARY, "c")
    assert (settled.settled, settled.skipped) == ({JANUARY: "a", FEBRUARY: "c"}, {MARCH})
    # A transaction is that of one day.
    assert one.with_settled(FEBRUARY, "a").settled == {FEBRUARY: "a"}
    reopened = settled.reopened(FEBRUARY).reopened(MARCH)
    assert (reopened.settled, reopened.skipped) == ({JANUARY: "a"}, set())
    again = both.reopened(MARCH)
    assert (again.settled, again.skipped) == ({JANUARY: "a"}, {FEBRUARY})


@pytest.mark.parametrize(
    "act",
    [
        lambda one, day: one.with_skipped(day),
        lambda one, day: one.with_settled(day, "t"),
        lambda one, day: one.reopened(day),
    ],
)
@pytest.mark.parametrize("day", ["2026-01-06", "2025-12-05"])
def test_of_a_day_that_it_has_not_nothing_is_said(act: Callable[[Series, date], Series], day: str):
    words = "the series doesn't fall on this day"
    with pytest.raises(NoOccurrence) as refused:
        act(series(start="2025-12-05"), on(day))
    assert (str(refused.value), refused.value.fields) == (words, (("date", words),))


def test_a_thousand_days_are_skipped_and_no_more():
    daily = series(rule="FREQ=DAILY")
    days = frozenset(JANUARY + timedelta(days=n) for n in range(999))

    full = replace(daily, skipped=days).with_skipped(JANUARY + timedelta(days=999))

    assert len(full.skipped) == 1_000
    assert wrong(lambda: full.with_skipped(JANUARY + timedelta(days=1_000))) == [
        ("date", "at most 1000 days are skipped: end it")
    ]


def test_a_payee_that_was_given_another_name_is_remembered():
    one = series("Old")
    moved = one.payee_moved("New", by="op1").payee_moved("Newest", by="op2")

    assert moved.template == replace(one.template, payee="Newest")
    assert moved.payee_moves == (
        PayeeMoved("op1", "Old", "New"), PayeeMoved("op2", "New", "Newest"),
    )  # fmt: skip
    assert moved.payee_ids == {payee_id(name) for name in ("Old", "New", "Newest")}
    assert moved.payee_id == payee_id("Newest")
    # Told again, or to no other name: as it was.
    assert moved.payee_moved("Other", by="op1") == moved
    assert moved.payee_moved("Newest", by="op3") == moved


def test_the_last_twenty_names_are_remembered():
    moved = series("0")
    for number in range(1, 22):
        moved = moved.payee_moved(str(number), by=f"op{number}")

    assert [move.by for move in moved.payee_moves] == [f"op{n}" for n in range(2, 22)]


def test_a_name_is_taken_back_with_its_operation_and_comes_again_with_it():
    moved = series("Old").payee_moved("New", by="op1")

    undone = moved.payee_turned("op1", stands=False)

    assert undone.template.payee == "Old"
    assert undone.payee_moves == (PayeeMoved("op1", "Old", "New", stands=False),)
    assert undone.payee_ids == {payee_id("Old")}
    assert undone.payee_turned("op1", stands=True) == moved
    assert moved.payee_turned("op9", stands=False) == moved


def test_another_name_has_come_to_stay():
    twice = series("Old").payee_moved("New", by="op1").payee_moved("Newest", by="op2")

    first = twice.payee_turned("op1", stands=False)

    assert first.template.payee == "Newest"
    assert [move.stands for move in first.payee_moves] == [False, True]
    last = twice.payee_turned("op2", stands=False)
    assert last.template.payee == "New"
    assert [move.stands for move in last.payee_moves] == [True, False]
    again = first.payee_turned("op1", stands=True)
    assert again == twice


def test_a_series_follows_its_categories_where_they_were_merged():
    one = series()
    whole = replace(one, template=replace(one.template, category_id="a"))
    parts = (Split("a", eur(-9_00), "m"), Split("c", eur(-3_99)))
    split = replace(one, template=replace(one.template, splits=parts))

    followed = whole.following({"a": "b"})
    assert followed == replace(one, template=replace(one.template, category_id="b"))
    assert whole.following({"c": "b"}) == whole
    assert split.following({"a": "b"}).template.splits == (
        Split("b", eur(-9_00), "m"), parts[1],
    )  # fmt: skip


def test_only_the_version_that_was_seen_is_changed():
    known = replace(series(), version=3)
    known.expect(0)
    known.expect(3)
    for version in (1, 2, 4):
        with pytest.raises(VersionMismatch) as refused:
            known.expect(version)
        assert refused.value.metadata == {"current_version": "3"}
    assert known.stored(LATER) == replace(known, version=4, updated_at=LATER)


def test_refusals_are_told_in_these_words():
    words = "there is no such series"
    assert (str(SeriesNotFound()), SeriesNotFound().fields) == (words, (("id", words),))
    assert str(TooManySeries()) == "a book has at most 300 series: delete one first"


def test_a_range_is_in_order_whichever_way_it_was_said():
    for low, high in ((-20_00, -10_00), (-10_00, -20_00)):
        assert (ranged(low, high).low, ranged(low, high).high) == (-20_00, -10_00)
    fixed = series()
    assert (fixed.low, fixed.high) == (-12_99, -12_99)
