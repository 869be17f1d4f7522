"""Payee names: what is left when the bank's and the till's additions are gone."""

import pytest
from ai_world import lexicon
from hypothesis import given
from hypothesis import strategies as st

from ai import shipped
from ai.domain import payee_patterns as patterns
from ai.domain.payee import MAX_PAYEE_LENGTH, name_words, normalise, plain


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
        "12 MAR 2024 10:15",
        "22FEB",
        "EUR 12,00",
        "Rechnung: 2024-118",
        "XK99281",
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


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("123 Trading 4U", "trading 4u"),
        ("HOTEL24 PLUS", "hotel plus"),
        ("IBIS4521 PLUS", "ibis plus"),
        ("HOTEL123", "hotel"),
        ("REWE1234 BERLIN", "rewe berlin"),
        ("B&B HOTEL123 KOLN", "bb hotel koln"),
        ("Co-op", "co op"),
        ("CO-OP FOOD 1234", "co op food"),
        ("Sa Sa", "sa sa"),
        ("SPA", "spa"),
        ("Day Spa", "day spa"),
        ("The Co", "the co"),
        ("US Mobile", "us mobile"),
        ("Shop Apotheke", "shop apotheke"),
        ("BIG W 0412", "big w"),
        ("O2", "o2"),
        ("7 Mares", "mares"),
        ("2 Octopus", "octopus"),
        ("24 Marathon", "marathon"),
        ("PAYPAL *", "paypal"),
        ("TRACE #0412", "trace"),
    ],
)
def test_a_name_that_looks_like_an_addition_stays(text: str, key: str) -> None:
    assert lexicon().payee(text).key == key


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("ENEL ENERGIA SPA", "enel energia"),
        ("ZALANDO SE", "zalando"),
        ("ORANGE SA", "orange"),
        ("Visa Direct", ""),
        ("POS TEN THOUSAND VILLAGES", "ten thousand villages"),
        ("12 MAR REWE MXKQ8812", "rewe"),
    ],
)
def test_additions_are_still_cut_beside_known_names(text: str, key: str) -> None:
    assert lexicon().payee(text).key == key


@pytest.mark.parametrize("text", ["{}", "POS {}", "{} 12.03.2024"])
def test_every_name_of_the_lists_is_found_whole(text: str) -> None:
    reader = lexicon()
    names = [" ".join(words) for words in shipped.brand_index().senses if len(words) <= 5]
    # A name with the letters of an umlaut is in its one spelling already, and would change again.
    stable = [name for name in names if name_words(name) == tuple(name.split())]
    assert len(stable) > 20_000
    cut = [name for name in stable if " ".join(reader.payee(text.format(name)).words) != name]
    assert cut == []


@given(st.text(max_size=200))
def test_a_text_with_a_word_that_may_be_a_name_is_never_emptied(text: str) -> None:
    line = " ".join(plain(text).split())
    words = {patterns.one_spelling(w) for w in patterns.WORD.findall(line)}
    ours = patterns.HOW_PAID_WORDS | patterns.LABELS
    naming = {
        w for w in words - ours if len(w) > 2 and w.isalpha() and not patterns.MONTH.fullmatch(w)
    }
    if naming:
        assert not normalise(text).is_nobody
        assert not lexicon().payee(text).is_nobody


FORMS_AND_LABELS = "co spa sa ag the shop st us de pos cb sepa card to ref: trace: no."
NUMBERS_AND_SIGNS = "7 24 0412 4u #12 12.03. 22feb xx x * & - ' e.on h&m a@b.de www.shop.de"
PIECES = st.one_of(
    st.sampled_from(FORMS_AND_LABELS.split()),
    st.sampled_from(NUMBERS_AND_SIGNS.split()),
    st.sampled_from(["rewe", "hotel", "hotel24", "mares", "müller", "ü", "日本", "5 eur", "sq *"]),
)


@given(st.lists(PIECES, max_size=6), st.sampled_from([" ", "", "-", "  "]))
def test_additions_in_any_order_empty_no_name(pieces: list[str], separator: str) -> None:
    payee = lexicon().payee(separator.join(pieces))
    assert payee.is_nobody == (payee.words == ())
    assert all(payee.words)
    if separator == " " and {"rewe", "mares", "müller"} & set(pieces):
        assert not payee.is_nobody


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
