"""The gateway as a process, before the real services of the whole system."""

import json
import sys
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx

from pfa_local import ports
from pfa_local.processes import Child
from pfa_local.stack import Stack

API = "/api/v1"
PASSWORD = "a sentence to remember"
# What `frames` calls a line that only keeps the connection alive.
COMMENT = ":"


@contextmanager
def gateway_process(stack: Stack, home: Path, **environment: str) -> Iterator[str]:
    """A gateway of one's own before the stack's services; answers its address."""
    port = ports.anywhere()
    child = Child(
        "gateway",
        [sys.executable, "-m", "gateway"],
        log=home / f"gateway-{port}.log",
        environment={**stack.environment, "PORT": str(port), **environment},
    )
    child.start()
    try:
        child.wait_until(lambda: _answers(f"http://127.0.0.1:{port}/health"))
        yield f"http://127.0.0.1:{port}"
    finally:
        child.stop()


def _answers(url: str) -> bool:
    try:
        return httpx.get(url, timeout=1).status_code == 200
    except httpx.TransportError:
        return False


def new_email() -> str:
    return f"p{uuid4().hex[:12]}@example.com"


class Person:
    """Somebody at the door, signed in with a token unless `token` is empty."""

    def __init__(self, client: httpx.AsyncClient, session: dict[str, Any]) -> None:
        self.client = client
        self.session = session

    async def request(self, method: str, path: str, **more: Any) -> httpx.Response:
        return await self.client.request(method, API + path, **more)

    async def get(self, path: str, **more: Any) -> Any:
        return ok(await self.request("GET", path, **more))

    async def post(self, path: str, body: Any = None, **more: Any) -> Any:
        return ok(await self.request("POST", path, json=body, **more))

    async def patch(self, path: str, body: Any, **more: Any) -> Any:
        return ok(await self.request("PATCH", path, json=body, **more))

    async def open_account(self, **more: Any) -> Any:
        said = {"name": "Giro", "type": "checking", "currency": "EUR", **more}
        return await self.post("/accounts", said)

    async def spend(self, account: Any, **more: Any) -> Any:
        said = {
            "account_id": account["id"],
            "date": "2026-11-20",
            "amount": "-4.50",
            "payee": "Corner Shop",
            **more,
        }
        return await self.post("/transactions", said)

    async def upload(
        self, data: bytes, name: str, media_type: str, **fields: str
    ) -> httpx.Response:
        files = {"file": (name, data, media_type)}
        return await self.request("POST", "/documents", files=files, data=fields)


@asynccontextmanager
async def signed_up(url: str) -> AsyncIterator[Person]:
    """A new person with a token."""
    async with httpx.AsyncClient(base_url=url, timeout=30) as client:
        session = await sign_up(client)
        client.headers["authorization"] = f"Bearer {session['access_token']}"
        yield Person(client, session)


async def sign_up(client: httpx.AsyncClient, **headers: str) -> Any:
    body = {"email": new_email(), "password": PASSWORD, "name": "Ada"}
    return ok(await client.post(f"{API}/auth/register", json=body, headers=headers))


def ok(response: httpx.Response) -> Any:
    """The body of a success."""
    assert response.is_success, response.text
    return response.json() if response.content else None


def problem(response: httpx.Response, status: int, slug: str) -> Any:
    """The problem that a request ended in, checked for what all problems have."""
    assert response.status_code == status, response.text
    assert response.headers["content-type"] == "application/problem+json"
    found = response.json()
    assert found["type"] == f"/problems/{slug}"
    assert found["status"] == status
    assert found["trace_id"] == response.headers["x-trace-id"]
    assert found["instance"] == response.request.url.path
    assert found["title"]
    assert found["detail"]
    return found


def pointers(found: Any) -> list[str]:
    return [error["pointer"] for error in found["errors"]]


async def frames(response: httpx.Response) -> AsyncIterator[tuple[str, Any]]:
    """The events of a stream: their names and data."""
    name = ""
    async for line in response.aiter_lines():
        if line.startswith(":"):
            yield COMMENT, None
        elif line.startswith("event: "):
            name = line.removeprefix("event: ")
        elif line.startswith("data: "):
            yield name, json.loads(line.removeprefix("data: "))
