"""A linear model over character n-grams, for names that no list knows.

TF-IDF of n-grams of 2 to 5 letters within words, logistic regression; fitted by training/ngrams.py,
shipped as fp16.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ai.domain.lexicon import Finding
from ai.domain.payee import Payee
from ai.domain.taxonomy import Leaf

SHORTEST, LONGEST = 2, 5
NOBODY = Leaf("-")
"""The model's class for names of no trade (private persons); it is never suggested."""


@dataclass(frozen=True, slots=True)
class FittedNgrams:
    """The fitted parameters: `weights` is (n-grams × leaves), `knots` maps a raw probability to a
    measured one."""

    vocabulary: dict[str, int]
    idf: NDArray[np.float16]
    weights: NDArray[np.float16]
    intercepts: NDArray[np.float32]
    leaves: tuple[Leaf, ...]
    knots: NDArray[np.float32]


class NgramModel:
    """Immutable, shared by all people."""

    def __init__(self, fitted: FittedNgrams) -> None:
        self._fitted = fitted

    def read(self, payee: Payee) -> list[Finding]:
        """The three likeliest leaves of spending with calibrated confidence; empty for a name of no
        trade."""
        if payee.is_nobody:
            return []
        probabilities = self._probabilities(" ".join(payee.words))
        order = np.argsort(probabilities)[::-1][:3]
        if self._fitted.leaves[int(order[0])] == NOBODY:
            return []
        calibrated = np.interp(probabilities[order], self._fitted.knots[0], self._fitted.knots[1])
        return [
            Finding(self._fitted.leaves[int(at)], round(float(confidence), 4))
            for at, confidence in zip(order, calibrated, strict=True)
            if self._fitted.leaves[int(at)] != NOBODY
        ]

    def _probabilities(self, text: str) -> NDArray[np.float64]:
        counts = Counter(
            at for gram in _ngrams(text) if (at := self._fitted.vocabulary.get(gram)) is not None
        )
        scores = self._fitted.intercepts.astype(np.float64)
        if counts:
            rows = np.fromiter(counts, dtype=np.int64, count=len(counts))
            terms = 1.0 + np.log(np.fromiter(counts.values(), dtype=np.float64, count=len(counts)))
            terms *= self._fitted.idf[rows]
            terms /= np.linalg.norm(terms)
            scores = scores + terms @ self._fitted.weights[rows].astype(np.float64)
        exponentials: NDArray[np.float64] = np.exp(scores - scores.max())
        shares: NDArray[np.float64] = exponentials / exponentials.sum()
        return shares


def _ngrams(text: str) -> Iterator[str]:
    """As scikit-learn's `char_wb`: within words, each padded by a blank."""
    for word in text.split():
        padded = f" {word} "
        for length in range(SHORTEST, LONGEST + 1):
            if length >= len(padded):
                yield padded
                break
            for start in range(len(padded) - length + 1):
                yield padded[start : start + length]
