"""Starts a part again when it ends, later each time, and says so."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from pfa_local.stack import Part

FIRST_DELAY = 0.5
LONGEST_DELAY = 30.0
# A part that has served for so long is taken for well again: its next fault is a first one.
WELL_AFTER = 60.0


@dataclass(slots=True)
class _Recovery:
    """What is known of a part's recent ends; times are of time.monotonic()."""

    attempts: int = 0
    ended_at: float | None = None
    retry_at: float | None = None
    well_since: float = 0.0


class Supervisor:
    """Watches the parts of a running system.

    `look` is to be called about twice a second; it never waits for a part to come up, so that a
    Ctrl-C is heard at once.
    """

    def __init__(self, parts: Iterable[Part], say: Callable[[str], None]) -> None:
        self._say = say
        self._recoveries = [(part, _Recovery()) for part in parts]

    def look(self) -> None:
        for part, recovery in self._recoveries:
            if not part.child.running:
                self._bring_back(part, recovery)
            elif recovery.ended_at is not None:
                self._see_whether_back(part, recovery)
            elif recovery.attempts and time.monotonic() > recovery.well_since + WELL_AFTER:
                recovery.attempts = 0

    def _bring_back(self, part: Part, recovery: _Recovery) -> None:
        now = time.monotonic()
        if recovery.retry_at is None:
            delay = min(FIRST_DELAY * 2**recovery.attempts, LONGEST_DELAY)
            self._say(
                f"{part.name} ended (code {part.child.exit_code}), starting it again"
                f" in {delay:.1f} s; its log: {part.child.log}"
            )
            recovery.ended_at = recovery.ended_at or now
            recovery.retry_at = now + delay
        elif now >= recovery.retry_at:
            recovery.attempts += 1
            recovery.retry_at = None
            part.spawn()

    def _see_whether_back(self, part: Part, recovery: _Recovery) -> None:
        if recovery.ended_at is not None and part.ready():
            now = time.monotonic()
            self._say(f"{part.name} is back after {now - recovery.ended_at:.1f} s")
            recovery.ended_at = None
            recovery.well_since = now
