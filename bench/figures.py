"""What a benchmark answers, as rows of a table and of a file."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from rich.table import Table

from bench.measuring import Comparison, median_latency, median_rate, pooled

OUT = Path(__file__).parent / "out" / "latest.json"


@dataclass(frozen=True, slots=True)
class Figure:
    """Ours beside its baseline, in the same unit; `spread` are the least and the largest ratio of
    neighbouring rounds."""

    name: str
    unit: str
    ours: float
    baseline: float
    spread: tuple[float, float]
    rounds: Comparison
    # What the baseline is, and at what load both were taken.
    beside: str

    @property
    def ratio(self) -> float:
        return self.ours / self.baseline


@dataclass(frozen=True, slots=True)
class Findings:
    """The figures of one benchmark, and sentences that say what they are made of."""

    figures: Sequence[Figure]
    notes: Sequence[str] = ()


def rate_figure(name: str, unit: str, rounds: Comparison, *, beside: str) -> Figure:
    """How many a second: more is better."""
    pairs = zip(rounds.ours, rounds.baseline, strict=True)
    ratios = [mine.per_second / bare.per_second for mine, bare in pairs]
    return Figure(
        name=name,
        unit=unit,
        ours=median_rate(rounds.ours),
        baseline=median_rate(rounds.baseline),
        spread=(min(ratios), max(ratios)),
        rounds=rounds,
        beside=beside,
    )


def latency_figure(name: str, rounds: Comparison, *, beside: str) -> Figure:
    """How long one takes, the median in milliseconds: less is better."""
    pairs = zip(rounds.ours, rounds.baseline, strict=True)
    ratios = [mine.milliseconds(0.5) / bare.milliseconds(0.5) for mine, bare in pairs]
    return Figure(
        name=name,
        unit="ms",
        ours=median_latency(rounds.ours),
        baseline=median_latency(rounds.baseline),
        spread=(min(ratios), max(ratios)),
        rounds=rounds,
        beside=beside,
    )


def write(figures: Sequence[Figure], path: Path = OUT) -> None:
    rows = [
        {
            "name": figure.name,
            "unit": figure.unit,
            "ours": round(figure.ours, 3),
            "baseline": round(figure.baseline, 3),
            "ratio": round(figure.ratio, 3),
        }
        for figure in figures
    ]
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(rows, indent=2) + "\n")


def ratios_table(figures: Sequence[Figure]) -> Table:
    """Ours beside the baselines; the spread is that of neighbouring rounds."""
    drawn = _table("figure", "unit", "ours", "baseline", "ratio", "spread")
    for figure in figures:
        low, high = figure.spread
        drawn.add_row(
            figure.name,
            figure.unit,
            _number(figure.ours),
            _number(figure.baseline),
            f"[bold]{figure.ratio:.2f}[/]",
            f"[dim]{low:.2f} … {high:.2f}[/]",
        )
    return drawn


def samples_table(figures: Sequence[Figure]) -> Table:
    """What the ratios were made from: all rounds of a side together."""
    drawn = _table("figure", "side", "count", "p50 ms", "p99 ms", "rounds")
    for figure in figures:
        rounds = figure.rounds
        for side, samples in (("ours", rounds.ours), (figure.beside, rounds.baseline)):
            sample = pooled(samples)
            drawn.add_row(
                figure.name if samples is rounds.ours else "",
                side,
                f"{len(sample.latencies):,}",
                _number(sample.milliseconds(0.5)),
                _number(sample.milliseconds(0.99)),
                str(len(samples)),
            )
    return drawn


def _table(*headings: str) -> Table:
    """Two columns of words, then columns of numbers."""
    drawn = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), header_style="dim")
    for heading in headings[:2]:
        drawn.add_column(heading)
    for heading in headings[2:]:
        drawn.add_column(heading, justify="right", no_wrap=True)
    return drawn


def _number(value: float) -> str:
    return f"{value:,.0f}" if value >= 100 else f"{value:,.3g}"
