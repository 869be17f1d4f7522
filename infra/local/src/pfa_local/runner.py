"""`make run`: the whole system with a demo book, until Ctrl-C."""

from __future__ import annotations

import contextlib
import fcntl
import json
import os
import signal
import sys
import time
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from types import FrameType

from rich.console import Console
from rich.panel import Panel
from rich.table import Table

from pfa_local.demo_book import DemoBook
from pfa_local.environment import DEMO_EMAIL, HOME, BadSetting, user_settings
from pfa_local.processes import NotReady
from pfa_local.rest import Api
from pfa_local.stack import Stack
from pfa_local.supervisor import Supervisor

_LOOK_EVERY = 0.4
# SIGINT too: a shell has what it starts in the background ignore it, and Python leaves that so.
_ENDING = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


class AlreadyRunning(RuntimeError):
    """Another process runs a stack on the same data."""


class Stopped(BaseException):
    """A signal came that wishes us to end; not an Exception, as KeyboardInterrupt isn't."""


@dataclass(frozen=True, slots=True)
class Endpoints:
    """Where scripts find the running system: `.local/endpoints.json`."""

    gateway: str
    frontend: str
    email: str
    password: str

    @staticmethod
    def path(home: Path) -> Path:
        return home / "endpoints.json"

    def write(self, home: Path) -> None:
        path = self.path(home)
        temporary = path.with_suffix(".tmp")
        temporary.write_text(json.dumps(asdict(self), indent=2) + "\n")
        temporary.replace(path)

    @classmethod
    def read(cls, home: Path) -> Endpoints | None:
        """None when no system runs there."""
        try:
            return cls(**json.loads(cls.path(home).read_text()))
        except FileNotFoundError:
            return None


@contextlib.contextmanager
def sole_use_of(home: Path) -> Iterator[None]:
    """Hold the data directory for ourselves; raises AlreadyRunning."""
    home.mkdir(parents=True, exist_ok=True)
    with (home / "lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise AlreadyRunning(f"a system already runs on {home}") from None
        yield


def stop_on_signals() -> None:
    """From now on those signals raise Stopped in the main thread."""

    def stop(number: int, _: FrameType | None) -> None:
        raise Stopped(signal.Signals(number).name)

    for number in _ENDING:
        signal.signal(number, stop)


def _ignore_signals() -> None:
    """While ending in order, a second Ctrl-C changes nothing."""
    for number in _ENDING:
        signal.signal(number, signal.SIG_IGN)


@contextlib.contextmanager
def running_stack(console: Console, *, home: Path = HOME, frontend: bool = True) -> Iterator[Stack]:
    """A started stack, ended in order whatever happens; one line for each part as it serves."""
    with sole_use_of(home):
        stack = Stack(home, settings=user_settings(), frontend=frontend)
        began = time.monotonic()
        try:
            stack.spawn()
            for part in stack.parts.values():
                part.wait()
                console.print(
                    f"  [green]✓[/] {part.name:<9}[dim]{part.url}"
                    f" · {time.monotonic() - began:.1f} s[/]",
                    highlight=False,
                )
            yield stack
        finally:
            _ignore_signals()
            Endpoints.path(home).unlink(missing_ok=True)
            with console.status("stopping") if console.is_terminal else contextlib.nullcontext():
                stack.stop()


def run(*, home: Path = HOME) -> int:
    """Start, fill the demo book, tell where to look, and watch over the parts until told to end."""
    console = Console(soft_wrap=True)
    began = time.monotonic()
    stop_on_signals()
    try:
        with running_stack(console, home=home) as stack:
            endpoints = _fill(stack, console)
            endpoints.write(stack.home)
            if not stack.frontend_url:
                console.print("  [yellow]![/] frontend: not built, so it is left out")
            console.print(_summary(stack, endpoints, time.monotonic() - began))
            supervisor = Supervisor(
                stack.parts.values(), lambda line: console.print(f"  [yellow]![/] {line}")
            )
            while True:
                time.sleep(_LOOK_EVERY)
                supervisor.look()
    except Stopped:
        console.print(f"stopped; the data is kept in {os.path.relpath(home)}")
        return 0
    except (AlreadyRunning, BadSetting, NotReady) as problem:
        print(f"make run: {problem}", file=sys.stderr)
        return 1


def _fill(stack: Stack, console: Console) -> Endpoints:
    began = time.monotonic()
    password = stack.secrets.demo_password
    with Api(stack.gateway_url) as api:
        added = DemoBook(api, home=stack.home).fill(email=DEMO_EMAIL, password=password)
    if added:
        console.print(
            f"  [green]✓[/] demo book [dim]{added} transactions"
            f" · {time.monotonic() - began:.1f} s[/]",
            highlight=False,
        )
    _write_command_environment(stack)
    return Endpoints(stack.gateway_url, stack.frontend_url, DEMO_EMAIL, password)


def _write_command_environment(stack: Stack) -> None:
    """For `make demo` and `python -m ledger check` beside a running system; readable by us only."""
    path = stack.home / "environment.json"
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    own = {
        name: value for name, value in stack.environment.items() if os.environ.get(name) != value
    }
    with os.fdopen(descriptor, "w") as file:
        json.dump(own, file, indent=2)


def _summary(stack: Stack, endpoints: Endpoints, seconds: float) -> Panel:
    table = Table.grid(padding=(0, 3))
    table.add_column(style="dim")
    table.add_column(no_wrap=True)
    if endpoints.frontend:
        table.add_row("open", f"[bold]{endpoints.frontend}[/]")
    table.add_row("API", f"{endpoints.gateway}/docs")
    table.add_row("log in", f"{endpoints.email}   [bold]{endpoints.password}[/]")
    table.add_row("logs", f"{os.path.relpath(stack.home)}/logs")
    memory = sum(stack.resident_bytes().values()) / 2**30
    table.add_row(
        "", f"[dim]ready in {seconds:.1f} s · {memory:.1f} GB resident · Ctrl-C stops it[/]"
    )
    return Panel(table, title="Personal Finance Assistant", title_align="left", expand=False)
