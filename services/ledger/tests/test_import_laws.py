"""The law of imports: whatever files of one truth come, in whatever order, the book comes to that
truth, also when a person edits, deletes, notes and undoes between them.

The model is a list of what the bank has booked, and which of it was deleted by hand.
"""

import asyncio
import random
from collections import Counter
from dataclasses import dataclass, field, replace
from typing import Any

from hypothesis import given
from hypothesis import strategies as st
from import_world import DOUBTFUL, NEW, TWIN, add, commit, imported, lines_of, preview, undo
from laws_world import PLAY
from ledger_world import Person, coffee

from kit.ids import new_id
from kit.money import Money
from kit.mongo import Mongo
from ledger.domain.account import Account
from ledger.domain.entry import Origin
from ledger.domain.importing.batch import Import
from ledger.domain.importing.decisions import Outcome
from ledger.domain.importing.lines import ImportLine
from ledger.wiring import open_ledger

DAYS = ["2026-03-01", "2026-03-02", "2026-03-09"]
PAYEES = ["CAFE ZOE 0231", "Electricity"]
AMOUNTS = [-450, -100]

# What a bank has booked; two that are equal are twins, and both are real.
truths = st.lists(
    st.tuples(st.sampled_from(DAYS), st.sampled_from(AMOUNTS), st.sampled_from(PAYEES)),
    min_size=1,
    max_size=8,
)
steps = st.lists(
    st.fixed_dictionaries(
        {
            "do": st.sampled_from(["file", "file", "file", "edit", "delete", "note", "undo"]),
            "rows": st.sets(st.integers(0, 7), min_size=1),
            "named": st.booleans(),
            "seed": st.integers(0, 2**16),
        }
    ),
    max_size=7,
)


@dataclass
class Bank:
    """The truth, and what a book has of it, by transaction."""

    account: Account
    truth: list[tuple[str, int, str]]
    booked: dict[str, tuple[str, int, str]] = field(default_factory=dict)
    deleted: set[str] = field(default_factory=set)
    imports: list[tuple[Import, list[str]]] = field(default_factory=list)

    def file(self, rows: list[int], *, named: bool) -> list[ImportLine]:
        """Lines of the truth as a file shows them, with the bank's references or without."""
        return [self.line(i, named=named) for i in rows]

    def line(self, i: int, *, named: bool) -> ImportLine:
        date, amount, payee = self.truth[i]
        origin = Origin(bank_reference=f"F{i}" if named else "")
        return ImportLine(i, coffee(self.account, amount, date=date, payee=payee, origin=origin))

    def missing(self) -> Counter[tuple[str, int, str]]:
        return Counter(self.truth) - Counter(self.booked.values())


async def bring(person: Person, bank: Bank, lines: list[ImportLine]) -> None:
    """Import a file; of what is doubtful the person says that it is one more."""
    plan = await preview(person, *lines)
    doubtful = [add(line.position) for line in await lines_of(person, plan, DOUBTFUL)]
    done = await commit(person, plan, *doubtful)
    again = await commit(person, plan, *doubtful)
    assert again == done, "committing twice is committing once"
    added = []
    for planned in await lines_of(person, done):
        if planned.outcome is Outcome.ADDED:
            added.append(planned.transaction_id)
            bank.booked[planned.transaction_id] = bank.truth[planned.line.row]
    await booked_as_shown(person, done)
    bank.imports.append((done, added))


async def booked_as_shown(person: Person, done: Import) -> None:
    """What the plan showed is what stands in the book."""
    standing = {t.id: t for t in await person.list()}
    for planned in await lines_of(person, done):
        if planned.outcome is Outcome.ADDED:
            shown, found = planned.line.input, standing[planned.transaction_id]
            assert (found.date, found.amount, found.payee, found.origin.bank_reference) == (
                shown.date,
                shown.amount,
                shown.payee,
                shown.origin.bank_reference,
            )


async def between(person: Person, bank: Bank, step: dict[str, Any]) -> None:
    """Something that a person does between two files."""
    dice = random.Random(step["seed"])
    standing = [t for t in await person.list() if t.id in bank.booked]
    if step["do"] == "note" and bank.missing():
        date, amount, payee = min(bank.missing())
        noted = await person.post(coffee(bank.account, amount, date=date, payee=payee))
        bank.booked[noted.id] = date, amount, payee
    elif step["do"] == "edit" and standing:
        target = dice.choice(standing)
        said = coffee(bank.account, dice.choice([-450, -777]), date=dice.choice(DAYS), payee="Mine")
        await person.edit(target, replace(said, origin=target.origin))
    elif step["do"] == "delete" and standing:
        target = dice.choice(standing)
        await person.delete(target)
        bank.deleted.add(target.id)
    elif step["do"] == "undo" and bank.imports:
        done, added = bank.imports.pop(dice.randrange(len(bank.imports)))
        await undo(person, done)
        kept = {t.id for t in await person.list()}
        for id_ in added:
            # What was edited since stays.
            if id_ not in kept:
                bank.booked.pop(id_)
                bank.deleted.discard(id_)


@PLAY
@given(truth=truths, history=steps, named=st.booleans())
def test_any_files_of_one_truth_with_a_person_between_them_come_to_that_truth(
    laws_database: tuple[str, str], truth, history, named: bool
):
    async def law(person: Person) -> None:
        bank = Bank(await person.account(), truth)
        for step in history:
            if step["do"] == "file":
                rows = sorted({i % len(truth) for i in step["rows"]})
                random.Random(step["seed"]).shuffle(rows)
                await bring(person, bank, bank.file(rows, named=step["named"]))
            else:
                await between(person, bank, step)
            assert Counter(bank.booked.values()) <= Counter(truth), "nothing is there twice"
        whole = bank.file(list(range(len(truth))), named=named)
        await bring(person, bank, whole)

        assert Counter(bank.booked.values()) == Counter(truth), "nothing is lost"
        assert {t.id for t in await person.list()} == set(bank.booked) - bank.deleted
        again = await preview(person, *whole)
        assert not {NEW, TWIN, DOUBTFUL} & set(again.verdicts), "all of it is known"
        assert (await person.audit()).differences == []

    run(laws_database, law)


@PLAY
@given(truth=truths, rows=st.sets(st.integers(0, 7), min_size=1), named=st.booleans())
def test_undoing_an_import_and_doing_it_again_is_doing_it(
    laws_database: tuple[str, str], truth, rows, named: bool
):
    async def law(person: Person) -> None:
        bank = Bank(await person.account(), truth)
        await bring(person, bank, bank.file(sorted({i % len(truth) for i in rows}), named=True))
        before = await said(person)
        whole = bank.file(list(range(len(truth))), named=named)
        done = await imported(person, *whole)
        after = await said(person)

        await undo(person, done)
        assert await said(person) == before
        again = await imported(person, *whole)

        assert again.outcomes == done.outcomes
        assert await said(person) == after
        assert (await person.audit()).differences == []

    run(laws_database, law)


async def said(person: Person) -> Counter[tuple[str, Money, str, str]]:
    return Counter(
        (t.date, t.amount, t.payee, t.origin.bank_reference) for t in await person.list()
    )


async def test_many_files_at_once_come_to_the_truth(anna: Person):
    seed = random.randrange(2**32)
    print(f"seed {seed}")
    dice = random.Random(seed)
    truth = [(dice.choice(DAYS), dice.choice(AMOUNTS), dice.choice(PAYEES)) for _ in range(30)]
    bank = Bank(await anna.account(), truth)

    async def client() -> None:
        for _ in range(3):
            rows = dice.sample(range(30), dice.randint(5, 30))
            plan = await preview(anna, *bank.file(rows, named=True))
            # What another has brought meanwhile is told, and looked at again.
            await asyncio.gather(commit(anna, plan), return_exceptions=True)

    await asyncio.gather(*(client() for _ in range(4)))
    await imported(anna, *bank.file(list(range(30)), named=True))

    assert sorted(t.origin.bank_reference for t in await anna.list()) == sorted(
        f"F{i}" for i in range(30)
    )
    assert (await anna.audit()).differences == []


def run(database: tuple[str, str], law: Any) -> None:
    async def example() -> None:
        uri, name = database
        async with Mongo.open(uri, database=name) as mongo, open_ledger(mongo) as ledger:
            await law(Person(ledger, new_id()))

    asyncio.run(example())
