"""Brands and trade words: what a payee's name says outright.

Evidence comes from three lists: services of our own (they hold also where the name is a common
word), brands of the name-suggestion-index with the trade that they were mapped under, and words
that name a trade. How sure a kind of evidence is was measured on descriptors that no list was made
from (README, "How sure"); the tests hold it there.
"""

from __future__ import annotations

import math
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from enum import Enum
from typing import Final

from ai.domain.payee import KnownNames, Payee, normalise
from ai.domain.taxonomy import Leaf

MAX_BRAND_WORDS: Final = 5
MAX_PHRASE_WORDS: Final = 5
MIN_COMPOUND: Final = 5
"""Letters of a trade word that may be found inside a longer one ("stadtapotheke"); shorter ones hit
by chance."""
MIN_CUT_BRAND: Final = 6
"""Letters that must be left of a name which the bank has cut before it is completed."""


class Evidence(Enum):
    """What spoke for a leaf, from the surest on; the value is the share that was right on unseen
    descriptors."""

    WHOLE_NAME = 0.96
    LEADING_NAME = 0.93
    NAME_AND_WORD = 0.95
    WORDS_AGREE = 0.90
    INNER_NAME = 0.42
    CUT_NAME = 0.80
    ONE_WORD = 0.85
    AMBIGUOUS_NAME = 0.55
    WORD_OVER_NAME = 0.82
    PART_OF_WORD = 0.75
    CONFLICT = 0.50


@dataclass(frozen=True, slots=True)
class Finding:
    """A leaf with the probability that it is right."""

    leaf: Leaf
    confidence: float


@dataclass(frozen=True, slots=True)
class LexiconEntries:
    """The lists as read from the shipped files; names are written together (`burgerking`).

    `services` and `brands` are keyed by whole names, and by names without legal forms and numbers.
    `whole_names` are the former by their words (`burger king`): reading a payee keeps them whole.
    """

    services: Mapping[str, Leaf]
    brands: Mapping[str, tuple[Leaf, ...]]
    common_words: frozenset[str]
    words: Mapping[str, Leaf]
    phrases: Mapping[str, Leaf]
    income_words: Mapping[str, Leaf] = field(default_factory=dict)
    income_names: Mapping[str, Leaf] = field(default_factory=dict)
    given_names: frozenset[str] = frozenset()
    whole_names: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class _Name:
    """A brand or service found in a payee: which words it takes up and what it may mean."""

    start: int
    end: int
    leaves: tuple[Leaf, ...]
    ours: bool = False
    cut: bool = False


# A shop's other counter: these words outweigh the name before them ("Tesco petrol", "Costco
# pharmacy").
_OTHER_COUNTER_WORDS: Final = (
    "fuel petrol gas gasoline gasolinera tankstelle carburant carburants essence pharmacy "
    "apotheke pharmacie farmacia "
    "mobile mobil insurance versicherung assurance seguros restaurant cafe parking parkhaus cinema"
)
_OTHER_COUNTER: Final = frozenset(_OTHER_COUNTER_WORDS.split())


class Lexicon:
    """Reads leaves out of payee names; immutable, shared by all people."""

    def __init__(self, entries: LexiconEntries) -> None:
        self._entries = entries
        self._sorted_brands = sorted({*entries.brands, *entries.services})
        self._compounds = _by_length(entries.words)
        self._known = KnownNames(entries.whole_names, frozenset(entries.words))

    def payee(self, text: str) -> Payee:
        """The payee in a text, with the names of the lists kept whole."""
        return normalise(text, self._known)

    def read(self, payee: Payee, *, inflow: bool) -> list[Finding]:
        """Leaves that the name speaks for, best first; empty when it says nothing.

        Money in is income only by words of income; from a shop it is a refund, which lessens that
        shop's category.
        """
        if inflow:
            income = self._income(payee)
            if income is not None:
                return [income]
            return [
                Finding(f.leaf, min(f.confidence, _REFUND_CEILING)) for f in self._spending(payee)
            ]
        return self._spending(payee)

    def _spending(self, payee: Payee) -> list[Finding]:
        name = self._find_name(payee)
        votes = self._word_votes(
            payee.words, skip=range(name.start, name.end) if name else range(0)
        )
        if name is None:
            return _from_words(votes)
        counter = next((w for w in payee.words[name.end :] if w in _OTHER_COUNTER), None)
        return _from_name(
            name, votes, self._entries.words.get(counter or ""), total=len(payee.words)
        )

    def _income(self, payee: Payee) -> Finding | None:
        for start, end in _runs(len(payee.words)):
            leaf = self._entries.income_names.get("".join(payee.words[start:end]))
            if leaf is not None and (end - start > 1 or start == 0):
                return Finding(leaf, Evidence.LEADING_NAME.value)
        for word in payee.words:
            leaf = self._entries.income_words.get(word) or next(
                (
                    found
                    for stem, found in self._entries.income_words.items()
                    if len(stem) >= 6 and stem in word
                ),
                None,
            )
            if leaf is not None:
                return Finding(leaf, Evidence.ONE_WORD.value)
        return None

    def _find_name(self, payee: Payee) -> _Name | None:
        """The longest name in the text, the earlier of two as long; a service of our list before a
        brand."""
        words = payee.words
        is_person = 2 <= len(words) <= 3 and words[0] in self._entries.given_names
        for start, end in _runs(len(words)):
            if is_person and not (start == 0 and end > 1):
                continue
            compact = "".join(words[start:end])
            whole = end - start == len(words)
            service = self._entries.services.get(compact)
            if service is not None and (start == 0 or not self._is_weak(words[start:end])):
                return _Name(start, end, (service,), ours=True)
            leaves = self._entries.brands.get(compact)
            if leaves is not None and (whole or not self._is_weak(words[start:end])):
                return _Name(start, end, leaves)
        return self._completed(payee) if payee.unfinished else None

    def _is_weak(self, words: tuple[str, ...]) -> bool:
        """Whether these words name a brand only when nothing stands beside (or, on our list,
        before) them."""
        if len(words) > 1:
            return all(word in self._entries.common_words or len(word) <= 2 for word in words)
        word = words[0]
        return len(word) <= 3 or word in self._entries.common_words or word in self._entries.words

    def _completed(self, payee: Payee) -> _Name | None:
        """A name whose end the bank cut off, if all names that begin so are of one trade."""
        for start in range(len(payee.words)):
            stem = "".join(payee.words[start:])
            if len(stem) < MIN_CUT_BRAND:
                return None
            at = bisect_left(self._sorted_brands, stem)
            found = {
                (self._entries.services.get(key) or self._entries.brands[key][0])
                for key in self._sorted_brands[at : at + 8]
                if key.startswith(stem)
            }
            if len(found) == 1:
                return _Name(start, len(payee.words), tuple(found), cut=True)
        return None

    def _word_votes(self, words: tuple[str, ...], *, skip: range) -> dict[Leaf, float]:
        """Votes of trade words: 2 for a phrase, 1 for a word, less for part of a word."""
        votes: dict[Leaf, float] = defaultdict(float)
        taken = set(skip)
        for start, end, leaf in self._phrases_in(words):
            if taken.isdisjoint(range(start, end)):
                votes[leaf] += 2.0
                taken |= set(range(start, end))
        for at, word in enumerate(words):
            if at not in taken:
                for leaf, weight in self._votes_of(word):
                    votes[leaf] += weight
        return dict(votes)

    def _phrases_in(self, words: tuple[str, ...]) -> Iterator[tuple[int, int, Leaf]]:
        for start in range(len(words)):
            for end in range(min(start + MAX_PHRASE_WORDS, len(words)), start + 1, -1):
                leaf = self._entries.phrases.get(" ".join(words[start:end]))
                if leaf is not None:
                    yield start, end, leaf

    def _votes_of(self, word: str) -> Iterable[tuple[Leaf, float]]:
        known = self._entries.words
        leaf = known.get(word) or known.get(_singular(word))
        return [(leaf, 1.0)] if leaf is not None else self._inside(word)

    def _inside(self, word: str) -> Iterator[tuple[Leaf, float]]:
        """The trade word that a compound ends in, else the one it begins with."""
        for length in range(len(word) - 2, MIN_COMPOUND - 1, -1):
            tail = self._compounds.get(length, {}).get(word[-length:])
            if tail is not None:
                yield tail, 0.8
                return
        for length in range(len(word) - 1, MIN_COMPOUND, -1):
            head = self._compounds.get(length, {}).get(word[:length])
            if head is not None:
                yield head, 0.6
                return


_REFUND_CEILING: Final = 0.60


def _singular(word: str) -> str:
    """Of an English plural; the other languages' plurals stand in the lists."""
    return f"{word[:-3]}y" if word.endswith("ies") else word.removesuffix("s")


def _runs(count: int) -> Iterator[tuple[int, int]]:
    for length in range(min(count, MAX_BRAND_WORDS), 0, -1):
        for start in range(count - length + 1):
            yield start, start + length


def _by_length(words: Mapping[str, Leaf]) -> dict[int, dict[str, Leaf]]:
    table: dict[int, dict[str, Leaf]] = defaultdict(dict)
    for word, leaf in words.items():
        if len(word) >= MIN_COMPOUND:
            table[len(word)][word] = leaf
    return dict(table)


def _from_words(votes: Mapping[Leaf, float]) -> list[Finding]:
    ranked = sorted(votes.items(), key=lambda vote: (-vote[1], vote[0]))
    if not ranked:
        return []
    best = ranked[0][1]
    clear = len(ranked) == 1 or best >= 2 * ranked[1][1]
    if not clear:
        evidence = Evidence.CONFLICT
    elif best >= 2:
        evidence = Evidence.WORDS_AGREE
    else:
        evidence = Evidence.ONE_WORD if best >= 1 else Evidence.PART_OF_WORD
    return _ranked(ranked, evidence)


def _from_name(
    name: _Name, votes: Mapping[Leaf, float], counter: Leaf | None, *, total: int
) -> list[Finding]:
    said = max(votes, key=lambda leaf: (votes[leaf], leaf)) if votes else None
    leaves = name.leaves
    if said is not None and said in leaves:
        order = [said, *(leaf for leaf in leaves if leaf != said)]
        return _ranked([(leaf, 1.0) for leaf in order], Evidence.NAME_AND_WORD)
    if counter is not None and counter not in leaves:
        return _ranked([(leaf, 1.0) for leaf in (counter, *leaves)], Evidence.CONFLICT)
    if said is not None and votes[said] >= _votes_to_outvote(name):
        return _ranked([(leaf, 1.0) for leaf in (said, *leaves)], Evidence.WORD_OVER_NAME)
    evidence = _evidence_of(name, whole=name.end - name.start == total)
    return _ranked([(leaf, 1.0) for leaf in (*leaves, *([said] if said else []))], evidence)


def _votes_to_outvote(name: _Name) -> float:
    """Votes of trade words that outweigh a name; further in it is oftener a surname or a town."""
    if name.start > 0:
        return 0.7
    return math.inf if name.ours else 1.6


def _evidence_of(name: _Name, *, whole: bool) -> Evidence:
    if name.cut:
        return Evidence.CUT_NAME
    if len(name.leaves) > 1:
        return Evidence.AMBIGUOUS_NAME
    if whole:
        return Evidence.WHOLE_NAME
    return Evidence.LEADING_NAME if name.start == 0 else Evidence.INNER_NAME


def _ranked(ranked: Iterable[tuple[Leaf, float]], evidence: Evidence) -> list[Finding]:
    """The first gets its evidence's confidence, the others share what is left, halving."""
    findings: list[Finding] = []
    confidence, rest = evidence.value, 1.0 - evidence.value
    for leaf, _ in ranked:
        findings.append(Finding(leaf, round(confidence, 4)))
        confidence, rest = min(rest / 2, confidence * 0.9), rest / 2
    return findings[:3]
