"""Statements confirm postings: a transfer is reconciled on each side by itself, and by nothing but
statements."""

from collections.abc import AsyncIterator
from dataclasses import replace

import pytest
from desk import Desk, verified
from ledger_world import Person, coffee, eur

from kit.mongo import Mongo
from ledger.domain.account import Account
from ledger.domain.entry import Status
from ledger.domain.errors import EntryReconciled
from ledger.domain.posting import Key
from ledger.domain.transaction import Transaction
from ledger.repository.statements import reconcile_postings
from ledger.service.exports import ExportFormat

JANUARY = "2026-01-01"


@pytest.fixture
def desk(anna: Person) -> Desk:
    return Desk(anna)


async def reconciled(person: Person, *accounts: Account) -> list[int]:
    states = [
        await person.ledger.accounts.get_account(owner=person.id, account_id=account.id)
        for account in accounts
    ]
    return [state.balances.reconciled.minor_units for state in states]


async def test_a_statement_confirms_its_own_side_of_a_transfer_alone(anna: Person, desk: Desk):
    first = await anna.account("First", opening_balance=eur(500), opening_date=JANUARY)
    second = await anna.account("Second", opening_balance=eur(20), opening_date=JANUARY)
    moved = await anna.post(coffee(first, -100, to_account_id=second.id))
    one = await desk.start(second, 120)
    await desk.tick(one, *(id_ for id_, _, _ in await desk.rows(one)))
    await desk.finish(one)

    assert await reconciled(anna, first, second) == [0, 120]
    (found,) = [t for t in await anna.list() if t.id == moved.id]
    assert (found.status, found.reconciled_account_ids) == (Status.RECONCILED, (second.id,))
    assert not (await anna.audit()).differences
    # The other side is free, and this one stays.
    third = await anna.account("Third")
    said = coffee(third, -100, to_account_id=second.id, status=Status.RECONCILED)
    with pytest.raises(EntryReconciled):
        await anna.edit(moved, replace(said, date="2026-03-15"))
    await anna.edit(moved, said)
    assert await reconciled(anna, first, second, third) == [0, 120, 0]
    assert [v.breaks for v in await verified(anna, second)] == [[]]


async def test_a_search_asks_the_account_that_it_names_for_its_side(anna: Person, desk: Desk):
    here, there = await anna.account("Here"), await anna.account("There")
    moved = await anna.post(coffee(here, -40, to_account_id=there.id))
    plain = await anna.post(coffee(here, -1))
    on_there = await desk.start(there, 40)
    await desk.tick(on_there, moved.id)
    await desk.finish(on_there)

    async def found(query: str) -> set[str]:
        return {t.id for t in await anna.list(query=query)}

    assert await found("is:reconciled") == {moved.id}
    assert await found("is:cleared") == {plain.id}
    assert await found("account:There is:reconciled") == {moved.id}
    assert await found("account:Here is:reconciled") == set()
    assert await found("account:Here is:cleared") == {moved.id, plain.id}
    assert await found("account:Here -is:reconciled") == {moved.id, plain.id}
    assert {t.id for t in await anna.list(account_id=here.id, query="is:reconciled")} == set()


async def test_a_deleted_transfer_comes_back_as_the_statements_hold_it(anna: Person, desk: Desk):
    here, there = await anna.account("Here"), await anna.account("There")
    moved = await anna.post(coffee(here, -40, to_account_id=there.id))
    statements = [await desk.start(here, -40), await desk.start(there, 40)]
    for one in statements:
        await desk.tick(one, moved.id)
        await desk.finish(one)
    gone = await anna.ledger.transactions.delete_transaction(
        owner=anna.id, actor=anna.id, transaction_id=moved.id, expected_version=0, key=Key(),
        unlock=True,
    )  # fmt: skip
    assert await reconciled(anna, here, there) == [0, 0]

    undo, _ = await anna.undo(gone.operation_id)
    assert await reconciled(anna, here, there) == [-40, 40]
    await anna.undo(undo.id)
    await desk.reopen(statements[0])
    await anna.restore(moved)
    assert await reconciled(anna, here, there) == [0, 40]
    assert not (await anna.audit()).differences


async def of_before(mongo: Mongo, person: Person, *accounts: Account) -> None:
    """The book as it was kept when a reconciled entry counted on all of its accounts."""
    query = {"user_id": person.id}
    await mongo.db.entries.update_many(query, {"$unset": {"postings.$[].reconciled": ""}})
    for account in accounts:
        await mongo.db.balances.update_one(
            {**query, "account_id": account.id}, {"$set": {"reconciled": 9_999}}
        )


async def half_confirmed(person: Person, desk: Desk) -> tuple[Account, Account, Transaction]:
    """A transfer that only the second account's statement holds, edited before, and once."""
    first, second = await person.account("First"), await person.account("Second")
    moved = await person.post(coffee(first, -99, to_account_id=second.id))
    moved = await person.edit(moved, coffee(first, -100, to_account_id=second.id))
    one = await desk.start(second, 100)
    await desk.tick(one, moved.id)
    await desk.finish(one)
    noted = coffee(
        first, -100, to_account_id=second.id, status=Status.RECONCILED, description="noted"
    )
    return first, second, await person.edit(moved, noted)


async def test_a_book_of_before_is_migrated_to_what_its_statements_hold(
    anna: Person, desk: Desk, mongo: Mongo
):
    first, second, moved = await half_confirmed(anna, desk)
    claimed = await anna.post(coffee(first, -7))
    await anna.confirm(claimed, first)
    await of_before(mongo, anna, first, second)
    assert (await anna.audit()).differences

    await reconcile_postings(mongo.db)
    await reconcile_postings(mongo.db)

    assert not (await anna.audit()).differences
    # No statement holds what was only said to be reconciled: it stays so.
    assert await reconciled(anna, first, second) == [-7, 100]
    (found,) = [t for t in await anna.list() if t.id == moved.id]
    assert found.reconciled_account_ids == (second.id,)


async def test_a_file_of_before_is_restored_to_what_its_statements_hold(
    anna: Person, ben: Person, desk: Desk, mongo: Mongo
):
    first, second, _ = await half_confirmed(anna, desk)
    await of_before(mongo, anna, first, second)
    exports = anna.ledger.files.exports
    parts = exports.export(owner=anna.id, format_=ExportFormat.NDJSON)
    lines = b"".join([part async for part in parts])
    await anna.ledger.files.contents.erase(anna.id)

    async def file() -> AsyncIterator[bytes]:
        yield lines

    await ben.ledger.files.restoring.restore(owner=ben.id, chunks=file())

    assert await reconciled(ben, first, second) == [0, 100]
    assert not (await ben.audit()).differences
