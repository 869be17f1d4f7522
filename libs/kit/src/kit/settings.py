"""Settings from the environment; the names are those of the deployment guide (`.env.example` lists
them all)."""

import sys
from collections.abc import Iterator
from typing import Literal, Self
from urllib.parse import quote

from pydantic import Field, SecretStr, ValidationError, field_validator, model_validator
from pydantic_settings import SettingsConfigDict

from kit.mongo_uri import checked_uri, password_in
from kit.otlp import OtlpSettings
from kit.secret_strength import (
    MIN_CREDENTIAL_BITS,
    MIN_KEY_BITS,
    MIN_KEY_LENGTH,
    estimated_bits,
    looks_like_a_sample,
)

EX_CONFIG = 78
# Text of others' making, not a secret alone; JWT_SECRET has a stricter rule of its own.
_NO_CREDENTIALS = frozenset({"otel_exporter_otlp_headers", "jwt_secret"})


class ServiceSettings(OtlpSettings):
    """Settings that every service reads; a service adds its own fields in a subclass."""

    model_config = SettingsConfigDict(frozen=True, extra="ignore", env_ignore_empty=True)

    app_env: Literal["local", "test", "production"] = "production"
    app_name: str = "personal-finance-assistant"
    app_version: str = "0.1.0"
    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = "INFO"
    enable_request_logging: bool = True
    sentry_dsn: str = Field(default="", repr=False)

    # Where the service listens; loopback in local mode, all interfaces in a container.
    listen_host: str = "0.0.0.0"
    grpc_port: int = Field(default=50050, ge=0, le=65535)
    ops_port: int = Field(default=8050, ge=0, le=65535)
    shutdown_grace_seconds: float = 20.0

    # Percent-encoded where it holds a password; the two below are taken as they are.
    mongodb_uri: str = Field(default="mongodb://localhost:27017/?replicaSet=rs0", repr=False)
    mongodb_username: str = ""
    mongodb_password: SecretStr = SecretStr("")
    mongodb_options: str = ""
    # Overrides the database's name, which is the service's.
    mongodb_database: str = ""

    redis_host: str = "localhost"
    redis_port: int = 6379
    redis_password: SecretStr = SecretStr("")
    redis_tls: bool = False

    jwt_secret: SecretStr = SecretStr("")

    kafka_bootstrap_servers: str = "localhost:9092"
    kafka_security_protocol: Literal["PLAINTEXT", "SSL", "SASL_PLAINTEXT", "SASL_SSL"] = "PLAINTEXT"
    kafka_sasl_mechanism: Literal["PLAIN", "SCRAM-SHA-256", "SCRAM-SHA-512"] = "PLAIN"
    kafka_sasl_username: str = ""
    kafka_sasl_password: SecretStr = SecretStr("")
    # Read the topics under another name: tests share one broker.
    kafka_topic_prefix: str = ""

    auth_addr: str = "localhost:50051"
    ledger_addr: str = "localhost:50052"
    ingest_addr: str = "localhost:50053"
    ai_addr: str = "localhost:50054"

    @field_validator("log_level", mode="before")
    @classmethod
    def _upper(cls, value: object) -> object:
        return value.upper() if isinstance(value, str) else value

    @field_validator("mongodb_uri")
    @classmethod
    def _uri_is_well_formed(cls, value: str) -> str:
        return checked_uri(value)

    @model_validator(mode="after")
    def _user_and_password_come_together(self) -> Self:
        if bool(self.mongodb_username) != bool(self.mongodb_password.get_secret_value()):
            raise ValueError("MONGODB_USERNAME and MONGODB_PASSWORD must both be set, or neither")
        return self

    def require_secret(self) -> Self:
        """Raises ValueError where JWT_SECRET is missing, short, a pattern or a sample."""
        secret = self.jwt_secret.get_secret_value()
        wanted = "set at least 32 random characters, such as `openssl rand -hex 32` prints"
        if not secret:
            raise ValueError(f"JWT_SECRET is missing: {wanted}")
        if len(secret) < MIN_KEY_LENGTH:
            raise ValueError(f"JWT_SECRET has {len(secret)} characters: {wanted}")
        if estimated_bits(secret) < MIN_KEY_BITS:
            raise ValueError(f"JWT_SECRET repeats itself or follows a pattern: {wanted}")
        if self.app_env == "production" and looks_like_a_sample(secret):
            raise ValueError(f"JWT_SECRET looks like a sample: {wanted}")
        return self

    @model_validator(mode="after")
    def _credentials_are_real(self) -> Self:
        """In production no password or key may be a placeholder or trivial."""
        if self.app_env != "production":
            return self
        for name, secret in self._credentials():
            if not secret:
                continue
            if looks_like_a_sample(secret):
                raise ValueError(f"{name} looks like a sample: set the real one")
            if estimated_bits(secret) < MIN_CREDENTIAL_BITS:
                raise ValueError(f"{name} is too easy to guess: set a longer random one")
        return self

    def _credentials(self) -> Iterator[tuple[str, str]]:
        for name in type(self).model_fields:
            value = getattr(self, name)
            if isinstance(value, SecretStr) and name not in _NO_CREDENTIALS:
                yield name.upper(), value.get_secret_value()
        yield "MONGODB_URI's password", password_in(self.mongodb_uri)

    @property
    def redis_url(self) -> str:
        """The parts as a URL; the password is percent-encoded, and decoded again by the client."""
        scheme = "rediss" if self.redis_tls else "redis"
        password = quote(self.redis_password.get_secret_value(), safe="")
        host = f"[{self.redis_host}]" if ":" in self.redis_host else self.redis_host
        return f"{scheme}://{f':{password}@' if password else ''}{host}:{self.redis_port}/0"

    @property
    def json_logs(self) -> bool:
        return self.app_env == "production"

    @classmethod
    def load(cls, *, uses_secret: bool = True) -> Self:
        """Read the environment; on a bad value say which and leave with status 78 (EX_CONFIG of
        sysexits.h).

        Without `uses_secret`, JWT_SECRET is neither asked for nor kept.
        """
        try:
            settings = cls()
            if not uses_secret:
                return settings.model_copy(update={"jwt_secret": SecretStr("")})
            return settings.require_secret()
        except ValidationError as error:
            for problem in error.errors():
                name = ".".join(str(part) for part in problem["loc"]).upper()
                _complain(f"{name or 'settings'}: {problem['msg']}")
        except ValueError as error:
            _complain(str(error))
        raise SystemExit(EX_CONFIG)


def _complain(problem: str) -> None:
    sys.stderr.write(f"configuration: {problem}\n")
