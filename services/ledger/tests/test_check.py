"""`check` finds what a test plants in the stored data, says where, and `rebuild` mends it."""

import json
from datetime import UTC, datetime

import pytest
from import_world import commit, lines_of, match, preview, row
from ledger_world import Person, coffee, eur

from kit.money import Money
from kit.mongo import Mongo
from ledger.audit import check_command, rebuild_command
from ledger.domain.command import Key
from ledger.domain.entry import Status
from ledger.domain.importing.batch import PlannedLine
from ledger.domain.patch import TransactionPatch
from ledger.repository.yearly_rollups import create_yearly_rollups
from ledger.service.bulk import Selection


@pytest.fixture
async def books(anna: Person, ben: Person) -> Person:
    """Two books with every kind of entry."""
    for person in (anna, ben):
        main = await person.account(opening_balance=eur(500_00))
        savings = await person.account("Savings")
        posted = [await person.post(coffee(main, -100 - i)) for i in range(5)]
        await person.edit(posted[0], coffee(main, -999))
        await person.delete(posted[1])
        await person.post(coffee(main, -2000, to_account_id=savings.id))
        yen = await person.account("Yen", "JPY")
        reached = Money(1700, "JPY")
        await person.post(coffee(main, -1000, to_account_id=yen.id, to_amount=reached))
    return anna


async def run_check(person: Person, capsys) -> tuple[int, dict]:
    capsys.readouterr()
    status = await check_command(person.ledger.auditor, ["--json"])
    return status, json.loads(capsys.readouterr().out)


@pytest.mark.parametrize("minor_units", [2**31 - 1, 2**31, 10**15])
async def test_amounts_of_any_size_have_no_difference(anna: Person, capsys, minor_units):
    await anna.post(coffee(await anna.account(), -minor_units))

    status, said = await run_check(anna, capsys)

    assert (status, said["differences"]) == (0, [])


async def test_sound_books_have_no_difference(books: Person, capsys):
    status, said = await run_check(books, capsys)

    assert status == 0
    assert (said["books"], said["entries"], said["events"]) == (2, 22, 22)
    assert said["differences"] == []


TELLS_OF_AN_ENTRY = {"acts.events.type": "pfa.events.v1.EntryPosted"}
DOUBLED = [{"$set": {"debit": {"$multiply": ["$debit", 2]}, "count": {"$multiply": ["$count", 2]}}}]
ONE = {"$inc": {"balance": 1}}
FAULTS = {
    "a changed balance": (
        "balances",
        {},
        ONE,
        {"balance"},
    ),
    "a doubled rollup": (
        "rollups",
        {"dim": "category"},
        DOUBLED,
        {"rollup"},
    ),
    "a wrong count in a rollup": (
        "rollups",
        {},
        {"$inc": {"count": 1}},
        {"rollup"},
    ),
    "a missing posting": (
        "entries",
        {"seq": 4},
        {"$pop": {"postings": 1}},
        {"entry", "rollup"},
    ),
    "a changed amount": (
        "entries",
        {"seq": 3},
        {"$inc": {"amount": 1}},
        {"entry", "found by", "rollup"},
    ),
    "a changed posting of a reversal": (
        "entries",
        {"change": "deleted"},
        {"$set": {"postings.0.account_id": "x"}},
        {"entry", "history", "balance", "rollup"},
    ),
    "an entry in force that is superseded": (
        "entries",
        {"live": False, "reverses": ""},
        {"$set": {"live": True}},
        {"in force"},
    ),
    "an entry out of force that stands": (
        "entries",
        {"live": True, "kind": "transfer"},
        {"$set": {"live": False}},
        {"in force"},
    ),
    "an entry superseded at another time": (
        "entries",
        {"superseded_at": {"$gt": datetime(1970, 1, 1, tzinfo=UTC)}},
        {"$set": {"superseded_at": datetime(2020, 1, 1, tzinfo=UTC)}},
        {"in force"},
    ),
    "an entry in force that says it was superseded": (
        "entries",
        {"live": True},
        {"$set": {"superseded_at": datetime(2020, 1, 1, tzinfo=UTC)}},
        {"in force"},
    ),
    "another payee to find it by": (
        "entries",
        {"seq": 3},
        {"$set": {"payee_id": "x"}},
        {"found by"},
    ),
    "other words to find it by": (
        "entries",
        {"seq": 3},
        {"$set": {"words": ["x"]}},
        {"found by"},
    ),
    "another fingerprint": (
        "entries",
        {"change": "created"},
        {"$set": {"booked_fingerprint": "x"}},
        {"found by"},
    ),
    "a booking that is forgotten": (
        "entries",
        {"change": "created"},
        {"$unset": {"booked_fingerprint": ""}},
        {"claim"},
    ),
    "a second claim of one booking": (
        "entries",
        {"change": "edited", "reverses": ""},
        {"$set": {"booked_fingerprint": "x"}},
        {"claim", "found by"},
    ),
    "an entry of no operation": (
        "entries",
        {"seq": 3},
        {"$set": {"operation_id": ""}},
        {"entry"},
    ),
    "an entry recorded before the one before it": (
        "entries",
        {"seq": 3},
        {"$set": {"recorded_at": datetime(2020, 1, 1, tzinfo=UTC)}},
        {"entry"},
    ),
    "spending that is called income": (
        "entries",
        {"seq": 3},
        {"$set": {"postings.1.is_income": True}},
        {"entry", "rollup"},
    ),
    "another amount that was reached": (
        "entries",
        {"kind": "transfer", "to_currency": "JPY"},
        {"$inc": {"to_amount": 1}},
        {"entry"},
    ),
    "a changed balance of what is cleared": (
        "balances",
        {},
        {"$inc": {"cleared": 1}},
        {"balance"},
    ),
    "a changed balance of what is reconciled": (
        "balances",
        {},
        {"$inc": {"reconciled": 1}},
        {"balance"},
    ),
    "a changed day of a rollup": (
        "rollups",
        {"dim": "payee_expense"},
        {"$inc": {"days.14.debit": 1}},
        {"rollup"},
    ),
    "a changed year of a payee": (
        "rollups",
        {"dim": "payee_expense_by_year"},
        {"$inc": {"debit": 1}},
        {"rollup"},
    ),
    "a rollup under another id": (
        "rollups",
        {"dim": "transfer"},
        {"$set": {"id": "x"}},
        {"rollup"},
    ),
    "a number that was left out": (
        "entries",
        {"seq": 11},
        {"$inc": {"seq": 1}},
        {"sequence"},
    ),
    "a head that ran ahead": (
        "books",
        {},
        {"$inc": {"seq": 1}},
        {"sequence"},
    ),
}


@pytest.mark.parametrize("fault", FAULTS)
async def test_a_planted_fault_is_found_in_its_book_alone(
    books: Person, mongo: Mongo, capsys, fault
):
    collection, where, change, expected = FAULTS[fault]
    whose = {"_id" if collection == "books" else "user_id": books.id}
    planted = await mongo.db[collection].update_one({**whose, **where}, change)
    assert planted.modified_count == 1

    status, said = await run_check(books, capsys)

    assert status == 1
    assert {d["fault"] for d in said["differences"]} == expected
    assert {d["owner"] for d in said["differences"]} == {books.id}


MISSING = {
    "a missing balance": (
        "balances",
        {},
        {"balance"},
    ),
    "a missing rollup": (
        "rollups",
        {},
        {"rollup"},
    ),
    "a missing entry": (
        "entries",
        {"kind": "transfer"},
        {"balance", "rollup", "sequence", "event"},
    ),
    "a missing event": (
        "outbox",
        TELLS_OF_AN_ENTRY,
        {"event"},
    ),
}


@pytest.mark.parametrize("fault", MISSING)
async def test_a_missing_document_is_found(books: Person, mongo: Mongo, capsys, fault):
    collection, where, expected = MISSING[fault]
    await mongo.db[collection].delete_one({"user_id": books.id, **where})

    status, said = await run_check(books, capsys)

    assert status == 1
    assert {d["fault"] for d in said["differences"]} == expected


@pytest.fixture
async def operations(books: Person) -> Person:
    """Operations of every way to count: a change, an undo, an import with a line that needs no
    entry, for it says what is there."""
    states = await books.ledger.accounts.list_accounts(owner=books.id, include_closed=False)
    main = next(state.account for state in states if state.account.name == "Main")
    pending = coffee(main, -777, payee="Zoe", status=Status.PENDING)
    ids = [(await books.post(pending)).id]
    for payee in ("One", "Two"):
        changed, _ = await books.ledger.bulk.change_transactions(
            owner=books.id,
            actor=books.id,
            selection=Selection(ids=ids),
            patch=TransactionPatch(payee=payee),
            unlock=False,
            key=Key(),
        )
    await books.undo(changed.id)
    plan = await preview(books, row(main, -777, payee="One"), row(main, -778))
    await commit(books, plan, match(plan_line(await lines_of(books, plan)), ids[0]))
    return books


def plan_line(lines: list[PlannedLine]) -> int:
    return next(p.position for p in lines if p.line.input.amount == eur(-777))


COUNTS = {
    "a change that says it did more": ("bulk_edit", 1),
    "a change that says it did less": ("bulk_edit", -1),
    "an undo that says it did more": ("undo", 1),
    "an import that says it booked more": ("import", 1),
    "an import that says it booked less": ("import", -1),
}


@pytest.mark.parametrize("fault", COUNTS)
async def test_an_operation_that_tells_another_count_is_found_and_mended(
    operations: Person, mongo: Mongo, capsys, fault
):
    kind, by = COUNTS[fault]
    assert (await run_check(operations, capsys))[0] == 0
    where = {"user_id": operations.id, "kind": kind}
    told = await mongo.db.operations.find_one(where)
    await mongo.db.operations.update_one({"_id": told["_id"]}, {"$inc": {"counts.done": by}})

    status, said = await run_check(operations, capsys)

    done = told["counts"]["done"]
    assert status == 1
    assert [(d["fault"], d["subject"], d["expected"], d["found"]) for d in said["differences"]] == [
        ("operation", f"{told['_id']} done", str(done), str(done + by))
    ]
    assert await rebuild_command(operations.ledger.auditor, []) == 0
    assert (await run_check(operations, capsys))[0] == 0
    assert await mongo.db.operations.find_one({"_id": told["_id"]}) == told


async def test_an_entry_that_names_another_operation_is_found(
    operations: Person, mongo: Mongo, capsys
):
    operation = await mongo.db.operations.find_one({"user_id": operations.id, "kind": "undo"})
    named = {"operation_id": operation["_id"]}
    await mongo.db.entries.update_many(named, {"$set": {"operation_id": "x"}})

    status, said = await run_check(operations, capsys)

    assert status == 1
    assert [d["fault"] for d in said["differences"]] == ["operation"]


async def test_an_event_told_twice_is_found(books: Person, mongo: Mongo, capsys):
    row = await mongo.db.outbox.find_one(TELLS_OF_AN_ENTRY)
    await mongo.db.outbox.insert_one({**row, "_id": "twice", "seq": 1_000})

    status, said = await run_check(books, capsys)

    assert status == 1
    assert [(d["fault"], d["found"]) for d in said["differences"]] == [("event", "more")]


async def test_sums_of_someone_without_a_book_are_found(books: Person, mongo: Mongo, capsys):
    await mongo.db.balances.insert_one(
        {"user_id": "nobody", "account_id": "a", "currency": "EUR", "balance": 1}
    )

    status, said = await run_check(books, capsys)

    assert status == 1
    assert [d["owner"] for d in said["differences"]] == ["nobody"]


async def test_rebuild_mends_whatever_follows_from_the_journal(books: Person, mongo: Mongo, capsys):
    await mongo.db.balances.update_one({"user_id": books.id}, ONE)
    await mongo.db.rollups.delete_one({"user_id": books.id})
    await mongo.db.outbox.delete_one({"user_id": books.id, **TELLS_OF_AN_ENTRY})
    entries = mongo.db.entries
    await entries.update_one({"kind": "transfer"}, {"$set": {"live": False}})
    await entries.update_one({"live": True}, {"$set": {"superseded_at": datetime.now(UTC)}})
    await entries.update_one({"seq": 3}, {"$set": {"payee_id": "x", "words": []}})
    await entries.update_one({"change": "created"}, {"$unset": {"booked_fingerprint": ""}})
    await mongo.db.books.update_one({"_id": books.id}, {"$inc": {"seq": 1}})

    assert await rebuild_command(books.ledger.auditor, []) == 0
    status, _ = await run_check(books, capsys)

    assert status == 0


async def test_the_table_tells_a_person_where_to_look(books: Person, mongo: Mongo, capsys):
    await mongo.db.balances.update_one({"user_id": books.id}, ONE)

    assert await check_command(books.ledger.auditor, []) == 1

    printed = capsys.readouterr().out
    assert "1  differences" in printed
    assert books.id in printed


async def test_years_are_counted_for_books_that_were_written_without_them(
    books: Person, mongo: Mongo, capsys
):
    await mongo.db.rollups.delete_many({"dim": {"$regex": "_by_year$"}})
    assert (await run_check(books, capsys))[0] == 1

    for _ in range(2):
        await create_yearly_rollups(mongo.db)
        assert (await run_check(books, capsys))[0] == 0
