"""Start the built images on real servers and use them: migrations first, then every role of every
part in a container of its own (as the charts deploy them) until its health check passes, then the
main job through the frontend's door (when all parts are there), then SIGTERM.

    infra/scripts/start_images.py --engine buildah auth ledger ingest ai gateway frontend

The host's network is shared. Exit code 0 only when every part became healthy, ran as nobody in
particular and left with code 0, and the books are right to the cent.
"""

from __future__ import annotations

import argparse
import json
import logging
import os
import secrets
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

import httpx
import psutil
from moto.server import ThreadedMotoServer
from rich.console import Console

from pfa_local import ports
from pfa_local.demo import Demo, Papers
from pfa_local.processes import Child
from pfa_local.rest import Api
from pfa_local.servers import KafkaServer, MongoServer, RedisServer

SERVICES = ("auth", "ledger", "ingest", "ai")
PARTS = (*SERVICES, "gateway", "frontend")
ROLES = {
    "auth": ("serve", "relay"),
    **dict.fromkeys(("ledger", "ingest", "ai"), ("serve", "consume", "relay")),
}
# The papers of the main job.
SEED = 7
START_SECONDS = 90.0
STOP_SECONDS = 45.0


@dataclass(frozen=True, slots=True)
class ImageConfig:
    """What an image says of itself."""

    user: str
    entrypoint: Sequence[str]
    healthcheck: Sequence[str]

    @classmethod
    def of(cls, config: Mapping[str, Any]) -> ImageConfig:
        healthcheck = config["Healthcheck"]["Test"]
        return cls(config["User"], config["Entrypoint"], healthcheck[1:])


class Engine(Protocol):
    def config(self, image: str) -> ImageConfig: ...

    def command(
        self, image: str, environment: Mapping[str, str], words: Sequence[str]
    ) -> list[str]:
        """The command that runs `words` in a new container and leaves with their exit code."""


class Docker:
    def config(self, image: str) -> ImageConfig:
        return ImageConfig.of(json.loads(_output("docker", "image", "inspect", image))[0]["Config"])

    def command(
        self, image: str, environment: Mapping[str, str], words: Sequence[str]
    ) -> list[str]:
        hardening = ["--read-only", "--tmpfs=/tmp", "--cap-drop=ALL"]
        hardening += ["--security-opt=no-new-privileges", f"--entrypoint={words[0]}"]
        run = ["docker", "run", "--rm", "--init", "--network=host", *hardening]
        return [*run, *_variables(environment), image, *words[1:]]


class Buildah:
    """Without a daemon or privileges: chroot isolation, in which the network is the host's."""

    def __init__(self) -> None:
        self._containers: list[str] = []

    def config(self, image: str) -> ImageConfig:
        found = json.loads(_output("buildah", "inspect", "--type=image", image))
        return ImageConfig.of(found["Docker"]["config"])

    def command(
        self, image: str, environment: Mapping[str, str], words: Sequence[str]
    ) -> list[str]:
        container = _output("buildah", "from", "--pull=never", image).strip()
        self._containers.append(container)
        run = ["buildah", "run", "--isolation=chroot", *_variables(environment)]
        return [*run, container, "--", *words]

    def remove_containers(self) -> None:
        for container in self._containers:
            _output("buildah", "rm", container)


def _output(*command: str) -> str:
    return subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout


def _variables(environment: Mapping[str, str]) -> list[str]:
    return [f"--env={name}={value}" for name, value in environment.items()]


@dataclass(slots=True)
class Started:
    """A part that runs in its image."""

    name: str
    config: ImageConfig
    environment: Mapping[str, str]
    child: Child
    health_url: str

    def healthy(self) -> bool:
        """What the image's health check asks, from outside."""
        try:
            return httpx.get(self.health_url, timeout=2).is_success
        except httpx.TransportError:
            return False

    def process(self) -> psutil.Process:
        """The program itself, below the engine's own processes."""
        family = psutil.Process(self.child.pid).children(recursive=True)
        inside = [p for p in family if p.name().startswith(("python", "nginx"))]
        return min(inside, key=lambda p: p.create_time())


@contextmanager
def servers(home: Path) -> Iterator[dict[str, str]]:
    """MongoDB, Redis, Kafka and S3 for the block, as the variables by which they are found."""
    mongo, redis = MongoServer(home / "mongo"), RedisServer(home / "redis")
    kafka = KafkaServer(home / "kafka")
    with ExitStack() as stack:
        for server in (mongo, redis, kafka):
            server.start()
            stack.callback(server.stop)
        yield {
            "MONGODB_URI": mongo.uri,
            "REDIS_HOST": redis.host,
            "REDIS_PORT": str(redis.port),
            "KAFKA_BOOTSTRAP_SERVERS": kafka.bootstrap_servers,
            **stack.enter_context(object_store()),
        }


@contextmanager
def object_store() -> Iterator[dict[str, str]]:
    """A bucket: containers of several roles share no folder."""
    logging.getLogger("werkzeug").setLevel(logging.WARNING)
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=ports.anywhere(), verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    credentials = {
        "AWS_ENDPOINT_URL_S3": f"http://{host}:{port}",
        "AWS_ACCESS_KEY_ID": "documents",
        "AWS_SECRET_ACCESS_KEY": secrets.token_hex(16),
        "AWS_DEFAULT_REGION": "us-east-1",
    }
    try:
        httpx.put(f"{credentials['AWS_ENDPOINT_URL_S3']}/documents").raise_for_status()
        yield {**credentials, "STORAGE_URL": "s3://documents"}
    finally:
        server.stop()


def environments(found: Mapping[str, str]) -> dict[str, dict[str, str]]:
    """What each part is started with; every port is a free one."""
    grpc = {name: str(ports.anywhere()) for name in SERVICES}
    common = {
        **found,
        "APP_ENV": "production",
        "JWT_SECRET": secrets.token_hex(32),
        **{f"{name.upper()}_ADDR": f"127.0.0.1:{port}" for name, port in grpc.items()},
    }
    gateway_port, frontend_port = str(ports.anywhere()), str(ports.anywhere())
    parts = {
        name: {**common, "GRPC_PORT": port, "OPS_PORT": str(ports.anywhere())}
        for name, port in grpc.items()
    }
    parts["gateway"] = {**common, "PORT": gateway_port}
    parts["frontend"] = {"PORT": frontend_port, "GATEWAY_ADDR": f"127.0.0.1:{gateway_port}"}
    return parts


class Run:
    """One trial of the images."""

    def __init__(
        self, engine: Engine, home: Path, environments: Mapping[str, Mapping[str, str]]
    ) -> None:
        self._engine = engine
        self._home = home
        self.environments = environments
        self.started: list[Started] = []

    def migrate(self, name: str) -> None:
        image = f"pfa/{name}:latest"
        words = [*self._engine.config(image).entrypoint, "migrate"]
        began = time.monotonic()
        command = self._engine.command(image, self.environments[name], words)
        done = subprocess.run(
            command, check=False, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
        )
        if done.returncode:
            raise SystemExit(f"{name} migrate left with {done.returncode}:\n{done.stdout}")
        print(f"{name:14} migrated in {time.monotonic() - began:.1f} s")

    def start(self, name: str) -> None:
        """Every role of the part; the gateway and the frontend have one, without a word for it."""
        for role in ROLES.get(name, ("",)):
            self._start(name, role)

    def _start(self, name: str, role: str) -> None:
        image = f"pfa/{name}:latest"
        config, environment = self._engine.config(image), dict(self.environments[name])
        if role:
            environment["OPS_PORT"] = str(ports.anywhere())
        port = environment.get("OPS_PORT", environment.get("PORT"))
        title = f"{name} {role}".rstrip()
        child = Child(
            title,
            self._engine.command(image, environment, [*config.entrypoint, *role.split()]),
            log=self._home / f"{title}.log",
        )
        part = Started(title, config, environment, child, f"http://127.0.0.1:{port}/health")
        began = time.monotonic()
        child.start()
        self.started.append(part)
        child.wait_until(part.healthy, seconds=START_SECONDS)
        self._check_health_inside(part, image)
        uid = part.process().uids().real
        memory = child.resident_bytes() // 2**20
        answer = httpx.get(part.health_url)
        seconds = time.monotonic() - began
        print(
            f"{title:14} /health {answer.status_code} {answer.text.strip()} after {seconds:.1f} s,"
            f" uid {uid} (USER {config.user}), {memory} MB"
        )
        if uid == 0:
            raise SystemExit(f"{title} runs as root")

    def _check_health_inside(self, part: Started, image: str) -> None:
        command = self._engine.command(image, part.environment, part.config.healthcheck)
        subprocess.run(command, check=True)

    def stop(self) -> int:
        """SIGTERM to each, the last started first; the worst exit code."""
        return max((self._stop(part) for part in reversed(self.started)), default=0)

    @staticmethod
    def _stop(part: Started) -> int:
        if not part.child.running:
            print(f"{part.name:14} ended by itself\n{part.child.log_tail()}")
            return 1
        began = time.monotonic()
        part.process().terminate()
        _wait(part.child)
        seconds, code = time.monotonic() - began, part.child.exit_code
        part.child.kill()
        print(f"{part.name:14} left with {code} after {seconds:.1f} s")
        if code:
            print(part.child.log_tail())
        return 1 if code is None else abs(code)


def _wait(child: Child) -> None:
    deadline = time.monotonic() + STOP_SECONDS
    while child.running and time.monotonic() < deadline:
        time.sleep(0.05)


def do_the_main_job(base: str, ledger_environment: Mapping[str, str]) -> None:
    """From a receipt and a bank statement to the booked cent, through every door."""
    page = httpx.get(base).raise_for_status()
    print(f"GET / {page.status_code} {page.headers['Content-Security-Policy'][:60]}…")
    with Api(base) as api:
        demo = Demo(api, Papers.made_from(SEED), Console(soft_wrap=True))
        demo.play(ledger_environment={**os.environ, **ledger_environment})


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--engine", choices=["docker", "buildah"], default="docker")
    parser.add_argument("parts", nargs="*", metavar="part", help=f"of {', '.join(PARTS)}; or all")
    arguments = parser.parse_args()
    engine: Docker | Buildah = Docker() if arguments.engine == "docker" else Buildah()
    parts = [name for name in PARTS if name in (arguments.parts or PARTS)]
    with ExitStack() as stack:
        home = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="pfa-images-")))
        if isinstance(engine, Buildah):
            stack.callback(engine.remove_containers)
        found = stack.enter_context(servers(home))
        run = Run(engine, home, environments(found))
        try:
            for name in parts:
                if name in SERVICES:
                    run.migrate(name)
            for name in parts:
                run.start(name)
            if set(parts) == set(PARTS):
                door = f"http://127.0.0.1:{run.started[-1].environment['PORT']}"
                do_the_main_job(door, run.environments["ledger"])
        finally:
            code = run.stop()
    return code


if __name__ == "__main__":
    os.environ.setdefault("STORAGE_DRIVER", "vfs")
    sys.exit(main())
