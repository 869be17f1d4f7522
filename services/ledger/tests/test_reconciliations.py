"""Reconciliation: statements are confirmed at zero and not before, and what changes afterwards is
named.
"""

import asyncio

import pytest
from desk import DAY, Desk, verified
from ledger_world import Person, coffee, eur

from kit.money import Money
from ledger.domain.entry import Status
from ledger.domain.errors import AccountNotFound, EntryReconciled, InvalidFields, VersionMismatch
from ledger.domain.posting import Key
from ledger.domain.reconciliation import (
    CoveredSpan,
    NotTickable,
    Progress,
    ReconciliationClosed,
    ReconciliationFinished,
    ReconciliationNotFound,
    ReconciliationNotLast,
    ReconciliationOpen,
    ReconciliationState,
    StatementDiffers,
    StatementSaid,
    covered,
)


@pytest.fixture
def desk(anna: Person) -> Desk:
    return Desk(anna)


async def test_a_statement_is_ticked_to_zero_and_confirmed(anna: Person, desk: Desk):
    account = await anna.account(opening_balance=eur(100), opening_date="2026-01-01")
    a, b = await anna.post(coffee(account, -30)), await anna.post(coffee(account, -20))
    later = await anna.post(coffee(account, -5, date="2026-04-01"))
    (opening,) = [t for t in await anna.list() if t.kind.value == "opening_balance"]

    started = await desk.start(account, 70)
    assert (started.difference, started.ticked_count) == (eur(70), 0)
    half = await desk.tick(started, opening.id)
    assert half.difference == eur(-30)
    assert [p.tick for p in half.proposals] == [(a.id,)]
    with pytest.raises(StatementDiffers) as refused:
        await desk.finish(started)
    assert refused.value.metadata == {"difference": "-0.30", "currency": "EUR"}
    with pytest.raises(NotTickable):
        await desk.tick(started, later.id)

    # It is as it was left, wherever one comes from.
    assert await desk.get(started) == half
    full = await desk.tick(started, a.id)
    assert (full.difference, full.proposals) == (eur(0), ())
    assert await desk.rows(full, limit=2) == [
        (b.id, -20, False),
        (a.id, -30, True),
        (opening.id, 100, True),
    ]
    with pytest.raises(VersionMismatch):
        await desk.finish(started, version=1)
    done = await desk.finish(started, version=full.reconciliation.version)
    assert done.reconciliation.state is ReconciliationState.FINISHED
    assert await desk.finish(started) == done
    assert await desk.status(a) is Status.RECONCILED
    assert await desk.status(b) is Status.CLEARED
    state = await anna.ledger.accounts.get_account(owner=anna.id, account_id=account.id)
    assert (state.balances.balance, state.balances.reconciled) == (eur(45), eur(70))
    assert {id_ for id_, _, _ in await desk.rows(done)} == {a.id, opening.id}
    assert not (await anna.audit()).differences

    following = await desk.start(account, 50, day="2026-04-30")
    assert (following.reconciliation.opening, following.difference) == (eur(70), eur(-20))


async def test_finishing_is_one_operation_in_the_history(anna: Person, desk: Desk):
    account = await anna.account()
    posted = [await anna.post(coffee(account, -1)) for _ in range(3)]
    one = await desk.start(account, -3)
    await desk.tick(one, *(t.id for t in posted))
    done = await desk.finish(one)
    operation, _ = await anna.ledger.operations.get_operation(
        owner=anna.id, operation_id=done.reconciliation.operation_id
    )
    assert (operation.kind.value, operation.counts.done) == ("reconcile", 3)
    for transaction in posted:
        history = await anna.ledger.transactions.get_history(
            owner=anna.id, transaction_id=transaction.id
        )
        assert [r.change.value for r in history] == ["created", "edited"]


async def test_what_is_confirmed_is_locked_until_it_is_reopened(anna: Person, desk: Desk):
    account = await anna.account()
    posted = await anna.post(coffee(account, -10))
    one = await desk.start(account, -10)
    await desk.tick(one, posted.id)
    await desk.finish(one)
    with pytest.raises(EntryReconciled):
        await anna.edit(posted, coffee(account, -11, status=Status.RECONCILED))
    with pytest.raises(EntryReconciled):
        await anna.delete(posted)
    reopened = await desk.reopen(one)
    assert (reopened.difference, reopened.ticked_count) == (eur(0), 1)
    assert await desk.reopen(one) == reopened
    assert await desk.status(posted) is Status.CLEARED
    await anna.edit(posted, coffee(account, -11))
    assert (await desk.get(one)).difference == eur(1)
    await desk.cancel(one)
    with pytest.raises(ReconciliationClosed):
        await desk.tick(one, posted.id)
    with pytest.raises(ReconciliationNotLast):
        await desk.reopen(one)


async def test_what_a_statement_holds_is_undone_only_after_it_was_reopened(
    anna: Person, desk: Desk
):
    account = await anna.account()
    posted = await anna.post(coffee(account, -10))
    one = await desk.start(account, -10)
    await desk.tick(one, posted.id)
    done = await desk.finish(one)
    locked = done.reconciliation.operation_id
    with pytest.raises(ReconciliationFinished, match=f"{one.reconciliation.id}:reopen") as refused:
        await anna.undo(locked, "u")
    assert refused.value.metadata == {"reconciliation_id": one.reconciliation.id}
    assert await desk.status(posted) is Status.RECONCILED
    (standing,) = await verified(anna, account)
    assert not standing.breaks

    await desk.reopen(one)
    await undo_everything(anna)
    assert await anna.list() == []


async def test_a_transfer_stays_locked_while_either_statement_stands(anna: Person, desk: Desk):
    here, there = await anna.account(), await anna.account()
    moved = await anna.post(coffee(here, -10, payee="", to_account_id=there.id))
    first, second = await desk.start(here, -10), await desk.start(there, 10)
    for one in (first, second):
        await desk.tick(one, moved.id)
    locked = (await desk.finish(first)).reconciliation.operation_id
    await desk.finish(second)
    await desk.reopen(first)
    with pytest.raises(ReconciliationFinished, match=second.reconciliation.id):
        await anna.undo(locked, "u")
    assert await desk.status(moved) is Status.RECONCILED
    await desk.reopen(second)
    await undo_everything(anna)
    assert await anna.list() == []


async def test_an_undone_reopening_reconciles_nothing_until_the_next_finish(
    anna: Person, desk: Desk
):
    here, there = await anna.account(), await anna.account()
    moved = await anna.post(coffee(here, -10, payee="", to_account_id=there.id))
    one = await desk.start(here, -10)
    await desk.tick(one, moved.id)
    await desk.finish(one)
    await desk.reopen(one)
    page = await anna.ledger.operations.list_operations(owner=anna.id, cursor="", limit=1)
    # Undoing the reopening doesn't finish the statement, and nothing else reconciles.
    again, _ = await anna.undo(page.operations[0].id, "u")
    assert await desk.status(moved) is Status.CLEARED
    await desk.finish(one)
    with pytest.raises(ReconciliationFinished):
        await anna.undo(again.id, "u2")


async def undo_everything(person: Person) -> None:
    """Newest first, until nothing is left that can be undone."""
    page = await person.ledger.operations.list_operations(owner=person.id, cursor="", limit=50)
    for operation in page.operations:
        await person.undo(operation.id, f"all/{operation.id}")


async def test_only_the_last_statement_can_be_reopened(anna: Person, desk: Desk):
    account = await anna.account()
    first = await desk.finish(await desk.start(account, 0))
    second = await desk.finish(await desk.start(account, 0, day="2026-04-30"))
    with pytest.raises(ReconciliationNotLast):
        await desk.reopen(first)
    third = await desk.start(account, 0, day="2026-05-31")
    with pytest.raises(ReconciliationOpen) as refused:
        await desk.reopen(second)
    assert refused.value.metadata == {"reconciliation_id": third.reconciliation.id}
    await desk.cancel(third)
    await desk.reopen(second)


async def test_an_account_has_one_open_reconciliation(anna: Person, desk: Desk):
    account, other = await anna.account(), await anna.account("Other")
    results = await asyncio.gather(
        *(desk.start(account, 0) for _ in range(5)), return_exceptions=True
    )
    begun = [r for r in results if isinstance(r, Progress)]
    assert len(begun) == 1
    assert all(isinstance(r, ReconciliationOpen) for r in results if r not in begun)
    await desk.start(other, 0)


async def test_starting_again_under_the_same_key_is_starting_once(anna: Person, desk: Desk):
    account = await anna.account()
    assert await desk.start(account, 5, key="k") == await desk.start(account, 5, key="k")


async def test_a_statement_that_cannot_be_is_refused(anna: Person, ben: Person, desk: Desk):
    account = await anna.account()
    with pytest.raises(InvalidFields) as refused:
        await desk.person.ledger.reconciliations.start(
            owner=anna.id,
            actor=anna.id,
            account_id=account.id,
            said=StatementSaid("31.3.", Money(1, "USD"), "2026-13-01"),
            key=Key(),
        )
    fields = [name for name, _ in refused.value.fields]
    assert fields == ["statement_date", "statement_from", "closing_balance"]
    with pytest.raises(AccountNotFound):
        await Desk(ben).start(account, 0)
    done = await desk.finish(await desk.start(account, 0))
    with pytest.raises(InvalidFields):
        await desk.start(account, 0, day=DAY)
    with pytest.raises(ReconciliationNotFound):
        await Desk(ben).get(done)


async def test_the_statement_can_be_corrected_while_it_is_open(anna: Person, desk: Desk):
    account = await anna.account()
    one = await desk.start(account, 17)
    correct = anna.ledger.reconciliations.correct
    named = {"owner": anna.id, "reconciliation_id": one.reconciliation.id}
    right = await correct(
        **named,
        expected_version=1,
        statement_date="2026-04-02",
        statement_from=None,
        closing=eur(71),
    )
    assert (right.difference, right.reconciliation.statement_date) == (eur(71), "2026-04-02")
    with pytest.raises(VersionMismatch):
        await correct(
            **named, expected_version=1, statement_date=None, statement_from=None, closing=eur(0)
        )


async def test_a_transfer_is_confirmed_on_each_side_by_itself(anna: Person, desk: Desk):
    a, b = await anna.account("A"), await anna.account("B")
    moved = await anna.post(coffee(a, -40, to_account_id=b.id))
    on_a = await desk.start(a, -40)
    await desk.tick(on_a, moved.id)
    await desk.finish(on_a)
    assert await desk.status(moved) is Status.RECONCILED

    on_b = await desk.start(b, 40)
    assert (on_b.difference, await desk.rows(on_b)) == (eur(40), [(moved.id, 40, False)])
    assert [p.tick for p in on_b.proposals] == [(moved.id,)]
    await desk.tick(on_b, moved.id)
    await desk.finish(on_b)
    assert (await desk.start(b, 40, day="2026-04-30")).difference == eur(0)
    # Taken back on one side it stays confirmed by the other.
    await desk.reopen(on_a)
    assert await desk.status(moved) is Status.RECONCILED
    assert await desk.rows(on_a) == [(moved.id, -40, True)]
    assert [v.breaks for v in await verified(anna, b)] == [[]]


async def test_a_break_names_who_changed_what_since(anna: Person, desk: Desk):
    account = await anna.account()
    kept, edited, deleted = [await anna.post(coffee(account, n)) for n in (-10, -20, -40)]
    one = await desk.start(account, -70)
    await desk.tick(one, kept.id, edited.id, deleted.id)
    await desk.finish(one)
    (sound,) = await verified(anna, account)
    assert (sound.difference, sound.breaks) == (eur(0), [])

    act = anna.ledger.transactions
    said = coffee(account, -25, status=Status.RECONCILED)
    await act.update_transaction(
        owner=anna.id,
        actor="partner",
        transaction_id=edited.id,
        expected_version=0,
        input_=said,
        key=Key(),
        unlock=True,
    )
    await act.delete_transaction(
        owner=anna.id,
        actor="partner",
        transaction_id=deleted.id,
        expected_version=0,
        key=Key(),
        unlock=True,
    )
    # A note is no matter of the statement.
    noted = coffee(account, -10, status=Status.RECONCILED, description="with Zoë")
    await anna.edit(kept, noted)
    (found,) = await verified(anna, account)
    assert (found.present, found.difference) == (eur(-35), eur(35))
    told = {b.transaction_id: b for b in found.breaks}
    assert told.keys() == {edited.id, deleted.id}
    assert (told[edited.id].was, told[edited.id].now) == (eur(-20), eur(-25))
    assert (told[deleted.id].now, told[deleted.id].unlocked) == (eur(0), True)
    steps = [(s.actor_id, s.change.value) for b in found.breaks for s in b.steps]
    assert sorted(steps) == [("partner", "deleted"), ("partner", "edited")]


async def test_coverage_joins_what_statements_tell_of(anna: Person, desk: Desk):
    account = await anna.account()
    posted = await anna.post(coffee(account, -10, date="2026-03-03"))
    one = await desk.start(account, -10)
    await desk.tick(one, posted.id)
    await desk.finish(one)
    await desk.finish(await desk.start(account, -10, day="2026-04-30"))
    await desk.finish(await desk.start(account, -10, day="2026-06-30", statement_from="2026-06-01"))
    spans = await anna.ledger.reconciliation_reader.coverage(owner=anna.id, account_id=account.id)
    assert spans == [
        CoveredSpan("2026-03-03", "2026-04-30"),
        CoveredSpan("2026-06-01", "2026-06-30"),
    ]


def test_spans_that_touch_are_one():
    spans = [
        ("2026-02-01", "2026-02-28"),
        ("2026-01-01", "2026-01-31"),
        ("2026-01-05", "2026-01-06"),
    ]
    assert covered([CoveredSpan(*s) for s in spans]) == [CoveredSpan("2026-01-01", "2026-02-28")]
    assert covered([]) == []
