"""What the servers have in common."""

from __future__ import annotations

import os
from abc import ABC, abstractmethod
from pathlib import Path
from typing import ClassVar, Self

from pfa_local import ports
from pfa_local.processes import Child


class Server(ABC):
    """A real server with its data, log and pid file under `home`, on a loopback port.

    The port is chosen once: a restarted server is at the same address with the same data.
    """

    name: ClassVar[str]

    def __init__(self, home: Path, *, port: int | None = None) -> None:
        """`port` is the preferred one (stepped past when taken); None takes any."""
        self.home = home
        self.port = ports.anywhere() if port is None else ports.at_or_after(port)
        self.data.mkdir(parents=True, exist_ok=True)
        self._child = Child(
            self.name, self._command(), log=self.log, environment=self._environment()
        )

    @property
    def data(self) -> Path:
        return self.home / "data"

    @property
    def log(self) -> Path:
        return self.home / f"{self.name}.log"

    @property
    def host(self) -> str:
        return "127.0.0.1"

    @property
    def address(self) -> str:
        """host:port."""
        return f"{self.host}:{self.port}"

    @property
    def pid(self) -> int:
        return self._child.pid

    @property
    def running(self) -> bool:
        return self._child.running

    @property
    def child(self) -> Child:
        """The process itself, for supervision."""
        return self._child

    def start(self, *, seconds: float = 60.0) -> Self:
        """Start and wait until clients are served; raises NotReady with the end of the log."""
        self.spawn()
        try:
            self._child.wait_until(self.serves, seconds=seconds)
        except BaseException:
            self._child.kill()
            raise
        return self

    def spawn(self) -> None:
        """Start without waiting; `serves` tells when clients are served."""
        self._prepare()
        # As it is set up by now: what a benchmark says of its size is said after it was made.
        self._child.command = self._command()
        self._child.start()
        (self.home / f"{self.name}.pid").write_text(f"{self._child.pid}\n")

    def stop(self) -> None:
        self._child.stop()
        (self.home / f"{self.name}.pid").unlink(missing_ok=True)

    def kill(self) -> None:
        """End it as a power cut would (SIGKILL); `start` brings it back with its data."""
        self._child.kill()

    def restart(self) -> None:
        """Stop it in an orderly way and start it again at the same address."""
        self.stop()
        self.start()

    def pause(self) -> None:
        """Freeze it: connections stay open, nothing answers, until `resume`."""
        self._child.pause()

    def resume(self) -> None:
        self._child.resume()

    @abstractmethod
    def _command(self) -> list[str]:
        """The program and its arguments."""

    def _environment(self) -> dict[str, str]:
        return dict(os.environ)

    def _prepare(self) -> None:  # noqa: B027  most servers need nothing
        """Make what must be there before the first start."""

    @abstractmethod
    def serves(self) -> bool:
        """Whether a client would be served now."""
