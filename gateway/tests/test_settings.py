"""Which pages may call the API, as the environment says it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import SecretStr
from redis import Redis

from gateway.app import create_app
from gateway.limits import RateLimiter
from gateway.live import Hub
from gateway.origins import is_trustworthy, origin_of
from gateway.settings import Settings
from kit.settings import EX_CONFIG

GOOD_SECRET = "k7vQ2mXw9LpT4sYz8RbN3cJf6HgD1aEu"


@pytest.fixture(autouse=True)
def bare_environment(monkeypatch):
    for name in Settings.model_fields:
        monkeypatch.delenv(name.upper(), raising=False)
    monkeypatch.setenv("JWT_SECRET", GOOD_SECRET)


@pytest.mark.parametrize("mode", ["production", "local"])
@pytest.mark.parametrize(
    "origins",
    [
        "*",
        "https://money.example,*",
        "https://*.money.example",
        "null",
        ",",
        "https://money.example,",
        "money.example",
        "ftp://money.example",
        "https://",
        "https://money.example/app",
        "https://money.example?x=1",
        "https://user:pass@money.example",
        "https://money.example:http",
        "https://money.example:99999",
        "https://a.example https://b.example",
    ],
)
def test_what_is_no_origin_stops_the_gateway(monkeypatch, capsys, mode, origins):
    monkeypatch.setenv("APP_ENV", mode)
    monkeypatch.setenv("ALLOWED_ORIGINS", origins)
    with pytest.raises(SystemExit) as left:
        Settings.load()
    assert left.value.code == EX_CONFIG
    assert "ALLOWED_ORIGINS" in capsys.readouterr().err


@pytest.mark.parametrize("name", ["ALLOWED_ORIGINS", "FRONTEND_URL"])
def test_in_production_only_this_machines_own_pages_may_be_plain_http(monkeypatch, capsys, name):
    monkeypatch.setenv(name, "http://money.example")
    with pytest.raises(SystemExit):
        Settings.load()
    assert name in capsys.readouterr().err
    monkeypatch.setenv("APP_ENV", "local")
    assert "http://money.example" in Settings.load().origins
    monkeypatch.setenv("APP_ENV", "production")
    for own in ("http://localhost:8080", "http://127.0.0.1", "http://[::1]:5173"):
        monkeypatch.setenv(name, own)
        assert own in Settings.load().origins


def test_origins_are_written_as_browsers_send_them(monkeypatch):
    monkeypatch.setenv("FRONTEND_URL", "https://Money.Example/app/")
    monkeypatch.setenv(
        "ALLOWED_ORIGINS",
        "https://money.example:443/, https://other.example:8443,https://other.example:8443",
    )
    assert Settings.load().origins == ("https://money.example", "https://other.example:8443")


@given(st.text(max_size=40))
def test_an_origin_is_its_own_origin_and_never_a_pattern(text):
    try:
        origin = origin_of(text)
    except ValueError:
        return
    assert origin_of(origin) == origin
    assert "*" not in origin
    is_trustworthy(origin)


def test_the_document_of_the_api_names_its_address_where_one_is_set(monkeypatch):
    assert "servers" not in create_app(Settings.load(), Hub()).openapi()
    monkeypatch.setenv("BACKEND_URL", "https://api.money.example/")
    document = create_app(Settings.load(), Hub()).openapi()
    assert document["servers"] == [{"url": "https://api.money.example"}]


async def test_the_rate_limiter_counts_in_a_redis_whose_password_has_url_characters(redis_server):
    password = "p@ss:w/rd#1?x=%41&+ []ü,;"
    settings = Settings(
        app_env="local",
        redis_host=redis_server.host,
        redis_port=redis_server.port,
        redis_password=SecretStr(password),
        rate_limit_max_requests=1,
    )
    with Redis(host=redis_server.host, port=redis_server.port) as admin:
        admin.config_set("requirepass", password)
        try:
            limiter = RateLimiter(settings)
            assert await limiter.address("192.0.2.7") is None
            assert await limiter.address("192.0.2.7") is not None
        finally:
            admin.execute_command("AUTH", password)
            admin.config_set("requirepass", "")
