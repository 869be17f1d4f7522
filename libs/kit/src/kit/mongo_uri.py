"""Connection strings of MongoDB: what they may hold, and further options."""

from typing import Final

from pymongo.errors import PyMongoError
from pymongo.uri_parser_shared import parse_userinfo

_SCHEMES: Final = ("mongodb://", "mongodb+srv://")
_ESCAPE: Final = (
    "percent-encode the user name and the password (`@` is %40, `/` is %2F), or leave them out and "
    "set MONGODB_USERNAME and MONGODB_PASSWORD, which are taken as they are"
)


def checked_uri(uri: str) -> str:
    """The URI as the driver reads it. Raises ValueError without repeating what may be a password.

    An unescaped `@`, `/` or `?` in a password moves the point where the driver looks for the host,
    so one that isn't where RFC 3986 has it is refused instead of guessed at.
    """
    scheme = next((known for known in _SCHEMES if uri.startswith(known)), "")
    if not scheme:
        raise ValueError("must begin with mongodb:// or mongodb+srv://")
    rest = uri.removeprefix(scheme)
    authority = rest.partition("?")[0].partition("/")[0]
    if rest.count("@") > 1 or ("@" in rest and "@" not in authority):
        raise ValueError(f"holds an `@` that is not before the host: {_ESCAPE}")
    userinfo, separator, hosts = authority.rpartition("@")
    if not hosts:
        raise ValueError("names no host")
    if not separator:
        return uri
    try:
        parse_userinfo(userinfo)
    except PyMongoError:
        raise ValueError(
            f"has a user name or password that is no part of a URI: {_ESCAPE}"
        ) from None
    # The driver decodes as forms do, where `+` is a blank; in a URI it is itself.
    return scheme + userinfo.replace("+", "%2B") + rest.removeprefix(userinfo)


def password_in(uri: str) -> str:
    """The password of a checked URI, decoded; empty where it has none."""
    authority = uri.partition("://")[2].partition("?")[0].partition("/")[0]
    userinfo, separator, _ = authority.rpartition("@")
    return parse_userinfo(userinfo)[1] if separator else ""


def with_options(uri: str, options: str) -> str:
    """The URI with further options in its query."""
    if not options:
        return uri
    if "?" in uri:
        return f"{uri}&{options}"
    scheme, _, rest = uri.partition("://")
    return f"{scheme}://{rest}{'' if '/' in rest else '/'}?{options}"
