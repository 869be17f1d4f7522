"""Which payee texts may leave for a model outside: those that show a business, and no person.

A list of names can't hold every name, so a text doesn't leave because nothing speaks against it,
but because something shows a business. A missed shop costs one suggestion; a leaked name can't be
taken back.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from ai.domain.masking import ADDRESS, NAME_MARK
from ai.domain.payee import plain
from ai.domain.payee_patterns import one_spelling

_WORD: Final = re.compile(r"[^\W\d_]+")
_LETTER_SIGN: Final = re.compile(r"\b([^\W\d_]) ?& ?([^\W\d_])\b")
# The first letter has its dot: in "pago a G. Müller" the "a" is a word, not half of "AG".
_DOTTED: Final = re.compile(r"\b[a-z][./] ?(?:[a-z](?:[./] ?| )){0,2}[a-z]\b\.?")
_DOMAIN: Final = re.compile(
    r"\b[a-z0-9][a-z0-9-]{2,}\.(?:com|net|org|co\.uk|de|at|ch|fr|es|it|nl|be|eu|io|app|shop|pl|pt)\b"
)


@dataclass(frozen=True, slots=True)
class PersonWords:
    """Words as they are compared: in their one spelling. Phrases are words in a row."""

    given_names: frozenset[str]
    transfer_words: frozenset[str]
    transfer_stems: frozenset[str]
    transfer_phrases: frozenset[str]
    titles: frozenset[str]
    reasons: frozenset[str]
    company_forms: frozenset[str]
    ambiguous_forms: frozenset[str]
    businesses: frozenset[str]
    business_tails: frozenset[str]
    card_phrases: frozenset[str]
    card_prefixes: frozenset[str]


class Privacy:
    """Decides by words; immutable, shared by all people."""

    def __init__(self, words: PersonWords) -> None:
        self._words = words
        self._tails = tuple(words.business_tails)
        self._of_persons = words.transfer_words | words.titles | words.reasons | words.given_names
        self._of_businesses = words.company_forms | words.businesses

    def may_leave(self, text: str) -> bool:
        """Whether the text shows a business and names no private person."""
        line = plain(text)
        if not line or ADDRESS.search(line):
            return False
        line = _LETTER_SIGN.sub(r"\1\2", _DOTTED.sub(self._joined_form, line))
        words = [one_spelling(word) for word in _WORD.findall(line)]
        return not self._may_be_private(words) and self._shows_a_business(line, words)

    def category(self, name: str, *, own: bool) -> str:
        """A category's name without given names and titled names; the ledger's own are kept."""
        if not own:
            return name
        shown: list[str] = []
        titled = False
        for part in name.split():
            words = [one_spelling(word) for word in _WORD.findall(plain(part))]
            named = titled or any(word in self._words.given_names for word in words)
            shown.append(NAME_MARK if named else part)
            titled = bool(words) and words[-1] in self._words.titles
        return " ".join(shown)

    def _joined_form(self, match: re.Match[str]) -> str:
        """`sarl` for S.à r.l.: a company form is no row of initials. `J. R.` stays one."""
        joined = re.sub(r"\W", "", match[0])
        forms = self._words.company_forms | self._words.ambiguous_forms
        return joined if joined in forms else match[0]

    def _may_be_private(self, words: list[str]) -> bool:
        if not self._of_persons.isdisjoint(words) or _has_initial(words):
            return True
        if any(stem in word for word in words for stem in self._words.transfer_stems):
            return True
        return _has_phrase(words, self._words.transfer_phrases)

    def _shows_a_business(self, line: str, words: list[str]) -> bool:
        known = self._words
        if not self._of_businesses.isdisjoint(words):
            return True
        if any(word.endswith(self._tails) for word in words):
            return True
        prefix, separator, _ = line.partition("*")
        if separator and prefix.strip() in known.card_prefixes:
            return True
        return _has_phrase(words, known.card_phrases) or _DOMAIN.search(line) is not None


def _has_initial(words: list[str]) -> bool:
    """A letter that stands alone beside a word."""
    return len(words) > 1 and any(len(word) == 1 for word in words)


def _has_phrase(words: list[str], phrases: frozenset[str]) -> bool:
    line = f" {' '.join(words)} "
    return any(f" {phrase} " in line for phrase in phrases)
