"""What browsers are told of events: every change that a contract names."""

import re
from datetime import UTC, datetime
from pathlib import Path

import pytest

from gateway.live import _MESSAGES, Hub, _pass_on, live_event
from kit.events import Event, act_headers, headers_of
from pfa.events.v1 import ledger_events_pb2 as ledger

PROTO = Path(__file__).parents[2] / "proto/pfa/events/v1/ledger_events.proto"
# The words in the comment above a field `change`, by message.
_MESSAGE = re.compile(r"^message (\w+) \{(.*?)^\}", re.MULTILINE | re.DOTALL)
_CHANGES = re.compile(r"// ([a-z_, ]+)\.\n  string change")


def changes():
    return [
        (name, word.strip())
        for name, body in _MESSAGE.findall(PROTO.read_text())
        for words in _CHANGES.findall(body)
        for word in words.split(",")
    ]


@pytest.mark.parametrize(("name", "change"), changes())
def test_every_change_that_the_contract_names_is_told(name, change):
    message = getattr(ledger, name)(user_id="anna", version=3, change=change)
    if message.DESCRIPTOR.full_name not in _MESSAGES:
        pytest.fail(f"{name} has changes, and nobody is told of it")

    told = live_event(event(message))

    assert told.type.endswith(f".{change}")
    assert told.version == 3


def test_the_contract_names_changes():
    assert ("TransactionChanged", "restored") in changes()


def test_an_event_that_is_not_known_here_does_not_end_the_feed():
    hub = Hub()
    with hub.subscribed("anna") as stream:
        for change in ("transfigured", "restored"):
            _pass_on(hub, record(ledger.TransactionChanged(user_id="anna", change=change)))

        told = stream._queue.get_nowait()

    assert told is not None
    assert told.type == "transaction.restored"
    assert stream._queue.empty()


def event(message):
    return Event(
        id="1",
        type=message.DESCRIPTOR.full_name,
        source="ledger",
        subject="t",
        sequence=1,
        time=datetime(2026, 11, 22, tzinfo=UTC),
        user_id="anna",
        data=message,
    )


class record:  # noqa: N801 - stands for Kafka's
    def __init__(self, message) -> None:
        told = event(message)
        self.topic, self.key, self.value = "t", b"anna", message.SerializeToString()
        self.headers = headers_of(
            act_headers(source=told.source, time=told.time, trace={}),
            id_=told.id,
            type_=told.type,
            subject=told.subject,
            sequence=1,
        )
