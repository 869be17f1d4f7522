"""What each process spends on the work in hand."""

from collections.abc import Mapping

import psutil

from bench.measuring import Sample, Take


class ProcessorMeter:
    """Adds up the processor time of named processes, their children included, while they are
    driven."""

    def __init__(self, pids: Mapping[str, int]) -> None:
        self._pids = pids
        self._seconds = dict.fromkeys(pids, 0.0)
        self._count = 0

    def around(self, take: Take) -> Take:
        """The same work, metered."""

        async def metered(seconds: float) -> Sample:
            before = {name: processor_seconds(pid) for name, pid in self._pids.items()}
            sample = await take(seconds)
            for name, pid in self._pids.items():
                self._seconds[name] += processor_seconds(pid) - before[name]
            self._count += len(sample.latencies) * sample.each
            return sample

        return metered

    def each(self) -> str:
        """What one of them has cost, and where."""
        costs = {name: 1000 * used / self._count for name, used in self._seconds.items()}
        named = ", ".join(f"{name} {cost:.2f}" for name, cost in costs.items())
        return f"{sum(costs.values()):.2f} ms of processor ({named})"


def resident_megabytes(pid: int) -> float:
    """What the process holds of memory."""
    return float(psutil.Process(pid).memory_info().rss / 2**20)


def processor_seconds(pid: int) -> float:
    """User and system time of the process and of its children that still run."""
    root = psutil.Process(pid)
    used = [process.cpu_times() for process in (root, *root.children(recursive=True))]
    return float(sum(times.user + times.system for times in used))
