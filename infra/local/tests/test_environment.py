from __future__ import annotations

import stat
from pathlib import Path

import pytest

from pfa_local.environment import BadSetting, Secrets, port_of, read_dotenv, user_settings


def test_dotenv_takes_comments_quotes_and_exports_as_a_shell_does(tmp_path: Path) -> None:
    dotenv = tmp_path / ".env"
    dotenv.write_text(
        "# a comment\n\nPORT=5001 # not the usual one\nexport LOG_LEVEL=DEBUG\n"
        "APP_NAME='two words # kept'\n#COMMENTED=1\nMONGODB_URI=mongodb://h/?replicaSet=rs0\n"
    )
    assert read_dotenv(dotenv) == {
        "PORT": "5001",
        "LOG_LEVEL": "DEBUG",
        "APP_NAME": "two words # kept",
        "MONGODB_URI": "mongodb://h/?replicaSet=rs0",
    }


def test_the_environment_beats_dotenv_and_nothing_is_not_a_value(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    dotenv = tmp_path / ".env"
    dotenv.write_text("PORT=5001\nLOG_LEVEL=DEBUG\nSENTRY_DSN=\n")
    monkeypatch.setenv("PORT", "5002")
    settings = user_settings(dotenv)
    assert (settings["PORT"], settings["LOG_LEVEL"]) == ("5002", "DEBUG")
    assert "SENTRY_DSN" not in settings


@pytest.mark.parametrize("value", ["0", "65536", "http", "-1", "50.0"])
def test_a_port_that_is_none_is_named(value: str) -> None:
    with pytest.raises(BadSetting, match="PORT"):
        port_of({"PORT": value}, "PORT", 5000)


def test_secrets_are_made_once_and_for_us_alone(tmp_path: Path) -> None:
    made = Secrets.of(tmp_path)
    assert Secrets.of(tmp_path) == made
    assert len(made.jwt_secret) >= 32
    assert stat.S_IMODE((tmp_path / "secrets.json").stat().st_mode) == 0o600
