"""OpenTelemetry: traces, metrics and logs over OTLP where an endpoint is set; metrics for
Prometheus always."""

import logging
from collections.abc import Iterator, Mapping
from contextlib import contextmanager

from opentelemetry import _logs, metrics, propagate, trace
from opentelemetry.context import Context
from opentelemetry.exporter.otlp.proto.grpc import _log_exporter as grpc_logs
from opentelemetry.exporter.otlp.proto.grpc import metric_exporter as grpc_metrics
from opentelemetry.exporter.otlp.proto.grpc import trace_exporter as grpc_traces
from opentelemetry.exporter.otlp.proto.http import _log_exporter as http_logs
from opentelemetry.exporter.otlp.proto.http import metric_exporter as http_metrics
from opentelemetry.exporter.otlp.proto.http import trace_exporter as http_traces
from opentelemetry.exporter.prometheus import PrometheusMetricReader
from opentelemetry.metrics import Meter
from opentelemetry.sdk._logs import LoggerProvider, LoggingHandler
from opentelemetry.sdk._logs.export import BatchLogRecordProcessor, LogRecordExporter
from opentelemetry.sdk.metrics import MeterProvider
from opentelemetry.sdk.metrics.export import (
    MetricExporter,
    MetricReader,
    PeriodicExportingMetricReader,
)
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor, SpanExporter
from opentelemetry.sdk.trace.sampling import ALWAYS_OFF
from opentelemetry.trace import Link, Span, Tracer

from kit.metric_views import views
from kit.otlp import OtlpTarget
from kit.settings import ServiceSettings


class Telemetry:
    """The providers of one process; `shutdown` sends what they still hold."""

    def __init__(self, service: str, settings: ServiceSettings) -> None:
        resource = Resource.create(
            {
                "service.namespace": settings.app_name,
                "service.name": service,
                "service.version": settings.app_version,
                "deployment.environment.name": settings.app_env,
            }
        )
        traces = settings.otlp_target("traces")
        logs = settings.otlp_target("logs")
        measures = settings.otlp_target("metrics")
        # Spans that are sent nowhere are not recorded; their ids still travel from hop to hop. With
        # an exporter the SDK reads OTEL_TRACES_SAMPLER.
        self._tracers = TracerProvider(resource=resource, sampler=None if traces else ALWAYS_OFF)
        self._loggers = LoggerProvider(resource=resource)
        readers: list[MetricReader] = [PrometheusMetricReader()]
        if traces:
            self._tracers.add_span_processor(
                BatchSpanProcessor(_span_exporter(traces), schedule_delay_millis=500)
            )
        if logs:
            self._loggers.add_log_record_processor(BatchLogRecordProcessor(_log_exporter(logs)))
            logging.getLogger().addHandler(LoggingHandler(logger_provider=self._loggers))
        if measures:
            readers.append(PeriodicExportingMetricReader(_metric_exporter(measures)))
        self._meters = MeterProvider(resource=resource, metric_readers=readers, views=views())
        trace.set_tracer_provider(self._tracers)
        metrics.set_meter_provider(self._meters)
        _logs.set_logger_provider(self._loggers)

    def shutdown(self) -> None:
        self._tracers.shutdown()
        self._loggers.shutdown()
        self._meters.shutdown()


def _span_exporter(target: OtlpTarget) -> SpanExporter:
    """The exporters read headers, time-outs, certificates and compression from OTEL_* variables."""
    if target.protocol == "grpc":
        return grpc_traces.OTLPSpanExporter(endpoint=target.endpoint)
    return http_traces.OTLPSpanExporter(endpoint=target.endpoint)


def _log_exporter(target: OtlpTarget) -> LogRecordExporter:
    if target.protocol == "grpc":
        return grpc_logs.OTLPLogExporter(endpoint=target.endpoint)
    return http_logs.OTLPLogExporter(endpoint=target.endpoint)


def _metric_exporter(target: OtlpTarget) -> MetricExporter:
    if target.protocol == "grpc":
        return grpc_metrics.OTLPMetricExporter(endpoint=target.endpoint)
    return http_metrics.OTLPMetricExporter(endpoint=target.endpoint)


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
