"""Forget the local data and what was built; refuses while a system runs on that data."""

from __future__ import annotations

import fcntl
import shutil
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
LOCAL = ROOT / ".local"
BUILT = (LOCAL, ROOT / "bench" / "out", ROOT / "frontend" / "dist")
CACHES = (
    ".mypy_cache",
    ".ruff_cache",
    ".pytest_cache",
    ".import_linter_cache",
    ".hypothesis",
    "services/ledger/mutants",
)


def main() -> int:
    if LOCAL.exists():
        with (LOCAL / "lock").open("w") as lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                print("make clean: a system runs on .local; stop it first", file=sys.stderr)
                return 1
            return _delete()
    return _delete()


def _delete() -> int:
    for path in (*BUILT, *(ROOT / name for name in CACHES)):
        shutil.rmtree(path, ignore_errors=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
