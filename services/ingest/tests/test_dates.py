from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.domain.dates import (
    DateOrdersDisagree,
    NotADate,
    date_order,
    dates_in,
    parse_date,
)
from specimens.figures import print_date


def test_one_date_settles_the_others_of_its_file() -> None:
    assert date_order(["08/07/2020", "31/07/2020"]) == "dmy"
    assert date_order(["08/07/2020", "07/31/2020"]) == "mdy"


def test_the_order_that_runs_in_time_is_taken_where_no_day_is_above_twelve() -> None:
    assert date_order(["01/02/2020", "02/02/2020", "03/02/2020", "01/03/2020"]) == "dmy"
    assert date_order(["02/01/2020", "02/02/2020", "02/03/2020", "03/01/2020"]) == "mdy"


def test_two_orders_in_one_file_are_refused() -> None:
    with pytest.raises(DateOrdersDisagree):
        date_order(["31/01/2020", "01/31/2020"])


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("28 Mar 18 18:32:36", date(2018, 3, 28)),
        ("2019.04.19.", date(2019, 4, 19)),
        ("12-Dec-2019", date(2019, 12, 12)),
        ("Dec 5, 2020", date(2020, 12, 5)),
        ("20200731", date(2020, 7, 31)),
        ("3. März 2021", date(2021, 3, 3)),
        ("01/02/70", date(1970, 2, 1)),
        ("01/02/69", date(2069, 2, 1)),
    ],
)
def test_dates_as_they_are_printed(text: str, day: date) -> None:
    assert parse_date(text, order="dmy") == day


@pytest.mark.parametrize("text", ["", "31/02/2020", "2020-13-01", "12.50", "Total", "99"])
def test_what_is_no_date_is_refused(text: str) -> None:
    with pytest.raises(NotADate):
        parse_date(text, order="dmy")


def test_dates_are_found_within_a_line() -> None:
    assert dates_in("Order No. 1000219 11/03/2018 06:20 PM") == ["11/03/2018"]
    assert dates_in("Date :19-03-201818:08:38") == ["19-03-2018"]
    assert dates_in("TEL 07-3865 879") == []


@given(
    days=st.lists(st.dates(date(1990, 1, 1), date(2060, 1, 1)), min_size=1, max_size=20),
    pattern=st.sampled_from(["%d/%m/%Y", "%m/%d/%Y", "%d.%m.%Y", "%Y-%m-%d", "%d %b %Y"]),
)
def test_a_file_with_one_telling_date_reads_back_whole(days: list[date], pattern: str) -> None:
    texts = [print_date(day, pattern) for day in [*days, date(2020, 7, 31)]]
    order = date_order(texts)
    assert [parse_date(text, order=order) for text in texts] == [*days, date(2020, 7, 31)]
