"""Labels and buckets of metrics, whoever records them."""

import re
from pathlib import Path

from opentelemetry.sdk.metrics import MeterProvider
from opentelemetry.sdk.metrics.export import InMemoryMetricReader

from kit.metric_views import BUCKETS, views

ROOT = Path(__file__).parents[3]
SOURCES = [p for part in ("libs/*", "services/*", "gateway") for p in ROOT.glob(f"{part}/src")]


def recorded(record) -> dict[str, list]:
    """The data points by instrument of what is recorded with the meter."""
    reader = InMemoryMetricReader()
    provider = MeterProvider(metric_readers=[reader], views=views())
    record(provider.get_meter("anybody"))
    data = reader.get_metrics_data()
    provider.shutdown()
    (scope,) = data.resource_metrics[0].scope_metrics
    found: dict[str, list] = {}
    for metric in scope.metrics:
        found.setdefault(metric.name, []).extend(metric.data.data_points)
    return found


def test_a_label_that_is_not_listed_makes_no_series():
    def record(meter):
        duration = meter.create_histogram("http.server.duration", unit="ms")
        active = meter.create_up_down_counter("http.server.active_requests")
        count = meter.create_counter("things")
        for number in range(100):
            labels = {"http.host": f"host{number}", "http.method": "GET"}
            duration.record(1, labels)
            active.add(1, labels)
            count.add(1, labels)

    found = recorded(record)
    assert {name: len(points) for name, points in found.items()} == {
        "http.server.duration": 1,
        "http.server.active_requests": 1,
        "things": 1,
    }
    for points in found.values():
        assert dict(points[0].attributes) == {"http.method": "GET"}


def test_each_unit_has_buckets_that_tell_its_usual_values_apart():
    def record(meter):
        for unit in BUCKETS:
            meter.create_histogram(unit, unit=unit).record(1)

    found = recorded(record)
    bounds = {points[0].explicit_bounds for points in found.values()}
    assert bounds == set(BUCKETS.values())
    for unit, usual in {"s": (0.004, 0.04, 0.4, 4), "ms": (4, 40, 400), "By": (300, 5000)}.items():
        buckets = {sum(bound < value for bound in BUCKETS[unit]) for value in usual}
        assert len(buckets) == len(usual)
        assert 0 not in buckets


def test_every_histogram_of_ours_has_a_unit_with_buckets():
    made = []
    for source in SOURCES:
        for path in source.rglob("*.py"):
            text = path.read_text("utf-8")
            made += re.findall(r"create_histogram\(\s*\"([^\"]+)\",\s*unit=\"([^\"]+)\"", text)
            assert text.count("create_histogram(") == len(
                re.findall(r"create_histogram\(\s*\"[^\"]+\",\s*unit=", text)
            ), path
    assert len(made) >= 3
    assert {unit for _, unit in made} <= set(BUCKETS)
