"""What a search means in one book: names have become ids, days are days, or it is told which name
there is not."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from ledger.domain.book_settings import WeekStart
from ledger.domain.entry import EntryKind
from ledger.domain.search import (
    AccountName,
    CategoryName,
    Code,
    Names,
    QueryInvalid,
    TransactionFilter,
    needs_names,
    needs_today,
    parse,
    query_of,
    resolve,
)
from ledger.domain.search.ast import How, Part, Span, Trait, Where
from ledger.domain.search.problems import QueryProblem
from ledger.domain.search.query import (
    NOTHING,
    All,
    Any,
    Dated,
    Except,
    HasWords,
    InCurrency,
    MinorUnits,
    OfImport,
    OfKind,
    OfOperation,
    OfTrait,
    OfTransaction,
    PostedTo,
    Sized,
    Tagged,
    WithPart,
)

NAMES = Names(
    # A Wednesday.
    date(2026, 7, 15),
    accounts=(
        AccountName("a1", "Main card", "EUR"),
        AccountName("a2", "MAIN CARD", "USD"),
        AccountName("a3", "Savings", "EUR"),
    ),
    categories=(
        CategoryName("c5", "Butter", "", "c4"),
        CategoryName("c4", "Dairy", "", "c2"),
        CategoryName("c1", "Food", "", ""),
        CategoryName("c2", "Lebensmittel", "groceries", "c1"),
        CategoryName("c3", "Miete", "housing_rent", "c6"),
        CategoryName("c6", "Zuhause", "", ""),
        CategoryName("c7", "Sonstiges", "uncategorised", ""),
        CategoryName("c8", "Ohne", "uncategorised", "c9"),
        CategoryName("c9", "None", "", ""),
    ),
)


def words(*said: str, where: Where = Where.ANYWHERE, how: How = How.PREFIX) -> HasWords:
    return HasWords(where, how, said)


def meant(text: str):
    return resolve(parse(text), NAMES)


@pytest.mark.parametrize(
    ("text", "query"),
    [
        ("", All()),
        ("Café", words("cafe")),
        ('"Café Zoë, Zoë"', words("cafe", "zoe", "zoe", how=How.PHRASE)),
        ("payee=zoe", words("zoe", where=Where.PAYEE, how=How.EXACT)),
        ("a b", All((words("a"), words("b")))),
        ("a OR b", Any((words("a"), words("b")))),
        ("-a", Except(words("a"))),
        ("tag:Straße", Tagged("strasse")),
        ("id:x", OfTransaction("x")),
        ("import:x", OfImport("x")),
        ("operation:x", OfOperation("x")),
        ("is:income", OfTrait(Trait.INCOME)),
        ("has:note", WithPart(Part.NOTE)),
        ("account:a3", PostedTo(("a3",))),
        ('account:"main CARD"', PostedTo(("a1", "a2"))),
        # With all below, however deep, and in an order of their own.
        ("category:food", PostedTo(("c1", "c2", "c4", "c5"))),
        ("category:c4", PostedTo(("c4", "c5"))),
        ("category:groceries", PostedTo(("c2", "c4", "c5"))),
        ("category:housing_rent", PostedTo(("c3",))),
        ('category:"housing rent"', PostedTo(("c3",))),
        # What has no category, of spending and of income; not what is called so.
        ("category:None", PostedTo(("c7", "c8"))),
        ("currency:EUR", InCurrency("EUR", ("a1", "a3"))),
        ("currency:JPY", InCurrency("JPY", ())),
        ("amount:4", Sized(Decimal(4), Decimal(4))),
        ("amount:4..10", Sized(Decimal(4), Decimal(10))),
        ("amount>=4", Sized(least=Decimal(4))),
        ("amount>4", Sized(least=Decimal(4), closed=False)),
        ("amount<=4", Sized(most=Decimal(4))),
        ("amount<4", Sized(most=Decimal(4), closed=False)),
        ("amount:4USD", All((Sized(Decimal(4), Decimal(4)), InCurrency("USD", ("a2",))))),
        ("date:2026-02", Dated("2026-02-01", "2026-02-28")),
        ("from:2026-02", Dated(first="2026-02-01")),
        ("to:2026-02", Dated(last="2026-02-28")),
        ("date>2026-02", Except(Dated(last="2026-02-28"))),
        ("date<2026-02", Except(Dated(first="2026-02-01"))),
        ("date:2026-02..2026-03", Dated("2026-02-01", "2026-03-31")),
        ("date:2026-03..2026-02", NOTHING),
        ("date:2026-03-01..2026-03-01", Dated("2026-03-01", "2026-03-01")),
        ("date:this-week", Dated("2026-07-13", "2026-07-19")),
    ],
)  # fmt: skip
def test_what_a_search_means(text, query):
    assert meant(text) == query


def test_weeks_begin_as_the_book_says():
    sundays = replace(NAMES, week_start=WeekStart.SUNDAY)
    assert resolve(parse("date:this-week"), sundays) == Dated("2026-07-12", "2026-07-18")


def test_all_names_that_there_are_not_are_told():
    with pytest.raises(QueryInvalid) as refused:
        meant(f'account:savngs (category:Fod OR tag:x) -account:"{"z" * 51}"')

    assert list(refused.value.problems) == [
        QueryProblem(
            Code.NO_SUCH_NAME,
            "there is no account savngs",
            Span(9, 6),
            ("the name of an existing account",),
            ("Savings",),
        ),
        QueryProblem(
            Code.NO_SUCH_NAME,
            "there is no category Fod",
            Span(26, 3),
            ("the name of an existing category",),
            ("Food",),
        ),
        QueryProblem(
            Code.NO_SUCH_NAME,
            f"there is no account {'z' * 50}",
            Span(49, 53),
            ("the name of an existing account",),
        ),
    ]


@pytest.mark.parametrize(
    ("text", "names", "today"),
    [
        ("", False, False),
        ("coffee tag:x id:y import:y operation:y amount>4 is:income has:note", False, False),
        ("coffee (tea OR -account:x)", True, False),
        ("category:x", True, False),
        ("currency:EUR", True, False),
        ("amount:4EUR", True, False),
        ("coffee -date:2026", False, True),
        ("from:today account:x", True, True),
    ],
)
def test_what_has_to_be_known_of_the_book(text, names, today):
    assert needs_names(parse(text)) is names
    assert needs_today(parse(text)) is today


@pytest.mark.parametrize(
    ("filter_", "query"),
    [
        (TransactionFilter(), All()),
        (TransactionFilter(account_id="a"), PostedTo(("a",))),
        (TransactionFilter(category_id="c"), PostedTo(("c",))),
        (TransactionFilter(from_date="2026-01-01"), Dated(first="2026-01-01")),
        (TransactionFilter(to_date="2026-01-01"), Dated(last="2026-01-01")),
        (TransactionFilter(text="Zoë"), words("zoe")),
        (TransactionFilter(text="Zoë zoe Bar"), All((words("zoe"), words("bar")))),
        (TransactionFilter(min_minor_units=0), MinorUnits(least=0)),
        (TransactionFilter(max_minor_units=0), MinorUnits(most=0)),
        (TransactionFilter(kind=EntryKind.TRANSFER), OfKind(EntryKind.TRANSFER)),
        (TransactionFilter(tag=" Work "), Tagged("work")),
        (
            TransactionFilter("a", "c", "2026-01-01", "2026-02-01", "x", 1, 2,
                              EntryKind.STANDARD, "t"),
            All((
                PostedTo(("a",)), PostedTo(("c",)), Dated("2026-01-01", "2026-02-01"), words("x"),
                MinorUnits(1, 2), OfKind(EntryKind.STANDARD), Tagged("t"),
            )),
        ),
    ],
)  # fmt: skip
def test_what_a_lists_own_fields_mean(filter_, query):
    assert query_of(filter_, None, NAMES) == query


@pytest.mark.parametrize(
    ("search", "query"),
    [
        ("zoe", All((Tagged("t"), words("zoe")))),
        ("zoe bar", All((Tagged("t"), words("zoe"), words("bar")))),
        ("zoe OR bar", All((Tagged("t"), Any((words("zoe"), words("bar")))))),
        ("", Tagged("t")),
    ],
)
def test_fields_and_search_narrow_together(search, query):
    assert query_of(TransactionFilter(tag="t"), parse(search), NAMES) == query
    with pytest.raises(QueryInvalid):
        query_of(TransactionFilter(tag="t"), parse("account:x"), NAMES)
