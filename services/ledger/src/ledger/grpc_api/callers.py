"""Who calls, and under which key; the same for every servicer."""

from google.protobuf.message import Message

from kit.caller import Caller, PermissionDenied, current_caller
from kit.idempotency import request_hash
from ledger.domain.posting import Key


def owner() -> str:
    """The owner of the book that the caller may look at."""
    return current_caller().owner


def writer() -> Caller:
    """The caller, who may write into the book. Raises PermissionDenied."""
    caller = current_caller()
    if caller.role == "viewer":
        raise PermissionDenied(
            "you may look at this book, not change it: ask its owner to let you edit"
        )
    return caller


def key_of(text: str, request: Message) -> Key:
    """The idempotency key with the hash of its request; an empty text asks for no memory."""
    return Key(text, request_hash(request)) if text else Key()
