"""Plans and their commits, over the real database."""

import asyncio
from dataclasses import replace

import pytest
from import_world import (
    DELETED,
    NEW,
    REFUSED,
    THERE,
    TWIN,
    add,
    commit,
    count,
    imported,
    lines_of,
    preview,
    row,
    skip,
    undo,
    verdicts,
)
from ledger_world import Person, coffee, eur

from kit.events import type_name
from kit.idempotency import IdempotencyConflict
from kit.money import Money
from kit.outbox import events_of
from ledger.domain.entry import Origin
from ledger.domain.errors import VersionMismatch
from ledger.domain.importing.batch import ImportCommitted as AlreadyCommitted
from ledger.domain.importing.batch import ImportNotCommitted, ImportNotFound, PlanStale, Stage
from ledger.domain.importing.decisions import Outcome
from pfa.events.v1.ledger_events_pb2 import ImportCommitted


async def test_a_plan_says_what_each_line_is_and_books_nothing(anna: Person):
    account = await anna.account()
    lines = (
        row(account),
        row(account),
        replace(row(account), unreadable="no amount in row 3"),
        replace(row(account), input=coffee(account, date="yesterday")),
    )
    plan = await preview(anna, *lines, file_name="march.csv")

    assert await verdicts(anna, plan) == [NEW, TWIN, REFUSED, REFUSED]
    assert (plan.stage, plan.line_count, plan.verdicts[NEW].count) == (Stage.PLANNED, 4, 1)
    assert plan.verdicts[TWIN].sums == (eur(-450),)
    assert [line.judgement.refusal.name for line in await lines_of(anna, plan, REFUSED)] == [
        "LineUnreadable",
        "InvalidFields",
    ]
    assert await anna.list() == []


async def test_what_is_booked_is_the_plan_and_says_which_import_brought_it(anna: Person):
    account, category = await anna.account(), await anna.category("groceries")
    lines = (row(account, category_id=category.id, reference="F1"), row(account, -100, payee="Z"))
    done = await imported(anna, *lines)

    assert (done.stage, done.done, count(done, Outcome.ADDED)) == (Stage.COMMITTED, 2, 2)
    booked = {t.amount.minor_units: t for t in await anna.list()}
    assert booked[-450].splits[0].category_id == category.id
    assert booked[-450].origin == Origin(bank_reference="F1", import_id=done.id)
    assert {t.operation_id for t in booked.values()} == {done.id}
    assert [line.transaction_id for line in await lines_of(anna, done)] == [
        booked[-450].id,
        booked[-100].id,
    ]
    assert (await anna.audit()).differences == []


async def test_committing_twice_is_committing_once(anna: Person):
    account = await anna.account()
    plan = await preview(anna, row(account), row(account))

    first, *others = await asyncio.gather(*(commit(anna, plan, key="k") for _ in range(5)))

    assert {(o.stage, o.outcomes[Outcome.ADDED].count) for o in (first, *others)} == {
        (Stage.COMMITTED, 2)
    }
    assert await anna.balance(account) == -900
    with pytest.raises(AlreadyCommitted):
        await commit(anna, plan, skip(1))
    with pytest.raises(IdempotencyConflict):
        await commit(anna, plan, skip(1), key="k")


async def test_previewing_under_one_key_makes_one_plan(anna: Person):
    account = await anna.account()
    one, two = [await preview(anna, row(account), key="p") for _ in range(2)]
    assert one == two


async def test_the_same_file_again_is_all_there(anna: Person):
    account = await anna.account()
    lines = [row(account), row(account), row(account, -1, reference="F1")]
    await imported(anna, *lines)

    again = await preview(anna, *reversed(lines))

    assert await verdicts(anna, again) == [THERE, THERE, THERE]
    assert count(await commit(anna, again), Outcome.ALREADY_THERE) == 3
    assert await anna.balance(account) == -901


async def test_editing_the_payee_doesnt_make_the_file_forgotten(anna: Person):
    account = await anna.account()
    await imported(anna, row(account))
    (booked,) = await anna.list()
    await anna.edit(booked, coffee(account, -500, payee="Breakfast", date="2026-03-01"))

    assert await verdicts(anna, await preview(anna, row(account))) == [THERE]


async def test_what_was_deleted_is_offered_and_brought_back_only_if_asked(anna: Person):
    account = await anna.account()
    await imported(anna, row(account, reference="F1"), row(account, -1))
    for transaction in await anna.list():
        await anna.delete(transaction)

    plan = await preview(anna, row(account, reference="F1"), row(account, -1))
    assert await verdicts(anna, plan) == [DELETED, DELETED]
    done = await commit(anna, plan, add(1))

    assert (count(done, Outcome.RESTORED), count(done, Outcome.DELETED_BEFORE)) == (1, 1)
    assert [t.origin.bank_reference for t in await anna.list()] == ["F1"]
    assert (await anna.audit()).differences == []


async def test_after_an_undo_the_file_is_new_again(anna: Person):
    account = await anna.account()
    lines = [row(account, reference="F1"), row(account), row(account)]
    first = await imported(anna, *lines)
    await undo(anna, first)
    assert await anna.list() == []

    again = await preview(anna, *lines)
    assert await verdicts(anna, again) == [NEW, TWIN, TWIN]
    await commit(anna, again)
    assert sorted(t.origin.bank_reference for t in await anna.list()) == ["", "", "F1"]
    assert (await anna.audit()).differences == []
    with pytest.raises(ImportNotCommitted):
        await undo(anna, await preview(anna, *lines), key="other")


async def test_undoing_one_file_leaves_what_another_recognised(anna: Person):
    account = await anna.account()
    plain = await imported(anna, row(account))
    named = await imported(anna, row(account, reference="F1"))
    await undo(anna, named)
    assert await verdicts(anna, await preview(anna, row(account, reference="F2"))) == [THERE]
    await undo(anna, plain)
    assert await verdicts(anna, await preview(anna, row(account))) == [NEW]


async def test_a_reference_that_is_learnt_later_tells_twins_apart(anna: Person):
    account = await anna.account()
    await imported(anna, row(account))
    await imported(anna, row(account, reference="F1"))

    other = await imported(anna, row(account, reference="F2"))

    assert count(other, Outcome.ADDED) == 1
    assert len(await anna.list()) == 2


async def test_a_plan_that_the_book_has_overtaken_is_not_booked(anna: Person):
    account = await anna.account()
    lines = [row(account), row(account, -1)]
    plan, other = await preview(anna, *lines), await preview(anna, lines[0])
    await commit(anna, other)

    with pytest.raises(PlanStale) as stale:
        await commit(anna, plan, version=plan.version)

    assert stale.value.fields == (("lines[0]", "was new, is now already_there"),)
    assert await anna.balance(account) == -450
    assert await verdicts(anna, plan) == [THERE, NEW]
    with pytest.raises(VersionMismatch):
        await commit(anna, plan, version=plan.version)
    assert count(await commit(anna, plan), Outcome.ADDED) == 1
    assert await anna.balance(account) == -451


async def test_two_plans_of_one_file_committed_at_once_book_it_once(anna: Person):
    account = await anna.account()
    lines = [row(account, -1 - i) for i in range(30)]
    plans = [await preview(anna, *lines) for _ in range(4)]

    done = await asyncio.gather(*(commit(anna, p) for p in plans), return_exceptions=True)

    assert sum(isinstance(d, PlanStale) for d in done) == 3
    assert len(await anna.list()) == 30
    assert (await anna.audit()).differences == []


async def test_a_commit_that_was_cut_off_goes_on_where_it_stopped(anna: Person, monkeypatch):
    account = await anna.account()
    monkeypatch.setattr("ledger.service.import_commit.AT_ONCE", 3)
    plan = await preview(anna, *[row(account, -1 - i) for i in range(10)])
    committing = anna.ledger.imports._commit
    book_part = committing._book_part
    parts = 0

    async def cut_off(*args: object, **named: object) -> object:
        nonlocal parts
        parts += 1
        if parts == 3:
            raise ConnectionResetError
        return await book_part(*args, **named)

    monkeypatch.setattr(committing, "_book_part", cut_off)
    with pytest.raises(ConnectionResetError):
        await commit(anna, plan, key="k")
    half = await anna.ledger.imports.get_import(owner=anna.id, import_id=plan.id)
    assert (half.stage, half.done, len(await anna.list())) == (Stage.COMMITTING, 6, 6)

    whole = await commit(anna, plan, key="k")

    assert (whole.stage, count(whole, Outcome.ADDED)) == (Stage.COMMITTED, 10)
    assert len(await anna.list()) == 10
    assert (await anna.audit()).differences == []


async def test_a_new_plan_first_sees_an_unfinished_commit_to_its_end(anna: Person, monkeypatch):
    account = await anna.account()
    monkeypatch.setattr("ledger.service.import_commit.AT_ONCE", 2)
    lines = [row(account, -1 - i) for i in range(5)]
    plan = await preview(anna, *lines)
    committing = anna.ledger.imports._commit
    with monkeypatch.context() as broken:
        finish = committing.finish

        async def gone(*_: object) -> object:
            raise ConnectionResetError

        broken.setattr(committing, "finish", gone)
        with pytest.raises(ConnectionResetError):
            await commit(anna, plan)
        broken.setattr(committing, "finish", finish)

    assert await verdicts(anna, await preview(anna, *lines)) == [THERE] * 5
    assert len(await anna.list()) == 5


async def test_overrides_are_obeyed(anna: Person):
    account = await anna.account()
    await imported(anna, row(account, reference="F1"))
    plan = await preview(anna, row(account, reference="F1"), row(account, -1), row(account, -2))

    done = await commit(anna, plan, add(1), skip(2))

    assert (count(done, Outcome.ADDED), count(done, Outcome.SKIPPED)) == (2, 1)
    assert await anna.balance(account) == -902


async def test_several_accounts_in_one_file_and_what_it_covers(anna: Person):
    euros, dollars = await anna.account(), await anna.account("Dollars", "USD")
    plan = await preview(
        anna,
        row(euros, date="2026-03-02"),
        row(dollars, date="2026-03-05"),
        replace(row(euros), input=replace(coffee(euros), amount=Money(1, "USD"))),
        from_date="2026-03-01",
        to_date="2026-03-31",
    )
    assert await verdicts(anna, plan) == [NEW, NEW, REFUSED]
    assert plan.verdicts[NEW].sums == (eur(-450), Money(-450, "USD"))
    assert {(c.account_id, c.from_date, c.to_date) for c in plan.coverage} == {
        (euros.id, "2026-03-01", "2026-03-31"),
        (dollars.id, "2026-03-01", "2026-03-31"),
    }


async def test_anothers_import_is_not_there(anna: Person, ben: Person):
    plan = await preview(anna, row(await anna.account()))
    with pytest.raises(ImportNotFound):
        await ben.ledger.imports.get_import(owner=ben.id, import_id=plan.id)
    with pytest.raises(ImportNotFound):
        await commit(ben, plan)


async def test_imports_and_lines_are_listed_page_by_page(anna: Person):
    account = await anna.account()
    done = [await imported(anna, *[row(account, -i) for i in range(1, 6)]) for _ in range(3)]
    await preview(anna, row(account))
    found, cursor = [], ""
    while True:
        page, cursor = await anna.ledger.imports.list_imports(
            owner=anna.id, cursor=cursor, limit=2, with_plans=False
        )
        found += [head.id for head in page]
        if not cursor:
            break
    assert found == [head.id for head in reversed(done)]
    assert [line.position for line in await lines_of(anna, done[0], limit=2)] == [1, 2, 3, 4, 5]
    assert [line.position for line in await lines_of(anna, done[1], NEW)] == []


async def test_one_line_that_the_database_refuses_is_refused_alone(anna: Person, mongo):
    account, full = await anna.account(), await anna.account("Full")
    await anna.post(coffee(full, 1))
    # A sum that has no room left in 64 bits, planted, for no person's amounts come near.
    await mongo.db.balances.update_one(
        {"user_id": anna.id, "account_id": full.id}, {"$set": {"balance": 2**63 - 1}}
    )
    done = await imported(anna, row(account, -1), row(full, 10**15), row(account, -2))

    assert (count(done, Outcome.ADDED), count(done, Outcome.REFUSED)) == (2, 1)
    assert [line.outcome for line in await lines_of(anna, done)] == [
        Outcome.ADDED,
        Outcome.REFUSED,
        Outcome.ADDED,
    ]


async def test_a_commit_is_told_once_after_what_it_booked(anna: Person, mongo):
    account = await anna.account()
    await imported(anna, row(account))
    plan = await preview(anna, row(account), row(account, -1), document_id="D")
    done = await commit(anna, plan)
    await commit(anna, plan)

    rows = await mongo.db.outbox.find({"user_id": anna.id}).sort("seq", 1).to_list()
    told = [event for each in rows for event in events_of(each)]
    assert [event.sequence for event in told] == list(range(1, len(told) + 1))
    told_of = [e for e in told if e.type == type_name(ImportCommitted) and e.subject == plan.id]
    assert told_of == [told[-1]]
    event = ImportCommitted.FromString(told[-1].payload)
    assert (event.import_id, event.document_id, event.version) == (plan.id, "D", done.version)
    assert (event.added, event.already_there, event.doubtful) == (1, 1, 0)
