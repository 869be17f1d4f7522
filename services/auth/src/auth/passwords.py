"""Password hashes (bcrypt), computed on threads: one takes a quarter of a second."""

import asyncio
import base64
import hashlib
import os
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from importlib import resources

import bcrypt

from auth.domain import PasswordPolicy, normalised_password

BCRYPT_MAX_BYTES = 72


def prepared(password: str) -> bytes:
    """What bcrypt gets of a password: the whole of it, always.

    bcrypt takes 72 bytes and stops at a NUL byte. What is longer or holds one goes in as the base64
    of its SHA-256, 44 characters that stand for every byte of it.
    """
    raw = normalised_password(password).encode()
    if len(raw) <= BCRYPT_MAX_BYTES and b"\0" not in raw:
        return raw
    return base64.b64encode(hashlib.sha256(raw).digest())


class PasswordHasher:
    """Hashes and checks passwords on its own threads (bcrypt lets go of the interpreter's lock)."""

    def __init__(self, threads: ThreadPoolExecutor, *, rounds: int) -> None:
        self._threads = threads
        self._rounds = rounds
        # Checked against when the address is unknown, so that the answer takes as long.
        self._nobody = bcrypt.hashpw(os.urandom(16).hex().encode(), bcrypt.gensalt(rounds)).decode()

    @classmethod
    @contextmanager
    def open(cls, *, rounds: int) -> Iterator["PasswordHasher"]:
        """A hasher for the block; `rounds` is the logarithm of bcrypt's cost (BCRYPT_ROUNDS)."""
        with ThreadPoolExecutor(os.cpu_count() or 1, thread_name_prefix="bcrypt") as threads:
            yield cls(threads, rounds=rounds)

    async def hash(self, password: str) -> str:
        return await asyncio.get_running_loop().run_in_executor(self._threads, self._hash, password)

    async def verify(self, password: str, hashed: str | None) -> bool:
        """Whether the password is the one. None (nobody has the address) is False, as slowly."""
        matches = await asyncio.get_running_loop().run_in_executor(
            self._threads, self._matches, password, hashed or self._nobody
        )
        return matches and hashed is not None

    def is_outdated(self, hashed: str) -> bool:
        """Whether the hash was made at another cost than is asked for now."""
        return int(hashed.split("$")[2]) != self._rounds

    def _hash(self, password: str) -> str:
        return bcrypt.hashpw(prepared(password), bcrypt.gensalt(self._rounds)).decode()

    def _matches(self, password: str, hashed: str) -> bool:
        return bcrypt.checkpw(prepared(password), hashed.encode())


def load_policy() -> PasswordPolicy:
    """The policy with the list of common passwords that comes with this package."""
    text = resources.files("auth").joinpath("common_passwords.txt").read_text("utf-8")
    lines = (line.strip() for line in text.splitlines())
    return PasswordPolicy(common=frozenset(line for line in lines if line and line[0] != "#"))
