"""Statements beside a model of them: two accounts with transfers between them.

`LEDGER_EXAMPLES` sets how many histories are played.
"""

import os
from dataclasses import dataclass, field, replace
from typing import Any

from desk import Desk, verified
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from ledger_world import Person, coffee, eur

from kit.ids import new_id
from ledger.domain.account import Account
from ledger.domain.entry import Status
from ledger.domain.errors import LedgerError
from ledger.domain.posting import Key
from ledger.domain.reconciliation import Progress
from ledger.domain.transaction import Transaction, TransactionInput

EXAMPLES = int(os.environ.get("LEDGER_EXAMPLES", "25"))
MOVES = [
    "post", "post", "transfer", "edit", "delete", "start", "start", "tick", "tick", "tick",
    "untick", "finish", "finish", "cancel", "reopen", "revive",
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

    async def revive(self, account: int, amount: int, which: int) -> None:
        """Delete whatever statements hold, and undo that: it is as it was."""
        target = self._standing(which)
        if target is None:
            return
        person = self.desk.person
        gone = await person.ledger.transactions.delete_transaction(
            owner=person.id,
            actor=person.id,
            transaction_id=target.id,
            expected_version=0,
            key=Key(),
            unlock=True,
        )
        await person.undo(gone.operation_id)

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
        state = await person.ledger.accounts.get_account(
            owner=person.id, account_id=play.accounts[account].id
        )
        assert state.balances.reconciled.minor_units == sum(
            play.model.amount(play.accounts, account, id_) for id_ in play.model.confirmed(account)
        )
    for transaction in play.posted:
        if transaction.id in play.model.standing:
            locked = play.model.locked(transaction.id)
            assert (await play.desk.status(transaction) is Status.RECONCILED) is locked
    assert not (await person.audit()).differences
