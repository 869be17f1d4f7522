"""What was expected against what arrived: states, choices among equals, limits of likeness."""

import random
from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from plan_ground import on, ranged, seen, series
from posting_ground import eur

from kit.money import Money
from ledger.domain.recurring.match import Occurrence, Sighting, State, occurrences
from ledger.domain.recurring.series import NoOccurrence, Series, SeriesKind

TODAY = on("2026-03-20")


def states(
    all_series: Sequence[Series], sightings: Sequence[Sighting], to: str = "2026-06-30"
) -> list[tuple[str, str]]:
    rows = occurrences(all_series, sightings, from_=on("2026-01-01"), to=on(to), today=TODAY)
    return [(row.day.isoformat(), row.state.value) for row in rows]


def test_expected_stands_against_arrived_and_the_missed_stay():
    found = states([series()], [seen("2026-01-07")], "2026-04-30")

    assert found == [
        ("2026-01-05", "arrived"),
        ("2026-02-05", "missed"),
        ("2026-03-05", "missed"),
        ("2026-04-05", "upcoming"),
    ]
    late = series(start="2026-03-18")
    assert states([late], [], "2026-03-31") == [("2026-03-18", "due")]


def test_skipping_settling_and_reopening_a_day():
    one = series()
    paid = seen("2026-02-25", -99_00, "Somebody else", "t1")

    settled = one.with_settled(on("2026-02-05"), "t1").with_skipped(on("2026-03-05"))

    assert states([settled], [paid], "2026-03-31") == [
        ("2026-01-05", "missed"),
        ("2026-02-05", "arrived"),
        ("2026-03-05", "skipped"),
    ]
    # Deleted since: it is open again.
    assert states([settled], [], "2026-02-28")[-1] == ("2026-02-05", "missed")
    reopened = settled.reopened(on("2026-03-05"))
    assert states([reopened], [paid], "2026-03-31")[-1] == ("2026-03-05", "missed")
    with pytest.raises(NoOccurrence):
        one.with_skipped(on("2026-03-06"))


def test_another_price_is_marked_and_quite_another_amount_is_something_else():
    rows = occurrences(
        [series()],
        [seen("2026-01-05", -14_99), seen("2026-02-05", -80_00), seen("2026-03-05", 12_99)],
        from_=on("2026-01-01"),
        to=on("2026-03-31"),
        today=TODAY,
    )

    assert [(row.state, row.price_changed) for row in rows] == [
        (State.ARRIVED, True),
        (State.MISSED, False),
        (State.MISSED, False),
    ]


def test_an_amount_within_its_range_is_no_change():
    power = series("Power", -60_00, low=Money(-90_00, "EUR"), high=Money(-40_00, "EUR"))

    rows = occurrences(
        [power],
        [seen("2026-01-05", -88_00, "Power")],
        from_=on("2026-01-01"),
        to=on("2026-01-31"),
        today=TODAY,
    )

    assert [(row.state, row.price_changed) for row in rows] == [(State.ARRIVED, False)]


def test_a_transfer_arrives_only_as_the_same_transfer():
    saving = series("", -50_00, to="sav", name="Saving")

    found = states(
        [saving],
        [
            seen("2026-01-05", -50_00, "", "a", to="sav"),
            seen("2026-02-05", -51_00, "", "b", to="sav"),
            seen("2026-03-05", -50_00, "", "c", to="other"),
        ],
        "2026-03-31",
    )

    assert [state for _, state in found] == ["arrived", "missed", "missed"]
    assert saving.kind is SeriesKind.TRANSFER


SEEN = st.lists(
    st.tuples(st.integers(0, 120), st.integers(-3000, -300), st.sampled_from(["A", "B"])),
    max_size=25,
)


@settings(max_examples=200)
@given(SEEN, st.randoms(use_true_random=False))
def test_each_transaction_is_at_most_one_day_of_one_series_in_whatever_order_they_come(
    rows: list[tuple[int, int, str]], chance: random.Random
):
    sightings = [
        seen((on("2026-01-01") + timedelta(days=day)).isoformat(), units, payee, str(number))
        for number, (day, units, payee) in enumerate(rows)
    ]
    all_series = [
        series("A", -10_00, id_="1", rule="FREQ=WEEKLY"),
        series("A", -12_00, id_="2"),
        series("B", -20_00, id_="3", rule="FREQ=DAILY;INTERVAL=10"),
    ]

    def found(some: list[Sighting], them: list[Series]) -> list[Occurrence]:
        to = on("2026-05-01")
        return list(occurrences(them, some, from_=on("2026-01-01"), to=to, today=TODAY))

    first = found(sightings, all_series)
    chance.shuffle(sightings)
    chance.shuffle(all_series)

    assert found(sightings, all_series) == first
    arrived = [row.arrived for row in first if row.arrived]
    assert len({s.transaction_id for s in arrived}) == len(arrived)
    for row in first:
        if row.arrived:
            assert abs(row.days_late(TODAY)) <= row.series.tolerance_days
            assert row.arrived.payee_id == row.series.payee_id
    for late, early in ((a, b) for a in first for b in first if a.series is b.series):
        assert late is early or late.day != early.day


def matched(one: Series, *sightings: Sighting, to: str = "2026-01-31") -> list[str]:
    """The ids of what arrived, by day; empty where nothing has."""
    span = {"from_": on("2026-01-01"), "to": on(to)}
    rows = occurrences([one], sightings, **span, today=TODAY)
    return [row.arrived.transaction_id if row.arrived else "" for row in rows]


def arrives(one: Series, sighting: Sighting) -> bool:
    return matched(one, sighting) == [sighting.transaction_id]


BILL = seen("2026-01-05")


@pytest.mark.parametrize(
    ("another", "is_it"),
    [
        ({}, True),
        ({"account_id": "other"}, False),
        ({"currency": "USD"}, False),
        ({"to_account_id": "sav"}, False),
        ({"payee_id": "someone"}, False),
        ({"minor_units": 12_99}, False),
        ({"day": on("2026-01-01")}, True),
        ({"day": on("2025-12-31")}, False),
        ({"day": on("2026-01-09")}, True),
        ({"day": on("2026-01-10")}, False),
    ],
)
def test_a_bill_arrives_within_its_tolerance_as_what_it_is(another, is_it: bool):
    assert arrives(series(), replace(BILL, **another)) is is_it


@pytest.mark.parametrize(
    ("units", "is_it"),
    [(-6_49, False), (-6_50, True), (-25_98, True), (-25_99, False)],
)
def test_a_price_may_change_by_up_to_half_or_to_the_double(units: int, is_it: bool):
    assert arrives(series(), replace(BILL, minor_units=units)) is is_it


@pytest.mark.parametrize(
    ("units", "is_it"),
    [(-19_99, False), (-20_00, True), (-90_00, True), (-180_00, True), (-180_01, False)],
)
def test_a_range_may_change_by_up_to_half_or_to_the_double(units: int, is_it: bool):
    power = ranged(-90_00, -40_00, -60_00)

    assert arrives(power, replace(BILL, minor_units=units)) is is_it


@pytest.mark.parametrize(
    ("units", "is_it"),
    [(499, False), (500, True), (2_000, True), (2_001, False), (-1_000, False)],
)
def test_income_may_change_as_much(units: int, is_it: bool):
    wage = series(units=1_000)

    assert arrives(wage, replace(BILL, minor_units=units)) is is_it


def test_the_smallest_bill_is_not_the_smallest_income():
    assert arrives(series(units=1), replace(BILL, minor_units=1))
    assert not arrives(series(units=1), replace(BILL, minor_units=-1))
    assert not arrives(series(units=-1), replace(BILL, minor_units=1))


@pytest.mark.parametrize(
    ("units", "to", "is_it"),
    [
        (-41, "sav", False),
        (-40, "sav", True),
        (-20, "sav", True),
        (-19, "sav", False),
        (-30, "other", False),
    ],
)
def test_a_transfer_is_of_its_amount_and_to_its_account(units: int, to: str, is_it: bool):
    bounds = {"low": eur(-40), "high": eur(-20)}
    saving = series("Anybody", -30, to="sav", name="Saving", **bounds)

    assert arrives(saving, replace(BILL, minor_units=units, to_account_id=to)) is is_it


def test_what_comes_under_a_former_name_of_the_payee_still_arrives():
    renamed = series("OLD NAME").payee_moved("New name", by="op")

    assert arrives(renamed, seen("2026-01-05", payee="Old name"))
    assert arrives(renamed, seen("2026-01-05", payee="New name"))
    undone = renamed.payee_turned("op", stands=False)
    assert not arrives(undone, seen("2026-01-05", payee="New name"))


def test_the_nearest_day_comes_before_the_nearest_amount_and_the_earlier_before_the_later():
    far, near = seen("2026-01-03", -12_99, id_="far"), seen("2026-01-06", -20_00, id_="near")
    early, alike = seen("2026-01-04", -20_00, id_="a"), seen("2026-01-04", -13_00, id_="alike")
    more = seen("2026-01-06", -12_98, id_="more")

    assert matched(series(), far, near) == ["near"]
    assert matched(series(), near, early) == ["a"]
    assert matched(series(), near, early, alike) == ["alike"]
    # A cent above is as far as a cent below: the earlier day.
    assert matched(series(), more, alike) == ["alike"]
    first, second = seen("2026-01-05", id_="a"), seen("2026-01-05", id_="b")
    assert matched(series(), second, first) == ["a"]


def test_the_oldest_open_day_has_the_first_choice():
    daily = series(rule="FREQ=DAILY;INTERVAL=3", tolerance_days=3)
    between = seen("2026-01-08", id_="it")

    assert matched(daily, between, to="2026-01-11") == ["it", "", ""]
    settled = daily.with_settled(on("2026-01-05"), "gone")
    assert matched(settled, between, to="2026-01-11") == ["", "it", ""]
    skipped = daily.with_skipped(on("2026-01-05"))
    assert matched(skipped, between, to="2026-01-11") == ["", "it", ""]
    other = seen("2026-01-09", id_="other")
    assert matched(daily, between, other, to="2026-01-11") == ["it", "other", ""]


def test_what_an_earlier_day_took_a_later_one_cannot_have():
    daily = series(rule="FREQ=DAILY;INTERVAL=3", tolerance_days=3)
    span = {"from_": on("2026-01-08"), "to": on("2026-01-08")}
    (row,) = occurrences([daily], [seen("2026-01-06")], **span, today=TODAY)

    assert (row.day, row.state) == (on("2026-01-08"), State.MISSED)


def test_what_one_series_is_settled_with_no_other_can_have():
    settled = series(id_="z").with_settled(on("2026-02-05"), BILL.transaction_id)
    other = series(id_="a")
    span = {"from_": on("2026-01-01"), "to": on("2026-02-28")}

    rows = occurrences([settled, other], [BILL], **span, today=TODAY)

    assert [(row.day.month, row.series.id, row.state.value) for row in rows] == [
        (1, "a", "missed"), (1, "z", "missed"), (2, "a", "missed"), (2, "z", "arrived"),
    ]  # fmt: skip
    assert rows[3].arrived == BILL


def test_of_two_series_alike_the_one_with_the_smaller_id_comes_first():
    span = {"from_": on("2026-01-01"), "to": on("2026-01-31")}
    rows = occurrences([series(id_="b"), series(id_="a")], [BILL], **span, today=TODAY)

    assert [(row.series.id, row.arrived) for row in rows] == [("a", BILL), ("b", None)]


@pytest.mark.parametrize(
    ("today", "state", "late"),
    [
        ("2026-01-04", State.UPCOMING, 0),
        ("2026-01-05", State.DUE, 0),
        ("2026-01-09", State.DUE, 4),
        ("2026-01-10", State.MISSED, 5),
    ],
)
def test_a_day_is_upcoming_then_due_then_missed(today: str, state: State, late: int):
    span = {"from_": on("2026-01-05"), "to": on("2026-01-05")}
    (row,) = occurrences([series()], [], **span, today=on(today))

    assert row == Occurrence(series(), on("2026-01-05"), state)
    assert row.days_late(on(today)) == late


def test_how_late_it_came_does_not_depend_on_today():
    def row(one: Series, *sightings: Sighting) -> Occurrence:
        span = {"from_": on("2026-01-05"), "to": on("2026-01-05")}
        (found,) = occurrences([one], sightings, **span, today=TODAY)
        return found

    late, early = row(series(), seen("2026-01-08")), row(series(), seen("2026-01-02"))
    assert (late.days_late(TODAY), early.days_late(TODAY)) == (3, -3)
    skipped = row(series().with_skipped(on("2026-01-05")), seen("2026-01-05"))
    assert (skipped.state, skipped.arrived, skipped.days_late(TODAY)) == (State.SKIPPED, None, 0)


@pytest.mark.parametrize(
    ("units", "changed"), [(-90_01, True), (-90_00, False), (-40_00, False), (-39_99, True)]
)
def test_a_price_has_changed_beyond_its_range(units: int, changed: bool):
    row = Occurrence(
        ranged(-90_00, -40_00, -60_00), BILL.day, State.ARRIVED, replace(BILL, minor_units=units)
    )

    assert row.price_changed is changed
