"""OpenTelemetry: traces, metrics and logs over OTLP where an endpoint is set; metrics for
Prometheus always."""

import logging
from collections.abc import Iterator, Mapping
from contextlib import contextmanager

from opentelemetry import _logs, metrics, propagate, trace
from opentelemetry.context import Context
from opentelemetry.exporter.otlp.proto.http._log_exporter import OTLPLogExporter
from opentelemetry.exporter.otlp.proto.http.metric_exporter import OTLPMetricExporter
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.exporter.prometheus import PrometheusMetricReader
from opentelemetry.metrics import Meter
from opentelemetry.sdk._logs import LoggerProvider, LoggingHandler
from opentelemetry.sdk._logs.export import BatchLogRecordProcessor
from opentelemetry.sdk.metrics import MeterProvider
from opentelemetry.sdk.metrics.export import MetricReader, PeriodicExportingMetricReader
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor
from opentelemetry.sdk.trace.sampling import ALWAYS_OFF
from opentelemetry.trace import Link, Span, Tracer


class Telemetry:
    """The providers of one process; `shutdown` sends what they still hold."""

    def __init__(self, *, service: str, version: str, environment: str, otlp_endpoint: str) -> None:
        resource = Resource.create(
            {
                "service.namespace": "pfa",
                "service.name": service,
                "service.version": version,
                "deployment.environment.name": environment,
            }
        )
        # Where nobody takes them spans are not recorded; their ids go from hop to hop all the same.
        self._tracers = TracerProvider(
            resource=resource, sampler=None if otlp_endpoint else ALWAYS_OFF
        )
        self._loggers = LoggerProvider(resource=resource)
        readers: list[MetricReader] = [PrometheusMetricReader()]
        if otlp_endpoint:
            # The exporters read OTEL_EXPORTER_OTLP_ENDPOINT and its headers by themselves.
            self._tracers.add_span_processor(
                BatchSpanProcessor(OTLPSpanExporter(), schedule_delay_millis=500)
            )
            self._loggers.add_log_record_processor(BatchLogRecordProcessor(OTLPLogExporter()))
            readers.append(PeriodicExportingMetricReader(OTLPMetricExporter()))
            logging.getLogger().addHandler(LoggingHandler(logger_provider=self._loggers))
        self._meters = MeterProvider(resource=resource, metric_readers=readers)
        trace.set_tracer_provider(self._tracers)
        metrics.set_meter_provider(self._meters)
        _logs.set_logger_provider(self._loggers)

    def shutdown(self) -> None:
        self._tracers.shutdown()
        self._loggers.shutdown()
        self._meters.shutdown()


def tracer(name: str) -> Tracer:
    return trace.get_tracer(name)


def meter(name: str) -> Meter:
    return metrics.get_meter(name)


def inject_context() -> dict[str, str]:
    """The current trace context as W3C headers."""
    carrier: dict[str, str] = {}
    propagate.inject(carrier)
    return carrier


def extract_context(headers: Mapping[str, str]) -> Context:
    """The trace context that W3C headers carry; an empty one where they carry none."""
    if "traceparent" not in headers and "baggage" not in headers:
        return Context()
    return propagate.extract(headers)


@contextmanager
def continued(name: str, headers: Mapping[str, str]) -> Iterator[Span]:
    """A span that goes on with the trace of `headers`, linked to what is in hand.

    For work that was begun in one request and is finished in another, or in none.
    """
    in_hand = trace.get_current_span().get_span_context()
    links = [Link(in_hand)] if in_hand.is_valid else []
    context = extract_context(headers) if headers else None
    with tracer(__name__).start_as_current_span(name, context=context, links=links) as span:
        yield span
