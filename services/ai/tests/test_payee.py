"""Payee names: what is left when the bank's and the till's additions are gone."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ai.domain.payee import MAX_PAYEE_LENGTH, normalise


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("SQ *BLUE BOTTLE #0412 OAKLAND CA", "blu bottle oakland ca"),
        ("TST* Joe's Pizza 12/03", "jos pizza"),
        ("SumUp  *Café Zürich", "cafe zurich"),
        ("PAYPAL *SPOTIFY 4029357733", "spotify"),
        ("PAYPAL *NETFLIX.COM", "netflix"),
        ("Zettle_*Kiosk am Ring", "kiosk am ring"),
        ("IZ *The Corner Shop", "the corner"),
        ("McDonald's 12345", "mcdonalds"),
        ("H & M 0123 SAGT DANKE", "hm"),
        ("LIDL DANKT   0391  K2   16.09. 17:10", "lidl"),
        ("POS   8,94 AT  K2   18.09. 16:48 Hornbach Baumarkt GmbH 2201", "hornbach baumarkt"),
        ("CLOUDFLARE 650-3198939, US 9.95 USD, 1 USD = 0.88241 EUR", "cloudflare"),
        ("Kartenzahlung REWE Markt 22.02.2024", "rewe markt"),
        ("CB CARREFOUR 12/02/24 PARIS", "carrefour paris"),
        ("PRLV SEPA EDF clients ref: 2234X", "edf clients"),
        ("DROPBOX*3X9K41", "dropbox"),
        ("E.ON Energie", "eon energie"),
        ("T-Mobile 8812", "tmobile"),
    ],
)
def test_the_name_remains(text: str, key: str) -> None:
    assert normalise(text).key == key


@pytest.mark.parametrize(
    "text",
    [
        "CARD PAYMENT 0412",
        "Überweisung",
        "UEBERWEISUNG",
        "CHQ 000123",
        "",
        "   ",
        "12.03.2024",
        "#",
    ],
)
def test_texts_that_name_nobody_have_no_key(text: str) -> None:
    assert normalise(text).is_nobody
    assert normalise(text).words == ()


@pytest.mark.parametrize(
    "spellings",
    [
        ("Müller", "MUELLER", "Muller"),
        ("Bäckerei Schäfer", "BAECKEREI SCHAEFER"),
        ("SQ *JOES PIZZA", "Joe's Pizza", "TST* JOE'S PIZZA 03/12", "JOES PIZZA #112"),
        ("H&M", "H & M", "h+m"),
    ],
)
def test_spellings_of_one_payee_are_one_payee(spellings: tuple[str, ...]) -> None:
    assert len({normalise(text).key for text in spellings}) == 1


def test_short_numbers_that_belong_to_a_name_stay_in_its_words() -> None:
    assert normalise("7-ELEVEN 32423").words == ("7", "eleven")
    assert normalise("24 Hour Fitness #112").words == ("24", "hour", "fitness")


def test_a_name_that_the_bank_has_cut_is_marked() -> None:
    assert normalise("HAGEBAUMARKT WOLFSBU").unfinished
    assert not normalise("HAGEBAUMARKT").unfinished


def test_control_and_bidirectional_characters_vanish() -> None:
    assert normalise("net\u202eflix\u200b\x00").key == normalise("netflix ").key


@given(st.text(max_size=200))
def test_any_text_is_read_without_error_and_case_says_nothing(text: str) -> None:
    payee = normalise(text)
    assert payee.is_nobody == (payee.words == ())
    assert all(word.isprintable() for word in payee.words)


@given(st.sampled_from(["rewe", "shell", "netflix", "cafe central"]), st.integers(100, 10**9))
def test_references_and_store_numbers_say_nothing(name: str, number: int) -> None:
    assert normalise(f"{name.upper()} #{number}").key == normalise(name).key


def test_a_name_of_ten_kilobytes_is_read_up_to_its_limit() -> None:
    assert len(" ".join(normalise("shop " * 2_000).words)) <= MAX_PAYEE_LENGTH
