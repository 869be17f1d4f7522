"""Clean every text of a request, as its contract declares (`pfa.common.v1.text_form`)."""

from collections.abc import Callable
from functools import cache
from typing import Any

from google.protobuf.descriptor import Descriptor, FieldDescriptor
from google.protobuf.message import Message

from kit.text import clean_line, clean_lines
from pfa.common.v1 import text_pb2

Clean = Callable[[str], str]
_CLEANERS: dict[int, Clean] = {
    text_pb2.TEXT_FORM_UNSPECIFIED: clean_line,
    text_pb2.TEXT_FORM_LINES: clean_lines,
}


def clean_texts(message: Message) -> None:
    """Clean the text fields of the message and of the messages in it, in place.

    Time is proportional to the number of fields that the types declare; a clean text is read once
    and not written. Keys of maps stay as they are: no request has any.
    """
    texts, repeated_texts, messages, repeated_messages = _fields(message.DESCRIPTOR)
    for name, clean in texts:
        _clean_one(message, name, clean)
    for name, clean in repeated_texts:
        _clean_each(getattr(message, name), clean)
    for name in messages:
        if message.HasField(name):
            clean_texts(getattr(message, name))
    for name in repeated_messages:
        for item in getattr(message, name):
            clean_texts(item)


def _clean_one(message: Message, name: str, clean: Clean) -> None:
    text = getattr(message, name)
    if not text.isprintable():
        setattr(message, name, clean(text))


def _clean_each(values: Any, clean: Clean) -> None:
    for index, text in enumerate(values):
        if not text.isprintable():
            values[index] = clean(text)


_Fields = tuple[
    tuple[tuple[str, Clean], ...],
    tuple[tuple[str, Clean], ...],
    tuple[str, ...],
    tuple[str, ...],
]


@cache
def _fields(descriptor: Descriptor) -> _Fields:
    """Text fields, repeated text fields, message fields and repeated message fields of a type."""
    texts: list[tuple[str, Clean]] = []
    repeated_texts: list[tuple[str, Clean]] = []
    messages: list[str] = []
    repeated_messages: list[str] = []
    for field in descriptor.fields:
        if field.type == FieldDescriptor.TYPE_STRING:
            clean = _CLEANERS.get(field.GetOptions().Extensions[text_pb2.text_form])
            if clean is not None:
                (repeated_texts if field.is_repeated else texts).append((field.name, clean))
        elif field.type == FieldDescriptor.TYPE_MESSAGE and _holds_text(field):
            (repeated_messages if field.is_repeated else messages).append(field.name)
    return tuple(texts), tuple(repeated_texts), tuple(messages), tuple(repeated_messages)


def _holds_text(field: FieldDescriptor) -> bool:
    """Whether a message field can hold text of ours: not a map, not a well-known type."""
    kind = field.message_type
    if kind is None:
        return False
    return not kind.GetOptions().map_entry and kind.file.package.startswith("pfa.")
