"""gRPC: messages to use cases and back, errors to statuses. One servicer a noun."""

from ledger.grpc_api.accounts import AccountApi
from ledger.grpc_api.api import LedgerApi
from ledger.grpc_api.books import BookApi
from ledger.grpc_api.categories import CategoryApi
from ledger.grpc_api.errors import ERRORS
from ledger.grpc_api.rates import RateApi
from ledger.grpc_api.reconciliations import ReconciliationApi

__all__ = [
    "ERRORS",
    "AccountApi",
    "BookApi",
    "CategoryApi",
    "LedgerApi",
    "RateApi",
    "ReconciliationApi",
]
