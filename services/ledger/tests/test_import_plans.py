"""Plans and their commits, over the real database."""

import asyncio
from dataclasses import replace

import pytest
from import_world import (
    DELETED,
    DOUBTFUL,
    NEW,
    REFUSED,
    THERE,
    TWIN,
    add,
    commit,
    count,
    imported,
    lines_of,
    match,
    preview,
    row,
    skip,
    undo,
    verdicts,
)
from ledger_world import Person, coffee, eur

from kit.events import type_name
from kit.idempotency import IdempotencyConflict
from kit.ids import new_id
from kit.money import Money
from kit.outbox import events_of
from ledger.domain.entry import Origin, Status
from ledger.domain.errors import InvalidFields, VersionMismatch
from ledger.domain.importing.batch import ImportCommitted as AlreadyCommitted
from ledger.domain.importing.batch import (
    ImportNotCommitted,
    ImportNotFound,
    PlanStale,
    Stage,
)
from ledger.domain.importing.decisions import Outcome
from ledger.domain.importing.lines import ImportLine
from ledger.domain.transaction import Split
from ledger.service.transactions import ImportOutcome
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


async def test_a_pending_entry_becomes_the_banks_line_and_keeps_what_was_said(anna: Person):
    account = await anna.account()
    food, fun = await anna.category("groceries"), await anna.category("coffee")
    splits = (Split(food.id, eur(-300), "bread"), Split(fun.id, eur(-150)))
    noted = await anna.post(
        coffee(
            account,
            payee="Zoë",
            date="2026-03-12",
            splits=splits,
            tags=("work",),
            status=Status.PENDING,
            origin=Origin(document_id="receipt"),
        )
    )
    plan = await preview(anna, row(account, payee="CAFE ZOE 0231", reference="F1"))
    assert await verdicts(anna, plan) == [DOUBTFUL]

    done = await commit(anna, plan, match(1, noted.id))

    (one,) = await anna.list()
    assert (one.id, one.date, one.status) == (noted.id, "2026-03-14", Status.CLEARED)
    assert (one.payee, tuple(one.splits), one.tags) == ("Zoë", splits, ("work",))
    assert one.origin == Origin(document_id="receipt", bank_reference="F1")
    assert await anna.balance(account) == -450
    assert count(done, Outcome.MATCHED) == 1
    # The bank's line is known now, by its name and by its looks.
    again = await preview(anna, row(account, payee="CAFE ZOE 0231", reference="F1"))
    assert await verdicts(anna, again) == [THERE]
    again = await preview(anna, row(account, payee="CAFE ZOE 0231"), row(account, reference="F2"))
    assert await verdicts(anna, again) == [THERE, NEW]


async def test_undoing_a_match_brings_back_what_was_noted(anna: Person):
    account = await anna.account()
    noted = await anna.post(coffee(account, payee="Zoe", date="2026-03-12", status=Status.PENDING))
    line = row(account, payee="CAFE ZOE 0231")
    done = await commit(anna, await preview(anna, line, row(account, -1)), match(1, noted.id))

    assert (await undo(anna, done)).undone
    (one,) = await anna.list()
    assert (one.id, one.date, one.status) == (noted.id, "2026-03-12", Status.PENDING)
    plan = await preview(anna, line, row(account, -1))
    assert await verdicts(anna, plan) == [DOUBTFUL, NEW]
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

    async def cut_off(*args: object) -> object:
        nonlocal parts
        parts += 1
        if parts == 3:
            raise ConnectionResetError
        return await book_part(*args)

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


async def test_a_match_to_what_is_not_there_is_refused_and_changes_nothing(anna: Person):
    account, other = await anna.account(), await anna.account("Other")
    elsewhere = await anna.post(coffee(other))
    plan = await preview(anna, row(account))
    for target in (new_id(), elsewhere.id):
        with pytest.raises(InvalidFields):
            await commit(anna, plan, match(1, target))
    assert (await commit(anna, plan)).stage is Stage.COMMITTED


async def test_a_match_with_another_amount_takes_the_banks(anna: Person):
    account, food = await anna.account(), await anna.category("groceries")
    noted = await anna.post(coffee(account, -4000, category_id=food.id, status=Status.PENDING))
    await commit(anna, await preview(anna, row(account, -4500)), match(1, noted.id))

    (one,) = await anna.list()
    assert (one.amount, one.splits[0].category_id) == (eur(-4500), food.id)
    assert await anna.balance(account) == -4500


async def test_the_other_side_of_a_transfer_is_matched_and_not_counted_twice(anna: Person):
    giro, savings = await anna.account("Giro"), await anna.account("Savings")
    moved = await anna.post(coffee(giro, -5000, payee="To savings", to_account_id=savings.id))
    line = row(savings, 5000, payee="From giro", reference="S1")
    plan = await preview(anna, line)
    assert await verdicts(anna, plan) == [DOUBTFUL]

    await commit(anna, plan, match(1, moved.id))

    assert (await anna.balance(giro), await anna.balance(savings)) == (-5000, 5000)
    assert await verdicts(anna, await preview(anna, line)) == [THERE]
    assert len(await anna.list()) == 1


async def test_a_receipt_that_comes_after_the_banks_line_joins_it(anna: Person):
    account, food = await anna.account(), await anna.category("groceries")
    await imported(anna, row(account, payee="CAFE ZOE 0231", reference="F1"))
    (booked,) = await anna.list()
    receipt = replace(
        row(account, date="2026-03-13"),
        input=coffee(
            account,
            date="2026-03-13",
            category_id=food.id,
            origin=Origin(document_id="receipt", draft_id="draft"),
        ),
    )
    plan = await preview(anna, receipt, is_receipt=True, document_id="receipt")
    assert await verdicts(anna, plan) == [DOUBTFUL]

    await commit(anna, plan, match(1, booked.id))

    (one,) = await anna.list()
    assert (one.date, one.origin.bank_reference) == ("2026-03-14", "F1")
    assert (one.payee, one.document_ids, one.splits[0].category_id) == (
        "Café Zoë",
        ("receipt",),
        food.id,
    )


async def test_two_receipts_of_one_day_are_two(anna: Person):
    account = await anna.account()
    for document in ("one", "two"):
        line = replace(row(account), input=coffee(account, origin=Origin(document_id=document)))
        await imported(anna, line, is_receipt=True, document_id=document)
    assert len(await anna.list()) == 2


async def test_a_pending_one_that_looks_the_same_is_cleared(anna: Person):
    account = await anna.account()
    noted = await anna.post(coffee(account, status=Status.PENDING))
    done = await imported(anna, row(account))

    assert count(done, Outcome.ALREADY_THERE) == 1
    (one,) = await anna.list()
    assert (one.id, one.status) == (noted.id, Status.CLEARED)
    await undo(anna, done)
    assert (await anna.list())[0].status is Status.PENDING


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


async def test_candidates_are_found_for_a_receipt_and_for_a_line(anna: Person):
    account = await anna.account()
    await imported(anna, row(account, payee="CAFE ZOE 0231"), row(account, payee="Rent"))
    await anna.post(coffee(account, payee="Zoe", date="2026-03-16"))
    found = await anna.ledger.imports.find_matches(owner=anna.id, line=row(account))
    assert [(m.transaction.payee, m.from_bank) for m in found] == [
        ("CAFE ZOE 0231", True),
        ("Zoe", False),
        ("Rent", True),
    ]


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


def draft(account, document: str, number: int, **fields):
    return coffee(account, origin=Origin(document, f"{document}-{number}"), **fields)


async def test_counted_items_of_one_document_are_all_real_and_of_two_are_the_same(anna: Person):
    account = await anna.account()
    first = [draft(account, "one", n) for n in (1, 2)]
    second = [draft(account, "two", n) for n in (1, 2, 3)]

    # One by one, as a person accepts them.
    booked = [await anna.accept(each) for each in first]
    again = [await anna.accept(each) for each in (*first, *second, *second)]

    assert [r.outcome for r in booked] == [ImportOutcome.ADDED] * 2
    assert [r.outcome.value for r in again] == [
        *["already_there"] * 2,
        *["already_there", "already_there", "added"],
        *["already_there"] * 3,
    ]
    assert [r.transaction_id for r in again[:2]] == [r.transaction_id for r in booked]
    assert {r.transaction_id for r in again[2:5]} == {r.transaction_id for r in again[5:]}
    assert len({r.transaction_id for r in again}) == 3
    assert await anna.balance(account) == -1350
    assert (await anna.audit()).differences == []


async def test_a_plan_and_drafts_that_are_accepted_know_one_another(anna: Person):
    account = await anna.account()
    drafts = [draft(account, "one", n) for n in (1, 2)]
    await imported(anna, *[ImportLine(n, d) for n, d in enumerate(drafts)], document_id="one")

    accepted = [await anna.accept(each) for each in drafts]
    uncounted = await anna.import_(*drafts, keys=["x", "y"])
    other = await preview(anna, row(account), row(account), row(account))

    assert {r.outcome for r in (*accepted, *uncounted)} == {ImportOutcome.ALREADY_THERE}
    assert await verdicts(anna, other) == [THERE, THERE, TWIN]
    await anna.accept(draft(account, "two", 1))
    assert len(await anna.list()) == 2


async def test_many_accept_the_same_drafts_at_once_and_book_them_once(anna: Person):
    account = await anna.account()
    drafts = [draft(account, "one", n) for n in range(6)]
    plan = await preview(anna, *[ImportLine(n, d) for n, d in enumerate(drafts)])

    outcomes = await asyncio.gather(
        commit(anna, plan),
        *(anna.accept(each) for each in (*drafts, *drafts)),
        return_exceptions=True,
    )

    assert not [o for o in outcomes if isinstance(o, Exception) and not isinstance(o, PlanStale)]
    assert len(await anna.list()) == 6
    assert (await anna.audit()).differences == []


async def test_a_counted_item_says_its_document(anna: Person):
    with pytest.raises(InvalidFields):
        await anna.accept(coffee(await anna.account()))


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


async def test_what_a_statement_has_confirmed_keeps_its_day_when_it_is_matched(anna: Person):
    account = await anna.account()
    noted = await anna.post(
        coffee(account, payee="Zoe", date="2026-03-12", status=Status.RECONCILED)
    )
    line = row(account, payee="CAFE ZOE 0231", reference="F1")
    await commit(anna, await preview(anna, line), match(1, noted.id))

    (one,) = await anna.list()
    assert (one.date, one.status, one.origin.bank_reference) == (
        "2026-03-12",
        Status.RECONCILED,
        "F1",
    )
    assert await verdicts(anna, await preview(anna, line)) == [THERE]


async def test_a_candidate_that_changed_since_the_plan_makes_it_stale(anna: Person):
    account = await anna.account()
    noted = await anna.post(coffee(account, payee="Zoe", date="2026-03-12"))
    plan = await preview(anna, row(account, payee="CAFE ZOE 0231"))
    await anna.edit(noted, coffee(account, payee="Zoe", date="2026-03-13"))

    with pytest.raises(PlanStale):
        await commit(anna, plan, match(1, noted.id))
    assert (await commit(anna, plan, match(1, noted.id))).stage is Stage.COMMITTED
