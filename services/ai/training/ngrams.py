"""Fit the character n-gram model (src/ai/data/ngrams.npz) on the shipped lists, with noise.

    python training/ngrams.py <unpacked npm package name-suggestion-index> <site-packages/iso18245>

Needs scikit-learn; running the service needs numpy alone. Seeded: the same input gives the same
model. A seventh of the brands is held out first to measure how sure the model may call itself where
the lexicon is silent; the shipped weights are then fitted on all of them.
"""

from __future__ import annotations

import random
import sys
from collections.abc import Iterable, Sequence
from pathlib import Path

import numpy as np
from scipy.sparse import csr_matrix
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.isotonic import IsotonicRegression
from sklearn.linear_model import LogisticRegression

HERE = Path(__file__).parent
sys.path[:0] = [str(HERE.parent / "src"), str(HERE)]

from brands import all_brands

from ai import shipped
from ai.domain.lexicon import Lexicon, LexiconEntries
from ai.domain.payee import normalise

SEED = 20260401
FEATURES = 60_000
NOBODY = "-"
"""The class of texts that name no trade: private persons, holdings, made-up words."""


def words_of(text: str) -> list[str]:
    return text.split()


TOWNS = words_of(
    "london berlin paris madrid hamburg munchen koln wien zurich lyon marseille lille nantes "
    "barcelona sevilla "
    "valencia manchester leeds bristol glasgow edinburgh dublin new york chicago austin seattle "
    "denver boston "
    "portland oakland miami dallas san francisco toronto sydney amsterdam brussel milano roma "
    "porto frankfurt "
    "stuttgart dresden leipzig bonn kiel bern basel graz linz toulouse nice bordeaux bilbao malaga"
)
SURNAMES = words_of(
    "muller schmidt schneider fischer weber meyer wagner becker schulz hoffmann koch bauer "
    "richter klein wolf "
    "schroder neumann schwarz zimmermann braun kruger hofmann hartmann lange werner krause "
    "lehmann kohler martin "
    "bernard dubois thomas robert petit durand leroy moreau simon laurent lefebvre michel garcia "
    "rodriguez "
    "gonzalez fernandez lopez sanchez perez gomez ruiz diaz moreno alonso navarro smith jones "
    "taylor brown williams "
    "wilson johnson davies patel wright walker white edwards hughes green hall wood harris clarke "
    "jackson turner hill "
    "cooper ward kowalski nowak novak rossi ferrari silva santos nguyen kim lee chen singh khan "
    "ali yilmaz kaya"
)
EMPTY_WORDS = words_of(
    "holding holdings group management beteiligungs partners trading ventures international"
)

Sample = tuple[str, str]


def brand_samples(nsi: Path, iso: Path) -> list[Sample]:
    seen: dict[Sample, None] = {}
    for brand in all_brands(nsi, iso):
        text = " ".join(normalise(brand.name).words)
        if len(text) >= 3 and text.isascii():
            seen[text, brand.leaf] = None
    return list(seen)


def list_samples(entries: LexiconEntries, dice: random.Random) -> list[Sample]:
    """Services as they are; trade words beside the names of people and towns, as small shops are
    called."""
    samples = [(name, leaf) for name, leaf in entries.services.items() for _ in range(2)]
    names = sorted(entries.given_names) + SURNAMES
    for words, copies in ((entries.words, 4), (entries.phrases, 4)):
        for word, leaf in words.items():
            samples.append((word, leaf))
            for _ in range(copies):
                beside = dice.choice(names if dice.random() < 0.6 else TOWNS)
                samples.append(
                    (f"{word} {beside}" if dice.random() < 0.6 else f"{beside} {word}", leaf)
                )
    return samples


def nobody_samples(entries: LexiconEntries, dice: random.Random, count: int) -> list[Sample]:
    given = sorted(entries.given_names)
    made: list[Sample] = []
    for _ in range(count):
        roll = dice.random()
        if roll < 0.6:
            first = dice.choice(given) if dice.random() < 0.7 else dice.choice("abcdefghjklmnprstw")
            pair = [first, dice.choice(SURNAMES)]
            made.append((" ".join(pair if dice.random() < 0.7 else reversed(pair)), NOBODY))
        elif roll < 0.85:
            word = "".join(
                dice.choice("bcdfghklmnprstvwxz") + dice.choice("aeiou")
                for _ in range(dice.randint(1, 3))
            )
            made.append((f"{word} {dice.choice(EMPTY_WORDS)}", NOBODY))
        else:
            made.append((dice.choice(TOWNS), NOBODY))
    return made


def noisy(samples: Iterable[Sample], dice: random.Random, copies: int) -> list[Sample]:
    """The names as banks print them: a town behind, cut at 18 to 25 characters, a letter lost."""
    out: list[Sample] = []
    for text, leaf in samples:
        out.append((text, leaf))
        for _ in range(copies):
            line = text
            if dice.random() < 0.5:
                line = f"{line} {dice.choice(TOWNS)}"
            if dice.random() < 0.4:
                line = line[: dice.randint(18, 25)]
            if dice.random() < 0.15 and len(line) > 6:
                at = dice.randrange(len(line))
                line = line[:at] + line[at + 1 :]
            if dice.random() < 0.2:
                line = line.replace(" ", "", 1)
            out.append((line.strip(), leaf))
    return out


def fit(samples: Sequence[Sample]) -> tuple[TfidfVectorizer, LogisticRegression]:
    texts, leaves = zip(*samples, strict=True)
    vectorizer = TfidfVectorizer(
        analyzer="char_wb",
        ngram_range=(2, 5),
        min_df=4,
        sublinear_tf=True,
        max_features=FEATURES,
        dtype=np.float32,
    )
    rows: csr_matrix = vectorizer.fit_transform(texts)
    counts = {leaf: leaves.count(leaf) for leaf in set(leaves)}
    weights = np.array([counts[leaf] ** -0.5 for leaf in leaves])
    model = LogisticRegression(C=8.0, max_iter=150, tol=1e-3)
    model.fit(rows, leaves, sample_weight=weights / weights.mean())
    return vectorizer, model


def calibration(
    held_out: Sequence[Sample], silent: Lexicon, fitted: tuple[TfidfVectorizer, LogisticRegression]
) -> np.ndarray:
    """Knots (claimed, right) measured on held-out brands of which a lexicon without them says
    nothing."""
    vectorizer, model = fitted
    quiet = [
        (text, leaf) for text, leaf in held_out if not silent.read(normalise(text), inflow=False)
    ]
    probabilities = model.predict_proba(vectorizer.transform([text for text, _ in quiet]))
    best = probabilities.argmax(axis=1)
    right = np.array(
        [model.classes_[b] == leaf for b, (_, leaf) in zip(best, quiet, strict=True)], dtype=float
    )
    claimed = probabilities.max(axis=1)
    knots = np.array([0.0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 0.97, 1.0])
    curve = IsotonicRegression(y_min=0.0, y_max=0.95, out_of_bounds="clip").fit(claimed, right)
    print(
        f"held out: {len(quiet)} of {len(held_out)} unknown to the lexicon, {right.mean():.3f} "
        f"right"
    )
    for low in (0.3, 0.5, 0.7, 0.8, 0.9, 0.95):
        over = claimed >= low
        print(f"  claimed ≥ {low}: {right[over].mean():.3f} right of {over.mean():.3f}")
    return np.stack([knots, curve.predict(knots)]).astype(np.float32)


def without(entries: LexiconEntries, held_out: Sequence[Sample]) -> Lexicon:
    gone = {text.replace(" ", "") for text, _ in held_out}
    return Lexicon(
        LexiconEntries(
            services=entries.services,
            brands={key: leaves for key, leaves in entries.brands.items() if key not in gone},
            common_words=entries.common_words,
            words=entries.words,
            phrases=entries.phrases,
            given_names=entries.given_names,
        )
    )


def main(nsi: str, iso: str) -> None:
    dice = random.Random(SEED)
    entries = shipped.lexicon_entries()
    brands = brand_samples(Path(nsi), Path(iso))
    dice.shuffle(brands)
    held_out, kept = brands[: len(brands) // 7], brands[len(brands) // 7 :]
    gone = {text for text, _ in held_out}
    kept = [sample for sample in kept if sample[0] not in gone]
    lists = list_samples(entries, dice) + nobody_samples(entries, dice, 4000)
    knots = calibration(held_out, without(entries, held_out), fit(noisy(kept, dice, 1) + lists))
    vectorizer, model = fit(noisy(brands, dice, 1) + lists)
    vocabulary = sorted(vectorizer.vocabulary_, key=vectorizer.vocabulary_.__getitem__)
    np.savez_compressed(
        HERE.parent / "src" / "ai" / "data" / "ngrams.npz",
        vocabulary=np.frombuffer("\n".join(vocabulary).encode(), dtype=np.uint8),
        idf=vectorizer.idf_.astype(np.float16),
        weights=model.coef_.T.astype(np.float16),
        intercepts=model.intercept_.astype(np.float32),
        leaves=np.array([str(leaf) for leaf in model.classes_]),
        knots=knots,
    )
    print(f"{len(vocabulary)} n-grams, {len(model.classes_)} classes, seed {SEED}")


if __name__ == "__main__":
    main(*sys.argv[1:])
