"""Histories for the laws, and a model of a book that a child could follow.

The model is a list of acts and what each left; everything is counted from it, slowly.
`LEDGER_EXAMPLES` sets how many histories are played; hypothesis prints the seed of a failing one.
"""

import asyncio
import os
from collections import Counter
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from ledger_world import Person, coffee, key_of

from kit.ids import new_id
from kit.money import Money
from kit.mongo import Mongo
from ledger.domain.account import Account
from ledger.domain.category import CategoryKind
from ledger.domain.entry import Status
from ledger.domain.operation import OperationUndone, RowOutcome
from ledger.domain.patch import TransactionPatch
from ledger.domain.transaction import Split, TransactionInput
from ledger.service.bulk import Selection
from ledger.wiring import open_ledger

EXAMPLES = int(os.environ.get("LEDGER_EXAMPLES", "25"))
PLAY = settings(
    max_examples=EXAMPLES,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
DATES = ["2026-01-01", "2026-01-31", "2026-02-01", "2026-02-28", "2026-03-15"]
PAYEES = ["Café Zoë", "CAFE ZOE", "Rent", "☕", ""]
TAGS: list[tuple[str, ...]] = [(), ("food",), ("Food", "work"), ("food", "FOOD")]
KINDS = ["post", "post", "split", "transfer", "exchange"]
DOINGS = ["new", "new", "edit", "delete", "restore", "undo", "undo", "bulk", "patch", "again"]

amounts = st.integers(-1_000_00, 1_000_00).filter(bool)
step = st.fixed_dictionaries(
    {
        "do": st.sampled_from(DOINGS),
        "kind": st.sampled_from(KINDS),
        "account": st.integers(0, 1),
        "amount": amounts,
        "rest": amounts,
        "date": st.sampled_from(DATES),
        "payee": st.sampled_from(PAYEES),
        "tags": st.sampled_from(TAGS),
        "category": st.integers(0, 2),
        # A person doesn't reconcile, statements do: test_reconciliation_laws.py.
        "status": st.sampled_from([Status.PENDING, Status.CLEARED]),
        "which": st.integers(0, 20),
    }
)
histories = st.lists(step, max_size=12)

Said = TransactionInput | None


@dataclass
class Act:
    """What an operation did to each transaction it touched: what was said before and after."""

    id: str
    changes: dict[str, tuple[Said, Said]] = field(default_factory=dict)
    undoes: "Act | None" = None
    undone: bool = False


@dataclass
class Model:
    standing: dict[str, TransactionInput] = field(default_factory=dict)
    # What each transaction said at each version; None where it was deleted.
    versions: dict[str, list[Said]] = field(default_factory=dict)
    acts: list[Act] = field(default_factory=list)
    # What stood at each moment.
    moments: list[tuple[datetime, dict[str, TransactionInput]]] = field(default_factory=list)

    def put(self, act: Act, id_: str, said: Said) -> None:
        act.changes[id_] = (self.standing.get(id_), said)
        self.versions.setdefault(id_, []).append(said)
        self.standing.pop(id_, None)
        if said is not None:
            self.standing[id_] = said

    def undo(self, act: Act, undo_id: str) -> tuple[Act, dict[str, RowOutcome]]:
        undo, outcomes = Act(undo_id, undoes=act), dict[str, RowOutcome]()
        for id_, (before, after) in act.changes.items():
            now = self.standing.get(id_)
            if now == before:
                outcomes[id_] = RowOutcome.UNCHANGED
            elif now != after:
                outcomes[id_] = RowOutcome.REFUSED
            else:
                outcomes[id_] = RowOutcome.DONE
                self.put(undo, id_, before)
        act.undone = RowOutcome.REFUSED not in outcomes.values()
        if act.undone and act.undoes is not None:
            act.undoes.undone = False
        self.acts.append(undo)
        return undo, outcomes

    def balances(self) -> dict[str, tuple[int, int, int]]:
        """By account: all of it, what is cleared, what is reconciled."""
        sums = [Counter[str](), Counter[str](), Counter[str]()]
        for said in self.standing.values():
            reached = said.to_amount or -said.amount
            for counter, counts in zip(
                sums,
                (True, said.status is not Status.PENDING, said.status is Status.RECONCILED),
                strict=True,
            ):
                counter[said.account_id] += said.amount.minor_units * counts
                if said.to_account_id:
                    counter[said.to_account_id] += reached.minor_units * counts
        ids = {id_ for counter in sums for id_ in counter}
        return {id_: (sums[0][id_], sums[1][id_], sums[2][id_]) for id_ in ids}

    def net(self, first: str, last: str) -> Counter[str]:
        """Income less expense by currency; transfers are neither."""
        sums: Counter[str] = Counter()
        for said in self.standing.values():
            if first <= said.date <= last and not said.to_account_id:
                sums[said.amount.currency] += said.amount.minor_units
        return sums

    def listed(self) -> list[tuple[str, str]]:
        return sorted(((s.date, id_) for id_, s in self.standing.items()), reverse=True)


class Ticks:
    """A clock on which no two moments are one."""

    def __init__(self) -> None:
        self.at = datetime(2026, 6, 1, tzinfo=UTC)

    def now(self) -> datetime:
        self.at += timedelta(milliseconds=1)
        return self.at


@dataclass
class Play:
    """Plays a history on the ledger and on the model side by side."""

    person: Person
    clock: Ticks
    accounts: list[Account]
    categories: list[str]
    model: Model = field(default_factory=Model)
    repeats: list[tuple[TransactionInput, str]] = field(default_factory=list)

    @classmethod
    async def begun(cls, person: Person, clock: Ticks) -> "Play":
        accounts = [await person.account("A"), await person.account("B")]
        accounts.append(await person.account("Yen", "JPY"))
        groceries = await person.category("groceries")
        salary = await person.category("salary", CategoryKind.INCOME)
        return cls(person, clock, accounts, ["", groceries.id, salary.id])

    async def history(self, steps: list[dict[str, Any]]) -> Model:
        for number, one in enumerate(steps):
            await self._step(number, one)
            self.model.moments.append((self.clock.at, dict(self.model.standing)))
        return self.model

    def said(self, one: dict[str, Any]) -> TransactionInput:
        own, amount = self.accounts[one["account"]], one["amount"]
        known = {name: one[name] for name in ("date", "payee", "tags", "status")}
        category = self.categories[one["category"]]
        if one["kind"] == "transfer":
            other = self.accounts[1 - one["account"]]
            return coffee(own, amount, to_account_id=other.id, **known)
        if one["kind"] == "exchange":
            sign = -1 if amount > 0 else 1
            reached = Money(sign * abs(one["rest"]), "JPY")
            yen = self.accounts[2]
            return coffee(own, amount, to_account_id=yen.id, to_amount=reached, **known)
        if one["kind"] == "split" and amount != one["rest"]:
            parts = (
                Split(category, Money(one["rest"], "EUR"), "a"),
                Split("", Money(amount - one["rest"], "EUR")),
            )
            return coffee(own, amount, splits=parts, **known)
        return coffee(own, amount, category_id=category, **known)

    async def _step(self, number: int, one: dict[str, Any]) -> None:
        model, said = self.model, self.said(one)
        ids = list(model.versions)
        target = ids[one["which"] % len(ids)] if ids else ""
        match one["do"]:
            case "new":
                await self._post(said, f"key-{number}")
            case "again" if self.repeats:
                await self.person.post(*self.repeats[one["which"] % len(self.repeats)])
            case "edit" if target in model.standing:
                await self._edit(target, said)
            case "delete" if target in model.standing:
                await self._delete(target)
            case "restore" if target:
                await self._restore(target, one["which"])
            case "undo" if model.acts:
                await self.undo(model.acts[-1 - one["which"] % len(model.acts)])
            case "bulk":
                await self._bulk([said, self.said({**one, "kind": "post"}), said])
            case "patch" if target:
                await self._patch(ids[one["which"] % len(ids) :][:3], one)

    async def _post(self, said: TransactionInput, key: str) -> None:
        transaction = await self.person.post(said, key)
        self.repeats.append((said, key))
        act = Act(transaction.operation_id)
        self.model.put(act, transaction.id, said)
        self.model.acts.append(act)

    async def _edit(self, id_: str, said: TransactionInput) -> None:
        edited = await self.person.ledger.transactions.update_transaction(
            owner=self.person.id,
            actor=self.person.id,
            transaction_id=id_,
            expected_version=len(self.model.versions[id_]),
            input_=said,
            key=key_of("", said),
            unlock=True,
        )
        act = Act(edited.operation_id)
        self.model.put(act, id_, said)
        self.model.acts.append(act)

    async def _delete(self, id_: str) -> None:
        deleted = await self.person.ledger.transactions.delete_transaction(
            owner=self.person.id,
            actor=self.person.id,
            transaction_id=id_,
            expected_version=0,
            key=key_of("", id_),
            unlock=True,
        )
        act = Act(deleted.operation_id)
        self.model.put(act, id_, None)
        self.model.acts.append(act)

    async def _restore(self, id_: str, which: int) -> None:
        versions = self.model.versions[id_]
        told = [number for number, said in enumerate(versions, 1) if said is not None]
        version = told[which % len(told)]
        restored = await self.person.ledger.transactions.restore_transaction(
            owner=self.person.id,
            actor=self.person.id,
            transaction_id=id_,
            expected_version=len(versions),
            version=version,
            key=key_of("", id_),
            unlock=True,
        )
        act = Act(restored.operation_id)
        self.model.put(act, id_, versions[version - 1])
        self.model.acts.append(act)

    async def _bulk(self, said: list[TransactionInput]) -> None:
        operation, rows = await self.person.ledger.bulk.create_transactions(
            owner=self.person.id, actor=self.person.id, inputs=said, key=key_of("", said)
        )
        act = Act(operation.id)
        for row, one in zip(rows, said, strict=True):
            self.model.put(act, row.transaction_id, one)
        self.model.acts.append(act)

    async def _patch(self, ids: list[str], one: dict[str, Any]) -> None:
        patch = TransactionPatch(payee=one["payee"], add_tags=("work",), status=one["status"])
        operation, _ = await self.person.ledger.bulk.change_transactions(
            owner=self.person.id,
            actor=self.person.id,
            selection=Selection(ids=tuple(ids)),
            patch=patch,
            unlock=True,
            key=key_of("", ids),
        )
        act = Act(operation.id)
        for id_ in ids:
            said = self.model.standing.get(id_)
            if said is not None:
                tags = said.tags if "work" in said.tags else (*said.tags, "work")
                new = replace(said, payee=one["payee"], status=one["status"], tags=tags)
                if new != said:
                    self.model.put(act, id_, new)
        self.model.acts.append(act)

    async def undo(self, act: Act) -> Act | None:
        """Take the act back on both sides; what became of each row is the same."""
        if act.undone:
            with suppress(OperationUndone):
                await self.person.undo(act.id)
                raise AssertionError("it was undone twice")
            return None
        operation, rows = await self.person.undo(act.id)
        undo, outcomes = self.model.undo(act, operation.id)
        assert {row.transaction_id: row.outcome for row in rows} == outcomes
        return undo


def played(
    database: tuple[str, str],
    steps: list[dict[str, Any]],
    law: Callable[[Play], Awaitable[None]],
) -> None:
    """Play the history for another person, then see whether the law holds."""

    async def example() -> None:
        uri, name = database
        clock = Ticks()
        async with (
            Mongo.open(uri, database=name) as mongo,
            open_ledger(mongo, clock=clock) as ledger,
        ):
            play = await Play.begun(Person(ledger, new_id()), clock)
            await play.history(steps)
            await law(play)

    asyncio.run(example())
