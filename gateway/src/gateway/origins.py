"""Origins of web pages (RFC 6454) that may call the API with a person's cookies."""

from ipaddress import ip_address
from urllib.parse import urlsplit


def origin_of(text: str) -> str:
    """The origin as browsers send it: `https://host` or `https://host:port`, in lower case.

    Raises ValueError for anything else: `*`, `null`, a pattern, a path, a user name. Cookies travel
    with these calls, so an origin has to be named exactly.
    """
    if text.strip() == "*":
        raise ValueError("`*` would let any website act as the person signed in: name each origin")
    try:
        url = urlsplit(text.strip())
        port = url.port
    except ValueError:
        raise ValueError(_wanted(text)) from None
    host = url.hostname or ""
    extra = url.path.strip("/") or url.query or url.fragment or "@" in url.netloc
    if url.scheme not in ("http", "https") or extra or not _is_host(host):
        raise ValueError(_wanted(text))
    default = {"http": 80, "https": 443}[url.scheme]
    shown = f"[{host}]" if ":" in host else host
    return f"{url.scheme}://{shown}" + (f":{port}" if port and port != default else "")


def origin_of_page(address: str) -> str:
    """The origin of a page's address, which may have a path. Raises ValueError."""
    url = urlsplit(address.strip())
    return origin_of(f"{url.scheme}://{url.netloc}")


def is_trustworthy(origin: str) -> bool:
    """Whether others on the network can't forge its pages: https, or this machine (W3C Secure
    Contexts, 3.1)."""
    url = urlsplit(origin)
    host = url.hostname or ""
    if url.scheme == "https" or host == "localhost" or host.endswith(".localhost"):
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False


def _is_host(host: str) -> bool:
    try:
        ip_address(host)
    except ValueError:
        labels = host.split(".")
        return all(
            label.replace("-", "").replace("_", "").isalnum() and label.isascii()
            for label in labels
        )
    return True


def _wanted(text: str) -> str:
    return f"{text!r} is not an origin, such as https://money.example or http://localhost:5173"
