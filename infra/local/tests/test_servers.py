"""The servers, and the promises that resilience tests build on."""

from __future__ import annotations

import os
import resource
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest
import redis
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer
from aiokafka.errors import KafkaError
from pymongo import MongoClient
from redis.backoff import NoBackoff
from redis.retry import Retry

from pfa_local import ports
from pfa_local.processes import Child, NotReady
from pfa_local.servers import KafkaServer, MongoServer, RedisServer


def test_mongo_keeps_committed_writes_over_a_power_cut(
    mongo_server: MongoServer, mongo_database: str
) -> None:
    with (
        MongoClient(mongo_server.uri) as client,
        client.start_session() as session,
        session.start_transaction(),
    ):
        client[mongo_database].notes.insert_one({"_id": 1}, session=session)
    mongo_server.kill()
    assert not mongo_server.running
    mongo_server.start()
    with MongoClient(mongo_server.uri) as client:
        assert client[mongo_database].notes.count_documents({}) == 1


def test_mongo_is_primary_again_after_stepping_down(
    mongo_server: MongoServer, mongo_database: str
) -> None:
    mongo_server.step_down()
    with MongoClient(mongo_server.uri, serverSelectionTimeoutMS=15_000) as client:
        client[mongo_database].notes.insert_one({"_id": 1})


def test_mongo_data_moves_to_another_port(tmp_path: Path) -> None:
    first = MongoServer(tmp_path / "mongo").start()
    with MongoClient(first.uri) as client:
        client.test.notes.insert_one({"_id": 1})
    first.stop()
    second = MongoServer(tmp_path / "mongo", port=first.port + 1)
    try:
        second.start()
        with MongoClient(second.uri) as client:
            assert client.test.notes.count_documents({}) == 1
    finally:
        second.stop()


async def test_kafka_keeps_messages_over_a_restart(
    kafka_server: KafkaServer, unique: Callable[[str], str]
) -> None:
    topic = unique("topic")
    kafka_server.create_topics({topic: 3})
    kafka_server.create_topics({topic: 3})
    async with AIOKafkaProducer(bootstrap_servers=kafka_server.bootstrap_servers) as producer:
        await producer.send_and_wait(topic, b"kept", key=b"user")
    kafka_server.kill()
    kafka_server.start()
    async with AIOKafkaConsumer(
        topic, bootstrap_servers=kafka_server.bootstrap_servers, auto_offset_reset="earliest"
    ) as consumer:
        assert (await consumer.getone()).value == b"kept"


def test_kafka_is_formatted_also_with_an_id_that_looks_like_an_option(tmp_path: Path) -> None:
    server = KafkaServer(tmp_path / "kafka")
    server.prepare(cluster_id="-Ml1c-umQNiKBccsY6zFSw")
    assert "cluster.id=-Ml1c-umQNiKBccsY6zFSw" in (server.data / "meta.properties").read_text()


async def test_kafka_makes_no_topic_that_nobody_declared(
    kafka_server: KafkaServer, unique: Callable[[str], str]
) -> None:
    producer = AIOKafkaProducer(
        bootstrap_servers=kafka_server.bootstrap_servers, request_timeout_ms=2000
    )
    async with producer:
        with pytest.raises(KafkaError):
            await producer.send_and_wait(unique("undeclared"), b"lost")


def test_a_paused_redis_holds_the_line_and_answers_later(redis_server: RedisServer) -> None:
    client = redis.Redis(
        host=redis_server.host,
        port=redis_server.port,
        socket_timeout=0.3,
        retry=Retry(NoBackoff(), 0),
    )
    client.set("key", "value")
    redis_server.pause()
    try:
        with pytest.raises(redis.TimeoutError):
            client.get("key")
    finally:
        redis_server.resume()
    assert client.get("key") == b"value"


def test_a_taken_port_is_stepped_past(redis_server: RedisServer) -> None:
    assert ports.at_or_after(redis_server.port) > redis_server.port


def test_a_process_that_ends_at_once_is_reported_with_its_log(tmp_path: Path) -> None:
    child = Child("short", ["sh", "-c", "echo no such option; exit 3"], log=tmp_path / "log")
    child.start()
    with pytest.raises(NotReady, match=r"ended with code 3:\nno such option"):
        child.wait_until(lambda: False)


def test_children_go_when_their_parent_is_killed(tmp_path: Path) -> None:
    script = (
        "import sys, time; from pathlib import Path; from pfa_local.processes import Child\n"
        f"child = Child('sleeper', ['sleep', '600'], log=Path({str(tmp_path / 'log')!r}))\n"
        "child.start(); print(child.pid, flush=True); time.sleep(600)\n"
    )
    parent = subprocess.Popen([sys.executable, "-c", script], stdout=subprocess.PIPE, text=True)
    assert parent.stdout is not None
    sleeper = int(parent.stdout.readline())
    parent.kill()
    parent.wait()
    deadline = time.monotonic() + 5
    while _alive(sleeper):
        assert time.monotonic() < deadline, "the child outlived its parent"
        os.sched_yield()


def _alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
        state = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0]
    except (ProcessLookupError, FileNotFoundError):
        return False
    return state != "Z"


def test_stopping_ends_the_whole_group(tmp_path: Path) -> None:
    child = Child("family", ["sh", "-c", "sleep 600 & echo $!; wait"], log=tmp_path / "log")
    child.start()
    child.wait_until(lambda: (tmp_path / "log").read_text().strip() != "")
    grandchild = int((tmp_path / "log").read_text())
    child.stop()
    deadline = time.monotonic() + 5
    while _alive(grandchild):
        assert time.monotonic() < deadline, "a grandchild was left"
        os.sched_yield()
    assert child.exit_code == -signal.SIGTERM


def test_a_child_may_open_as_many_files_as_we_are_allowed_to(tmp_path: Path) -> None:
    child = Child("shell", ["sh", "-c", "ulimit -Sn; sleep 600"], log=tmp_path / "log")
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(256, hard), hard))
    try:
        child.start()
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
    child.wait_until(lambda: (tmp_path / "log").read_text().strip() != "")
    child.stop()
    allowed = 65_536 if hard == resource.RLIM_INFINITY else min(hard, 65_536)
    assert int((tmp_path / "log").read_text()) == allowed
