"""Pages of a detection hold payees by how many transactions they have."""

import pytest

from kit.cursors import InvalidCursor
from ledger.domain.recurring.looking import PAGE_TRANSACTIONS, Busy, page_of


def test_a_page_holds_payees_until_it_has_enough_transactions():
    some = [Busy(2, "a"), Busy(PAGE_TRANSACTIONS - 2, "b"), Busy(PAGE_TRANSACTIONS, "c")]
    assert page_of(some) == (some[:2], some[1])
    assert page_of(some[:2]) == (some[:2], None)
    assert page_of([]) == ([], None)


def test_a_payee_with_more_transactions_than_a_page_has_a_page_of_its_own():
    some = [Busy(PAGE_TRANSACTIONS + 1, "a"), Busy(PAGE_TRANSACTIONS + 1, "b")]
    assert page_of(some) == (some[:1], some[0])


def test_a_cursor_is_read_as_it_was_written():
    assert Busy.parse(Busy(7, "zoë").text()) == Busy(7, "zoë")
    assert Busy.parse("") is None
    with pytest.raises(InvalidCursor):
        Busy.parse("W10")
