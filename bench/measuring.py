"""Samples of how fast something goes, taken beside those of its baseline."""

import asyncio
import math
import threading
import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from statistics import median

ROUNDS = 5
# Every loop, pool and cache that fills on first use has been through this much before it counts.
WARM_UP_SECONDS = 1.0

Send = Callable[[int], Awaitable[None]]
Work = Callable[[int], None]


@dataclass(frozen=True, slots=True)
class Sample:
    """What was done in one round: each latency and the time that all took, in seconds."""

    latencies: Sequence[float]
    elapsed: float
    # How many pieces of work each latency stands for: an import sends many at once.
    each: int = 1

    @property
    def per_second(self) -> float:
        return len(self.latencies) * self.each / self.elapsed

    def milliseconds(self, quantile: float) -> float:
        """A quantile of the latencies, by the nearest rank."""
        ordered = sorted(self.latencies)
        rank = max(1, math.ceil(quantile * len(ordered)))
        return ordered[rank - 1] * 1000


Take = Callable[[float], Awaitable[Sample]]
Settle = Callable[[], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class Side:
    """One of the two that are compared.

    `take` works for so many seconds; `settle` waits until what it set going elsewhere has ended,
    so that neither side pays for the other.
    """

    take: Take
    settle: Settle | None = None

    async def round(self, seconds: float) -> Sample:
        sample = await self.take(seconds)
        if self.settle is not None:
            await self.settle()
        return sample


@dataclass(frozen=True, slots=True)
class Comparison:
    """Rounds of both sides, of one machine in one run; the n-th of each were neighbours."""

    ours: Sequence[Sample]
    baseline: Sequence[Sample]


async def compare(
    ours: Side, baseline: Side, *, seconds: float, rounds: int = ROUNDS
) -> Comparison:
    """Warm both up, then let them take turns; all rounds together take about `seconds`."""
    each = seconds / (2 * rounds)
    for side in (ours, baseline):
        await side.round(min(WARM_UP_SECONDS, each))
    pairs = [(await ours.round(each), await baseline.round(each)) for _ in range(rounds)]
    return Comparison([mine for mine, _ in pairs], [bare for _, bare in pairs])


def pooled(samples: Sequence[Sample]) -> Sample:
    """The rounds of one side as one sample."""
    latencies = [latency for sample in samples for latency in sample.latencies]
    return Sample(latencies, sum(sample.elapsed for sample in samples), samples[0].each)


def median_rate(samples: Sequence[Sample]) -> float:
    """Of the rounds' rates the middle one, in 1/s: a disturbed round doesn't move it."""
    return median(sample.per_second for sample in samples)


def median_latency(samples: Sequence[Sample]) -> float:
    """Of the rounds' medians the middle one, in milliseconds."""
    return median(sample.milliseconds(0.5) for sample in samples)


async def drive(send: Send, *, clients: int, seconds: float) -> Sample:
    """Let so many clients send one after another; each knows its number."""
    latencies: list[float] = []
    began = time.perf_counter()

    async def client(number: int) -> None:
        while (started := time.perf_counter()) < began + seconds:
            await send(number)
            latencies.append(time.perf_counter() - started)

    await asyncio.gather(*(client(number) for number in range(clients)))
    return Sample(latencies, time.perf_counter() - began)


async def drive_threads(work: Work, *, clients: int, seconds: float) -> Sample:
    """The same for clients that block: a thread each."""
    return await asyncio.to_thread(_drive_threads, work, clients, seconds)


def _drive_threads(work: Work, clients: int, seconds: float) -> Sample:
    latencies: list[float] = []
    failures: list[BaseException] = []
    began = time.perf_counter()

    def client(number: int) -> None:
        try:
            while (started := time.perf_counter()) < began + seconds:
                work(number)
                latencies.append(time.perf_counter() - started)
        except BaseException as error:  # noqa: BLE001 - raised again where the threads end
            failures.append(error)

    threads = [threading.Thread(target=client, args=(n,), daemon=True) for n in range(clients)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if failures:
        raise failures[0]
    return Sample(latencies, time.perf_counter() - began)
