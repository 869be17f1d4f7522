"""Brands and trade words: what a name says outright."""

import pytest
from ai_world import first, suggest

from ai import shipped
from ai.domain.lexicon import Evidence
from ai.domain.payee import normalise
from ai.domain.taxonomy import LEAVES


@pytest.mark.parametrize(
    ("text", "leaf"),
    [
        ("TESCO STORES 3297", "groceries"),
        ("TESCO PETROL 2231", "fuel"),
        ("TESCO MOBILE", "internet_phone"),
        ("UBER *TRIP HELP.UBER.COM", "transport"),
        ("UBER *EATS", "restaurants"),
        ("AMAZON PRIME VIDEO", "streaming"),
        ("AMAZON.DE 302-1", "shopping"),
        ("APPLE.COM/BILL", "subscriptions"),
        ("APPLE STORE R045", "electronics"),
    ],
)
def test_other_words_decide_what_a_brand_means(text: str, leaf: str) -> None:
    assert first(text) == leaf


@pytest.mark.parametrize(
    ("text", "leaf"),
    [
        ("Stadtapotheke Lindau", "pharmacy"),
        ("Landmetzgerei Huber", "groceries"),
        ("Boulangerie Dupont", "coffee"),
        ("Peluquería Ana", "personal_care"),
        ("Joe's Tyres & Exhausts", "vehicle"),
    ],
)
def test_trade_words_are_found_in_four_languages_and_in_compounds(text: str, leaf: str) -> None:
    assert first(text) == leaf


@pytest.mark.parametrize("text", ["TARGET 0001", "NEXT RETAIL LTD", "BOOTS 1823", "ORANGE SA"])
def test_common_words_of_our_list_are_names_when_they_lead(text: str) -> None:
    assert suggest(text)[0].confidence >= 0.9


@pytest.mark.parametrize("text", ["Royal", "Star Nails", "Royal Garden Restaurant"])
def test_a_common_word_is_no_brand_beside_others(text: str) -> None:
    assert first(text) in {"", "personal_care", "restaurants"} or text == "Royal"


def test_a_name_cut_by_the_bank_is_completed() -> None:
    text = "Kartenzahlung HAGEBAUMA"
    assert normalise(text).unfinished
    assert first(text) == "home_garden"


@pytest.mark.parametrize("text", ["Sabine Mueller", "Paul Becker", "J SMITH", "M KOWALSKI"])
def test_people_are_not_shops(text: str) -> None:
    assert suggest(text) == []


@pytest.mark.parametrize(
    ("text", "leaf"),
    [
        ("LOHN/GEHALT MAERZ ACME GMBH", "salary"),
        ("NETFLIX INC PAYROLL", "salary"),
        ("KINDERGELD FAMILIENKASSE", "benefits"),
        ("ZINSEN Q1", "interest"),
        ("MIETE WHG 2 SCHMIDT", "rental_income"),
        ("ERSTATTUNG", "refund"),
    ],
)
def test_money_in_is_income_by_words_of_income(text: str, leaf: str) -> None:
    assert first(text, inflow=True) == leaf


def test_money_in_from_a_shop_lessens_its_category_and_is_never_claimed_sure() -> None:
    (best, *_) = suggest("ZALANDO SE", inflow=True)
    assert best.category_id == "id-clothing"
    assert best.confidence <= 0.6


def test_the_same_word_means_another_thing_by_direction() -> None:
    assert first("MIETE WOHNUNG 3") == "housing_rent"
    assert first("MIETE WOHNUNG 3", inflow=True) == "rental_income"


def test_the_lists_name_only_leaves_of_the_taxonomy() -> None:
    entries = shipped.lexicon_entries()
    for table in (entries.services, entries.words, entries.phrases, entries.income_words):
        assert set(table.values()) <= LEAVES
    assert {leaf for leaves in entries.brands.values() for leaf in leaves} <= LEAVES
    assert len(entries.brands) > 20_000


def test_evidence_is_ordered_by_how_sure_it_is() -> None:
    assert Evidence.WHOLE_NAME.value > Evidence.LEADING_NAME.value > Evidence.ONE_WORD.value
    assert Evidence.INNER_NAME.value < Evidence.WORD_OVER_NAME.value
