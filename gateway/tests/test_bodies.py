"""JSON, before anything is made of it."""

import json
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gateway import bodies
from gateway.problems import ProblemError

MOST = 1000


def refused(text: bytes) -> tuple[str | None, str | None]:
    """The code and pointer with which the text is refused."""
    with pytest.raises(ProblemError) as caught:
        bodies.parsed(text, most_values=MOST)
    assert caught.value.type.status == 422
    (error,) = caught.value.errors
    return error.code, error.pointer


@pytest.mark.parametrize(
    ("text", "pointer"),
    [
        (b'{"a": 1, "a": 1}', "/a"),
        (b'{"a": {"b": 1, "c": 2, "b": 3}}', "/a/b"),
        (b'[1, {"x/y": 1, "x/y": 2}]', "/1/x~1y"),
        # The inner one is not part of the document any more; the outer one is.
        (b'{"a": {"b": 1, "b": 2}, "a": 1}', "/a"),
        (b'{"\\u0061": 1, "a": 2}', "/a"),
    ],
)
def test_a_name_that_stands_twice_is_refused_where_it_stands(text, pointer):
    assert refused(text) == ("repeated_name", pointer)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        (b"{", "json_invalid"),
        (b"[}", "json_invalid"),
        (b"][", "json_invalid"),
        (b'{"a": 01}', "json_invalid"),
        (b"[NaN]", "json_invalid"),
        (b"[Infinity]", "json_invalid"),
        (b"\xff\xfe[]", "json_invalid"),
        (b"\xef\xbb\xbf[]", "json_invalid"),
        (b"[" + b"9" * 5000 + b"]", "json_invalid"),
        (b'["\\ud800"]', "json_invalid"),
        (b'{"\\uDFFF": 1}', "json_invalid"),
        (b"[" * 33 + b"]" * 33, "too_deep"),
        (b'{"a":' * 33 + b"1" + b"}" * 33, "too_deep"),
        (b"[" * 900, "json_invalid"),
        (b"[" + b"0," * MOST + b"0]", "too_many_values"),
        (b"[" + b"[]," * 600 + b"[]]", "too_many_values"),
        (b"[" + b'""' * 3000 + b"]", "too_many_values"),
        (b'["' + b"\\\\" * 5 + b'",' + b"0," * MOST + b"0]", "too_many_values"),
    ],
)
def test_what_is_no_json_of_ours_is_refused(text, code):
    assert refused(text)[0] == code


@pytest.mark.parametrize(
    "text",
    [
        b"[" * 32 + b"]" * 32,
        b'{"a": "' + b"[{," * 2000 + b'"}',
        b'["\\"[[[[\\\\"]',
        b'["\\ud83d\\ude00", "\\\\ud800"]',
        b"[" + b"0," * (MOST - 2) + b"0]",
        b"  null ",
    ],
)
def test_what_only_looks_like_too_much_is_read(text):
    bodies.parsed(text, most_values=MOST)


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: st.lists(inner, max_size=5) | st.dictionaries(st.text(), inner, max_size=5),
    max_leaves=20,
)


@settings(max_examples=300, deadline=None)
@given(VALUES)
def test_any_document_comes_through_as_it_is(document):
    for ensure_ascii in (True, False):
        text = json.dumps(document, ensure_ascii=ensure_ascii).encode()
        assert bodies.parsed(text, most_values=MOST) == document


@pytest.mark.parametrize(
    "text",
    [b"[" + b"[]," * 4_000_000 + b"[]]", b"[" * 12_000_000, b'""' * 6_000_000],
    ids=["lists", "brackets", "texts"],
)
def test_twelve_megabytes_of_nothing_cost_little(text):
    before = time.process_time()
    with pytest.raises(ProblemError):
        bodies.parsed(text, most_values=bodies.IMPORT.values)
    # 4 s were spent on the first before; a processor that is shared is slower than itself.
    assert time.process_time() - before < 0.5
