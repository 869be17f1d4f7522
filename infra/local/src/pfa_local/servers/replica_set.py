"""MongoDB as a replica set of several members, each a process of its own."""

from __future__ import annotations

import time
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any, Self

from pymongo.errors import PyMongoError

from pfa_local.processes import NotReady
from pfa_local.servers.mongo import REPLICA_SET, MongoServer


class Member(MongoServer):
    """One member; the set is made by `MongoReplicaSet`, not by the member."""

    def serves(self) -> bool:
        """Whether it answers at all, in whatever state."""
        try:
            with self._client() as client:
                client.admin.command("ping")
        except PyMongoError:
            return False
        return True

    @property
    def is_primary(self) -> bool:
        """Whether it answers, now, that it takes writes."""
        try:
            with self._client() as client:
                return bool(client.admin.command("hello")["isWritablePrimary"])
        except PyMongoError:
            return False

    def initiate(self, members: Sequence[Member]) -> None:
        """Make the replica set of these members. Raises PyMongoError."""
        config: dict[str, Any] = {
            "_id": REPLICA_SET,
            "members": [{"_id": i, "host": m.address} for i, m in enumerate(members)],
            "settings": {"electionTimeoutMillis": 2000, "heartbeatIntervalMillis": 500},
        }
        with self._client() as client:
            client.admin.command("replSetInitiate", config)


class MongoReplicaSet:
    """Members that elect a primary among them."""

    def __init__(self, home: Path, *, members: int = 3) -> None:
        self.members = [Member(home / f"mongo{i}") for i in range(members)]

    @property
    def uri(self) -> str:
        """Connection string of all members, without a database."""
        addresses = ",".join(member.address for member in self.members)
        return f"mongodb://{addresses}/?replicaSet={REPLICA_SET}"

    def start(self) -> Self:
        """Start all members and make the set; returns when there is a primary."""
        try:
            for member in self.members:
                member.spawn()
            for member in self.members:
                member.child.wait_until(member.serves)
            self.members[0].initiate(self.members)
            self.primary()
        except BaseException:
            self.stop()
            raise
        return self

    def stop(self) -> None:
        for member in self.members:
            with suppress(NotReady):
                member.child.ask_to_stop()
        for member in self.members:
            member.stop()

    def primary(self, *, seconds: float = 60.0) -> Member:
        """The member that takes writes, waiting for an election. Raises NotReady."""
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            for member in self.members:
                if member.is_primary:
                    return member
            time.sleep(0.1)
        raise NotReady(f"no primary was elected within {seconds:.0f} s")

    def step_down(self, *, seconds: int = 5) -> None:
        """Have the primary step down; another member is elected."""
        self.primary().step_down(seconds=seconds)
