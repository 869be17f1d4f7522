"""gRPC: messages to use cases and back, errors to statuses."""

from ingest.grpc_api.api import IngestApi
from ingest.grpc_api.errors import ERRORS

__all__ = ["ERRORS", "IngestApi"]
