"""Write the hashed requirements: one file a part, for its image, and requirements-dev.txt for all.

Every file pins what requirements-dev.txt pins, so that tests and images run the same versions.
Pass --upgrade to move to newer releases.
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
DEVELOPMENT = "requirements-dev.txt"
LIBRARIES = ["libs/protos", "libs/kit"]
DEPLOYED = ["services/auth", "services/ledger", "services/ingest", "services/ai", "gateway"]
# Fits the shipped model; no image has it.
TRAINING = "services/ai/training/requirements"
LOCAL = ["libs/specimens", "libs/gemini_standin", "infra/local"]


def compile_requirements(sources: list[str], into: str, *options: str) -> None:
    """Resolve `sources` (relative to the repository) for Python 3.11 and later into one file."""
    ours = [f"pfa-{Path(part).name}" for part in (*LIBRARIES, *DEPLOYED, *LOCAL)]
    subprocess.run(
        [
            *("uv", "pip", "compile", "--quiet", "--universal", "--python-version", "3.11"),
            *("--generate-hashes", "--no-header", "--no-annotate", "--no-emit-index-url"),
            *("--only-binary", ":all:", "--override", "infra/requirements-overrides.txt"),
            *(f"--no-emit-package={name}" for name in ours),
            *options,
            *sources,
            *("--output-file", into),
        ],
        cwd=ROOT,
        check=True,
    )
    print(into)


def projects(parts: list[str]) -> list[str]:
    return [f"{part}/pyproject.toml" for part in parts]


def main() -> int:
    options = sys.argv[1:]
    compile_requirements(["infra/requirements-uv.in"], "infra/requirements-uv.txt", *options)
    everything = projects([*LIBRARIES, *DEPLOYED, *LOCAL])
    compile_requirements(
        ["requirements-dev.in", "infra/requirements-uv.in", *everything], DEVELOPMENT, *options
    )
    for part in DEPLOYED:
        compile_requirements(
            projects([*LIBRARIES, part]), f"{part}/requirements.txt", "--constraint", DEVELOPMENT
        )
    compile_requirements(
        [f"{TRAINING}.in"], f"{TRAINING}.txt", "--constraint", DEVELOPMENT, *options
    )
    return 0


if __name__ == "__main__":
    sys.exit(main())
