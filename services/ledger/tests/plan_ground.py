"""Budgets, goals and series as people plan them, made by hand: without a server."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime

import pytest
from posting_ground import eur

from kit.money import Money
from ledger.domain.budget import Budget, BudgetDraft, Scope, ScopeKind
from ledger.domain.errors import FieldProblem, InvalidFields
from ledger.domain.goal import Goal
from ledger.domain.payee import payee_id
from ledger.domain.recurring.match import Sighting
from ledger.domain.recurring.series import Series, SeriesDraft
from ledger.domain.spans import Every
from ledger.domain.transaction import TransactionInput

NOW = datetime(2026, 11, 22, tzinfo=UTC)
TODAY = NOW.date()
LATER = datetime(2026, 11, 23, tzinfo=UTC)


def on(text: str) -> date:
    return date.fromisoformat(text)


def wrong(act: Callable[[], object]) -> Sequence[FieldProblem]:
    """What a person is told about the fields, in order."""
    with pytest.raises(InvalidFields) as refused:
        act()
    return list(refused.value.fields)


def budget(
    every: Every = Every.MONTH,
    amount: int = 400_00,
    start: str = "2026-01-01",
    **more: object,
) -> Budget:
    draft = BudgetDraft(
        "Food",
        Scope(ScopeKind.CATEGORY, "food"),
        every,
        eur(amount),
        start,
        **more,  # type: ignore[arg-type]
    )
    draft.check()
    return draft.made(id="b", owner="anna", week_begins=0, today=TODAY, now=NOW)


def goal(target: int = 1_000_00, by: str = "2027-02-15", start: str = "2026-11-22") -> Goal:
    return Goal("g", "anna", "Bike", eur(target), on(by), (), on(start), 0, NOW, NOW)


def series(
    payee: str = "Netflix",
    units: int = -12_99,
    start: str = "2026-01-05",
    rule: str = "FREQ=MONTHLY",
    *,
    id_: str = "s",
    made: str = "2026-01-01",
    **more: object,
) -> Series:
    template = TransactionInput("acc", start, eur(units), payee)
    template = replace(template, to_account_id=str(more.pop("to", "")))
    draft = SeriesDraft(str(more.pop("name", "")), template, rule, **more)  # type: ignore[arg-type]
    return draft.made(id=id_, owner="anna", today=on(made), now=NOW)


def ranged(low: int, high: int, units: int = -12_99) -> Series:
    return series(units=units, low=Money(low, "EUR"), high=Money(high, "EUR"))


def seen(
    day: str, units: int = -12_99, payee: str = "NETFLIX", id_: str = "", to: str = ""
) -> Sighting:
    known_payee = payee_id(payee)
    return Sighting(on(day), id_ or f"{day}{units}", "acc", to, known_payee, payee, units, "EUR")
