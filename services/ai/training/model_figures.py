"""The figures of the README and the predictions beside the tests, from the shipped lists and model.

scikit-learn isn't needed here, so CI makes both again and compares them.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np

from ai.domain.lexicon import Lexicon
from ai.domain.ngrams import NgramModel
from ai.domain.suggesting import Suggester, Suggestion
from ai.domain.taxonomy import INCOME_LEAVES, LEAVES, Category, CategoryId, Chart

SERVICE: Final = Path(__file__).parents[1]
README: Final = SERVICE / "README.md"
PREDICTIONS: Final = SERVICE / "tests" / "data" / "predictions.tsv"
UNSEEN: Final = SERVICE / "tests" / "data" / "unseen.tsv"
BEGIN, END = "<!-- written by make model -->", "<!-- end -->"
SURE: Final = 0.93


@dataclass(frozen=True, slots=True)
class HeldOut:
    """Measured while fitting, on brands that neither model nor lexicon knew."""

    brands: int
    right: float
    right_from_half: float
    right_from_nine_tenths: float

    def packed(self) -> np.ndarray:
        return np.array(
            [self.brands, self.right, self.right_from_half, self.right_from_nine_tenths]
        )


@dataclass(frozen=True, slots=True)
class Stored:
    """The record in the model's file of how it was made."""

    inputs: str
    held_out: HeldOut


def stored() -> Stored:
    with np.load(SERVICE / "src" / "ai" / "data" / "ngrams.npz", allow_pickle=False) as fitted:
        brands, *shares = fitted["held_out"].tolist()
        return Stored(str(fitted["inputs"]), HeldOut(int(brands), *shares))


def predictions(lexicon: Lexicon, model: NgramModel) -> list[str]:
    """The lines of PREDICTIONS: each name with what the model reads first, and how sure."""
    head, *lines = PREDICTIONS.read_text("utf-8").splitlines()
    made = [head]
    for line in lines:
        name = line.split("\t")[0]
        found = model.read(lexicon.payee(name))
        leaf, confidence = (found[0].leaf, found[0].confidence) if found else ("-", 0.0)
        made.append(f"{name}\t{leaf}\t{confidence:.2f}")
    return made


def readme_table(suggester: Suggester, held_out: HeldOut) -> str:
    """The table of "How sure", as it stands in the README."""
    answers = _answers(suggester)
    found = [(leaves, suggestions) for leaves, suggestions in answers if suggestions]
    right = sum(_leaf(s[0]) in leaves for leaves, s in found)
    near = sum(any(_leaf(one) in leaves for one in s) for leaves, s in found)
    sure = [(leaves, s) for leaves, s in found if s[0].confidence >= SURE]
    right_of_sure = sum(_leaf(s[0]) in leaves for leaves, s in sure)
    half_and_more = (
        f"{held_out.right_from_half:.0%} where ≥ 0.5, "
        f"{held_out.right_from_nine_tenths:.0%} where ≥ 0.9"
    )
    return "\n".join(
        _row(*cells)
        for cells in (
            ("measured on", "rows", "suggested", "right of all", "of suggested", "in the top 3"),
            ("---",) * 6,
            (
                "`tests/data/unseen.tsv`, never mended against",
                len(answers),
                len(found),
                _share(right, len(answers)),
                _share(right, len(found)),
                _share(near, len(answers)),
            ),
            (
                f"… of these claimed ≥ {SURE}",
                len(sure),
                "",
                "",
                _share(right_of_sure, len(sure)),
                "",
            ),
            (
                "brands held out that the lexicon doesn't know (before the knots)",
                f"{held_out.brands:,}",
                "",
                f"{held_out.right:.0%}",
                half_and_more,
                "",
            ),
        )
    )


def _row(*cells: object) -> str:
    return f"| {' | '.join(map(str, cells))} |"


def _share(part: int, whole: int) -> str:
    return f"{part / whole:.0%}"


def table_in_readme() -> str:
    text = README.read_text("utf-8")
    return text.split(BEGIN, 1)[1].split(END, 1)[0].strip()


def write_readme(table: str) -> None:
    before, rest = README.read_text("utf-8").split(BEGIN, 1)
    after = rest.split(END, 1)[1]
    README.write_text(f"{before}{BEGIN}\n{table}\n{END}{after}", "utf-8")


def _answers(suggester: Suggester) -> list[tuple[set[str], list[Suggestion]]]:
    """Descriptors that have a category: which it may be, and what is suggested."""
    chart = Chart(
        Category(CategoryId(leaf), leaf, "income" if leaf in INCOME_LEAVES else "expense", leaf)
        for leaf in sorted(LEAVES)
    )
    answers = []
    for line in UNSEEN.read_text("utf-8").splitlines():
        if line.startswith("#"):
            continue
        leaf, way, text = line.split("\t")
        if leaf == "-":
            continue
        described = suggester.describe(text, "", inflow=way == "in")
        found = suggester.suggest(
            described, inflow=way == "in", chart=chart, memory=None, neighbours=[]
        )
        answers.append((set(leaf.split("|")), found))
    return answers


def _leaf(suggestion: Suggestion) -> str:
    return suggestion.category_id
