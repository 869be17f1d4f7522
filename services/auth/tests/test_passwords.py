import asyncio
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from auth.passwords import BCRYPT_MAX_BYTES, PasswordHasher, prepared


@pytest.fixture(scope="module")
def hasher():
    with PasswordHasher.open(rounds=4) as opened:
        yield opened


@pytest.mark.parametrize("length", [10, 71, 72, 73, 100, 128])
async def test_every_character_of_a_password_counts(hasher, length):
    password = "é" * (length - 1)
    hashed = await hasher.hash(password + "a")
    assert await hasher.verify(password + "a", hashed)
    assert not await hasher.verify(password + "b", hashed)


async def test_what_follows_a_nul_counts_too(hasher):
    hashed = await hasher.hash("before\0after it")
    assert not await hasher.verify("before\0other one", hashed)


async def test_the_same_text_in_another_unicode_form_is_the_same_password(hasher):
    hashed = await hasher.hash("cafe\u0301 au lait")
    assert await hasher.verify("caf\u00e9 au lait", hashed)


async def test_nobody_has_a_password(hasher):
    assert not await hasher.verify("anything at all", None)


async def test_the_loop_goes_on_while_passwords_are_hashed():
    with PasswordHasher.open(rounds=10) as slow:
        hashing = asyncio.create_task(slow.hash("a sentence to remember"))
        longest, before = 0.0, time.perf_counter()
        while not hashing.done():
            await asyncio.sleep(0)
            longest, before = max(longest, time.perf_counter() - before), time.perf_counter()
        started = time.perf_counter()
        await slow.verify("x", await hashing)
        one_hash = time.perf_counter() - started
    assert longest < one_hash


async def test_an_unknown_address_takes_as_long_as_a_wrong_password():
    with PasswordHasher.open(rounds=8) as slow:
        hashed = await slow.hash("a sentence to remember")

        async def fastest(known: str | None) -> float:
            times = []
            for _ in range(5):
                started = time.perf_counter()
                await slow.verify("not the password", known)
                times.append(time.perf_counter() - started)
            return min(times)

        assert 0.5 < await fastest(None) / await fastest(hashed) < 2


@given(st.text(max_size=200))
def test_bcrypt_never_gets_more_than_it_takes(password):
    ready = prepared(password)
    assert len(ready) <= BCRYPT_MAX_BYTES
    assert b"\0" not in ready
