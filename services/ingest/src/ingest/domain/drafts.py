"""A draft: a transaction that was read and waits for a person's word."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from enum import StrEnum

from ingest.domain.documents import Problem
from ingest.domain.errors import (
    AccountRequired,
    AmountRequired,
    DateRequired,
    DraftDecided,
    DraftNotReady,
    InvalidField,
    VersionMismatch,
)
from ingest.domain.fields import Field
from kit.ids import is_id
from kit.money import Money

APPLIED_FROM = 0.95
MOST_SUGGESTIONS = 3
"""The least confidence with which a suggested category is applied without asking; others are only
shown. This is the one place that declares it: the app reads the outcome, `category_id`."""
MAX_PAYEE = 200
MAX_DESCRIPTION = 1000


class DraftStatus(StrEnum):
    PENDING = "pending"
    READY = "ready"
    ACCEPTING = "accepting"
    ACCEPTED = "accepted"
    REJECTED = "rejected"


@dataclass(frozen=True, slots=True)
class CategorySuggestion:
    """A proposal of the assistant; `confidence` is 0 to 1, calibrated."""

    category_id: str
    confidence: float
    source: str


@dataclass(frozen=True, slots=True)
class Correction:
    """What a person changes in a draft; None leaves a value as it is."""

    account_id: str | None = None
    date: str | None = None
    amount: Money | None = None
    payee: str | None = None
    description: str | None = None
    category_id: str | None = None


@dataclass(frozen=True, slots=True)
class Draft:
    """`amount` is signed from the account's view: a purchase is negative. Empty texts are not known
    yet.
    """

    id: str
    owner: str
    document_id: str
    position: int
    status: DraftStatus
    account_id: str
    date: str
    amount: Money | None
    payee: str
    description: str
    category_id: str
    # A person chose the category.
    category_chosen: bool
    # A person chose the category, or accepted this one draft with it: only then is it learnt from.
    category_confirmed: bool
    suggestions: tuple[CategorySuggestion, ...]
    fields: tuple[Field, ...]
    warnings: tuple[str, ...]
    bank_reference: str
    transaction_id: str
    problem: Problem | None
    accepting_since: datetime | None
    created_at: datetime
    updated_at: datetime
    version: int
    # Which account of a bank file with several the line is of; empty where there is one.
    statement_account: str = ""

    @property
    def complete(self) -> bool:
        """Everything that a booking needs is known."""
        return bool(self.account_id and self.date and self.amount and not self.amount.is_zero)

    def suggested(self, suggestions: Sequence[CategorySuggestion], *, at: datetime) -> "Draft":
        """Ready for review. A suggestion that is sure enough is its category, unless the person
        chose one; the others are only shown."""
        sure = [each for each in suggestions[:1] if each.confidence >= APPLIED_FROM]
        applied = sure[0].category_id if sure else ""
        return self._changed(
            at,
            status=DraftStatus.READY,
            suggestions=tuple(suggestions),
            category_id=self.category_id if self.category_chosen else applied,
        )

    def suggested_late(
        self, suggestions: Sequence[CategorySuggestion], *, at: datetime
    ) -> "Draft | None":
        """With suggestions that came after it was ready in front of the others; its category is
        left alone. None where they come too late: it is decided, being booked, or has a category.
        """
        if self.status is not DraftStatus.READY or self.accepting_since or self.category_id:
            return None
        new = {each.category_id for each in suggestions}
        others = [each for each in self.suggestions if each.category_id not in new]
        return self._changed(at, suggestions=(*suggestions, *others)[:MOST_SUGGESTIONS])

    def corrected(self, correction: Correction, *, expected_version: int, at: datetime) -> "Draft":
        """Raises DraftDecided, VersionMismatch, InvalidField."""
        self._must_be_open()
        self._must_be_at(expected_version)
        changes = _checked(correction)
        if not changes:
            return self
        if "category_id" in changes:
            changes["category_chosen"] = changes["category_confirmed"] = True
        return self._changed(at, problem=None, **changes)

    @property
    def is_statement_line(self) -> bool:
        """Whether it was read from a row of a bank's file, and not from a picture."""
        return any(field.line for field in self.fields)

    def confirmed(self, *, at: datetime) -> "Draft":
        """The person accepts this one draft, so its category is what they saw and left."""
        if self.category_confirmed or not self.category_id:
            return self
        return replace(self, updated_at=at, category_confirmed=True)

    def accepting(self, *, expected_version: int, at: datetime) -> "Draft":
        """The person's word is given; from here the booking is on its way.

        Raises DraftDecided, DraftNotReady, VersionMismatch, AccountRequired, AmountRequired,
        DateRequired.
        """
        self._must_be_open()
        if self.status is DraftStatus.PENDING:
            raise DraftNotReady
        self._must_be_at(expected_version)
        if not self.account_id:
            raise AccountRequired
        if self.amount is None or self.amount.is_zero:
            raise AmountRequired
        if not self.date:
            raise DateRequired
        return self._changed(at, status=DraftStatus.ACCEPTING, accepting_since=at, problem=None)

    def accepted(self, transaction_id: str, *, at: datetime) -> "Draft":
        return self._changed(
            at, status=DraftStatus.ACCEPTED, transaction_id=transaction_id, accepting_since=None
        )

    def refused(self, problem: Problem, *, at: datetime) -> "Draft":
        """The ledger would not post it: back to review, with the reason."""
        return self._changed(at, status=DraftStatus.READY, problem=problem, accepting_since=None)

    def rejected(self, *, at: datetime) -> "Draft":
        """Raises DraftDecided."""
        self._must_be_open()
        return self._changed(at, status=DraftStatus.REJECTED)

    def _must_be_open(self) -> None:
        if self.status not in (DraftStatus.PENDING, DraftStatus.READY):
            raise DraftDecided(self.status.value)

    def _must_be_at(self, expected: int) -> None:
        if expected and expected != self.version:
            raise VersionMismatch(expected, self.version)

    def _changed(self, at: datetime, **changes: object) -> "Draft":
        return replace(self, updated_at=at, version=self.version + 1, **changes)  # type: ignore[arg-type]


def _checked(correction: Correction) -> dict[str, object]:
    """The changes that the correction asks for. Raises InvalidField."""
    changes: dict[str, object] = {}
    for name in ("account_id", "category_id"):
        chosen = getattr(correction, name)
        if chosen is not None:
            if chosen and not is_id(chosen):
                raise InvalidField(name, "This is not an id.")
            changes[name] = chosen
    if correction.date is not None:
        changes["date"] = _calendar_date(correction.date)
    if correction.amount is not None:
        changes["amount"] = correction.amount
    if correction.payee is not None:
        changes["payee"] = _short_enough("payee", correction.payee, MAX_PAYEE)
    if correction.description is not None:
        changes["description"] = _short_enough(
            "description", correction.description, MAX_DESCRIPTION
        )
    return changes


def _calendar_date(text: str) -> str:
    try:
        return date.fromisoformat(text).isoformat()
    except ValueError:
        raise InvalidField("date", "This is not a calendar date such as 2026-11-22.") from None


def _short_enough(field: str, text: str, limit: int) -> str:
    if len(text) > limit:
        raise InvalidField(field, f"At most {limit:,} characters are kept.")
    return text
