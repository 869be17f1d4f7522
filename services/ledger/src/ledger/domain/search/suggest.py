"""What could stand where the cursor is."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from ledger.domain.search.folded import folded_name
from ledger.domain.search.keys import BY_NAME, KEYS, Key
from ledger.domain.search.write import quoted_if_needed

DEFAULT_SUGGESTIONS, MAX_SUGGESTIONS = 10, 50
_QUOTED = re.compile(r'"(?:[^"\\]|\\.)*("|\Z)', re.DOTALL)
_KEYED = re.compile(r"([^\W\d_][\w-]*)(:?(?:>=|<=|>|<|=)|:)(.*)", re.DOTALL)
# As in the grammar: a key stands directly before its colon, a comparison may stand apart.
_KEY_BEFORE = re.compile(r"([^\W\d_][\w-]*)(?::(?:>=|<=|>|<|=)?|\s*(?:>=|<=|>|<|=))\s*\Z")
_BREAK = re.compile(r'[\s()"]')


class SuggestionKind(StrEnum):
    KEY = "key"
    VALUE = "value"
    WORD = "word"


@dataclass(frozen=True, slots=True)
class Typed:
    """What a person is in the middle of typing: `said`, from `column` (counted from 1) and for
    `length` characters, behind `key` if they named one."""

    said: str
    column: int
    length: int
    key: Key | None = None
    # Whether a key that is not one stands before it.
    misnamed: bool = False


@dataclass(frozen=True, slots=True)
class Suggestion:
    """Put `text` in the place of `length` characters from `column`."""

    kind: SuggestionKind
    text: str
    label: str
    column: int
    length: int
    about: str = ""


def typed_at(text: str, cursor: int) -> Typed:
    """What stands before the cursor, which is so many characters into the text."""
    cursor = max(0, min(cursor, len(text)))
    opened = _open_quote(text, cursor)
    if opened is not None:
        said = text[opened + 1 : cursor]
        return _behind_key(text[:opened], said, opened, cursor)
    begun = max((m.end() for m in _BREAK.finditer(text, 0, cursor)), default=0)
    begun += text[begun:cursor].startswith("-")
    following = _BREAK.search(text, cursor)
    end = following.start() if following else len(text)
    run = text[begun:cursor]
    match = _KEYED.fullmatch(run)
    if match is None:
        return Typed(run, begun + 1, end - begun)
    key = BY_NAME.get(match[1].lower())
    start = begun + match.start(3)
    return Typed(match[3], start + 1, end - start, key, misnamed=key is None)


def key_suggestions(typed: Typed) -> Sequence[Suggestion]:
    """Keys that begin as was said."""
    said = typed.said.lower()
    return [
        Suggestion(
            SuggestionKind.KEY,
            f"{key.name}:",
            f"{key.name}:",
            typed.column,
            typed.length,
            key.about,
        )
        for key in KEYS
        if any(name.startswith(said) for name in (key.name, *key.aliases))
    ]


def value_suggestions(
    typed: Typed, values: Sequence[str], kind: SuggestionKind
) -> list[Suggestion]:
    """Those of the values that begin as was said, then those of which a later word does."""
    said = folded_name(typed.said)
    names = {value: folded_name(value) for value in dict.fromkeys(values)}
    begun = [value for value, name in names.items() if name.startswith(said)]
    within = [value for value, name in names.items() if f" {said}" in name and value not in begun]
    return [
        Suggestion(kind, quoted_if_needed(value), value, typed.column, typed.length)
        for value in (*begun, *within)
    ]


def _open_quote(text: str, cursor: int) -> int | None:
    """Where the quotation mark stands that is still open at the cursor."""
    for match in _QUOTED.finditer(text[:cursor]):
        if not match[1]:
            return match.start()
    return None


def _behind_key(before: str, said: str, opened: int, cursor: int) -> Typed:
    match = _KEY_BEFORE.search(before)
    key = BY_NAME.get(match[1].lower()) if match else None
    return Typed(said, opened + 1, cursor - opened, key, misnamed=bool(match) and key is None)
