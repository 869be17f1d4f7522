"""Reconciliations, alone: a statement that is ticked off, finished and reopened, and what became
of what it confirmed."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest
from posting_ground import NOW, OWNER, Clerk, coffee, eur, usd

from ledger.domain.command import Action, Delete, Edit, Reconcile, Restore
from ledger.domain.entry import Status
from ledger.domain.errors import InvalidFields, LedgerError, VersionMismatch
from ledger.domain.fields import EntryDate
from ledger.domain.reconciliation import (
    MAX_TICKED,
    Break,
    CoveredSpan,
    NotTickable,
    Progress,
    Reconciliation,
    ReconciliationClosed,
    ReconciliationFinished,
    ReconciliationNotFound,
    ReconciliationNotLast,
    ReconciliationOpen,
    ReconciliationState,
    StatementDiffers,
    StatementSaid,
    Verification,
    break_of,
    covered,
    day_after,
)

LATER = NOW + timedelta(days=1)
MARCH = EntryDate("2026-03-31")
OPEN, FINISHED, CANCELLED = ReconciliationState
ONE = Reconciliation(
    "r", OWNER, "giro", OPEN, MARCH, EntryDate("2026-03-01"), eur(100), eur(70), "anna", NOW, NOW,
    ticked=("a", "b"), version=3,
)  # fmt: skip
SAID = StatementSaid("2026-04-30", eur(50), "2026-04-01")
NO_DATE = "a date YYYY-MM-DD from 1900 to 2200"


def done() -> Reconciliation:
    return ONE.finished(by="ben", now=LATER, seq=9, operation_id="op")


def fields_of(refused: pytest.ExceptionInfo[InvalidFields]) -> list[tuple[str, str]]:
    return list(refused.value.fields)


@pytest.mark.parametrize(
    ("refused", "message", "metadata"),
    [
        (lambda: ReconciliationNotFound(), "there is no such reconciliation", {}),
        (
            lambda: ReconciliationOpen("r1"),
            "the account is being reconciled already: finish or cancel that first",
            {"reconciliation_id": "r1"},
        ),
        (
            lambda: ReconciliationClosed(FINISHED),
            "the reconciliation is finished: reopen it or start another",
            {},
        ),
        (
            lambda: ReconciliationFinished("r1"),
            (
                "a finished reconciliation stands on it:"
                " reopen that instead (reconciliations/r1:reopen)"
            ),
            {"reconciliation_id": "r1"},
        ),
        (
            lambda: ReconciliationNotLast(),
            "only the last finished reconciliation of an account can be reopened",
            {},
        ),
        (
            lambda: StatementDiffers(eur(-1250)),
            "-12.50 EUR is left between the statement and what is ticked",
            {"difference": "-12.50", "currency": "EUR"},
        ),
    ],
)
def test_what_a_refusal_says(refused: Callable[[], LedgerError], message, metadata):
    refusal = refused()
    assert (str(refusal), getattr(refusal, "metadata", {})) == (message, metadata)


def test_what_cannot_be_ticked_is_told_by_its_number_and_the_first_three():
    refusal = NotTickable(["a", "b", "c", "d"])
    assert str(refusal) == "4 of them can't be ticked here: a, b, c"
    assert list(refusal.fields) == [("tick", "4 of them can't be ticked here: a, b, c")]
    assert str(NotTickable(["a"])) == "1 of them can't be ticked here: a"


# --- one reconciliation ----------------------------------------------------------------------


def test_what_was_ticked_stays_and_what_is_ticked_comes_after_it():
    ticked = ONE.ticking(["c", "a", "d"], ["b", "d", "x"], now=LATER)
    assert ticked == replace(ONE, ticked=("a", "c"), version=4, updated_at=LATER)
    assert ONE.ticking(["b", "a"], [], now=LATER).ticked == ("a", "b")
    assert ONE.ticking([], ["a", "b"], now=LATER).ticked == ()


def test_a_statement_holds_two_thousand_at_most():
    ids = [str(n) for n in range(MAX_TICKED)]
    empty = replace(ONE, ticked=())
    assert empty.ticking(ids, [], now=LATER).ticked == tuple(ids)
    assert len(ONE.ticking(ids, ["a", "b"], now=LATER).ticked) == MAX_TICKED
    with pytest.raises(InvalidFields) as refused:
        ONE.ticking(ids, ["a"], now=LATER)
    assert fields_of(refused) == [
        ("tick", "at most 2,000 a statement: take an earlier one first")
    ]  # fmt: skip


def test_a_statement_is_corrected():
    assert ONE.corrected(SAID, now=LATER) == replace(
        ONE, statement_date="2026-04-30", statement_from="2026-04-01", closing=eur(50), version=4,
        updated_at=LATER,
    )  # fmt: skip
    assert ONE.corrected(replace(SAID, statement_from=""), now=LATER).statement_from is None
    with pytest.raises(InvalidFields) as refused:
        ONE.corrected(StatementSaid("soon", usd(1)), now=LATER)
    assert fields_of(refused) == [
        ("statement_date", NO_DATE),
        ("closing_balance", "must be in the account's currency EUR"),
    ]


def test_a_reconciliation_is_finished_and_opened_again():
    assert replace(
        ONE, state=FINISHED, finished_by="ben", finished_at=LATER, finished_seq=9,
        operation_id="op", version=4, updated_at=LATER,
    ) == done()  # fmt: skip
    assert done().reopened(now=NOW) == replace(ONE, version=5)


def test_a_reconciliation_is_cancelled():
    cancelled = ONE.cancelled(now=LATER)
    assert cancelled == replace(ONE, state=CANCELLED, version=4, updated_at=LATER)


def test_only_what_is_open_goes_on():
    ONE.require_open()
    with pytest.raises(ReconciliationClosed, match="is finished:"):
        done().require_open()
    with pytest.raises(ReconciliationClosed, match="is cancelled:"):
        ONE.cancelled(now=LATER).require_open()


def test_only_the_version_that_was_seen_is_changed():
    ONE.expect(0)
    ONE.expect(3)
    with pytest.raises(VersionMismatch) as refused:
        ONE.expect(1)
    assert refused.value.metadata == {"current_version": "3"}


def test_what_is_left_is_told_from_both_sides():
    assert ONE.to_tick == eur(-30)
    assert Progress(ONE, 1, eur(-20)).difference == eur(-10)
    assert Verification(done(), eur(-35), ()).difference == eur(-5)


# --- what is read off a statement ------------------------------------------------------------


@pytest.mark.parametrize(
    ("said", "after"),
    [
        (SAID, ""),
        (SAID, "2026-04-29"),
        (replace(SAID, statement_from=""), "2026-03-31"),
        (replace(SAID, statement_from="2026-04-30"), ""),
        (replace(SAID, closing=eur(-(10**15))), ""),
        (replace(SAID, closing=eur(10**15)), ""),
    ],
)
def test_a_statement_at_its_limits_is_taken(said, after):
    assert ONE.corrected(said, now=LATER).closing == said.closing
    assert said.check("EUR", after=after) is None


@pytest.mark.parametrize(
    ("said", "after", "fields"),
    [
        (replace(SAID, statement_from="2026-05-01"), "",
         [("statement_from", "must not be after statement_date")]),
        (SAID, "2026-04-30",
         [("statement_date", "must be after the last statement's, 2026-04-30")]),
        (SAID, "2026-05-01",
         [("statement_date", "must be after the last statement's, 2026-05-01")]),
        (StatementSaid("2026-04-31", usd(10**15 + 1), "2026-5-1"), "2026-05-01",
         [("statement_date", NO_DATE), ("statement_from", NO_DATE),
          ("statement_from", "must not be after statement_date"),
          ("statement_date", "must be after the last statement's, 2026-05-01"),
          ("closing_balance", "beyond the largest amount that is kept"),
          ("closing_balance", "must be in the account's currency EUR")]),
    ],
)  # fmt: skip
def test_all_that_is_wrong_with_a_statement_is_told_at_once(said, after, fields):
    with pytest.raises(InvalidFields) as refused:
        said.check("EUR", after=after)
    assert fields_of(refused) == fields


# --- what became of what was confirmed -------------------------------------------------------


class Past:
    """One transaction and all its entries: bought, locked by a statement that confirmed it, and
    then changed."""

    def __init__(self) -> None:
        self.clerk = Clerk()
        self.entries = [self.clerk.create(coffee(-350))]
        self.id = self.entries[0].transaction_id
        self.clerk.remember_states(self.entries[0])
        self.edit(-100, status=Status.CLEARED).edit(-400, payee="Zoë's", status=Status.CLEARED)
        self.do(Reconcile(self.id, 0, "giro"))
        self.clerk.ground.confirmed[OWNER, self.id] = frozenset({"giro"})
        self.done = replace(done(), finished_seq=self.entries[-1].seq)

    def edit(self, minor_units: int = -400, **more: object) -> "Past":
        said = coffee(minor_units, **{"status": Status.RECONCILED, **more})
        return self.do(Edit(self.id, 0, said, True))

    def do(self, action: Action) -> "Past":
        self.entries += self.clerk.accept(action).entries
        return self

    def broken(self) -> Break | None:
        """However its entries are told."""
        found = break_of(self.entries, self.done)
        assert break_of(self.entries[::-1], self.done) == found
        return found

    def break_(self, now: int, *steps: int, unlocked: bool = False) -> Break:
        """What is expected; steps count the entries from the newest back."""
        told = [self.entries[-n] for n in steps]
        return Break(self.id, "2026-03-14", "Zoë's", eur(-400), eur(now), unlocked, told)


def test_what_still_says_the_same_is_whole():
    assert Past().broken() is None
    assert Past().edit(description="with milk", payee="Zoë").broken() is None


def test_another_amount_breaks_what_was_confirmed():
    past = Past().edit(-500)
    assert past.broken() == past.break_(-500, 1)
    twice = Past().edit(-500, payee="Other").edit(-600)
    assert twice.broken() == twice.break_(-600, 3, 1)
    assert Past().edit(-500).edit(-400).broken() is None


def test_another_account_breaks_what_was_confirmed():
    past = Past()
    said = replace(coffee(-400, status=Status.RECONCILED), account_id="savings")
    past.do(Edit(past.id, 0, said, True))
    assert past.broken() == past.break_(0, 1, unlocked=True)


def test_what_is_unlocked_is_told_though_it_says_the_same():
    past = Past().edit(status=Status.CLEARED)
    assert past.broken() == past.break_(-400, 1, unlocked=True)


def test_what_was_deleted_is_told_and_is_whole_once_it_came_back():
    past = Past()
    past.do(Delete(past.id, 0, True))
    assert past.broken() == past.break_(0, 1, unlocked=True)
    past.do(Restore(past.id))
    assert past.broken() is None
    back = past.do(Delete(past.id, 0, True)).do(Restore(past.id, version=1))
    assert back.broken() == back.break_(-350, 4, 3, 2, 1, unlocked=True)


# --- days that a bank has told of ------------------------------------------------------------


def span(text: str) -> CoveredSpan:
    first, last = text.split("..")
    return CoveredSpan(first, last)


@pytest.mark.parametrize(
    ("spans", "expected"),
    [
        ([], []),
        (["2026-01-01..2026-01-31"], ["2026-01-01..2026-01-31"]),
        # Touching, overlapping, one within another, the same twice.
        (["2026-02-01..2026-02-28", "2026-01-01..2026-01-31"], ["2026-01-01..2026-02-28"]),
        (["2026-01-01..2026-01-31", "2026-01-31..2026-02-03"], ["2026-01-01..2026-02-03"]),
        (["2026-01-01..2026-01-31", "2026-01-05..2026-01-09"], ["2026-01-01..2026-01-31"]),
        (["2026-01-01..2026-01-09", "2026-01-01..2026-01-09"], ["2026-01-01..2026-01-09"]),
        (["2026-01-01..2026-01-31", "2026-01-01..2026-01-09"], ["2026-01-01..2026-01-31"]),
        # A day is missing between them.
        (
            ["2026-01-01..2026-01-30", "2026-02-01..2026-02-28"],
            ["2026-01-01..2026-01-30", "2026-02-01..2026-02-28"],
        ),
        (
            ["2026-03-01..2026-03-02", "2026-01-01..2026-01-02", "2026-01-03..2026-01-04",
             "2026-03-02..2026-03-09"],
            ["2026-01-01..2026-01-04", "2026-03-01..2026-03-09"],
        ),
    ],
)  # fmt: skip
def test_covered_days_are_told_in_as_few_spans_as_can_be(spans, expected):
    assert covered([span(text) for text in spans]) == [span(text) for text in expected]


def test_the_day_after():
    assert day_after("2026-02-28") == "2026-03-01"
    assert day_after("2026-12-31") == "2027-01-01"
