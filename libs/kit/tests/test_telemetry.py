"""Traces, metrics and logs leave by the protocol that is set; a process of its own each time, as
providers are set once."""

import subprocess
import sys

import pytest
from collectors import grpc_collector, http_collector

ALL = {"traces", "metrics", "logs"}
PROGRAM = """
import logging
from kit.settings import ServiceSettings
from kit.telemetry import Telemetry, meter, tracer

telemetry = Telemetry("probe", ServiceSettings.load())
with tracer("probe").start_as_current_span("work"):
    meter("probe").create_counter("pfa.probe").add(1)
    logging.getLogger("probe").warning("done")
telemetry.shutdown()
"""


def run_a_process(**environment: str) -> None:
    own = {
        "JWT_SECRET": "k7vQ2mXw9LpT4sYz8RbN3cJf6HgD1aEu",
        "APP_ENV": "test",
        "APP_NAME": "household",
        "PATH": "/usr/bin",
    }
    command = [sys.executable, "-c", PROGRAM]
    subprocess.run(command, env={**own, **environment}, check=True, timeout=120)


@pytest.fixture
def over_http():
    with http_collector() as collected:
        yield collected


@pytest.fixture
def over_grpc():
    with grpc_collector() as collected:
        yield collected


@pytest.mark.parametrize("protocol", ["", "http/protobuf", "grpc"])
def test_all_three_signals_are_sent_by_the_protocol_that_is_set(over_http, over_grpc, protocol):
    asked, other = (over_grpc, over_http) if protocol == "grpc" else (over_http, over_grpc)
    run_a_process(
        OTEL_EXPORTER_OTLP_ENDPOINT=asked.endpoint,
        OTEL_EXPORTER_OTLP_PROTOCOL=protocol,
        # A password of URL characters, percent-encoded as W3C Baggage has it.
        OTEL_EXPORTER_OTLP_HEADERS="authorization=p%40ss%3Aw%2Frd%231%3F%25%2C",
    )
    assert asked.signals == ALL
    assert other.signals == set()
    assert asked.headers["authorization"] == "p@ss:w/rd#1?%,"
    (request, *_) = asked.requests["traces"]
    attributes = {
        a.key: a.value.string_value for a in request.resource_spans[0].resource.attributes
    }
    assert attributes["service.namespace"] == "household"
    assert attributes["service.name"] == "probe"


def test_each_signal_may_have_a_protocol_and_an_endpoint_of_its_own(over_http, over_grpc):
    run_a_process(
        OTEL_EXPORTER_OTLP_ENDPOINT=over_grpc.endpoint,
        OTEL_EXPORTER_OTLP_PROTOCOL="grpc",
        OTEL_EXPORTER_OTLP_LOGS_PROTOCOL="http/protobuf",
        OTEL_EXPORTER_OTLP_LOGS_ENDPOINT=f"{over_http.endpoint}/v1/logs",
    )
    assert over_grpc.signals == {"traces", "metrics"}
    assert over_http.signals == {"logs"}


def test_a_signal_without_an_endpoint_is_not_sent(over_http):
    run_a_process(OTEL_EXPORTER_OTLP_METRICS_ENDPOINT=f"{over_http.endpoint}/v1/metrics")
    assert over_http.signals == {"metrics"}


def test_the_sampler_that_is_set_is_used(over_http):
    run_a_process(OTEL_EXPORTER_OTLP_ENDPOINT=over_http.endpoint, OTEL_TRACES_SAMPLER="always_off")
    assert over_http.signals == {"metrics", "logs"}
