"""Dividing an amount, to the last unit and in words."""

import pytest
from rule_ground import eur, usd

from kit.money import Money
from ledger.domain.rules.sharing import WHOLE, CannotShare, Share, shared


def percent(*points: int) -> list[Share]:
    """Basis points; 0 is the rest."""
    return [Share(basis_points=each) for each in points]


@pytest.mark.parametrize(
    ("whole", "points", "parts"),
    [
        (300, (5_000, 5_000), (150, 150)),
        # Of two that lost alike the earlier takes what is over.
        (1, (5_000, 5_000), (1, 0)),
        (3, (5_000, 5_000), (2, 1)),
        (-3, (5_000, 5_000), (-2, -1)),
        (100, (3_333, 0, 3_333), (33, 34, 33)),
        (2, (2_500, 2_500, 2_500, 2_500), (1, 1, 0, 0)),
        # It goes to those that lost most: of one they have 0.2, 0.1 and 0.7.
        (1, (2_000, 1_000, 7_000), (0, 0, 1)),
        (2, (2_000, 1_000, 7_000), (1, 0, 1)),
        (10, (3_350, 3_300, 3_350), (4, 3, 3)),
        (100, (0, 1), (100, 0)),
        (100, (WHOLE, 0), (100, 0)),
    ],
)  # fmt: skip
def test_what_rounding_leaves_goes_to_who_lost_most(whole, points, parts):
    assert shared(eur(whole), percent(*points)) == [eur(part) for part in parts]


def test_fixed_parts_come_first_and_percentages_of_what_they_leave():
    shares = [
        Share("rent", fixed=eur(1_00)), Share("food", basis_points=33_33), Share("fuel"),
    ]  # fmt: skip

    assert shared(eur(-2_00), shares) == [eur(-1_00), eur(-33), eur(-67)]
    # A fixed part has the sign of the whole, whichever it was given.
    assert shared(eur(2_00), [Share(fixed=eur(-50)), Share()]) == [eur(50), eur(1_50)]
    assert shared(Money(7, "JPY"), percent(5_000, 0)) == [Money(4, "JPY"), Money(3, "JPY")]


def test_fixed_parts_may_take_all_and_leave_the_others_nothing():
    fixed = Share(fixed=eur(99))

    assert shared(eur(-99), [fixed]) == [eur(-99)]
    assert shared(eur(99), [fixed, Share(), Share(basis_points=5_000)]) == [eur(99), eur(0), eur(0)]


@pytest.mark.parametrize(
    ("shares", "words"),
    [
        ([Share(fixed=eur(60)), Share(fixed=eur(41))], "the fixed parts are more than the whole"),
        ([Share(fixed=eur(101)), Share()], "the fixed parts are more than the whole"),
        ([Share(fixed=eur(60)), Share(fixed=eur(39))], "the fixed parts are less than the whole"),
        ([Share(), Share(fixed=usd(1))], "a fixed part is in USD"),
    ],
)
def test_parts_that_do_not_go_into_the_whole_are_refused(shares, words):
    for whole in (eur(100), eur(-100)):
        with pytest.raises(CannotShare) as refused:
            shared(whole, shares)
        assert str(refused.value) == words


def test_which_share_is_the_rest():
    assert Share("food", "memo").is_rest
    assert not Share(basis_points=1).is_rest
    assert not Share(fixed=eur(1)).is_rest
