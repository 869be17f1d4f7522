"""Reads the lists and the fitted model that are shipped inside the package."""

from __future__ import annotations

import gzip
import tomllib
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from importlib.resources import files
from typing import Any

import numpy as np

from ai.domain.lexicon import Lexicon, LexiconEntries
from ai.domain.ngrams import FittedNgrams, NgramModel
from ai.domain.payee import cut_words, name_words, plain
from ai.domain.payee_patterns import one_spelling, spelled
from ai.domain.privacy import PersonWords, Privacy
from ai.domain.taxonomy import LEAVES, Leaf

MIN_BRAND = 3
"""Letters of a brand's name; shorter ones hit by chance."""
MOST_SENSES = 4


def lexicon() -> Lexicon:
    """The lexicon of the shipped lists; takes about a third of a second, so it is built once, at
    start."""
    return Lexicon(lexicon_entries())


def lexicon_entries() -> LexiconEntries:
    index = brand_index()
    trades, own = _toml("trade_words.toml"), _toml("services.toml")
    services = list(_names(own, "names"))
    phrases = {name_words(p): leaf for leaf, text in _texts(trades, "phrases") for p in text}
    return LexiconEntries(
        services=_by_name(services),
        brands=_brands(index),
        common_words=index.common_words,
        words={
            one_spelling(word): leaf
            for leaf, text in _texts(trades, "words")
            for word in text.split()
        },
        phrases={" ".join(words): leaf for words, leaf in phrases.items()},
        income_words={
            one_spelling(word): leaf
            for leaf, text in _texts(trades, "income")
            for word in text.split()
        },
        income_names=_by_name(
            [
                *_names(own, "income"),
                *(
                    (name_words(p), leaf)
                    for leaf, text in _texts(trades, "income_phrases")
                    for p in text
                ),
            ]
        ),
        given_names=given_names(),
        whole_names=frozenset(
            " ".join(words) for words in (*(w for w, _ in services), *index.senses, *phrases)
        ),
    )


def ngrams() -> NgramModel:
    """The fitted n-gram model; about 17 MB resident, so it is loaded once, at start."""
    with (
        files("ai").joinpath("data/ngrams.npz").open("rb") as file,
        np.load(file, allow_pickle=False) as fitted,
    ):
        grams = fitted["vocabulary"].tobytes().decode().split("\n")
        return NgramModel(
            FittedNgrams(
                vocabulary={gram: at for at, gram in enumerate(grams)},
                idf=fitted["idf"],
                weights=fitted["weights"],
                intercepts=fitted["intercepts"],
                leaves=tuple(Leaf(str(leaf)) for leaf in fitted["leaves"]),
                knots=fitted["knots"],
            )
        )


def given_names() -> frozenset[str]:
    """Given names as normalised words: who bears one is a person, not a shop."""
    text = files("ai").joinpath("data/given_names.txt").read_text("utf-8")
    return frozenset(
        one_spelling(plain(n))
        for line in text.splitlines()
        if line[:1] != "#"
        for n in line.split()
    )


def privacy() -> Privacy:
    """Word lists that tell persons from businesses."""
    lists = tomllib.loads(files("ai").joinpath("data/persons.toml").read_text("utf-8"))
    return Privacy(
        PersonWords(
            given_names=given_names(),
            **{
                field: _phrases(text) if field.endswith("_phrases") else spelled(text)
                for field, text in lists.items()
            },
        )
    )


def _phrases(text: str) -> frozenset[str]:
    return frozenset(" ".join(map(one_spelling, phrase.split())) for phrase in text.split(";"))


@dataclass(frozen=True, slots=True)
class BrandIndex:
    """`brands.txt.gz`: the leaves of each name, by its words; nothing is cut from them."""

    senses: Mapping[tuple[str, ...], tuple[Leaf, ...]]
    # Words of so many unrelated brands that alone they name none.
    common_words: frozenset[str]
    # Of the meanings of a name the likelier first.
    rank: Mapping[Leaf, int]


def brand_index() -> BrandIndex:
    """The index as it is shipped."""
    text = gzip.decompress(files("ai").joinpath("data/brands.txt.gz").read_bytes()).decode()
    common, rank, *lines = text.splitlines()
    senses = {}
    for line in lines:
        name, *meanings = line.split("\t")
        senses[tuple(name.split())] = tuple(Leaf(m.partition(":")[0]) for m in meanings)
    return BrandIndex(
        senses,
        frozenset(common.removeprefix("#common ").split()),
        {Leaf(leaf): at for at, leaf in enumerate(rank.removeprefix("#rank ").split())},
    )


def _brands(index: BrandIndex) -> dict[str, tuple[Leaf, ...]]:
    """Brands by whole name, and by the name without legal forms and numbers."""
    found: dict[str, set[Leaf]] = defaultdict(set)
    for words, leaves in index.senses.items():
        for name in {"".join(words), "".join(cut_words(words))}:
            if len(name) >= MIN_BRAND and not name.isdigit():
                found[name].update(leaves)
    last = len(index.rank)
    return {
        name: tuple(sorted(leaves, key=lambda leaf: (index.rank.get(leaf, last), leaf)))[
            :MOST_SENSES
        ]
        for name, leaves in found.items()
    }


def _by_name(names: Sequence[tuple[tuple[str, ...], Leaf]]) -> dict[str, Leaf]:
    """Names by whole name; one without legal forms and numbers yields to another's whole name."""
    cut = {"".join(cut_words(words)): leaf for words, leaf in names}
    return cut | {"".join(words): leaf for words, leaf in names}


def _toml(name: str) -> dict[str, dict[str, Any]]:
    lists = tomllib.loads(files("ai").joinpath(f"data/{name}").read_text("utf-8"))
    strangers = set(lists) - LEAVES
    if strangers:
        raise ValueError(f"{name} has categories that the taxonomy lacks: {sorted(strangers)}")
    return lists


def _texts(lists: dict[str, dict[str, Any]], field: str) -> Iterator[tuple[Leaf, Any]]:
    for leaf, entry in lists.items():
        if field in entry:
            yield Leaf(leaf), entry[field]


def _names(lists: dict[str, dict[str, Any]], field: str) -> Iterator[tuple[tuple[str, ...], Leaf]]:
    for leaf, text in _texts(lists, field):
        for name in text.split(";"):
            yield name_words(name), leaf
