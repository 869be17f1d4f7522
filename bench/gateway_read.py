"""`gateway.read`: GET /api/v1/accounts/{id} beside a FastAPI → gRPC echo."""

import asyncio
import json
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from bench.figures import Findings, latency_figure, rate_figure
from bench.http_load import Connection, Unexpected, connections, get_request
from bench.measuring import Sample, Side, Take, compare, drive
from bench.processor import ProcessorMeter
from bench.world import Person, World
from pfa_local import ports
from pfa_local.environment import ROOT
from pfa_local.processes import Child
from pfa_local.stack import answers

CLIENTS = 16
_START_SECONDS = 30.0


@dataclass(frozen=True, slots=True)
class Echo:
    """The baseline's two processes, and the port at which they are asked."""

    port: int
    pids: Mapping[str, int]


async def gateway_read(world: World, seconds: float) -> Findings:
    """Requests a second of 16 clients, and the latency that a client alone sees."""
    person = await asyncio.to_thread(Person.registered, world.stack.gateway_url)
    gateway_port = urlsplit(world.stack.gateway_url).port or 80
    gateway_meter = ProcessorMeter(world.pids("gateway", "ledger", "mongo", "redis"))
    with running_echo(world.home / "echo", account_id=person.account_id) as echo:
        echo_meter = ProcessorMeter(echo.pids)
        async with (
            connections(gateway_port, count=CLIENTS) as to_gateway,
            connections(echo.port, count=CLIENTS) as to_echo,
        ):
            ours = gateway_meter.around(reads(to_gateway, gateway_port, person))
            bare = echo_meter.around(reads(to_echo, echo.port, person))
            many = await compare(Side(ours), Side(bare), seconds=seconds / 2)
            alone = await compare(
                Side(reads(to_gateway[:1], gateway_port, person)),
                Side(reads(to_echo[:1], echo.port, person)),
                seconds=seconds / 2,
            )
    return Findings(
        [
            rate_figure(
                "gateway.read",
                "requests/s",
                many,
                beside=f"FastAPI → gRPC, {CLIENTS} clients",
            ),
            latency_figure("gateway.read.p50", alone, beside="FastAPI → gRPC, one client"),
        ],
        [f"a read: {gateway_meter.each()}", f"an echo: {echo_meter.each()}"],
    )


def reads(open_connections: Sequence[Connection], port: int, person: Person) -> Take:
    """Each connection reads the person's account again and again."""
    request = get_request(
        f"/api/v1/accounts/{person.account_id}",
        port=port,
        headers={"Authorization": f"Bearer {person.token}", "Accept": "application/json"},
    )

    async def read(client: int) -> None:
        body = await open_connections[client].get(request)
        if json.loads(body)["id"] != person.account_id:
            raise Unexpected("another account was answered")

    async def take(seconds: float) -> Sample:
        return await drive(read, clients=len(open_connections), seconds=seconds)

    return take


@contextmanager
def running_echo(home: Path, *, account_id: str) -> Iterator[Echo]:
    """The baseline as processes like ours, for the block."""
    service_port, port = ports.anywhere(), ports.anywhere()
    service = _child("service", [service_port], home)
    door = _child("door", [port, service_port], home)
    try:
        service.start()
        door.start()
        url = f"http://127.0.0.1:{port}/api/v1/accounts/{account_id}"
        door.wait_until(lambda: answers(url), seconds=_START_SECONDS)
        yield Echo(port, {"FastAPI": door.pid, "gRPC": service.pid})
    finally:
        door.stop()
        service.stop()


def _child(role: str, arguments: Sequence[int], home: Path) -> Child:
    command = [sys.executable, "-m", "bench.echo_server", role, *map(str, arguments)]
    return Child(f"echo {role}", command, log=home / f"{role}.log", directory=ROOT)
