"""The whole system as child processes: what each part needs, and the order of starting and ending.

A server that the user names (MONGODB_URI, REDIS_HOST, KAFKA_BOOTSTRAP_SERVERS) is used as it is;
one that nobody names is started here.
"""

from __future__ import annotations

import http.client
import signal
import sys
import urllib.error
import urllib.request
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from pfa_local import binaries, ports
from pfa_local.environment import ROOT, Secrets, port_of
from pfa_local.processes import Child
from pfa_local.servers import KafkaServer, MongoServer, RedisServer, Server

# gRPC and operations. A container has its network to itself and listens at 5005x; here that is
# within the kernel's ephemeral range, where any outgoing connection may sit when a part starts.
SERVICES: Final = {
    "auth": (15051, 8051),
    "ledger": (15052, 8052),
    "ingest": (15053, 8053),
    "ai": (15054, 8054),
}
FRONTEND = ROOT / "frontend"
_LOCAL_DEFAULTS: Final = {
    "APP_ENV": "local",
    "LISTEN_HOST": "127.0.0.1",
    # Demos, tests and load run from one address; the limit itself stays on.
    "RATE_LIMIT_MAX_REQUESTS": "100000",
}


@dataclass(slots=True)
class Part:
    """One process of the system, with how to tell that it serves."""

    name: str
    child: Child
    ready: Callable[[], bool]
    spawn: Callable[[], None]
    url: str = ""
    grace: float = 20.0

    def wait(self, *, seconds: float = 90.0) -> None:
        """Until it serves; raises NotReady with the end of its log."""
        self.child.wait_until(self.ready, seconds=seconds)


class Stack:
    """MongoDB, Redis, Kafka, the four services, the gateway and the built frontend.

    `home` keeps data and logs. `any_ports` takes free ports anywhere (tests); otherwise the usual
    ones are preferred and taken ones stepped past.
    """

    def __init__(
        self,
        home: Path,
        *,
        settings: Mapping[str, str],
        any_ports: bool = False,
        frontend: bool = True,
    ) -> None:
        self.home = home
        self.secrets = Secrets.of(home)
        self._settings = settings
        self._any_ports = any_ports
        self._taken: set[int] = set()
        self.servers: dict[str, Server] = {}
        self.parts: dict[str, Part] = {}
        self._addresses = self._prepare_servers()
        self._prepare_services()
        self.frontend_url = ""
        if frontend and (FRONTEND / "dist").exists():
            self._prepare_frontend()

    @property
    def gateway_url(self) -> str:
        return self.parts["gateway"].url

    @property
    def environment(self) -> dict[str, str]:
        """What every service is started with, apart from its own ports."""
        return dict(self._environment)

    def command_environment(self, service: str) -> dict[str, str]:
        """The environment of one service; also for a command such as `python -m ledger check`."""
        grpc_port, ops_port = self._service_ports[service]
        return {**self._environment, "GRPC_PORT": str(grpc_port), "OPS_PORT": str(ops_port)}

    def spawn(self) -> None:
        """Start everything; MongoDB is waited for, the rest come up side by side."""
        for name in self.servers:
            self.parts[name].spawn()
        if "mongo" in self.parts:
            self.parts["mongo"].wait()
        for name, part in self.parts.items():
            if name not in self.servers:
                part.spawn()

    def start(self, *, seconds: float = 120.0) -> Stack:
        """Start everything and wait until it serves; stops what it started when something fails."""
        try:
            self.spawn()
            for part in self.parts.values():
                part.wait(seconds=seconds)
        except BaseException:
            self.stop()
            raise
        return self

    def stop(self) -> None:
        """End everything: the doors first, then the services, the servers last."""
        tiers = [["frontend", "gateway"], list(SERVICES), list(self.servers)]
        for tier in tiers:
            present = [self.parts[name] for name in tier if name in self.parts]
            for part in present:
                part.child.ask_to_stop()
            for part in present:
                part.child.stop(grace=part.grace)
        for server in self.servers.values():
            server.stop()

    def resident_bytes(self) -> dict[str, int]:
        """Resident memory of each part, its children included."""
        return {name: part.child.resident_bytes() for name, part in self.parts.items()}

    def _port(self, default: int) -> int:
        if self._any_ports:
            port = ports.anywhere()
            while port in self._taken:
                port = ports.anywhere()
        else:
            port = ports.at_or_after(default, taken=frozenset(self._taken))
        self._taken.add(port)
        return port

    def _prepare_servers(self) -> dict[str, str]:
        """Set up the servers that nobody named; returns the variables by which they are found."""
        found: dict[str, str] = {}
        if "MONGODB_URI" not in self._settings:
            mongo = MongoServer(self.home / "mongo", port=self._port(27017))
            self._add_server(mongo)
            found["MONGODB_URI"] = mongo.uri
        if "REDIS_HOST" not in self._settings:
            preferred = port_of(self._settings, "REDIS_PORT", 6379)
            redis = RedisServer(self.home / "redis", port=self._port(preferred))
            self._add_server(redis)
            found |= {"REDIS_HOST": redis.host, "REDIS_PORT": str(redis.port)}
        if "KAFKA_BOOTSTRAP_SERVERS" not in self._settings:
            kafka = KafkaServer(self.home / "kafka", port=self._port(9092))
            self._add_server(kafka)
            found["KAFKA_BOOTSTRAP_SERVERS"] = kafka.bootstrap_servers
        return found

    def _add_server(self, server: Server) -> None:
        self.servers[server.name] = server
        self.parts[server.name] = Part(
            name=server.name,
            child=server.child,
            ready=server.serves,
            spawn=server.spawn,
            url=server.address,
        )

    def _prepare_services(self) -> None:
        self._service_ports = {
            name: (self._port(self._wanted_port(name, grpc)), self._port(ops))
            for name, (grpc, ops) in SERVICES.items()
        }
        self._gateway_port = self._port(port_of(self._settings, "PORT", 5000))
        self._frontend_port = self._port(port_of(self._settings, "FRONTEND_PORT", 5173))
        self._environment = self._common_environment()
        for name, (_, ops_port) in self._service_ports.items():
            self._add_process(
                name,
                [sys.executable, "-m", name],
                health=f"http://127.0.0.1:{ops_port}/health",
                environment=self.command_environment(name),
            )
        self._add_process(
            "gateway",
            [sys.executable, "-m", "gateway"],
            health=f"http://127.0.0.1:{self._gateway_port}/health",
            environment={**self._environment, "PORT": str(self._gateway_port)},
        )
        self.parts["gateway"].url = f"http://localhost:{self._gateway_port}"

    def _wanted_port(self, service: str, default: int) -> int:
        address = self._settings.get(f"{service.upper()}_ADDR", "")
        port = address.rpartition(":")[2]
        return int(port) if port.isdecimal() else default

    def _common_environment(self) -> dict[str, str]:
        backend = f"http://localhost:{self._gateway_port}"
        frontend = f"http://localhost:{self._frontend_port}"
        documents = self.home / "documents"
        documents.mkdir(parents=True, exist_ok=True)
        defaults = {
            **_LOCAL_DEFAULTS,
            "JWT_SECRET": self.secrets.jwt_secret,
            "UPLOAD_PATH": str(documents),
            "STORAGE_URL": Path(self._settings.get("UPLOAD_PATH", documents)).resolve().as_uri(),
            "BACKEND_URL": backend,
            "FRONTEND_URL": frontend,
            "ALLOWED_ORIGINS": frontend,
        }
        addresses = {
            f"{name.upper()}_ADDR": f"127.0.0.1:{grpc}"
            for name, (grpc, _) in self._service_ports.items()
        }
        return {
            **defaults,
            **self._settings,
            **self._addresses,
            **addresses,
            "PYTHONUNBUFFERED": "1",
        }

    def _prepare_frontend(self) -> None:
        self.frontend_url = f"http://localhost:{self._frontend_port}"
        node = binaries.node_directory() / "node"
        vite = FRONTEND / "node_modules" / "vite" / "bin" / "vite.js"
        self._add_process(
            "frontend",
            [str(node), str(vite), "preview"],
            health=self.frontend_url,
            environment={
                **self._settings,
                "GATEWAY_URL": self.parts["gateway"].url,
                "FRONTEND_PORT": str(self._frontend_port),
            },
            directory=FRONTEND,
        )
        self.parts["frontend"].url = self.frontend_url

    def _add_process(
        self,
        name: str,
        command: list[str],
        *,
        health: str,
        environment: Mapping[str, str],
        directory: Path | None = None,
    ) -> None:
        child = Child(
            name,
            command,
            log=self.home / "logs" / f"{name}.log",
            environment=environment,
            directory=directory or ROOT,
            # The servers go at the same moment: a service would wait for them in vain.
            death_signal=signal.SIGKILL,
        )
        self.parts[name] = Part(
            name=name, child=child, ready=lambda: answers(health), spawn=child.start, url=health
        )


def answers(url: str) -> bool:
    """Whether a GET of `url` is answered with 200 now."""
    try:
        with urllib.request.urlopen(url, timeout=2) as response:  # noqa: S310  our own address
            return bool(response.status == 200)
    except (OSError, urllib.error.URLError, http.client.HTTPException):
        return False
