"""Health tells of a database that has gone away, on every door."""

import asyncio

import grpc
import httpx
import pytest
from grpc_health.v1 import health_pb2, health_pb2_grpc

pytestmark = pytest.mark.stack
# A check takes 3 s to give up; its result is kept for 2 s here and again at the gateway.
SOON = 20.0
SERVICES = ("auth", "ledger", "ingest", "ai")
SERVING = health_pb2.HealthCheckResponse.SERVING


async def test_no_door_says_ok_while_mongodb_is_away(stack):
    mongo = stack.servers["mongo"]
    async with httpx.AsyncClient(base_url=stack.gateway_url, timeout=30) as client:
        await until(client, stack, ok=True)
        await asyncio.to_thread(mongo.kill)
        try:
            await until(client, stack, ok=False)
            answer = await client.get("/health/detailed")
            assert answer.status_code == 503
            assert int(answer.headers["retry-after"]) > 0
            assert answer.json()["status"] == "down"
            assert {part["status"] for part in answer.json()["services"].values()} == {"down"}
            alive = await client.get("/health")
            assert alive.status_code == 200
            body = {"email": "a@example.com", "password": "a sentence to remember"}
            refused = await client.post("/api/v1/auth/login", json=body)
            assert refused.status_code in (503, 504)
            assert int(refused.headers["retry-after"]) > 0
        finally:
            await asyncio.to_thread(mongo.start)
        await until(client, stack, ok=True)


async def until(client: httpx.AsyncClient, stack, *, ok: bool) -> None:
    """The gateway, and each service by gRPC and on its own port, say so."""
    async with asyncio.timeout(SOON if not ok else 60):
        while [said async for said in all_said(client, stack)] != [ok] * 9:
            await asyncio.sleep(0.2)


async def all_said(client: httpx.AsyncClient, stack):
    yield (await client.get("/health/detailed")).status_code == 200
    for name in SERVICES:
        environment = stack.command_environment(name)
        address = f"127.0.0.1:{environment['GRPC_PORT']}"
        async with grpc.aio.insecure_channel(address) as channel:
            health = health_pb2_grpc.HealthStub(channel)
            answer = await health.Check(health_pb2.HealthCheckRequest(), timeout=5)
            yield answer.status == SERVING
        url = f"http://127.0.0.1:{environment['OPS_PORT']}/health/detailed"
        yield (await client.get(url)).status_code == 200
