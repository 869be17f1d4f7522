"""A receiver of OTLP over HTTP on loopback: keeps the spans that the services export."""

import gzip
import threading
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Self

from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest


@dataclass(frozen=True, slots=True)
class Span:
    """A span as it was exported; ids in hex."""

    service: str
    name: str
    kind: int
    trace_id: str
    span_id: str
    parent_id: str
    attributes: dict[str, str]


class OtlpReceiver:
    """Listens while it is entered; `.endpoint` is for OTEL_EXPORTER_OTLP_ENDPOINT."""

    def __init__(self) -> None:
        self._spans: dict[str, Span] = {}
        self._lock = threading.Lock()
        receiver = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers.get("Content-Length", "0")))
                if self.headers.get("Content-Encoding") == "gzip":
                    body = gzip.decompress(body)
                if self.path == "/v1/traces":
                    receiver._take(ExportTraceServiceRequest.FromString(body))
                self.send_response(200)
                self.send_header("Content-Type", "application/x-protobuf")
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, *_: object) -> None:
                """Quiet: what matters is kept."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True

    @property
    def endpoint(self) -> str:
        return f"http://127.0.0.1:{self._server.server_port}"

    def __enter__(self) -> Self:
        threading.Thread(target=self._server.serve_forever, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()

    def trace(self, trace_id: str) -> list[Span]:
        """The spans of one trace that have arrived so far."""
        with self._lock:
            return [span for span in self._spans.values() if span.trace_id == trace_id]

    def _take(self, request: ExportTraceServiceRequest) -> None:
        with self._lock:
            for resource_spans in request.resource_spans:
                attributes = {
                    a.key: a.value.string_value for a in resource_spans.resource.attributes
                }
                for scope_spans in resource_spans.scope_spans:
                    for span in scope_spans.spans:
                        self._spans[span.span_id.hex()] = Span(
                            service=attributes["service.name"],
                            name=span.name,
                            kind=span.kind,
                            trace_id=span.trace_id.hex(),
                            span_id=span.span_id.hex(),
                            parent_id=span.parent_span_id.hex(),
                            attributes={a.key: a.value.string_value for a in span.attributes},
                        )


def edges(spans: list[Span]) -> set[tuple[str, str]]:
    """(from, to) for each step between services; the topic stands where an event carried it."""
    by_id = {span.span_id: span for span in spans}
    found = set()
    for span in spans:
        parent = by_id.get(span.parent_id)
        if parent is None or parent.service == span.service:
            if span.attributes.get("messaging.system") == "kafka" and parent is not None:
                found |= _hops(parent, span)
            continue
        found |= _hops(parent, span)
    return found


def _hops(parent: Span, span: Span) -> set[tuple[str, str]]:
    topic = span.attributes.get("messaging.destination.name", "")
    if span.attributes.get("messaging.operation.type") == "send":
        return {(span.service, topic)}
    if span.attributes.get("messaging.operation.type") == "process":
        return {(topic, span.service)}
    return {(parent.service, span.service)}
