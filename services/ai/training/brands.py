"""Build the brand index (src/ai/data/brands.txt.gz) from the name-suggestion-index and ISO 18245
lists.

    python training/brands.py <unpacked npm package name-suggestion-index> <site-packages/iso18245>

The result is deterministic. Attribution: src/ai/data/ATTRIBUTION.md.
"""

from __future__ import annotations

import csv
import gzip
import json
import re
import sys
import tomllib
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent / "src"))

from ai.domain.payee import name_words

DATA = Path(__file__).parent.parent / "src" / "ai" / "data"

TAGS = tomllib.loads(Path(__file__).with_name("osm_tags.toml").read_text("utf-8"))
LEAF_OF_TAG = {tag: leaf for leaf, tags in TAGS["leaves"].items() for tag in tags}
OPERATOR_TAGS = frozenset(TAGS["operators"])
TRADE_RANK: list[str] = TAGS["trade_rank"]
LATIN_NAME = re.compile(r"[a-zA-Z]")


@dataclass(frozen=True, slots=True)
class Brand:
    name: str
    leaf: str
    countries: tuple[str, ...]


def nsi_brands(package: Path) -> Iterator[Brand]:
    tree = json.loads((package / "dist" / "json" / "nsi.json").read_text("utf-8"))["nsi"]
    for path, branch in sorted(tree.items()):
        kind, _, tag = path.partition("/")
        leaf = LEAF_OF_TAG.get(tag) or LEAF_OF_TAG.get(tag.split("/")[0])
        if (
            leaf is None
            or tag == "healthcare/blood_donation"
            or kind not in {"brands", "operators", "transit"}
        ):
            continue
        if kind == "operators" and tag not in OPERATOR_TAGS:
            continue
        for item in branch.get("items", []):
            yield from _named(item, leaf)


def _named(item: dict[str, object], leaf: str) -> Iterator[Brand]:
    tags = item.get("tags", {})
    include = item.get("locationSet", {}).get("include", [])  # type: ignore[union-attr]
    countries = tuple(
        sorted({str(c).split("-")[0] for c in include if isinstance(c, str) and c[:2].isalpha()})
    )
    names = {str(item["displayName"]).split(" (")[0]}
    for key in ("name", "name:en", "brand", "brand:en", "operator", "short_name", "network"):
        if key in tags:  # type: ignore[operator]
            names.add(str(tags[key]))  # type: ignore[index]
    names.update(str(n) for n in item.get("matchNames", []))  # type: ignore[union-attr]
    for name in sorted(names):
        if LATIN_NAME.search(name) and len(name) <= 48:
            yield Brand(name, leaf, countries)


def iso_brands(package: Path) -> Iterator[Brand]:
    """Airlines (3000–3350), car rental (3351–3500) and hotels (3501–3999) that have a merchant code
    of their own."""
    for source in ("visa_list.csv", "mastercard_list.csv"):
        with (package / "data" / source).open(encoding="utf-8") as file:
            for row in csv.reader(file):
                if not row[0].isdigit():
                    continue
                code = int(row[0])
                leaf = (
                    "flights" if 3000 <= code <= 3350 else "travel" if 3351 <= code <= 3500
                    else "hotels" if 3501 <= code <= 3999 else ""
                )  # fmt: skip
                if leaf:
                    for name in re.split(r"[/(),]", row[1]):
                        if len(name.strip()) > 2:
                            yield Brand(name.strip(), leaf, ())


def all_brands(nsi: Path, iso: Path) -> list[Brand]:
    return [*nsi_brands(nsi), *iso_brands(iso)]


def common_words(brands: list[Brand]) -> list[str]:
    """Words that occur in the names of many unrelated brands: alone they name none of them."""
    named_by: dict[str, set[tuple[str, str]]] = defaultdict(set)
    for brand in brands:
        words = name_words(brand.name)
        for word in set(words):
            root = "".join(words)
            named_by[word].add((root[:6], brand.leaf))
    generic = {
        word
        for word, names in named_by.items()
        if word.isalpha()
        and len({leaf for _, leaf in names}) >= 3
        and len({root for root, _ in names}) >= 4
    }
    return sorted(generic)


def index_lines(brands: list[Brand]) -> Iterator[str]:
    """One line a name: its words, nothing cut, and each trade with its countries."""
    senses: dict[str, dict[str, set[str]]] = defaultdict(lambda: defaultdict(set))
    for brand in brands:
        name = " ".join(name_words(brand.name))
        joined = name.replace(" ", "")
        if len(joined) >= 3 and not joined.isdigit():
            senses[name][brand.leaf].update(brand.countries or ("001",))
    for name, by_leaf in sorted(senses.items()):
        ranked = sorted(by_leaf, key=lambda leaf: (_rank(leaf), leaf))
        yield "\t".join(
            [name, *(f"{leaf}:{','.join(sorted(by_leaf[leaf])[:12])}" for leaf in ranked[:4])]
        )


def _rank(leaf: str) -> int:
    return TRADE_RANK.index(leaf) if leaf in TRADE_RANK else len(TRADE_RANK)


def main(nsi: str, iso: str) -> None:
    brands = all_brands(Path(nsi), Path(iso))
    head = ["#common " + " ".join(common_words(brands)), "#rank " + " ".join(TRADE_RANK)]
    text = "\n".join([*head, *index_lines(brands)]) + "\n"
    with (
        (DATA / "brands.txt.gz").open("wb") as raw,
        gzip.GzipFile("", "wb", 9, raw, mtime=0) as packed,
    ):
        packed.write(text.encode())
    print(f"{len(brands)} names, {text.count(chr(10)) - 2} keys")


if __name__ == "__main__":
    main(*sys.argv[1:])
