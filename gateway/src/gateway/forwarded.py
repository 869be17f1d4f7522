"""The client's address behind proxies.

Each proxy appends the address that it was called from to X-Forwarded-For, so only the last entries
are the proxies' own words, and whatever stands before them was written by the client. uvicorn's own
reading skips every entry that is in a trusted range: a client in the same range as the proxy then
chooses its address itself. Here an entry is believed only from an address that is trusted, and only
as many entries as there are proxies.
"""

from collections import deque
from collections.abc import Sequence
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Receive, Scope, Send

Network = IPv4Network | IPv6Network


class ClientAddress:
    """Puts the client's address, and the scheme that it used, into the scope (ASGI)."""

    def __init__(self, app: ASGIApp, *, proxies: Sequence[Network], hops: int) -> None:
        self._app = app
        self._proxies = proxies
        self._hops = hops

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and scope["client"]:
            peer = scope["client"][0]
            headers = Headers(scope=scope)
            if self._trusts(_address(peer)):
                scope["client"] = (self._behind(peer, headers), 0)
                if headers.get("x-forwarded-proto") in ("http", "https"):
                    scope["scheme"] = headers["x-forwarded-proto"]
        await self._app(scope, receive, send)

    def _behind(self, peer: str, headers: Headers) -> str:
        entries = deque(",".join(headers.getlist("x-forwarded-for")).split(","), maxlen=self._hops)
        client = peer
        while entries and self._trusts(_address(client)):
            said = _address(entries.pop())
            if said is None:
                break
            client = str(said)
        return client

    def _trusts(self, address: IPv4Address | IPv6Address | None) -> bool:
        return address is not None and any(address in network for network in self._proxies)


def _address(text: str) -> IPv4Address | IPv6Address | None:
    """The address of an entry, which may have a port: `192.0.2.7:443`, `[2001:db8::7]:443`."""
    text = text.strip()
    if text.startswith("["):
        text = text[1:].partition("]")[0]
    elif text.count(":") == 1:
        text = text.partition(":")[0]
    try:
        found = ip_address(text)
    except ValueError:
        return None
    mapped = found.ipv4_mapped if isinstance(found, IPv6Address) else None
    return mapped or found
