"""Dividing an amount: the parts sum to the whole, signs are kept, no part is off by a unit or
more."""

import os
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rule_ground import eur

from kit.money import Money
from ledger.domain.rules.sharing import WHOLE, CannotShare, Share, shared

EXAMPLES = max(300, int(os.environ.get("LEDGER_EXAMPLES", "25")))
PLAY = settings(max_examples=EXAMPLES, deadline=None)

weights = st.lists(st.integers(1, WHOLE), min_size=1, max_size=20).filter(lambda w: sum(w) <= WHOLE)
wholes = st.integers(-(10**15), 10**15).filter(bool)


@PLAY
@given(wholes, weights, st.integers(0, 19), st.sampled_from(["EUR", "JPY", "KWD"]))
def test_parts_sum_to_the_whole_keep_its_sign_and_are_off_by_less_than_a_unit(
    whole: int, points: list[int], rest: int, currency: str
):
    shares = [Share(basis_points=p) for p in points]
    shares.insert(min(rest, len(shares)), Share())

    parts = [part.minor_units for part in shared(Money(whole, currency), shares)]

    assert sum(parts) == whole
    assert all(part * whole >= 0 for part in parts)
    for share, part in zip(shares, parts, strict=True):
        points_ = WHOLE - sum(points) if share.is_rest else share.basis_points
        assert abs(Fraction(whole * points_, WHOLE) - part) < 1


@PLAY
@given(wholes, st.lists(st.integers(1, 10**12), min_size=1, max_size=5))
def test_fixed_parts_are_as_given_and_the_rest_takes_what_is_left(whole: int, fixed: list[int]):
    shares = [*(Share(fixed=eur(f)) for f in fixed), Share()]
    if sum(fixed) > abs(whole):
        with pytest.raises(CannotShare):
            shared(eur(whole), shares)
        return

    parts = shared(eur(whole), shares)

    assert sum(part.minor_units for part in parts) == whole
    assert [abs(part.minor_units) for part in parts[:-1]] == fixed
