"""The currency of an account: amounts come as text, and their decimals are the currency's."""

from collections import OrderedDict
from typing import TYPE_CHECKING

from pfa.ledger.v1.ledger_pb2 import GetAccountRequest

if TYPE_CHECKING:
    from pfa.ledger.v1.ledger_pb2_grpc import LedgerServiceAsyncStub

CACHED = 20_000


class AccountCurrencies:
    """Asks the ledger once an account: an account's currency never changes."""

    def __init__(self, ledger: "LedgerServiceAsyncStub") -> None:
        self._ledger = ledger
        self._known: OrderedDict[tuple[str, str], str] = OrderedDict()

    async def of(self, owner: str, account_id: str) -> str:
        """Raises grpc.aio.AioRpcError, NOT_FOUND for what is not the owner's."""
        key = (owner, account_id)
        if key not in self._known:
            answer = await self._ledger.GetAccount(GetAccountRequest(id=account_id))
            self._known[key] = answer.account.currency
            if len(self._known) > CACHED:
                self._known.popitem(last=False)
        self._known.move_to_end(key)
        return self._known[key]
