"""`make run` and `make demo`, as a person at a terminal has them."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil
import pytest

from pfa_local import ports
from pfa_local.rest import Api

pytestmark = [pytest.mark.stack, pytest.mark.timeout(420)]


class Terminal:
    """A person's terminal with `python -m pfa_local run` in it."""

    def __init__(self, home: Path, port: int) -> None:
        self.home = home
        self._output = home.with_suffix(".out")
        with self._output.open("ab") as output:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "pfa_local", "run", "--home", str(home)],
                stdout=output,
                stderr=subprocess.STDOUT,
                env={**os.environ, "PORT": str(port), "FRONTEND_PORT": str(port + 1)},
            )
        self._me = psutil.Process(self._process.pid)

    @property
    def said(self) -> str:
        return self._output.read_text()

    def endpoints(self) -> dict[str, str]:
        path = self.home / "endpoints.json"
        self.wait(path.exists, seconds=180)
        found: dict[str, str] = json.loads(path.read_text())
        return found

    def process_of(self, part: str) -> psutil.Process:
        return next(child for child in self._me.children() if child.cmdline()[-2:] == ["-m", part])

    def family(self) -> list[psutil.Process]:
        return self._me.children(recursive=True)

    def wait(self, seen: Callable[[], bool], *, seconds: float) -> None:
        deadline = time.monotonic() + seconds
        while not seen():
            assert self._process.poll() is None, f"it ended:\n{self.said}"
            assert time.monotonic() < deadline, f"not seen in {seconds} s:\n{self.said}"
            time.sleep(0.1)

    def end(self, number: signal.Signals) -> int:
        self._process.send_signal(number)
        return self._process.wait(60)

    def close(self) -> None:
        if self._process.poll() is None:
            self._process.kill()
            self._process.wait()


@pytest.fixture
def terminal(tmp_path: Path) -> Iterator[Callable[[], Terminal]]:
    """Opens terminals that share a data directory and the port that they ask for."""
    port = ports.anywhere()
    opened: list[Terminal] = []

    def open_terminal() -> Terminal:
        opened.append(Terminal(tmp_path / "local", port))
        return opened[-1]

    yield open_terminal
    for one in opened:
        one.close()


def left_of(family: list[psutil.Process]) -> list[str]:
    """What still runs of them after a while; an orphan that nobody has reaped yet doesn't run."""

    def running(process: psutil.Process) -> bool:
        try:
            return process.status() != psutil.STATUS_ZOMBIE
        except psutil.NoSuchProcess:
            return False

    deadline = time.monotonic() + 20
    while (left := [each for each in family if running(each)]) and time.monotonic() < deadline:
        time.sleep(0.1)
    return [f"{each.pid} {' '.join(each.cmdline())}" for each in left]


def test_run_fills_a_book_restarts_what_dies_and_comes_back_with_its_data(
    terminal: Callable[[], Terminal],
) -> None:
    first = terminal()
    endpoints = first.endpoints()
    assert endpoints["gateway"].startswith("http://localhost:")
    with Api(endpoints["gateway"]) as api:
        api.log_in(email=endpoints["email"], password=endpoints["password"])
        before = {account["name"]: account["balance"] for account in api.items("/accounts")}
        assert len(before) == 4
        assert api.get("/transactions", limit=500)["next_cursor"]

    first.process_of("ledger").kill()
    first.wait(lambda: "ledger is back after" in first.said, seconds=60)

    family = first.family()
    assert first.end(signal.SIGINT) == 0
    assert left_of(family) == []
    assert not (first.home / "endpoints.json").exists()

    began = time.monotonic()
    second = terminal()
    again = second.endpoints()
    assert time.monotonic() - began < 60  # 15 s where nothing else is running
    assert again == endpoints
    with Api(again["gateway"]) as api:
        api.log_in(email=again["email"], password=again["password"])
        assert before == {one["name"]: one["balance"] for one in api.items("/accounts")}

    family = second.family()
    second.end(signal.SIGKILL)  # nobody is left to end the parts in order
    assert left_of(family) == []


def test_demo_books_a_receipt_and_a_statement_to_the_cent(tmp_path: Path) -> None:
    played = subprocess.run(
        [sys.executable, "-m", "pfa_local", "demo", "--home", str(tmp_path / "local")],
        capture_output=True,
        text=True,
        check=False,
    )
    assert played.returncode == 0, played.stdout + played.stderr
    assert "The books are right to the cent." in played.stdout
