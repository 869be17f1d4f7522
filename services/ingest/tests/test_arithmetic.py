from hypothesis import given
from hypothesis import strategies as st

from ingest.domain.arithmetic import (
    ReceiptSums,
    judge_balance,
    judge_receipt,
    judge_running_balance,
)


@given(
    items=st.lists(st.integers(1, 10**6), min_size=1, max_size=20),
    tax=st.integers(0, 10**5),
    included=st.booleans(),
    cash=st.integers(0, 10**7),
)
def test_true_sums_are_proved(items: list[int], tax: int, included: bool, cash: int) -> None:
    total = sum(items) + (0 if included else tax)
    sums = ReceiptSums(total, tuple(items), tax=tax, cash=total + cash, change=cash)
    verdict = judge_receipt(sums)
    assert len(verdict.proofs) == 2
    assert not verdict.objections


def test_a_wrong_total_is_objected_to_in_words() -> None:
    verdict = judge_receipt(ReceiptSums(1300, (500, 700), cash=2000, change=800))
    assert verdict.objections == (
        "cash less change is not the total",
        "the items do not add up to the total",
    )


def test_discount_rounding_and_service_are_allowed_for() -> None:
    sums = ReceiptSums(1095, (1000, 100), discount=100, service=97, rounding=-2)
    assert judge_receipt(sums).proofs == ("the items add up to the total",)


def test_a_statement_must_lead_from_opening_to_closing() -> None:
    assert judge_balance(opening=100, rows=[-30, 5], closing=75).proofs
    assert judge_balance(opening=100, rows=[-30, 5], closing=76).objections


def test_the_row_that_breaks_a_running_balance_is_found_in_either_direction() -> None:
    rows = [(-10, 90), (-20, 70), (5, 75)]
    assert judge_running_balance(rows) == []
    assert judge_running_balance(rows[::-1]) == []
    assert judge_running_balance([(-10, 90), (-21, 70), (5, 75)]) == [1]
