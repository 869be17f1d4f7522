"""Views of the metrics of every process, whoever records them: buckets that fit the unit, and
no label but those listed here.

A library may put into a label what a client sent (the instrumentation of ASGI does so with the
header `Host`), and each new value is a time series that stays for ever.
"""

from collections.abc import Sequence

from opentelemetry.sdk.metrics import (
    Counter,
    Histogram,
    ObservableCounter,
    ObservableGauge,
    ObservableUpDownCounter,
    UpDownCounter,
)
from opentelemetry.sdk.metrics.view import ExplicitBucketHistogramAggregation, View

# Labels have few values, and none that a client chooses.
LABELS = frozenset(
    {
        "db.collection.name",
        "gen_ai.request.model",
        "gen_ai.token.type",
        "http.flavor",
        "http.method",
        "http.scheme",
        "http.status_code",
        "http.target",  # the template of the route, and left out where there is none
        "messaging.consumer.group.name",
        "messaging.destination.name",
        "messaging.system",
        "pfa.ai.outcome",
        "pfa.ai.reason",
        "pfa.ai.source",
        "pfa.work",
        "reason",
        "rpc.method",
        "rpc.response.status_code",
        "rpc.system",
    }
)
# From a read out of memory to the longest deadline.
_SECONDS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60)
BUCKETS = {
    "s": _SECONDS,
    "ms": tuple(1000 * bound for bound in _SECONDS),
    "By": tuple(4**power for power in range(4, 13)),  # 256 bytes to 16 MiB
}
_OTHERS = (Counter, UpDownCounter, ObservableCounter, ObservableGauge, ObservableUpDownCounter)


def views() -> Sequence[View]:
    """One view for each kind of instrument and unit: of two that match, each would be exported."""
    labels = set(LABELS)
    histograms = [
        View(
            instrument_type=Histogram,
            instrument_unit=unit,
            attribute_keys=labels,
            aggregation=ExplicitBucketHistogramAggregation(bounds),
        )
        for unit, bounds in BUCKETS.items()
    ]
    return [*histograms, *(View(instrument_type=kind, attribute_keys=labels) for kind in _OTHERS)]
