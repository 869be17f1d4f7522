"""What a person decided for a payee before, and what that says about payees like it.

Exact memory leads over everything else: summing it with a lexicon is worse where payees are filed
by personal taste. The learner beside it carries decisions over to payees that share a telling word
or trade with several known ones.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final

from ai.domain.lexicon import Finding
from ai.domain.payee import Payee
from ai.domain.taxonomy import CategoryId, Chart, Leaf

LESSONS_KEPT: Final = 24
"""Decisions that are kept for one payee; older ones have faded below notice."""
TRADE_TRAIT: Final = "trade:"
_FADE_BY_RANK: Final = 0.6
_HALF_LIFE_DAYS: Final = 365.0
_DOUBT_AFTER_ONE: Final = 0.12
_MIN_TRAIT_LETTERS: Final = 3
_MIN_PURITY: Final = 0.8
_LEARNER_CEILING: Final = 0.92


@dataclass(frozen=True, slots=True)
class Lesson:
    """One decision: this entry was filed there. `at` is when it was, not the entry's date."""

    entry_id: str
    category_id: CategoryId
    at: datetime


@dataclass(frozen=True, slots=True)
class PayeeMemory:
    """A person's decisions for one payee in one direction, oldest first."""

    key: str
    inflow: bool
    traits: tuple[str, ...]
    lessons: tuple[Lesson, ...]

    def within(self, chart: Chart) -> PayeeMemory:
        """Without decisions for categories that aren't suggested: gone, or "uncategorised"."""
        kept = tuple(x for x in self.lessons if chart.get(x.category_id) is not None)
        return replace(self, lessons=kept)


@dataclass(frozen=True, slots=True)
class Recollection:
    """A category with the probability that the person means it again."""

    category_id: CategoryId
    confidence: float


def traits_of(payee: Payee, findings: Sequence[Finding]) -> tuple[str, ...]:
    """What a payee may share with others: its longer words, and the trade that the lexicon reads in
    it."""
    words = dict.fromkeys(
        w for w in payee.words if len(w) >= _MIN_TRAIT_LETTERS and not w.isdigit()
    )
    trade = [trade_trait(findings[0].leaf)] if findings else []
    return (*words, *trade)


def trade_trait(leaf: Leaf) -> str:
    return f"{TRADE_TRAIT}{leaf}"


def recall(memory: PayeeMemory) -> list[Recollection]:
    """The categories decided for this payee, the latest decision first: what was corrected once is
    right next time.

    Confidence grows with decisions in a row and falls where the person went back and forth.
    """
    if not memory.lessons:
        return []
    newest_first = memory.lessons[::-1]
    latest = newest_first[0]
    weights: Counter[CategoryId] = Counter()
    for rank, lesson in enumerate(newest_first):
        years = (latest.at - lesson.at).days / _HALF_LIFE_DAYS
        weights[lesson.category_id] += _FADE_BY_RANK**rank * 0.5 ** max(years, 0.0)
    total = sum(weights.values())
    run = next(
        (i for i, x in enumerate(newest_first) if x.category_id != latest.category_id),
        len(newest_first),
    )
    support = 1.0 - _DOUBT_AFTER_ONE / run
    leading = support * (0.55 + 0.45 * weights[latest.category_id] / total)
    others = [
        Recollection(category, round((1.0 - leading) * weight / total, 4))
        for category, weight in weights.most_common()
        if category != latest.category_id
    ]
    return [Recollection(latest.category_id, round(leading, 4)), *others]


def infer_from_words(
    traits: Iterable[str], neighbours: Sequence[PayeeMemory]
) -> Recollection | None:
    """The category that known payees sharing a word with this one have in common, if they agree."""
    words = [trait for trait in traits if not trait.startswith(TRADE_TRAIT)]
    return _strongest([_shared(word, neighbours, at_least=2) for word in words])


def infer_from_trade(
    traits: Iterable[str], neighbours: Sequence[PayeeMemory]
) -> Recollection | None:
    """Where the person files the trade that the lexicon reads in this payee, if they do so
    consistently."""
    trades = [trait for trait in traits if trait.startswith(TRADE_TRAIT)]
    return _strongest([_shared(trade, neighbours, at_least=3) for trade in trades])


def _shared(trait: str, neighbours: Sequence[PayeeMemory], *, at_least: int) -> Recollection | None:
    """Each payee has one vote, its latest decision, however often it was paid."""
    votes = Counter(
        n.lessons[-1].category_id for n in neighbours if trait in n.traits and n.lessons
    )
    count = sum(votes.values())
    if count < at_least:
        return None
    category, agreeing = votes.most_common(1)[0]
    if agreeing / count < _MIN_PURITY:
        return None
    return Recollection(
        category, round(min(_LEARNER_CEILING, (agreeing + 0.5) / (count + 1.25)), 4)
    )


def _strongest(guesses: Iterable[Recollection | None]) -> Recollection | None:
    found = sorted(
        (g for g in guesses if g is not None), key=lambda g: (-g.confidence, g.category_id)
    )
    if not found:
        return None
    if any(g.category_id != found[0].category_id for g in found):
        return Recollection(found[0].category_id, round(found[0].confidence * 0.8, 4))
    return found[0]
