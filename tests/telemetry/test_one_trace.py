"""The upload of a receipt is one trace, from the browser's request to the booking."""

import secrets

import pytest
from story import Person, receipt, wait_for
from telemetry.otlp_receiver import OtlpReceiver, edges

from pfa_local.environment import user_settings
from pfa_local.rest import Api
from pfa_local.stack import Stack

# Every step of the main job, in its order. "browser" is the request's own span, which the
# browser names in `traceparent` and does not export.
EXPECTED = {
    ("gateway", "ingest"),
    ("ingest", "pfa.ingest.documents"),
    ("pfa.ingest.documents", "ingest"),
    ("pfa.ingest.documents", "ai"),
    ("ai", "ledger"),
    ("ai", "pfa.ai.suggestions"),
    ("pfa.ai.suggestions", "ingest"),
    ("ingest", "ledger"),
    ("ledger", "pfa.ledger.events"),
    ("pfa.ledger.events", "ai"),
}


@pytest.fixture
def receiver():
    with OtlpReceiver() as listening:
        yield listening


@pytest.fixture
def traced_stack(receiver, tmp_path):
    settings = {
        **user_settings(dotenv=tmp_path / "none"),
        "OTEL_EXPORTER_OTLP_ENDPOINT": receiver.endpoint,
        "OTEL_BSP_SCHEDULE_DELAY": "200",
    }
    stack = Stack(tmp_path, settings=settings, any_ports=True, frontend=False)
    try:
        yield stack.start()
    finally:
        stack.stop()


@pytest.mark.stack
def test_the_upload_of_a_receipt_is_one_trace_to_its_booking(traced_stack, receiver):
    trace_id, browser_span = secrets.token_hex(16), secrets.token_hex(8)
    with Api(traced_stack.gateway_url) as api:
        person = Person.signed_up(api)
        api._client.headers["traceparent"] = f"00-{trace_id}-{browser_span}-01"
        document_id = person.upload(receipt(7))
        del api._client.headers["traceparent"]  # the acceptance is another request, of another day
        person.document_with(document_id, "ready")
        person.accept(document_id)

        def all_edges():
            found = edges(receiver.trace(trace_id))
            return found if found >= EXPECTED else None

        try:
            wait_for(all_edges, "every edge of the main job")
        except TimeoutError:
            assert edges(receiver.trace(trace_id)) >= EXPECTED

    spans = receiver.trace(trace_id)
    doors = [span for span in spans if span.parent_id == browser_span]
    assert {span.service for span in doors} == {"gateway"}
    by_id = {span.span_id for span in spans} | {browser_span}
    assert all(span.parent_id in by_id for span in spans), "a span whose parent is not in the trace"
