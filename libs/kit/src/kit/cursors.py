"""Cursors of keyset pages: opaque to clients, and checked when they come back."""

import base64
import binascii
import json
from typing import cast

# MongoDB stores integers of 64 bits.
_INT64 = 2**63


class InvalidCursor(ValueError):
    """The text is no cursor that this list gave out."""

    def __init__(self) -> None:
        message = "is not one that was given out for this list"
        super().__init__(f"the cursor {message}")
        self.fields = [("page.cursor", message)]


def write_cursor(name: str, *parts: str | int) -> str:
    """The opaque form of where a page of the list `name` ended."""
    raw = json.dumps([name, *parts], separators=(",", ":")).encode()
    return base64.urlsafe_b64encode(raw).decode().rstrip("=")


def read_cursor(text: str, name: str, *kinds: type) -> tuple[str | int, ...] | None:
    """The parts, each of its kind and none of them empty; None for the empty text, which asks for
    the first page. Raises InvalidCursor."""
    if not text:
        return None
    try:
        padded = text + "=" * (-len(text) % 4)
        found = json.loads(base64.b64decode(padded, altchars=b"-_", validate=True))
    except (binascii.Error, ValueError, RecursionError):
        raise InvalidCursor from None
    if not isinstance(found, list) or [type(part) for part in found] != [str, *kinds]:
        raise InvalidCursor
    given, *parts = cast("list[str | int]", found)
    if given != name or not all(_is_usable(part) for part in parts):
        raise InvalidCursor
    return tuple(parts)


def _is_usable(part: str | int) -> bool:
    if isinstance(part, int):
        return 0 <= part < _INT64
    try:
        # Half of a surrogate pair can be written in JSON, and searched for nowhere.
        return bool(part.encode()) and "\0" not in part
    except UnicodeEncodeError:
        return False
