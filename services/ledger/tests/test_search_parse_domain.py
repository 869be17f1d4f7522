"""What is made of a search's text: nodes with their places, and each refusal in full."""

import json
from decimal import Decimal

import pytest

from ledger.domain.search import Code, QueryInvalid, parse, write
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
    Span,
    Text,
    Trait,
    When,
    Where,
    terms,
)
from ledger.domain.search.keys import RELATIVE
from ledger.domain.search.problems import QueryProblem, close_to

TERM = ("a word", "a quoted phrase", "a key such as category:", "-", "(", "NOT")
FURTHER = (*TERM[:-1], "OR", "AND", "NOT")
INNER = (*TERM[:-1], ")", "OR", "AND", "NOT")
VALUE = ("a quoted phrase", "a value")
TRAITS = tuple(trait.value for trait in Trait)
PARTS = tuple(part.value for part in Part)
NO_LETTER = "there is no letter or digit in it"
NO_AMOUNT = "an amount such as 4, 4.50, 4,50 or 4.50EUR, or a range such as 4..10"
THOUSANDS = "an amount without separators between thousands, such as 1234.50"
NO_SIGN = "amounts are looked for without their sign: add is:expense or is:income"
NO_RANGE = "a range stands behind a colon: amount:4..10"
AMOUNTS, DAYS = ("amount:4..10",), ("date:2026-01..2026-03", *RELATIVE)
MONTHS = ("month:2026-01", "this-month", "last-month")
YEARS = ("year:2026", "this-year", "last-year")


def problems_of(text: str) -> list[QueryProblem]:
    with pytest.raises(QueryInvalid) as refused:
        parse(text)
    return list(refused.value.problems)


@pytest.mark.parametrize(
    ("text", "column", "length", "message", "expected"),
    [
        ("coffee)", 7, 1, "the parenthesis ) has no other", ()),
        ("()", 2, 1, "the parenthesis ) has no other", TERM),
        ("date:(", 6, 1, "the parenthesis ( has no other", VALUE),
        ('coffee "tea', 8, 1, "the quotation mark is never closed", INNER),
        ("coffee - tea", 8, 1, "a minus stands directly before what it takes away", FURTHER),
        ("OR a", 1, 2, "'OR' is not understood here; put text in quotation marks", TERM),
        ("a OR OR b", 6, 2, "'OR' is not understood here; put text in quotation marks", TERM),
        ("12:30", 3, 3, "':30' is not understood here; put text in quotation marks", FURTHER),
        ("--a", 2, 2, "'-a' is not understood here; put text in quotation marks",
         ("a word", "a quoted phrase", "a key such as category:", "(")),
    ],
)  # fmt: skip
def test_what_does_not_belong_where_it_stands(text, column, length, message, expected):
    assert problems_of(text) == [
        QueryProblem(Code.UNEXPECTED, message, Span(column, length), expected)
    ]


@pytest.mark.parametrize(
    ("text", "column", "expected"),
    [
        ("category:", 10, VALUE),
        ("tag=", 5, VALUE),
        ("(coffee", 8, (")",)),
        ("((a)", 5, (")",)),
        ("coffee OR", 10, TERM),
        ("coffee AND", 11, TERM),
        ("NOT", 4, ("a word", "a quoted phrase", "a key such as category:", "(")),
    ],
)
def test_what_ends_too_early(text, column, expected):
    assert problems_of(text) == [
        QueryProblem(
            Code.UNFINISHED, "something is missing at the end", Span(column, 1), expected
        )
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("text", "column", "length", "message", "expected", "suggestions"),
    [
        ("&", 1, 1, NO_LETTER, (), ()),
        ('a note:"!"', 8, 3, NO_LETTER, (), ()),
        ("payee=&", 7, 1, NO_LETTER, (), ()),
        ('category:""', 10, 2, "category needs a value", ("category:food",), ()),
        ('tag:"  "', 5, 4, "tag needs a value", ("tag:work",), ()),
        ('currency:""', 10, 2, "currency needs a value", ("currency:EUR",), ()),
        ("currency:EURO", 10, 4, "EURO is not an ISO 4217 currency code", ("currency:EUR",), ()),
        ("currency:5", 10, 1, "5 is not an ISO 4217 currency code", ("currency:EUR",), ()),
        ("currency:5EUR", 10, 4, "5EUR is not an ISO 4217 currency code", ("currency:EUR",), ()),
        (f"currency:{'q' * 21}", 10, 21, f"{'q' * 20} is not an ISO 4217 currency code",
         ("currency:EUR",), ()),
        ("amount>-5", 8, 2, NO_SIGN, AMOUNTS, ()),
        ("amount:+5", 8, 2, NO_SIGN, AMOUNTS, ()),
        ("amount:1,234", 8, 5, THOUSANDS, AMOUNTS, ()),
        ("amount:4..1,234", 8, 8, THOUSANDS, AMOUNTS, ()),
        ("amount:1.234,50", 8, 8, THOUSANDS, AMOUNTS, ()),
        ("amount:much", 8, 4, NO_AMOUNT, AMOUNTS, ()),
        ("amount:..", 8, 2, NO_AMOUNT, AMOUNTS, ()),
        ("amount:4..x", 8, 4, NO_AMOUNT, AMOUNTS, ()),
        ("amount:4xxq", 8, 4, "XXQ is not an ISO 4217 currency code", AMOUNTS, ()),
        ("amount:10..4", 8, 5, "the range begins above its end", AMOUNTS, ()),
        ("amount>4..10", 8, 5, NO_RANGE, AMOUNTS, ()),
        ("amount<=4..", 9, 3, NO_RANGE, AMOUNTS, ()),
        ("date:lastmonth", 6, 9, "lastmonth is not understood as a date", DAYS,
         ("last-month", "last-12-months", "this-month")),
        ("date:2026-Q5", 6, 7, "2026-q5 is not understood as a date", DAYS, ()),
        ("date:" + "x" * 31, 6, 31, f"{'x' * 30} is not understood as a date", DAYS, ()),
        ("date:..", 6, 2, ".. is not understood as a date", DAYS, ()),
        ("date:2026-01..x", 6, 10, "2026-01..x is not understood as a date", DAYS, ()),
        ("date:x..2026-01", 6, 10, "x..2026-01 is not understood as a date", DAYS, ()),
        ("date:2026..2027..", 6, 12, "2026..2027.. is not understood as a date", DAYS, ()),
        ("date>2026..2027", 6, 10, "2026..2027 is not understood as a date", DAYS, ()),
        ("date>2026..", 6, 6, "2026.. is not understood as a date", DAYS, ()),
        ("month:2026..2027", 7, 10, "2026..2027 is not understood as a month", MONTHS, ()),
        ("month:2026", 7, 4, "2026 is not understood as a month", MONTHS, ()),
        ("month:2026-q1", 7, 7, "2026-q1 is not understood as a month", MONTHS, ()),
        ("month:2026-13", 7, 7, "2026-13 is not understood as a month", MONTHS, ()),
        ("month:2026-01-01", 7, 10, "2026-01-01 is not understood as a month", MONTHS, ()),
        ("month:last-3-months", 7, 13, "last-3-months is not understood as a month", MONTHS,
         ("last-month", "this-month")),
        ("year:2026-01", 6, 7, "2026-01 is not understood as a year", YEARS, ()),
        ("year:1899", 6, 4, "1899 is not understood as a year", YEARS, ()),
        ("year:last-2-years", 6, 12, "last-2-years is not understood as a year", YEARS,
         ("last-year",)),
        ("is:expens", 4, 6, "is has no value expens", TRAITS, ("expense",)),
        ("type:Pending", 6, 7, "type has no value Pending", TRAITS[:5], ()),
        ("is:Receipt", 4, 7, "is has no value Receipt", TRAITS, ()),
        ("status:income", 8, 6, "status has no value income", TRAITS[5:8], ()),
        (f"has:{'z' * 31}", 5, 31, f"has has no value {'z' * 30}", PARTS, ()),
    ],
)  # fmt: skip
def test_what_a_key_does_not_take(text, column, length, message, expected, suggestions):
    assert problems_of(text) == [
        QueryProblem(Code.BAD_VALUE, message, Span(column, length), expected, suggestions)
    ]


@pytest.mark.parametrize(
    ("text", "column", "length", "message", "expected"),
    [
        ("tag>work", 4, 1, "tag is compared by : =", (":", "=")),
        ("is >= expense", 4, 2, "is is compared by : =", (":", "=")),
        ("a note:<x", 7, 2, "note is compared by : =", (":", "=")),
    ],
)
def test_how_a_key_is_not_compared(text, column, length, message, expected):
    assert problems_of(text) == [
        QueryProblem(Code.BAD_OPERATOR, message, Span(column, length), expected)
    ]


def test_a_key_that_there_is_not():
    message = "there is no key Ctegory:; put text in quotation marks"
    assert problems_of("coffee Ctegory:food") == [
        QueryProblem(Code.UNKNOWN_KEY, message, Span(8, 7), ("a key",), ("category",))
    ]


def test_what_stands_behind_a_fault_is_read_too():
    found = problems_of("colour>x tag>& is:z note:&")

    assert [(p.code, p.at.column) for p in found] == [
        (Code.UNKNOWN_KEY, 1), (Code.BAD_OPERATOR, 13), (Code.BAD_VALUE, 19), (Code.BAD_VALUE, 26),
    ]  # fmt: skip


def test_the_limits_of_a_search():
    assert parse("a" * 500) is not None
    at_most = "at most 500 characters"
    assert problems_of("a" * 503) == [QueryProblem(Code.TOO_LONG, at_most, Span(501, 3))]
    assert problems_of("a" * 501) == [QueryProblem(Code.TOO_LONG, at_most, Span(501, 1))]

    assert parse("a " * 50) is not None
    many = problems_of("(" + "a " * 51 + ")")
    assert many == [QueryProblem(Code.TOO_MANY_TERMS, "at most 50 terms", Span(1, 1))]

    assert parse("(" * 8 + "a" + ")" * 8 + "(" * 8 + "a" + ")" * 8) is not None
    assert parse('"' + "(" * 9 + 'a" (a)') is not None
    assert parse('"a" ' * 9) is not None
    at_most = "at most 8 parentheses within one another"
    deep = problems_of("(a)" + "(" * 9 + "a" + ")" * 9)
    assert deep == [QueryProblem(Code.TOO_DEEP, at_most, Span(12, 1))]


def word(text: str, where: Where = Where.ANYWHERE, how: How = How.PREFIX) -> Text:
    return Text(where, how, text)


@pytest.mark.parametrize(
    ("text", "node"),
    [
        ("coffee", word("coffee")),
        ('"a \\"b\\\\"', word('a "b\\', how=How.PHRASE)),
        ("payee:zoe", word("zoe", Where.PAYEE)),
        ('payee:"Zoe"', word("Zoe", Where.PAYEE, How.PHRASE)),
        ("payee=Zoe", word("Zoe", Where.PAYEE, How.EXACT)),
        ('NOTE="Zoe "', word("Zoe ", Where.NOTE, How.EXACT)),
        ("text:milk", word("milk", Where.NOTE)),
        ("a b (c d)", And(tuple(map(word, "abcd")))),
        ("a OR (b OR c)", Or(tuple(map(word, "abc")))),
        ("a b OR -c", Or((And((word("a"), word("b"))), Not(word("c"))))),
        ("NOT (a OR b)", Not(Or((word("a"), word("b"))))),
        ("Account:x", Named(NameKey.ACCOUNT, "x")),
        ('cat=" Food "', Named(NameKey.CATEGORY, "Food")),
        ("tags:x", Named(NameKey.TAG, "x")),
        ("currency:eur", Named(NameKey.CURRENCY, "EUR")),
        ("id:x", Named(NameKey.ID, "x")),
        ("import:x", Named(NameKey.IMPORT, "x")),
        ("operation:x", Named(NameKey.OPERATION, "x")),
        ("amount:4", Amount(Comparison.EQUAL, Decimal(4))),
        ("amount=4eur", Amount(Comparison.EQUAL, Decimal(4), currency="EUR")),
        ("amount > 4", Amount(Comparison.MORE, Decimal(4))),
        ("amount:>=4", Amount(Comparison.AT_LEAST, Decimal(4))),
        ("amount<4", Amount(Comparison.LESS, Decimal(4))),
        ("amount<=4", Amount(Comparison.AT_MOST, Decimal(4))),
        ("amount:4..10EUR", Amount(Comparison.BETWEEN, Decimal(4), Decimal(10), "EUR")),
        ("amount=4..4", Amount(Comparison.BETWEEN, Decimal(4), Decimal(4))),
        ("amount:0..4", Amount(Comparison.BETWEEN, Decimal(0), Decimal(4))),
        ("amount:4..EUR", Amount(Comparison.AT_LEAST, Decimal(4), currency="EUR")),
        ("amount:0..", Amount(Comparison.AT_LEAST, Decimal(0))),
        ("amount:..4EUR", Amount(Comparison.AT_MOST, Decimal(4), currency="EUR")),
        ("amount:..0", Amount(Comparison.AT_MOST, Decimal(0))),
        ("date:2026-Q1", When(Comparison.EQUAL, "2026-q1")),
        ("date>2026", When(Comparison.MORE, "2026")),
        ("date<2026", When(Comparison.LESS, "2026")),
        ("date>=2026", When(Comparison.AT_LEAST, "2026")),
        ("on<=2026", When(Comparison.AT_MOST, "2026")),
        ("date:2026-01..Today", When(Comparison.BETWEEN, "2026-01", "today")),
        ("date=2026..2027", When(Comparison.BETWEEN, "2026", "2027")),
        ("date:2026..", When(Comparison.AT_LEAST, "2026")),
        ("date:..2026", When(Comparison.AT_MOST, "2026")),
        ("since:2026", When(Comparison.AT_LEAST, "2026")),
        ("until=2026", When(Comparison.AT_MOST, "2026")),
        ("month:2026-12", When(Comparison.EQUAL, "2026-12")),
        ("month:last-month", When(Comparison.EQUAL, "last-month")),
        ("month:this-month", When(Comparison.EQUAL, "this-month")),
        ("year:2026", When(Comparison.EQUAL, "2026")),
        ("year:last-year", When(Comparison.EQUAL, "last-year")),
        ("year:this-year", When(Comparison.EQUAL, "this-year")),
        ("is:Spending", Is(Trait.EXPENSE)),
        ("type:opening", Is(Trait.OPENING_BALANCE)),
        ("status:cleared", Is(Trait.CLEARED)),
        ("is:refunds", Is(Trait.REFUND)),
        ("has:refunds", Has(Part.REFUND)),
        ("has:tag", Has(Part.TAGS)),
        ("has:Split", Has(Part.SPLITS)),
        ("has:description", Has(Part.NOTE)),
    ],
)
def test_what_is_read(text, node):
    assert parse(text) == node


@pytest.mark.parametrize("text", ["", " ", "\n\t "])
def test_a_blank_search_is_none(text):
    assert parse(text) is None
    assert write(None) == ""
    assert list(terms(None)) == []


def test_each_term_knows_its_place():
    text = (
        'coffee -"tea time" (payee:zoe OR tag:work) currency:eur amount>4 amount:4..5 amount:4..'
        " amount:..5 date:2026 is:income has:note"
    )

    assert [text[t.at.column - 1 :][: t.at.length] for t in terms(parse(text))] == [
        "coffee", '"tea time"', "zoe", "work", "eur", "4", "4..5", "4..", "..5", "2026", "income",
        "note",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("said", "found"),
    [
        ("abcde", ("abcde", "abcdx", "abcxy")),
        # Three letters of five are near enough, two of four are not.
        ("vwxyz", ("vwx12",)),
        ("pqrs", ()),
        # Those that begin so, in the order of the letters, and after those that are near.
        ("m", ("m10", "m20", "m30")),
        ("klmn", ("klmn0", "klm", "klmnzzzzz")),
        ("", ()),
    ],
)
def test_the_three_words_nearest_to_what_was_said(said, found):
    known = [
        "m40", "m30", "m20", "m10", "abcxy", "abcdx", "abcde", "vwx12", "pq12", "klmnzzzzz", "klm",
        "klmn0",
    ]  # fmt: skip
    assert close_to(said, known) == close_to(said.upper(), known) == found


def test_a_close_word_is_told_as_it_is_written_and_once():
    assert close_to("savngs", ["Savings", "SAVINGS 2", "Cash"]) == ("Savings", "SAVINGS 2")
    assert close_to("sav", ["Straße", "Savings"]) == ("Savings",)
    assert close_to("STRASS", ["Straße"]) == ("Straße",)


def test_problems_are_told_in_the_order_of_the_text_as_many_as_a_call_can_carry():
    def problem(column: int, **more) -> QueryProblem:
        return QueryProblem(Code.BAD_VALUE, f"m{column}", Span(column, 2), **more)

    refused = QueryInvalid(
        [problem(9), problem(3, suggestions=("a", "b")), *map(problem, (8, 7, 5, 6))]
    )
    assert [p.at.column for p in refused.problems] == [3, 5, 6, 7, 8]
    sentences = [
        "column 3: m3 (did you mean a or b?)", *(f"column {n}: m{n}" for n in (5, 6, 7, 8)),
    ]  # fmt: skip
    assert str(refused) == "; ".join(sentences)
    assert list(refused.fields) == [("query", sentence) for sentence in sentences]

    (told,) = json.loads(
        QueryInvalid(
            [problem(4, expected=[str(n) for n in range(11)], suggestions=("a",))]
        ).metadata["problems"]
    )  # fmt: skip
    assert told == {
        "code": "bad_value",
        "message": "m4",
        "column": 4,
        "length": 2,
        "expected": [str(n) for n in range(10)],
        "suggestions": ["a"],
    }
