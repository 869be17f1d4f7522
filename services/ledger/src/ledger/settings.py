"""The environment of the ledger."""

from pydantic import Field

from kit.settings import ServiceSettings


class Settings(ServiceSettings):
    """Read once, in `__main__`."""

    grpc_port: int = Field(default=50052, ge=0, le=65535)
    ops_port: int = Field(default=8052, ge=0, le=65535)
