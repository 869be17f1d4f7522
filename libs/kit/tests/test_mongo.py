import asyncio
from dataclasses import dataclass

import pytest

from kit.idempotency import Idempotency, IdempotencyConflict, request_hash
from kit.leases import Lease
from kit.migrations import Migration, migrate
from kit.mongo import with_options
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
