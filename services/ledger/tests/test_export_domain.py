"""What things are called in a book that is taken away, and the table for spreadsheets."""

import csv
from dataclasses import replace

import pytest
from export_ground import (
    ACCOUNTS,
    CHART,
    chart,
    entry,
    exchange,
    opening,
    pieces,
    split,
    transfer,
)
from posting_ground import BOOK, account, category, coffee, eur

from kit.money import Money
from kit.spreadsheet import read_list
from ledger.domain.account import AccountType
from ledger.domain.entry import Origin, Posting, Status
from ledger.domain.export import Chart, CsvTable


def plain(tier: str) -> str:
    return tier


@pytest.mark.parametrize(
    ("type_", "root"),
    [
        (AccountType.CHECKING, "Assets"),
        (AccountType.SAVINGS, "Assets"),
        (AccountType.CASH, "Assets"),
        (AccountType.INVESTMENT, "Assets"),
        (AccountType.OTHER_ASSET, "Assets"),
        (AccountType.CREDIT_CARD, "Liabilities"),
        (AccountType.LOAN, "Liabilities"),
        (AccountType.OTHER_LIABILITY, "Liabilities"),
    ],
)
def test_what_is_had_and_what_is_owed_have_roots_of_their_own(type_, root):
    known = Chart.of(BOOK, [replace(account("a"), type=type_)], [])

    assert known.path("a") == (root, "A")


def test_the_path_of_whatever_a_posting_goes_to():
    assert CHART.path("food") == ("Expenses", "Food")
    assert CHART.path("bread") == ("Expenses", "Food", "Bread")
    assert CHART.path("pay") == ("Income", "Pay")
    assert CHART.path("equity") == ("Equity", "Opening-Balances")
    assert CHART.path("trading") == ("Equity", "Conversions")
    assert CHART.path("gone") == ("Expenses",)


def test_names_as_the_person_calls_them():
    assert CHART.account_name("giro") == "Giro"
    assert CHART.account_name("food") == CHART.account_name("") == ""
    assert CHART.category_path("bread") == ("Food", "Bread")
    assert CHART.category_path("giro") == CHART.category_path("") == ()


def test_a_tree_of_four_levels_is_told_whole_and_a_ring_or_a_gap_ends_it():
    levels = [category(id_, parent_id=up) for id_, up in zip("abcd", " abc", strict=True)]

    assert Chart.of(BOOK, [], levels).category_path("d") == ("A", "B", "C", "D")
    ring = [category("a", parent_id="b"), category("b", parent_id="a")]
    assert Chart.of(BOOK, [], ring).category_path("a") == ("B", "A")
    assert Chart.of(BOOK, [], [category("a", parent_id="a")]).category_path("a") == ("A",)


def test_everything_that_a_posting_can_go_to_has_a_label():
    assert CHART.posted_to() == (
        *("giro", "savings", "dollars", "card", "food", "bread", "pay", "equity", "trading"),
    )
    assert CHART.labels(str.upper, root=str.lower) == {
        "giro": "assets:GIRO",
        "savings": "assets:SAVINGS",
        "dollars": "assets:DOLLARS",
        "card": "liabilities:CARD",
        "food": "expenses:FOOD",
        "bread": "expenses:FOOD:BREAD",
        "pay": "income:PAY",
        "equity": "equity:OPENING-BALANCES",
        "trading": "equity:CONVERSIONS",
    }


def test_of_labels_that_come_out_alike_the_later_get_a_number():
    names = {"giro": "A", "savings": "A", "dollars": "A", "card": "A", "food": "A-2"}
    labels = chart(names=names).labels(plain, root=plain)

    assert [labels[known.id] for known in ACCOUNTS] == [
        "Assets:A", "Assets:A-2", "Assets:A-3", "Liabilities:A",
    ]  # fmt: skip
    taken = chart(names={"giro": "A", "savings": "A-2", "dollars": "A"})
    assert taken.labels(plain, root=plain)["dollars"] == "Assets:A-3"


HEAD = (
    "date,account,type,status,payee,category,amount,currency,transfer_account,transfer_amount,"
    "transfer_currency,note,tags,memo,transaction_id,split,bank_reference,refund_of,document_ids\r\n"
)
TABLE = CsvTable(CHART)
OPENED = "2026-03-14,Giro,opening_balance,cleared,Opening balance,,5.00,EUR,,,,,,,t1,,,,\r\n"


def test_a_table_begins_with_its_columns_and_ends_with_its_last_row():
    assert (TABLE.head(), TABLE.end()) == (HEAD, "")
    assert (TABLE.media_type, TABLE.suffix) == ("text/csv; charset=utf-8", "csv")


@pytest.mark.parametrize(
    ("of", "rows"),
    [
        (entry(), "2026-03-14,Giro,standard,cleared,Zoë,Food,-3.50,EUR,,,,,,,t1,,,,\r\n"),
        (
            entry(coffee(5, category_id="pay", status=Status.PENDING)),
            "2026-03-14,Giro,standard,pending,Zoë,Pay,0.05,EUR,,,,,,,t1,,,,\r\n",
        ),
        (
            split(),
            (
                "2026-03-14,Giro,standard,cleared,Zoë,Food:Bread,-3.00,EUR,,,,,,rye,t1,1,,,\r\n"
                "2026-03-14,Giro,standard,cleared,Zoë,,-0.50,EUR,,,,,,,t1,2,,,\r\n"
            ),
        ),
        (
            transfer(),
            "2026-03-14,Giro,transfer,cleared,,,-3.50,EUR,Savings,3.50,EUR,,,,t1,,,,\r\n",
        ),
        (
            exchange(),
            "2026-03-14,Giro,transfer,cleared,,,-3.50,EUR,Dollars,3.80,USD,,,,t1,,,,\r\n",
        ),
        (opening(500), OPENED),
    ],
)
def test_a_row_a_transaction_or_a_row_a_split(of, rows):
    assert pieces(TABLE, of) == rows


def test_all_that_is_known_of_a_transaction_stands_in_its_row():
    said = entry(
        description="black, no sugar",
        tags=("a", "b c"),
        origin=Origin(bank_reference="ref"),
        document_ids=("d1", "d2"),
    )
    (row,) = csv.reader([pieces(TABLE, replace(said, refund_of="t0"))])

    assert dict(zip(HEAD.strip().split(","), row, strict=True)) == {
        "date": "2026-03-14", "account": "Giro", "type": "standard", "status": "cleared",
        "payee": "Zoë", "category": "Food", "amount": "-3.50", "currency": "EUR",
        "transfer_account": "", "transfer_amount": "", "transfer_currency": "",
        "note": "black, no sugar", "tags": "a, b c", "memo": "", "transaction_id": "t1",
        "split": "", "bank_reference": "ref", "refund_of": "t0", "document_ids": "d1 d2",
    }  # fmt: skip


@pytest.mark.parametrize("sign", ["=", "+", "-", "@", "\t", "\r"])
def test_no_words_of_a_person_are_a_formula(sign):
    text = f"{sign}SUM(A1)"
    table = CsvTable(chart(names={"giro": text, "savings": text, "food": text}))
    said = replace(
        entry(),
        payee=text,
        description=text,
        tags=(text, "b"),
        origin=Origin(bank_reference=text),
        postings=(Posting("giro", eur(-1)), Posting("food", eur(1), is_category=True, memo=text)),
    )
    rows = [list(csv.reader([pieces(table, each)])) for each in (said, transfer())]
    cells = [cell for ((*row,),) in rows for cell in row]

    assert cells.count(f"'{text}") == 8
    assert sum(read_list(cell) == [text, "b"] for cell in cells) == 1
    assert [cell for cell in cells if cell.startswith(sign) and cell[1:2].isalpha()] == []


def test_amounts_have_the_decimals_of_their_currency():
    yen = replace(entry(), amount=Money(-350, "JPY"))
    bare = replace(yen, postings=())

    assert ",-350,JPY," in pieces(TABLE, bare)
