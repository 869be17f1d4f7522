from datetime import UTC, datetime

from kit.events import act_headers, event_type, header_texts, headers_of
from kit.relay import LEAST_LINGER_SECONDS, MOST_LINGER_SECONDS, linger


def test_the_headers_of_an_event_are_those_of_cloudevents_and_its_trace():
    at = datetime(2026, 3, 1, 12, tzinfo=UTC)
    headers = headers_of(
        act_headers(source="ledger", time=at, trace={"traceparent": "00-1-2-01"}),
        id_="e1",
        type_="pfa.events.v1.EntryPosted",
        subject="t1",
        sequence=7,
    )

    assert header_texts(headers) == {
        "ce_specversion": "1.0",
        "ce_id": "e1",
        "ce_type": "pfa.events.v1.EntryPosted",
        "ce_source": "ledger",
        "ce_subject": "t1",
        "ce_sequence": "7",
        "ce_time": "2026-03-01T12:00:00+00:00",
        "content-type": "application/protobuf",
        "traceparent": "00-1-2-01",
    }


def test_the_type_is_found_among_headers_wherever_it_stands():
    assert event_type([("ce_id", b"1"), ("ce_type", b"T"), ("x", b"")]) == "T"
    assert event_type([("ce_id", b"1")]) == ""
    assert event_type([]) == ""


def test_a_relay_lingers_longer_the_more_its_rounds_cost_but_never_long():
    assert linger(0) == linger(0.005) == LEAST_LINGER_SECONDS
    assert LEAST_LINGER_SECONDS < linger(0.02) < linger(0.03) < MOST_LINGER_SECONDS
    assert linger(1) == MOST_LINGER_SECONDS
