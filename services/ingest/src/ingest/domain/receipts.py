"""What was read from a receipt."""

from dataclasses import dataclass
from datetime import date

from ingest.domain.fields import Field
from kit.money import Money


@dataclass(frozen=True, slots=True)
class ReceiptReading:
    """What was chosen. `total` is what was paid, positive; `refund` says that it was paid back.

    `warnings` say in words what does not add up.
    """

    merchant: str
    day: date | None
    total: Money | None
    refund: bool
    fields: tuple[Field, ...]
    warnings: tuple[str, ...]
