"""Golden bytes of the events: what was once released must be read for ever.

`python tests/contracts/golden_events.py` writes the bytes of events that have none yet. It never
changes those that stand: other people's topics hold such bytes.
"""

import importlib
import json
import pkgutil
from pathlib import Path

from google.protobuf.descriptor import FieldDescriptor
from google.protobuf.json_format import MessageToDict
from google.protobuf.message import Message

import pfa.events.v1

GOLDEN = Path(__file__).parent / "golden"


def events() -> dict[str, type[Message]]:
    """Every message that a topic carries, by full name: those with an owner."""
    found = {}
    for module in pkgutil.iter_modules(pfa.events.v1.__path__):
        if not module.name.endswith("_pb2"):
            continue
        loaded = importlib.import_module(f"pfa.events.v1.{module.name}")
        for name, descriptor in loaded.DESCRIPTOR.message_types_by_name.items():
            if "user_id" in descriptor.fields_by_name:
                found[descriptor.full_name] = getattr(loaded, name)
    return found


def example(message: type[Message]) -> Message:
    """A message with every field set to something that says which field it is."""
    filled = message()
    for field in message.DESCRIPTOR.fields:
        _fill(filled, field)
    return filled


def _fill(message: Message, field: FieldDescriptor) -> None:
    if field.message_type is not None:
        inner = example(field.message_type._concrete_class)
        if field.is_repeated:
            getattr(message, field.name).append(inner)
        else:
            getattr(message, field.name).CopyFrom(inner)
    else:
        setattr(message, field.name, _value(field))


def _value(field: FieldDescriptor) -> str | int | float | bool:
    return {
        FieldDescriptor.CPPTYPE_STRING: f"{field.name}-ä",
        FieldDescriptor.CPPTYPE_INT64: -(2**53) - field.number,
        FieldDescriptor.CPPTYPE_INT32: 1000 + field.number,
        FieldDescriptor.CPPTYPE_DOUBLE: field.number / 8,
        FieldDescriptor.CPPTYPE_BOOL: True,
    }[field.cpp_type]


def as_read(message: Message) -> dict[str, object]:
    return dict(MessageToDict(message, preserving_proto_field_name=True))


def write_missing() -> list[str]:
    """Write the golden file of each event that has none, and answer their names."""
    written = []
    for name, message in events().items():
        path = GOLDEN / f"{name}.json"
        if path.exists():
            continue
        filled = example(message)
        golden = {
            "bytes": filled.SerializeToString(deterministic=True).hex(),
            "reads": as_read(filled),
        }
        path.write_text(json.dumps(golden, indent=2, ensure_ascii=False) + "\n")
        written.append(name)
    return written


if __name__ == "__main__":
    for name in write_missing():
        print(name)
