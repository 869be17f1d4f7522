"""`check` goes row by row: a broken row is told, and everything else is checked all the same."""

import json
from typing import Any

import pytest
from full_book import live_in
from ledger_world import Person, coffee
from test_check import run_check

from kit.mongo import Mongo
from ledger.audit import check_command, rebuild_command
from ledger.repository.kinds import KINDS

BROKEN: dict[str, tuple[str, dict[str, Any]]] = {
    "an amount that is a fraction": ("entries", {"$set": {"amount": 1.5}}),
    "an amount that is a text": ("entries", {"$set": {"amount": "1"}}),
    "postings of junk": ("entries", {"$set": {"postings": [{"junk": 1}]}}),
    "an entry of an unknown kind": ("entries", {"$set": {"kind": "gift"}}),
    "an entry without a number": ("entries", {"$unset": {"seq": ""}}),
    "an entry of an unknown currency": ("entries", {"$set": {"currency": "XXX"}}),
    "an entry without marks": ("entries", {"$unset": {"live": "", "superseded_at": ""}}),
    "an account without a name": ("accounts", {"$unset": {"name": ""}}),
    "a category of no kind": ("categories", {"$unset": {"kind": ""}}),
    "a payee of junk": ("payees", {"$set": {"first_seen_at": "yesterday"}}),
    "a series of junk": ("recurring", {"$set": {"template": {"junk": 1}}}),
    "an operation of an unknown kind": ("operations", {"$set": {"kind": "burn"}}),
    "an operation without counts": ("operations", {"$unset": {"counts": ""}}),
    "a budget of junk": ("budgets", {"$set": {"terms": "junk"}}),
    "a goal of junk": ("goals", {"$set": {"target": 1.5}}),
    "a rule of junk": ("rules", {"$set": {"conditions": [{"test": "magic"}]}}),
    "searches of junk": ("saved_searches", {"$set": {"searches": [1]}}),
    "a reconciliation of junk": ("reconciliations", {"$set": {"state": "burnt"}}),
    "an import of junk": ("imports", {"$set": {"stage": "burnt"}}),
    "a line of junk": ("import_lines", {"$set": {"input": {"junk": 1}}}),
    "rates of junk": ("rates", {"$set": {"days": {"01": "x"}}}),
    "an alert of junk": ("budget_alerts", {"$set": {"period": "May"}}),
    "a dismissal of junk": ("recurring_dismissed", {"$set": {"at": 7}}),
    "a rulebook of junk": ("rulebooks", {"$set": {"version": "x"}}),
    "a head of junk": ("books", {"$set": {"settings": {"junk": 1}}}),
}


def test_every_kind_is_broken_once():
    assert {name for name, _ in BROKEN.values()} == set(KINDS)


@pytest.fixture
async def books(anna: Person, ben: Person, mongo: Mongo) -> Person:
    await live_in(anna, mongo)
    await ben.post(coffee(await ben.account()))
    return anna


@pytest.mark.parametrize("name", BROKEN)
async def test_a_broken_row_is_told_and_the_rest_is_checked(
    books: Person, ben: Person, mongo: Mongo, capsys: Any, name: str
):
    kind, change = BROKEN[name]
    query = {"_id" if kind == "books" else "user_id": books.id}
    row = await mongo.db[kind].find_one_and_update(query, change)
    assert row is not None
    await mongo.db.balances.update_one({"user_id": ben.id}, {"$inc": {"balance": 1}})
    before = await mongo.db.balances.find({"user_id": books.id}).to_list()

    status, said = await run_check(ben, capsys)

    assert status == 1
    told = {(d["owner"], d["fault"], d["subject"]) for d in said["differences"]}
    assert (books.id, "unreadable", f"{kind} {row['_id']}") in told
    assert {fault for owner, fault, _ in told if owner == ben.id} == {"balance"}
    assert said["books"] == 2

    # Sums that can't be counted are not mended either.
    assert await rebuild_command(ben.ledger.auditor, []) == 1
    assert await mongo.db.balances.find({"user_id": books.id}).to_list() == before
    assert (await ben.audit()).differences == []


@pytest.mark.parametrize(("name", "fault"), [("balances", "balance"), ("rollups", "rollup")])
async def test_a_broken_sum_is_told_and_mended(
    books: Person, mongo: Mongo, capsys: Any, name: str, fault: str
):
    junk: dict[str, Any] = {"balance": "x"} if name == "balances" else {"dim": "weather"}
    await mongo.db[name].update_one({"user_id": books.id}, {"$set": junk})

    status, said = await run_check(books, capsys)

    assert status == 1
    assert {d["fault"] for d in said["differences"]} == {fault}
    assert await rebuild_command(books.ledger.auditor, []) == 0
    assert (await books.audit()).differences == []


async def test_a_broken_document_of_the_outbox_is_told(books: Person, mongo: Mongo, capsys: Any):
    query = {"user_id": books.id, "acts.events.type": "pfa.events.v1.EntryPosted"}
    await mongo.db.outbox.update_one(query, {"$set": {"acts": "junk"}})

    status, said = await run_check(books, capsys)

    assert status == 1
    assert {d["fault"] for d in said["differences"]} == {"unreadable", "event"}


async def test_rows_without_an_owner_are_told(books: Person, mongo: Mongo, capsys: Any):
    await mongo.db.recurring.insert_one({"_id": "stray", "due_at": None})

    status = await check_command(books.ledger.auditor, [])

    assert status == 1
    assert "recurring stray" in capsys.readouterr().out


async def test_parked_rows_are_told(books: Person, mongo: Mongo, capsys: Any):
    mark = {"work": "recurring", "attempts": 3, "error": "KeyError: 'account_id'"}
    await mongo.db.recurring.update_one({"user_id": books.id}, {"$set": {"parked": mark}})

    status, said = await run_check(books, capsys)

    assert status == 1
    (told,) = said["differences"]
    assert told["fault"] == "parked"
    assert "failed 3 times: KeyError: 'account_id'" in told["found"]


async def test_a_book_that_cannot_be_checked_is_told_and_the_next_is_checked(
    books: Person, ben: Person, monkeypatch: pytest.MonkeyPatch, capsys: Any
):
    whole = books.ledger.auditor.audit

    async def audit(owner: str) -> Any:
        if owner == books.id:
            raise ZeroDivisionError("nothing that was thought of")
        return await whole(owner)

    monkeypatch.setattr(books.ledger.auditor, "audit", audit, raising=False)

    status = await check_command(books.ledger.auditor, ["--json"])

    said = json.loads(capsys.readouterr().out.splitlines()[-1])
    assert status == 1
    assert [d["owner"] for d in said["differences"]] == [books.id]
    assert (said["books"], said["entries"]) == (2, 1)
