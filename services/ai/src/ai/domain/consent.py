"""Whether a person lets payee texts and category names leave for a model outside."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Consent:
    """Off until given, per person, revocable. `changed_at` is None while it was never given."""

    gemini: bool
    changed_at: datetime | None

    @classmethod
    def none(cls) -> Consent:
        return cls(gemini=False, changed_at=None)
