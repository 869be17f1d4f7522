"""A worker process: `python -m ingest.reading.worker` reads jobs from its standard input and writes
answers.

Frames are an 8-byte big-endian length and a pickle. The first frame is the worker's
`WorkerOptions`; it answers that once it is ready. Limits are set before anything is read; the
process ends when its parent does.
"""

import ctypes
import os
import pickle
import resource
import signal
import sys
from collections.abc import Callable
from typing import Any, BinaryIO

from ingest.domain.errors import IngestError, ReadingFailed
from ingest.reading.frames import Answer, WorkerOptions, frame, read_frame

_PR_SET_PDEATHSIG = 1


def main() -> None:
    """Serve until the input ends."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    _die_with_parent()
    jobs = sys.stdin.buffer
    # Libraries that print must not write between the frames.
    answers = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    options: WorkerOptions = pickle.loads(read_frame(jobs))  # noqa: S301 - our parent wrote it
    _limit(options)
    handlers = _handlers(options)
    _say(answers, Answer())
    while True:
        try:
            name, arguments = pickle.loads(read_frame(jobs))  # noqa: S301 - our parent wrote it
        except EOFError:
            return
        _say(answers, _answer(handlers[name], arguments))


def _handlers(options: WorkerOptions) -> dict[str, Callable[..., Any]]:
    from ingest.reading import images, jobs

    handlers: dict[str, Callable[..., Any]] = {
        "screen": jobs.screen,
        "read_statement": jobs.read_statement,
        "page_image": images.page_image,
    }
    if options.engine:
        reader = jobs.ReceiptReader(
            options.engine,  # type: ignore[arg-type]  # settings have checked it
            language=options.language,
            threads=options.threads,
        )
        handlers["read_receipt"] = reader.read
    return handlers


def _answer(handler: Callable[..., Any], arguments: dict[str, Any]) -> Answer:
    try:
        return Answer(result=handler(**arguments))
    except IngestError as error:
        return Answer(error=error)
    except MemoryError:
        return Answer(error=ReadingFailed("it needs more memory than is allowed"))
    except Exception as error:  # noqa: BLE001 - the parent raises it again as WorkerFault
        return Answer(fault=f"{type(error).__name__}: {error}")


def _say(answers: BinaryIO, answer: Answer) -> None:
    answers.write(frame(pickle.dumps(answer)))
    answers.flush()


def _limit(options: WorkerOptions) -> None:
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_AS, (options.memory_bytes, options.memory_bytes))


def _die_with_parent() -> None:
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)


if __name__ == "__main__":
    main()
