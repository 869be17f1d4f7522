"""How a book is read: its settings, their defaults and their changes."""

from typing import Any

import pytest
from ledger_world import Person

from kit.mongo import Mongo
from ledger.domain.book_settings import (
    BookSettings,
    SettingsChange,
    WeekStart,
    is_time_zone,
    suggested_settings,
)
from ledger.domain.category import CategoryKind
from ledger.domain.errors import InvalidFields, VersionMismatch


@pytest.mark.parametrize(
    ("locale", "currency", "week_start"),
    [
        ("de-DE", "EUR", WeekStart.MONDAY),
        ("en-US", "USD", WeekStart.SUNDAY),
        ("zh-Hant-TW", "TWD", WeekStart.SUNDAY),
        ("ar_KW", "KWD", WeekStart.SATURDAY),
        ("de", "EUR", WeekStart.MONDAY),
        ("", "EUR", WeekStart.MONDAY),
        ("not a locale", "EUR", WeekStart.MONDAY),
    ],
)
def test_a_locale_suggests_currency_and_week(locale: str, currency: str, week_start: WeekStart):
    settings = suggested_settings("o", locale=locale)
    assert (settings.base_currency, settings.week_start) == (currency, week_start)
    # What is suggested is itself a setting that could be chosen.
    settings.changed_by(SettingsChange(), expected_version=1)


@pytest.mark.parametrize(
    "name", ["Berlin", "europe/berlin", "", "../etc/passwd", "+02:00", "x" * 99]
)
def test_only_names_of_the_database_are_time_zones(name: str):
    assert is_time_zone("Europe/Berlin")
    assert not is_time_zone(name)


def test_all_that_is_wrong_is_told_at_once():
    change = SettingsChange(time_zone="Moon", base_currency="XXQ", locale="?")
    with pytest.raises(InvalidFields) as refused:
        suggested_settings("o", locale="").changed_by(change, expected_version=1)
    assert [field for field, _ in refused.value.fields] == ["time_zone", "base_currency", "locale"]


async def settings(person: Person) -> BookSettings:
    return await person.ledger.books.settings(owner=person.id)


async def change(person: Person, version: int = 0, **fields: Any) -> BookSettings:
    return await person.ledger.books.update_settings(
        owner=person.id, expected_version=version, change=SettingsChange(**fields)
    )


async def test_settings_are_changed_one_by_one_and_kept(anna: Person, ben: Person):
    assert await settings(anna) == suggested_settings(anna.id, locale="")
    await change(anna, time_zone="Asia/Tokyo", base_currency="JPY")
    changed = await change(anna, version=2, week_start=WeekStart.SUNDAY)
    assert await settings(anna) == changed
    assert (changed.time_zone, changed.base_currency, changed.version) == ("Asia/Tokyo", "JPY", 3)
    assert (await settings(ben)).version == 1


async def test_a_stale_or_wrong_change_changes_nothing(anna: Person):
    before = await change(anna, locale="en-GB")
    with pytest.raises(VersionMismatch):
        await change(anna, version=1, locale="fr")
    with pytest.raises(InvalidFields):
        await change(anna, time_zone="Moon", locale="de")
    assert await settings(anna) == before
    assert (await anna.category("groceries")).name == "Groceries"


async def test_another_language_renames_what_nobody_has_touched(anna: Person):
    await change(anna, locale="de-AT")
    assert (await anna.category("groceries")).name == "Lebensmittel"
    assert (await anna.category("salary", CategoryKind.INCOME)).name == "Gehalt"
    await change(anna, locale="en")
    assert (await anna.category("groceries")).name == "Groceries"


async def test_registration_after_the_first_choice_changes_nothing(anna: Person, mongo: Mongo):
    chosen = await change(anna, locale="en-GB", time_zone="Europe/London")
    books = anna.ledger.books
    await mongo.in_transaction(lambda tx: books.open_registered(tx, owner=anna.id, locale="de"))
    assert await settings(anna) == chosen


async def test_a_book_older_than_settings_has_those_of_its_locale(anna: Person, mongo: Mongo):
    await settings(anna)
    head = {"$unset": {"settings": 1}, "$set": {"locale": "pl-PL"}}
    await mongo.db.books.update_one({"_id": anna.id}, head)
    assert (await settings(anna)).base_currency == "PLN"
    assert (await change(anna, week_start=WeekStart.SUNDAY)).base_currency == "PLN"
