import asyncio
import time

import jwt
import pytest

from kit.caller import PermissionDenied, Unauthenticated
from kit.testing import SECRET, Issuer
from kit.tokens import LEEWAY_SECONDS, ServiceTokens, TokenVerifier


async def test_a_persons_token_gives_their_own_book():
    issuer = Issuer()
    token = issuer.token("anna")
    claims = await issuer.verifier().verify(token)
    caller = claims.caller(book="", token=token)
    assert (caller.owner, caller.actor, caller.role) == ("anna", "anna", "owner")


async def test_another_persons_book_needs_a_grant():
    issuer = Issuer()
    without = await issuer.verifier().verify(issuer.token("anna"))
    granted = await issuer.verifier().verify(issuer.token("anna", grants={"ben": "editor"}))
    with pytest.raises(PermissionDenied):
        without.caller(book="ben", token="")
    caller = granted.caller(book="ben", token="")
    assert (caller.owner, caller.actor, caller.role) == ("ben", "anna", "editor")


async def test_a_service_token_acts_for_its_owner_alone():
    token = ServiceTokens(SECRET, service="ingest").issue(owner="anna")
    claims = await Issuer().verifier().verify(token)
    assert claims.caller(book="anna", token=token).actor == "service:ingest"
    with pytest.raises(PermissionDenied):
        claims.caller(book="ben", token=token)


async def test_a_service_token_is_checked_once_without_asking_for_peoples_keys():
    async def never() -> str:
        raise AssertionError("nobody's key is needed")

    verifier = TokenVerifier(jwks=never, secret=SECRET)
    token = ServiceTokens(SECRET, service="ingest").issue(owner="anna")
    assert await verifier.verify(token) is await verifier.verify(token)


async def test_an_expired_token_is_refused():
    issuer = Issuer()
    with pytest.raises(Unauthenticated, match="expired"):
        await issuer.verifier().verify(issuer.token("anna", expires_in=-60))


@pytest.mark.parametrize("kind", ["other key", "other secret", "none", "rubbish"])
async def test_a_forged_token_is_refused(kind):
    forged = {
        "other key": Issuer().token("anna"),
        "other secret": ServiceTokens("x" * 40, service="ingest").issue(owner="anna"),
        "none": jwt.encode({"sub": "anna"}, None, algorithm="none"),
        "rubbish": "a.b.c",
    }[kind]
    with pytest.raises(Unauthenticated):
        await Issuer().verifier().verify(forged)


async def test_known_keys_outlive_an_absence_of_auth(monkeypatch):
    issuer = Issuer()
    away = False

    async def shaky() -> str:
        if away:
            raise ConnectionError
        return await issuer.jwks()

    verifier = TokenVerifier(jwks=shaky, secret=SECRET)
    await verifier.verify(issuer.token("anna"))
    away = True
    monkeypatch.setattr(verifier, "_fetched_at", float("-inf"))
    assert (await verifier.verify(issuer.token("anna"))).subject == "anna"


async def test_a_remembered_token_still_expires():
    issuer = Issuer()
    verifier = issuer.verifier()
    ends = int(time.time()) - LEEWAY_SECONDS + 2  # within the leeway for two seconds more
    token = issuer.token("anna", exp=ends)
    await verifier.verify(token)
    async with asyncio.timeout(10):
        while time.time() < ends + LEEWAY_SECONDS + 0.1:
            await asyncio.sleep(0.1)
    with pytest.raises(Unauthenticated, match="expired"):
        await verifier.verify(token)


async def test_a_withdrawn_key_ends_what_was_remembered(monkeypatch):
    issuer = Issuer()
    withdrawn = False

    async def jwks() -> str:
        return '{"keys": []}' if withdrawn else await issuer.jwks()

    verifier = TokenVerifier(jwks=jwks, secret=SECRET)
    token = issuer.token("anna")
    await verifier.verify(token)
    withdrawn = True
    monkeypatch.setattr(verifier, "_fetched_at", float("-inf"))
    with pytest.raises(Unauthenticated):
        await verifier.verify(token)


async def test_unknown_key_ids_do_not_become_load_on_auth():
    issuer = Issuer()
    asked = 0

    async def counting() -> str:
        nonlocal asked
        asked += 1
        return await issuer.jwks()

    verifier = TokenVerifier(jwks=counting, secret=SECRET)
    await verifier.verify(issuer.token("anna"))
    stranger = Issuer()
    stranger._kid = "unknown"
    for _ in range(20):
        with pytest.raises(Unauthenticated):
            await verifier.verify(stranger.token("anna"))
    assert asked == 1
