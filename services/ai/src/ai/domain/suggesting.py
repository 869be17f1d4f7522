"""From a payee to categories of the person's book: the person's rules, memory, then lexicon, then
n-grams; nothing is a right answer."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Final

from ai.domain.lexicon import Finding, Lexicon
from ai.domain.memory import (
    PayeeMemory,
    Recollection,
    infer_from_trade,
    infer_from_words,
    recall,
    traits_of,
)
from ai.domain.ngrams import NgramModel
from ai.domain.payee import Payee, normalise
from ai.domain.taxonomy import CategoryId, Chart
from kit.money import Money

MOST_SUGGESTIONS: Final = 3
LEAST_CONFIDENCE: Final = 0.40
"""Below this a first suggestion is oftener wrong than helpful, and none is made."""
LEAST_ALTERNATIVE: Final = 0.05
SURE_LEXICON: Final = 0.80
"""From here on what a name says outright isn't put to the n-gram model."""
MODEL_BESIDE_LEXICON: Final = 0.75
"""The most that the model may claim where the lexicon has read the name, but hesitates."""


class Source(StrEnum):
    RULE = "rule"
    MEMORY = "memory"
    LEXICON = "lexicon"
    MODEL = "model"
    GEMINI = "gemini"


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A category of the person's book with the probability that it is meant, and who says so."""

    category_id: CategoryId
    confidence: float
    source: Source


@dataclass(frozen=True, slots=True)
class Question:
    """What is to be filed: what bank or receipt say, and whether money comes in. `id` is the
    asker's own. A question with date and amount is put to the person's rules, too."""

    id: str
    payee: str
    description: str = ""
    inflow: bool = False
    date: str = ""
    amount: Money | None = None
    account_id: str = ""


@dataclass(frozen=True, slots=True)
class Described:
    """A question in comparable form: the payee, what the lexicon reads in it, and its traits.

    `former_key` is the key without looking up names, which is how memory was keyed at first.
    """

    payee: Payee
    findings: tuple[Finding, ...]
    traits: tuple[str, ...]
    former_key: str = ""

    @property
    def keys(self) -> tuple[str, ...]:
        """Keys by which memory may know the payee, the present one first."""
        return tuple(dict.fromkeys(key for key in (self.payee.key, self.former_key) if key))


class Suggester:
    """Holds what is the same for everybody; what a person taught comes with each call."""

    def __init__(self, lexicon: Lexicon, ngrams: NgramModel) -> None:
        self._lexicon = lexicon
        self._ngrams = ngrams

    def payee_named(self, payee: str, description: str) -> Payee:
        """The payee, or the one in the description when its text names nobody (`CARD PAYMENT`)."""
        named = self._lexicon.payee(payee)
        return self._lexicon.payee(description) if named.is_nobody else named

    def describe(self, payee: str, description: str, *, inflow: bool) -> Described:
        named = self.payee_named(payee, description)
        findings = tuple(self._lexicon.read(named, inflow=inflow))
        former = normalise(payee)
        if former.is_nobody:
            former = normalise(description)
        return Described(named, findings, traits_of(named, findings), former.key)

    def suggest(
        self,
        described: Described,
        *,
        inflow: bool,
        chart: Chart,
        memory: PayeeMemory | None,
        neighbours: Sequence[PayeeMemory],
    ) -> list[Suggestion]:
        """At most three categories of the chart, best first; empty when too little is known."""
        if described.payee.is_nobody:
            return []
        neighbours = [n.within(chart) for n in neighbours]
        remembered = _remembered(recall(memory.within(chart)) if memory else [])
        learnt = _remembered([infer_from_words(described.traits, neighbours)])
        read = self._read(described, inflow=inflow, chart=chart, neighbours=neighbours)
        # The first list that has an answer leads; the others only add alternatives behind it.
        leading = remembered or sorted([*learnt, *read], key=lambda s: -s.confidence)
        return _best(leading, [*learnt, *read] if remembered else [])

    def _read(
        self, described: Described, *, inflow: bool, chart: Chart, neighbours: Sequence[PayeeMemory]
    ) -> list[Suggestion]:
        findings = list(described.findings)
        source = Source.LEXICON
        if not inflow and (not findings or findings[0].confidence < SURE_LEXICON):
            findings, source = _blended(findings, self._ngrams.read(described.payee))
        suggestions = [
            Suggestion(category, finding.confidence, source)
            for finding in findings
            if (category := chart.category_of(finding.leaf)) is not None
        ]
        own = _remembered([infer_from_trade(described.traits, neighbours)])
        if own and described.findings:
            return _refiled(own[0], described.findings[0].confidence, suggestions)
        return suggestions


def ruled(category_id: CategoryId, others: Sequence[Suggestion]) -> list[Suggestion]:
    """A category that the person's own rule sets, before what is proposed beside it."""
    behind = [s for s in others if s.category_id != category_id]
    return [Suggestion(category_id, 1.0, Source.RULE), *behind][:MOST_SUGGESTIONS]


def _refiled(own: Suggestion, read: float, suggestions: Sequence[Suggestion]) -> list[Suggestion]:
    """The trade is as sure as it was read; where this person files it, the person has shown."""
    sure = min(own.confidence, read)
    others = (s for s in suggestions if s.category_id != own.category_id)
    return [
        replace(own, confidence=sure),
        *(replace(s, confidence=min(s.confidence, 1 - sure)) for s in others),
    ]


def _blended(lexicon: Sequence[Finding], model: Sequence[Finding]) -> tuple[list[Finding], Source]:
    """A hesitant lexicon beside the model: the surer of the two goes first.

    That they agree proves little, as the model was fitted on the lexicon's names.
    """
    if not lexicon or (model and model[0].confidence > lexicon[0].confidence):
        doubt = MODEL_BESIDE_LEXICON if lexicon else 1.0
        sure = [replace(finding, confidence=min(finding.confidence, doubt)) for finding in model]
        return [*sure[:1], *lexicon, *sure[1:]], Source.MODEL
    return list(lexicon), Source.LEXICON


def _remembered(recollections: Iterable[Recollection | None]) -> list[Suggestion]:
    return [
        Suggestion(r.category_id, r.confidence, Source.MEMORY)
        for r in recollections
        if r is not None
    ]


def _best(leading: Sequence[Suggestion], behind: Sequence[Suggestion]) -> list[Suggestion]:
    """Distinct categories, the leading list's first in front, falling confidence after it."""
    if not leading or (
        leading[0].source is not Source.MEMORY and leading[0].confidence < LEAST_CONFIDENCE
    ):
        return []
    first = leading[0]
    rest = sorted([*leading[1:], *behind], key=lambda s: -s.confidence)
    chosen = {first.category_id: first}
    for suggestion in rest:
        if suggestion.confidence >= LEAST_ALTERNATIVE and len(chosen) < MOST_SUGGESTIONS:
            capped = min(suggestion.confidence, first.confidence)
            chosen.setdefault(
                suggestion.category_id,
                Suggestion(suggestion.category_id, capped, suggestion.source),
            )
    return list(chosen.values())
