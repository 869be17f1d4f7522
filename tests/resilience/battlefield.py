"""MongoDB, Kafka and the roles of the ledger, each a process of its own that may be shot at."""

import os
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Self

import time_machine

from kit.caller import Caller
from kit.testing import SECRET
from kit.tokens import ServiceTokens
from pfa_local import ports
from pfa_local.environment import ROOT
from pfa_local.processes import Child
from pfa_local.servers import KafkaServer, MongoReplicaSet, MongoServer
from pfa_local.stack import answers

ROLES = ("serve", "relay", "consume")
DATABASE = "ledger"
SHIFTED = Path(__file__).with_name("shifted.py")


class Battlefield:
    """`roles["serve"]` and the others are children to kill; `mongo` and `kafka` the servers."""

    def __init__(self, home: Path, *, members: int = 1, own_clock: bool = False) -> None:
        self._home = home
        self._offset = home / "clock-offset"
        self.own_clock = own_clock
        self.mongo = MongoServer(home / "mongo") if members == 1 else MongoReplicaSet(home)
        self.kafka = KafkaServer(home / "kafka")
        self._grpc_port = ports.anywhere()
        self._ops_ports = {role: ports.anywhere() for role in ROLES}
        self.roles: dict[str, Child] = {}

    @property
    def address(self) -> str:
        """Where the ledger's gRPC is."""
        return f"127.0.0.1:{self._grpc_port}"

    def __enter__(self) -> Self:
        try:
            self.set_clock(0)
            self.mongo.start()
            self.kafka.start()
            self.command("migrate")
            self.roles = {role: self._child(role) for role in ROLES}
            for child in self.roles.values():
                child.start()
            for role in ROLES:
                self.wait(role)
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        for child in self.roles.values():
            child.ask_to_stop()
        for child in self.roles.values():
            child.stop()
        self.kafka.stop()
        self.mongo.stop()

    def kill(self, role: str) -> None:
        """Kill -9, and start it anew; returns when it serves."""
        self.roles[role].kill()
        self.roles[role].start()
        self.wait(role)

    def wait(self, role: str) -> None:
        url = f"http://127.0.0.1:{self._ops_ports[role]}/health"
        self.roles[role].wait_until(lambda: answers(url), seconds=90)

    def set_clock(self, minutes: int) -> None:
        """Move the clock of the ledger's processes, and of the tokens made here, this far from the
        machine's."""
        self._minutes = minutes
        offset = float(minutes * 60)
        self._offset.write_text(str(offset))
        for role, child in self.roles.items():
            seen = self._offset.with_name(f"{self._offset.name}-{role}")
            child.wait_until(lambda seen=seen: seen.exists() and seen.read_text() == str(offset))

    def caller(self, owner: str) -> Caller:
        """A caller for the book, by the battlefield's clock."""
        there = datetime.now(UTC) + timedelta(minutes=self._minutes)
        with time_machine.travel(there, tick=True):
            return ServiceTokens(SECRET, service="ingest").caller(owner=owner)

    def command(self, *arguments: str) -> str:
        """What `python -m ledger …` prints; fails unless it exits with 0."""
        done = subprocess.run(
            [sys.executable, "-m", "ledger", *arguments],
            env=self._environment("migrate"),
            cwd=ROOT,
            capture_output=True,
            text=True,
            check=False,
            timeout=600,
        )
        assert done.returncode == 0, (done.stdout + done.stderr)[-4000:]
        return done.stdout

    def _child(self, role: str) -> Child:
        launcher = [str(SHIFTED), str(self._offset)] if self.own_clock else ["-m", "ledger"]
        return Child(
            role,
            [sys.executable, *launcher, role],
            log=self._home / f"{role}.log",
            environment=self._environment(role),
            directory=ROOT,
        )

    def _environment(self, role: str) -> dict[str, str]:
        return {
            **os.environ,
            "APP_ENV": "test",
            "JWT_SECRET": SECRET,
            "MONGODB_URI": self.mongo.uri,
            "MONGODB_DATABASE": DATABASE,
            "KAFKA_BOOTSTRAP_SERVERS": self.kafka.bootstrap_servers,
            "LISTEN_HOST": "127.0.0.1",
            "GRPC_PORT": str(self._grpc_port),
            "OPS_PORT": str(self._ops_ports.get(role, 0)),
        }
