"""Reconciliation: statements are confirmed at zero and not before, and what changes afterwards is
named.

`LEDGER_EXAMPLES` sets how many histories are played beside the model.
"""

import asyncio
import os
import random
from dataclasses import dataclass, field, replace
from itertools import combinations
from typing import Any

import pytest
from desk import DAY, Desk, verified
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from ledger_world import Person, coffee, eur

from kit.ids import new_id
from kit.money import Money
from ledger.domain.account import Account
from ledger.domain.entry import Status
from ledger.domain.errors import (
    AccountNotFound,
    EntryReconciled,
    InvalidFields,
    LedgerError,
    VersionMismatch,
)
from ledger.domain.posting import Key
from ledger.domain.proposals import proposals
from ledger.domain.reconciliation import (
    CoveredSpan,
    Line,
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
from ledger.domain.transaction import Transaction, TransactionInput

EXAMPLES = int(os.environ.get("LEDGER_EXAMPLES", "25"))


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


async def test_what_an_undone_reopening_locked_again_is_held_by_the_next_finish(
    anna: Person, desk: Desk
):
    here, there = await anna.account(), await anna.account()
    moved = await anna.post(coffee(here, -10, payee="", to_account_id=there.id))
    one = await desk.start(here, -10)
    await desk.tick(one, moved.id)
    await desk.finish(one)
    await desk.reopen(one)
    page = await anna.ledger.operations.list_operations(owner=anna.id, cursor="", limit=1)
    again, _ = await anna.undo(page.operations[0].id, "u")
    assert await desk.status(moved) is Status.RECONCILED
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


units = st.integers(-50, 50)


@settings(max_examples=300, deadline=None)
@given(free=st.lists(units, max_size=9), held=st.lists(units, max_size=6), wanted=units)
def test_every_proposal_closes_the_difference_and_none_is_missed(free, held, wanted):
    """Beside trying out every set of up to four, or every pair of one and one."""
    unticked = [Line(f"f{i}", "2026-01-01", eur(n)) for i, n in enumerate(free)]
    ticked = [Line(f"h{i}", "2026-01-01", eur(n)) for i, n in enumerate(held)]
    amounts = {line.transaction_id: line.amount.minor_units for line in (*unticked, *ticked)}
    found = proposals(wanted, unticked=unticked, ticked=ticked)
    for proposal in found:
        added = sum(amounts[id_] for id_ in proposal.tick)
        taken = sum(amounts[id_] for id_ in proposal.untick)
        assert added - taken == wanted
        assert set(proposal.tick) <= {line.transaction_id for line in unticked}
    assert len({(frozenset(p.tick), frozenset(p.untick)) for p in found}) == len(found)
    sizes = [len(p.tick) + len(p.untick) for p in found]
    assert sizes == sorted(sizes)
    assert bool(found) == bool(wanted and smallest(free, held, wanted))


def smallest(free: list[int], held: list[int], wanted: int) -> bool:
    free, held = [n for n in free if n], [n for n in held if n]
    alone = any(sum(some) == wanted for size in range(1, 5) for some in combinations(free, size))
    taken = any(-sum(some) == wanted for size in (1, 2) for some in combinations(held, size))
    return alone or taken or any(add - take == wanted for add in free for take in held)


def test_a_search_among_many_is_bounded():
    rng = random.Random(7)
    lines = [Line(f"f{i}", "2026-01-01", eur(2 * rng.randint(1, 10**9))) for i in range(5_000)]
    assert proposals(1, unticked=lines, ticked=lines) == []


# The machine beside a model: two accounts with transfers between them, each with statements.

MOVES = [
    "post", "post", "transfer", "edit", "delete", "start", "start", "tick", "tick", "tick",
    "untick", "finish", "finish", "cancel", "reopen",
]  # fmt: skip
moves = st.lists(
    st.fixed_dictionaries(
        {
            "do": st.sampled_from(MOVES),
            "account": st.integers(0, 1),
            "amount": st.integers(-9, 9).filter(bool),
            "which": st.integers(0, 7),
        }
    ),
    max_size=30,
)


@dataclass
class Statement:
    opening: int
    closing: int
    ticked: set[str] = field(default_factory=set)


@dataclass
class Model:
    """What stands, and which statements there are, counted by hand."""

    standing: dict[str, TransactionInput] = field(default_factory=dict)
    finished: dict[int, list[Statement]] = field(default_factory=lambda: {0: [], 1: []})
    open: dict[int, Statement] = field(default_factory=dict)

    def confirmed(self, account: int) -> set[str]:
        return {id_ for one in self.finished[account] for id_ in one.ticked}

    def locked(self, id_: str) -> bool:
        return id_ in self.confirmed(0) | self.confirmed(1)

    def amount(self, accounts: list[Account], account: int, id_: str) -> int:
        said = self.standing[id_]
        if said.account_id == accounts[account].id:
            return said.amount.minor_units
        if said.to_account_id == accounts[account].id:
            return -said.amount.minor_units
        return 0

    def candidates(self, accounts: list[Account], account: int) -> list[str]:
        return sorted(
            id_
            for id_ in self.standing
            if self.amount(accounts, account, id_) and id_ not in self.confirmed(account)
        )

    def difference(self, accounts: list[Account], account: int) -> int:
        one = self.open[account]
        ticked = one.ticked & set(self.candidates(accounts, account))
        return one.closing - one.opening - sum(self.amount(accounts, account, i) for i in ticked)


async def refused(work: Any) -> bool:
    try:
        await work
    except LedgerError:
        return True
    return False


@dataclass
class Play:
    """One history on both: what is asked of the ledger, and what the model says of it."""

    desk: Desk
    accounts: list[Account]
    model: Model = field(default_factory=Model)
    posted: list[Transaction] = field(default_factory=list)
    progress: dict[int, Progress] = field(default_factory=dict)
    done: dict[int, list[Progress]] = field(default_factory=lambda: {0: [], 1: []})
    day: int = 0

    async def post(self, account: int, amount: int, which: int) -> None:
        await self._post(coffee(self.accounts[account], amount))

    async def transfer(self, account: int, amount: int, which: int) -> None:
        other = self.accounts[1 - account].id
        await self._post(coffee(self.accounts[account], amount, to_account_id=other))

    async def _post(self, said: TransactionInput) -> None:
        transaction = await self.desk.person.post(said)
        self.posted.append(transaction)
        self.model.standing[transaction.id] = said

    async def edit(self, account: int, amount: int, which: int) -> None:
        target = self._standing(which)
        if target is None:
            return
        status = Status.RECONCILED if self.model.locked(target.id) else Status.CLEARED
        before = self.model.standing[target.id]
        more = eur(before.amount.minor_units + 10)
        changed = replace(before, amount=more, status=status)
        is_refused = await refused(self.desk.person.edit(target, changed))
        assert is_refused is self.model.locked(target.id)
        if not is_refused:
            self.model.standing[target.id] = changed

    async def delete(self, account: int, amount: int, which: int) -> None:
        target = self._standing(which)
        if target is None:
            return
        is_refused = await refused(self.desk.person.delete(target))
        assert is_refused is self.model.locked(target.id)
        if not is_refused:
            del self.model.standing[target.id]

    async def start(self, account: int, amount: int, which: int) -> None:
        finished = self.model.finished[account]
        opening = finished[-1].closing if finished else 0
        some = self.candidates(account)[: which % 4]
        closing = opening + sum(self.model.amount(self.accounts, account, i) for i in some)
        self.day += 1
        day = f"2027-{self.day // 28 + 1:02}-{self.day % 28 + 1:02}"
        starting = self.desk.start(self.accounts[account], closing, day=day)
        if account in self.model.open:
            assert await refused(starting)
            return
        self.progress[account] = await starting
        self.model.open[account] = Statement(opening, closing)
        assert self.progress[account].reconciliation.opening == eur(opening)

    async def tick(self, account: int, amount: int, which: int) -> None:
        candidates = self.candidates(account)
        if account in self.model.open and candidates:
            id_ = candidates[which % len(candidates)]
            found = await self.desk.tick(self.progress[account], id_)
            self.model.open[account].ticked.add(id_)
            self._agrees(found, account)

    async def untick(self, account: int, amount: int, which: int) -> None:
        candidates = self.candidates(account)
        if account in self.model.open and candidates:
            id_ = candidates[which % len(candidates)]
            found = await self.desk.tick(self.progress[account], untick=(id_,))
            self.model.open[account].ticked.discard(id_)
            self._agrees(found, account)

    async def finish(self, account: int, amount: int, which: int) -> None:
        if account not in self.model.open:
            return
        closes = self.model.difference(self.accounts, account) == 0
        assert await refused(self.desk.finish(self.progress[account])) is not closes
        if closes:
            one = self.model.open.pop(account)
            one.ticked &= set(self.candidates(account))
            self.model.finished[account].append(one)
            self.done[account].append(self.progress.pop(account))

    async def cancel(self, account: int, amount: int, which: int) -> None:
        if account in self.model.open:
            await self.desk.cancel(self.progress.pop(account))
            del self.model.open[account]

    async def reopen(self, account: int, amount: int, which: int) -> None:
        if not self.done[account]:
            return
        target = self.done[account][which % len(self.done[account])]
        may = account not in self.model.open and target is self.done[account][-1]
        assert await refused(self.desk.reopen(target)) is not may
        if may:
            self.progress[account] = self.done[account].pop()
            self.model.open[account] = self.model.finished[account].pop()

    def candidates(self, account: int) -> list[str]:
        return self.model.candidates(self.accounts, account)

    def _agrees(self, found: Progress, account: int) -> None:
        assert found.difference.minor_units == self.model.difference(self.accounts, account)

    def _standing(self, which: int) -> Transaction | None:
        standing = [t for t in self.posted if t.id in self.model.standing]
        return standing[which % len(standing)] if standing else None


@settings(
    max_examples=EXAMPLES,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(history=moves)
async def test_statements_stand_as_the_model_says(ledger: Any, history: list[dict[str, Any]]):
    person = Person(ledger, new_id())
    play = Play(Desk(person), [await person.account("A"), await person.account("B")])
    for step in history:
        act = getattr(play, step["do"])
        await act(step["account"], step["amount"], step["which"])
    for account in (0, 1):
        if account in play.progress:
            found = await play.desk.get(play.progress[account])
            assert found.difference.minor_units == play.model.difference(play.accounts, account)
            rows = await play.desk.rows(play.progress[account], limit=3)
            assert sorted(id_ for id_, _, _ in rows) == play.candidates(account)
        assert all(not v.breaks for v in await verified(person, play.accounts[account]))
    for transaction in play.posted:
        if transaction.id in play.model.standing:
            locked = play.model.locked(transaction.id)
            assert (await play.desk.status(transaction) is Status.RECONCILED) is locked
    assert not (await person.audit()).differences
