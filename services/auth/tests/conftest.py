"""Fixtures of auth's tests."""

from collections.abc import AsyncIterator

import pytest
from auth_world import World, world


@pytest.fixture
async def auth(mongo_server, mongo_database) -> AsyncIterator[World]:
    """auth on a database of its own."""
    async with world(mongo_server.uri, mongo_database) as found:
        yield found
