"""Identifiers: UUIDv7 (RFC 9562), so that keys made later sort later."""

import os
import struct
import threading
import time
from collections.abc import Iterator
from uuid import UUID

_lock = threading.Lock()
_last_ms = 0
_last_tail = 0
_steps: Iterator[int] = iter(())
_VARIANT = 2 << 62
_LOW_62 = (1 << 62) - 1


def new_id() -> str:
    """A new UUIDv7 in its canonical text form; ids made by one process never go backwards.

    Within a millisecond the 74 bits after the time count on by random steps (RFC 9562, §6.2, method
    2): however many are made, the time in them is the clock's.
    """
    global _last_ms, _last_tail
    with _lock:
        now = time.time_ns() // 1_000_000
        if now > _last_ms:
            # The highest bit is left free to count into.
            _last_ms, _last_tail = now, int.from_bytes(os.urandom(10)) >> 7
        else:
            _last_tail += 1 + _step()
        ms, tail = _last_ms, _last_tail
    # Written part by part: of the whole number of 128 bits it takes twice as long.
    low = f"{_VARIANT | tail & _LOW_62:016x}"
    return f"{ms >> 16:08x}-{ms & 0xFFFF:04x}-7{tail >> 62:03x}-{low[:4]}-{low[4:]}"


def _step() -> int:
    """32 random bits. They are fetched for many ids together: a call of the kernel each would take
    longer than all the rest."""
    global _steps
    step = next(_steps, None)
    if step is None:
        _steps = iter(struct.unpack("1024I", os.urandom(4096)))
        step = next(_steps)
    return step


def _after_fork() -> None:
    """A child that went on counting where its parent does would make the parent's ids."""
    global _last_ms, _steps
    _last_ms, _steps = 0, iter(())


os.register_at_fork(after_in_child=_after_fork)


def is_id(text: str) -> bool:
    """Whether the text is a UUID in canonical form."""
    try:
        return str(UUID(text)) == text
    except ValueError:
        return False
