"""What goes through the pipes between a worker process and its pool: an 8-byte big-endian length
and a pickle.
"""

import struct
from dataclasses import dataclass
from typing import Any, BinaryIO

from ingest.domain.errors import IngestError

LENGTH = struct.Struct(">Q")


@dataclass(frozen=True, slots=True)
class WorkerOptions:
    """`memory_bytes` bounds the address space; `engine` empty means no text recognition."""

    memory_bytes: int
    engine: str = ""
    language: str = "eng"
    threads: int = 1


@dataclass(frozen=True, slots=True)
class Answer:
    """`result` or `error`; `fault` is a programming error in words, for the log."""

    result: Any = None
    error: IngestError | None = None
    fault: str = ""


def read_frame(stream: BinaryIO) -> bytes:
    """Raises EOFError at the end of the stream."""
    head = stream.read(LENGTH.size)
    if len(head) < LENGTH.size:
        raise EOFError
    return stream.read(LENGTH.unpack(head)[0])


def frame(payload: bytes) -> bytes:
    return LENGTH.pack(len(payload)) + payload
