"""A pool of worker processes: limited in time and memory, killed when they overstay, recycled."""

import asyncio
import io
import pickle
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from ingest.domain.errors import ReadingFailed, restored_error
from ingest.reading.frames import LENGTH, Answer, WorkerOptions, frame

_START_SECONDS = 120.0
_MAX_ANSWER = 64 * 1024 * 1024
_PLAIN = {("datetime", "date"), ("kit.money", "Money")}


class WorkerFault(RuntimeError):
    """A job raised what it should not have: a defect of ours, not of the document."""


class WorkerDied(RuntimeError):
    """The process ended in the middle of a job."""


class WorkerPool:
    """Up to `size` processes, started on first need (or by `start`)."""

    def __init__(self, options: WorkerOptions, *, size: int, jobs_per_worker: int = 200) -> None:
        self._options = options
        self._size = size
        self._jobs_per_worker = jobs_per_worker
        self._free: asyncio.Queue[_Worker | None] = asyncio.Queue()
        self._workers: set[_Worker] = set()
        for _ in range(size):
            self._free.put_nowait(None)

    async def start(self) -> None:
        """Start every worker now, so that the first document need not wait for models."""
        places = [await self._free.get() for _ in range(self._size)]
        for place in places:
            self._free.put_nowait(place or await self._started())

    async def run(self, job: str, *, seconds: float, **arguments: Any) -> Any:
        """Do a job in one of the processes.

        Raises the job's IngestError; ReadingFailed after `seconds`; WorkerDied, WorkerFault.
        """
        async with self._worker() as worker:
            try:
                async with asyncio.timeout(seconds):
                    answer = await worker.ask((job, arguments))
            except TimeoutError:
                await worker.kill()
                raise ReadingFailed(f"it took longer than {seconds:g} seconds") from None
            except (EOFError, ConnectionError, asyncio.IncompleteReadError) as error:
                await worker.kill()
                raise WorkerDied("the worker process ended in the middle of a job") from error
            except asyncio.CancelledError:
                await worker.kill()
                raise
        if answer.error is not None:
            raise answer.error
        if answer.fault:
            raise WorkerFault(answer.fault)
        return answer.result

    async def close(self) -> None:
        for worker in list(self._workers):
            await worker.kill()
        self._workers.clear()

    @asynccontextmanager
    async def _worker(self) -> AsyncIterator["_Worker"]:
        place = await self._free.get()
        try:
            worker = place if place is not None and place.alive else await self._started()
        except BaseException:
            self._free.put_nowait(None)
            raise
        try:
            yield worker
        finally:
            if worker.alive and worker.jobs < self._jobs_per_worker:
                self._free.put_nowait(worker)
            else:
                self._workers.discard(worker)
                self._free.put_nowait(None)
                await worker.kill()

    async def _started(self) -> "_Worker":
        worker = await _Worker.start(self._options)
        self._workers.add(worker)
        return worker


class _Worker:
    """One process and its pipes."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self._process = process
        self.jobs = 0

    @classmethod
    async def start(cls, options: WorkerOptions) -> "_Worker":
        """Returns once its models are loaded."""
        process = await asyncio.create_subprocess_exec(
            sys.executable,
            "-m",
            "ingest.reading.worker",
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
        )
        worker = cls(process)
        try:
            async with asyncio.timeout(_START_SECONDS):
                await worker.ask(options)
        except BaseException:
            await worker.kill()
            raise
        worker.jobs = 0
        return worker

    @property
    def alive(self) -> bool:
        return self._process.returncode is None

    async def ask(self, message: object) -> Answer:
        stdin, stdout = self._process.stdin, self._process.stdout
        if stdin is None or stdout is None:
            raise WorkerDied("the worker process has no pipes")
        self.jobs += 1
        stdin.write(frame(pickle.dumps(message)))
        await stdin.drain()
        length = LENGTH.unpack(await stdout.readexactly(LENGTH.size))[0]
        if length > _MAX_ANSWER:
            raise WorkerDied("the worker process answered more than is allowed")
        return _loads(await stdout.readexactly(length))

    async def kill(self) -> None:
        if self.alive:
            self._process.kill()
        await self._process.wait()


class _AnswerUnpickler(pickle.Unpickler):
    """A worker has handled a stranger's bytes: its answers may hold our own value types and nothing
    else.
    """

    def find_class(self, module: str, name: str) -> Any:
        if (module, name) in _PLAIN:
            return super().find_class(module, name)
        if module.startswith(("ingest.domain.", "ingest.reading.")) and "." not in name:
            found = super().find_class(module, name)
            if getattr(found, "__module__", "") == module and (
                isinstance(found, type) or found is restored_error
            ):
                return found
        raise pickle.UnpicklingError(f"{module}.{name} is no part of an answer")


def _loads(payload: bytes) -> Answer:
    answer = _AnswerUnpickler(io.BytesIO(payload)).load()
    if not isinstance(answer, Answer):
        raise WorkerDied("the worker process did not answer")
    return answer
