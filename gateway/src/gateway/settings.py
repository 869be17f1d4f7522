"""The environment of the gateway."""

from typing import Annotated

from pydantic import Field, field_validator
from pydantic_settings import NoDecode

from kit.settings import ServiceSettings

WordList = Annotated[tuple[str, ...], NoDecode]


class Settings(ServiceSettings):
    """Read once, in `__main__`."""

    port: int = Field(default=5000, ge=0, le=65535)

    enable_rate_limit: bool = True
    rate_limit_window_ms: int = Field(default=900_000, ge=1_000)
    # Requests in a window of an address that shows no token; with one there are more (limits.py).
    rate_limit_max_requests: int = Field(default=100, ge=1)

    max_file_size: int = Field(default=10_485_760, ge=1)
    # Media types or endings, separated by commas; empty leaves it to ingest, which sees the bytes.
    allowed_file_types: WordList = ()

    frontend_url: str = "http://localhost:5173"
    # Separated by commas; FRONTEND_URL is always among them.
    allowed_origins: WordList = ()

    # Addresses of proxies whose X-Forwarded-For is believed (uvicorn's name and form).
    forwarded_allow_ips: str = "127.0.0.1"

    @field_validator("allowed_file_types", "allowed_origins", mode="before")
    @classmethod
    def _words(cls, value: object) -> object:
        if isinstance(value, str):
            return tuple(word.strip() for word in value.split(",") if word.strip())
        return value

    @property
    def origins(self) -> tuple[str, ...]:
        return tuple(
            dict.fromkeys(url.rstrip("/") for url in (self.frontend_url, *self.allowed_origins))
        )
