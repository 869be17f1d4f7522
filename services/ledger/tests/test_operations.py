"""Acts on a book, of one transaction or of thousands: told, taken back, and done again."""

import asyncio
from dataclasses import replace
from typing import Any

import pytest
from ledger_world import Person, coffee, eur, key_of

from kit.idempotency import IdempotencyConflict
from kit.ids import new_id
from kit.money import Money
from ledger.domain.entry import Origin, Status
from ledger.domain.errors import EntryReconciled, InvalidFields, TransactionNotFound
from ledger.domain.operation import (
    ExpectedCountMismatch,
    OperationKind,
    OperationNotFound,
    OperationUndone,
    RowOutcome,
)
from ledger.domain.patch import TransactionPatch
from ledger.domain.search import TransactionFilter
from ledger.service.bulk import Selection

DONE, UNCHANGED, REFUSED = RowOutcome.DONE, RowOutcome.UNCHANGED, RowOutcome.REFUSED


async def create(person: Person, *inputs: Any, key: str = "") -> Any:
    return await person.ledger.bulk.create_transactions(
        owner=person.id, actor=person.id, inputs=inputs, key=key_of(key, inputs)
    )


async def change(person: Person, selection: Selection, key: str = "", **patch: Any) -> Any:
    unlock = patch.pop("unlock", False)
    return await person.ledger.bulk.change_transactions(
        owner=person.id,
        actor=person.id,
        selection=selection,
        patch=TransactionPatch(**patch),
        unlock=unlock,
        key=key_of(key, (selection, patch)),
    )


def outcomes(rows: Any) -> list[RowOutcome]:
    return [row.outcome for row in rows]


async def test_many_are_booked_in_one_call_each_alone_and_once_a_key(anna: Person):
    account = await anna.account()
    inputs = [coffee(account, -1 - i) for i in range(600)]
    inputs[3] = coffee(account, -1, date="never")

    first, rows = await create(anna, *inputs, key="k")
    again, rows_again = await create(anna, *inputs, key="k")

    assert (first.counts.done, first.counts.refused) == (599, 1)
    assert rows[3].refusal == "InvalidFields"
    assert (again.id, rows_again) == (first.id, rows)
    assert len(await anna.list(limit=500)) == 599
    with pytest.raises(IdempotencyConflict):
        await create(anna, inputs[0], key="k")
    assert (await anna.audit()).differences == []


async def test_what_ended_half_way_goes_on_under_its_key(anna: Person, mongo):
    account = await anna.account()
    inputs = [coffee(account, -1 - i) for i in range(20)]
    operation, rows = await create(anna, *inputs, key="k")
    # As a crash leaves it: the intent and some rows.
    await mongo.db.operations.update_one(
        {"_id": operation.id}, {"$set": {"finished": False}, "$unset": {"rows": ""}}
    )

    again, rows_again = await create(anna, *inputs, key="k")

    assert rows_again == rows
    assert again.counts.done == 20
    assert len(await anna.list()) == 20


async def test_what_was_cut_off_in_the_middle_goes_on_once(anna: Person, mongo):
    account = await anna.account()
    inputs = [coffee(account, -1 - i) for i in range(1_500)]
    mine = {"user_id": anna.id}
    cut_off = asyncio.create_task(create(anna, *inputs, key="k"))
    async with asyncio.timeout(30):
        while not await mongo.db.entries.count_documents(mine):
            await asyncio.sleep(0)
    cut_off.cancel()
    await asyncio.gather(cut_off, return_exceptions=True)
    assert await mongo.db.entries.count_documents(mine) < len(inputs)

    operation, rows = await create(anna, *inputs, key="k")

    assert operation.counts.done == len({row.transaction_id for row in rows}) == len(inputs)
    assert await anna.balance(account) == -sum(range(1, 1_501))
    undo, _ = await anna.undo(operation.id)
    assert undo.counts.done == len(inputs)
    assert await anna.balance(account) == 0


async def test_a_query_is_changed_only_if_there_are_as_many_as_expected(anna: Person):
    account = await anna.account()
    food = await anna.category("groceries")
    for i in range(5):
        await anna.post(coffee(account, -100 - i, tags=["old"]))
    await anna.post(coffee(account, -1, payee="Rent"))
    coffees = TransactionFilter(text="zoe")

    with pytest.raises(ExpectedCountMismatch) as mismatch:
        await change(anna, Selection(filter=coffees, expected_count=4), category_id=food.id)
    assert mismatch.value.metadata == {"count": "5"}
    assert await anna.list(category_id=food.id) == []

    operation, rows = await change(
        anna,
        Selection(filter=coffees, expected_count=5),
        key="k",
        category_id=food.id,
        payee="Zoe's",
        add_tags=["New"],
        remove_tags=["OLD"],
    )
    # What was selected stays selected, though it is no longer found.
    again, _ = await change(
        anna,
        Selection(filter=coffees, expected_count=5),
        key="k",
        category_id=food.id,
        payee="Zoe's",
        add_tags=["New"],
        remove_tags=["OLD"],
    )

    assert outcomes(rows) == [DONE] * 5
    assert again.id == operation.id
    changed = await anna.list(category_id=food.id)
    assert {(t.payee, t.tags, t.version) for t in changed} == {("Zoe's", ("New",), 2)}
    assert (await anna.audit()).differences == []


async def test_rows_that_cant_be_changed_are_told_one_by_one(anna: Person):
    main, savings = await anna.account(), await anna.account("Savings")
    plain = await anna.post(coffee(main))
    transfer = await anna.post(coffee(main, -5, to_account_id=savings.id))
    gone = await anna.post(coffee(main))
    await anna.delete(gone)
    locked = await anna.confirm(await anna.post(coffee(main)), main)
    ids = (plain.id, transfer.id, gone.id, new_id(), locked.id)

    _, rows = await change(anna, Selection(ids=ids), category_id="", date="2026-05-05")

    assert [row.refusal for row in rows] == [
        "",
        "InvalidFields",
        "TransactionDeleted",
        "TransactionNotFound",
        "EntryReconciled",
    ]
    _, rows = await change(anna, Selection(ids=ids[:1]), date="2026-05-05")
    assert outcomes(rows) == [UNCHANGED]


async def test_a_patch_that_says_nothing_and_a_selection_of_both_kinds_are_refused(anna: Person):
    with pytest.raises(InvalidFields):
        await change(anna, Selection(ids=("a",)))
    both = Selection(ids=("a",), filter=TransactionFilter(), expected_count=1)
    with pytest.raises(InvalidFields):
        await change(anna, both, payee="x")
    with pytest.raises(InvalidFields):
        await change(anna, Selection(filter=TransactionFilter()), payee="x")


async def test_a_single_act_is_undone_and_done_again(anna: Person):
    account = await anna.account()
    posted = await anna.post(coffee(account, -450))
    edited = await anna.edit(posted, coffee(account, -999, payee="Other"))

    undo, rows = await anna.undo(edited.operation_id)
    assert outcomes(rows) == [DONE]
    (now,) = await anna.list()
    assert (now.amount, now.payee, now.version) == (eur(-450), "Café Zoë", 3)

    redo, _ = await anna.undo(undo.id)
    (now,) = await anna.list()
    assert (now.amount, now.payee, now.version) == (eur(-999), "Other", 4)

    await anna.undo(redo.id)
    await anna.undo(posted.operation_id)
    assert await anna.list() == []
    assert await anna.balance(account) == 0
    assert (await anna.audit()).differences == []


async def test_what_was_changed_since_stays_and_is_told(anna: Person):
    account = await anna.account()
    operation, _ = await create(anna, *(coffee(account, -1 - i) for i in range(4)))
    listed = {t.amount.minor_units: t for t in await anna.list()}
    await anna.edit(listed[-1], coffee(account, -77))
    await anna.delete(listed[-2])

    undo, undone = await anna.undo(operation.id)

    assert outcomes(undone) == [REFUSED, UNCHANGED, DONE, DONE]
    assert undone[0].refusal == "ChangedSince"
    assert (undo.counts.done, undo.counts.unchanged, undo.counts.refused) == (2, 1, 1)
    assert [t.amount for t in await anna.list()] == [eur(-77)]
    assert (await anna.audit()).differences == []


async def test_of_fifty_undos_at_once_one_wins(anna: Person):
    account = await anna.account()
    operation, _ = await create(anna, *(coffee(account, -1 - i) for i in range(10)))

    outcomes_ = await asyncio.gather(
        *(anna.undo(operation.id) for _ in range(50)), return_exceptions=True
    )

    won = [o for o in outcomes_ if not isinstance(o, BaseException)]
    lost = [o for o in outcomes_ if isinstance(o, BaseException)]
    assert len(won) == 1
    assert {type(o) for o in lost} == {OperationUndone}
    assert {o.metadata["operation_id"] for o in lost} == {won[0][0].id}
    assert await anna.list() == []
    assert (await anna.audit()).differences == []


async def test_the_same_undo_with_the_same_key_is_one(anna: Person):
    account = await anna.account()
    posted = await anna.post(coffee(account))

    first, rows = await anna.undo(posted.operation_id, key="u")
    second, rows_again = await anna.undo(posted.operation_id, key="u")

    assert (first.id, rows) == (second.id, rows_again)


async def test_an_undone_booking_leaves_its_reference_free_and_doing_it_again_takes_it(
    anna: Person,
):
    account = await anna.account()
    by_bank = coffee(account, origin=Origin(bank_reference="FITID-7"))
    first, _ = await create(anna, by_bank)
    undo, _ = await anna.undo(first.id)

    second, rows = await create(anna, by_bank)
    assert outcomes(rows) == [DONE]
    _, rows = await anna.undo(undo.id)
    assert [row.refusal for row in rows] == ["BankReferenceExists"]

    await anna.undo(second.id)
    assert (await anna.audit()).differences == []


async def test_undoing_a_booking_forgets_also_what_a_person_deleted_of_it(anna: Person):
    account = await anna.account()
    by_bank = coffee(account, origin=Origin(bank_reference="FITID-7"))
    operation, _ = await create(anna, by_bank)
    await anna.delete((await anna.list())[0])

    _, rows = await anna.undo(operation.id)
    assert outcomes(rows) == [UNCHANGED]
    (result,) = await anna.import_(by_bank, keys=["new"])
    assert result.outcome == "added"
    assert (await anna.audit()).differences == []


async def test_what_is_not_there_or_anothers_cant_be_undone(anna: Person, ben: Person):
    posted = await ben.post(coffee(await ben.account()))

    for id_ in (new_id(), posted.operation_id):
        with pytest.raises(OperationNotFound):
            await anna.undo(id_)


async def test_the_history_of_the_book_tells_each_act_once_newest_first(anna: Person):
    account = await anna.account()
    posted = await anna.post(coffee(account))
    await anna.edit(posted, coffee(account, -1))
    bulk, _ = await create(anna, *(coffee(account, -1 - i) for i in range(3)))
    undo, _ = await anna.undo(bulk.id)

    found, cursor = [], ""
    while True:
        page = await anna.ledger.operations.list_operations(owner=anna.id, cursor=cursor, limit=1)
        found += page.operations
        cursor = page.next_cursor
        if not cursor:
            break

    assert [o.kind for o in found] == [
        OperationKind.UNDO,
        OperationKind.BULK_CREATE,
        OperationKind.EDIT,
        OperationKind.CREATE,
    ]
    assert [o.undone_by for o in found] == ["", undo.id, "", ""]
    assert found[0].undoes == bulk.id
    assert found[3].subject is not None
    assert found[3].subject.amount == eur(-450)
    told, rows = await anna.ledger.operations.get_operation(owner=anna.id, operation_id=bulk.id)
    assert (told.counts.done, rows) == (3, [])


async def test_what_was_deleted_comes_back_and_any_state_too(anna: Person):
    account = await anna.account()
    posted = await anna.post(coffee(account, -1))
    await anna.edit(posted, coffee(account, -2))
    await anna.delete(posted)

    restored = await anna.restore(posted)
    assert (restored.amount, restored.version) == (eur(-2), 4)
    first = await anna.restore(posted, to=1)
    assert (first.amount, first.version) == (eur(-1), 5)
    with pytest.raises(InvalidFields):
        await anna.restore(posted)
    with pytest.raises(InvalidFields):
        await anna.restore(posted, to=3)
    with pytest.raises(TransactionNotFound):
        await anna.restore(replace(posted, id=new_id()))

    history = await anna.ledger.transactions.get_history(owner=anna.id, transaction_id=posted.id)
    assert [r.change.value for r in history] == [
        "created",
        "edited",
        "deleted",
        "restored",
        "restored",
    ]
    assert await anna.balance(account) == -1
    assert (await anna.audit()).differences == []


async def test_what_a_statement_has_confirmed_stays_unless_it_is_unlocked(anna: Person):
    account = await anna.account()
    food = await anna.category("groceries")
    posted = await anna.confirm(await anna.post(coffee(account)), account)

    kept = coffee(account, status=Status.RECONCILED, category_id=food.id)
    assert (await anna.edit(posted, kept)).version == 3
    for other in (
        replace(kept, amount=eur(-1)),
        replace(kept, date="2026-03-15"),
        replace(kept, status=Status.CLEARED),
    ):
        with pytest.raises(EntryReconciled):
            await anna.edit(posted, other)
    with pytest.raises(EntryReconciled):
        await anna.delete(posted)

    await change(anna, Selection(ids=(posted.id,)), status=Status.CLEARED, unlock=True)
    await anna.delete(posted)
    assert (await anna.audit()).differences == []


async def test_money_changed_between_currencies_is_two_facts_that_balance(anna: Person, mongo):
    euros, dollars = await anna.account(), await anna.account("USD", "USD")
    usd = Money(11_050, "USD")

    posted = await anna.post(coffee(euros, -10_000, to_account_id=dollars.id, to_amount=usd))

    assert (posted.amount, posted.to_amount) == (eur(-10_000), usd)
    assert await anna.balance(euros) == -10_000
    assert await anna.balance(dollars) == 11_050
    book = await anna.ledger.books.book(owner=anna.id)
    trading = mongo.db.balances.find({"user_id": anna.id, "account_id": book.trading_id})
    assert {row["currency"]: row["balance"] async for row in trading} == {
        "EUR": 10_000,
        "USD": -11_050,
    }
    await anna.edit(
        posted,
        coffee(euros, -10_000, to_account_id=dollars.id, to_amount=Money(11_000, "USD")),
    )
    assert await anna.balance(dollars) == 11_000
    for wrong in (
        coffee(euros, -1, to_amount=usd),
        coffee(euros, -1, to_account_id=dollars.id, to_amount=Money(-1, "USD")),
        coffee(euros, -1, to_account_id=dollars.id, to_amount=eur(1)),
    ):
        with pytest.raises(InvalidFields):
            await anna.post(wrong)
    assert (await anna.audit()).differences == []


async def test_a_refund_names_what_it_gives_back(anna: Person):
    account = await anna.account()
    bought = await anna.post(coffee(account, -450, document_ids=["d1", "d1", "d2"]))

    refund = await anna.post(coffee(account, 450, refund_of=bought.id))

    assert (refund.refund_of, bought.document_ids) == (bought.id, ("d1", "d2"))
    with pytest.raises(TransactionNotFound):
        await anna.post(coffee(account, 450, refund_of=new_id()))
    with pytest.raises(InvalidFields):
        await anna.edit(refund, coffee(account, 450, refund_of=refund.id))


async def test_a_category_that_is_named_for_many_is_reviewed_and_a_tag_reviews_nothing(
    anna: Person,
):
    account, food = await anna.account(), await anna.category("groceries")
    origin = Origin(category_unreviewed=True)
    posted = await anna.post(coffee(account, category_id=food.id, origin=origin))
    assert posted.origin.category_unreviewed

    await change(anna, Selection(ids=(posted.id,)), "tag", add_tags=("t",))
    (tagged,) = await anna.list()
    assert tagged.origin.category_unreviewed
    await change(anna, Selection(ids=(posted.id,)), "category", category_id=food.id)
    (named,) = await anna.list()
    assert not named.origin.category_unreviewed
