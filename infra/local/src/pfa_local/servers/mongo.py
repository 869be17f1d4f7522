"""MongoDB as a replica set of one, which is what transactions and change streams need."""

from __future__ import annotations

from contextlib import suppress
from typing import Any, ClassVar

from pymongo import MongoClient
from pymongo.errors import AutoReconnect, OperationFailure, PyMongoError

from pfa_local import binaries
from pfa_local.servers.base import Server

REPLICA_SET = "rs0"
_ALREADY_INITIALIZED = 23
_CLOSE_IDLE_FILES = (
    "file_manager=(close_handle_minimum=200,close_idle_time=20,close_scan_interval=5)"
)


class MongoServer(Server):
    name: ClassVar[str] = "mongo"
    # Of a book of a few years; whoever measures larger ones says so before it starts.
    cache_gigabytes: float = 0.25

    @property
    def uri(self) -> str:
        """Connection string, without a database."""
        return f"mongodb://{self.address}/?replicaSet={REPLICA_SET}"

    def step_down(self, *, seconds: int = 1) -> None:
        """Have the primary step down; it is elected again some `seconds` later.

        Open transactions fail with a TransientTransactionError meanwhile.
        """
        # The connection that carries the order may be closed by its effect.
        with self._client() as client, suppress(AutoReconnect):
            client.admin.command("replSetStepDown", seconds, force=True)

    def _command(self) -> list[str]:
        return [
            str(binaries.mongod()),
            *("--dbpath", str(self.data)),
            *("--port", str(self.port)),
            *("--bind_ip", self.host),
            *("--replSet", REPLICA_SET),
            *("--wiredTigerCacheSizeGB", str(self.cache_gigabytes)),
            *("--oplogSize", "256"),
            *("--setParameter", "diagnosticDataCollectionEnabled=false"),
            *("--setParameter", "ttlMonitorSleepSecs=15"),
            # A killed process leaves its transaction open: what it holds is free after this long.
            *("--setParameter", "transactionLifetimeLimitSeconds=5"),
            # With one member there is nobody to hand over to, nor to wait for when stopping.
            *("--setParameter", "enableElectionHandoff=false"),
            *("--setParameter", "shutdownTimeoutMillisForSignaledShutdown=100"),
            # Files that nobody has used for a while are closed: open ones are limited.
            *("--wiredTigerEngineConfigString", _CLOSE_IDLE_FILES),
            "--nounixsocket",
            "--quiet",
        ]

    def _environment(self) -> dict[str, str]:
        return binaries.mongod_environment()

    def _client(self) -> MongoClient[dict[str, Any]]:
        return MongoClient(
            self.host, self.port, directConnection=True, serverSelectionTimeoutMS=1000
        )

    def serves(self) -> bool:
        try:
            with self._client() as client:
                self._initiate(client)
                return bool(client.admin.command("hello")["isWritablePrimary"])
        except PyMongoError:
            return False

    def _initiate(self, client: MongoClient[dict[str, Any]]) -> None:
        """Make the replica set, or move it to the port that this start has."""
        member = {"_id": 0, "host": self.address}
        settings = {"electionTimeoutMillis": 1000, "heartbeatIntervalMillis": 500}
        wanted = {"_id": REPLICA_SET, "version": 1, "members": [member], "settings": settings}
        try:
            client.admin.command("replSetInitiate", wanted)
        except OperationFailure as error:
            if error.code != _ALREADY_INITIALIZED:
                raise
            current = client.admin.command("replSetGetConfig")["config"]
            if current["members"][0]["host"] != self.address:
                current["members"][0]["host"] = self.address
                current["version"] += 1
                client.admin.command("replSetReconfig", current, force=True)
