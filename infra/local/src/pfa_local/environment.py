"""What the user set: the environment beats .env, and .env beats the defaults of local mode."""

from __future__ import annotations

import json
import os
import secrets
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[4]
HOME = ROOT / ".local"
DEMO_EMAIL = "demo@pfa.example"


class BadSetting(ValueError):
    """A variable holds what it can't; the message names it."""


def read_dotenv(path: Path) -> dict[str, str]:
    """NAME=value lines of a .env file; blank lines, # comments and quotes as shells take them."""
    if not path.exists():
        return {}
    values = {}
    for line in path.read_text().splitlines():
        name, separator, value = line.strip().removeprefix("export ").partition("=")
        if not separator or name.startswith("#"):
            continue
        values[name.strip()] = _unquoted(value.strip())
    return values


def _unquoted(value: str) -> str:
    if len(value) >= 2 and value[0] == value[-1] and value[0] in "\"'":
        return value[1:-1]
    return value.split(" #", 1)[0].rstrip()


def user_settings(dotenv: Path = ROOT / ".env") -> dict[str, str]:
    """The environment over .env; a variable that is set to nothing counts as not set."""
    combined = {**read_dotenv(dotenv), **os.environ}
    return {name: value for name, value in combined.items() if value}


def port_of(settings: Mapping[str, str], name: str, default: int) -> int:
    """A TCP port among the settings; raises BadSetting."""
    value = settings.get(name, str(default))
    if not value.isdecimal() or not 0 < int(value) < 65_536:
        raise BadSetting(f"{name} is {value!r}: a port from 1 to 65535 is needed")
    return int(value)


@dataclass(frozen=True, slots=True)
class Secrets:
    """Made once for this checkout, and kept in its .local."""

    jwt_secret: str
    demo_password: str

    @classmethod
    def of(cls, home: Path) -> Secrets:
        path = home / "secrets.json"
        if path.exists():
            return cls(**json.loads(path.read_text()))
        made = cls(
            jwt_secret=secrets.token_urlsafe(48), demo_password=f"demo-{secrets.token_hex(6)}"
        )
        home.mkdir(parents=True, exist_ok=True)
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "w") as file:
            json.dump(asdict(made), file)
        return made
