"""Free TCP ports of the loopback interface."""

from __future__ import annotations

import errno
import random
import socket
from contextlib import closing

# Below the kernel's ephemeral range (32768 upwards), so that no outgoing connection takes a port
# between its choice here and the server's bind.
_RANDOM_PORTS = range(20_000, 32_000)


class NoFreePort(RuntimeError):
    """Every port that was tried is taken."""


def is_free(port: int) -> bool:
    """True when a server could listen on `port` of every IPv4 address now."""
    with closing(socket.socket(socket.AF_INET, socket.SOCK_STREAM)) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("0.0.0.0", port))
        except OSError as error:
            if error.errno in (errno.EADDRINUSE, errno.EACCES):
                return False
            raise
    return True


def at_or_after(port: int, *, taken: frozenset[int] = frozenset()) -> int:
    """The first free port from `port` upwards that is not in `taken`."""
    for candidate in range(port, min(port + 200, 65_536)):
        if candidate not in taken and is_free(candidate):
            return candidate
    raise NoFreePort(f"no free port from {port} to {port + 199}")


def anywhere() -> int:
    """A free port that other runs on this machine are unlikely to choose at the same time."""
    for candidate in random.sample(_RANDOM_PORTS, 200):
        if is_free(candidate):
            return candidate
    raise NoFreePort(f"no free port in {_RANDOM_PORTS}")
