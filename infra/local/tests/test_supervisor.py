from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from pfa_local.processes import Child
from pfa_local.stack import Part
from pfa_local.supervisor import Supervisor


@pytest.fixture
def sleeper(tmp_path: Path) -> Iterator[Part]:
    """A part that runs until it is killed."""
    child = Child("sleeper", ["sleep", "600"], log=tmp_path / "sleeper.log")
    child.start()
    yield Part("sleeper", child, ready=lambda: child.running, spawn=child.start)
    child.kill()


def watch_until(supervisor: Supervisor, seen: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 10
    while not seen():
        assert time.monotonic() < deadline
        supervisor.look()


def test_a_part_that_dies_is_started_again_and_said_so(sleeper: Part) -> None:
    said: list[str] = []
    supervisor = Supervisor([sleeper], said.append)
    first = sleeper.child.pid
    supervisor.look()
    assert said == []
    sleeper.child.kill()
    watch_until(supervisor, lambda: len(said) == 2)
    assert said[0].startswith("sleeper ended (code -9), starting it again in 0.5 s")
    assert said[1].startswith("sleeper is back after")
    assert sleeper.child.running
    assert sleeper.child.pid != first


def test_a_part_that_dies_at_once_again_and_again_waits_longer_each_time(tmp_path: Path) -> None:
    child = Child("broken", ["false"], log=tmp_path / "broken.log")
    part = Part("broken", child, ready=lambda: False, spawn=child.start)
    child.start()
    said: list[str] = []
    supervisor = Supervisor([part], said.append)
    watch_until(supervisor, lambda: len(said) == 3)
    assert [line.split(" in ")[1].split(";")[0] for line in said] == ["0.5 s", "1.0 s", "2.0 s"]


def test_a_part_that_serves_again_is_not_reported_twice(sleeper: Part) -> None:
    said: list[str] = []
    supervisor = Supervisor([sleeper], said.append)
    sleeper.child.kill()
    watch_until(supervisor, lambda: len(said) == 2)
    for _ in range(20):
        supervisor.look()
    assert len(said) == 2
