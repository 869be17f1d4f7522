"""A child process that never outlives us: own session, own log file, gone when its parent goes."""

from __future__ import annotations

import ctypes
import functools
import os
import resource
import signal
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path

import psutil

_PR_SET_PDEATHSIG = 1
_OPEN_FILES = 65_536
_LIBC = ctypes.CDLL(None, use_errno=True)


class NotReady(RuntimeError):
    """A process ended, or did not answer in time, while it was waited for."""


@functools.cache
def _forker() -> ThreadPoolExecutor:
    return ThreadPoolExecutor(max_workers=1, thread_name_prefix="forker")


class Child:
    """One child process, started and ended from here.

    Its output goes to `log`. It leads its own session, so that a Ctrl-C in the terminal reaches
    only us and we end the children in order; and the kernel sends it `death_signal` when we die.
    """

    def __init__(
        self,
        name: str,
        command: Sequence[str],
        *,
        log: Path,
        environment: Mapping[str, str] | None = None,
        directory: Path | None = None,
        death_signal: signal.Signals = signal.SIGTERM,
    ) -> None:
        self.name = name
        self.command = [str(part) for part in command]
        self.log = log
        self._environment = dict(os.environ if environment is None else environment)
        self._directory = directory
        self._death_signal = death_signal
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def pid(self) -> int:
        """Process id; raises NotReady when it was never started."""
        if self._process is None:
            raise NotReady(f"{self.name} has not been started")
        return self._process.pid

    @property
    def running(self) -> bool:
        return self._process is not None and self._process.poll() is None

    @property
    def exit_code(self) -> int | None:
        return None if self._process is None else self._process.poll()

    def start(self) -> None:
        if self.running:
            return
        self.log.parent.mkdir(parents=True, exist_ok=True)
        parent, death_signal = os.getpid(), int(self._death_signal)
        _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
        # MongoDB keeps a file open for each collection and index; 1024, which a login shell
        # usually allows, is soon too few.
        open_files = (
            min(most, _OPEN_FILES) if most != resource.RLIM_INFINITY else _OPEN_FILES,
            most,
        )

        def prepare() -> None:
            resource.setrlimit(resource.RLIMIT_NOFILE, open_files)
            _LIBC.prctl(_PR_SET_PDEATHSIG, death_signal, 0, 0, 0)
            if os.getppid() != parent:  # it went between fork and prctl
                os._exit(1)

        with self.log.open("ab") as output:
            # The death signal comes when the *thread* that forked ends (prctl(2)), so that has to
            # be one which lives as long as we do, not a worker of somebody's event loop.
            self._process = (
                _forker()
                .submit(
                    subprocess.Popen,
                    self.command,
                    stdin=subprocess.DEVNULL,
                    stdout=output,
                    stderr=subprocess.STDOUT,
                    env=self._environment,
                    cwd=self._directory,
                    start_new_session=True,
                    preexec_fn=prepare,
                )
                .result()
            )

    def ask_to_stop(self) -> None:
        """SIGTERM, without waiting; a frozen process is woken to hear it."""
        if self._process is not None and self.running:
            self._process.terminate()
            self._process.send_signal(signal.SIGCONT)

    def stop(self, *, grace: float = 15.0) -> None:
        """SIGTERM, wait up to `grace` seconds, then SIGKILL; also whatever it left in its group."""
        if self._process is None:
            return
        self.ask_to_stop()
        with suppress(subprocess.TimeoutExpired):
            self._process.wait(grace)
        self.kill()

    def kill(self) -> None:
        """SIGKILL the process and its group, and reap it."""
        if self._process is None:
            return
        with suppress(ProcessLookupError):
            os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait()

    def pause(self) -> None:
        """Freeze it (SIGSTOP): connections stay open and nothing answers."""
        os.kill(self.pid, signal.SIGSTOP)

    def resume(self) -> None:
        os.kill(self.pid, signal.SIGCONT)

    def resident_bytes(self) -> int:
        """Resident memory of the process and its children; 0 when it has ended."""
        try:
            family = [psutil.Process(self.pid)]
            family += family[0].children(recursive=True)
            return sum(process.memory_info().rss for process in family)
        except psutil.NoSuchProcess:
            return 0

    def wait_until(self, ready: Callable[[], bool], *, seconds: float = 60.0) -> None:
        """Poll `ready` until it is true; raises NotReady with the end of the log otherwise."""
        deadline = time.monotonic() + seconds
        while not ready():
            if not self.running:
                raise NotReady(f"{self.name} ended with code {self.exit_code}:\n{self.log_tail()}")
            if time.monotonic() > deadline:
                raise NotReady(f"{self.name} not ready in {seconds:.0f} s:\n{self.log_tail()}")
            time.sleep(0.05)

    def log_tail(self, lines: int = 15) -> str:
        try:
            return "\n".join(self.log.read_text(errors="replace").splitlines()[-lines:])
        except FileNotFoundError:
            return ""
