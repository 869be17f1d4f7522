"""The arithmetic gate: what a document says of itself must add up, or a person is told what does
not.
"""

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class ReceiptSums:
    """Every sum that was read from a receipt, in minor units; None where it was not."""

    total: int
    items: tuple[int, ...] = ()
    subtotal: int | None = None
    tax: int | None = None
    discount: int | None = None
    rounding: int | None = None
    service: int | None = None
    cash: int | None = None
    change: int | None = None


@dataclass(frozen=True, slots=True)
class Verdict:
    """`proofs` are the sums that hold, `objections` those that don't, both in words."""

    proofs: tuple[str, ...]
    objections: tuple[str, ...]


def judge_receipt(sums: ReceiptSums) -> Verdict:
    """Items (or the subtotal) + tax - discount (+ rounding, service) = total; cash - change =
    total.

    Tax may be included in the prices, so both readings are tried.
    """
    proofs: list[str] = []
    objections: list[str] = []
    if sums.cash is not None and sums.change is not None:
        holds = sums.cash - sums.change == sums.total
        (proofs if holds else objections).append(
            "cash less change is the total" if holds else "cash less change is not the total"
        )
    if sums.items:
        holds = _leads_to(sum(sums.items), sums)
        (proofs if holds else objections).append(
            "the items add up to the total" if holds else "the items do not add up to the total"
        )
    if sums.subtotal is not None and (sums.subtotal != sums.total or not sums.items):
        holds = _leads_to(sums.subtotal, sums)
        (proofs if holds else objections).append(
            "the subtotal leads to the total"
            if holds
            else "the subtotal does not lead to the total"
        )
    return Verdict(tuple(proofs), tuple(objections))


def _leads_to(base: int, sums: ReceiptSums) -> bool:
    """Whether some choice of the printed extras takes the base to the total."""
    extras = [
        extra
        for extra in (
            sums.tax,
            -abs(sums.discount) if sums.discount else None,
            sums.rounding,
            sums.service,
        )
        if extra
    ]
    reachable = {base}
    for extra in extras:
        reachable |= {amount + extra for amount in reachable}
    return sums.total in reachable


def judge_balance(*, opening: int | None, rows: Sequence[int], closing: int | None) -> Verdict:
    """Opening + rows = closing, where the statement says both."""
    if opening is None or closing is None:
        return Verdict((), ())
    if opening + sum(rows) == closing:
        return Verdict(("opening and rows lead to the closing balance",), ())
    return Verdict((), ("the rows do not lead from the opening to the closing balance",))


def judge_running_balance(rows: Sequence[tuple[int, int]]) -> list[int]:
    """Places of the (amount, balance after it) rows that a running balance does not confirm.

    Statements run forwards or backwards in time; the direction with fewer faults is taken.
    """
    forwards = [
        place
        for place in range(1, len(rows))
        if rows[place - 1][1] + rows[place][0] != rows[place][1]
    ]
    backwards = [
        place
        for place in range(len(rows) - 1)
        if rows[place + 1][1] + rows[place][0] != rows[place][1]
    ]
    return min(forwards, backwards, key=len)
