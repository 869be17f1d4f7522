"""What would close a difference, beside trying out every set."""

from collections.abc import Iterator, Sequence
from itertools import combinations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from posting_ground import eur

from ledger.domain import proposals as module
from ledger.domain.proposals import MAX_PROPOSALS, MAX_SEARCHED, proposals
from ledger.domain.reconciliation import Line, Proposal

Found = list[tuple[Sequence[str], Sequence[str]]]
units = st.integers(-6, 6)


def lines(amounts: Sequence[int], prefix: str) -> list[Line]:
    return [Line(f"{prefix}{i}", "2026-01-01", eur(n)) for i, n in enumerate(amounts)]


def closing(difference: int, free: Sequence[int] = (), held: Sequence[int] = ()) -> Found:
    """Free lines are named f0, f1, ..., held ones h0, h1, ..."""
    found = proposals(difference, unticked=lines(free, "f"), ticked=lines(held, "h"))
    return [(proposal.tick, proposal.untick) for proposal in found]


def test_where_nothing_differs_nothing_is_proposed():
    assert proposals(0, unticked=lines([0, 5, -5], "f"), ticked=lines([0, 5], "h")) == ()


@pytest.mark.parametrize(
    ("free", "held", "expected"),
    [
        # One more, one less; two more, one for another, two less; three more, four more.
        ([10], [], [(("f0",), ())]),
        ([-10, 9, 12], [10], []),
        ([], [-10], [((), ("h0",))]),
        ([4, 6], [], [(("f0", "f1"), ())]),
        ([12], [2], [(("f0",), ("h0",))]),
        ([-2], [-12], [(("f0",), ("h0",))]),
        ([], [-4, -6], [((), ("h0", "h1"))]),
        ([1, 2, 7], [], [(("f0", "f1", "f2"), ())]),
        ([1, 2, 3, 4], [], [(("f0", "f1", "f2", "f3"), ())]),
        ([1, 2, 3, 1, 3], [], []),
        ([], [-1, -2, -7], []),
        ([3, 9], [2], []),
        # What moves nothing closes nothing, alone or with others.
        ([10, 0], [0], [(("f0",), ())]),
        ([0, 10], [0, -10], [(("f1",), ()), ((), ("h1",))]),
        ([5, 0, 5], [], [(("f0", "f2"), ())]),
        ([20], [], []),
    ],
)
def test_what_closes_a_difference_of_ten(free, held, expected):
    assert closing(10, free, held) == expected


def test_fewest_rows_come_first_and_among_equals_what_is_ticked():
    assert closing(10, free=[10, 4, 6], held=[-10, -6]) == [
        (("f0",), ()), ((), ("h0",)), (("f1", "f2"), ()), (("f1",), ("h1",)),
    ]  # fmt: skip
    assert closing(10, free=[12, 3], held=[2, -7, -3]) == [
        (("f0",), ("h0",)), (("f1",), ("h1",)), ((), ("h1", "h2")),
    ]  # fmt: skip
    assert closing(10, free=[1, 2, 3, 4, 5]) == [
        (("f0", "f3", "f4"), ()), (("f1", "f2", "f4"), ()), (("f0", "f1", "f2", "f3"), ()),
    ]  # fmt: skip


def test_among_equals_the_first_rows_come_first():
    assert closing(10, free=[10, 3, 10]) == [(("f0",), ()), (("f2",), ())]
    assert closing(10, free=[4, 6, 6]) == [(("f0", "f1"), ()), (("f0", "f2"), ())]
    assert closing(10, free=[5, 5, 5]) == [
        (("f0", "f1"), ()), (("f0", "f2"), ()), (("f1", "f2"), ()),
    ]  # fmt: skip


def test_five_are_proposed_at_most():
    assert [tick for tick, _ in closing(10, free=[10] * 7)] == [(f"f{i}",) for i in range(5)]
    assert len(closing(10, free=[10] * MAX_PROPOSALS)) == MAX_PROPOSALS


def test_the_first_two_hundred_that_move_something_are_searched():
    others = [0, *[1000] * (MAX_SEARCHED - 1)]
    assert closing(10, free=[*others, 10]) == [((f"f{MAX_SEARCHED}",), ())]
    assert closing(10, held=[*others, -10]) == [((), (f"h{MAX_SEARCHED}",))]
    assert closing(10, free=[*others, 1000, 10], held=[*others, 1000, -10]) == []


def every_set(difference: int, free: Sequence[int], held: Sequence[int]) -> Iterator[Proposal]:
    """Up to four of those that are free, up to two of those that are held, or one of each."""
    ticks = [i for i, n in enumerate(free) if n]
    unticks = [i for i, n in enumerate(held) if n]
    sizes = [(1, 0), (0, 1), (2, 0), (1, 1), (0, 2), (3, 0), (4, 0)]
    for of_free, of_held in sizes:
        for tick in combinations(ticks, of_free):
            for untick in combinations(unticks, of_held):
                if sum(free[i] for i in tick) - sum(held[i] for i in untick) == difference:
                    yield Proposal([f"f{i}" for i in tick], [f"h{i}" for i in untick])


@settings(max_examples=300, deadline=None)
@given(st.lists(units, max_size=8), st.lists(units, max_size=5), units.filter(bool))
def test_every_set_that_closes_is_found_once_and_no_other(free, held, difference):
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(module, "MAX_PROPOSALS", 10_000)
        found = closing(difference, free, held)
    expected = [(tuple(p.tick), tuple(p.untick)) for p in every_set(difference, free, held)]
    assert sorted(found) == sorted(expected)
    sizes = [(len(tick), len(untick)) for tick, untick in found]
    assert sizes == [(len(tick), len(untick)) for tick, untick in expected]
