"""A small book and short words for rules, without a server."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest

from kit.money import Money
from ledger.domain.errors import InvalidFields
from ledger.domain.fields import FieldCheck
from ledger.domain.rules.action import RuleGround
from ledger.domain.rules.condition import Condition, CurrencyTest, Match, TextField, TextTest
from ledger.domain.rules.engine import run_rules
from ledger.domain.rules.rule import Quantifier, Rule, RuleDraft
from ledger.domain.transaction import TransactionInput

NOW = datetime(2026, 11, 22, tzinfo=UTC)
GROUND = RuleGround(
    frozenset({"food", "fuel", "rent"}),
    frozenset({"main", "savings", "dollars", "closed"}),
    {"main": "EUR", "savings": "EUR", "dollars": "USD"},
)


def eur(minor_units: int) -> Money:
    return Money(minor_units, "EUR")


def usd(minor_units: int) -> Money:
    return Money(minor_units, "USD")


def paid(minor_units: int = -450, **fields: Any) -> TransactionInput:
    given = {"date": "2026-03-14", "payee": "Café Zoë", **fields}
    return TransactionInput("main", amount=eur(minor_units), **given)


def rule(*actions: Any, when: Any = (), any_: bool = False, **fields: Any) -> Rule:
    conditions = when or [Condition(CurrencyTest("EUR"))]
    conditions = [c if isinstance(c, Condition) else Condition(c) for c in conditions]
    quantifier = Quantifier.ANY if any_ else Quantifier.ALL
    draft = RuleDraft("R", tuple(conditions), tuple(actions), quantifier, **fields)
    return Rule("r", "anna", draft, 0, 1, NOW, NOW)


def after(input_: TransactionInput, *rules: Rule) -> TransactionInput:
    return run_rules(rules, input_, GROUND).after


def says(match: Match, text: str, field: TextField = TextField.PAYEE) -> TextTest:
    return TextTest(field, match, text)


def refused(check: Callable[[], object]) -> list[tuple[str, str]]:
    """Which fields are refused, each with its sentence."""
    with pytest.raises(InvalidFields) as refusal:
        check()
    return list(refusal.value.fields)


def wrong(tell: Callable[[FieldCheck], None]) -> list[tuple[str, str]]:
    """What a part finds wrong with itself; nothing where it is fine."""
    check = FieldCheck()
    tell(check)
    try:
        check.finish()
    except InvalidFields as refusal:
        return list(refusal.fields)
    return []
