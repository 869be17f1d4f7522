"""Settings of the OTLP exporters, by the standard names of OpenTelemetry.

Each signal has its own endpoint and protocol, or the general ones:
https://opentelemetry.io/docs/specs/otel/protocol/exporter/
"""

from dataclasses import dataclass
from typing import Final, Literal, Self
from urllib.parse import urlsplit

from pydantic import Field, SecretStr, model_validator
from pydantic_settings import BaseSettings

Protocol = Literal["grpc", "http/protobuf"]
Signal = Literal["traces", "metrics", "logs"]
SIGNALS: Final[tuple[Signal, ...]] = ("traces", "metrics", "logs")


@dataclass(frozen=True, slots=True)
class OtlpTarget:
    """Where one signal goes, and how. With HTTP the endpoint is the whole URL of the signal."""

    endpoint: str
    protocol: Protocol


class OtlpSettings(BaseSettings):
    """The part of the settings that telemetry reads; a signal without an endpoint isn't sent."""

    otel_exporter_otlp_endpoint: str = ""
    otel_exporter_otlp_traces_endpoint: str = ""
    otel_exporter_otlp_metrics_endpoint: str = ""
    otel_exporter_otlp_logs_endpoint: str = ""
    otel_exporter_otlp_protocol: Protocol = "http/protobuf"
    otel_exporter_otlp_traces_protocol: Protocol | None = None
    otel_exporter_otlp_metrics_protocol: Protocol | None = None
    otel_exporter_otlp_logs_protocol: Protocol | None = None
    # name=value pairs separated by commas, the values percent-encoded (W3C Baggage).
    otel_exporter_otlp_headers: SecretStr = SecretStr("")
    otel_traces_sampler: Literal[
        "always_on", "always_off", "traceidratio",
        "parentbased_always_on", "parentbased_always_off", "parentbased_traceidratio",
    ] = "parentbased_always_on"  # fmt: skip
    # The share of the ratio samplers.
    otel_traces_sampler_arg: float = Field(default=1.0, ge=0.0, le=1.0)

    def otlp_target(self, signal: Signal) -> OtlpTarget | None:
        """Where a signal is sent; None where no endpoint is set."""
        own_endpoint: str = getattr(self, f"otel_exporter_otlp_{signal}_endpoint")
        own_protocol: Protocol | None = getattr(self, f"otel_exporter_otlp_{signal}_protocol")
        protocol = own_protocol or self.otel_exporter_otlp_protocol
        if own_endpoint:
            return OtlpTarget(own_endpoint, protocol)
        general = self.otel_exporter_otlp_endpoint
        if not general:
            return None
        if protocol == "grpc":
            return OtlpTarget(general, protocol)
        return OtlpTarget(f"{general.rstrip('/')}/v1/{signal}", protocol)

    @model_validator(mode="after")
    def _endpoints_fit_their_protocols(self) -> Self:
        for signal in SIGNALS:
            target = self.otlp_target(signal)
            if target is None:
                continue
            scheme = urlsplit(target.endpoint).scheme
            if scheme not in ("http", "https") and (
                target.protocol != "grpc" or "://" in target.endpoint
            ):
                raise ValueError(
                    f"OTEL_EXPORTER_OTLP_ENDPOINT: {target.endpoint!r} is not an http or https URL"
                )
        return self

    @model_validator(mode="after")
    def _headers_are_pairs(self) -> Self:
        pairs = self.otel_exporter_otlp_headers.get_secret_value().split(",")
        # The exporters drop a malformed header, and write it into the log.
        if any(pair.strip() and not pair.partition("=")[1] for pair in pairs):
            raise ValueError(
                "OTEL_EXPORTER_OTLP_HEADERS must be name=value pairs separated by commas, "
                "the values percent-encoded (`,` is %2C)"
            )
        return self
