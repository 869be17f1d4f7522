"""Signing up, in, on and out, through the real gRPC server on a real MongoDB."""

import asyncio
import json
from datetime import UTC, datetime

import grpc
import jwt
import pytest
from auth_world import PASSWORD, claims, problem_of, world

from auth.domain import LOGIN_WAITS, REUSE_GRACE
from auth.keys import SigningKeyUnreadable
from auth.passwords import PasswordHasher
from auth.repository import People
from kit.caller import Caller, use_caller
from kit.outbox import events_of
from kit.tokens import TokenVerifier
from pfa.auth.v1 import auth_pb2 as pb
from pfa.events.v1.auth_events_pb2 import UserRegistered


async def test_who_signs_up_is_signed_in_and_the_others_are_told(auth):
    answer = await auth.register(name=" Ada ", locale="de-AT")

    assert (answer.user.email, answer.user.name, answer.user.locale) == (
        "ada@example.com",
        "Ada",
        "de-AT",
    )
    said = claims(answer.tokens.access_token)
    assert said["sub"] == answer.user.id
    assert said["exp"] - said["iat"] == answer.tokens.expires_in == 900
    assert answer.tokens.refresh_expires_in == 7 * 24 * 3600
    [row] = await auth.mongo.db.outbox.find().to_list()
    [event] = events_of(row)
    told = UserRegistered.FromString(event.payload)
    assert (told.user_id, told.locale, event.topic) == (
        answer.user.id,
        "de-AT",
        "pfa.auth.events",
    )


async def test_an_address_is_taken_once_however_it_is_written(auth):
    await auth.register("ada@example.com")
    problem = await problem_of(auth.register("ADA@Example.com"))
    assert (problem.code, problem.reason) == (grpc.StatusCode.ALREADY_EXISTS, "EMAIL_TAKEN")


async def test_of_many_who_sign_up_with_one_address_at_once_one_does(auth):
    answers = await asyncio.gather(
        *(auth.register("ada@example.com") for _ in range(8)), return_exceptions=True
    )
    assert sum(isinstance(answer, pb.RegisterResponse) for answer in answers) == 1
    assert await auth.mongo.db.people.count_documents({}) == 1
    assert await auth.mongo.db.outbox.count_documents({}) == 1


async def test_signing_up_again_with_the_same_key_is_the_same_person(auth):
    answers = await asyncio.gather(*(auth.register(idempotency_key="k1") for _ in range(4)))
    assert len({answer.user.id for answer in answers}) == 1
    assert len({answer.tokens.refresh_token for answer in answers}) == 4
    assert await auth.mongo.db.outbox.count_documents({}) == 1


async def test_first_attempts_at_the_same_moment_are_all_counted_and_none_is_told_to_wait(auth):
    people, now = People(auth.mongo), datetime.now(UTC)
    for address in range(30):
        await asyncio.gather(*(people.count_attempt(f"{address}", now=now) for _ in range(5)))
    rows = await auth.mongo.db.login_attempts.find().to_list()
    assert {row["failures"] for row in rows} == {5}


async def test_the_same_key_with_another_password_is_a_conflict(auth):
    await auth.register(idempotency_key="k1")
    problem = await problem_of(auth.register(idempotency_key="k1", password="another sentence"))
    assert problem.reason == "IDEMPOTENCY_CONFLICT"


async def test_everything_wrong_with_a_registration_is_named(auth):
    problem = await problem_of(auth.register("nobody", password="short", name=""))
    assert problem.code is grpc.StatusCode.INVALID_ARGUMENT
    assert [name for name, _ in problem.fields] == ["email", "name", "password"]
    assert await auth.mongo.db.people.count_documents({}) == 0


async def test_a_wrong_password_and_an_unknown_address_look_alike(auth):
    await auth.register()
    wrong = await problem_of(auth.login("ada@example.com", "not the password"))
    unknown = await problem_of(auth.login("nobody@example.com", "not the password"))
    malformed = await problem_of(auth.login("nobody", "not the password"))
    assert wrong == unknown == malformed
    assert (wrong.code, wrong.reason) == (grpc.StatusCode.UNAUTHENTICATED, "INVALID_CREDENTIALS")


async def test_no_password_and_no_token_is_stored_as_it_is(auth):
    answer = await auth.register()
    await auth.login("ada@example.com")
    dump = ""
    for name in await auth.mongo.db.list_collection_names():
        dump += str(await auth.mongo.db[name].find().to_list())
    assert PASSWORD not in dump
    assert answer.tokens.refresh_token not in dump


async def test_repeated_failures_make_an_address_wait_and_success_forgets_them(auth):
    await auth.register()
    for _ in range(6):
        await problem_of(auth.login("ada@example.com", "not the password"))
    waiting = await problem_of(auth.login("ada@example.com"))
    assert waiting.code is grpc.StatusCode.RESOURCE_EXHAUSTED
    assert waiting.reason == "TOO_MANY_ATTEMPTS"
    auth.clock.move(seconds=int(waiting.metadata["retry_after"]))
    await auth.login("ada@example.com")
    assert await auth.mongo.db.login_attempts.count_documents({}) == 0


async def test_many_guesses_at_once_gain_nothing(auth):
    await auth.register()
    problems = await asyncio.gather(
        *(problem_of(auth.login("ada@example.com", f"guess number {n}")) for n in range(30))
    )
    looked_at = [problem for problem in problems if problem.reason == "INVALID_CREDENTIALS"]
    # Those that cost no wait, and the one that starts it.
    assert len(looked_at) == LOGIN_WAITS.count(0)


async def test_one_address_waiting_lets_others_in(auth):
    await auth.register()
    for _ in range(8):
        await problem_of(auth.login("nobody@example.com", "not the password"))
    await auth.login("ada@example.com")


async def test_refreshing_gives_the_next_token_and_a_new_access_token(auth):
    first = (await auth.register()).tokens
    auth.clock.move(minutes=14)
    second = (await auth.refresh(first.refresh_token)).tokens
    assert second.refresh_token != first.refresh_token
    assert claims(second.access_token)["sid"] == claims(first.access_token)["sid"]
    assert claims(second.access_token)["exp"] > claims(first.access_token)["exp"]
    await auth.refresh(second.refresh_token)


async def test_two_tabs_at_once_go_on_with_the_same_token(auth):
    first = (await auth.register()).tokens.refresh_token
    answers = await asyncio.gather(*(auth.refresh(first) for _ in range(5)))
    successors = {answer.tokens.refresh_token for answer in answers}
    assert len(successors) == 1
    auth.clock.move(seconds=60)
    await auth.refresh(successors.pop())


async def test_an_answer_that_was_lost_can_be_asked_for_again_for_a_while(auth):
    first = (await auth.register()).tokens.refresh_token
    lost = await auth.refresh(first)
    auth.clock.move(seconds=REUSE_GRACE.total_seconds())
    again = await auth.refresh(first)
    assert again.tokens.refresh_token == lost.tokens.refresh_token


async def test_a_token_used_after_the_grace_ends_the_session_for_all(auth):
    first = (await auth.register()).tokens.refresh_token
    second = (await auth.refresh(first)).tokens.refresh_token
    auth.clock.move(seconds=REUSE_GRACE.total_seconds() + 1)
    assert (await problem_of(auth.refresh(first))).reason == "REFRESH_TOKEN_REUSED"
    assert (await problem_of(auth.refresh(second))).reason == "INVALID_REFRESH_TOKEN"


async def test_a_stolen_session_leaves_the_others_alone(auth):
    first = (await auth.register()).tokens.refresh_token
    other = (await auth.login("ada@example.com")).tokens.refresh_token
    await auth.refresh(first)
    auth.clock.move(minutes=1)
    await problem_of(auth.refresh(first))
    await auth.refresh(other)


async def test_a_forged_token_ends_nothing(auth):
    good = (await auth.register()).tokens.refresh_token
    assert (await problem_of(auth.refresh("forged"))).reason == "INVALID_REFRESH_TOKEN"
    await auth.refresh(good)


async def test_a_session_ends_when_it_is_not_refreshed(auth):
    token = (await auth.register()).tokens.refresh_token
    auth.clock.move(days=7)
    assert (await problem_of(auth.refresh(token))).reason == "INVALID_REFRESH_TOKEN"


async def test_logging_out_ends_the_session_and_twice_is_no_error(auth):
    token = (await auth.register()).tokens.refresh_token
    for given in (token, token, "unknown"):
        await auth.stub.Logout(pb.LogoutRequest(refresh_token=given))
    assert (await problem_of(auth.refresh(token))).reason == "INVALID_REFRESH_TOKEN"


async def test_me_is_the_person_of_the_token(auth):
    answer = await auth.register()
    assert (await problem_of(auth.stub.GetMe(pb.GetMeRequest()))).reason == "UNAUTHENTICATED"
    with use_caller(Caller(answer.user.id, answer.user.id, "owner", answer.tokens.access_token)):
        me = await auth.stub.GetMe(pb.GetMeRequest())
    assert me.user == answer.user


async def test_the_key_set_verifies_tokens_and_holds_no_private_part(auth):
    answer = await auth.register()
    keys = json.loads(await auth.jwks())["keys"]
    assert [set(key) for key in keys] == [{"kty", "crv", "x", "kid", "alg", "use"}]
    verified = await TokenVerifier(jwks=auth.jwks, secret="x" * 32).verify(
        answer.tokens.access_token
    )
    assert verified.subject == answer.user.id


async def test_processes_that_start_together_sign_with_one_key(mongo_server, mongo_database):
    async with (
        world(mongo_server.uri, mongo_database) as one,
        world(mongo_server.uri, mongo_database) as two,
    ):
        assert await one.jwks() == await two.jwks()
        assert await one.mongo.db.signing_keys.count_documents({}) == 1


async def test_after_a_rotation_old_tokens_verify_and_new_ones_have_the_new_key(auth):
    old = (await auth.register()).tokens
    assert await auth.parts.commands["rotate-keys"]([]) == 0
    new = (await auth.refresh(old.refresh_token)).tokens
    assert kid(new.access_token) != kid(old.access_token)
    verifier = TokenVerifier(jwks=auth.jwks, secret="x" * 32)
    for tokens in (old, new):
        await verifier.verify(tokens.access_token)
    auth.clock.move(hours=1)
    assert [key["kid"] for key in json.loads(await auth.jwks())["keys"]] == [kid(new.access_token)]


async def test_another_secret_cannot_open_the_stored_key(mongo_server, mongo_database):
    async with world(mongo_server.uri, mongo_database):
        pass
    with pytest.raises(SigningKeyUnreadable):
        async with world(mongo_server.uri, mongo_database, secret="another-secret-" * 3):
            pass


async def test_a_higher_cost_is_taken_up_at_the_next_log_in(auth):
    answer = await auth.register()
    with PasswordHasher.open(rounds=5) as other:
        old = await other.hash(PASSWORD)
    await auth.mongo.db.people.update_one({"_id": answer.user.id}, {"$set": {"password_hash": old}})
    await auth.login("ada@example.com")
    person = await auth.mongo.db.people.find_one({"_id": answer.user.id})
    assert person["password_hash"].startswith("$2b$04$")
    await auth.login("ada@example.com")


def kid(token: str) -> str:
    return jwt.get_unverified_header(token)["kid"]
