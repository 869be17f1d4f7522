import re
import secrets
from urllib.parse import quote

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from pydantic import SecretStr, ValidationError
from redis import Redis

from kit.kafka import KafkaSettings
from kit.secret_strength import MIN_KEY_BITS, estimated_bits
from kit.settings import EX_CONFIG, ServiceSettings

GOOD_SECRET = "k7vQ2mXw9LpT4sYz8RbN3cJf6HgD1aEu"
AWKWARD = "p@ss:w/rd#1?x=%41&+ []ü,;"


@pytest.fixture(autouse=True)
def bare_environment(monkeypatch):
    for name in ServiceSettings.model_fields:
        monkeypatch.delenv(name.upper(), raising=False)


def refusal(capsys, monkeypatch, **environment: str) -> str:
    """The message of a service that does not start with this environment."""
    for name, value in {"JWT_SECRET": GOOD_SECRET, **environment}.items():
        monkeypatch.setenv(name, value)
    with pytest.raises(SystemExit) as left:
        ServiceSettings.load()
    assert left.value.code == EX_CONFIG
    return capsys.readouterr().err


@pytest.mark.parametrize(
    ("secret", "says"),
    [
        (None, "missing"),
        ("short", "5 characters"),
        ("change-me-change-me-change-me-change-me", "repeats itself"),
        ("please-change-me-before-2027-or-so-Xk9v", "sample"),
        ("Ein-Passwort-das-nie-ersetzt-wurde-7391", "sample"),
        ("a" * 32, "repeats itself"),
        ("a" * 99 + "b", "repeats itself"),
        (" " * 40, "repeats itself"),
        ("abcd1234" * 8, "repeats itself"),
        ("0123456789abcdef" * 4, "follows a pattern"),
        ("abcdefghijklmnopqrstuvwxyz0123456789", "follows a pattern"),
        ("98765432109876543210987654321098", "follows a pattern"),
    ],
)
def test_a_missing_short_guessable_or_sample_secret_stops_the_service(
    monkeypatch, capsys, secret, says
):
    if secret is not None:
        monkeypatch.setenv("JWT_SECRET", secret)
    with pytest.raises(SystemExit) as left:
        ServiceSettings.load()
    assert left.value.code == EX_CONFIG
    told = capsys.readouterr().err
    assert says in told
    assert secret is None or secret not in told


@pytest.mark.parametrize("make", [secrets.token_hex, secrets.token_urlsafe], ids=["hex", "base64"])
def test_random_secrets_are_taken(make):
    """32 characters each, as short as is allowed."""
    for _ in range(2_000):
        secret = make(16 if make is secrets.token_hex else 24)
        assert estimated_bits(secret) > MIN_KEY_BITS


@example("\x90\U00010010\U00012350\U00019450", 94)
@given(st.text(min_size=1, max_size=4), st.integers(8, 100))
def test_no_repetition_is_taken_for_a_secret(piece, times):
    assert estimated_bits(piece * times) < MIN_KEY_BITS


@pytest.mark.parametrize("name", ["REDIS_PASSWORD", "KAFKA_SASL_PASSWORD", "MONGODB_PASSWORD"])
@pytest.mark.parametrize("password", ["changeme-7351-Xq", "redis", "aaaaaaaaaaaaaaaa", "12345678"])
def test_a_sample_or_trivial_password_stops_the_service_in_production(
    monkeypatch, capsys, name, password
):
    monkeypatch.setenv("MONGODB_USERNAME", "pfa" if name.startswith("MONGODB") else "")
    told = refusal(capsys, monkeypatch, **{name: password})
    assert name in told
    assert password not in told
    monkeypatch.setenv("APP_ENV", "local")
    ServiceSettings.load()


def test_a_trivial_password_in_the_uri_of_mongodb_stops_the_service(monkeypatch, capsys):
    told = refusal(capsys, monkeypatch, MONGODB_URI="mongodb://pfa:changeme@db/?replicaSet=rs0")
    assert "MONGODB_URI" in told
    assert "changeme" not in told


def test_the_environment_is_read_by_the_guides_names(monkeypatch):
    monkeypatch.setenv("JWT_SECRET", GOOD_SECRET)
    monkeypatch.setenv("REDIS_PASSWORD", "uT5mWq8e")
    monkeypatch.setenv("REDIS_TLS", "true")
    monkeypatch.setenv("LOG_LEVEL", "debug")
    settings = ServiceSettings.load()
    assert settings.redis_url == "rediss://:uT5mWq8e@localhost:6379/0"
    assert settings.log_level == "DEBUG"


def test_a_secret_is_never_printed(monkeypatch):
    own = {
        "JWT_SECRET": GOOD_SECRET,
        "MONGODB_URI": "mongodb://pfa:Zq8xvB3mKw2T@db/",
        "REDIS_PASSWORD": "Zq8xvB3mKw2T",
        "KAFKA_SASL_PASSWORD": "Zq8xvB3mKw2T",
        "OTEL_EXPORTER_OTLP_HEADERS": "authorization=Zq8xvB3mKw2T",
        "SENTRY_DSN": "https://Zq8xvB3mKw2T@sentry.example/1",
    }
    for name, value in own.items():
        monkeypatch.setenv(name, value)
    shown = repr(ServiceSettings.load())
    assert GOOD_SECRET not in shown
    assert "Zq8xvB3mKw2T" not in shown


# The first Redis client takes longer than the deadline on a busy machine.
@settings(deadline=None)
@given(st.text(min_size=1, max_size=40).filter(lambda text: text.isprintable()))
def test_any_password_reaches_redis_and_kafka_as_it_is(password):
    settings = ServiceSettings(
        jwt_secret=SecretStr(GOOD_SECRET),
        app_env="local",
        redis_password=SecretStr(password),
        kafka_security_protocol="SASL_SSL",
        kafka_sasl_username=password,
        kafka_sasl_password=SecretStr(password),
    )
    with Redis.from_url(settings.redis_url) as client:
        arguments = client.connection_pool.connection_kwargs
    assert (arguments["host"], arguments["port"]) == ("localhost", 6379)
    assert arguments["password"] == password
    options = KafkaSettings.of(settings).client_options()
    assert options["sasl_plain_username"] == options["sasl_plain_password"] == password


def test_redis_takes_a_password_of_url_characters(redis_server):
    settings = ServiceSettings(
        jwt_secret=SecretStr(GOOD_SECRET),
        app_env="local",
        redis_host=redis_server.host,
        redis_port=redis_server.port,
        redis_password=SecretStr(AWKWARD),
    )
    with Redis(host=redis_server.host, port=redis_server.port) as admin:
        admin.config_set("requirepass", AWKWARD)
        try:
            with Redis.from_url(settings.redis_url) as client:
                assert client.ping()
        finally:
            admin.execute_command("AUTH", AWKWARD)
            admin.config_set("requirepass", "")


def test_an_ipv6_address_of_redis_is_put_into_brackets(monkeypatch):
    monkeypatch.setenv("JWT_SECRET", GOOD_SECRET)
    monkeypatch.setenv("REDIS_HOST", "::1")
    with Redis.from_url(ServiceSettings.load().redis_url) as client:
        assert client.connection_pool.connection_kwargs["host"] == "::1"


@pytest.mark.parametrize(
    "uri",
    [
        "mongodb://pfa:p@ss@db/",
        "mongodb://pfa:pa/ss@db/",
        "mongodb://pfa:pa?ss@db/",
        "mongodb://pfa:1/2?x=y@db/",
        "mongodb://pfa:pa:ss@db/",
        "mongodb://pfa:100%@db/",
        "mongodb://pfa:pass@",
        "postgres://db/",
    ],
)
def test_an_unreadable_uri_of_mongodb_stops_the_service_and_says_what_to_do(
    monkeypatch, capsys, uri
):
    told = refusal(capsys, monkeypatch, MONGODB_URI=uri)
    assert "MONGODB_URI" in told
    assert re.search(r"percent-encode|names no host|must begin with", told)
    assert "pa?ss" not in told


def test_a_percent_encoded_password_in_the_uri_of_mongodb_is_taken(monkeypatch):
    monkeypatch.setenv("JWT_SECRET", GOOD_SECRET)
    monkeypatch.setenv("MONGODB_URI", f"mongodb://pfa:{quote(AWKWARD, safe='')}@db/?replicaSet=rs0")
    ServiceSettings.load()


def test_a_user_of_mongodb_without_a_password_is_refused(monkeypatch, capsys):
    assert "MONGODB_PASSWORD" in refusal(capsys, monkeypatch, MONGODB_USERNAME="pfa")


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("OTEL_EXPORTER_OTLP_PROTOCOL", "http/json"),
        ("OTEL_EXPORTER_OTLP_PROTOCOL", "GRPC"),
        ("OTEL_EXPORTER_OTLP_LOGS_PROTOCOL", "tcp"),
        ("OTEL_TRACES_SAMPLER", "sometimes"),
        ("OTEL_TRACES_SAMPLER_ARG", "2"),
        ("OTEL_EXPORTER_OTLP_ENDPOINT", "collector:4318"),
        ("OTEL_EXPORTER_OTLP_ENDPOINT", "ftp://collector"),
        ("OTEL_EXPORTER_OTLP_HEADERS", "authorization"),
        ("OTEL_EXPORTER_OTLP_HEADERS", "authorization=a,b"),
    ],
)
def test_an_unknown_value_of_telemetry_stops_the_service(monkeypatch, capsys, name, value):
    assert name in refusal(capsys, monkeypatch, **{name: value})


def test_each_signal_has_its_own_protocol_and_endpoint_or_the_general_ones():
    settings = ServiceSettings(
        jwt_secret=SecretStr(GOOD_SECRET),
        otel_exporter_otlp_endpoint="http://collector:4317/",
        otel_exporter_otlp_protocol="grpc",
        otel_exporter_otlp_logs_protocol="http/protobuf",
        otel_exporter_otlp_metrics_endpoint="collector:9999",
    )
    targets = {
        signal: (target.endpoint, target.protocol)
        for signal in ("traces", "metrics", "logs")
        if (target := settings.otlp_target(signal))
    }
    assert targets == {
        "traces": ("http://collector:4317/", "grpc"),
        "metrics": ("collector:9999", "grpc"),
        "logs": ("http://collector:4317/v1/logs", "http/protobuf"),
    }


def test_without_an_endpoint_no_signal_is_sent():
    settings = ServiceSettings(jwt_secret=SecretStr(GOOD_SECRET))
    assert settings.otlp_target("traces") is None
    only = ServiceSettings(
        jwt_secret=SecretStr(GOOD_SECRET), otel_exporter_otlp_traces_endpoint="http://c/v1/traces"
    )
    assert only.otlp_target("traces").endpoint == "http://c/v1/traces"
    assert only.otlp_target("logs") is None


def test_settings_do_not_change():
    settings = ServiceSettings(jwt_secret=SecretStr(GOOD_SECRET))
    with pytest.raises(ValidationError):
        settings.redis_host = "elsewhere"
