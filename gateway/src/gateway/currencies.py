"""The currency of an account: amounts come as text, and their decimals are the currency's."""

from collections import OrderedDict
from typing import TYPE_CHECKING

import grpc

from gateway import problems
from gateway.problems import FieldProblem, ProblemError
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
        """Raises ProblemError (not-found) for what is not the owner's, grpc.aio.AioRpcError."""
        key = (owner, account_id)
        if key not in self._known:
            self._known[key] = await self._asked(account_id)
            if len(self._known) > CACHED:
                self._known.popitem(last=False)
        self._known.move_to_end(key)
        return self._known[key]

    async def _asked(self, account_id: str) -> str:
        try:
            answer = await self._ledger.GetAccount(GetAccountRequest(id=account_id))
        except grpc.aio.AioRpcError as error:
            if error.code() is not grpc.StatusCode.NOT_FOUND:
                raise
            found = FieldProblem(pointer="/account_id", detail="is no account of yours")
            raise ProblemError(problems.NOT_FOUND, "there is no such account", [found]) from None
        return answer.account.currency
