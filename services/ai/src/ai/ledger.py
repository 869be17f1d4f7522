"""The ledger as this service needs it: the categories of a book, over gRPC."""

import grpc

from ai.domain.errors import LedgerUnavailable
from ai.domain.taxonomy import Category, CategoryId, Chart
from kit.caller import use_caller
from kit.tokens import ServiceTokens
from pfa.ledger.v1 import account_pb2, ledger_pb2, ledger_pb2_grpc

LIST_CATEGORIES = "/pfa.ledger.v1.LedgerService/ListCategories"
DEADLINE_SECONDS = 5.0


class LedgerCategories:
    """Reads categories with the token of the request in hand, or with one of our own."""

    def __init__(self, channel: grpc.aio.Channel, tokens: ServiceTokens) -> None:
        self._stub = ledger_pb2_grpc.LedgerServiceStub(channel)
        self._tokens = tokens

    async def chart(self) -> Chart:
        """The categories of the caller's book. Raises LedgerUnavailable."""
        try:
            answer = await self._stub.ListCategories(
                ledger_pb2.ListCategoriesRequest(), timeout=DEADLINE_SECONDS
            )
        except grpc.aio.AioRpcError as error:
            raise LedgerUnavailable(
                f"categories can't be read now ({error.code().name})"
            ) from error
        return Chart(_category(category) for category in answer.categories)

    async def chart_on_behalf_of(self, owner: str) -> Chart:
        """The categories of the owner's book. Raises LedgerUnavailable."""
        with use_caller(self._tokens.caller(owner=owner)):
            return await self.chart()


def _category(message: account_pb2.Category) -> Category:
    is_income = message.kind == account_pb2.CATEGORY_KIND_INCOME
    return Category(
        id=CategoryId(message.id),
        name=message.name,
        kind="income" if is_income else "expense",
        key=message.key,
        parent_id=message.parent_id,
    )
