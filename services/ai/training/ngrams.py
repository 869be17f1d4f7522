"""Fit the character n-gram model (src/ai/data/ngrams.npz) on the shipped lists, with noise.

    make model

It needs scikit-learn (requirements.txt beside this file); running the service needs numpy alone.
Seeded, on one thread: the same lists give the same file. A seventh of the brands is held out first
to measure how sure the model may call itself where the lexicon is silent; the shipped weights are
then fitted on all of them. The figures that it prints are written into the README, and predictions
for a fixed list beside the tests.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from scipy.sparse import csr_matrix
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.isotonic import IsotonicRegression
from sklearn.linear_model import LogisticRegression
from threadpoolctl import threadpool_limits

HERE = Path(__file__).parent
SERVICE = HERE.parent
sys.path[:0] = [str(SERVICE / "src"), str(HERE)]

from model_figures import PREDICTIONS, HeldOut, predictions, readme_table, write_readme
from model_samples import FITTING, Sample, Samples, make_samples

from ai import shipped
from ai.domain.lexicon import Lexicon
from ai.domain.suggesting import Suggester

MODEL = SERVICE / "src" / "ai" / "data" / "ngrams.npz"


def fit(samples: Sequence[Sample]) -> tuple[TfidfVectorizer, LogisticRegression]:
    texts, leaves = zip(*samples, strict=True)
    vectorizer = TfidfVectorizer(
        analyzer=FITTING["analyzer"],
        ngram_range=tuple(FITTING["ngram_range"]),
        min_df=FITTING["min_df"],
        sublinear_tf=FITTING["sublinear_tf"],
        max_features=FITTING["max_features"],
        dtype=np.float32,
    )
    rows: csr_matrix = vectorizer.fit_transform(texts)
    counts = {leaf: leaves.count(leaf) for leaf in set(leaves)}
    weights = np.array([counts[leaf] ** -0.5 for leaf in leaves])
    model = LogisticRegression(C=FITTING["C"], max_iter=FITTING["max_iter"], tol=FITTING["tol"])
    model.fit(rows, leaves, sample_weight=weights / weights.mean())
    return vectorizer, model


def calibrate(
    samples: Samples, fitted: tuple[TfidfVectorizer, LogisticRegression]
) -> tuple[np.ndarray, HeldOut]:
    """Knots (claimed, right) measured on held-out brands that the lexicon doesn't know."""
    vectorizer, model = fitted
    texts, leaves = zip(*samples.held_out, strict=True)
    probabilities = model.predict_proba(vectorizer.transform(texts))
    best = probabilities.argmax(axis=1)
    right = np.array(
        [model.classes_[b] == leaf for b, leaf in zip(best, leaves, strict=True)], dtype=float
    )
    claimed = probabilities.max(axis=1)
    knots = np.array([0.0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 0.97, 1.0])
    curve = IsotonicRegression(y_min=0.0, y_max=0.95, out_of_bounds="clip").fit(claimed, right)
    measured = HeldOut(
        brands=len(texts),
        right=float(right.mean()),
        right_from_half=float(right[claimed >= 0.5].mean()),
        right_from_nine_tenths=float(right[claimed >= 0.9].mean()),
    )
    return np.stack([knots, curve.predict(knots)]).astype(np.float32), measured


def main() -> None:
    entries = shipped.lexicon_entries()
    lexicon = Lexicon(entries)
    samples = make_samples(lexicon, entries)
    with threadpool_limits(1):
        knots, held_out = calibrate(samples, fit(samples.kept))
        vectorizer, model = fit(samples.all)
    vocabulary = sorted(vectorizer.vocabulary_, key=vectorizer.vocabulary_.__getitem__)
    np.savez_compressed(
        MODEL,
        vocabulary=np.frombuffer("\n".join(vocabulary).encode(), dtype=np.uint8),
        idf=vectorizer.idf_.astype(np.float16),
        weights=model.coef_.T.astype(np.float16),
        intercepts=model.intercept_.astype(np.float32),
        leaves=np.array([str(leaf) for leaf in model.classes_]),
        knots=knots,
        inputs=np.array(samples.digest),
        held_out=held_out.packed(),
    )
    fitted = shipped.ngrams()
    PREDICTIONS.write_text("\n".join(predictions(lexicon, fitted)) + "\n", "utf-8")
    table = readme_table(Suggester(lexicon, fitted), held_out)
    write_readme(table)
    print(table)
    print(f"{len(vocabulary)} n-grams, {len(model.classes_)} classes, inputs {samples.digest[:12]}")


if __name__ == "__main__":
    main()
