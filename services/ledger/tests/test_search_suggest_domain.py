"""What could stand where the cursor is, and the text that a search is written as."""

from decimal import Decimal

import pytest

from ledger.domain.search import write
from ledger.domain.search.ast import (
    Amount,
    And,
    Comparison,
    Has,
    How,
    Is,
    Named,
    NameKey,
    Not,
    Or,
    Part,
    Text,
    Trait,
    When,
    Where,
)
from ledger.domain.search.keys import BY_NAME, KEYS
from ledger.domain.search.suggest import (
    Suggestion,
    SuggestionKind,
    Typed,
    key_suggestions,
    typed_at,
    value_suggestions,
)
from ledger.domain.search.write import quoted_if_needed

TAG, PAYEE = BY_NAME["tag"], BY_NAME["payee"]


@pytest.mark.parametrize(
    ("text", "typed"),
    [
        ("|", Typed("", 1, 0)),
        ("a |", Typed("", 3, 0)),
        ("co|ffee x", Typed("co", 1, 6)),
        ("(co|", Typed("co", 2, 2)),
        ("a (co|ffee)", Typed("co", 4, 6)),
        ("a -co|ffee", Typed("co", 4, 6)),
        ('"a b"co|', Typed("co", 6, 2)),
        # Behind a key, whatever it is compared by.
        ("tag:wo|rk x", Typed("wo", 5, 4, TAG)),
        ("TAGS:wo|", Typed("wo", 6, 2, TAG)),
        ("-tag=|", Typed("", 6, 0, TAG)),
        ("amount>=4|5", Typed("4", 9, 2, BY_NAME["amount"])),
        ("amount:<4|", Typed("4", 9, 1, BY_NAME["amount"])),
        ("id:a:b|", Typed("a:b", 4, 3, BY_NAME["id"])),
        # Behind what is no key.
        ("colour:r|ed", Typed("r", 8, 3, None, misnamed=True)),
        ("12:3|", Typed("12:3", 1, 4)),
        # Within quotation marks, of which the last is not closed.
        ('x "a b|c', Typed("a b", 3, 4)),
        ('"a" "b|', Typed("b", 5, 2)),
        ('"a|" b', Typed("a", 1, 2)),
        ('"a \\" b|', Typed('a \\" b', 1, 7)),
        ('payee:"a b|', Typed("a b", 7, 4, PAYEE)),
        ('payee = "a|', Typed("a", 9, 2, PAYEE)),
        ('payee : "a|', Typed("a", 9, 2)),
        ('-PAYEE:="|', Typed("", 9, 1, PAYEE)),
        ('colour:"r|', Typed("r", 8, 2, None, misnamed=True)),
        ('payee:x "a|', Typed("a", 9, 2)),
        ('a\n"b\nc|', Typed("b\nc", 3, 4)),
    ],
)
def test_what_is_being_typed(text, typed):
    cursor = text.index("|")

    assert typed_at(text.replace("|", ""), cursor) == typed


def test_a_cursor_outside_the_text_is_at_its_end():
    assert typed_at("coffee", 99) == typed_at("coffee", 6) == Typed("coffee", 1, 6)
    assert typed_at("coffee", -5) == typed_at("coffee", 0) == Typed("", 1, 6)


def test_keys_are_suggested_by_the_begin_of_any_of_their_names():
    def suggested(said: str) -> list[str]:
        return [suggestion.text for suggestion in key_suggestions(Typed(said, 1, 0))]

    assert suggested("CA") == ["category:"]
    assert suggested("s") == ["from:", "status:"]
    assert suggested("ate") == []
    assert suggested("") == [f"{key.name}:" for key in KEYS]
    assert key_suggestions(Typed("cat", 3, 4)) == [
        Suggestion(
            SuggestionKind.KEY, "category:", "category:", 3, 4, about=BY_NAME["category"].about
        )
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("said", "found"),
    [
        ("ca", ["Cash", "cards", "Main card", "Old-Cash"]),
        ("CASH", ["Cash", "Old-Cash"]),
        (" ca", ["Cash", "cards", "Main card", "Old-Cash"]),
        ("main c", ["Main card"]),
        ("ard", []),
        ("&", ["&"]),
        ("", ["Main card", "Cash", "Old-Cash", "cards", "R & D", "&"]),
        ("  ", ["Main card", "Cash", "Old-Cash", "cards", "R & D", "&"]),
    ],
)
def test_values_that_begin_so_come_before_those_with_a_later_word(said, found):
    values = ["Main card", "Cash", "Old-Cash", "Cash", "cards", "R & D", "&"]
    suggested = value_suggestions(Typed(said, 9, 2), values, SuggestionKind.VALUE)

    assert [suggestion.label for suggestion in suggested] == found


def test_a_suggested_value_is_quoted_where_it_has_to_be():
    assert value_suggestions(Typed("m", 9, 2), ["Main card", "Milk"], SuggestionKind.WORD) == [
        Suggestion(SuggestionKind.WORD, '"Main card"', "Main card", 9, 2),
        Suggestion(SuggestionKind.WORD, "Milk", "Milk", 9, 2),
    ]


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("Milk", "Milk"),
        ("a:b=c", "a:b=c"),
        ("=a", '"=a"'),
        ("", '""'),
        ("a b", '"a b"'),
        ("a(b)", '"a(b)"'),
        ('a"b\\', '"a\\"b\\\\"'),
    ],
)
def test_what_needs_quotation_marks_gets_them(text, written):
    assert quoted_if_needed(text) == written


def word(text: str, where: Where = Where.ANYWHERE, how: How = How.PREFIX) -> Text:
    return Text(where, how, text)


A, B, C = word("a"), word("b"), word("c")


@pytest.mark.parametrize(
    ("node", "text"),
    [
        (None, ""),
        (A, "a"),
        (word("a", how=How.PHRASE), '"a"'),
        (word("a", Where.PAYEE), "payee:a"),
        (word("a b", Where.PAYEE, How.PHRASE), 'payee:"a b"'),
        (word("a", Where.NOTE, How.EXACT), 'note="a"'),
        (And((A, B)), "a b"),
        (Or((A, B)), "a OR b"),
        (Not(A), "-a"),
        (Not(Not(A)), "-(-a)"),
        (Not(And((A, B))), "-(a b)"),
        (Not(Or((A, B))), "-(a OR b)"),
        (And((Or((A, B)), Not(C))), "(a OR b) -c"),
        (Or((And((A, B)), Not(C))), "a b OR -c"),
        (Named(NameKey.ACCOUNT, "Main card"), 'account:"Main card"'),
        (Named(NameKey.TAG, "x"), "tag:x"),
        (Amount(Comparison.EQUAL, Decimal("4.50")), "amount:4.5"),
        (Amount(Comparison.MORE, Decimal(4), currency="EUR"), "amount>4EUR"),
        (Amount(Comparison.AT_LEAST, Decimal(4)), "amount>=4"),
        (Amount(Comparison.BETWEEN, Decimal(4), Decimal("10.0"), "EUR"), "amount:4..10EUR"),
        (Amount(Comparison.BETWEEN, Decimal(0), Decimal(0)), "amount:0..0"),
        (When(Comparison.EQUAL, "2026"), "date:2026"),
        (When(Comparison.BETWEEN, "2026", "today"), "date:2026..today"),
        (When(Comparison.AT_LEAST, "2026"), "from:2026"),
        (When(Comparison.AT_MOST, "2026"), "to:2026"),
        (When(Comparison.MORE, "2026"), "date>2026"),
        (When(Comparison.LESS, "2026"), "date<2026"),
        (Is(Trait.OPENING_BALANCE), "is:opening-balance"),
        (Has(Part.NOTE), "has:note"),
    ],
)
def test_how_a_search_is_written(node, text):
    assert write(node) == text
