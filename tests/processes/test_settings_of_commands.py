"""Each command of a service asks only for the settings that it uses.

`JWT_SECRET` is the one setting without a default. A command that neither signs nor verifies tokens
starts without it; the others refuse to start.
"""

import asyncio
import os
import re
import subprocess
import sys
import urllib.request
from collections.abc import Mapping, Sequence
from typing import Any

import pytest

from kit.testing import SECRET, wait_until
from pfa_local import ports
from pfa_local.processes import Child

EX_CONFIG, EX_USAGE = 78, 64
# By service: what starts without the secret, and what refuses to.
RUNS_WITHOUT = {
    "auth": {"relay", "consume", "migrate", "replay"},
    "ledger": {"relay", "consume", "migrate", "replay", "check", "rates", "rebuild"},
    "ingest": {"relay", "migrate"},
    "ai": {"relay", "migrate"},
}
NEEDS_SECRET = {
    "auth": {"serve", "rotate-keys"},
    "ledger": {"serve"},
    "ingest": {"serve", "consume", "replay"},
    "ai": {"serve", "consume", "replay"},
}
LASTS = ("relay", "consume")
ENDS = {
    "migrate": ([], 0),
    "check": ([], 0),
    "rebuild": ([], 0),
    "rates": (["/dev/null"], 1),
    # Without a group it says which there are.
    "replay": ([], EX_USAGE),
}


@pytest.fixture
def environment(mongo_server: Any, kafka_server: Any, mongo_database: str) -> dict[str, str]:
    inherited = {k: v for k, v in os.environ.items() if k != "JWT_SECRET"}
    return {
        **inherited,
        "APP_ENV": "production",
        "LISTEN_HOST": "127.0.0.1",
        "GRPC_PORT": str(ports.anywhere()),
        "OPS_PORT": str(ports.anywhere()),
        "MONGODB_URI": mongo_server.uri,
        "MONGODB_DATABASE": mongo_database,
        "KAFKA_BOOTSTRAP_SERVERS": kafka_server.bootstrap_servers,
        "KAFKA_TOPIC_PREFIX": f"{mongo_database}.",
    }


async def ran(
    service: str, *words: str, environment: Mapping[str, str]
) -> subprocess.CompletedProcess[str]:
    return await asyncio.to_thread(
        subprocess.run,
        [sys.executable, "-m", service, *words],
        env=environment,
        capture_output=True,
        text=True,
        timeout=150,
    )


def pairs(of: Mapping[str, set[str]], *, only: Sequence[str]) -> list[tuple[str, str]]:
    return [(service, word) for service, words in of.items() for word in sorted(words & {*only})]


@pytest.mark.parametrize("service", RUNS_WITHOUT)
async def test_the_tables_name_every_command(service: str, environment: dict[str, str]):
    answer = await ran(service, "nonsense", environment=environment)

    assert answer.returncode == EX_USAGE
    words = re.search(r"is none of (.+)$", answer.stderr.strip())
    assert words is not None
    assert set(words[1].split(", ")) == RUNS_WITHOUT[service] | NEEDS_SECRET[service]


@pytest.mark.parametrize(("service", "word"), pairs(RUNS_WITHOUT, only=list(ENDS)))
async def test_a_command_runs_without_the_secret_that_it_does_not_use(
    service: str, word: str, environment: dict[str, str]
):
    if word in ("check", "rebuild"):
        await ran(service, "migrate", environment=environment)
    arguments, status = ENDS[word]

    answer = await ran(service, word, *arguments, environment=environment)

    assert answer.returncode == status, answer.stderr
    assert "JWT_SECRET" not in answer.stderr


@pytest.mark.parametrize(("service", "word"), pairs(RUNS_WITHOUT, only=LASTS))
async def test_a_role_runs_without_the_secret_that_it_does_not_use(
    service: str, word: str, environment: dict[str, str], tmp_path: Any
):
    assert (await ran(service, "migrate", environment=environment)).returncode == 0
    log = tmp_path / "role.log"
    child = Child(service, [sys.executable, "-m", service, word], log=log, environment=environment)
    child.start()
    try:
        await wait_until(lambda: is_healthy(environment["OPS_PORT"]), deadline=150)
    finally:
        child.stop()
    assert '"stopped"' in log.read_text()


@pytest.mark.timeout(600)
@pytest.mark.parametrize("service", NEEDS_SECRET)
async def test_whatever_uses_the_secret_refuses_to_start_without_it(
    service: str, environment: dict[str, str]
):
    for words in ([], *([word] for word in sorted(NEEDS_SECRET[service]))):
        answer = await ran(service, *words, environment=environment)

        assert answer.returncode == EX_CONFIG, words
        assert "JWT_SECRET is missing" in answer.stderr


async def test_whatever_uses_the_secret_refuses_a_weak_one(environment: dict[str, str]):
    environment["JWT_SECRET"] = "short"

    answer = await ran("ledger", "serve", environment=environment)

    assert answer.returncode == EX_CONFIG
    assert "JWT_SECRET" in answer.stderr


async def test_a_command_does_not_look_at_a_secret_that_it_does_not_use(
    environment: dict[str, str],
):
    environment["JWT_SECRET"] = "short"

    answer = await ran("ledger", "migrate", environment=environment)

    assert answer.returncode == 0, answer.stderr
    assert SECRET not in answer.stderr


async def is_healthy(port: str) -> bool:
    try:
        url = f"http://127.0.0.1:{port}/health"
        response = await asyncio.to_thread(urllib.request.urlopen, url, timeout=2)
    except OSError:
        return False
    return bool(response.status == 200)
