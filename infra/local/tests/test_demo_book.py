from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

from pfa_local.demo_book import ACCOUNTS, DAYS, make_transactions
from pfa_local.rest import decimal_text, minor_units

FIRST_DAY = date(2025, 3, 14)


def test_the_same_first_day_makes_the_same_household() -> None:
    assert make_transactions(FIRST_DAY) == make_transactions(FIRST_DAY)


def test_it_spans_eighteen_months_in_order() -> None:
    days = [made["date"] for made in make_transactions(FIRST_DAY)]
    assert days == sorted(days)
    assert days[0] >= FIRST_DAY.isoformat()
    assert days[-1] < (FIRST_DAY + timedelta(days=DAYS)).isoformat()
    assert len(days) > 500


def test_no_account_but_the_card_is_ever_overdrawn() -> None:
    balances = {key: minor_units(ACCOUNTS[key]["opening_balance"]) for key in ACCOUNTS}
    for made in make_transactions(FIRST_DAY):
        balances[made["account"]] += made["amount"]
        if "to_account" in made:
            balances[made["to_account"]] -= made["amount"]
        assert min(balances["checking"], balances["savings"], balances["cash"]) >= 0, made


def test_money_is_written_and_read_exactly() -> None:
    for units in (0, 1, -1, 99, -100, 123_456_789_012_345_678):
        assert minor_units(decimal_text(units)) == units
    assert Decimal(decimal_text(-5)) == Decimal("-0.05")
