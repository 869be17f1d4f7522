"""Collectors of OTLP on loopback, over HTTP and over gRPC, that keep what reaches them."""

import gzip
import threading
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import grpc
from opentelemetry.proto.collector.logs.v1 import logs_service_pb2, logs_service_pb2_grpc
from opentelemetry.proto.collector.metrics.v1 import (
    metrics_service_pb2,
    metrics_service_pb2_grpc,
)
from opentelemetry.proto.collector.trace.v1 import trace_service_pb2, trace_service_pb2_grpc

REQUESTS = {
    "traces": trace_service_pb2.ExportTraceServiceRequest,
    "metrics": metrics_service_pb2.ExportMetricsServiceRequest,
    "logs": logs_service_pb2.ExportLogsServiceRequest,
}


@dataclass
class Collected:
    """Requests by signal, and the headers that came with the last."""

    endpoint: str = ""
    requests: dict[str, list[Any]] = field(default_factory=dict)
    headers: Mapping[str, str] = field(default_factory=dict)

    @property
    def signals(self) -> set[str]:
        return set(self.requests)

    def take(self, signal: str, request: Any, headers: Mapping[str, str]) -> None:
        self.requests.setdefault(signal, []).append(request)
        self.headers = headers


@contextmanager
def http_collector() -> Iterator[Collected]:
    collected = Collected()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length", "0")))
            if self.headers.get("Content-Encoding") == "gzip":
                body = gzip.decompress(body)
            signal = self.path.removeprefix("/v1/")
            headers = {name.lower(): value for name, value in self.headers.items()}
            collected.take(signal, REQUESTS[signal].FromString(body), headers)
            self.send_response(200)
            self.send_header("Content-Type", "application/x-protobuf")
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *_: object) -> None:
            """Requests are kept, not printed."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
    collected.endpoint = f"http://127.0.0.1:{server.server_port}"
    try:
        yield collected
    finally:
        server.shutdown()
        server.server_close()


@contextmanager
def grpc_collector() -> Iterator[Collected]:
    collected = Collected()

    def service(signal: str, base: type, answer: type) -> Any:
        class Service(base):
            def Export(self, request: Any, context: grpc.ServicerContext) -> Any:
                collected.take(signal, request, dict(context.invocation_metadata()))
                return answer()

        return Service()

    server = grpc.server(ThreadPoolExecutor(2))
    for signal, pb, stubs in (
        ("trace", trace_service_pb2, trace_service_pb2_grpc),
        ("metrics", metrics_service_pb2, metrics_service_pb2_grpc),
        ("logs", logs_service_pb2, logs_service_pb2_grpc),
    ):
        name = signal.title()
        add = getattr(stubs, f"add_{name}ServiceServicer_to_server")
        base = getattr(stubs, f"{name}ServiceServicer")
        answer = getattr(pb, f"Export{name}ServiceResponse")
        add(service("traces" if signal == "trace" else signal, base, answer), server)
    collected.endpoint = f"http://127.0.0.1:{server.add_insecure_port('127.0.0.1:0')}"
    server.start()
    try:
        yield collected
    finally:
        server.stop(grace=None)
