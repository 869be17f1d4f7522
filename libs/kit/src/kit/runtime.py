"""The life of a service process: roles, start, readiness, graceful stop.

`python -m <service>` runs every role; `serve | consume | relay | migrate | replay <group>` one;
other words are the service's own commands.
"""

import asyncio
import contextlib
import gc
import signal
import socket
import sys
from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, field
from typing import TypeVar

import sentry_sdk
import uvicorn
import uvloop

from kit.consumer import Consumer
from kit.grpc.server import ErrorTable, GrpcServer, Register
from kit.health import Health, HealthCheck, ops_app, watch
from kit.idempotency import Idempotency
from kit.inbox import Inbox
from kit.jwks import remote_jwks
from kit.kafka import KafkaSettings
from kit.logging import configure, get_logger
from kit.migrations import Migration, migrate
from kit.mongo import Mongo
from kit.outbox import Outbox
from kit.relay import Relay
from kit.settings import ServiceSettings
from kit.telemetry import Telemetry
from kit.tokens import JwksSource, TokenVerifier
from kit.topics import ensure_topics

ROLES = ("serve", "consume", "relay")
EVERY_ROLE = "all"
EX_USAGE = 64
log = get_logger(__name__)

Background = Callable[[asyncio.Event], Awaitable[None]]
Command = Callable[[Sequence[str]], Awaitable[int]]
S = TypeVar("S", bound=ServiceSettings)


@dataclass(frozen=True, slots=True)
class Parts:
    """What a service is made of; its composition root builds it."""

    mongo: Mongo
    register: Register
    errors: ErrorTable
    public_methods: frozenset[str] = frozenset()
    consumers: Sequence[Consumer] = ()
    relay: Relay | None = None
    # The topics that the relay writes.
    publishes: Sequence[str] = ()
    # Run in the consume role until told to stop.
    background: Sequence[Background] = ()
    migrations: Sequence[Migration] = ()
    checks: Mapping[str, HealthCheck] = field(default_factory=dict)
    commands: Mapping[str, Command] = field(default_factory=dict)
    # Run in the serve role before the process says that it has started.
    warm_up: Sequence[Callable[[], Awaitable[None]]] = ()
    # Where keys of people's tokens come from; None asks auth.
    jwks: JwksSource | None = None


Build = Callable[[S], AbstractAsyncContextManager[Parts]]


def run(
    name: str,
    settings_type: type[S],
    build: Build[S],
    *,
    uses_secret: Collection[str],
    argv: Sequence[str] | None = None,
) -> None:
    """Run the process and leave with its status.

    `uses_secret` names the commands that need JWT_SECRET beside `serve`; the others start without
    it.
    """
    arguments = list(sys.argv[1:] if argv is None else argv)
    with_secret = _command(arguments) in {EVERY_ROLE, "serve", *uses_secret}
    settings = settings_type.load(uses_secret=with_secret)
    configure(service=name, level=settings.log_level, json=settings.json_logs)
    if settings.sentry_dsn:
        sentry_sdk.init(settings.sentry_dsn, environment=settings.app_env, send_default_pii=False)
    telemetry = Telemetry(name, settings)
    _collect_seldom()
    try:
        # Of the processor time of a call an eighth less than with asyncio's own loop.
        with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
            status = runner.run(_main(name, settings, build, arguments))
    finally:
        telemetry.shutdown()
    raise SystemExit(status)


def _collect_seldom() -> None:
    """What is loaded by now stays: looking through it for cycles, again and again, took a fifth of
    the processor time of a call. What calls leave behind is mostly freed without the collector."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 50)


def _command(arguments: Sequence[str]) -> str:
    return arguments[0] if arguments else EVERY_ROLE


async def _main(name: str, settings: S, build: Build[S], arguments: list[str]) -> int:
    async with build(settings) as parts:
        command = _command(arguments)
        if command in parts.commands:
            return await parts.commands[command](arguments[1:])
        if command == "migrate":
            return await _migrate(settings, parts)
        if command == "replay":
            return await _replay(parts, arguments[1:])
        if command == EVERY_ROLE:
            await _migrate(settings, parts)
        elif command not in ROLES:
            words = ", ".join((*ROLES, "migrate", "replay", *parts.commands))
            sys.stderr.write(f"{name}: {command!r} is none of {words}\n")
            return EX_USAGE
        roles = ROLES if command == EVERY_ROLE else (command,)
        return await Process(name, settings, parts, roles).run()


async def _migrate(settings: ServiceSettings, parts: Parts) -> int:
    db = parts.mongo.db
    for ensure in (Outbox.ensure_indexes, Inbox.ensure_indexes, Idempotency.ensure_indexes):
        await ensure(db)
    await migrate(db, parts.migrations)
    topics = {*parts.publishes}
    for consumer in parts.consumers:
        topics |= {*consumer.topics, *consumer.dead_letter_topics}
    await ensure_topics(KafkaSettings.of(settings), topics)
    return 0


async def _replay(parts: Parts, arguments: Sequence[str]) -> int:
    consumers = {consumer.group: consumer for consumer in parts.consumers}
    if len(arguments) != 1 or arguments[0] not in consumers:
        sys.stderr.write(f"replay: name a group: {', '.join(consumers)}\n")
        return EX_USAGE
    taken_in, failing = await consumers[arguments[0]].replay()
    sys.stdout.write(f"{arguments[0]}: {taken_in} taken in, {failing} still failing\n")
    return 1 if failing else 0


class Process:
    """One process with some of the roles, from its first listener to its last."""

    def __init__(
        self, name: str, settings: ServiceSettings, parts: Parts, roles: Sequence[str]
    ) -> None:
        self._name = name
        self._settings = settings
        self._parts = parts
        self._roles = roles
        self._stop = asyncio.Event()
        self._health = Health(
            name, settings.app_version, {"mongodb": parts.mongo.ping, **parts.checks}
        )

    async def run(self) -> int:
        """Serve until SIGTERM or SIGINT, then finish what is in hand."""
        for number in (signal.SIGTERM, signal.SIGINT):
            asyncio.get_running_loop().add_signal_handler(number, self._stop.set)
        ops = OpsServer(self._health)
        await ops.start(self._settings.listen_host, self._settings.ops_port)
        async with contextlib.AsyncExitStack() as stack:
            stack.push_async_callback(ops.stop)
            for warm_up in self._parts.warm_up if "serve" in self._roles else ():
                await warm_up()
            tasks = self._start_tasks()
            server = await self._start_server(stack) if "serve" in self._roles else None
            self._health.started = True
            if server is not None:
                tasks.append(self._watch_health(server))
            log.info("started", roles=list(self._roles))
            failed = await self._until_stopped(tasks)
            self._health.stopping = True
            grace = self._settings.shutdown_grace_seconds
            if server is not None:
                await server.stop(grace=grace)
            await _finish(tasks, grace)
        log.info("stopped")
        return 1 if failed else 0

    def _watch_health(self, server: GrpcServer) -> asyncio.Task[None]:
        work = watch(self._health, server.set_serving, self._stop)
        return asyncio.create_task(work, name="health")

    def _start_tasks(self) -> list[asyncio.Task[None]]:
        work: list[Background] = []
        if "consume" in self._roles:
            work += [consumer.run for consumer in self._parts.consumers]
            work += self._parts.background
        if "relay" in self._roles and self._parts.relay is not None:
            work.append(self._parts.relay.run)
        return [asyncio.create_task(_as_coroutine(w, self._stop), name=repr(w)) for w in work]

    async def _start_server(self, stack: contextlib.AsyncExitStack) -> GrpcServer:
        jwks = self._parts.jwks
        if jwks is None:
            jwks = await stack.enter_async_context(remote_jwks(self._settings.auth_addr))
        secret = self._settings.jwt_secret.get_secret_value()
        server = GrpcServer(
            domain=f"{self._name}.pfa",
            register=self._parts.register,
            errors=self._parts.errors,
            verifier=TokenVerifier(jwks=jwks, secret=secret),
            public_methods=self._parts.public_methods,
        )
        port = await server.start(host=self._settings.listen_host, port=self._settings.grpc_port)
        log.info("listening", grpc_port=port)
        return server

    async def _until_stopped(self, tasks: list[asyncio.Task[None]]) -> bool:
        stopped = asyncio.create_task(self._stop.wait())
        done, _ = await asyncio.wait([stopped, *tasks], return_when=asyncio.FIRST_COMPLETED)
        failed = False
        for task in done - {stopped}:
            if self._stop.is_set() and task.exception() is None:
                continue  # it heard the signal as soon as we did
            # A role that ends by itself is a fault: leave, and be started afresh.
            failed = True
            log.error("role ended", task=task.get_name(), exc_info=task.exception())
        self._stop.set()
        stopped.cancel()
        return failed


async def _as_coroutine(work: Background, stop: asyncio.Event) -> None:
    await work(stop)


async def _finish(tasks: list[asyncio.Task[None]], grace: float) -> None:
    if not tasks:
        return
    _, late = await asyncio.wait(tasks, timeout=grace)
    for task in late:
        log.warning("cut off after the grace", task=task.get_name())
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)


class OpsServer:
    """uvicorn on the ops port, without its own signal handling."""

    def __init__(self, health: Health) -> None:
        config = uvicorn.Config(
            ops_app(health), log_level="warning", access_log=False, lifespan="off"
        )
        self._server = uvicorn.Server(config)
        self._task: asyncio.Task[None] | None = None

    async def start(self, host: str, port: int) -> int:
        """Listen and answer the port. Raises OSError where it is taken."""
        listener = socket.create_server((host, port), backlog=64)
        self._task = asyncio.create_task(self._server._serve([listener]))  # noqa: SLF001 - serve() takes the signals
        return int(listener.getsockname()[1])

    async def stop(self) -> None:
        self._server.should_exit = True
        if self._task is not None:
            await self._task
