"""Asking a model outside: how often, how soon again, and when to stop."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

FIRST_WAIT_SECONDS: Final = 0.25
"""Before the second try within one call; it doubles with each."""
LATER_WAITS: Final = (
    timedelta(minutes=1),
    timedelta(minutes=5),
    timedelta(minutes=30),
    timedelta(hours=2),
    timedelta(hours=8),
)
"""Before each later try of a batch; after the last it is given up."""
KEPT: Final = timedelta(hours=24)
"""After this long a batch is given up, however often it was tried."""


@dataclass(frozen=True, slots=True)
class OutsideLimits:
    """Bounds for one person: payees and calls (every try is one) a day, payees a call, and tries
    and seconds in a row."""

    payees_a_day: int = 500
    calls_a_day: int = 100
    payees_a_call: int = 60
    tries: int = 3
    seconds: float = 8.0


@dataclass(frozen=True, slots=True)
class OpenBatch:
    """Masked texts of a document's drafts that the model has not answered yet, by draft."""

    id: str
    owner: str
    document_id: str
    inflow: bool
    texts: Mapping[str, str]
    # Later tries so far, and whether the day's payees were charged for these.
    tries: int
    charged: bool
    expires_at: datetime

    def due_again(self, *, at: datetime, asked_to_wait: timedelta) -> datetime | None:
        """When to try again after another failure; None to give up."""
        later = self.tries + 1
        if later >= len(LATER_WAITS):
            return None
        due = at + max(LATER_WAITS[later], asked_to_wait)
        return due if due < self.expires_at else None


def wait_before(attempt: int) -> float:
    """Seconds before a try in a row, counted from 1; the caller adds jitter."""
    return float(FIRST_WAIT_SECONDS * 2 ** (attempt - 1))
