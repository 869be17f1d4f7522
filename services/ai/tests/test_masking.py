"""Numbers and addresses in texts that leave for a model outside."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ai.domain.masking import MAX_SENT_LENGTH, masked


@pytest.mark.parametrize(
    ("text", "gone"),
    [
        ("REWE DE89 3704 0044 0532 0130 00 Berlin", ["3704", "0532"]),
        ("Miete GB29NWBK60161331926819", ["60161331926819", "NWBK6016"]),
        ("AMAZON 4111 1111 1111 1111", ["4111 1111", "1111"]),
        ("SHOP xxxx-xxxx-1234567", ["1234567"]),
        ("Invoice to jane.doe+bank@example.org", ["jane", "example.org"]),
        ("Shop +49 170 1234567", ["170", "1234567"]),
    ],
)
def test_numbers_and_addresses_that_identify_are_masked(text: str, gone: list[str]) -> None:
    for piece in gone:
        assert piece not in masked(text)


@pytest.mark.parametrize("text", ["7-ELEVEN", "Motel 6 Denver", "Café Zürich", "H&M"])
def test_names_of_shops_stay_readable(text: str) -> None:
    assert masked(text) == text


@given(st.text(max_size=600))
def test_what_leaves_is_short_and_has_no_control_characters(text: str) -> None:
    sent = masked(text)
    assert len(sent) <= MAX_SENT_LENGTH
    assert sent.isprintable()


@given(st.integers(10**5, 10**18))
def test_no_long_number_leaves(number: int) -> None:
    assert str(number) not in masked(f"Shop {number} Berlin")
