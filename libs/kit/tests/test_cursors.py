"""A cursor comes back as it was given out, or is refused."""

import base64
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kit.cursors import InvalidCursor, read_cursor, write_cursor


def coded(value: object) -> str:
    return base64.urlsafe_b64encode(json.dumps(value).encode()).decode()


texts = st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]), min_size=1)


@given(texts, st.integers(0, 2**63 - 1))
def test_a_cursor_comes_back_as_it_was_given_out(text, number):
    cursor = write_cursor("list", text, number)
    assert read_cursor(cursor, "list", str, int) == (text, number)
    assert cursor.isascii()
    assert "=" not in cursor


def test_the_empty_text_asks_for_the_first_page():
    assert read_cursor("", "list", str) is None


@given(st.text(min_size=1))
def test_any_other_text_is_refused(text):
    with pytest.raises(InvalidCursor):
        read_cursor(text, "list", str)


@pytest.mark.parametrize(
    "text",
    [
        "x", "W", "!", "AAAA", "é",
        coded("list"), coded(0), coded({"list": "a"}), coded(["list"]), coded(["other", "a"]),
        coded(["list", 1]), coded(["list", True]), coded(["list", ""]), coded(["list", "a", "b"]),
        coded(["list", "\ud800"]), coded(["list", "a\0"]), coded([1, "a"]),
        "+/" + coded(["list", "a"])[2:], coded(["list", "a"]) + "!",
    ],
)  # fmt: skip
def test_what_is_no_cursor_of_the_list_is_refused(text):
    with pytest.raises(InvalidCursor) as refused:
        read_cursor(text, "list", str)
    assert [name for name, _ in refused.value.fields] == ["page.cursor"]


@pytest.mark.parametrize("number", [-1, 2**63, 10**400, 1.0, True, "1", None])
def test_a_number_is_a_place_that_can_be_stored(number):
    with pytest.raises(InvalidCursor):
        read_cursor(coded(["list", number]), "list", int)
