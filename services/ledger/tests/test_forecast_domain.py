"""What balances come to: what is booked ahead and what is expected, day by day."""

from dataclasses import replace
from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st
from plan_ground import on, series
from posting_ground import usd

from ledger.domain.recurring.forecast import AccountForecast, Expected, Point, expected, forecast
from ledger.domain.recurring.match import Occurrence, State, occurrences
from ledger.domain.recurring.series import Series

TODAY = on("2026-03-20")


@given(
    balance=st.integers(-1000, 1000),
    ahead=st.integers(0, 90),
    booked=st.lists(
        st.tuples(st.sampled_from(["acc", "sav"]), st.integers(-5, 95), st.integers(-500, 500)),
        max_size=20,
    ),
    units=st.integers(1, 300),
    skip=st.booleans(),
)
def test_a_forecast_is_what_living_through_the_days_gives(
    balance: int, ahead: int, booked: list[tuple[str, int, int]], units: int, skip: bool
):
    bill = series("A", -units, "2026-03-19", "FREQ=WEEKLY", id_="1", made="2026-03-01")
    move = series("", -20, "2026-03-25", "FREQ=DAILY;INTERVAL=9", id_="2", to="sav", name="M")
    wage = series("C", 400, "2026-03-31", id_="3")
    missed = series("D", -77, "2026-03-01", "FREQ=MONTHLY", id_="4")
    if skip:
        bill = bill.with_skipped(on("2026-03-26"))
    last = TODAY + timedelta(days=ahead)
    rows = occurrences([bill, move, wage, missed], [], from_=date.min, to=last, today=TODAY)
    flows = [Expected(id_, TODAY + timedelta(days=day), u) for id_, day, u in booked if day > 0]

    found = forecast(
        account_id="acc",
        currency="EUR",
        balance=balance,
        flows=[*flows, *expected(rows, today=TODAY)],
        today=TODAY,
        days=ahead,
    )

    held, day, lived = balance, TODAY, []
    while day <= last:
        if day == TODAY:
            held -= units  # yesterday's bill may still come
        if day > TODAY and (day - on("2026-03-19")).days % 7 == 0:
            held -= 0 if skip and day == on("2026-03-26") else units
        if day >= on("2026-03-25") and (day - on("2026-03-25")).days % 9 == 0:
            held -= 20
        if day in (on("2026-03-31"), on("2026-04-30"), on("2026-05-31")):
            held += 400
        if day > TODAY and day.day == 1:
            held -= 77
        gone = (day - TODAY).days
        held += sum(u for id_, n, u in booked if id_ == "acc" and n > 0 and n == gone)
        lived.append(held)
        day += timedelta(days=1)
    assert [point.balance for point in found.points] == lived
    assert found.lowest.balance == min(lived)
    assert found.lowest.day == TODAY + timedelta(days=lived.index(min(lived)))


def occurring(one: Series, day: str, state: State) -> Occurrence:
    return Occurrence(one, on(day), state)


def test_only_what_may_still_come_is_expected_and_not_before_today():
    bill = series()
    rows = [
        occurring(bill, "2026-03-01", State.MISSED),
        occurring(bill, "2026-03-02", State.ARRIVED),
        occurring(bill, "2026-03-03", State.SKIPPED),
        occurring(bill, "2026-03-19", State.DUE),
        occurring(bill, "2026-03-21", State.UPCOMING),
    ]

    assert expected(rows, today=TODAY) == [
        Expected("acc", on("2026-03-20"), -12_99),
        Expected("acc", on("2026-03-21"), -12_99),
    ]


def test_what_leaves_one_account_reaches_the_other():
    saving = series("", -50_00, to="sav", name="Saving")
    abroad = replace(saving, template=replace(saving.template, to_amount=usd(55_00)))
    day = on("2026-04-05")

    assert [
        list(expected([Occurrence(one, day, State.UPCOMING)], today=TODAY))
        for one in (saving, abroad)
    ] == [
        [Expected("acc", day, -50_00), Expected("sav", day, 50_00)],
        [Expected("acc", day, -50_00), Expected("sav", day, 55_00)],
    ]


def test_a_forecast_is_a_point_a_day_from_today_on():
    flows = [
        Expected("acc", on("2026-03-21"), -3),
        Expected("acc", on("2026-03-21"), -4),
        Expected("sav", on("2026-03-21"), 100),
        Expected("acc", on("2026-03-22"), 2),
        Expected("acc", on("2026-03-23"), -2),
    ]
    found = forecast(account_id="acc", currency="EUR", balance=10, flows=flows, today=TODAY, days=3)

    points = [Point(TODAY + timedelta(days=n), units) for n, units in enumerate([10, 3, 5, 3])]
    assert found == AccountForecast("acc", "EUR", points)
    # The first of the lowest.
    assert found.lowest == Point(on("2026-03-21"), 3)
