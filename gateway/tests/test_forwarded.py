"""Whose address a request counts for."""

from ipaddress import ip_network
from secrets import token_hex

import pytest
from pydantic import SecretStr, ValidationError

from gateway.forwarded import ClientAddress
from gateway.settings import Settings

PROXY = "10.0.0.2"


async def seen(peer: str, *lines: str, hops: int = 1, proto: str = "") -> tuple[str, str]:
    """The client and the scheme that the app sees."""
    found = {}

    async def app(scope, receive, send):
        found.update(scope)

    headers = [(b"x-forwarded-for", line.encode()) for line in lines]
    headers += [(b"x-forwarded-proto", proto.encode())] if proto else []
    scope = {"type": "http", "client": (peer, 1234), "scheme": "http", "headers": headers}
    await ClientAddress(app, proxies=[ip_network("10.0.0.0/8")], hops=hops)(scope, None, None)
    return found["client"][0], found["scheme"]


@pytest.mark.parametrize(
    ("said", "client"),
    [
        ("192.0.2.7", "192.0.2.7"),
        ("192.0.2.7:443", "192.0.2.7"),
        ("[2001:db8::7]:443", "2001:db8::7"),
        ("::ffff:192.0.2.7", "192.0.2.7"),
        ("203.0.113.9, 192.0.2.7", "192.0.2.7"),
        # The client is in the range that is trusted, and writes an address of its choice itself.
        ("203.0.113.9, 10.1.2.3", "10.1.2.3"),
        ("", PROXY),
        ("nonsense", PROXY),
        ("203.0.113.9, nonsense", PROXY),
    ],
)
async def test_the_client_is_the_one_that_the_proxy_names(said, client):
    assert await seen(PROXY, said) == (client, "http")


async def test_lines_of_the_header_are_read_as_one_list():
    assert (await seen(PROXY, "203.0.113.9", "10.1.2.3"))[0] == "10.1.2.3"


async def test_two_proxies_are_two_entries_and_no_more():
    assert (await seen(PROXY, "203.0.113.9, 10.1.2.3, 10.0.0.3", hops=2))[0] == "10.1.2.3"
    assert (await seen(PROXY, "203.0.113.9, 192.0.2.7", hops=2))[0] == "192.0.2.7"


async def test_nobody_else_is_believed():
    assert await seen("192.0.2.1", "203.0.113.9", proto="https") == ("192.0.2.1", "http")
    assert await seen(PROXY, "203.0.113.9", proto="https") == ("203.0.113.9", "https")


@pytest.mark.parametrize("ips", ["*", "0.0.0.0/0", "10.0.0.0/8,::/0", "proxy", "10.0.0.1/8"])
def test_everybody_and_nonsense_are_no_proxies(ips):
    with pytest.raises(ValidationError, match="forwarded_allow_ips"):
        Settings(app_env="test", jwt_secret=SecretStr(token_hex(32)), forwarded_allow_ips=ips)


def test_addresses_and_networks_may_be_named():
    settings = Settings(
        app_env="test",
        jwt_secret=SecretStr(token_hex(32)),
        forwarded_allow_ips="10.0.0.1, 172.16.0.0/12,2001:db8::/32",
    )
    assert [str(n) for n in settings.forwarded_allow_ips] == [
        "10.0.0.1/32",
        "172.16.0.0/12",
        "2001:db8::/32",
    ]
