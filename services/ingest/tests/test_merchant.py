"""The name of a business on a receipt, without what is printed behind it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.reading.receipt.merchant import _letters, _without_registration


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("POPULAR BOOK CO (M) SDN BHD 113825-W", "POPULAR BOOK CO (M) SDN BHD"),
        ("ACE HARDWARE (JM0123456-A)", "ACE HARDWARE"),
        ("ACE HARDWARE SA 0012345-X", "ACE HARDWARE"),
        ("ACE HARDWARE CO. REG. NO: 12345-D", "ACE HARDWARE"),
        ("CAFE 1886", "CAFE"),
        # Short words and years belong to names, and `co` may be the end of a word.
        ("THE BAR 1884", "THE BAR"),
        ("CANTINA MEXICO 1810", "CANTINA MEXICO"),
        ("BAR 1884", "BAR"),
        ("H&M 1947", "H&M 1947"),
        ("MUELLER AG 12345", "MUELLER AG"),
    ],
)
def test_a_registration_number_is_cut_and_no_word_of_the_name(text: str, name: str) -> None:
    assert _without_registration(text) == name


@given(st.text(max_size=80))
def test_a_name_of_three_letters_is_never_cut_below_them(text: str) -> None:
    if _letters(text) >= 3:
        assert _letters(_without_registration(text)) >= 3
