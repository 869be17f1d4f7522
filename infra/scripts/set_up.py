"""Make this checkout ready to run: Python environment, servers, frontend.

Needs Python 3.11 with venv and nothing else; everything lands in .venv and frontend/node_modules.
A step whose inputs have not changed since it last succeeded is passed over, so a second call takes
a fraction of a second. Every Python package is checked against requirements-dev.txt's hashes,
every jar against kafka.lock's, every npm package against package-lock.json's.
"""

from __future__ import annotations

import argparse
import fcntl
import hashlib
import os
import re
import subprocess
import sys
import time
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
VENV = ROOT / ".venv"
PYTHON = VENV / "bin" / "python"
FRONTEND = ROOT / "frontend"
STAMPS = VENV / "share" / "pfa" / "stamps"
PARTS = (
    "libs/protos",
    "libs/kit",
    "libs/specimens",
    "libs/gemini_standin",
    "services/auth",
    "services/ledger",
    "services/ingest",
    "services/ai",
    "gateway",
    "infra/local",
)
NOT_SOURCES = {"node_modules", "dist", "test-results", "playwright-report"}


class SetUpFailed(RuntimeError):
    """A step failed; the message ends with what its program said."""


class Step:
    """One piece of the set-up, done again only when its inputs change."""

    def __init__(self, name: str, inputs: Iterable[Path], work: Callable[[], None]) -> None:
        self.name = name
        self._work = work
        self._stamp = STAMPS / re.sub(r"[^a-z]+", "-", name.lower())
        self._digest = _digest(inputs)

    def run(self, *, missing: bool = False) -> bool:
        """Do it when its inputs changed or its result is missing; tells whether it was done."""
        done = self._stamp.exists() and self._stamp.read_text() == self._digest
        if done and not missing:
            return False
        say(f"  … {self.name}")
        started = time.monotonic()
        self._work()
        STAMPS.mkdir(parents=True, exist_ok=True)
        self._stamp.write_text(self._digest)
        say(f"  ✓ {self.name} ({time.monotonic() - started:.0f} s)")
        return True


def say(line: str) -> None:
    print(line, flush=True)


def _digest(inputs: Iterable[Path]) -> str:
    digest = hashlib.sha256(sys.version.encode())
    for path in sorted(inputs):
        digest.update(str(path.relative_to(ROOT)).encode())
        digest.update(path.read_bytes())
    return digest.hexdigest()


def call(*command: str | Path, directory: Path = ROOT, environment: dict[str, str]) -> None:
    """Run a program quietly; raises SetUpFailed with the end of its output."""
    result = subprocess.run(
        [str(part) for part in command],
        cwd=directory,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    if result.returncode:
        end = "\n".join(result.stdout.splitlines()[-30:])
        raise SetUpFailed(f"{' '.join(map(str, command))}\n{end}")


def environment() -> dict[str, str]:
    """Ours, with the environment's programs first on the PATH and no downloads of Python."""
    return {
        **os.environ,
        "VIRTUAL_ENV": str(VENV),
        "PATH": f"{VENV / 'bin'}{os.pathsep}{os.environ.get('PATH', '')}",
        "UV_PYTHON_DOWNLOADS": "never",
        "UV_NO_PROGRESS": "1",
    }


def make_environment() -> None:
    if not PYTHON.exists():
        call(sys.executable, "-m", "venv", VENV, environment=dict(os.environ))


def install_installer() -> None:
    if not (VENV / "bin" / "pip").exists() and not (VENV / "bin" / "uv").exists():
        call(PYTHON, "-m", "ensurepip", environment=environment())
    if not (VENV / "bin" / "uv").exists():
        requirements = ROOT / "infra" / "requirements-uv.txt"
        call(
            *(PYTHON, "-m", "pip", "install", "--quiet", "--disable-pip-version-check"),
            *("--require-hashes", "-r", requirements),
            environment=environment(),
        )


def install_packages() -> None:
    # --no-deps: the file is complete, and rapidocr's wish for opencv-python is overridden in it.
    call(
        *("uv", "pip", "install", "--quiet", "--no-deps", "--require-hashes"),
        *("-r", "requirements-dev.txt"),
        environment=environment(),
    )


def install_parts() -> None:
    editable = [argument for part in PARTS for argument in ("--editable", part)]
    call(
        *("uv", "pip", "install", "--quiet", "--no-deps", "--no-build-isolation", *editable),
        environment=environment(),
    )


def download_kafka() -> None:
    program = "from pfa_local import binaries; binaries.download_kafka()"
    call(PYTHON, "-c", program, environment=environment())


def make_kafka_cache() -> None:
    program = "from pfa_local.servers.kafka import make_start_up_cache; make_start_up_cache()"
    call(PYTHON, "-c", program, environment=environment())


def node_environment() -> dict[str, str]:
    program = "from pfa_local import binaries; print(binaries.node_directory())"
    directory = subprocess.run(
        [PYTHON, "-c", program], capture_output=True, text=True, check=True
    ).stdout.strip()
    return {**os.environ, "PATH": f"{directory}{os.pathsep}{os.environ.get('PATH', '')}"}


def install_frontend() -> None:
    call(
        *("npm", "ci", "--no-audit", "--no-fund", "--prefer-offline"),
        directory=FRONTEND,
        environment=node_environment(),
    )


def build_frontend() -> None:
    call("npm", "run", "build", directory=FRONTEND, environment=node_environment())


def frontend_sources() -> list[Path]:
    sources = []
    for directory, directories, files in os.walk(FRONTEND):
        directories[:] = [name for name in directories if name not in NOT_SOURCES]
        sources += [Path(directory) / name for name in files]
    return sources


def set_up(*, frontend: bool) -> bool:
    """Do what is due; tells whether anything was."""
    pyprojects = [ROOT / part / "pyproject.toml" for part in PARTS]
    kafka_lock = ROOT / "infra/local/src/pfa_local/servers/kafka.lock"
    due = [
        Step("Python environment", [], make_environment).run(),
        Step("installer", [ROOT / "infra/requirements-uv.txt"], install_installer).run(),
        Step("Python packages", [ROOT / "requirements-dev.txt"], install_packages).run(),
        Step("our own packages", pyprojects, install_parts).run(),
    ]
    has_frontend = frontend and (FRONTEND / "package-lock.json").exists()
    kafka = Step("Apache Kafka", [kafka_lock], download_kafka)
    kafka_cache = Step("Kafka's start-up cache", [kafka_lock], make_kafka_cache)
    with ThreadPoolExecutor() as together:
        waiting = [together.submit(lambda: [kafka.run(), kafka_cache.run()])]
        if has_frontend:
            lock = FRONTEND / "package-lock.json"
            packages = Step("frontend packages", [lock], install_frontend)
            waiting.append(together.submit(lambda: [packages.run()]))
        due += [done for future in waiting for done in future.result()]
    if has_frontend and (FRONTEND / "index.html").exists():
        build = Step("frontend build", frontend_sources(), build_frontend)
        due.append(build.run(missing=not (FRONTEND / "dist").exists()))
    return any(due)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--no-frontend", action="store_true", help="leave Node.js and npm out")
    arguments = parser.parse_args()
    if sys.version_info < (3, 11):  # noqa: UP036  a newcomer's Python may be older
        print("Python 3.11 or later is needed; name one with `make PYTHON=…`", file=sys.stderr)
        return 1
    VENV.mkdir(exist_ok=True)
    started = time.monotonic()
    with (VENV / ".set-up.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)  # two calls at once would install into each other
        try:
            if set_up(frontend=not arguments.no_frontend):
                say(f"  ready in {time.monotonic() - started:.0f} s")
        except SetUpFailed as failure:
            print(f"set-up failed: {failure}", file=sys.stderr)
            return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
