"""`python -m bench [NAME…] [--seconds S] [--sizes 10k,100k,1m]`: measure beside baselines, print,
write."""

import argparse
import asyncio
import os
import platform
import sys
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from rich.console import Console

from bench.ai_learn import ai_learn
from bench.figures import OUT, Figure, Findings, ratios_table, samples_table, write
from bench.gateway_read import gateway_read
from bench.ingest_receipt import ingest_receipt
from bench.ledger_import import ledger_import
from bench.ledger_memory import ledger_memory
from bench.ledger_post import ledger_post
from bench.ledger_sizes import DEFAULT_SIZES, SIZES, ledger_sizes
from bench.world import World, running_world


@dataclass(frozen=True, slots=True)
class Benchmark:
    """How it is run, and the parts of the system that it is about."""

    run: Callable[[World, float], Awaitable[Findings]]
    parts: Sequence[str]
    # What takes more than three minutes runs only where it is named.
    long: bool = False


def benchmarks(sizes: Sequence[str]) -> Mapping[str, Benchmark]:
    """All that there are, with the sizes of books that `ledger.sizes` is about."""
    return {
        "gateway.read": Benchmark(gateway_read, ("auth", "ledger", "gateway")),
        "ledger.post": Benchmark(ledger_post, ("auth", "ledger")),
        "ledger.import": Benchmark(ledger_import, ("auth", "ledger")),
        "ledger.sizes": Benchmark(ledger_sizes(sizes), ("auth", "ledger")),
        "ledger.memory": Benchmark(ledger_memory, ("auth", "ledger"), long=True),
        "ai.learn": Benchmark(ai_learn, ()),
        "ingest.receipt": Benchmark(ingest_receipt, ("auth", "ledger", "ingest", "ai", "gateway")),
    }


# The access token of a benchmark's person is good for 15 minutes.
_MOST_SECONDS = 300.0


def main() -> int:
    chosen, seconds = _arguments(sys.argv[1:])
    console = Console()
    console.print(f"[bold]bench[/] [dim]{_machine()}[/]", highlight=False)
    figures = measure(chosen, seconds, console)
    console.print()
    console.print(ratios_table(figures))
    console.print()
    console.print(samples_table(figures))
    console.print("\n[dim]ratio = ours / baseline: of rates more is better, of ms less[/]")
    write(figures)
    console.print(f"[dim]{OUT.relative_to(OUT.parents[2])}[/]")
    return 0


def measure(chosen: Mapping[str, Benchmark], seconds: float, console: Console) -> Sequence[Figure]:
    """Run each benchmark on a system of its own, started and ended for it."""
    figures: list[Figure] = []
    for name, benchmark in chosen.items():
        console.print(f"[bold]{name}[/] [dim]starting {', '.join(benchmark.parts)}[/]")
        with running_world(console, parts=benchmark.parts) as world:
            world.say(f"measuring for {seconds:.0f} s")
            findings = asyncio.run(_awaited(benchmark.run(world, seconds)))
        for note in findings.notes:
            console.print(f"  {note}", highlight=False)
        figures += findings.figures
    return figures


async def _awaited(findings: Awaitable[Findings]) -> Findings:
    return await findings


def _arguments(arguments: Sequence[str]) -> tuple[Mapping[str, Benchmark], float]:
    known = ", ".join(benchmarks(()))
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("names", nargs="*", metavar="NAME", help=known)
    parser.add_argument(
        "--seconds", type=float, default=40.0, help="of measuring for each NAME (40)"
    )
    parser.add_argument(
        "--sizes",
        default=",".join(DEFAULT_SIZES),
        help=f"of the books of ledger.sizes, of {','.join(SIZES)} ({','.join(DEFAULT_SIZES)})",
    )
    given = parser.parse_args(arguments)
    sizes = given.sizes.lower().split(",")
    if unknown := sorted(set(sizes) - set(SIZES)):
        parser.error(f"--sizes {', '.join(unknown)}: there are {', '.join(SIZES)}")
    there = benchmarks([size for size in SIZES if size in sizes])
    if unknown := sorted(set(given.names) - set(there)):
        parser.error(f"{', '.join(unknown)}: there are {known}")
    if not 1 <= given.seconds <= _MOST_SECONDS:
        parser.error(f"--seconds is 1 to {_MOST_SECONDS:.0f}")
    wanted = given.names or [name for name, benchmark in there.items() if not benchmark.long]
    return {name: found for name, found in there.items() if name in wanted}, given.seconds


def _machine() -> str:
    load = os.getloadavg()[0]
    return (
        f"{datetime.now(UTC):%Y-%m-%d %H:%M} UTC · {os.cpu_count()} processors,"
        f" load {load:.1f} before · Python {platform.python_version()}"
    )


if __name__ == "__main__":
    raise SystemExit(main())
