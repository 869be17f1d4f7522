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

        def whole():
            spans = receiver.trace(trace_id)
            return spans if edges(spans) >= EXPECTED and not orphans(spans, browser_span) else None

        try:
            spans = wait_for(whole, "the whole trace")
        except TimeoutError:  # say what is missing instead of that something is
            spans = receiver.trace(trace_id)
            assert edges(spans) >= EXPECTED
            assert orphans(spans, browser_span) == set()

    doors = [span for span in spans if span.parent_id == browser_span]
    assert [(span.service, span.name) for span in doors] == [("gateway", "POST /api/v1/documents")]
    requests = [span for span in spans if span.service == "gateway" and " /api/" in span.name]
    assert requests == doors, "another request of the connection was taken into the trace"
    print_tree(spans, browser_span)


def orphans(spans, browser_span):
    """Spans whose parent is not in the trace."""
    known = {span.span_id for span in spans} | {browser_span}
    return {(span.service, span.name) for span in spans if span.parent_id not in known}


def print_tree(spans, parent, depth=0):
    """The trace as a reader of a failure, or of `pytest -s`, would like to see it."""
    for span in spans:
        if span.parent_id == parent:
            print(f"{'  ' * depth}{span.service:<8} {span.name}")
            print_tree(spans, span.span_id, depth + 1)
