"""Every released event is still read as it was meant."""

import json

import pytest
from contracts.golden_events import GOLDEN, as_read, events

FILES = sorted(GOLDEN.glob("*.json"))


def test_every_event_has_golden_bytes():
    assert {path.stem for path in FILES} == set(events())


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_golden_bytes_are_read_as_they_were_meant(path):
    golden = json.loads(path.read_text())
    message = events()[path.stem].FromString(bytes.fromhex(golden["bytes"]))
    assert as_read(message) == golden["reads"]


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_an_event_with_a_field_of_tomorrow_is_still_read(path):
    golden = json.loads(path.read_text())
    tomorrow = bytes.fromhex(golden["bytes"]) + b"\xf2\x3f\x03new"  # field 1022, length-delimited
    assert as_read(events()[path.stem].FromString(tomorrow)) == golden["reads"]
