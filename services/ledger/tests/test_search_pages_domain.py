"""Pages of what was found, and the searches that a person keeps, alone."""

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest
from posting_ground import BOOK, NOW, Clerk, coffee, eur, usd

from kit.cursors import InvalidCursor, write_cursor
from kit.money import Money
from ledger.domain.errors import InvalidFields, VersionMismatch
from ledger.domain.search import CurrencyTotal, Cursor, Order, QueryInvalid, page_limit, size_of
from ledger.domain.search.saved import (
    SavedSearch,
    SavedSearchChange,
    SavedSearches,
    SavedSearchNotFound,
    TooManySavedSearches,
)
from ledger.domain.transaction import transaction_of

BY_DATE, BY_SIZE = (Order.NEWEST, Order.OLDEST), (Order.LARGEST, Order.SMALLEST)


def test_how_lists_are_ordered():
    assert [order for order in Order if order.descends] == [Order.NEWEST, Order.LARGEST]
    assert [order for order in Order if order.by_size] == [Order.LARGEST, Order.SMALLEST]


@pytest.mark.parametrize("id_", ["t", "tt", "ttt", "tttt", "W", "ÿ¿þ"])
def test_a_cursor_comes_back_as_it_was_given_out(id_):
    by_date, by_size = Cursor("2026-03-14", id_), Cursor("2026-03-14", id_, Decimal("3.50"))

    for order in BY_DATE:
        assert Cursor.parse(by_date.text(), order) == by_date
    for order in BY_SIZE:
        assert Cursor.parse(by_size.text(), order) == by_size
    large = Cursor("2026-03-14", "t", Decimal("1E+3"))
    assert Cursor.parse(large.text(), Order.LARGEST) == large


def test_a_cursor_stands_at_the_last_of_a_page():
    last = transaction_of(Clerk().create(coffee(-350)), BOOK)

    for order in BY_DATE:
        assert Cursor.at(last, order) == Cursor("2026-03-14", last.id)
    for order in BY_SIZE:
        assert Cursor.at(last, order) == Cursor("2026-03-14", last.id, Decimal("3.50"))
    assert Cursor.parse("") is None


@pytest.mark.parametrize(
    ("text", "order"),
    [
        ("?", Order.NEWEST),
        ("a", Order.NEWEST),
        (write_cursor("transactions", "2026-03-14"), Order.NEWEST),
        (write_cursor("transactions", "2026-02-30", "t"), Order.NEWEST),
        (write_cursor("register", "2026-03-14", "t"), Order.NEWEST),
        (Cursor("2026-03-14", "t", Decimal("3.50")).text(), Order.NEWEST),
        (Cursor("2026-03-14", "t").text(), Order.LARGEST),
        (write_cursor("transactions-by-size", "2026-03-14", "t", "x"), Order.LARGEST),
        (write_cursor("transactions-by-size", "2026-03-14", "t", "NaN"), Order.LARGEST),
        (write_cursor("transactions-by-size", "2026-03-14", "t", "Infinity"), Order.SMALLEST),
        (write_cursor("transactions-by-size", "2026-03-14", "t", "1E9999"), Order.SMALLEST),
    ],
)
def test_a_cursor_that_was_not_given_out_for_the_list(text, order):
    with pytest.raises(InvalidCursor):
        Cursor.parse(text, order)


def test_how_many_rows_a_page_has():
    assert [page_limit(asked) for asked in (0, 1, 500)] == [50, 1, 500]
    for asked in (-1, 501):
        with pytest.raises(InvalidFields) as refused:
            page_limit(asked)
        assert list(refused.value.fields) == [("page.limit", "1 to 500")]


def test_sizes_are_in_major_units_without_sign():
    assert size_of(eur(-350)) == size_of(usd(350)) == Decimal("3.5")
    assert size_of(Money(-350, "JPY")) == Decimal(350)
    assert CurrencyTotal(eur(500), eur(700), 3).net == eur(-200)


LATER = NOW + timedelta(hours=1)


def kept(id_: str, **more) -> SavedSearch:
    return replace(SavedSearch(id_, id_.upper(), "coffee", 3, NOW, NOW), **more)


A, B, C = kept("a"), kept("b"), kept("c")
SHELF = SavedSearches("anna", (A, B, C))


@pytest.mark.parametrize(
    ("search", "problems"),
    [
        (kept("x", name="n" * 100), []),
        (kept("x", name="n" * 101), [("name", "at most 100 characters")]),
        (
            kept("x", name="", query="  "),
            [("name", "must not be empty"), ("query", "must not be empty")],
        ),
    ],
)
def test_what_a_saved_search_may_be(search, problems):
    try:
        assert SHELF.added(search) == replace(SHELF, searches=(A, B, C, search))
        told = []
    except InvalidFields as refused:
        told = list(refused.fields)

    assert told == problems


def test_a_search_that_cannot_be_read_is_not_kept():
    with pytest.raises(QueryInvalid):
        SHELF.added(kept("x", query="is:nothing"))
    with pytest.raises(QueryInvalid):
        SHELF.changed("a", 0, SavedSearchChange(query="is:nothing"), now=LATER)


def test_a_book_keeps_a_hundred_searches():
    shelf = SavedSearches("anna", tuple(kept(f"{n}") for n in range(99)))
    full = shelf.added(A)

    assert len(full.searches) == 100
    with pytest.raises(TooManySavedSearches) as refused:
        full.added(B)
    assert str(refused.value) == "a book keeps at most 100 searches: delete one first"
    # What can't be kept at all is told first.
    with pytest.raises(InvalidFields):
        full.added(kept("x", name=""))


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        (SavedSearchChange(), {}),
        (SavedSearchChange(name=" Tea "), {"name": "Tea"}),
        (SavedSearchChange(query=" tea "), {"query": "tea"}),
    ],
)
def test_a_changed_search_keeps_its_place_and_what_is_not_named(change, expected):
    changed = SHELF.changed("b", 3, change, now=LATER)

    assert changed == replace(
        SHELF, searches=(A, replace(B, version=4, updated_at=LATER, **expected), C)
    )
    with pytest.raises(InvalidFields):
        SHELF.changed("b", 3, SavedSearchChange(name=" "), now=LATER)


@pytest.mark.parametrize(
    ("id_", "position", "order"),
    [("b", 0, "bac"), ("b", 1, "abc"), ("b", 2, "acb"), ("b", 9, "acb"), ("b", -1, "bac"),
     ("c", -2, "cab"), ("a", 2, "bca")],
)  # fmt: skip
def test_a_search_is_put_where_it_shall_stand(id_, position, order):
    changed = SHELF.changed(id_, 0, SavedSearchChange(position=position), now=LATER)

    assert "".join(search.id for search in changed.searches) == order
    assert changed.position(id_) == order.index(id_)


def test_a_search_is_taken_away():
    assert [s.id for s in SHELF.without("b", 3).searches] == ["a", "c"]
    assert [s.id for s in SHELF.without("a", 0).searches] == ["b", "c"]
    assert SHELF.without("c", 0) == replace(SHELF, searches=(A, B))


def test_only_a_search_that_is_there_and_was_seen_is_changed():
    for version in (2, 4):
        with pytest.raises(VersionMismatch) as refused:
            SHELF.changed("b", version, SavedSearchChange(), now=LATER)
        assert refused.value.metadata == {"current_version": "3"}
        with pytest.raises(VersionMismatch):
            SHELF.without("b", version)
    for missing in (
        lambda: SHELF.position("x"),
        lambda: SHELF.without("x", 0),
        lambda: SHELF.changed("x", 0, SavedSearchChange(), now=LATER),
    ):
        with pytest.raises(SavedSearchNotFound) as gone:
            missing()
        assert str(gone.value) == "there is no such saved search"
