"""The book in the two dialects of plain-text accounting, to the letter."""

from dataclasses import replace
from decimal import Decimal

import pytest
from export_ground import CHART, chart, entry, exchange, opening, pieces, split, transfer

from ledger.domain.entry import Status
from ledger.domain.export import Beancount, Hledger, Market, daily_prices
from ledger.domain.fields import EntryDate
from ledger.domain.rate import Rate, RateSource

MARKET = Market("EUR")
BEANS, JOURNAL = Beancount(CHART, MARKET, title="My book"), Hledger(CHART, MARKET, title="My book")


def test_beancount_opens_everything_before_the_first_entry():
    assert BEANS.head() == (
        'option "title" "My book"\n'
        'option "operating_currency" "EUR"\n'
        "\n"
        "1900-01-01 open Assets:Giro EUR\n"
        '  name: "Giro"\n'
        "1900-01-01 open Assets:Savings EUR\n"
        '  name: "Savings"\n'
        "1900-01-01 open Assets:Dollars USD\n"
        '  name: "Dollars"\n'
        "1900-01-01 open Liabilities:Card EUR\n"
        '  name: "Card"\n'
        "1900-01-01 open Expenses:Food\n"
        '  name: "Food"\n'
        "1900-01-01 open Expenses:Food:Bread\n"
        '  name: "Food:Bread"\n'
        "1900-01-01 open Income:Pay\n"
        '  name: "Pay"\n'
        "1900-01-01 open Equity:Opening-Balances\n"
        '  name: "Opening-Balances"\n'
        "1900-01-01 open Equity:Conversions\n"
        '  name: "Conversions"\n'
    )
    assert BEANS.end() == ""
    assert (BEANS.media_type, BEANS.suffix) == ("text/plain; charset=utf-8", "beancount")


def test_the_journal_declares_each_account_with_its_type():
    assert JOURNAL.head() == (
        "; My book\n"
        "\n"
        "commodity EUR\n"
        "    format 1000.00 EUR\n"
        "commodity USD\n"
        "    format 1000.00 USD\n"
        "account assets:Giro\n"
        "    ; type: A\n"
        "account assets:Savings\n"
        "    ; type: A\n"
        "account assets:Dollars\n"
        "    ; type: A\n"
        "account liabilities:Card\n"
        "    ; type: L\n"
        "account expenses:Food\n"
        "    ; type: X\n"
        "account expenses:Food:Bread\n"
        "    ; type: X\n"
        "account income:Pay\n"
        "    ; type: R\n"
        "account equity:Opening-Balances\n"
        "    ; type: E\n"
        "account equity:Conversions\n"
        "    ; type: E\n"
    )
    assert JOURNAL.end() == ""
    assert (JOURNAL.media_type, JOURNAL.suffix) == ("text/plain; charset=utf-8", "journal")


def rate(day: str, value: str, source: RateSource = RateSource.ECB, quote: str = "USD") -> Rate:
    return Rate(EntryDate(day), "EUR", quote, Decimal(value), source)


def test_prices_stand_by_day_and_a_persons_own_goes_before_the_shared():
    rates = [
        rate("2026-03-02", "1.1"),
        rate("2026-03-01", "1.0800", RateSource.MANUAL),
        rate("2026-03-01", "1.09"),
        rate("2026-03-01", "1E-8", quote="BTC"),
    ]
    market = Market("EUR", daily_prices(rates))
    assert (
        Beancount(CHART, market, title="t")
        .head()
        .endswith(
            "2026-03-01 price EUR 0.00000001 BTC\n"
            "2026-03-01 price EUR 1.0800 USD\n"
            "2026-03-02 price EUR 1.1 USD\n"
        )
    )
    journal = Hledger(CHART, market, title="t").head()
    assert journal.endswith(
        "P 2026-03-01 EUR 0.00000001 BTC\nP 2026-03-01 EUR 1.0800 USD\nP 2026-03-02 EUR 1.1 USD\n"
    )
    assert "commodity BTC\n    format 1000.00000000 BTC\n" in journal


def test_beancount_closes_what_is_closed_after_its_last_entry():
    market = Market("EUR", closed_on={"giro": "2026-03-14"})
    assert Beancount(CHART, market, title="t").end() == "\n2026-03-14 close Assets:Giro\n"


SPLIT = replace(split(), postings=split().postings[:2])


@pytest.mark.parametrize(
    ("of", "beans", "journal"),
    [
        (
            entry(description="black"),
            (
                '\n2026-03-14 * "Zoë" "black"\n'
                '  id: "t1"\n'
                "  Assets:Giro  -3.50 EUR\n"
                "  Expenses:Food  3.50 EUR\n"
            ),
            (
                "\n2026-03-14 * Zoë | black\n"
                "    ; id:t1\n"
                "    assets:Giro  -3.50 EUR\n"
                "    expenses:Food  3.50 EUR\n"
            ),
        ),
        (
            SPLIT,
            (
                '\n2026-03-14 * "Zoë" ""\n'
                '  id: "t1"\n'
                "  Assets:Giro  -3.50 EUR\n"
                "  Expenses:Food:Bread  3.00 EUR\n"
                '    memo: "rye"\n'
            ),
            (
                "\n2026-03-14 * Zoë\n"
                "    ; id:t1\n"
                "    assets:Giro  -3.50 EUR\n"
                "    expenses:Food:Bread  3.00 EUR  ; rye\n"
            ),
        ),
        (
            transfer(status=Status.PENDING),
            (
                '\n2026-03-14 ! "" ""\n'
                '  id: "t1"\n'
                "  Assets:Giro  -3.50 EUR\n"
                "  Assets:Savings  3.50 EUR\n"
            ),
            (
                "\n2026-03-14 !\n"
                "    ; id:t1\n"
                "    assets:Giro  -3.50 EUR\n"
                "    assets:Savings  3.50 EUR\n"
            ),
        ),
        (
            replace(exchange(), status=Status.RECONCILED),
            (
                '\n2026-03-14 * "" ""\n'
                '  id: "t1"\n'
                "  Assets:Giro  -3.50 EUR\n"
                "  Equity:Conversions  3.50 EUR\n"
                "  Assets:Dollars  3.80 USD\n"
                "  Equity:Conversions  -3.80 USD\n"
            ),
            (
                "\n2026-03-14 *\n"
                "    ; id:t1\n"
                "    assets:Giro  -3.50 EUR\n"
                "    equity:Conversions  3.50 EUR\n"
                "    assets:Dollars  3.80 USD\n"
                "    equity:Conversions  -3.80 USD\n"
            ),
        ),
        (
            opening(500),
            (
                '\n2026-03-14 * "Opening balance" ""\n'
                '  id: "t1"\n'
                "  Assets:Giro  5.00 EUR\n"
                "  Equity:Opening-Balances  -5.00 EUR\n"
            ),
            (
                "\n2026-03-14 * Opening balance\n"
                "    ; id:t1\n"
                "    assets:Giro  5.00 EUR\n"
                "    equity:Opening-Balances  -5.00 EUR\n"
            ),
        ),
    ],
    ids=["one", "split", "transfer", "exchange", "opening"],
)
def test_an_entry_is_written_with_all_its_postings(of, beans, journal):
    assert pieces(BEANS, of) == beans
    assert pieces(JOURNAL, of) == journal


def heads(of, format_=BEANS) -> list[str]:
    """What stands above the postings."""
    lines = pieces(format_, of).splitlines()[1:]
    return [line for line in lines if "  -3.50" not in line and "  3.50" not in line]


def test_beancount_keeps_as_metadata_what_a_tag_loses():
    assert heads(entry(tags=("a-b_c/d.1", "Z"))) == [
        '2026-03-14 * "Zoë" "" #a-b_c/d.1 #Z', '  id: "t1"',
    ]  # fmt: skip
    assert heads(entry(tags=("work trip", "work-trip", "été"))) == [
        '2026-03-14 * "Zoë" "" #work-trip #-t-',
        '  id: "t1"',
        '  tags: "work trip, work-trip, été"',
    ]
    assert heads(replace(entry(), tags=("",))) == ['2026-03-14 * "Zoë" ""', '  id: "t1"']


def test_what_beancount_reads_as_the_end_of_a_text_is_escaped():
    odd = 'a "b" \\ c\nd'
    said = replace(entry(payee=odd, description=odd), postings=split().postings[:2])
    memo = replace(said, postings=(*said.postings, replace(said.postings[1], memo=odd)))
    quoted = '"a \\"b\\" \\\\ c d"'

    assert heads(said)[0] == f"2026-03-14 * {quoted} {quoted}"
    assert pieces(BEANS, memo).endswith(f"    memo: {quoted}\n")
    assert heads(entry(tags=('"',)))[2] == '  tags: "\\""'
    renamed = Beancount(chart(names={"giro": '"'}), MARKET, title=odd).head()
    assert renamed.startswith(f'option "title" {quoted}\n')
    assert '  name: "\\""\n' in renamed


@pytest.mark.parametrize(
    ("name", "tier"),
    [
        ("Giro", "Giro"),
        ("giro", "Giro"),
        ("my  giro (old)", "My-giro-old"),
        ("-a_b--c-", "A-b-c"),
        ("1st", "1st"),
        ("XaX", "XaX"),
        ("édf", "Édf"),
        ("ßa", "SSa"),
        ("口座", "X口座"),
        ("٣", "X٣"),
        ("²", "X²"),
        (":;*", "X"),
        ("a.b/c", "A-b-c"),
    ],
)
def test_a_tier_of_beancount_begins_with_a_capital_or_a_digit(name, tier):
    opened = Beancount(chart(names={"giro": name}), MARKET, title="").head()

    assert f"1900-01-01 open Assets:{tier} EUR\n" in opened
    assert f'  name: "{name}"\n' in opened


@pytest.mark.parametrize(
    ("name", "tier"),
    [
        ("Giro", "Giro"),
        ("my  giro\t x", "my giro x"),
        ("a:b;c", "a-b,c"),
        ('()[]{}"*!|', "-"),
        ('a(b)c[d]e{f}g"h*i!j|k', "a-b-c-d-e-f-g-h-i-j-k"),
        ("- a -", "a"),
        (" - ", "-"),
        ("XaX", "XaX"),
        ("口座", "口座"),
    ],
)
def test_a_tier_of_the_journal_holds_nothing_that_ends_it(name, tier):
    assert (
        f"account assets:{tier}\n    ; type: A\n"
        in Hledger(chart(names={"giro": name}), MARKET, title="").head()
    )


def test_nothing_in_the_journal_begins_a_comment_or_a_code():
    about = entry(payee="(a) | b; c", description="d\n| e;")

    assert heads(about, JOURNAL)[0] == "2026-03-14 * () (a) / b, c | d | e,"
    assert heads(entry(payee="a (b)"), JOURNAL)[0] == "2026-03-14 * a (b)"
    assert heads(entry(payee="", description="n"), JOURNAL)[0] == "2026-03-14 *  | n"
    assert Hledger(CHART, MARKET, title="a;\nb").head().startswith("; a, b\n\n")


def test_tags_of_the_journal_are_words_in_a_comment():
    assert heads(entry(tags=("a", "b c:d,e;f")), JOURNAL)[1] == "    ; id:t1, a:, b-c-d-e-f:"


@pytest.mark.parametrize(
    ("memo", "comment"),
    [
        ("for: Zoë", "for : Zoë"),
        ("date:soon", "date :soon"),
        ("a::b :c", "a : :b :c"),
        (" paid [3/4]; done", "paid (3/4), done"),
    ],
)
def test_no_memo_moves_a_posting_to_another_day(memo, comment):
    said = split()
    posting = replace(said.postings[1], memo=memo)

    assert pieces(JOURNAL, replace(said, postings=(posting,))).endswith(
        f"    expenses:Food:Bread  3.00 EUR  ; {comment}\n"
    )
