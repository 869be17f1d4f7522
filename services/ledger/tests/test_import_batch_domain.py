"""An import as a whole, alone: its versions, its commit, its sums, and its refusals in words."""

from dataclasses import replace
from datetime import timedelta

import pytest
from import_ground import line
from posting_ground import NOW, eur, usd

from kit.money import Money
from ledger.domain.errors import VersionMismatch
from ledger.domain.importing.batch import (
    Import,
    ImportCommitted,
    ImportNotCommitted,
    ImportNotFound,
    PlannedLine,
    PlanStale,
    Stage,
    Tally,
    added_up,
    outcome_tally,
    tally,
    verdict_tally,
)
from ledger.domain.importing.decisions import Act, Choice, Decision, Outcome, Override
from ledger.domain.importing.lines import Source
from ledger.domain.importing.planning import Judgement, Verdict

PLANNED = Import(
    "i", "anna", "anna", Stage.PLANNED, Source("doc"), 3, {Verdict.NEW: Tally(3)}, (), NOW, 4
)  # fmt: skip


def planned(
    position: int, minor_units: int, verdict: Verdict = Verdict.NEW, outcome: Outcome | None = None
) -> PlannedLine:
    said = line(minor_units=minor_units)
    return PlannedLine(position, said, Judgement(verdict), outcome=outcome)


def test_only_the_version_that_was_seen_is_committed():
    PLANNED.expect(0)
    PLANNED.expect(4)
    for version in (3, 5):
        with pytest.raises(VersionMismatch) as refused:
            PLANNED.expect(version)
        assert refused.value.metadata == {"current_version": "4"}


def test_a_plan_that_is_judged_again_is_another_version():
    lines = [planned(1, -100), planned(2, -250), planned(3, -1, Verdict.DOUBTFUL)]

    assert PLANNED.rejudged(lines) == replace(
        PLANNED,
        version=5,
        verdicts={Verdict.NEW: Tally(2, [eur(-350)]), Verdict.DOUBTFUL: Tally(1, [eur(-1)])},
    )


def test_a_commit_begins_with_its_decisions_and_ends_with_its_last_line():
    begun = PLANNED.begun("hash", actor="ben")
    assert begun == replace(
        PLANNED, stage=Stage.COMMITTING, actor="ben", decisions_hash="hash", version=5
    )

    later, end = NOW + timedelta(hours=1), NOW + timedelta(hours=2)
    first = [planned(1, -100, outcome=Outcome.ADDED), planned(2, -5, outcome=Outcome.SKIPPED)]
    half = begun.advanced(first, now=later)
    assert half == replace(
        begun,
        done=2,
        version=6,
        outcomes={Outcome.ADDED: Tally(1, (eur(-100),)), Outcome.SKIPPED: Tally(1, (eur(-5),))},
    )
    assert half.committed_at is None

    whole = half.advanced([planned(3, -50, outcome=Outcome.ADDED)], now=end)
    assert whole == replace(
        half,
        stage=Stage.COMMITTED,
        done=3,
        committed_at=end,
        version=7,
        outcomes={Outcome.ADDED: Tally(2, (eur(-150),)), Outcome.SKIPPED: Tally(1, (eur(-5),))},
    )


def test_a_line_is_decided_by_its_verdict_or_by_a_persons_word():
    one = planned(1, -100)

    assert one.decision == Decision(Act.ADD, Outcome.ADDED)
    skipped = replace(one, override=Override(1, Choice.SKIP))
    assert skipped.decision == Decision(Act.LEAVE, Outcome.SKIPPED)


def test_lines_are_counted_by_name_and_summed_by_currency():
    found = tally(
        [
            ("b", line(amount=usd(5))),
            ("a", line(minor_units=-100)),
            ("b", line(minor_units=7)),
            ("b", line(minor_units=10, unreadable="?")),
            ("b", line(minor_units=30)),
            ("c", line(amount=Money(0, ""))),
            ("c", line(minor_units=1, unreadable="?")),
        ]
    )

    assert found == {
        "b": Tally(4, [eur(37), usd(5)]),
        "a": Tally(1, [eur(-100)]),
        "c": Tally(2, []),
    }
    assert tally([]) == {}
    assert Tally() == Tally(0, ())


def test_lines_are_counted_by_verdict_and_by_what_became_of_them():
    lines = [
        planned(1, -100, Verdict.NEW, Outcome.ADDED),
        planned(2, -20, Verdict.TWIN_KEPT, Outcome.ADDED),
        planned(3, -3, Verdict.NEW),
    ]

    verdicts, outcomes = verdict_tally(lines), outcome_tally(lines)
    assert verdicts == {
        Verdict.NEW: Tally(2, [eur(-103)]), Verdict.TWIN_KEPT: Tally(1, [eur(-20)]),
    }  # fmt: skip
    assert outcomes == {Outcome.ADDED: Tally(2, [eur(-120)])}
    assert all(isinstance(verdict, Verdict) for verdict in verdicts)
    assert all(isinstance(outcome, Outcome) for outcome in outcomes)


def test_counts_are_added_up_in_the_order_of_the_outcomes():
    one = {Outcome.REFUSED: Tally(1), Outcome.ADDED: Tally(2, [usd(5), eur(-3)])}
    other = {Outcome.SKIPPED: Tally(4, [eur(1)]), Outcome.ADDED: Tally(3, [eur(-4)])}
    together = added_up(one, other)

    assert together == {
        Outcome.ADDED: Tally(5, (eur(-7), usd(5))),
        Outcome.SKIPPED: Tally(4, (eur(1),)),
        Outcome.REFUSED: Tally(1, ()),
    }
    assert list(together) == [Outcome.ADDED, Outcome.SKIPPED, Outcome.REFUSED]
    assert added_up(other, one) == together


def test_what_the_book_moved_under_a_plan_is_told_line_by_line():
    changes = [(2, Verdict.NEW, Verdict.ALREADY_THERE), (7, Verdict.DOUBTFUL, Verdict.NEW)]
    stale = PlanStale(changes)

    assert str(stale) == (
        "the book has changed since this plan was made: 2 of its lines read differently now;"
        " look at them and book again"
    )
    assert stale.fields == (
        ("lines[1]", "was new, is now already_there"), ("lines[6]", "was doubtful, is now new"),
    )  # fmt: skip
    assert stale.metadata == {"changed": "2"}


def test_the_first_hundred_moved_lines_are_told_and_all_are_counted():
    stale = PlanStale([(at, Verdict.NEW, Verdict.TWIN_KEPT) for at in range(1, 102)])

    assert [name for name, _ in stale.fields] == [f"lines[{i}]" for i in range(100)]
    assert stale.metadata == {"changed": "101"}


def test_refusals_are_told_in_these_words():
    assert str(ImportNotFound()) == "there is no such import: a plan is kept for seven days"
    assert str(ImportCommitted()) == (
        "this plan is booked already: make another for what is still open"
    )
    assert str(ImportNotCommitted()) == "this plan is not booked, so there is nothing to undo"
