"""Resolve Apache Kafka with jgo and write what `make setup` downloads: coordinates and hashes."""

from __future__ import annotations

import hashlib
import sys
import tempfile
from pathlib import Path

from jgo.env import EnvironmentBuilder, LinkStrategy
from jgo.maven import MavenContext

LOCK = Path(__file__).resolve().parents[1] / "local/src/pfa_local/servers/kafka.lock"
# The scala library suffix is part of the artifact's name; slf4j needs a binding to log at all.
ENDPOINT = "org.apache.kafka:kafka_2.13:{version}+org.slf4j:slf4j-simple:2.0.17"


def main() -> int:
    if len(sys.argv) != 2:
        print("usage: lock_kafka.py VERSION", file=sys.stderr)
        return 2
    version = sys.argv[1]
    with tempfile.TemporaryDirectory() as scratch:
        repository = Path(scratch) / "repository"
        EnvironmentBuilder(
            context=MavenContext(repo_cache=repository),
            cache_dir=Path(scratch) / "environment",
            link_strategy=LinkStrategy.HARD,
        ).from_endpoint(ENDPOINT.format(version=version))
        lines = [_line(jar, repository) for jar in sorted(repository.rglob("*.jar"))]
    LOCK.write_text(
        f"# Apache Kafka {version} and what it needs: Maven coordinates and SHA-256."
        " Written by infra/scripts/lock_kafka.py.\n" + "\n".join(lines) + "\n"
    )
    print(f"{LOCK.name}: {len(lines)} jars")
    return 0


def _line(jar: Path, repository: Path) -> str:
    *group, artifact, version, _ = jar.relative_to(repository).parts
    digest = hashlib.sha256(jar.read_bytes()).hexdigest()
    return f"{'.'.join(group)}:{artifact}:{version} sha256:{digest}"


if __name__ == "__main__":
    sys.exit(main())
