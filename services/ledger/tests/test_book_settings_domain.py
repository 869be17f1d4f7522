"""How a book is read: what a locale suggests, and what a person may choose instead."""

from dataclasses import replace
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest
from posting_ground import OWNER

from ledger.domain.book_settings import (
    BookSettings,
    SettingsChange,
    WeekStart,
    is_time_zone,
    suggested_settings,
)
from ledger.domain.errors import InvalidFields, VersionMismatch

MONDAY, SATURDAY, SUNDAY = WeekStart.MONDAY, WeekStart.SATURDAY, WeekStart.SUNDAY
BERLIN = BookSettings(OWNER, "Europe/Berlin", "EUR", "de-DE", MONDAY, version=3)


def changed(**fields: object) -> BookSettings:
    return BERLIN.changed_by(SettingsChange(**fields), expected_version=3)


@pytest.mark.parametrize(
    ("locale", "currency", "week_start"),
    [
        ("de-DE", "EUR", MONDAY),
        ("de", "EUR", MONDAY),
        ("de-CH", "CHF", MONDAY),
        ("en-US", "USD", SUNDAY),
        ("en_gb", "GBP", MONDAY),
        ("zh-Hant-TW", "TWD", SUNDAY),
        ("zh_Hant_TW", "TWD", SUNDAY),
        ("ar_KW", "KWD", SATURDAY),
        ("fa-IR", "EUR", SATURDAY),
        ("es-419", "EUR", MONDAY),
        # The first region counts, and what comes before it may not be one.
        ("sl-IT-US", "EUR", MONDAY),
        ("us", "EUR", MONDAY),
        ("en-x1-US", "USD", SUNDAY),
        ("abc-de-fgh12345-jp", "EUR", MONDAY),
    ],
)
def test_a_locale_suggests_currency_and_week(locale, currency, week_start):
    suggested = suggested_settings(OWNER, locale=locale)

    assert suggested == BookSettings(OWNER, "UTC", currency, locale, week_start, version=1)
    # What is suggested is itself a setting that could be chosen.
    suggested.changed_by(SettingsChange(), expected_version=1)


@pytest.mark.parametrize(
    "locale",
    ["", "d", "germ", "de-", "de-D", "de--DE", "de DE", "de-abcdefghi", "dé-DE", "a-b-c", "de-DE\n",
     "de-11-22-33-44-55"],
)  # fmt: skip
def test_what_is_no_locale_is_read_as_english(locale):
    assert suggested_settings(OWNER, locale=locale) == BookSettings(
        OWNER, "UTC", "EUR", "en", MONDAY
    )
    with pytest.raises(InvalidFields) as refused:
        changed(locale=f"{locale}?")
    assert refused.value.fields == (("locale", "a language tag, such as en or de-AT"),)


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({}, {}),
        ({"time_zone": " Asia/Tokyo "}, {"time_zone": "Asia/Tokyo"}),
        ({"base_currency": " JPY"}, {"base_currency": "JPY"}),
        ({"locale": "de-11-22-33-44 "}, {"locale": "de-11-22-33-44"}),
        ({"week_start": SUNDAY}, {"week_start": SUNDAY}),
    ],
)
def test_a_change_leaves_what_it_does_not_name(fields, expected):
    assert changed(**fields) == replace(BERLIN, version=4, **expected)


def test_all_that_is_wrong_with_a_change_is_told_at_once():
    with pytest.raises(InvalidFields) as refused:
        changed(time_zone="europe/berlin", base_currency="eur", locale="")

    assert refused.value.fields == (
        ("time_zone", "the name of a time zone, such as Europe/Berlin"),
        ("base_currency", "'eur' is not an ISO 4217 currency code"),
        ("locale", "a language tag, such as en or de-AT"),
    )


def test_only_the_version_that_was_seen_is_changed():
    assert BERLIN.changed_by(SettingsChange(), expected_version=0).version == 4
    for seen in (1, 2, 4):
        with pytest.raises(VersionMismatch) as refused:
            BERLIN.changed_by(SettingsChange(), expected_version=seen)
        assert refused.value.metadata == {"current_version": "3"}


@pytest.mark.parametrize(
    "name", ["Berlin", "europe/berlin", "", "../etc/passwd", "+02:00", "x" * 99, " UTC"]
)
def test_only_names_of_the_database_are_time_zones(name):
    assert is_time_zone("Europe/Berlin")
    assert is_time_zone("UTC")
    assert not is_time_zone(name)


@pytest.mark.parametrize(
    ("zone", "day"),
    [
        ("UTC", date(2026, 3, 28)),
        ("Europe/Berlin", date(2026, 3, 29)),
        ("Pacific/Kiritimati", date(2026, 3, 29)),
        ("America/Los_Angeles", date(2026, 3, 28)),
    ],
)
def test_a_day_is_that_of_the_books_zone(zone, day):
    settings = replace(BERLIN, time_zone=zone)

    assert settings.zone == ZoneInfo(zone)
    assert settings.day_of(datetime(2026, 3, 28, 23, 30, tzinfo=UTC)) == day
