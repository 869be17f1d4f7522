"""`.env.example` is the list of what can be set: it names everything, with the real defaults."""

from __future__ import annotations

import re

import pytest

from ai.settings import Settings as AiSettings
from auth.settings import Settings as AuthSettings
from gateway.settings import Settings as GatewaySettings
from ingest.settings import Settings as IngestSettings
from ledger.settings import Settings as LedgerSettings
from pfa_local.environment import ROOT, read_dotenv

EXAMPLE = ROOT / ".env.example"
# A process's own, set by whoever starts it: `make run`, the compose file, a chart.
OF_THE_PROCESS = {
    "GRPC_PORT", "OPS_PORT", "LISTEN_HOST", "SHUTDOWN_GRACE_SECONDS", "MONGODB_DATABASE",
    "KAFKA_TOPIC_PREFIX",
}  # fmt: skip
ALL_SETTINGS = [AuthSettings, LedgerSettings, IngestSettings, AiSettings, GatewaySettings]


@pytest.mark.parametrize("settings", ALL_SETTINGS, ids=lambda one: one.__module__)
def test_every_variable_that_is_read_is_listed(settings: type[AuthSettings]) -> None:
    listed = set(re.findall(r"^#? ?([A-Z][A-Z0-9_]*)=", EXAMPLE.read_text(), re.MULTILINE))
    read = {name.upper() for name in settings.model_fields}
    assert read - listed - OF_THE_PROCESS == set()


@pytest.mark.parametrize("settings", ALL_SETTINGS, ids=lambda one: one.__module__)
def test_the_example_changes_nothing_but_the_mode(
    settings: type[AuthSettings], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("JWT_SECRET", "k7Wq2mZ9xT4vB8nR1cY6pL3sD5fG0hJa")
    for name in settings.model_fields:
        if name != "jwt_secret":
            monkeypatch.delenv(name.upper(), raising=False)
    plain = settings().model_dump()
    for name, value in read_dotenv(EXAMPLE).items():
        monkeypatch.setenv(name, value)
    assert settings().model_dump() == {**plain, "app_env": "local"}
