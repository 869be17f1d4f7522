"""A file's lines alone: what is refused of a request, which references count, which days are shown;
and what the book holds, as matching sees it."""

from dataclasses import replace

import pytest
from import_ground import DAY, holding, line
from posting_ground import OWNER, account, eur, usd

from ledger.domain.account import Account
from ledger.domain.entry import Origin
from ledger.domain.errors import InvalidFields
from ledger.domain.fingerprint import fingerprint
from ledger.domain.importing.lines import (
    Coverage,
    Source,
    check_lines,
    coverage_of,
    positions,
    with_reference,
    with_trusted_references,
)
from ledger.domain.importing.planning import Refusal
from ledger.domain.importing.refusals import (
    AlreadyBooked,
    LineNotStored,
    is_sound,
    refusals,
)
from ledger.domain.transaction import Split

A_DATE = "a date YYYY-MM-DD from 1900 to 2200"
ACCOUNTS: dict[str, Account] = {
    "giro": account("giro"),
    "savings": account("savings"),
    "shut": replace(account("shut"), closed=True),
    "dollars": account("dollars", "USD", owner=OWNER),
}


@pytest.mark.parametrize(
    ("source", "problems"),
    [
        (Source(), []),
        (Source("d" * 99, "f" * 255, DAY, DAY), []),
        (Source(file_name="f" * 256), [("source.file_name", "at most 255 characters")]),
        (
            Source(from_date="soon", to_date="then"),
            [("source.from_date", A_DATE), ("source.to_date", A_DATE)],
        ),
        (Source(from_date=DAY), [("source.to_date", "both ends of the span, or neither")]),
        (Source(to_date=DAY), [("source.to_date", "both ends of the span, or neither")]),
        (
            Source(from_date="2026-03-15", to_date=DAY),
            [("source.to_date", "must not be before the first day")],
        ),
    ],
)
def test_what_a_file_may_say_of_itself(source, problems):
    assert refused_of(source, [line()]) == problems


def refused_of(source: Source, lines) -> list[tuple[str, str]]:
    try:
        check_lines(source, lines)
    except InvalidFields as refused:
        return list(refused.fields)
    return []


@pytest.mark.parametrize(
    ("lines", "problems"),
    [
        ([], [("lines", "at least one")]),
        ([line()] * 20_000, []),
        ([line()] * 20_001, [("lines", "at most 20000")]),
        ([line(row=0, unreadable="u" * 500)], []),
        (
            [line(), line(row=-1, unreadable="u" * 501), line(row=-2)],
            [
                ("lines[1].unreadable", "at most 500 characters"),
                ("lines[1].row", "must not be negative"),
                ("lines[2].row", "must not be negative"),
            ],
        ),
        # Of too many, those beyond the limit aren't looked at.
        ([line()] * 20_000 + [line(row=-1)], [("lines", "at most 20000")]),
    ],
)
def test_what_lines_a_request_may_hold(lines, problems):
    assert refused_of(Source(), lines) == problems


@pytest.mark.parametrize(
    ("day", "covered"),
    [("2026-03-01", True), ("2026-03-31", True), ("2026-02-28", False), ("2026-04-01", False)],
)
def test_a_file_covers_its_first_and_its_last_day(day, covered):
    assert Source(from_date="2026-03-01", to_date="2026-03-31").covers(day) is covered
    assert not Source().covers(day)
    assert not Source(to_date="2026-03-31").covers(day)


def test_a_line_looks_like_what_the_bank_wrote_whatever_rules_made_of_it():
    looks = fingerprint("giro", DAY, -350, "EUR", "Zoë")

    assert line().fingerprint == line("Café Zoë", said="Zoë").fingerprint == looks
    assert (line("Café", said="Zoë").payee, line("Café").payee) == ("Zoë", "Café")
    others = [
        line("Ben"), line(minor_units=-351), line(account="savings"), line(date="2026-03-15"),
        line(amount=usd(-350)),
    ]  # fmt: skip
    assert looks not in {other.fingerprint for other in others}


@pytest.mark.parametrize(
    ("written", "reference"),
    [("A1", "A1"), (" A1 ", "A1"), ("NonRef", ""), (" - ", ""), ("n/a", ""), ("none", ""),
     ("0", ""), ("NOTPROVIDED", ""), ("00", "00")],
)  # fmt: skip
def test_a_reference_is_without_blanks_and_none_where_banks_say_so(written, reference):
    assert line(reference=written).reference == reference


def test_a_reference_is_put_in_and_taken_out_and_nothing_else_changes():
    origin = Origin("doc", "draft", "A", "import")
    one = line(origin=origin, tags=("x",))

    assert one.without_reference() == line(origin=replace(origin, bank_reference=""), tags=("x",))
    assert with_reference(one.input, "B") == replace(
        one.input, origin=replace(origin, bank_reference="B")
    )


def test_a_reference_counts_where_all_lines_that_have_it_look_the_same():
    lines = [
        line(reference="A"),
        line("Ben", reference="B"),
        line("Rent", reference="B"),
        line(reference="NONREF"),
        line(reference="A"),
        line(account="savings", reference="B"),
    ]
    trusted = with_trusted_references(lines)

    assert [each.reference for each in trusted] == ["A", "", "", "", "A", "B"]
    assert [each.payee for each in trusted] == ["Zoë", "Ben", "Rent", "Zoë", "Zoë", "Zoë"]
    assert trusted[3].input.origin.bank_reference == ""


def test_the_days_of_a_file_are_told_by_account_in_their_order():
    lines = [
        line(account="savings", date="2026-03-05"),
        line(date="2026-03-20"),
        line(date="2026-03-02"),
        line(date="1999-01-01", unreadable="?"),
        line(account="", date="1999-01-01"),
    ]

    def told(source: Source) -> list[tuple[str, str, str, int]]:
        found = coverage_of(source, lines)
        return [(c.account_id, c.from_date, c.to_date, c.lines) for c in found]

    assert told(Source()) == [
        ("giro", "2026-03-02", "2026-03-20", 2), ("savings", "2026-03-05", "2026-03-05", 1),
    ]  # fmt: skip
    assert told(Source(from_date="2026-03-04", to_date="2026-03-10")) == [
        ("giro", "2026-03-02", "2026-03-20", 2), ("savings", "2026-03-04", "2026-03-10", 1),
    ]  # fmt: skip
    assert Coverage("giro", DAY, DAY).lines == 0


def test_places_are_counted_from_one():
    assert positions([line("a"), line("b")]) == {1: line("a"), 2: line("b")}


def test_a_holding_is_seen_from_either_side_of_a_transfer():
    across = holding(to_account_id="dollars", to_amount=usd(380))

    assert (across.seen_from("giro"), across.seen_from("dollars")) == (eur(-350), usd(380))
    assert holding(to_account_id="savings").seen_from("savings") == eur(350)
    assert holding(to_account_id="savings").seen_from("giro") == eur(-350)


def test_a_holding_looks_like_the_line_that_it_would_be():
    assert holding().fingerprint == line().fingerprint
    others = [line("Ben"), line(minor_units=1), line(date="2026-03-15"), line(account="savings")]
    assert holding().fingerprint not in {other.fingerprint for other in others}


@pytest.mark.parametrize(
    ("more", "has_receipt"),
    [
        ({}, False),
        ({"document_id": "d"}, True),
        ({"document_id": "d", "from_bank": True}, False),
        ({"has_documents": True, "from_bank": True}, True),
        ({"from_bank": True}, False),
    ],
)
def test_a_banks_statement_is_no_receipt(more, has_receipt):
    assert holding(**more).has_receipt is has_receipt


CLOSED = "the account 'Shut' is closed and takes no more postings"
NO_ACCOUNT, NO_CATEGORY = "there is no such account", "there is no such category"


@pytest.mark.parametrize(
    ("bad", "name", "message"),
    [
        (line(unreadable="no amount", account="?"), "LineUnreadable", "no amount"),
        # The account comes before all else.
        (line(account="bens", minor_units=0), "AccountNotFound", NO_ACCOUNT),
        (line(account="shut", minor_units=0), "AccountClosed", CLOSED),
        (line(minor_units=0), "InvalidFields", "transaction.amount: must not be zero"),
        (line(account="dollars"), "AccountCurrencyMismatch",
         "the account is kept in USD, not in EUR"),
        (line(to_account_id="bens"), "AccountNotFound", NO_ACCOUNT),
        (line(to_account_id="shut"), "AccountClosed", CLOSED),
        (line(category_id="x"), "CategoryNotFound", NO_CATEGORY),
        (line(splits=(Split("food", eur(-150)), Split("x", eur(-200)))), "CategoryNotFound",
         NO_CATEGORY),
        (line(splits=(Split("food", eur(-150)),)), "UnbalancedEntry",
         "the splits add up to -1.50 EUR, not to -3.50 EUR"),
    ],
)  # fmt: skip
def test_why_a_line_is_refused(bad, name, message):
    fine = line(category_id="food")
    lines = {4: fine, 7: bad, 8: fine, 9: bad}
    found = refusals(lines, accounts=ACCOUNTS, categories={"food"})

    assert found == {7: Refusal(name, message), 9: Refusal(name, message)}


@pytest.mark.parametrize(
    "fine",
    [
        line(),
        line(account="dollars", amount=usd(1)),
        line(to_account_id="savings"),
        # Blanks are taken away before the payee is measured, and repeated tags before they are
        # counted.
        line(" " * 200 + "Zoë", tags=("x",) * 21),
        line(splits=(Split("food", eur(-150)), Split("", eur(-200)))),
    ],
)
def test_what_a_posting_would_take_is_not_refused(fine):
    assert refusals({1: fine}, accounts=ACCOUNTS, categories={"food"}) == {}
    assert is_sound(fine)


def test_a_line_is_sound_that_some_book_could_take():
    assert is_sound(line(account="nobodys", category_id="x"))
    assert not is_sound(line(unreadable="?"))
    assert not is_sound(line(minor_units=0))


def test_what_became_of_a_line_that_was_not_booked_is_told_in_these_words():
    booked = AlreadyBooked("t1")

    assert str(booked) == "it is already in the account"
    assert (booked.transaction_id, booked.metadata) == ("t1", {"transaction_id": "t1"})
    assert str(LineNotStored()) == "it could not be stored; nothing else of the file was held up"
    assert Refusal.of(booked) == Refusal("AlreadyBooked", "it is already in the account")
