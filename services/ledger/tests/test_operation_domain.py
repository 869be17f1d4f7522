"""Operations: what one act did, and what takes it back."""

from dataclasses import replace
from datetime import timedelta

import pytest
from posting_ground import ACTOR, NOW, OWNER, Clerk, coffee, edit, eur

from ledger.domain.command import Delete, OpenBalance, Restore
from ledger.domain.entry import Entry
from ledger.domain.errors import TransactionDeleted
from ledger.domain.operation import (
    ChangedSince,
    Counts,
    ExpectedCountMismatch,
    Operation,
    OperationKind,
    OperationNotFound,
    OperationRunning,
    OperationUndone,
    Row,
    RowOutcome,
    State,
    Subject,
    Touch,
    act_of,
)


def test_a_refused_row_names_the_refusal():
    row = Row.refused("t", TransactionDeleted())

    refused = RowOutcome.REFUSED
    assert row == Row("t", refused, "TransactionDeleted", "the transaction was deleted")


def test_rows_are_counted_by_what_became_of_them():
    outcomes = ["done", "refused", "done", "unchanged", "done", "refused"]
    rows = [Row("t", RowOutcome(outcome)) for outcome in outcomes]
    running = Operation("op", OWNER, OperationKind.IMPORT, ACTOR, NOW, finished=False)

    assert Counts.of(rows) == Counts(done=3, unchanged=1, refused=2)
    assert Counts.of([]) == Counts()
    ended = running.with_rows(rows)
    assert ended == replace(running, counts=Counts(3, 1, 2), finished=True)


@pytest.mark.parametrize(("seconds", "running"), [(0, True), (59, True), (60, False), (61, False)])
def test_an_operation_runs_until_it_has_not_written_for_a_minute(seconds, running):
    operation = Operation("op", OWNER, OperationKind.IMPORT, ACTOR, NOW, finished=False)
    touched = replace(operation, at=NOW - timedelta(hours=1), touched_at=NOW)
    then = NOW + timedelta(seconds=seconds)

    assert operation.is_running(then) is running
    assert touched.is_running(then) is running
    assert not replace(operation, finished=True).is_running(then)


def test_an_act_tells_of_the_transaction_that_it_is_about():
    clerk = Clerk()
    made = clerk.create()
    clerk.remember_states(made)
    edited = clerk.accept(edit(made)).result
    deleted = clerk.accept(Delete(made.transaction_id, 0)).result
    restored = clerk.accept(Restore(made.transaction_id)).result

    for entry, kind, minor_units in [
        (made, OperationKind.CREATE, -350),
        (edited, OperationKind.EDIT, -400),
        (deleted, OperationKind.DELETE, -400),
        (restored, OperationKind.RESTORE, -400),
    ]:
        assert act_of(entry) == Operation(
            id=entry.operation_id,
            owner=OWNER,
            kind=kind,
            actor_id=ACTOR,
            at=NOW,
            counts=Counts(done=1),
            subject=Subject(made.transaction_id, "Zoë", eur(minor_units), "2026-03-14"),
        )


def undoing(clerk: Clerk, newest: Entry, *entries: Entry) -> Delete | Restore | None:
    """What takes back the act that wrote the entries; it is then done."""
    act = Touch(entries).undoing(newest)
    if act is not None:
        clerk.accept(act)
    return act


def test_what_was_made_is_taken_back_by_a_deletion_that_frees():
    clerk = Clerk()
    made = clerk.create()
    id_ = made.transaction_id

    assert Touch((made,)).transaction_id == id_
    assert undoing(clerk, made, made) == Delete(id_, 1, unlock=True, frees=True)


def test_an_edit_is_taken_back_to_the_version_before_it():
    clerk = Clerk()
    made = clerk.create()
    clerk.remember_states(made)
    edited = clerk.accept(edit(made))

    undo = undoing(clerk, edited.result, *edited.entries)
    assert undo == Restore(made.transaction_id, 2, version=1, unlock=True)
    newest = clerk.ground.newest[OWNER, made.transaction_id]
    assert (newest.version, newest.amount) == (3, eur(-350))


def test_a_deletion_is_taken_back_to_what_was_deleted():
    clerk = Clerk()
    made = clerk.create()
    clerk.remember_states(made)
    deleted = clerk.accept(Delete(made.transaction_id, 0)).result

    assert undoing(clerk, deleted, deleted) == Restore(made.transaction_id, 2, 1, unlock=True)


def test_what_came_back_is_deleted_again_and_frees_only_its_own_booking():
    clerk = Clerk()
    made = clerk.create()
    clerk.remember_states(made)
    deleted = clerk.accept(Delete(made.transaction_id, 0)).result
    restored = clerk.accept(Restore(made.transaction_id)).result
    id_ = made.transaction_id

    assert undoing(clerk, restored, restored) == Delete(id_, 3, unlock=True, frees=False)
    freed = clerk.accept(Delete(id_, 0, frees=True)).result
    again = clerk.accept(Restore(id_)).result
    assert again.claims
    assert undoing(clerk, again, again) == Delete(id_, again.version, unlock=True, frees=True)
    assert (deleted.version, freed.version) == (2, 4)


def test_what_is_so_already_is_left_but_for_a_booking_that_is_to_be_freed():
    clerk = Clerk()
    made = clerk.create()
    clerk.remember_states(made)
    edited = clerk.accept(edit(made))
    back = clerk.accept(Restore(made.transaction_id, version=1)).result
    assert Touch(edited.entries).undoing(back) is None

    deleted = clerk.accept(Delete(made.transaction_id, 0)).result
    id_ = made.transaction_id
    assert Touch((made,)).undoing(deleted) == Delete(id_, deleted.version, frees=True)
    restored = clerk.accept(Restore(id_)).result
    gone = clerk.accept(Delete(id_, 0)).result
    assert Touch((restored,)).undoing(gone) is None


def test_what_was_changed_since_stays():
    clerk = Clerk()
    made = clerk.create()
    edited = clerk.accept(edit(made)).result

    with pytest.raises(ChangedSince) as refused:
        Touch((made,)).undoing(edited)
    assert str(refused.value) == "it was changed since"


def test_a_state_is_what_is_said_and_whether_it_opens_an_account():
    clerk = Clerk()
    said = coffee(category_id="", payee="")
    opened = clerk.accept(OpenBalance(said)).result
    deleted = clerk.accept(Delete(opened.transaction_id, 0)).result

    assert State.after(opened) == State.told_by(opened) == State(said, is_opening=True)
    assert State.after(deleted) == State(None, is_opening=False)
    assert State.told_by(deleted) == State(said, is_opening=True)
    assert State.after(clerk.create()) == State(coffee(), is_opening=False)
    assert Touch((opened,)).before == State()
    assert Touch((deleted,)).before == State(said, is_opening=True)


def test_refusals_are_told_in_these_words():
    assert str(OperationNotFound()) == "there is no such operation"
    assert str(OperationRunning()) == "it is still at work: try again in a minute"
    undone = OperationUndone("op2")
    assert (str(undone), undone.metadata) == ("it was undone already", {"operation_id": "op2"})
    assert OperationUndone().metadata == {"operation_id": ""}
    mismatch = ExpectedCountMismatch(12345)
    assert str(mismatch) == "there are 12,345 of them: look again"
    assert mismatch.metadata == {"count": "12345"}
