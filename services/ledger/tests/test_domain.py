"""The rules alone, without a server."""

import contextlib
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kit.cursors import InvalidCursor
from kit.ids import new_id
from kit.money import Money
from ledger.domain.book import default_categories, open_book, renamed_defaults
from ledger.domain.entry import Change, Entry, EntryKind, Posting, require_balance
from ledger.domain.errors import UnbalancedEntry
from ledger.domain.fields import EntryDate, is_entry_date
from ledger.domain.report import Period
from ledger.domain.search import Cursor
from ledger.domain.totals import Balance, Rollup, Totals
from ledger.domain.words import search_words

NOW = datetime(2026, 3, 14, tzinfo=UTC)
currencies = st.sampled_from(["EUR", "JPY", "KWD", "BTC"])
moneys = st.builds(Money, st.integers(-(10**15), 10**15), currencies)
days = st.dates(date(1900, 1, 1), date(2200, 12, 31))


@given(st.lists(moneys, min_size=2, max_size=6))
def test_postings_balance_only_if_each_currency_sums_to_zero(amounts):
    postings = [Posting(str(i), amount) for i, amount in enumerate(amounts)]
    sums: dict[str, int] = {}
    for amount in amounts:
        sums[amount.currency] = sums.get(amount.currency, 0) + amount.minor_units

    if any(sums.values()):
        with pytest.raises(UnbalancedEntry):
            require_balance(postings)
    closing = [Posting("equity", Money(-n, currency)) for currency, n in sums.items()]
    require_balance([*postings, *closing])


@given(st.lists(moneys, min_size=1, max_size=8))
def test_a_reversal_leaves_no_trace_in_balances_and_rollups(amounts):
    totals = Totals()
    for amount in amounts:
        posted = entry(amount)
        totals.add(posted)
        totals.add(posted.reversed_by(id="r", seq=2, change=Change.DELETED, actor_id="a", now=NOW))

    assert all(balance == Balance() for balance in totals.balances.values())
    assert all(rollup.told() == Rollup() for rollup in totals.rollups.values())


@given(days, days)
def test_a_period_is_cut_into_whole_months_and_ends_that_cover_each_day_once(a, b):
    first, last = sorted([a, b])
    months, ends = Period(first.isoformat(), last.isoformat()).parts()

    covered = 0
    if months is not None:
        start = date.fromisoformat(months.first + "-01")
        after = date.fromisoformat(months.last + "-01") + timedelta(days=31)
        covered += (after.replace(day=1) - start).days
    for span in ends:
        length = (date.fromisoformat(span.last) - date.fromisoformat(span.first)).days + 1
        assert 0 < length <= 60
        covered += length

    assert covered == (last - first).days + 1


@pytest.mark.parametrize(
    "text", ["2026-02-29", "2026-13-01", "20260101", "2026-1-1", "1899-12-31", "2201-01-01",
             "2026-W01-1", "٢٠٢٦-٠١-٠١", "", "2026-01-01 "],
)  # fmt: skip
def test_what_is_no_date_of_an_entry(text):
    assert not is_entry_date(text)


@given(days)
def test_every_day_from_1900_to_2200_is_a_date_of_an_entry(day):
    assert is_entry_date(day.isoformat())


@given(days, st.uuids())
def test_a_cursor_comes_back_as_it_was_given_out(day, id_):
    cursor = Cursor(day.isoformat(), str(id_))

    assert Cursor.parse(cursor.text()) == cursor


@given(st.text(max_size=50))
def test_any_text_is_a_cursor_or_a_named_refusal(text):
    with contextlib.suppress(InvalidCursor):
        cursor = Cursor.parse(text)
        assert cursor is None or is_entry_date(cursor.date)


def test_words_are_found_without_case_accents_and_punctuation():
    assert search_words("Café Zoë", "MÜLLER-straße 3") == ("cafe", "zoe", "muller", "strasse", "3")


@pytest.mark.parametrize("locale", ["en", "de", "de-AT", "fr", ""])
def test_every_book_begins_with_the_taxonomy_once(locale):
    categories = default_categories("o", locale=locale, new_id=new_id)
    keys = [c.key for c in categories if c.key and c.key != "uncategorised"]
    names = [(c.kind, c.name) for c in categories]

    assert len(keys) == len(set(keys)) == 42
    assert len(names) == len(set(names))
    assert open_book("o", categories, new_id=new_id).uncategorised(inflow=True)


def test_untouched_defaults_change_language_and_come_back():
    english = default_categories("o", locale="en", new_id=new_id)
    to_german = renamed_defaults(english, locale="de")

    assert "Lebensmittel" in to_german.values()
    assert renamed_defaults(english, locale="en") == {}


def entry(amount: Money) -> Entry:
    return Entry(
        id="e",
        owner="o",
        seq=1,
        transaction_id="t",
        version=1,
        kind=EntryKind.STANDARD,
        change=Change.CREATED,
        date=EntryDate("2026-03-14"),
        account_id="a",
        amount=amount,
        payee="",
        postings=(Posting("a", amount), Posting("c", -amount, is_category=True)),
        actor_id="a",
        recorded_at=NOW,
        transaction_created_at=NOW,
    )
