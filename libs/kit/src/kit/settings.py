"""Settings from the environment; the names are those of the deployment guide (`.env.example` lists
them all)."""

import sys
from typing import Literal, Self

from pydantic import Field, SecretStr, ValidationError, field_validator, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

EX_CONFIG = 78
MIN_SECRET_LENGTH = 32
SAMPLE_SECRETS = ("change", "secret", "example", "sample", "password", "your-", "default", "test-")


class ServiceSettings(BaseSettings):
    """What every service reads; a service adds its own fields in a subclass."""

    model_config = SettingsConfigDict(frozen=True, extra="ignore", env_ignore_empty=True)

    app_env: Literal["local", "test", "production"] = "production"
    app_name: str = "personal-finance-assistant"
    app_version: str = "0.1.0"
    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = "INFO"
    enable_request_logging: bool = True
    sentry_dsn: str = ""

    # Where the service listens; loopback in local mode, all interfaces in a container.
    listen_host: str = "0.0.0.0"
    grpc_port: int = Field(default=50050, ge=0, le=65535)
    ops_port: int = Field(default=8050, ge=0, le=65535)
    shutdown_grace_seconds: float = 20.0

    mongodb_uri: str = "mongodb://localhost:27017/?replicaSet=rs0"
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

    otel_exporter_otlp_endpoint: str = ""

    @field_validator("log_level", mode="before")
    @classmethod
    def _upper(cls, value: object) -> object:
        return value.upper() if isinstance(value, str) else value

    @model_validator(mode="after")
    def _secret_is_real(self) -> Self:
        secret = self.jwt_secret.get_secret_value()
        if not secret:
            raise ValueError("JWT_SECRET is missing: set at least 32 random characters")
        if len(secret) < MIN_SECRET_LENGTH:
            raise ValueError(f"JWT_SECRET has {len(secret)} characters: at least 32 are needed")
        if self.app_env == "production" and any(s in secret.lower() for s in SAMPLE_SECRETS):
            raise ValueError("JWT_SECRET looks like a sample: set at least 32 random characters")
        return self

    @property
    def redis_url(self) -> str:
        scheme = "rediss" if self.redis_tls else "redis"
        password = self.redis_password.get_secret_value()
        return (
            f"{scheme}://{f':{password}@' if password else ''}{self.redis_host}:{self.redis_port}/0"
        )

    @property
    def json_logs(self) -> bool:
        return self.app_env == "production"

    @classmethod
    def load(cls) -> Self:
        """Read the environment; on a bad value say which and leave with status 78 (EX_CONFIG of
        sysexits.h)."""
        try:
            return cls()
        except ValidationError as error:
            for problem in error.errors():
                name = ".".join(str(part) for part in problem["loc"]).upper()
                line = f"configuration: {name or 'settings'}: {problem['msg']}"
                sys.stderr.write(line + "\n")
            raise SystemExit(EX_CONFIG) from None
