"""Texts in cells: read as they were written, and never a formula."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kit.spreadsheet import read_cell, read_list, written_cell, written_list

FORMULA = tuple("=+-@\t\r\n＝＋－＠")
# Mostly what is easy to get wrong.
texts = st.text(st.sampled_from("=+-@'\", \t\r\n;a1＝é") | st.characters(exclude_categories=["Cs"]))


@given(texts)
def test_a_text_is_read_as_it_was_written_and_is_no_formula(text):
    assert read_cell(written_cell(text)) == text
    assert not written_cell(text).startswith(FORMULA)


@given(st.lists(texts, max_size=4))
def test_a_list_is_read_as_it_was_written_and_is_no_formula(items):
    assert read_list(written_list(items)) == items
    assert not written_list(items).startswith(FORMULA)


@pytest.mark.parametrize(
    ("text", "cell"), [("=1+1", "'=1+1"), ("'s", "''s"), ("plain", "plain"), ("", "")]
)
def test_how_a_text_is_written(text, cell):
    assert written_cell(text) == cell


@pytest.mark.parametrize(
    ("items", "cell"),
    [(["a", "b"], "a, b"), (["a,b", "c"], '"a,b", c'), (["=1"], "'=1"), ([], ""), ([""], '""')],
)
def test_how_a_list_is_written(items, cell):
    assert written_list(items) == cell
