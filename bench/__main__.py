"""`python -m bench [NAME…] [--seconds S]`: measure beside baselines, print, write."""

import argparse
import asyncio
import os
import platform
import sys
from collections.abc import Callable, Coroutine, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from rich.console import Console

from bench.figures import OUT, Figure, Findings, ratios_table, samples_table, write
from bench.gateway_read import gateway_read
from bench.ingest_receipt import ingest_receipt
from bench.ledger_post import ledger_post
from bench.world import World, running_world


@dataclass(frozen=True, slots=True)
class Benchmark:
    """How it is run, and the parts of the system that it is about."""

    run: Callable[[World, float], Coroutine[Any, Any, Findings]]
    parts: Sequence[str]


BENCHMARKS: Mapping[str, Benchmark] = {
    "gateway.read": Benchmark(gateway_read, ("auth", "ledger", "gateway")),
    "ledger.post": Benchmark(ledger_post, ("auth", "ledger", "gateway")),
    "ingest.receipt": Benchmark(ingest_receipt, ("auth", "ledger", "ingest", "ai", "gateway")),
}
# The access token of a benchmark's person is good for 15 minutes.
_MOST_SECONDS = 300.0


def main() -> int:
    names, seconds = _arguments(sys.argv[1:])
    console = Console()
    console.print(f"[bold]bench[/] [dim]{_machine()}[/]", highlight=False)
    figures = measure(names, seconds, console)
    console.print()
    console.print(ratios_table(figures))
    console.print()
    console.print(samples_table(figures))
    console.print("\n[dim]ratio = ours / baseline: of rates more is better, of ms less[/]")
    write(figures)
    console.print(f"[dim]{OUT.relative_to(OUT.parents[2])}[/]")
    return 0


def measure(names: Sequence[str], seconds: float, console: Console) -> Sequence[Figure]:
    """Run each benchmark on a system of its own, started and ended for it."""
    figures: list[Figure] = []
    for name in names:
        benchmark = BENCHMARKS[name]
        console.print(f"[bold]{name}[/] [dim]starting {', '.join(benchmark.parts)}[/]")
        with running_world(console, parts=benchmark.parts) as world:
            world.say(f"measuring for {seconds:.0f} s")
            findings = asyncio.run(benchmark.run(world, seconds))
        for note in findings.notes:
            console.print(f"  {note}", highlight=False)
        figures += findings.figures
    return figures


def _arguments(arguments: Sequence[str]) -> tuple[Sequence[str], float]:
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("names", nargs="*", metavar="NAME", help=", ".join(BENCHMARKS))
    parser.add_argument(
        "--seconds", type=float, default=40.0, help="of measuring for each NAME (40)"
    )
    given = parser.parse_args(arguments)
    unknown = sorted(set(given.names) - set(BENCHMARKS))
    if unknown:
        parser.error(f"{', '.join(unknown)}: there are {', '.join(BENCHMARKS)}")
    if not 1 <= given.seconds <= _MOST_SECONDS:
        parser.error(f"--seconds is 1 to {_MOST_SECONDS:.0f}")
    wanted = given.names or BENCHMARKS
    return [name for name in BENCHMARKS if name in wanted], given.seconds


def _machine() -> str:
    load = os.getloadavg()[0]
    return (
        f"{datetime.now(UTC):%Y-%m-%d %H:%M} UTC · {os.cpu_count()} processors,"
        f" load {load:.1f} before · Python {platform.python_version()}"
    )


if __name__ == "__main__":
    raise SystemExit(main())
