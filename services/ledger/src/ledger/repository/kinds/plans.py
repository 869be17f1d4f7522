"""Kinds of plans with all their stored fields: budgets, goals, series, rules, searches,
reconciliations."""

from datetime import date

from bson import ObjectId

from kit.mongo import Document
from ledger.domain.stored import StoredAlert, StoredDismissal, StoredRulebook, StoredSeries
from ledger.repository.budgets import budget_document, budget_of
from ledger.repository.goals import goal_document, goal_of
from ledger.repository.kinds.book import object_id_of
from ledger.repository.kinds.kind import Kind
from ledger.repository.reconciliations import reconciliation_document, reconciliation_of
from ledger.repository.recurring import series_document, series_of
from ledger.repository.rule_documents import rule_document, rule_of
from ledger.repository.searches import searches_document, searches_of


def _read_alert(row: Document) -> StoredAlert:
    return StoredAlert(
        object_id_of(row),
        row["user_id"],
        row["budget_id"],
        date.fromisoformat(row["period"]),
        row["threshold"],
        row["at"],
    )


def _alert_row(alert: StoredAlert) -> Document:
    return {
        "_id": ObjectId(alert.id),
        "user_id": alert.owner,
        "budget_id": alert.budget_id,
        "period": alert.period.isoformat(),
        "threshold": alert.threshold,
        "at": alert.at,
    }


def _read_series(row: Document) -> StoredSeries:
    return StoredSeries(series_of(row), row["due_at"])


def _series_row(stored: StoredSeries) -> Document:
    return {**series_document(stored.series), "due_at": stored.due_at}


def _read_dismissal(row: Document) -> StoredDismissal:
    return StoredDismissal(object_id_of(row), row["user_id"], row["detected_id"], row["at"])


def _dismissal_row(dismissal: StoredDismissal) -> Document:
    return {
        "_id": ObjectId(dismissal.id),
        "user_id": dismissal.owner,
        "detected_id": dismissal.detected_id,
        "at": dismissal.at,
    }


def _read_rulebook(row: Document) -> StoredRulebook:
    return StoredRulebook(row["_id"], row["version"])


def _rulebook_row(rulebook: StoredRulebook) -> Document:
    return {"_id": rulebook.owner, "user_id": rulebook.owner, "version": rulebook.version}


BUDGET_ALERTS = Kind("budget_alerts", _read_alert, _alert_row)
BUDGETS = Kind("budgets", budget_of, budget_document)
GOALS = Kind("goals", goal_of, goal_document)
RECONCILIATIONS = Kind("reconciliations", reconciliation_of, reconciliation_document)
RECURRING = Kind("recurring", _read_series, _series_row)
RECURRING_DISMISSED = Kind("recurring_dismissed", _read_dismissal, _dismissal_row)
RULEBOOKS = Kind("rulebooks", _read_rulebook, _rulebook_row)
RULES = Kind("rules", rule_of, rule_document)
SAVED_SEARCHES = Kind("saved_searches", searches_of, searches_document)
