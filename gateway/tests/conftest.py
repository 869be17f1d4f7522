"""Fixtures of the gateway's tests."""

from collections.abc import AsyncIterator, Iterator

import httpx
import pytest
from gateway_world import Person, gateway_process, signed_up


@pytest.fixture(scope="session")
def door(stack, tmp_path_factory) -> Iterator[str]:
    """A gateway that lets everybody ask as often as they like."""
    home = tmp_path_factory.mktemp("door")
    with gateway_process(stack, home, ENABLE_RATE_LIMIT="false") as url:
        yield url


@pytest.fixture
async def nobody(door) -> AsyncIterator[httpx.AsyncClient]:
    """A client without a token."""
    async with httpx.AsyncClient(base_url=door, timeout=30) as client:
        yield client


@pytest.fixture
async def ada(door) -> AsyncIterator[Person]:
    """Somebody with a book of their own."""
    async with signed_up(door) as person:
        yield person


@pytest.fixture
async def bob(door) -> AsyncIterator[Person]:
    """Somebody else."""
    async with signed_up(door) as person:
        yield person
