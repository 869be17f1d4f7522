"""Which payee texts may leave for a model outside: businesses only."""

from functools import cache

import pytest
from hypothesis import given, settings
from transfers import TRANSFERS, persons, transfers

from ai import shipped
from ai.domain.privacy import Privacy


@cache
def privacy() -> Privacy:
    return shipped.privacy()


@settings(max_examples=3_000, deadline=None)
@given(transfers())
def test_no_transfer_with_a_person_in_it_leaves(transfer):
    assert not privacy().may_leave(transfer.text)


@settings(max_examples=1_000, deadline=None)
@given(persons())
def test_no_person_alone_leaves(person):
    assert not privacy().may_leave(person)


def test_the_corpus_has_many_languages():
    assert len(TRANSFERS) > 60


@pytest.mark.parametrize(
    "text",
    [
        "Sabine Müller",
        "MUELLER SABINE",
        "muller s.",
        "Herr Zhang",
        "Überweisung an Kfz-Meier",
        "Überweisung an Meier Handels GmbH",
        "Bizum a Lola",
        "ZELLE TO JOHN",
        "Virement Mme Dupont",
        "transfer to Xiaoming Zhang",
        "Xiaoming Zhang",
        "Иван Петров",
        "張偉",
        "jane.doe@example.org Ltd",
        "Kartenzahlung Sabine Müller",
        "Kartenzahlung J. R. Zhang",
        "Kartenzahlung J.R. Zhang",
        "",
        "@",
    ],
)
def test_private_persons_and_transfers_never_leave(text):
    assert not privacy().may_leave(text)


@pytest.mark.parametrize(
    "text",
    [
        "QUUXATRON LTD",
        "Zorblatt Manufaktur",
        "TRIMET TICKETS",
        "SQ *QUUXATRON",
        "Kartenzahlung Quuxatron 12.03.",
        "POS QUUXATRON 0412",
        "QUUXATRON.COM 0800",
        "Quuxatron S.à r.l.",
        "Zorblattapotheke Köln",
        "H&Q Supplies",
    ],
)
def test_businesses_may_leave(text):
    assert privacy().may_leave(text)


@pytest.mark.parametrize(
    ("name", "own", "shown"),
    [
        ("Taschengeld Sabine", True, "Taschengeld [name]"),
        ("Rent for Mrs. Zhang", True, "Rent for Mrs. [name]"),
        ("Horticultur things", True, "Horticultur things"),
        ("Groceries", False, "Groceries"),
    ],
)
def test_names_of_persons_are_masked_in_categories(name, own, shown):
    assert privacy().category(name, own=own) == shown
