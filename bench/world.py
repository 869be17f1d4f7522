"""The running system that is measured, and people in it."""

import secrets
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from rich.console import Console

from pfa_local.environment import user_settings
from pfa_local.rest import Api
from pfa_local.servers import KafkaServer, MongoServer
from pfa_local.stack import Stack

# A benchmark writes much and forgets it: never into servers or folders that someone has named, nor
# to Google; and its baselines know one engine.
_NOT_OURS = (
    "MONGODB_URI",
    "MONGODB_OPTIONS",
    "REDIS_HOST",
    "KAFKA_BOOTSTRAP_SERVERS",
    "STORAGE_URL",
    "UPLOAD_PATH",
    "GEMINI_API_KEY",
    "OCR_ENGINE",
)


# The gateway listens to it, and would look for it without end where ingest has not made it.
_TOPICS = {"pfa.ingest.documents": 6}
# `make run` gives MongoDB a quarter, which a million entries with their indexes don't fit.
_CACHE_GIGABYTES = 2.0


@dataclass(frozen=True, slots=True)
class World:
    """What a benchmark gets: the stack, a folder that goes away, and where to say how far it is."""

    stack: Stack
    home: Path
    console: Console

    def say(self, line: str) -> None:
        self.console.print(f"  [dim]{line}[/]", highlight=False)

    def pids(self, *names: str) -> Mapping[str, int]:
        """The process of each of these parts."""
        return {name: self.stack.parts[name].child.pid for name in names}


@contextmanager
def running_world(console: Console, *, parts: Sequence[str]) -> Iterator[World]:
    """The servers and these parts on free ports, with data that goes away after the block.

    What a benchmark doesn't need isn't started: it would use the processors that are measured.
    """
    with TemporaryDirectory(prefix="pfa-bench-") as folder:
        home = Path(folder)
        settings = user_settings(dotenv=home / "none")
        for name in _NOT_OURS:
            settings.pop(name, None)
        # People register before anything is measured.
        settings["BCRYPT_ROUNDS"] = "4"
        stack = Stack(home / "stack", settings=settings, any_ports=True, frontend=False)
        try:
            _start(stack, parts)
            yield World(stack, home, console)
        finally:
            stack.stop()


def _start(stack: Stack, parts: Sequence[str]) -> None:
    mongo = stack.servers["mongo"]
    if isinstance(mongo, MongoServer):
        mongo.cache_gigabytes = _CACHE_GIGABYTES
    _start_tier(stack, list(stack.servers))
    kafka = stack.servers["kafka"]
    if isinstance(kafka, KafkaServer):
        kafka.create_topics(_TOPICS)
    _start_tier(stack, parts)


def _start_tier(stack: Stack, names: Sequence[str]) -> None:
    """Side by side."""
    for name in names:
        stack.parts[name].spawn()
    for name in names:
        stack.parts[name].wait()


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody with an account in euros and money on it; the token is good for 15 minutes."""

    api: Api
    token: str
    account_id: str

    @classmethod
    def registered(cls, gateway_url: str) -> "Person":
        api = Api(gateway_url)
        email = f"{secrets.token_hex(6)}@bench.example"
        password = secrets.token_urlsafe(12)
        api.register(email=email, password=password, name="Bench")
        signed_in = api.post("/auth/login", {"email": email, "password": password})
        account = api.post(
            "/accounts",
            {
                "name": "Everyday",
                "type": "checking",
                "currency": "EUR",
                "opening_balance": "1000.00",
            },
        )
        return cls(api, str(signed_in["access_token"]), str(account["id"]))
