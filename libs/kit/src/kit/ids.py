"""Identifiers: UUIDv7 (RFC 9562), so that keys made later sort later."""

from uuid import UUID

import uuid6


def new_id() -> str:
    """A new UUIDv7 in its canonical text form; ids made by one process never go backwards."""
    return str(uuid6.uuid7())


def is_id(text: str) -> bool:
    """Whether the text is a UUID in canonical form."""
    try:
        return str(UUID(text)) == text
    except ValueError:
        return False
