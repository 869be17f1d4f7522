"""Payees: there from their first posting, renamed and merged in one act."""

import asyncio
from dataclasses import replace

import pytest
from ledger_world import Person, coffee, eur, key_of

from kit.cursors import InvalidCursor
from kit.idempotency import IdempotencyConflict
from kit.money import Money
from kit.mongo import Mongo
from ledger.domain.category import CategoryKind
from ledger.domain.command import Key
from ledger.domain.errors import CategoryNotFound, InvalidFields, VersionMismatch
from ledger.domain.operation import RowOutcome
from ledger.domain.payee import (
    Payee,
    PayeeChange,
    PayeeMove,
    PayeeNotFound,
    PayeeSum,
    payee_id,
)
from ledger.service.payees import PayeesMoved


async def listed(person: Person, search: str = "", limit: int = 0) -> list[Payee]:
    """All pages, concatenated."""
    found: list[Payee] = []
    cursor = ""
    while True:
        page = await person.ledger.ruling.payees.list_payees(
            owner=person.id, search=search, cursor=cursor, limit=limit
        )
        found += page.payees
        if page.next is None:
            return found
        cursor = page.next.text()


async def names(person: Person, search: str = "") -> list[str]:
    return [payee.name for payee in await listed(person, search)]


async def get(person: Person, name: str) -> Payee:
    return await person.ledger.ruling.payees.get_payee(owner=person.id, payee_id=payee_id(name))


async def move(
    person: Person, *old: str, to: str, also_imports: bool = False, key: str = "k"
) -> PayeesMoved:
    move_ = PayeeMove([payee_id(name) for name in old], to, also_imports)
    return await person.ledger.ruling.payees.move_payees(
        owner=person.id, actor=person.id, move=move_, key=key_of(key, move_)
    )


async def undo(person: Person, operation_id: str, key: str = "undo") -> str:
    operation, rows = await person.undo(operation_id, key)
    assert {row.outcome for row in rows} == {RowOutcome.DONE}
    return operation.id


async def test_a_payee_is_there_once_however_its_name_is_written(anna: Person, ben: Person):
    account = await anna.account(opening_balance=eur(5))
    for name in ("Rewe", "Café Zoë", "CAFE ZOE", "", "Ägidius"):
        await anna.post(coffee(account, payee=name))

    assert await names(anna) == ["Ägidius", "Café Zoë", "Rewe"]
    assert await names(ben) == []
    with pytest.raises(PayeeNotFound):
        await get(ben, "Rewe")


async def test_many_who_post_a_payee_at_once_make_it_once(anna: Person):
    account = await anna.account()
    await asyncio.gather(*(anna.post(coffee(account, payee=f"P {n % 3}")) for n in range(30)))

    assert await names(anna) == ["P 0", "P 1", "P 2"]
    assert [p.usage.posting_count for p in await listed(anna)] == [10, 10, 10]


async def test_a_posting_that_is_refused_leaves_no_payee(anna: Person):
    account = await anna.account()
    await asyncio.gather(anna.post(coffee(account, 0, payee="Nobody")), return_exceptions=True)
    assert await names(anna) == []

    await anna.post(coffee(account, payee="Nobody"))
    assert await names(anna) == ["Nobody"]


async def test_payees_are_found_by_the_beginnings_of_their_words_and_page_by_page(anna: Person):
    account = await anna.account()
    for number in range(25):
        await anna.post(
            coffee(account, payee=f"Shop {number:02} {'Nord' if number % 2 else 'Süd'}")
        )

    assert len(await names(anna, "sho")) == 25
    assert len(await names(anna, "NORD shop")) == 12
    assert await names(anna, "hop") == []
    assert await listed(anna, limit=7) == await listed(anna)
    assert [p.name for p in await listed(anna)] == sorted(p.name for p in await listed(anna))
    for bad in ("!", "W10", "eyJhIjoxfQ"):
        with pytest.raises(InvalidCursor):
            await anna.ledger.ruling.payees.list_payees(
                owner=anna.id, search="", cursor=bad, limit=5
            )


async def test_usage_is_what_its_transactions_come_to_after_edits_and_deletions(anna: Person):
    main, dollars = await anna.account(), await anna.account("D", "USD")
    salary = await anna.category("salary", CategoryKind.INCOME)
    await anna.post(coffee(main, -300, date="2026-01-05", payee="Zoe"))
    await anna.post(coffee(main, 50, date="2026-01-06", payee="Zoe"))
    await anna.post(coffee(main, 1000, date="2026-02-01", category_id=salary.id, payee="Zoe"))
    await anna.post(coffee(dollars, -7, date="2025-12-31", payee="ZOE"))
    await anna.post(coffee(main, -9, to_account_id=(await anna.account("S")).id, payee="Zoe"))
    edited = await anna.post(coffee(main, -1, date="2026-05-05", payee="Zoe"))
    gone = await anna.post(coffee(main, -5, date="2026-03-03", payee="Zoe"))
    await anna.edit(edited, coffee(main, -2, date="2026-02-02", payee="Zoe"))
    await anna.delete(gone)

    usage = (await get(anna, "zoe")).usage

    assert (usage.posting_count, usage.last_used_on) == (5, "2026-02-02")
    by_currency = {s.expense.currency: s for s in usage.sums}
    assert by_currency["USD"] == PayeeSum(Money(7, "USD"), Money(0, "USD"))
    spent, earned = by_currency["EUR"].expense, by_currency["EUR"].income
    # What came without a category stands among income.
    assert (spent, earned) == (eur(302), eur(1050))


async def test_a_default_category_is_given_and_taken_away_by_whoever_saw_the_payee(anna: Person):
    account = await anna.account()
    await anna.post(coffee(account, payee="Rewe"))
    food = await anna.category("groceries")
    payees = anna.ledger.ruling.payees

    async def change(version: int, key: str = "", **fields: str) -> Payee:
        said = PayeeChange(**fields)
        return await payees.update_payee(
            owner=anna.id,
            payee_id=payee_id("Rewe"),
            expected_version=version,
            change=said,
            key=key_of(key, (version, said)),
        )

    given = await change(1, "k", default_category_id=food.id)
    assert (given.default_category_id, given.version) == (food.id, 2)
    assert (await change(1, "k", default_category_id=food.id)).version == 2
    with pytest.raises(VersionMismatch):
        await change(1, default_category_id="")
    with pytest.raises(CategoryNotFound):
        await change(0, default_category_id="gone")
    with pytest.raises(PayeeNotFound):
        await change(0, imported_as_id="gone")
    with pytest.raises(PayeeNotFound):
        await change(0, imported_as_id=payee_id("Rewe"))
    assert (await change(2, default_category_id="")).default_category_id == ""


async def test_a_rename_moves_every_transaction_in_one_act_that_is_undone_whole(anna: Person):
    account = await anna.account()
    for n in range(12):
        await anna.post(coffee(account, -100 - n, payee="REWE sagt Danke"))
    kept = await anna.post(coffee(account, payee="Rewe sagt nichts"))
    before = await anna.list()

    moved = await move(anna, "Rewe sagt danke", to=" Rewe ")

    assert (moved.payee.name, moved.payee.usage.posting_count) == ("Rewe", 12)
    assert (moved.operation.counts.done, moved.has_more) == (12, False)
    assert {t.payee for t in await anna.list()} == {"Rewe", kept.payee}
    assert await names(anna) == ["Rewe", "Rewe sagt nichts"]
    assert not (await anna.audit()).differences

    await undo(anna, moved.operation.id)
    assert [replace(t, **_unseen(t)) for t in await anna.list()] == [
        replace(t, **_unseen(t)) for t in before
    ]
    assert await names(anna) == ["Rewe", "REWE sagt Danke", "Rewe sagt nichts"]


def _unseen(transaction: object) -> dict[str, object]:
    """What an undo may leave otherwise."""
    return {"entry_id": "", "version": 0, "updated_at": None, "operation_id": ""}


async def test_another_way_to_write_the_same_payee_is_a_rename_too(anna: Person):
    account = await anna.account()
    for name in ("rewe", "REWE", "Rewe"):
        await anna.post(coffee(account, payee=name))

    moved = await move(anna, "rewe", to="REWE")

    assert moved.operation.counts.done == 2
    assert {t.payee for t in await anna.list()} == {"REWE"}
    assert await names(anna) == ["REWE"]


async def test_a_merge_keeps_the_default_category_and_teaches_imports_the_name(anna: Person):
    account = await anna.account()
    food = await anna.category("groceries")
    for name in ("Rewe 1", "Rewe 2", "Rewe"):
        await anna.post(coffee(account, payee=name))
    await anna.ledger.ruling.payees.update_payee(
        owner=anna.id,
        payee_id=payee_id("Rewe 2"),
        expected_version=0,
        change=PayeeChange(default_category_id=food.id),
        key=Key(),
    )

    moved = await move(anna, "Rewe 1", "Rewe 2", "Rewe", to="Rewe", also_imports=True)

    assert moved.payee.default_category_id == food.id
    assert await names(anna) == ["Rewe"]
    imported = await imported_as(anna, coffee(account, payee="REWE-1"))
    assert (imported.payee, imported.category_id) == ("Rewe", food.id)

    undone = await undo(anna, moved.operation.id)
    assert (await imported_as(anna, coffee(account, payee="REWE-1"))).payee == "REWE-1"
    await undo(anna, undone, "redo")
    assert (await imported_as(anna, coffee(account, payee="REWE-1"))).payee == "Rewe"


async def test_a_category_that_is_said_is_not_replaced_by_the_payees_default(anna: Person):
    account = await anna.account()
    food, uncategorised = await anna.category("groceries"), await anna.category("uncategorised")
    await anna.post(coffee(account, payee="Rewe"))
    await anna.ledger.ruling.payees.update_payee(
        owner=anna.id,
        payee_id=payee_id("Rewe"),
        expected_version=0,
        change=PayeeChange(default_category_id=food.id),
        key=Key(),
    )
    said = coffee(account, payee="rewe", category_id=uncategorised.id)

    assert await imported_as(anna, said) == said
    assert (await imported_as(anna, coffee(account, payee="rewe"))).category_id == food.id


async def imported_as(person: Person, input_):
    (made,) = await person.ledger.ruling.on_import(owner=person.id, inputs=[input_])
    return made


async def test_a_move_has_one_effect_and_goes_on_where_it_stopped(anna: Person, mongo: Mongo):
    account = await anna.account()
    posted = [coffee(account, -1 - n, payee="Old") for n in range(1200)]
    for part in (posted[:600], posted[600:]):
        await anna.import_(*part, keys=[str(p.amount) for p in part])
    real, groups = anna.ledger.writer.post_all, []

    async def dies_in_the_second_group(commands):
        groups.append(len(commands))
        if len(groups) == 2:
            raise ConnectionError("the process was killed")
        return await real(commands)

    anna.ledger.writer.post_all = dies_in_the_second_group
    with pytest.raises(ConnectionError):
        await move(anna, "Old", to="New")
    assert len([t for t in await anna.list(limit=500) if t.payee == "New"]) == 500
    anna.ledger.writer.post_all = real

    first = await move(anna, "Old", to="New")
    again = await move(anna, "Old", to="New")

    assert (await get(anna, "New")).usage.posting_count == 1200
    assert first.operation.id == again.operation.id
    assert again.operation.counts.done == 1200
    assert await mongo.db.operations.count_documents({"user_id": anna.id}) == 1
    with pytest.raises(IdempotencyConflict):
        await move(anna, "Old", to="Newer")
    assert not (await anna.audit()).differences


async def test_what_cannot_be_moved_is_told_before_anything_is_done(anna: Person):
    account = await anna.account()
    await anna.post(coffee(account, payee="Rewe"))

    with pytest.raises(PayeeNotFound):
        await move(anna, "Rewe", "Nobody", to="X")
    for old, name in (((), "X"), (("Rewe",), " "), (("Rewe",), "x" * 201)):
        with pytest.raises(InvalidFields):
            await move(anna, *old, to=name)
    assert await names(anna) == ["Rewe"]


async def test_a_transaction_of_a_closed_account_stays_and_its_row_says_so(anna: Person):
    main, closed = await anna.account(), await anna.account("Old")
    await anna.post(coffee(main, payee="A"))
    for amount in (-1, 1):
        await anna.post(coffee(closed, amount, payee="A"))
    await anna.ledger.accounts.close_account(
        owner=anna.id, account_id=closed.id, expected_version=0
    )

    moved = await move(anna, "A", to="B")

    assert (moved.operation.counts.done, moved.operation.counts.refused) == (1, 2)
    assert {row.refusal for row in moved.rows if row.outcome is RowOutcome.REFUSED} == {
        "AccountClosed"
    }
    assert await names(anna) == ["A", "B"]
    assert moved.has_more is False
