"""The API over a real channel: who may, what is answered, and what a refusal looks like."""

from collections.abc import AsyncIterator

import grpc
import pytest

from kit.caller import Caller, use_caller
from kit.grpc.client import open_channel
from kit.grpc.errors import rpc_problem
from kit.ids import new_id
from kit.testing import SECRET, Issuer, served
from kit.tokens import ServiceTokens
from ledger.grpc_api import ERRORS
from ledger.wiring.servicers import servicers
from pfa.common.v1.money_pb2 import Money
from pfa.ledger.v1 import account_pb2, ledger_pb2, transaction_pb2
from pfa.ledger.v1.ledger_pb2_grpc import LedgerServiceStub
from pfa.ledger.v1.report_pb2 import Period

ISSUER = Issuer()


@pytest.fixture
async def api(ledger) -> AsyncIterator[LedgerServiceStub]:
    async with (
        served(servicers(ledger), issuer=ISSUER, errors=ERRORS, domain="ledger.pfa") as address,
        open_channel(address, name="ledger") as channel,
    ):
        yield LedgerServiceStub(channel)


@pytest.fixture
def anna() -> Caller:
    return ISSUER.caller(new_id())


def euros(minor_units: int) -> Money:
    return Money(minor_units=minor_units, currency="EUR")


async def opened(api: LedgerServiceStub, **fields) -> account_pb2.Account:
    request = ledger_pb2.CreateAccountRequest(
        name="Main", type=account_pb2.ACCOUNT_TYPE_CHECKING, currency="EUR", **fields
    )
    return (await api.CreateAccount(request)).account


def purchase(account_id: str, minor_units: int = -450, **fields):
    return transaction_pb2.TransactionInput(
        account_id=account_id, date="2026-03-14", amount=euros(minor_units), payee="Zoë", **fields
    )


async def refusal(call) -> tuple[grpc.StatusCode, str, list[str]]:
    with pytest.raises(grpc.aio.AioRpcError) as refused:
        await call
    problem = rpc_problem(refused.value)
    return problem.code, problem.reason, [field for field, _ in problem.fields]


async def test_a_booking_from_account_to_report(api: LedgerServiceStub, anna: Caller):
    with use_caller(anna):
        account = await opened(api, opening_balance=euros(100_00), opening_date="2026-01-01")
        assert account.balance == euros(100_00)
        categories = (await api.ListCategories(ledger_pb2.ListCategoriesRequest())).categories
        coffee = next(c for c in categories if c.key == "coffee")
        created = await api.CreateTransaction(
            ledger_pb2.CreateTransactionRequest(
                transaction=purchase(account.id, category_id=coffee.id, tags=["a"])
            )
        )
        transaction = created.transaction
        assert transaction.actor_id == anna.actor
        assert [s.category_id for s in transaction.splits] == [coffee.id]

        got = await api.GetTransaction(ledger_pb2.GetTransactionRequest(id=transaction.id))
        assert got.transaction == transaction
        listed = await api.ListTransactions(ledger_pb2.ListTransactionsRequest())
        assert listed.transactions[0].id == transaction.id
        index = await api.IndexTransactions(ledger_pb2.IndexTransactionsRequest())
        assert [(m.month, m.count) for m in index.months] == [("2026-03", 1), ("2026-01", 1)]
        spent = await api.GetSpending(
            ledger_pb2.GetSpendingRequest(
                period=Period(from_date="2026-03-01", to_date="2026-03-31")
            )
        )
        assert [(r.name, r.amount) for r in spent.rows] == [("Coffee & snacks", euros(450))]
        summary = await api.GetSummary(
            ledger_pb2.GetSummaryRequest(
                period=Period(from_date="2026-01-01", to_date="2026-12-31")
            )
        )
        assert [c.net for c in summary.currencies] == [euros(-450)]
        edited = await api.UpdateTransaction(
            ledger_pb2.UpdateTransactionRequest(
                id=transaction.id, expected_version=1, transaction=purchase(account.id, -500)
            )
        )
        assert edited.transaction.version == 2
        deleted = await api.DeleteTransaction(
            ledger_pb2.DeleteTransactionRequest(id=transaction.id)
        )
        assert deleted.transaction.deleted
        history = await api.GetTransactionHistory(
            ledger_pb2.GetTransactionHistoryRequest(id=transaction.id)
        )
        assert [r.change for r in history.revisions] == ["created", "edited", "deleted"]


async def test_import_answers_each_item_in_its_order(api: LedgerServiceStub, anna: Caller):
    with use_caller(anna):
        account = await opened(api)
        request = ledger_pb2.ImportTransactionsRequest(
            items=[
                ledger_pb2.ImportItem(idempotency_key="a", transaction=purchase(account.id)),
                ledger_pb2.ImportItem(idempotency_key="b", transaction=purchase(new_id())),
                ledger_pb2.ImportItem(idempotency_key="a", transaction=purchase(account.id)),
            ]
        )
        results = (await api.ImportTransactions(request)).results

    assert [(r.idempotency_key, r.outcome, r.reason) for r in results] == [
        ("a", ledger_pb2.IMPORT_OUTCOME_ADDED, ""),
        ("b", ledger_pb2.IMPORT_OUTCOME_REFUSED, "ACCOUNT_NOT_FOUND"),
        ("a", ledger_pb2.IMPORT_OUTCOME_ALREADY_THERE, ""),
    ]
    assert results[0].transaction_id == results[2].transaction_id
    assert results[1].message


async def test_refusals_carry_code_reason_and_field(api: LedgerServiceStub, anna: Caller):
    with use_caller(anna):
        account = await opened(api)
        posting = ledger_pb2.CreateTransactionRequest

        assert await refusal(
            api.CreateTransaction(posting(transaction=purchase(account.id, 0)))
        ) == (grpc.StatusCode.INVALID_ARGUMENT, "INVALID_ARGUMENT", ["transaction.amount"])
        assert await refusal(api.CreateTransaction(posting(transaction=purchase(new_id())))) == (
            grpc.StatusCode.NOT_FOUND,
            "ACCOUNT_NOT_FOUND",
            ["transaction.account_id"],
        )
        assert await refusal(
            api.CreateAccount(ledger_pb2.CreateAccountRequest(currency="EURO"))
        ) == (
            grpc.StatusCode.INVALID_ARGUMENT,
            "INVALID_ARGUMENT",
            ["name", "type", "currency"],
        )
        key = ledger_pb2.CreateTransactionRequest(
            idempotency_key="k", transaction=purchase(account.id)
        )
        await api.CreateTransaction(key)
        key.transaction.payee = "Other"
        assert (await refusal(api.CreateTransaction(key)))[1] == "IDEMPOTENCY_CONFLICT"
        assert await refusal(api.CloseAccount(ledger_pb2.CloseAccountRequest(id=account.id))) == (
            grpc.StatusCode.FAILED_PRECONDITION,
            "ACCOUNT_HAS_BALANCE",
            [],
        )


async def test_nobody_comes_in_without_a_token(api: LedgerServiceStub):
    code, reason, _ = await refusal(api.ListAccounts(ledger_pb2.ListAccountsRequest()))

    assert (code, reason) == (grpc.StatusCode.UNAUTHENTICATED, "UNAUTHENTICATED")


async def test_a_service_acts_for_the_owner(api: LedgerServiceStub, anna: Caller):
    with use_caller(anna):
        account = await opened(api)
    with use_caller(ServiceTokens(SECRET, service="ingest").caller(owner=anna.owner)):
        request = ledger_pb2.CreateTransactionRequest(transaction=purchase(account.id))
        posted = (await api.CreateTransaction(request)).transaction

    assert posted.actor_id == "service:ingest"
