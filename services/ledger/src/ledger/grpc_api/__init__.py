"""gRPC: messages to use cases and back, errors to statuses. One servicer a noun."""

from ledger.grpc_api.api import LedgerApi
from ledger.grpc_api.books import BookApi
from ledger.grpc_api.errors import ERRORS

__all__ = ["ERRORS", "BookApi", "LedgerApi"]
