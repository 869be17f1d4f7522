"""Shared books at the door: the header that chooses one, and what is said where a right is missing.

Grants stand in tokens; here they are signed in with auth's own key.
"""

import httpx
import jwt
import pytest
from gateway_world import API, Person, frames, ok, problem

from auth.keys import Keyring
from auth.repository import SigningKeys
from kit.clock import SystemClock
from kit.mongo import Mongo
from pfa_local.stack import Stack

pytestmark = pytest.mark.stack


async def granted(stack: Stack, person: Person, **grants: str) -> None:
    """Let the person's token hold these grants, by owner."""
    environment = stack.command_environment("auth")
    async with Mongo.open(environment["MONGODB_URI"], database="auth") as mongo:
        secret = environment["JWT_SECRET"]
        key = await Keyring(SigningKeys(mongo), secret=secret, clock=SystemClock()).current()
    claims = jwt.decode(person.session["access_token"], options={"verify_signature": False})
    token = jwt.encode(
        {**claims, "grants": grants},
        key.private,
        algorithm="EdDSA",
        headers={"kid": key.kid},
    )
    person.client.headers["authorization"] = f"Bearer {token}"


@pytest.fixture
async def home(ada: Person) -> str:
    """The id of Ada's book, which has one account."""
    await ada.open_account(name="Shared", opening_balance="10.00")
    return str((await ada.get("/book"))["id"])


async def test_the_header_chooses_the_book(stack, ada: Person, bob: Person, home: str):
    await granted(stack, bob, **{home: "editor"})
    there = {"x-book": home}
    assert (await bob.get("/book"))["role"] == "owner"
    assert (await bob.get("/accounts"))["items"] == []
    shared = await bob.get("/book", headers=there)
    assert (shared["id"], shared["role"]) == (home, "editor")
    (account,) = (await bob.get("/accounts", headers=there))["items"]
    assert account["name"] == "Shared"

    said = {"account_id": account["id"], "date": "2026-11-20", "amount": "-1.00", "payee": "x"}
    booked = await bob.post("/transactions", said, headers=there)
    history = (await ada.get(f"/transactions/{booked['id']}/history"))["items"]
    assert history[0]["actor_id"] == (await bob.get("/book"))["id"] != home
    # What is one's own stays one's own, whatever book is looked at.
    assert (await bob.get("/auth/me", headers=there))["email"] == bob.session["user"]["email"]


async def test_a_viewer_is_told_whom_to_ask(stack, ada: Person, bob: Person, home: str):
    await granted(stack, bob, **{home: "viewer"})
    there = {"x-book": home}
    assert (await bob.get("/book", headers=there))["role"] == "viewer"
    body = {"name": "Mine", "type": "cash", "currency": "EUR"}
    refused = await bob.request("POST", "/accounts", json=body, headers=there)
    found = problem(refused, 403, "forbidden")
    assert found["book"] == home
    assert "ask its owner" in found["detail"]
    assert len((await ada.get("/accounts"))["items"]) == 1


async def test_a_stranger_is_told_whom_to_ask(bob: Person, home: str):
    found = problem(
        await bob.request("GET", "/accounts", headers={"x-book": home}), 403, "forbidden"
    )
    assert found["book"] == home
    assert "ask its owner" in found["detail"]
    problem(await bob.request("GET", "/events", params={"book": home}), 403, "forbidden")


async def test_the_stream_of_a_shared_book_tells_of_that_book(
    stack, ada: Person, bob: Person, home: str, door: str
):
    await granted(stack, bob, **{home: "viewer"})
    async with (
        httpx.AsyncClient(base_url=door, headers=bob.client.headers, timeout=30) as client,
        client.stream("GET", f"{API}/events", params={"book": home}) as response,
    ):
        events = frames(response)
        await anext(events)
        await ada.patch("/book", {"time_zone": "Europe/Berlin"})
        async for name, data in events:
            if name == "book.updated":
                assert data["book"] == home
                break


async def test_settings_of_a_book_are_read_and_changed(ada: Person):
    response = await ada.request("GET", "/book")
    book = ok(response)
    assert response.headers["etag"] == f'"{book["version"]}"'
    stale = {"if-match": response.headers["etag"]}
    change = {"time_zone": "Europe/Berlin", "base_currency": "CHF", "week_start": "sunday"}
    changed = ok(await ada.request("PATCH", "/book", json=change, headers=stale))
    assert changed == {**book, **change, "version": book["version"] + 1}
    again = await ada.request("PATCH", "/book", json={"locale": "de"}, headers=stale)
    problem(again, 412, "version-mismatch")
    wrong = await ada.request("PATCH", "/book", json={"time_zone": "Moon", "locale": "!!"})
    found = problem(wrong, 422, "validation-error")
    assert [error["pointer"] for error in found["errors"]] == ["/time_zone", "/locale"]
