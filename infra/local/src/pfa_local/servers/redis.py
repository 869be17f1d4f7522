"""Redis, without persistence: nothing in it may be missed."""

from __future__ import annotations

from typing import ClassVar

import redis

from pfa_local import binaries
from pfa_local.servers.base import Server


class RedisServer(Server):
    name: ClassVar[str] = "redis"

    @property
    def url(self) -> str:
        return f"redis://{self.address}/0"

    def _command(self) -> list[str]:
        return [
            str(binaries.redis_server()),
            *("--port", str(self.port)),
            *("--bind", self.host),
            *("--dir", str(self.data)),
            *("--save", ""),
            *("--appendonly", "no"),
            *("--maxmemory", "64mb"),
            *("--maxmemory-policy", "allkeys-lru"),
        ]

    def serves(self) -> bool:
        try:
            with redis.Redis(host=self.host, port=self.port, socket_timeout=1) as client:
                return bool(client.ping())
        except redis.RedisError:
            return False
