"""Dividing an amount to the last minor unit."""

from collections.abc import Sequence
from dataclasses import dataclass

from kit.money import Money

WHOLE = 10_000
"""100 % in basis points."""


@dataclass(frozen=True, slots=True)
class Share:
    """One part of a whole: a fixed amount (of either sign; the part takes the whole's), basis
    points of what the fixed ones leave, or, with neither, the rest."""

    category_id: str = ""
    memo: str = ""
    fixed: Money | None = None
    basis_points: int = 0

    @property
    def is_rest(self) -> bool:
        return self.fixed is None and not self.basis_points


class CannotShare(ValueError):
    """The fixed parts don't go into this whole."""


def shared(whole: Money, shares: Sequence[Share]) -> Sequence[Money]:
    """The part of each share, signed as the whole; the parts add up to the whole.

    What percentages leave over by rounding goes to those that lost most by it (largest remainder),
    to the earlier of two that lost alike. `shares` come to 100 % or one of them is the rest.
    Raises CannotShare.
    """
    fixed = _fixed(whole, shares)
    left = abs(whole.minor_units) - sum(fixed)
    if left < 0:
        raise CannotShare("the fixed parts are more than the whole")
    given = sum(share.basis_points for share in shares)
    weights = [WHOLE - given if share.is_rest else share.basis_points for share in shares]
    if left and not sum(weights):
        raise CannotShare("the fixed parts are less than the whole")
    parts = [a + b for a, b in zip(fixed, _by_weight(left, weights), strict=True)]
    sign = -1 if whole.minor_units < 0 else 1
    return [Money(sign * part, whole.currency) for part in parts]


def _fixed(whole: Money, shares: Sequence[Share]) -> list[int]:
    for share in shares:
        if share.fixed is not None and share.fixed.currency != whole.currency:
            raise CannotShare(f"a fixed part is in {share.fixed.currency}")
    return [0 if share.fixed is None else abs(share.fixed.minor_units) for share in shares]


def _by_weight(total: int, weights: Sequence[int]) -> list[int]:
    """Whole numbers in proportion to the weights, that add up to `total`."""
    weight = sum(weights)
    if not weight:
        return [0] * len(weights)
    parts = [total * w // weight for w in weights]
    lost = [total * w % weight for w in weights]
    by_loss = sorted(range(len(weights)), key=lambda i: (-lost[i], i))
    for i in by_loss[: total - sum(parts)]:
        parts[i] += 1
    return parts
