import asyncio
from dataclasses import dataclass
from urllib.parse import quote

import pytest
from pymongo import AsyncMongoClient, monitoring
from pymongo.errors import DuplicateKeyError, OperationFailure

from kit.idempotency import Idempotency, IdempotencyConflict, request_hash
from kit.leases import Lease
from kit.migrations import Migration, migrate
from kit.mongo import Mongo
from kit.mongo_uri import with_options
from kit.writes import MAX_WRITES, inserts, updates, write_together
from pfa.auth.v1.auth_pb2 import RegisterRequest, RegisterResponse


@dataclass(frozen=True)
class Key:
    text: str
    request_hash: str


def key_of(request):
    return Key("k1", request_hash(request))


async def test_a_transaction_that_raises_leaves_nothing(mongo):
    async def work(tx):
        await tx.db.things.insert_one({"_id": 1}, session=tx.session)
        raise LookupError

    with pytest.raises(LookupError):
        await mongo.in_transaction(work)
    assert await mongo.db.things.count_documents({}) == 0


async def test_conflicting_transactions_are_all_carried_out(mongo):
    await mongo.db.counters.insert_one({"_id": "n", "value": 0})

    async def work(tx):
        row = await tx.db.counters.find_one({"_id": "n"}, session=tx.session)
        await tx.db.counters.update_one(
            {"_id": "n"}, {"$set": {"value": row["value"] + 1}}, session=tx.session
        )

    await asyncio.gather(*(mongo.in_transaction(work) for _ in range(16)))
    assert (await mongo.db.counters.find_one({"_id": "n"}))["value"] == 16


async def test_transactions_survive_the_primary_stepping_down(mongo, mongo_server):
    await mongo.db.rows.insert_one({"_id": "first"})

    async def write(number):
        async def work(tx):
            await tx.db.rows.insert_one({"_id": number}, session=tx.session)

        await mongo.in_transaction(work)

    writing = asyncio.gather(*(write(n) for n in range(20)))
    await asyncio.to_thread(mongo_server.step_down, seconds=1)
    await writing
    assert await mongo.db.rows.count_documents({}) == 21


async def test_the_same_key_and_request_has_one_effect_and_one_answer(mongo):
    idempotency = Idempotency(mongo)
    made = 0

    async def work(tx):
        nonlocal made
        made += 1
        await tx.db.effects.insert_one({"n": made}, session=tx.session)
        answer = RegisterResponse()
        answer.user.id = str(made)
        return answer

    async def once():
        return await idempotency.once(
            owner="anna",
            key=key_of(RegisterRequest(email="a@example.org")),
            work=work,
            encode=RegisterResponse.SerializeToString,
            decode=RegisterResponse.FromString,
        )

    answers = await asyncio.gather(*(once() for _ in range(8)))
    assert len({answer.user.id for answer in answers}) == 1
    assert await mongo.db.effects.count_documents({}) == 1


async def test_of_two_at_once_none_is_refused_for_what_the_other_did(mongo):
    idempotency = Idempotency(mongo)

    async def work(tx):
        if await tx.db.effects.find_one({}, session=tx.session):
            raise LookupError
        await tx.db.effects.insert_one({}, session=tx.session)
        return b"done"

    async def once():
        return await idempotency.once(
            owner="anna", key=key_of(RegisterRequest()), work=work, encode=bytes, decode=bytes
        )

    assert set(await asyncio.gather(*(once() for _ in range(8)))) == {b"done"}


async def test_the_same_key_with_another_request_is_a_conflict(mongo):
    idempotency = Idempotency(mongo)

    async def work(tx):
        return RegisterResponse()

    async def once(owner, email):
        return await idempotency.once(
            owner=owner,
            key=key_of(RegisterRequest(email=email, idempotency_key="ignored")),
            work=work,
            encode=RegisterResponse.SerializeToString,
            decode=RegisterResponse.FromString,
        )

    await once("anna", "a@example.org")
    await once("ben", "b@example.org")  # a key belongs to its owner
    with pytest.raises(IdempotencyConflict):
        await once("anna", "b@example.org")


async def test_a_refused_effect_leaves_the_key_free(mongo):
    idempotency = Idempotency(mongo)

    async def refuse(tx):
        raise LookupError

    async def work(tx):
        return RegisterResponse()

    arguments = {
        "owner": "anna",
        "key": key_of(RegisterRequest(email="a@example.org")),
        "encode": RegisterResponse.SerializeToString,
        "decode": RegisterResponse.FromString,
    }
    with pytest.raises(LookupError):
        await idempotency.once(work=refuse, **arguments)
    assert await idempotency.once(work=work, **arguments) == RegisterResponse()


async def test_a_lease_has_one_holder_and_lapses(mongo):
    first = Lease(mongo.db, name="relay", holder="a", seconds=0.3)
    second = Lease(mongo.db, name="relay", holder="b", seconds=0.3)
    assert await first.acquire()
    assert await first.acquire()
    assert not await second.acquire()
    async with asyncio.timeout(5):
        while not await second.acquire():
            await asyncio.sleep(0.05)
    assert not await first.acquire()


async def test_processes_that_start_together_migrate_once(mongo):
    ran = []

    async def up(db):
        ran.append(db.name)
        await asyncio.sleep(0.1)

    steps = [Migration(1, "first", up), Migration(2, "second", up)]
    await asyncio.gather(*(migrate(mongo.db, steps) for _ in range(4)))
    assert len(ran) == 2
    assert await mongo.db.schema_migrations.count_documents({}) == 2


async def test_a_failed_migration_is_run_again_at_the_next_start(mongo):
    attempts = 0

    async def up(db):
        nonlocal attempts
        attempts += 1
        if attempts == 1:
            raise LookupError

    with pytest.raises(LookupError):
        await migrate(mongo.db, [Migration(1, "shaky", up)])
    assert [m.name for m in await migrate(mongo.db, [Migration(1, "shaky", up)])] == ["shaky"]


@pytest.mark.parametrize(
    ("uri", "whole"),
    [
        ("mongodb://h:1/?replicaSet=rs0", "mongodb://h:1/?replicaSet=rs0&a=b"),
        ("mongodb://h:1", "mongodb://h:1/?a=b"),
        ("mongodb://h:1/", "mongodb://h:1/?a=b"),
    ],
)
def test_options_are_added_to_the_uri(uri, whole):
    assert with_options(uri, "a=b") == whole


async def test_a_connection_that_was_made_between_two_states_is_not_used_again(mongo):
    await mongo.db.rows.insert_one({"_id": "first"})
    (server,) = mongo.client._topology._servers.values()
    assert server.pool.conns
    for connection in server.pool.conns:  # as a hello of a member that is none of both leaves them
        connection.supports_sessions = False

    async def one_by_one(tx):
        await tx.db.rows.insert_one({"_id": 1}, session=tx.session)

    async def together(tx):
        await write_together(tx, inserts("rows", [{"_id": 2}]))

    await mongo.in_transaction(one_by_one)
    for connection in server.pool.conns:
        connection.supports_sessions = False
    await mongo.in_transaction(together)
    assert await mongo.db.rows.count_documents({}) == 3


async def test_writes_sent_together_are_carried_out_in_order(mongo):
    rows = [{"_id": i, "n": 0} for i in range(MAX_WRITES + 1)]
    grow = [{"q": {"_id": {"$lt": 3}}, "u": {"$inc": {"n": 1}}, "multi": True}]
    made = [{"q": {"_id": "new"}, "u": {"$set": {"n": 5}}, "upsert": True}]

    async def work(tx):
        writes = [*inserts("rows", rows), *updates("rows", grow), *updates("other", made)]
        return await write_together(tx, writes)

    assert await mongo.in_transaction(work) == [MAX_WRITES, 1, 3, 1]
    assert [row["n"] async for row in mongo.db.rows.find().sort("_id", 1).limit(4)] == [1, 1, 1, 0]
    assert (await mongo.db.other.find_one())["n"] == 5


async def test_of_writes_sent_together_one_that_fails_leaves_nothing(mongo):
    await mongo.db.rows.insert_one({"_id": 2})

    async def work(tx):
        writes = [inserts("rows", [{"_id": i}]) for i in range(4)]
        await write_together(tx, [command for commands in writes for command in commands])

    for _ in range(3):  # also on a connection that has seen it fail
        with pytest.raises(DuplicateKeyError):
            await mongo.in_transaction(work)
    assert [row["_id"] async for row in mongo.db.rows.find()] == [2]


async def test_a_command_that_the_server_refuses_is_told_and_leaves_nothing(mongo):
    async def work(tx):
        refused = updates("rows", [{"q": {}, "u": {"$no": {"n": 1}}}])
        await write_together(tx, [*inserts("rows", [{"_id": 1}]), *refused])

    with pytest.raises(OperationFailure, match="no"):
        await mongo.in_transaction(work)
    assert await mongo.db.rows.count_documents({}) == 0


async def test_conflicting_writes_sent_together_are_all_carried_out(mongo):
    await mongo.db.counters.insert_one({"_id": "n", "value": 0})
    await mongo.db.create_collection("log")
    count = [{"q": {"_id": "n"}, "u": {"$inc": {"value": 1}}}]

    async def add(number):
        async def work(tx):
            log = inserts("log", [{"_id": number}])
            await write_together(tx, [*log, *updates("counters", count)])

        await mongo.in_transaction(work)

    await asyncio.gather(*(add(i) for i in range(16)))
    assert (await mongo.db.counters.find_one({"_id": "n"}))["value"] == 16
    assert await mongo.db.log.count_documents({}) == 16


async def test_writes_sent_together_survive_the_primary_stepping_down(mongo, mongo_server):
    await mongo.db.create_collection("rows")
    await mongo.db.create_collection("sums")

    async def write(number):
        add = [{"q": {"_id": number % 5}, "u": {"$inc": {"n": 1}}, "upsert": True}]

        async def work(tx):
            rows = inserts("rows", [{"_id": number}])
            await write_together(tx, [*rows, *updates("sums", add)])

        await mongo.in_transaction(work)

    writing = asyncio.gather(*(write(n) for n in range(40)))
    await asyncio.to_thread(mongo_server.step_down, seconds=1)
    await writing
    assert await mongo.db.rows.count_documents({}) == 40
    assert sorted([row["n"] async for row in mongo.db.sums.find()]) == [8] * 5


async def test_who_goes_away_in_the_middle_leaves_no_answers_to_the_next(mongo):
    for delay in (0, 0.0005, 0.001, 0.002, 0.004):

        async def work(tx):
            writes = [inserts("rows", [{"text": "x" * 100} for _ in range(100)]) for _ in range(5)]
            await write_together(tx, [command for commands in writes for command in commands])

        going = asyncio.create_task(mongo.in_transaction(work))
        await asyncio.sleep(delay)
        going.cancel()
        await asyncio.gather(going, return_exceptions=True)
        assert (await mongo.db.command({"ping": 1}))["ok"] == 1
    assert await mongo.db.rows.count_documents({}) % 500 == 0


async def test_whoever_listens_to_commands_hears_each_of_those_sent_together(mongo, mongo_server):
    class Heard(monitoring.CommandListener):
        names = []

        def started(self, event):
            self.names.append(event.command_name)

        def succeeded(self, event): ...

        def failed(self, event): ...

    async with AsyncMongoClient(mongo_server.uri, event_listeners=[Heard()]) as client:
        listening = Mongo(client, mongo.db.name)
        grow = updates("rows", [{"q": {"_id": 1}, "u": {"$inc": {"n": 1}}}])
        writes = [*inserts("rows", [{"_id": 1}]), *grow]
        found = await listening.in_transaction(lambda tx: write_together(tx, writes))
    assert found == [1, 1]
    assert Heard.names[:3] == ["insert", "update", "commitTransaction"]


AWKWARD = "p@ss:w/rd#1?x=%41&+ []ü,;"


@pytest.fixture
async def somebody(mongo):
    """A user of the server whose password has every character that URLs use."""
    await mongo.client.admin.command("createUser", "a@b:c/d", pwd=AWKWARD, roles=["root"])
    yield "a@b:c/d"
    await mongo.client.admin.command("dropUser", "a@b:c/d")


async def test_a_password_of_url_characters_opens_mongodb(mongo_server, somebody):
    parts = {"username": somebody, "password": AWKWARD}
    async with Mongo.open(mongo_server.uri, database="kit", **parts) as opened:
        await opened.ping()
    encoded = f"{quote(somebody, safe='')}:{quote(AWKWARD, safe='+')}"
    uri = mongo_server.uri.replace("://", f"://{encoded}@")
    async with Mongo.open(uri, database="kit") as opened:
        await opened.ping()
    with pytest.raises(OperationFailure):
        async with Mongo.open(
            mongo_server.uri, database="kit", username=somebody, password="another"
        ) as opened:
            await opened.ping()
