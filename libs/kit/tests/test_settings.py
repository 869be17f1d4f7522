import pytest

from kit.settings import EX_CONFIG, ServiceSettings


@pytest.fixture(autouse=True)
def bare_environment(monkeypatch):
    for name in ("JWT_SECRET", "APP_ENV", "LOG_LEVEL"):
        monkeypatch.delenv(name, raising=False)


@pytest.mark.parametrize(
    ("secret", "says"),
    [
        (None, "missing"),
        ("short", "5 characters"),
        ("change-me-change-me-change-me-change-me", "sample"),
    ],
)
def test_a_missing_short_or_sample_secret_stops_the_service(monkeypatch, capsys, secret, says):
    if secret is not None:
        monkeypatch.setenv("JWT_SECRET", secret)
    with pytest.raises(SystemExit) as left:
        ServiceSettings.load()
    assert left.value.code == EX_CONFIG
    assert says in capsys.readouterr().err


def test_the_environment_is_read_by_the_guides_names(monkeypatch):
    monkeypatch.setenv("JWT_SECRET", "k7vQ2mXw9LpT4sYz8RbN3cJf6HgD1aEu")
    monkeypatch.setenv("REDIS_PASSWORD", "pw")
    monkeypatch.setenv("REDIS_TLS", "true")
    monkeypatch.setenv("LOG_LEVEL", "debug")
    settings = ServiceSettings.load()
    assert settings.redis_url == "rediss://:pw@localhost:6379/0"
    assert settings.log_level == "DEBUG"


def test_a_secret_is_never_printed(monkeypatch):
    secret = "k7vQ2mXw9LpT4sYz8RbN3cJf6HgD1aEu"
    monkeypatch.setenv("JWT_SECRET", secret)
    assert secret not in repr(ServiceSettings.load())
