"""Soundness of what a person plans: budgets, goals, series, rules, searches."""

from kit.money import MAX_MINOR_UNITS, Money
from ledger.domain.budget import (
    HIGHEST_THRESHOLD,
    MAX_BUDGETS,
    MAX_MOVES,
    MAX_TERMS,
    MAX_THRESHOLDS,
    TAG_LENGTH,
    Budget,
    Rollover,
    ScopeKind,
)
from ledger.domain.budget import NAME_LENGTH as BUDGET_NAME_LENGTH
from ledger.domain.errors import LedgerError
from ledger.domain.fields import FieldCheck
from ledger.domain.goal import (
    MAX_ACCOUNTS,
    MAX_CONTRIBUTIONS,
    MAX_GOALS,
    NOTE_LENGTH,
    Goal,
)
from ledger.domain.goal import NAME_LENGTH as GOAL_NAME_LENGTH
from ledger.domain.recurring.rule import RuleProblem, parse_rule
from ledger.domain.recurring.series import (
    LONGEST_TOLERANCE,
    MAX_PAYEE_MOVES,
    MAX_SERIES,
    MAX_SKIPPED,
    NAME_LENGTH,
    Series,
)
from ledger.domain.rules.action import RuleGround
from ledger.domain.rules.rule import MAX_RULES, Rule
from ledger.domain.search import QueryInvalid
from ledger.domain.search.saved import MAX_SAVED, SavedSearches
from ledger.domain.soundness.known import (
    ACTOR_LENGTH,
    Known,
    check_id,
    check_owner,
    check_version,
)
from ledger.domain.spans import Every, period_of
from ledger.domain.stored import StoredAlert, StoredDismissal, StoredRulebook, StoredSeries

MAX_SETTLED = 100_000
PROBLEM_LENGTH = 2_000


def check_budget(check: FieldCheck, budget: Budget, known: Known) -> None:
    check_id(check, "_id", budget.id)
    check_version(check, budget.version)
    known.counted(check, "budgets", most=MAX_BUDGETS)
    known.budgets[budget.id] = budget
    check.text("name", budget.name, longest=BUDGET_NAME_LENGTH, needed=True)
    check.currency("currency", budget.currency)
    if budget.scope.kind is ScopeKind.TAG:
        check.text("scope.id", budget.scope.id, longest=TAG_LENGTH, needed=True)
    _check_periods(check, budget)
    if not budget.terms or budget.terms[0].since != budget.starts_on:
        check.wrong("terms", "the first begins with the budget")
    days = [term.since for term in budget.terms]
    if days != sorted(set(days)) or len(days) > MAX_TERMS or len(budget.moves) > MAX_MOVES:
        check.wrong("terms", f"at most {MAX_TERMS}, each on another day, in order")
    for place, term in enumerate(budget.terms):
        check.amount(f"terms[{place}].minor_units", budget.money(term.minor_units))
        if term.minor_units < 0:
            check.wrong(f"terms[{place}].minor_units", "must not be negative")
    for place, move in enumerate(budget.moves):
        check.amount(f"moves[{place}].minor_units", budget.money(move.minor_units))
        check.text(f"moves[{place}].other_id", move.other_id, longest=ACTOR_LENGTH)
    if list(budget.thresholds) != sorted(set(budget.thresholds)):
        check.wrong("thresholds", "each once, in order")
    if len(budget.thresholds) > MAX_THRESHOLDS or not all(
        1 <= percent <= HIGHEST_THRESHOLD for percent in budget.thresholds
    ):
        check.wrong(
            "thresholds", f"at most {MAX_THRESHOLDS} percents from 1 to {HIGHEST_THRESHOLD}"
        )


def _check_periods(check: FieldCheck, budget: Budget) -> None:
    if budget.ends_on is not None and budget.ends_on < budget.starts_on:
        check.wrong("ends_on", "must not be before starts_on")
    if budget.every is Every.SPAN:
        if budget.ends_on is None:
            check.wrong("ends_on", "a span has both ends")
        if any(term.rollover is not Rollover.NONE for term in budget.terms):
            check.wrong("terms", "a span has no period before it")
    elif period_of(budget.every, budget.starts_on, budget.starts_on).first != budget.starts_on:
        check.wrong("starts_on", f"must be the first day of a {budget.every}")


def check_budget_scope(check: FieldCheck, budget: Budget, known: Known) -> None:
    """Categories come after budgets in the file."""
    if budget.scope.kind is ScopeKind.CATEGORY and budget.scope.id not in known.categories:
        check.wrong("scope.id", "there is no such category in the file")
    if budget.scope.kind is ScopeKind.ACCOUNT:
        known.account(check, "scope.id", budget.scope.id)


def check_alert(check: FieldCheck, alert: StoredAlert, _: Known) -> None:
    check.text("budget_id", alert.budget_id, longest=ACTOR_LENGTH, needed=True)
    if not 0 <= alert.threshold <= HIGHEST_THRESHOLD:
        check.wrong("threshold", f"from 0 to {HIGHEST_THRESHOLD}")


def check_goal(check: FieldCheck, goal: Goal, known: Known) -> None:
    check_id(check, "_id", goal.id)
    check_version(check, goal.version)
    known.counted(check, "goals", most=MAX_GOALS)
    check.text("name", goal.name, longest=GOAL_NAME_LENGTH, needed=True)
    check.currency("currency", goal.target.currency)
    check.amount("target", goal.target)
    if goal.target.minor_units <= 0:
        check.wrong("target", "must be more than nothing")
    if goal.target_date <= goal.starts_on:
        check.wrong("target_date", "must be after the start")
    if abs(goal.started_with) > MAX_MINOR_UNITS * MAX_ACCOUNTS:
        check.wrong("started_with", "beyond the largest amount that is kept")
    if len(goal.account_ids) > MAX_ACCOUNTS or len(set(goal.account_ids)) < len(goal.account_ids):
        check.wrong("account_ids", f"at most {MAX_ACCOUNTS}, each once")
    for place, id_ in enumerate(goal.account_ids):
        account = known.account(check, f"account_ids[{place}]", id_)
        if account is not None and account.currency != goal.target.currency:
            check.wrong(f"account_ids[{place}]", f"must be in {goal.target.currency}")
    if len(goal.contributions) > MAX_CONTRIBUTIONS:
        check.wrong("contributions", f"at most {MAX_CONTRIBUTIONS}")
    for place, contribution in enumerate(goal.contributions):
        at = f"contributions[{place}]"
        check.date(f"{at}.date", contribution.date)
        check.text(f"{at}.note", contribution.note, longest=NOTE_LENGTH)
        amount = Money(contribution.minor_units, goal.target.currency)
        check.amount(f"{at}.minor_units", amount)


def check_series(check: FieldCheck, stored: StoredSeries, known: Known) -> None:
    series = stored.series
    check_id(check, "_id", series.id)
    check_version(check, series.version)
    known.counted(check, "recurring", most=MAX_SERIES)
    check.text("name", series.name, longest=max(NAME_LENGTH, 200), needed=True)
    check.text("problem", series.problem, longest=PROBLEM_LENGTH)
    if not 0 <= series.tolerance_days <= LONGEST_TOLERANCE:
        check.wrong("tolerance_days", f"0 to {LONGEST_TOLERANCE}")
    low, units, high = series.low, series.template.amount.minor_units, series.high
    if not low <= units <= high or low < 0 < high or max(-low, high) > MAX_MINOR_UNITS:
        check.wrong("low", "the amount lies between low and high, which have its sign")
    if len(series.skipped) > MAX_SKIPPED or len(series.settled) > MAX_SETTLED:
        check.wrong("skipped", f"at most {MAX_SKIPPED:,}")
    for id_ in series.settled.values():
        check.text("settled", id_, longest=ACTOR_LENGTH)
    if len(series.payee_moves) > MAX_PAYEE_MOVES:
        check.wrong("payee_moves", f"at most {MAX_PAYEE_MOVES}")
    if stored.due_at is not None and not series.autopost:
        check.wrong("due_at", "only what is posted by itself is due")
    _check_template(check, series, known)
    _check_rule(check, series)


def _check_template(check: FieldCheck, series: Series, known: Known) -> None:
    template = series.template
    try:
        template.check()
    except LedgerError as error:
        for name, what in error.fields:
            check.wrong(f"template.{name.removeprefix('transaction.')}", what)
    sides = [("account_id", template.account_id, template.amount)]
    if template.to_account_id:
        reaches = template.to_amount or template.amount
        sides.append(("to_account_id", template.to_account_id, reaches))
    for name, id_, amount in sides:
        account = known.account(check, f"template.{name}", id_)
        if account is not None and account.currency != amount.currency:
            check.wrong(f"template.{name}", f"is kept in {account.currency}")
    for part in template.parts():
        known.category(check, "template.category_id", part.category_id)


def _check_rule(check: FieldCheck, series: Series) -> None:
    try:
        if parse_rule(series.rule.text, series.rule.starts_on) != series.rule:
            check.wrong("rule", "is not as it would be stored")
    except (RuleProblem, ValueError) as problem:
        check.wrong("rule", str(problem))


def check_dismissal(check: FieldCheck, dismissal: StoredDismissal, _: Known) -> None:
    check.text("detected_id", dismissal.detected_id, longest=64, needed=True)


def check_rule(check: FieldCheck, rule: Rule, known: Known) -> None:
    check_id(check, "_id", rule.id)
    check_version(check, rule.version)
    known.counted(check, "rules", most=MAX_RULES)
    ground = RuleGround(
        frozenset(known.categories),
        frozenset(known.accounts),
        {id_: account.currency for id_, account in known.accounts.items()},
    )
    try:
        rule.draft.check(ground)
    except LedgerError as error:
        for name, what in error.fields:
            check.wrong(name.removeprefix("rule."), what)


def check_rulebook(check: FieldCheck, rulebook: StoredRulebook, known: Known) -> None:
    check_owner(check, known, rulebook.owner)
    if rulebook.version < 0:
        check.wrong("version", "must not be negative")


def check_searches(check: FieldCheck, kept: SavedSearches, known: Known) -> None:
    check_owner(check, known, kept.owner)
    if len(kept.searches) > MAX_SAVED:
        check.wrong("searches", f"at most {MAX_SAVED}")
    if len({search.id for search in kept.searches}) < len(kept.searches):
        check.wrong("searches", "each has an id of its own")
    for place, search in enumerate(kept.searches):
        check_id(check, f"searches[{place}].id", search.id)
        check_version(check, search.version)
        try:
            search.check()
        except (LedgerError, QueryInvalid) as error:
            check.wrong(f"searches[{place}]", str(error))
