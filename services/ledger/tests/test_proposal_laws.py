"""What is proposed for a difference, beside trying out everything."""

import random
from itertools import combinations

from hypothesis import given, settings
from hypothesis import strategies as st
from ledger_world import eur

from ledger.domain.proposals import proposals
from ledger.domain.reconciliation import Line

units = st.integers(-50, 50)


@settings(max_examples=300, deadline=None)
@given(free=st.lists(units, max_size=9), held=st.lists(units, max_size=6), wanted=units)
def test_every_proposal_closes_the_difference_and_none_is_missed(free, held, wanted):
    """Beside trying out every set of up to four, or every pair of one and one."""
    unticked = [Line(f"f{i}", "2026-01-01", eur(n)) for i, n in enumerate(free)]
    ticked = [Line(f"h{i}", "2026-01-01", eur(n)) for i, n in enumerate(held)]
    amounts = {line.transaction_id: line.amount.minor_units for line in (*unticked, *ticked)}
    found = proposals(wanted, unticked=unticked, ticked=ticked)
    for proposal in found:
        added = sum(amounts[id_] for id_ in proposal.tick)
        taken = sum(amounts[id_] for id_ in proposal.untick)
        assert added - taken == wanted
        assert set(proposal.tick) <= {line.transaction_id for line in unticked}
    assert len({(frozenset(p.tick), frozenset(p.untick)) for p in found}) == len(found)
    sizes = [len(p.tick) + len(p.untick) for p in found]
    assert sizes == sorted(sizes)
    assert bool(found) == bool(wanted and smallest(free, held, wanted))


def smallest(free: list[int], held: list[int], wanted: int) -> bool:
    free, held = [n for n in free if n], [n for n in held if n]
    alone = any(sum(some) == wanted for size in range(1, 5) for some in combinations(free, size))
    taken = any(-sum(some) == wanted for size in (1, 2) for some in combinations(held, size))
    return alone or taken or any(add - take == wanted for add in free for take in held)


def test_a_search_among_many_is_bounded():
    rng = random.Random(7)
    lines = [Line(f"f{i}", "2026-01-01", eur(2 * rng.randint(1, 10**9))) for i in range(5_000)]
    assert proposals(1, unticked=lines, ticked=lines) == []
