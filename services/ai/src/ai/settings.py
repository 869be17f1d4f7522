"""Settings of ai; the names in the environment are these, in capitals."""

from pydantic import Field, SecretStr

from kit.settings import ServiceSettings


class Settings(ServiceSettings):
    """What ai reads beyond what every service does."""

    grpc_port: int = Field(default=50054, ge=0, le=65535)
    ops_port: int = Field(default=8054, ge=0, le=65535)

    # Without a key nothing leaves this machine.
    gemini_api_key: SecretStr = SecretStr("")
    gemini_model: str = "gemini-2.5-flash"
    # Empty: Google's own.
    gemini_base_url: str = ""
    gemini_timeout_seconds: float = Field(default=8.0, gt=0, le=60)
    gemini_payees_per_day: int = Field(default=500, ge=0)
