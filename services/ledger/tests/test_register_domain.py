"""An account's register, alone: what an entry moved, the balance after each, and where a page
ends."""

import base64

import pytest
from hypothesis import given
from hypothesis import strategies as st
from posting_ground import Clerk, coffee, eur, usd

from kit.cursors import InvalidCursor, write_cursor
from kit.money import Money
from ledger.domain.entry import Entry
from ledger.domain.register import RegisterCursor, moved, running
from ledger.domain.transaction import Split

CURSOR = RegisterCursor("2026-03-14", "018f-a")


def encoded(text: bytes) -> str:
    return base64.urlsafe_b64encode(text).decode().rstrip("=")


def bought() -> Entry:
    parts = (Split("food", eur(-100)), Split("", eur(-250)))
    return Clerk().create(coffee(category_id="", splits=parts))


def changed_money() -> Entry:
    return Clerk().create(coffee(category_id="", to_account_id="dollars", to_amount=usd(380)))


@pytest.mark.parametrize(
    ("entry", "account_id", "currency", "expected"),
    [
        (bought(), "giro", "EUR", eur(-350)),
        (bought(), "giro", "USD", usd(0)),
        (bought(), "food", "EUR", eur(100)),
        (bought(), "no-expense", "EUR", eur(250)),
        (bought(), "savings", "EUR", eur(0)),
        (changed_money(), "giro", "EUR", eur(-350)),
        (changed_money(), "dollars", "USD", usd(380)),
        (changed_money(), "trading", "EUR", eur(350)),
        (changed_money(), "trading", "USD", usd(-380)),
    ],
)
def test_what_an_entry_moved_on_an_account(entry, account_id, currency, expected):
    assert moved(entry, account_id, currency) == expected


def test_both_halves_of_what_one_entry_says_of_an_account_count():
    parts = (Split("food", eur(-100)), Split("food", eur(-250)))
    entry = Clerk().create(coffee(category_id="", splits=parts))
    assert moved(entry, "food", "EUR") == eur(350)


def test_the_balance_after_each_goes_back_from_the_newest():
    assert running([eur(-30), eur(100), eur(5)], eur(75)) == [eur(75), eur(105), eur(5)]
    assert running([], eur(75)) == []


@given(st.lists(st.integers(-9, 9)), st.integers(-9, 9))
def test_each_balance_is_what_was_there_at_first_and_all_amounts_since(units, first):
    amounts = [Money(n, "EUR") for n in units]
    expected = [eur(first + sum(units[i:])) for i in range(len(units))]
    assert running(amounts, eur(first + sum(units))) == expected


def test_a_cursor_comes_back_as_it_was_given_out():
    assert RegisterCursor.parse(CURSOR.text()) == CURSOR
    for id_ in (*("x" * length for length in range(1, 40)), "with a space", "é~?>"):
        cursor = RegisterCursor("2026-03-14", id_)
        assert RegisterCursor.parse(cursor.text()) == cursor
    assert RegisterCursor.parse("") is None


@pytest.mark.parametrize(
    "text",
    [
        "a",
        "é",
        write_cursor("register", "2026-03-14"),
        write_cursor("register", "2026-02-30", "a"),
        write_cursor("transactions", "2026-03-14", "a"),
    ],
)
def test_what_is_no_cursor_is_refused(text):
    with pytest.raises(InvalidCursor):
        RegisterCursor.parse(text)
