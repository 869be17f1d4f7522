"""Which servicer answers for which use cases."""

from collections.abc import Callable

import grpc

from ledger.grpc_api import BookApi, LedgerApi
from ledger.wiring import Ledger
from pfa.ledger.v1 import book_pb2_grpc, ledger_pb2_grpc


def servicers(ledger: Ledger) -> Callable[[grpc.aio.Server], None]:
    """What registers every service of the ledger with a server."""

    def register(server: grpc.aio.Server) -> None:
        ledger_pb2_grpc.add_LedgerServiceServicer_to_server(
            LedgerApi(
                accounts=ledger.accounts,
                categories=ledger.categories,
                transactions=ledger.transactions,
                reports=ledger.reports,
            ),
            server,
        )
        book_pb2_grpc.add_BookServiceServicer_to_server(BookApi(ledger.books), server)

    return register
