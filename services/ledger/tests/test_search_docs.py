"""What docs/search.md tells people to write is understood, and what it says of limits is so."""

import re
from pathlib import Path

import pytest

from ledger.domain.search import QueryInvalid, parse
from ledger.domain.search.keys import KEYS, MAX_DEPTH, MAX_LENGTH, MAX_TERMS, RELATIVE

PAGE = Path(__file__).parents[3] / "docs" / "search.md"
TEXT = PAGE.read_text("utf-8")


def examples() -> list[str]:
    """The first block, and the code of the tables' first and last columns."""
    rows = [line for line in TEXT.splitlines() if line.startswith("| `")]
    words, keys = rows[:6], [row for row in rows if row.startswith(tuple(_key_rows()))]
    found = re.findall(r"```\n(.*)\n```", TEXT)[:1]
    found += [code for row in words for code in re.findall(r"`([^`]+)`", row.split(" | ")[0])]
    found += [code for row in keys for code in re.findall(r"`([^`]+)`", row.split(" | ")[-1])]
    return found


def _key_rows() -> list[str]:
    return [f"| `{key.name}`" for key in KEYS]


@pytest.mark.parametrize("example", examples())
def test_an_example_of_the_page_is_understood(example: str):
    assert parse(example) is not None


def test_the_page_tells_every_key_and_each_of_its_words():
    for key in KEYS:
        assert f"`{key.name}`" in TEXT
        for value in key.values:
            known = value in RELATIVE and re.fullmatch(r"last-\d+-days|last-12-months", value)
            assert f"`{value}`" in TEXT or known, value


def test_the_page_tells_the_limits():
    limits = f"At most {MAX_LENGTH} characters, {MAX_TERMS} terms, and parentheses {MAX_DEPTH} deep"
    assert limits in TEXT


def test_what_the_page_says_is_refused_is_refused():
    with pytest.raises(QueryInvalid):
        parse("amount:1,234")
    assert parse("amount:1.234") is not None
    with pytest.raises(QueryInvalid) as refused:
        parse("coffee ctegory:food")
    (problem,) = refused.value.problems
    assert f'"column": {problem.at.column}, "length": {problem.at.length}' in TEXT
    assert problem.message in TEXT
