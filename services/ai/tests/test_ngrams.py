"""The fitted n-gram model, as shipped."""

from ai import shipped
from ai.domain.ngrams import NOBODY
from ai.domain.payee import normalise
from ai.domain.taxonomy import EXPENSE_LEAVES


def test_names_of_no_list_are_read_by_their_letters() -> None:
    model = shipped.ngrams()
    for text, leaf in [
        ("Zahnmedizinisches Versorgungszentrum Ost", "health"),
        ("Pizzaexpressissimo", "restaurants"),
        ("Boulang'Rit", "coffee"),
    ]:
        assert leaf in [finding.leaf for finding in model.read(normalise(text))]


def test_it_claims_probabilities_of_spending_leaves_only() -> None:
    model = shipped.ngrams()
    for text in ("Quuxatron", "Farmacia", "ACME Tools", "x", "日本"):
        found = model.read(normalise(text))
        assert all(0 <= finding.confidence <= 0.95 for finding in found)
        assert {finding.leaf for finding in found} <= EXPENSE_LEAVES - {NOBODY}


def test_people_and_nobody_have_no_trade() -> None:
    model = shipped.ngrams()
    assert model.read(normalise("Katarzyna Nowak")) == []
    assert model.read(normalise("CHQ 0012")) == []
