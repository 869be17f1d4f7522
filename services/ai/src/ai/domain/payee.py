"""The payee's name without the additions of banks, tills and card schemes.

Two people who pay in the same shop see `SQ *BLUE BOTTLE #0412 OAKLAND CA` and `Blue Bottle 22FEB`;
memory, lexicon and model all work on the words that remain. Known names are found before anything
is cut, so that `Co-op`, `Day Spa` and `O2` stay whole, and a text that names somebody is never cut
to nothing.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from ai.domain import payee_patterns as patterns
from ai.domain.payee_patterns import one_spelling

MAX_PAYEE_LENGTH: Final = 512
"""Characters of a payee that are read; banks send at most 140 (ISO 20022 `Max140Text`), names of 10
kB are hostile."""

_UNDECOMPOSED: Final = str.maketrans(
    {"ß": "ss", "æ": "ae", "œ": "oe", "ø": "o", "đ": "d", "ð": "d", "þ": "th", "ł": "l", "ı": "i"}
)
_UNFINISHED: Final = range(18, 26)
"""Lengths at which banks cut a payee's name off."""


MAX_NAME_WORDS: Final = 5
"""Words of a known name that are looked up together."""
_MIN_NAME: Final = 2
_NAMING_LETTERS: Final = 3
_FIRST_MARK: Final = 0xE000
"""Private characters stand for known names while the rest is cut; `plain` leaves none in a text."""


@dataclass(frozen=True, slots=True)
class Payee:
    """A payee's name in comparable form.

    `key` is compared by memory; it is empty when the text names nobody (`CARD PAYMENT 0412`).
    `words` keeps short numbers that belong to a name (`7 eleven`); `unfinished` says the last word
    may be cut off.
    """

    key: str
    words: tuple[str, ...]
    unfinished: bool = False

    @property
    def is_nobody(self) -> bool:
        return not self.key


@dataclass(frozen=True, slots=True)
class KnownNames:
    """Names of brands and services by their words (`burger king`), and single trade words."""

    names: frozenset[str] = frozenset()
    words: frozenset[str] = frozenset()


NO_NAMES: Final = KnownNames()
NOBODY: Final = Payee(key="", words=())


def plain(text: str) -> str:
    """Lower case without accents, control, format (bidirectional) or private characters; at most
    MAX_PAYEE_LENGTH."""
    folded = (
        unicodedata.normalize("NFKD", text[:MAX_PAYEE_LENGTH]).casefold().translate(_UNDECOMPOSED)
    )
    kept = (" " if unicodedata.category(c) in {"Cc", "Zl", "Zp"} else c for c in folded)
    return "".join(c for c in kept if unicodedata.category(c) not in {"Mn", "Cf", "Co", "Cs", "Cn"})


def name_words(name: str) -> tuple[str, ...]:
    """The words of a name that stands in a list, nothing cut: `co op`, `de beers`, `hm`."""
    return tuple(map(one_spelling, _words_of(_joined(plain(name)))))


def cut_words(words: Sequence[str]) -> tuple[str, ...]:
    """A list's name as texts often have it: without legal forms and numbers, but never empty."""
    return tuple(_without_additions(list(words), NO_NAMES))


def normalise(text: str, known: KnownNames = NO_NAMES) -> Payee:
    """Read the payee's name out of what the bank wrote.

    A text names nobody only if its words are numbers, dates, codes and words of payment.
    """
    line = " ".join(plain(text).split())
    words = _cut(line, known)
    if not _names_somebody(words) and not _is_known(" ".join(words), known):
        words = _naming_words(line, known)
    if not words:
        return NOBODY
    key = " ".join(word for word in words if not word.isdigit()) or " ".join(words)
    return Payee(key, words, unfinished=_is_unfinished(line, words[-1]))


def _cut(line: str, known: KnownNames) -> tuple[str, ...]:
    line = _strip_processors(line)
    line = patterns.EMAIL.sub(" ", line.replace("apple.com/bill", "apple bill"))
    line = _joined(patterns.ADDRESS.sub(r" \1 ", line))
    line, found = _marked(_strip_processors(line), known)
    for pattern in (
        patterns.REFERENCE_LABEL, patterns.MASKED_DIGITS, patterns.AMOUNT, patterns.DATE_OR_TIME,
    ):  # fmt: skip
        line = pattern.sub(" ", line)
    line = _strip_processors(line.strip(" *-.,:/"))
    line = patterns.HOW_PAID.sub(" ", " ".join(_words_of(line)))
    words: list[str] = []
    for word in _without_additions(line.split(), known):
        words += found.get(word, (one_spelling(word),))
    return tuple(words)


def _words_of(line: str) -> list[str]:
    """Words, and the marks of known names."""
    return patterns.WORD_OR_MARK.findall(line)


def _joined(line: str) -> str:
    """`joes`, `eon`, `hm`: letters that are parted by signs only."""
    line = patterns.APOSTROPHE.sub("", line)
    line = patterns.JOINED_LETTER.sub(r"\1", line)
    return patterns.LETTER_PAIR.sub(r"\1\2", line)


def _marked(line: str, known: KnownNames) -> tuple[str, dict[str, tuple[str, ...]]]:
    """The line with a mark for each known name that cutting would damage, and their words."""
    found: dict[str, tuple[str, ...]] = {}
    tokens = list(patterns.WORD.finditer(line)) if known.names else []
    words = [one_spelling(token[0]) for token in tokens]
    endangered = {at for at, word in enumerate(words) if _is_endangered(word)}
    kept, end, at = [], 0, 0
    while at < len(words):
        length = _known_length(words, at, endangered, known)
        if length:
            mark = chr(_FIRST_MARK + len(found))
            found[mark] = tuple(words[at : at + length])
            kept += [line[end : tokens[at].start()], f" {mark} "]
            end = tokens[at + length - 1].end()
        at += max(length, 1)
    return "".join([*kept, line[end:]]), found


def _known_length(words: Sequence[str], at: int, endangered: set[int], known: KnownNames) -> int:
    """Words of the longest known name that begins here and that cutting would damage; else 0."""
    for length in range(min(MAX_NAME_WORDS, len(words) - at), 0, -1):
        run = words[at : at + length]
        if endangered.isdisjoint(range(at, at + length)):
            return 0
        # A number alone is a store's, unless there is nothing else.
        is_name = any(not word.isdigit() for word in run) or length == len(words)
        if is_name and _is_known(" ".join(run), known) and not _is_of_payment(run):
            return length
    return 0


def _is_endangered(word: str) -> bool:
    return (
        len(word) == 1
        or word in patterns.NOISE_WORDS
        or word in patterns.HOW_PAID_WORDS
        or any(c.isdigit() for c in word)
        or not word.strip("x")
        or patterns.MONTH.fullmatch(word) is not None
    )


def _is_of_payment(run: Sequence[str]) -> bool:
    """`visa`, `direct debit`: also names of companies, but here the way it was paid."""
    return all(word in patterns.HOW_PAID_WORDS for word in run)


def _is_known(name: str, known: KnownNames) -> bool:
    return len(name) >= _MIN_NAME and name in known.names


def _names_somebody(words: Iterable[str]) -> bool:
    return any(word not in patterns.NOBODY and not word.isdigit() for word in words)


def _naming_words(line: str, known: KnownNames) -> tuple[str, ...]:
    """Words of the uncut line that may be a name; none where all are of payment, dates or codes."""
    words = [
        one_spelling(word)
        for word in patterns.WORD.findall(_joined(line))
        if not any(c.isdigit() for c in word)
    ]
    if _is_known(" ".join(words), known) and not _is_of_payment(words):
        return tuple(words)
    dated = patterns.DATE_OR_TIME.search(line) is not None
    kept = [
        word
        for word in words
        if word not in patterns.HOW_PAID_WORDS
        and word not in patterns.LABELS
        and not (dated and patterns.MONTH.fullmatch(word))
    ]
    return tuple(kept) if any(_is_naming(word) for word in kept) else ()


def _is_naming(word: str) -> bool:
    """Three letters, or any of a script that writes words with fewer."""
    return len(word) >= _NAMING_LETTERS or not word.isascii()


def _is_unfinished(line: str, last: str) -> bool:
    words = patterns.WORD.findall(line)
    return len(line) in _UNFINISHED and bool(words) and one_spelling(words[-1]).endswith(last)


def _strip_processors(line: str) -> str:
    for _ in range(2):  # `PAYPAL *SQ *NAME` happens; three never
        line = patterns.PROCESSOR_WORDS.sub("", patterns.PROCESSOR.sub("", line))
    return line


def _without_additions(tokens: Sequence[str], known: KnownNames) -> list[str]:
    """Drop references, store numbers and legal forms, but never the whole name (`3 Store`, `AG
    Insurance`)."""
    kept: list[str] = []
    for token in tokens:
        if token.isdigit():
            if len(token) <= 2 and not (kept and kept[-1].isdigit()):
                kept.append(token)
        elif not _is_code(token) or (not kept and len(token) <= 3):
            kept.append(token)
        else:
            kept += _name_before_number(token, leading=not kept, known=known)
    while kept and kept[-1].isdigit():
        kept.pop()
    named = [
        word
        for word in kept
        if word not in patterns.NOISE_WORDS and (len(word) > 1 or word.isdigit() or _is_mark(word))
    ]
    return named if _names_somebody(named) else kept


def _is_code(token: str) -> bool:
    return bool(patterns.STORE_CODE.match(token)) and not patterns.WORDPLAY.match(token)


def _name_before_number(token: str, *, leading: bool, known: KnownNames) -> Iterator[str]:
    """`hotel` of `hotel24`: a name that is known, or that leads the text; behind it, letters before
    digits are a reference."""
    glued = patterns.GLUED_CODE.match(token)
    if glued is None:
        return
    name = glued[1]
    spelled = one_spelling(name)
    if (
        spelled in known.words
        or _is_known(spelled, known)
        or (leading and len(name) > _NAMING_LETTERS)
    ):
        yield name


def _is_mark(word: str) -> bool:
    return ord(word[0]) >= _FIRST_MARK and len(word) == 1
