"""Reads the lists and the fitted model that are shipped inside the package."""

from __future__ import annotations

import gzip
import tomllib
from collections.abc import Iterator
from importlib.resources import files
from typing import Any

import numpy as np

from ai.domain.lexicon import Lexicon, LexiconEntries, compact
from ai.domain.ngrams import FittedNgrams, NgramModel
from ai.domain.payee import normalise, one_spelling, plain
from ai.domain.taxonomy import LEAVES, Leaf


def lexicon() -> Lexicon:
    """The lexicon of the shipped lists; takes about a third of a second, so it is built once, at
    start."""
    return Lexicon(lexicon_entries())


def lexicon_entries() -> LexiconEntries:
    brands, common = _brand_index()
    trades, own = _toml("trade_words.toml"), _toml("services.toml")
    return LexiconEntries(
        services=dict(_keyed(own, "names")),
        brands=brands,
        common_words=common,
        words={
            one_spelling(word): leaf
            for leaf, text in _texts(trades, "words")
            for word in text.split()
        },
        phrases={
            " ".join(normalise(p).words): leaf
            for leaf, text in _texts(trades, "phrases")
            for p in text
        },
        income_words={
            one_spelling(word): leaf
            for leaf, text in _texts(trades, "income")
            for word in text.split()
        },
        income_names={
            **dict(_keyed(own, "income")),
            **{compact(p): leaf for leaf, text in _texts(trades, "income_phrases") for p in text},
        },
        given_names=given_names(),
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


def _brand_index() -> tuple[dict[str, tuple[Leaf, ...]], frozenset[str]]:
    text = gzip.decompress(files("ai").joinpath("data/brands.txt.gz").read_bytes()).decode()
    first, *lines = text.splitlines()
    brands: dict[str, tuple[Leaf, ...]] = {}
    for line in lines:
        key, *senses = line.split("\t")
        brands[key] = tuple(Leaf(sense.partition(":")[0]) for sense in senses)
    return brands, frozenset(first.removeprefix("#common ").split())


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


def _keyed(lists: dict[str, dict[str, Any]], field: str) -> Iterator[tuple[str, Leaf]]:
    for leaf, text in _texts(lists, field):
        for name in text.split(";"):
            key = compact(name) or plain(name).replace(" ", "").strip()
            yield key, leaf
