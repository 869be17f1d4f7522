"""The environment of the gateway."""

from ipaddress import IPv4Network, IPv6Network
from typing import Annotated, Self

from pydantic import Field, field_validator, model_validator
from pydantic_settings import NoDecode

from gateway.origins import is_trustworthy, origin_of, origin_of_page
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
    # Where browsers find the API; the OpenAPI document names it as its server.
    backend_url: str = ""
    # Separated by commas; FRONTEND_URL is always among them.
    allowed_origins: WordList = ()

    # Addresses and networks of proxies whose X-Forwarded-For is believed, separated by commas.
    # Only proxies may be able to call the gateway from these networks.
    forwarded_allow_ips: Annotated[tuple[IPv4Network | IPv6Network, ...], NoDecode] = (
        IPv4Network("127.0.0.1"),
    )
    # How many proxies a request comes through.
    forwarded_hops: int = Field(default=1, ge=1, le=10)

    @field_validator("forwarded_allow_ips")
    @classmethod
    def _not_everybody(
        cls, networks: tuple[IPv4Network | IPv6Network, ...]
    ) -> tuple[IPv4Network | IPv6Network, ...]:
        if any(network.prefixlen == 0 for network in networks):
            raise ValueError("everybody is no proxy: name the addresses of the proxies")
        return networks

    @field_validator("allowed_file_types", "forwarded_allow_ips", mode="before")
    @classmethod
    def _words(cls, value: object) -> object:
        if isinstance(value, str):
            return tuple(word.strip() for word in value.split(",") if word.strip())
        return value

    @field_validator("allowed_origins", mode="before")
    @classmethod
    def _listed(cls, value: object) -> object:
        """Keep empty entries, which are refused like every other word that is no origin."""
        return tuple(value.split(",")) if isinstance(value, str) else value

    @field_validator("allowed_origins")
    @classmethod
    def _are_origins(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        return tuple(map(origin_of, value))

    @field_validator("frontend_url", "backend_url")
    @classmethod
    def _is_address(cls, value: str) -> str:
        if value:
            origin_of_page(value)
        return value.rstrip("/")

    @model_validator(mode="after")
    def _origins_are_trustworthy(self) -> Self:
        """In production a page that came over plain http may have been changed on its way."""
        if self.app_env == "production":
            for origin in self.origins:
                if not is_trustworthy(origin):
                    raise ValueError(
                        f"FRONTEND_URL, ALLOWED_ORIGINS: {origin} is not https, and in production "
                        "only this machine's own pages may be plain http"
                    )
        return self

    @property
    def origins(self) -> tuple[str, ...]:
        """Every origin that may call the API, each once."""
        return tuple(dict.fromkeys((origin_of_page(self.frontend_url), *self.allowed_origins)))
