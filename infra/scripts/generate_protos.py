"""Generate libs/protos from proto/, or, with --check, tell whether it is up to date.

Messages and stubs come from grpcio-tools, their types from mypy-protobuf; both are pinned in
requirements-dev.txt, so that the same contracts give the same files on every machine.
"""

from __future__ import annotations

import argparse
import filecmp
import importlib.resources
import shutil
import subprocess
import sys
import sysconfig
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
CONTRACTS = ROOT / "proto"
GENERATED = ROOT / "libs" / "protos" / "src" / "pfa"


def generate(into: Path) -> None:
    """Write the Python package of every contract under `into`/pfa."""
    well_known = importlib.resources.files("grpc_tools") / "_proto"
    bin_dir = Path(sysconfig.get_path("scripts"))
    contracts = sorted(str(path.relative_to(CONTRACTS)) for path in CONTRACTS.rglob("*.proto"))
    subprocess.run(
        [
            sys.executable,
            "-m",
            "grpc_tools.protoc",
            f"--proto_path={CONTRACTS}",
            f"--proto_path={well_known}",
            f"--plugin=protoc-gen-mypy={bin_dir / 'protoc-gen-mypy'}",
            f"--plugin=protoc-gen-mypy_grpc={bin_dir / 'protoc-gen-mypy_grpc'}",
            f"--python_out={into}",
            f"--grpc_python_out={into}",
            f"--mypy_out=quiet:{into}",
            f"--mypy_grpc_out=quiet:{into}",
            *contracts,
        ],
        check=True,
    )
    _drop_empty_stubs(into)
    (into / "pfa" / "py.typed").touch()


def _drop_empty_stubs(into: Path) -> None:
    """A contract without a service gets an empty *_pb2_grpc module; nobody imports it."""
    for module in into.rglob("*_pb2_grpc.py"):
        if "Servicer" not in module.read_text():
            module.unlink()
            module.with_suffix(".pyi").unlink(missing_ok=True)


def differences(fresh: Path, committed: Path) -> list[str]:
    """Paths that are missing, left over or different, relative to the package."""

    def files(base: Path) -> set[Path]:
        return {
            path.relative_to(base)
            for path in base.rglob("*")
            if path.is_file() and "__pycache__" not in path.parts
        }

    new, old = files(fresh), files(committed)
    changed = {
        path for path in new & old if not filecmp.cmp(fresh / path, committed / path, shallow=False)
    }
    return sorted(str(path) for path in (new ^ old) | changed)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--check", action="store_true", help="compare only; exit 1 on a difference")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        generate(Path(scratch))
        fresh = Path(scratch) / "pfa"
        drift = differences(fresh, GENERATED)
        if arguments.check:
            for path in drift:
                print(f"libs/protos is not what proto/ says: pfa/{path} (run `make proto`)")
            return 1 if drift else 0
        shutil.rmtree(GENERATED, ignore_errors=True)
        shutil.copytree(fresh, GENERATED)
        print(f"libs/protos: {len(drift)} file(s) changed")
    return 0


if __name__ == "__main__":
    sys.exit(main())
