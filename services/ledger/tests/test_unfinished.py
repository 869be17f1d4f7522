"""What was cut off is finished by the ledger itself, or ended with what it came to."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from bson import SON
from import_world import commit, preview, row
from ledger_world import Person, coffee, key_of
from pymongo import AsyncMongoClient
from test_queries import Recorder, singles, stages

from kit.leases import Lease
from kit.mongo import Mongo
from ledger.domain.account import Account
from ledger.domain.category import CategoryDraft, CategoryKind
from ledger.domain.command import Key
from ledger.domain.operation import OperationKind, OperationRunning, OperationUndone
from ledger.domain.patch import TransactionPatch
from ledger.domain.payee import PayeeMove, payee_id
from ledger.domain.rules.action import AddTag
from ledger.domain.rules.condition import Condition, Match, TextField, TextTest
from ledger.domain.rules.rule import RuleDraft
from ledger.domain.search import TransactionFilter
from ledger.grpc_api.operations import operation_message
from ledger.repository.operations import Operations
from ledger.service.bulk import Selection
from ledger.service.rule_runs import RuleSelection
from ledger.wiring import UNFINISHED_LEASE, Ledger, open_ledger

COUNT = 12
Act = Callable[[Person], Awaitable[Any]]


@pytest.fixture(autouse=True)
def small_groups(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ledger.service.rows.GROUP", 5)
    monkeypatch.setattr("ledger.service.import_commit.AT_ONCE", 5)


@pytest.fixture
async def account(anna: Person) -> Account:
    """With more transactions than two groups take, of one payee and one category."""
    account = await anna.account()
    kept, _ = [await category(anna, name) for name in ("From", "To")]
    for n in range(COUNT):
        await anna.post(coffee(account, -1 - n, payee="Old", category_id=kept))
    return account


@pytest.fixture
async def other_process(mongo: Mongo, account: Account) -> AsyncIterator[Ledger]:
    async with open_ledger(mongo) as ledger:
        yield ledger


async def category(person: Person, name: str) -> str:
    for known in await person.ledger.categories.list_categories(owner=person.id):
        if known.name == name:
            return known.id
    draft = CategoryDraft(name, CategoryKind.EXPENSE)
    made = await person.ledger.categories.create_category(owner=person.id, draft=draft, key=Key())
    return made.id


async def all_of_it(person: Person) -> Selection:
    everything = TransactionFilter()
    return Selection(filter=everything, expected_count=COUNT)


async def change_all(person: Person) -> Any:
    return await person.ledger.bulk.change_transactions(
        owner=person.id,
        actor=person.id,
        selection=await all_of_it(person),
        patch=TransactionPatch(payee="New", add_tags=("t",)),
        unlock=False,
        key=key_of("k", "change"),
    )


async def delete_all(person: Person) -> Any:
    return await person.ledger.bulk.delete_transactions(
        owner=person.id,
        actor=person.id,
        selection=await all_of_it(person),
        unlock=False,
        key=key_of("k", "delete"),
    )


async def rename_all(person: Person) -> Any:
    moved = await person.ledger.ruling.payees.move_payees(
        owner=person.id,
        actor=person.id,
        move=PayeeMove((payee_id("Old"),), "New"),
        key=key_of("k", "move"),
    )
    return moved.operation, moved.rows


async def rule_all(person: Person) -> Any:
    old = Condition(TextTest(TextField.PAYEE, Match.CONTAINS, "old"))
    return await person.ledger.ruling.runs.apply(
        owner=person.id,
        actor=person.id,
        selection=RuleSelection(draft=RuleDraft("r", (old,), (AddTag("ruled"),))),
        filter_=TransactionFilter(),
        expected_count=COUNT,
        key=key_of("k", "rules"),
    )


async def merge_all(person: Person) -> Any:
    return await person.ledger.category_merges.merge(
        owner=person.id,
        actor=person.id,
        category_id=await category(person, "From"),
        into_id=await category(person, "To"),
        key=key_of("k", "merge"),
    )


async def create_many(person: Person) -> Any:
    (account,) = await person.ledger.accounts.list_accounts(owner=person.id, include_closed=False)
    inputs = [coffee(account.account, -1, payee="Made") for _ in range(COUNT)]
    return await person.ledger.bulk.create_transactions(
        owner=person.id, actor=person.id, inputs=inputs, key=key_of("k", inputs)
    )


async def cut_off(person: Person, act: Act, mongo: Mongo) -> str:
    """The process is killed in the second group of the act; answers its operation."""
    writer = person.ledger.writer
    real, groups = writer.post_all, []

    async def dies_in_the_second_group(commands: Any) -> Any:
        groups.append(len(commands))
        if len(groups) == 2:
            raise ConnectionError("the process was killed")
        return await real(commands)

    writer.post_all = dies_in_the_second_group  # type: ignore[method-assign]
    with pytest.raises(ConnectionError):
        await act(person)
    writer.post_all = real  # type: ignore[method-assign]
    left = await mongo.db.operations.find_one({"user_id": person.id, "finished": False})
    assert left is not None
    return str(left["_id"])


async def a_minute_later(mongo: Mongo) -> None:
    before = datetime.now(UTC) - timedelta(seconds=61)
    change = {"touched_at": before, "parked.until": before}
    await mongo.db.operations.update_many({"finished": False}, {"$set": change})


async def changed_by(mongo: Mongo, operation_id: str) -> int:
    """How many transactions have an entry of it; none has more than one act of it."""
    rows = await mongo.db.entries.find({"operation_id": operation_id}).to_list()
    versions = {(row["transaction_id"], row["version"]) for row in rows}
    transactions = {transaction_id for transaction_id, _ in versions}
    assert len(versions) == len(transactions)
    return len(transactions)


@pytest.mark.parametrize(
    "act", [change_all, delete_all, rename_all, rule_all, merge_all], ids=lambda act: act.__name__
)
async def test_what_was_cut_off_is_finished_once_by_whichever_process(
    anna: Person, mongo: Mongo, other_process: Ledger, act: Act
):
    id_ = await cut_off(anna, act, mongo)
    before = await changed_by(mongo, id_)
    assert 0 < before < COUNT

    # It may be at work still.
    assert await anna.ledger.unfinished.finish_all() == 0
    await a_minute_later(mongo)
    both = await asyncio.gather(
        anna.ledger.unfinished.finish_all(), other_process.unfinished.finish_all()
    )
    await mongo.db.leases.delete_many({})
    assert sum(both) == 1
    assert await other_process.unfinished.finish_all() == 0

    done, _ = await anna.ledger.operations.get_operation(owner=anna.id, operation_id=id_)
    assert done.is_whole
    assert done.counts.done == await changed_by(mongo, id_) == COUNT
    again, _ = await act(anna)
    assert (again.id, again.counts) == (id_, done.counts)
    undo, _ = await anna.undo(id_)
    assert undo.counts.done == COUNT
    assert {t.payee for t in await anna.list()} == {"Old"}
    assert (await anna.audit()).differences == []


async def test_a_rename_that_is_finished_later_is_known_by_its_name(
    anna: Person, account: Account, mongo: Mongo
):
    await cut_off(anna, rename_all, mongo)
    await a_minute_later(mongo)
    await anna.ledger.unfinished.finish_all()

    page = await anna.ledger.ruling.payees.list_payees(
        owner=anna.id, search="", cursor="", limit=10
    )
    assert [p.name for p in page.payees] == ["New"]


async def test_an_undo_is_finished_too(anna: Person, account: Account, mongo: Mongo):
    operation, _ = await rename_all(anna)
    id_ = await cut_off(anna, lambda person: person.undo(operation.id, key="u"), mongo)

    await a_minute_later(mongo)
    assert await anna.ledger.unfinished.finish_all() == 1

    undo, _ = await anna.ledger.operations.get_operation(owner=anna.id, operation_id=id_)
    assert (undo.kind, undo.is_whole, undo.counts.done) == (OperationKind.UNDO, True, COUNT)
    assert {t.payee for t in await anna.list()} == {"Old"}
    assert (await anna.audit()).differences == []


async def test_an_import_is_booked_to_its_end_and_not_undone_before(
    anna: Person, account: Account, mongo: Mongo, monkeypatch: pytest.MonkeyPatch
):
    plan = await preview(anna, *(row(account, -100 - n) for n in range(COUNT)))
    book = anna.ledger.imports._commit
    real, parts = book._book_part, []

    async def dies_in_the_second_part(*args: Any, **named: Any) -> Any:
        parts.append(args)
        if len(parts) == 2:
            raise ConnectionError("the process was killed")
        return await real(*args, **named)

    monkeypatch.setattr(book, "_book_part", dies_in_the_second_part)
    with pytest.raises(ConnectionError):
        await commit(anna, plan)
    monkeypatch.undo()
    await a_minute_later(mongo)
    with pytest.raises(OperationRunning):
        await anna.undo(plan.id)
    assert await changed_by(mongo, plan.id) == 5

    assert await anna.ledger.unfinished.finish_all() == 1

    assert await changed_by(mongo, plan.id) == COUNT
    done, _ = await anna.ledger.operations.get_operation(owner=anna.id, operation_id=plan.id)
    assert (done.is_whole, done.counts.done) == (True, COUNT)
    undo, _ = await anna.undo(plan.id)
    assert undo.counts.done == COUNT
    assert (await anna.audit()).differences == []


async def test_what_cant_go_on_without_its_request_ends_with_true_counts_and_goes_on_with_it(
    anna: Person, account: Account, mongo: Mongo
):
    id_ = await cut_off(anna, create_many, mongo)
    await a_minute_later(mongo)
    assert await anna.ledger.unfinished.finish_all() == 1

    ended, _ = await anna.ledger.operations.get_operation(owner=anna.id, operation_id=id_)
    assert (ended.finished, ended.cut_off, ended.counts.done) == (True, True, 5)
    assert operation_message(ended).cut_off
    assert await changed_by(mongo, id_) == 5
    assert (await anna.audit()).differences == []

    whole, _ = await create_many(anna)
    assert (whole.id, whole.is_whole, whole.counts.done) == (id_, True, COUNT)
    assert not operation_message(whole).cut_off
    assert await changed_by(mongo, id_) == COUNT
    assert (await anna.audit()).differences == []


async def test_what_was_undone_half_way_ends_and_is_not_done_again(
    anna: Person, account: Account, mongo: Mongo
):
    id_ = await cut_off(anna, change_all, mongo)
    await a_minute_later(mongo)
    undo, _ = await anna.undo(id_)
    assert undo.counts.done == 5

    assert await anna.ledger.unfinished.finish_all() == 1

    assert {t.payee for t in await anna.list()} == {"Old"}
    ended, _ = await anna.ledger.operations.get_operation(owner=anna.id, operation_id=id_)
    assert (ended.finished, ended.cut_off, ended.counts.done) == (True, True, 5)
    with pytest.raises(OperationUndone):
        await change_all(anna)


async def test_an_undo_and_the_sweep_at_once_leave_all_or_nothing(
    anna: Person, account: Account, mongo: Mongo
):
    id_ = await cut_off(anna, change_all, mongo)
    await a_minute_later(mongo)

    _, undone = await asyncio.gather(
        anna.ledger.unfinished.finish_all(), anna.undo(id_), return_exceptions=True
    )

    told = {t.payee for t in await anna.list()}
    assert told == ({"New"} if isinstance(undone, OperationRunning) else {"Old"})
    assert (await anna.audit()).differences == []


async def test_a_merge_that_is_not_possible_any_more_ends(
    anna: Person, account: Account, mongo: Mongo
):
    operation, _ = await change_all(anna)
    gone = {"category_id": "gone", "into_id": "gone too"}
    fields = {"finished": False, "kind": "merge_category", "intent": gone, "ids": []}
    await mongo.db.operations.update_one({"_id": operation.id}, {"$set": fields})
    await a_minute_later(mongo)

    assert await anna.ledger.unfinished.finish_all() == 1
    ended, _ = await anna.ledger.operations.get_operation(owner=anna.id, operation_id=operation.id)
    assert (ended.finished, ended.cut_off, ended.counts.done) == (True, True, COUNT)


async def test_one_that_fails_keeps_no_other_waiting_and_is_tried_again(
    anna: Person, ben: Person, account: Account, mongo: Mongo
):
    failing = await cut_off(anna, change_all, mongo)
    await mongo.db.operations.update_one({"_id": failing}, {"$set": {"intent": {"x": 1}}})
    theirs = await ben.account()
    for n in range(COUNT):
        await ben.post(coffee(theirs, -1 - n, payee="Old"))
    fine = await cut_off(ben, change_all, mongo)
    await a_minute_later(mongo)

    assert await anna.ledger.unfinished.finish_all() == 1
    done, _ = await ben.ledger.operations.get_operation(owner=ben.id, operation_id=fine)
    assert done.is_whole

    # At once it is left alone; later it is looked at anew.
    patch = {"patch": TransactionPatch(payee="New").plain(), "unlock": False}
    await mongo.db.operations.update_one({"_id": failing}, {"$set": {"intent": patch}})
    assert await anna.ledger.unfinished.finish_all() == 0
    await a_minute_later(mongo)
    assert await anna.ledger.unfinished.finish_all() == 1
    assert (await anna.audit()).differences == []


async def test_the_lease_keeps_a_second_one_from_finishing(
    anna: Person, account: Account, mongo: Mongo
):
    await cut_off(anna, change_all, mongo)
    await a_minute_later(mongo)
    other = Lease(mongo.db, name=UNFINISHED_LEASE, holder="another", seconds=60)
    await other.acquire()
    assert await anna.ledger.unfinished.finish_all() == 0

    await other.release()
    stop = asyncio.Event()
    running = asyncio.create_task(anna.ledger.unfinished.run(stop))
    async with asyncio.timeout(20):
        while await mongo.db.operations.count_documents({"finished": False}):
            await asyncio.sleep(0.02)
    stop.set()
    await running
    assert await mongo.db.leases.count_documents({}) == 0


async def test_what_is_unfinished_of_all_books_is_found_by_its_own_index(
    mongo: Mongo, mongo_server: Any
):
    recorder = Recorder()
    async with AsyncMongoClient(mongo_server.uri, event_listeners=[recorder]) as client:
        operations = Operations(Mongo(client, mongo.db.name))
        await operations.unfinished(before=datetime.now(UTC), limit=5)

    (command,) = recorder.commands
    (single,) = singles(command)
    explained = await mongo.db.command("explain", SON(single), verbosity="queryPlanner")
    assert {s["indexName"] for s in stages(explained) if s["stage"] == "IXSCAN"} == {"unfinished"}


def test_a_patch_is_kept_as_it_was_said():
    for said in (
        TransactionPatch(payee="", add_tags=("a",)),
        TransactionPatch(category_id="c", status=None, date="2026-01-01", remove_tags=("b",)),
    ):
        assert TransactionPatch.of_plain(said.plain()) == said
