"""The search language alone: what is read, what is refused and where, what is suggested."""

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from ledger.domain.book_settings import WeekStart
from ledger.domain.search import Code, Names, QueryInvalid, parse, resolve, write
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
from ledger.domain.search.keys import KEYS, MAX_LENGTH, MAX_TERMS
from ledger.domain.search.query import Dated
from ledger.domain.search.suggest import (
    SuggestionKind,
    key_suggestions,
    typed_at,
    value_suggestions,
)
from ledger.domain.search.values import span_of

words = st.from_regex(r"[a-zé0-9][a-z0-9&.'_-]{0,8}", fullmatch=True)
texts = st.text(min_size=1, max_size=12).filter(lambda text: any(c.isalnum() for c in text))
names = texts.map(str.strip)
amounts = st.integers(0, 10**10).map(lambda n: Decimal(n).scaleb(-4))
codes = st.sampled_from(["", "EUR", "JPY", "BTC"])
days = st.one_of(
    st.dates(date(1900, 1, 1), date(2200, 12, 31)).map(date.isoformat),
    st.sampled_from(["2026", "2026-03", "2026-q2", "today", "last-week", "last-90-days"]),
)
compared = st.sampled_from([c for c in Comparison if c is not Comparison.BETWEEN])
terms = st.one_of(
    st.builds(Text, st.just(Where.ANYWHERE), st.just(How.PREFIX), words),
    st.builds(Text, st.just(Where.ANYWHERE), st.just(How.PHRASE), texts),
    st.builds(Text, st.sampled_from([Where.PAYEE, Where.NOTE]), st.just(How.PREFIX), words),
    st.builds(
        Text,
        st.sampled_from([Where.PAYEE, Where.NOTE]),
        st.sampled_from([How.PHRASE, How.EXACT]),
        texts,
    ),
    st.builds(Named, st.sampled_from([k for k in NameKey if k is not NameKey.CURRENCY]), names),
    st.builds(Amount, compared, amounts, st.none(), codes),
    st.builds(
        lambda pair, code: Amount(Comparison.BETWEEN, min(pair), max(pair), code),
        st.tuples(amounts, amounts),
        codes,
    ),
    st.builds(When, compared, days),
    st.builds(When, st.just(Comparison.BETWEEN), days, days),
    st.builds(Is, st.sampled_from(Trait)),
    st.builds(Has, st.sampled_from(Part)),
)


def flat(kind, nodes):
    """As the reader makes them: none of a group's members is such a group."""
    return kind(
        tuple(n for node in nodes for n in (node.nodes if isinstance(node, kind) else (node,)))
    )


trees = st.recursive(
    terms,
    lambda inner: st.one_of(
        st.builds(Not, inner),
        st.lists(inner, min_size=2, max_size=3).map(lambda nodes: flat(And, nodes)),
        st.lists(inner, min_size=2, max_size=3).map(lambda nodes: flat(Or, nodes)),
    ),
    max_leaves=8,
)


@given(trees)
def test_a_tree_reads_from_its_canonical_text_as_the_same_tree(tree):
    text = write(tree)
    assume(len(text) <= MAX_LENGTH)

    assert parse(text) == tree
    assert write(parse(text)) == text


@given(st.text(alphabet='aé1 "\\():<>=-.,…ORcategory', max_size=40))
def test_any_text_is_read_or_refused_at_a_place_in_it(text):
    try:
        tree = parse(text)
    except QueryInvalid as refused:
        for problem in refused.problems:
            assert 1 <= problem.at.column <= len(text) + 1
            assert problem.at.length >= 1
    else:
        assert parse(write(tree)) == tree


@pytest.mark.parametrize(
    ("text", "canonical"),
    [
        (
            'coffee amount>4 category:food -tag:work from:2026-01 account:"Main card"',
            'coffee amount>4 category:food -tag:work from:2026-01 account:"Main card"',
        ),
        ("a b OR c", "a b OR c"),
        ("a AND (b OR c)", "a (b OR c)"),
        ("NOT a", "-a"),
        ("-(a b)", "-(a b)"),
        ("amount: 4,50", "amount:4.5"),
        ("amount:>=4EUR", "amount>=4EUR"),
        ("amount:4..", "amount>=4"),
        ("amount:..4", "amount<=4"),
        ("cat:Food", "category:Food"),
        ("on:2026-Q1", "date:2026-q1"),
        ("since:today", "from:today"),
        ("month:2026-01", "date:2026-01"),
        ("type:transfer", "is:transfer"),
        ("status:pending", "is:pending"),
        ("has:receipt", "has:document"),
        ("description:bread", "note:bread"),
        ("", ""),
        ("  ", ""),
    ],
)
def test_what_people_write_is_read(text: str, canonical: str):
    assert write(parse(text)) == canonical


@pytest.mark.parametrize(
    ("text", "code", "column", "length", "suggestion"),
    [
        ("coffee ctegory:food", Code.UNKNOWN_KEY, 8, 7, "category"),
        ("category:", Code.UNFINISHED, 10, 1, None),
        ("(coffee", Code.UNFINISHED, 8, 1, None),
        ("coffee)", Code.UNEXPECTED, 7, 1, None),
        ('coffee "tea', Code.UNEXPECTED, 8, 1, None),
        ("coffee - tea", Code.UNEXPECTED, 8, 1, None),
        ("coffee OR", Code.UNFINISHED, 10, 1, None),
        ("12:30", Code.UNEXPECTED, 3, 3, None),
        ("amount>-5", Code.BAD_VALUE, 8, 2, None),
        ("amount:1,234", Code.BAD_VALUE, 8, 5, None),
        ("amount:1.234,50", Code.BAD_VALUE, 8, 8, None),
        ("amount:4XXQ", Code.BAD_VALUE, 8, 4, None),
        ("amount:10..4", Code.BAD_VALUE, 8, 5, None),
        ("amount>4..10", Code.BAD_VALUE, 8, 5, None),
        ("from:2026-13", Code.BAD_VALUE, 6, 7, None),
        ("from:2026-02-30", Code.BAD_VALUE, 6, 10, None),
        ("from:1066", Code.BAD_VALUE, 6, 4, None),
        ("date:lastmonth", Code.BAD_VALUE, 6, 9, "last-month"),
        ("month:2026", Code.BAD_VALUE, 7, 4, None),
        ("year:2026-01", Code.BAD_VALUE, 6, 7, None),
        ("is:expens", Code.BAD_VALUE, 4, 6, "expense"),
        ("currency:EURO", Code.BAD_VALUE, 10, 4, None),
        ("tag>work", Code.BAD_OPERATOR, 4, 1, None),
        ("&", Code.BAD_VALUE, 1, 1, None),
        ('category:""', Code.BAD_VALUE, 10, 2, None),
        ("a " * (MAX_TERMS + 1), Code.TOO_MANY_TERMS, 1, 1, None),
        ("a" * (MAX_LENGTH + 5), Code.TOO_LONG, MAX_LENGTH + 1, 5, None),
        ("(" * 9 + "a" + ")" * 9, Code.TOO_DEEP, 9, 1, None),
    ],
)
def test_an_error_points_at_its_place(text, code, column, length, suggestion):
    with pytest.raises(QueryInvalid) as refused:
        parse(text)

    (problem,) = refused.value.problems
    assert (problem.code, problem.at.column, problem.at.length) == (code, column, length)
    assert suggestion is None or problem.suggestions[0] == suggestion
    assert refused.value.fields[0][0] == "query"


def test_all_faults_of_values_are_told_at_once_in_their_order():
    with pytest.raises(QueryInvalid) as refused:
        parse("is:x colour:red amount>much")

    assert [p.at.column for p in refused.value.problems] == [4, 6, 24]


def test_what_was_expected_is_said():
    with pytest.raises(QueryInvalid) as refused:
        parse("is:")

    assert refused.value.problems[0].expected == ("a quoted phrase", "a value")


@pytest.mark.parametrize("key", KEYS, ids=lambda key: key.name)
def test_every_key_reads_its_own_example_and_each_of_its_values(key):
    parse(key.example)
    for name in (key.name, *key.aliases):
        for value in key.values:
            parse(f"{name}:{value}")


# A Wednesday.
TODAY = date(2026, 7, 15)


@pytest.mark.parametrize(
    ("text", "first", "last"),
    [
        ("today", "2026-07-15", "2026-07-15"),
        ("yesterday", "2026-07-14", "2026-07-14"),
        ("this-week", "2026-07-13", "2026-07-19"),
        ("last-week", "2026-07-06", "2026-07-12"),
        ("this-month", "2026-07-01", "2026-07-31"),
        ("last-month", "2026-06-01", "2026-06-30"),
        ("this-quarter", "2026-07-01", "2026-09-30"),
        ("last-quarter", "2026-04-01", "2026-06-30"),
        ("this-year", "2026-01-01", "2026-12-31"),
        ("last-year", "2025-01-01", "2025-12-31"),
        ("last-1-days", "2026-07-15", "2026-07-15"),
        ("last-90-days", "2026-04-17", "2026-07-15"),
        ("last-2-weeks", "2026-07-02", "2026-07-15"),
        ("last-12-months", "2025-07-16", "2026-07-15"),
        ("last-9999-years", "1900-01-01", "2026-07-15"),
        ("2026-q1", "2026-01-01", "2026-03-31"),
        ("2024-02", "2024-02-01", "2024-02-29"),
        ("2026", "2026-01-01", "2026-12-31"),
        ("2200", "2200-01-01", "2200-12-31"),
    ],
)
def test_days_are_counted_from_the_day_that_is_today_in_the_book(text, first, last):
    begins, ends = span_of(text, TODAY)

    assert (begins.isoformat(), ends.isoformat()) == (first, last)


def test_a_week_begins_on_the_day_that_the_book_says():
    assert span_of("this-week", TODAY, WeekStart.SUNDAY)[0] == date(2026, 7, 12)
    assert span_of("this-week", date(2026, 7, 12), WeekStart.SUNDAY)[0] == date(2026, 7, 12)
    assert span_of("last-week", TODAY, WeekStart.SATURDAY)[0] == date(2026, 7, 4)


def test_a_saved_search_stays_relative():
    tree = parse("from:this-month")

    assert resolve(tree, Names(TODAY)) == Dated(first="2026-07-01")
    assert resolve(tree, Names(date(2026, 8, 1))) == Dated(first="2026-08-01")


@pytest.mark.parametrize(
    ("text", "said", "column", "length", "key"),
    [
        ("|", "", 1, 0, None),
        ("ca|", "ca", 1, 2, None),
        ("-ca|", "ca", 2, 2, None),
        ("coffee cat|egory", "cat", 8, 8, None),
        ("category:fo|", "fo", 10, 2, "category"),
        ("-cat:fo|", "fo", 6, 2, "category"),
        ('account:"Main c|', "Main c", 9, 7, "account"),
        ('"a b" (tag:|', "", 12, 0, "tag"),
        ('payee:"a" co|', "co", 11, 2, None),
        ("is:p| b", "p", 4, 1, "is"),
    ],
)
def test_what_is_being_typed_is_seen(text, said, column, length, key):
    typed = typed_at(text.replace("|", ""), text.index("|"))

    assert (typed.said, typed.column, typed.length) == (said, column, length)
    assert (typed.key.name if typed.key else None) == key


def test_suggestions_replace_what_was_typed():
    assert [s.text for s in key_suggestions(typed_at("cat", 3))] == ["category:"]
    assert {s.text for s in key_suggestions(typed_at("", 0))} == {f"{k.name}:" for k in KEYS}
    typed = typed_at("account:card", 12)
    found = value_suggestions(typed, ["Main card", "Card", "Cash"], SuggestionKind.VALUE)
    assert [(s.text, s.label, s.column, s.length) for s in found] == [
        ("Card", "Card", 9, 4),
        ('"Main card"', "Main card", 9, 4),
    ]
