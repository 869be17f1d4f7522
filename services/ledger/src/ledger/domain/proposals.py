"""Which few transactions would close a difference: a bounded search for subsets of a sum.

A statement that doesn't close is mostly one forgotten row, one ticked too many, or two or three
together; deeper than that a person sees more than a search does, for then nearly any sum can be
made of something.
"""

from collections.abc import Iterator, Sequence
from itertools import combinations, islice

from ledger.domain.reconciliation import Line, Proposal

MAX_PROPOSALS = 5
# Pairs of 200 are 20,000 sums: some milliseconds.
MAX_SEARCHED = 200


def proposals(
    difference: int, *, unticked: Sequence[Line], ticked: Sequence[Line]
) -> Sequence[Proposal]:
    """What would close a difference of so many minor units, fewest rows first. The first
    `MAX_SEARCHED` of each are looked at, so the likeliest should come first."""
    if not difference:
        return ()
    return list(islice(_found(difference, unticked, ticked), MAX_PROPOSALS))


def _found(difference: int, unticked: Sequence[Line], ticked: Sequence[Line]) -> Iterator[Proposal]:
    """Each once, as no line is there twice."""
    free = [line for line in unticked if line.amount.minor_units][:MAX_SEARCHED]
    held = [line for line in ticked if line.amount.minor_units][:MAX_SEARCHED]
    yield from (Proposal(tick=ids) for ids in _singles(free, difference))
    yield from (Proposal(untick=ids) for ids in _singles(held, -difference))
    yield from (Proposal(tick=ids) for ids in _pairs(free, difference))
    for add in free:
        for ids in _singles(held, add.amount.minor_units - difference):
            yield Proposal(tick=(add.transaction_id,), untick=ids)
    yield from (Proposal(untick=ids) for ids in _pairs(held, -difference))
    yield from (Proposal(tick=ids) for ids in _larger(free, difference))


def _singles(lines: Sequence[Line], wanted: int) -> Iterator[tuple[str, ...]]:
    return ((line.transaction_id,) for line in lines if line.amount.minor_units == wanted)


def _pairs(lines: Sequence[Line], wanted: int) -> Iterator[tuple[str, ...]]:
    seen: dict[int, list[str]] = {}
    for line in lines:
        units = line.amount.minor_units
        for other in seen.get(wanted - units, ()):
            yield other, line.transaction_id
        seen.setdefault(units, []).append(line.transaction_id)


def _larger(lines: Sequence[Line], wanted: int) -> Iterator[tuple[str, ...]]:
    """Three, then four together; each set once, in the order of its lines."""
    amounts = [line.amount.minor_units for line in lines]
    ids = [line.transaction_id for line in lines]
    places: dict[int, list[int]] = {}
    for place, units in enumerate(amounts):
        places.setdefault(units, []).append(place)
    pairs: dict[int, list[tuple[int, int]]] = {}
    for a, b in combinations(range(len(amounts)), 2):
        pairs.setdefault(amounts[a] + amounts[b], []).append((a, b))
        for c in places.get(wanted - amounts[a] - amounts[b], ()):
            if c > b:
                yield ids[a], ids[b], ids[c]
    for total, first in pairs.items():
        for a, b in first:
            for c, d in pairs.get(wanted - total, ()):
                if c > b:
                    yield ids[a], ids[b], ids[c], ids[d]
