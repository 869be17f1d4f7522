"""Apache Kafka in KRaft mode: one node that is broker and controller."""

from __future__ import annotations

import asyncio
import os
import shutil
import subprocess
import tempfile
import uuid
from base64 import urlsafe_b64encode
from collections.abc import Coroutine, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, ClassVar

from aiokafka.admin import AIOKafkaAdminClient, NewTopic
from aiokafka.errors import KafkaError, TopicAlreadyExistsError

from pfa_local import binaries, ports
from pfa_local.processes import NotReady
from pfa_local.servers.base import Server


class KafkaServer(Server):
    name: ClassVar[str] = "kafka"

    def __init__(
        self, home: Path, *, port: int | None = None, java_options: Sequence[str] = ()
    ) -> None:
        self._controller_port = ports.anywhere()
        self._java_options = java_options
        super().__init__(home, port=port)

    @property
    def bootstrap_servers(self) -> str:
        return self.address

    def create_topics(self, topics: Mapping[str, int]) -> None:
        """Make the topics (name → partitions) that are not there; the broker makes none itself."""
        if topics:
            _run(self._create_topics(topics))

    async def _create_topics(self, topics: Mapping[str, int]) -> None:
        admin = AIOKafkaAdminClient(bootstrap_servers=self.address)
        await admin.start()
        try:
            missing = set(topics) - set(await admin.list_topics())
            wanted = [
                NewTopic(name=name, num_partitions=topics[name], replication_factor=1)
                for name in sorted(missing)
            ]
            if wanted:
                await admin.create_topics(wanted)
        except TopicAlreadyExistsError:
            pass  # made by another process meanwhile
        finally:
            await admin.close()

    def _command(self) -> list[str]:
        return [*_java(), *self._java_options, "kafka.Kafka", str(self._properties)]

    def _environment(self) -> dict[str, str]:
        return {**os.environ, "CLASSPATH": binaries.kafka_classpath()}

    @property
    def _properties(self) -> Path:
        return self.home / "server.properties"

    def _prepare(self) -> None:
        self.prepare(cluster_id=urlsafe_b64encode(uuid.uuid4().bytes).decode().rstrip("="))

    def prepare(self, *, cluster_id: str) -> None:
        """Write the settings, with the ports of this start, and format the storage once.

        Raises NotReady with what the tool said.
        """
        self._properties.write_text(
            "".join(f"{key}={value}\n" for key, value in self._settings().items())
        )
        if not (self.data / "meta.properties").exists():
            self._format(cluster_id)

    def _format(self, cluster_id: str) -> None:
        command = [
            *_java(),
            "kafka.tools.StorageTool",
            "format",
            f"--cluster-id={cluster_id}",  # in one word, for the id may begin with a dash
            *("--config", str(self._properties)),
        ]
        done = subprocess.run(command, env=self._environment(), capture_output=True, text=True)
        if done.returncode:
            raise NotReady(f"Kafka's storage could not be formatted:\n{done.stdout}{done.stderr}")

    def _settings(self) -> dict[str, str]:
        broker = f"PLAINTEXT://{self.address}"
        controller = f"{self.host}:{self._controller_port}"
        return {
            "process.roles": "broker,controller",
            "node.id": "1",
            "listeners": f"{broker},CONTROLLER://{controller}",
            "advertised.listeners": broker,
            "controller.listener.names": "CONTROLLER",
            "controller.quorum.voters": f"1@{controller}",
            "log.dirs": str(self.data),
            # A topic that nobody declared is a mistake.
            "auto.create.topics.enable": "false",
            # One node: everything that is replicated in a cluster has one copy here.
            "default.replication.factor": "1",
            "offsets.topic.replication.factor": "1",
            "offsets.topic.num.partitions": "4",
            "transaction.state.log.replication.factor": "1",
            "transaction.state.log.min.isr": "1",
            "transaction.state.log.num.partitions": "1",
            "share.coordinator.state.topic.replication.factor": "1",
            "share.coordinator.state.topic.min.isr": "1",
            # Consumers start at once instead of waiting three seconds for company.
            "group.initial.rebalance.delay.ms": "0",
            # After a power cut the node must not wait nine seconds for its own old session to end.
            "broker.session.timeout.ms": "2000",
            "broker.heartbeat.interval.ms": "500",
            # A small machine: the defaults are made for a server of its own.
            "num.network.threads": "2",
            "num.io.threads": "4",
            "background.threads": "2",
            "log.cleaner.dedupe.buffer.size": str(8 * 1024 * 1024),
            "log.segment.bytes": str(64 * 1024 * 1024),
            # Consumer groups are forgotten after a week without; a demo may rest for longer.
            "offsets.retention.minutes": str(365 * 24 * 60),
        }

    def serves(self) -> bool:
        if ports.is_free(self.port):
            return False
        try:
            _run(_metadata(self.address))
        except (KafkaError, OSError, TimeoutError):
            return False
        return True


async def _metadata(address: str) -> None:
    admin = AIOKafkaAdminClient(bootstrap_servers=address, request_timeout_ms=2000)
    try:
        await admin.start()
        await admin.describe_cluster()
    finally:
        await admin.close()


def _run(coroutine: Coroutine[Any, Any, None]) -> None:
    """Run to the end in a thread of its own: the caller's may have a running loop."""
    with ThreadPoolExecutor(max_workers=1) as thread:
        thread.submit(asyncio.run, coroutine).result()


def make_start_up_cache() -> None:
    """Let the JVM keep what it loads and links when Kafka starts (JEP 483, 514).

    Every later start takes half the processor time: 1.3 s instead of 2.8 s.
    """
    cache = binaries.kafka_start_up_cache()
    cache.unlink(missing_ok=True)
    with tempfile.TemporaryDirectory() as scratch:
        written = Path(scratch) / "kafka.aot"
        server = KafkaServer(Path(scratch), java_options=[f"-XX:AOTCacheOutput={written}"])
        server.start()
        server.child.stop(grace=180)  # the cache is written at the end
        shutil.copyfile(written, cache)


def _java() -> list[str]:
    cache = binaries.kafka_start_up_cache()
    return [
        str(binaries.java()),
        *([f"-XX:AOTCache={cache}"] if cache.exists() else []),
        "-Xms64m",
        "-Xmx256m",
        "-XX:+UseSerialGC",
        # The quick compiler alone: half the start-up's CPU time, and memory, for throughput that
        # one machine does not ask for.
        "-XX:TieredStopAtLevel=1",
        "-Dorg.slf4j.simpleLogger.defaultLogLevel=warn",
        "-Dorg.slf4j.simpleLogger.showDateTime=true",
    ]
