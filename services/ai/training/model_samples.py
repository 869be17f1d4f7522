"""Samples to fit the n-gram model on: names and trades, as banks print them.

Everything here is derived from the lists in src/ai/data with seeded dice, so the same lists and the
same reading of payees give the same samples. `Samples.digest` tells whether a fitted model is still
the one of these lists; CI compares it without fitting anything.
"""

from __future__ import annotations

import hashlib
import json
import random
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

from ai import shipped
from ai.domain.lexicon import Lexicon, LexiconEntries

SEED: Final = 20260401
NOBODY: Final = "-"
"""The class of texts that name no trade: private persons, holdings, made-up words."""
FITTING: Final[Mapping[str, object]] = {
    "analyzer": "char_wb",
    "ngram_range": [2, 5],
    "min_df": 4,
    "sublinear_tf": True,
    "max_features": 60_000,
    "C": 8.0,
    "max_iter": 150,
    "tol": 1e-3,
}
"""Parameters of the fit; the digest covers them."""

Sample = tuple[str, str]
"""A name and its trade."""


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


def brand_samples(lexicon: Lexicon, index: shipped.BrandIndex) -> list[Sample]:
    """Every brand as it is read in a payee, with each trade that it has."""
    seen: dict[Sample, None] = {}
    for words, leaves in index.senses.items():
        text = " ".join(lexicon.payee(" ".join(words)).words)
        if len(text) >= 3 and text.isascii():
            for leaf in leaves:
                seen[text, str(leaf)] = None
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


@dataclass(frozen=True, slots=True)
class Samples:
    """Samples of one fit on all brands, and of one that holds a seventh of them out."""

    all: Sequence[Sample]
    kept: Sequence[Sample]
    # Held-out brands of which a lexicon without them says nothing.
    held_out: Sequence[Sample]
    held_out_count: int

    @property
    def digest(self) -> str:
        """SHA-256 of everything that the fit and its calibration depend on."""
        content = [SEED, FITTING, self.all, self.kept, self.held_out]
        text = json.dumps(content, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
        return hashlib.sha256(text.encode()).hexdigest()


def make_samples(lexicon: Lexicon, entries: LexiconEntries) -> Samples:
    """The samples of the shipped lists; takes a few seconds."""
    dice = random.Random(SEED)
    brands = brand_samples(lexicon, shipped.brand_index())
    dice.shuffle(brands)
    held_out, kept = brands[: len(brands) // 7], brands[len(brands) // 7 :]
    gone = {text for text, _ in held_out}
    kept = [sample for sample in kept if sample[0] not in gone]
    lists = list_samples(entries, dice) + nobody_samples(entries, dice, 4000)
    silent = without(entries, held_out)
    quiet = [
        sample for sample in held_out if not silent.read(silent.payee(sample[0]), inflow=False)
    ]
    return Samples(
        all=noisy(brands, dice, 1) + lists,
        kept=noisy(kept, dice, 1) + lists,
        held_out=quiet,
        held_out_count=len(held_out),
    )


def without(entries: LexiconEntries, held_out: Sequence[Sample]) -> Lexicon:
    """The lexicon as it is without these brands."""
    gone = {text.replace(" ", "") for text, _ in held_out}
    brands = {key: leaves for key, leaves in entries.brands.items() if key not in gone}
    return Lexicon(replace(entries, brands=brands))
