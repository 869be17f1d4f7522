"""OFX: statements of accounts and of cards, to the letter."""

import xml.etree.ElementTree as ET
from dataclasses import replace

import pytest
from export_ground import CARD, DOLLARS, GIRO, SAVINGS, entry, exchange, transfer
from posting_ground import coffee, eur, usd

from ledger.domain.account import Account, AccountType
from ledger.domain.entry import Entry, Posting
from ledger.domain.export import Ofx, Statement
from ledger.domain.export.ofx import is_card, seen_from

OFX = Ofx(at="20260314090000", language="ENG")
STATUS = "<STATUS><CODE>0</CODE><SEVERITY>INFO</SEVERITY></STATUS>"


def statement(account: Account) -> Statement:
    return Statement(account, eur(-1234), "2026-01-02", "2026-03-31")


def told(of: Entry, account: Account = GIRO) -> dict[str, str]:
    """The transaction as the account sees it, field by field."""
    tree = ET.fromstring("".join(OFX.entry(of, account)))
    assert tree.tag == "STMTTRN"
    return {field.tag: field.text or "" for field in tree}


def test_the_frame_of_the_file():
    assert Ofx(at="20260314090000", language="ENG").head() == (
        '<?xml version="1.0" encoding="UTF-8" standalone="no"?>\n'
        '<?OFX OFXHEADER="200" VERSION="220" SECURITY="NONE" OLDFILEUID="NONE" '
        'NEWFILEUID="NONE"?>\n'
        "<OFX>\n"
        f"<SIGNONMSGSRSV1><SONRS>{STATUS}<DTSERVER>20260314090000</DTSERVER>"
        "<LANGUAGE>ENG</LANGUAGE></SONRS></SIGNONMSGSRSV1>\n"
    )
    assert OFX.end() == "</OFX>\n"
    assert OFX.section(cards=False) == ("<BANKMSGSRSV1>\n", "</BANKMSGSRSV1>\n")
    assert OFX.section(cards=True) == ("<CREDITCARDMSGSRSV1>\n", "</CREDITCARDMSGSRSV1>\n")
    assert (OFX.media_type, OFX.suffix) == ("application/x-ofx; charset=utf-8", "ofx")


@pytest.mark.parametrize(
    ("account", "short", "who"),
    [
        (
            replace(GIRO, institution="Sparkasse Köln"),
            "",
            (
                "<BANKACCTFROM><BANKID>Sparkasse</BANKID><ACCTID>giro</ACCTID>"
                "<ACCTTYPE>CHECKING</ACCTTYPE></BANKACCTFROM>"
            ),
        ),
        (
            replace(GIRO, institution="A&B"),
            "",
            (
                "<BANKACCTFROM><BANKID>A&amp;B</BANKID><ACCTID>giro</ACCTID>"
                "<ACCTTYPE>CHECKING</ACCTTYPE></BANKACCTFROM>"
            ),
        ),
        (
            replace(SAVINGS, type=AccountType.SAVINGS),
            "",
            (
                "<BANKACCTFROM><BANKID>-</BANKID><ACCTID>savings</ACCTID>"
                "<ACCTTYPE>SAVINGS</ACCTTYPE></BANKACCTFROM>"
            ),
        ),
        (
            replace(GIRO, type=AccountType.LOAN),
            "",
            (
                "<BANKACCTFROM><BANKID>-</BANKID><ACCTID>giro</ACCTID>"
                "<ACCTTYPE>CREDITLINE</ACCTTYPE></BANKACCTFROM>"
            ),
        ),
        (CARD, "CC", "<CCACCTFROM><ACCTID>card</ACCTID></CCACCTFROM>"),
    ],
    ids=["bank", "escaped", "savings", "loan", "card"],
)
def test_a_statement_says_whose_it_is_its_days_and_what_is_held(account, short, who):
    begun = OFX.begin(statement(account))
    finished = OFX.finish(statement(account))

    assert begun == (
        f"<{short}STMTTRNRS><TRNUID>0</TRNUID>{STATUS}<{short}STMTRS>"
        f"<CURDEF>EUR</CURDEF>{who}\n"
        "<BANKTRANLIST><DTSTART>20260102</DTSTART><DTEND>20260331</DTEND>\n"
    )
    assert finished == (
        "</BANKTRANLIST><LEDGERBAL><BALAMT>-12.34</BALAMT><DTASOF>20260331</DTASOF></LEDGERBAL>"
        f"</{short}STMTRS></{short}STMTTRNRS>\n"
    )
    ET.fromstring(begun + finished)


def test_an_account_is_known_by_the_last_22_characters_of_its_id():
    id_ = "01935f3e-8a5b-7c31-9d2e-0123456789ab"

    for account in (replace(GIRO, id=id_), replace(CARD, id=id_)):
        assert "<ACCTID>5b7c319d2e0123456789ab</ACCTID>" in OFX.begin(statement(account))


def test_only_a_credit_card_is_told_of_as_one():
    for type_ in AccountType:
        assert is_card(replace(GIRO, type=type_)) is (type_ is AccountType.CREDIT_CARD)


def test_a_transaction_to_the_letter():
    assert written(entry(payee="Zoë & Co", description="black")) == (
        "<STMTTRN><TRNTYPE>DEBIT</TRNTYPE><DTPOSTED>20260314</DTPOSTED><TRNAMT>-3.50</TRNAMT>"
        "<FITID>t1</FITID><NAME>Zoë &amp; Co</NAME><MEMO>black</MEMO></STMTTRN>\n"
    )
    assert written(entry(coffee(1, payee=""))) == (
        "<STMTTRN><TRNTYPE>CREDIT</TRNTYPE><DTPOSTED>20260314</DTPOSTED><TRNAMT>0.01</TRNAMT>"
        "<FITID>t1</FITID></STMTTRN>\n"
    )


def written(of: Entry) -> str:
    return "".join(OFX.entry(of, GIRO))


def test_a_transfer_is_seen_from_either_side():
    assert told(transfer())["TRNTYPE"] == "XFER"
    assert (told(transfer())["TRNAMT"], told(transfer(), SAVINGS)["TRNAMT"]) == ("-3.50", "3.50")
    assert (told(exchange())["TRNAMT"], told(exchange(), DOLLARS)["TRNAMT"]) == ("-3.50", "3.80")


def test_what_an_entry_did_to_one_of_its_accounts():
    assert seen_from(exchange(), "dollars") == usd(380)
    parts = Posting("giro", eur(-5)), Posting("food", eur(3)), Posting("giro", eur(2))
    twice = replace(entry(), postings=parts)
    assert seen_from(twice, "giro") == eur(-3)
    assert told(replace(twice, postings=(Posting("giro", eur(0)),)))["TRNTYPE"] == "CREDIT"


@pytest.mark.parametrize(
    ("payee", "description", "name", "memo"),
    [
        ("p" * 32, "", "p" * 32, None),
        ("p" * 32 + "q", "", "p" * 32, "q"),
        ("p" * 32 + "q", "d", "p" * 32, "q · d"),
        ("", "d" * 255, None, "d" * 255),
        ("", "d" * 256, None, "d" * 255),
        ("<>", "a<b>&c", "<>", "a<b>&c"),
        # XML has no way to say these.
        ("a\x01b", "c\x0bd\ufffe", "a b", "c d "),
        ("a\tb\U0001f600", "\x7f\ue000\ufffd", "a\tb\U0001f600", "\x7f\ue000\ufffd"),
    ],
)
def test_what_a_name_has_no_room_for_stands_in_the_memo(payee, description, name, memo):
    fields = told(replace(entry(), payee=payee, description=description))

    assert (fields.get("NAME"), fields.get("MEMO")) == (name, memo)
    assert told(entry()).get("NAME") == "Zoë"
