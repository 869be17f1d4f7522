"""What there is to deploy, as the files say it."""

import re
import shutil
import subprocess
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest
import yaml

ROOT = Path(__file__).resolve().parents[1]
SERVICES = ("auth", "ledger", "ingest", "ai")
PYTHON_PARTS = (*SERVICES, "gateway")
PARTS = (*PYTHON_PARTS, "frontend")

# Not for whoever deploys it: ports and hosts are the image's, the rest is for tests.
INTERNAL = {
    *("GRPC_PORT", "OPS_PORT", "LISTEN_HOST", "MONGODB_DATABASE", "KAFKA_TOPIC_PREFIX"),
    "SHUTDOWN_GRACE_SECONDS",
}


def dockerfile(part: str) -> str:
    folder = f"services/{part}" if part in SERVICES else part
    return (ROOT / folder / "Dockerfile").read_text()


def settings_of(part: str) -> dict[str, Any]:
    """The environment that a part's Settings read, by name, with the defaults."""
    module = import_module(f"{part}.settings")
    return {name.upper(): field.default for name, field in module.Settings.model_fields.items()}


def names_in_env_example() -> set[str]:
    text = (ROOT / ".env.example").read_text()
    return set(re.findall(r"^(?:# )?([A-Z][A-Z0-9_]+)=", text, re.MULTILINE))


@cache
def compose() -> dict[str, Any]:
    return yaml.safe_load((ROOT / "docker-compose.yml").read_text())


@cache
def values(chart: str) -> dict[str, Any]:
    return yaml.safe_load((ROOT / "helm" / chart / "values.yaml").read_text())


@cache
def helm() -> str:
    found = shutil.which("helm")
    if found is None:
        pytest.skip("helm is not on the PATH")
    return found


@cache
def rendered(*options: str) -> list[dict[str, Any]]:
    """The umbrella's objects."""
    for chart in (*PARTS, "pfa"):
        command = [helm(), "dependency", "update", str(ROOT / "helm" / chart)]
        subprocess.run(command, check=True, capture_output=True)
    done = template(*options)
    assert done.returncode == 0, done.stderr
    return [found for found in yaml.safe_load_all(done.stdout) if found]


def template(*options: str) -> subprocess.CompletedProcess[str]:
    command = [helm(), "template", "pfa", str(ROOT / "helm/pfa"), "--namespace=pfa"]
    command += ["--kube-version=1.34.0", *options]
    return subprocess.run(command, check=False, capture_output=True, text=True)


def objects(kind: str, *options: str) -> dict[str, dict[str, Any]]:
    return {o["metadata"]["name"]: o for o in rendered(*options) if o["kind"] == kind}
