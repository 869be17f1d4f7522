"""The ledger as this service needs it: the categories and the rules of a book, over gRPC."""

from collections.abc import Mapping, Sequence

import grpc

from ai.domain.errors import LedgerUnavailable
from ai.domain.suggesting import Question
from ai.domain.taxonomy import Category, CategoryId, Chart
from kit.caller import use_caller
from kit.tokens import ServiceTokens
from pfa.common.v1.money_pb2 import Money
from pfa.ledger.v1 import (
    account_pb2,
    ledger_pb2,
    ledger_pb2_grpc,
    rule_pb2,
    rule_pb2_grpc,
    transaction_pb2,
)

LIST_CATEGORIES = "/pfa.ledger.v1.LedgerService/ListCategories"
RUN_RULES = "/pfa.ledger.v1.RuleService/RunRules"
DEADLINE_SECONDS = 5.0
RULED_AT_ONCE = 1_000


class LedgerCategories:
    """Reads categories with the token of the request in hand, or with one of our own."""

    def __init__(self, channel: grpc.aio.Channel, tokens: ServiceTokens) -> None:
        self._stub = ledger_pb2_grpc.LedgerServiceStub(channel)
        self._rules = rule_pb2_grpc.RuleServiceStub(channel)
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

    async def ruled_on_behalf_of(
        self, owner: str, questions: Sequence[Question]
    ) -> Mapping[str, CategoryId]:
        """The category that the owner's rules set, by question. Raises LedgerUnavailable."""
        found: dict[str, CategoryId] = {}
        with use_caller(self._tokens.caller(owner=owner)):
            for start in range(0, len(questions), RULED_AT_ONCE):
                part = questions[start : start + RULED_AT_ONCE]
                results = await self._run_rules(part)
                found |= {
                    question.id: CategoryId(result.transaction.category_id)
                    for question, result in zip(part, results, strict=True)
                    if result.transaction.category_id
                }
        return found

    async def _run_rules(self, questions: Sequence[Question]) -> Sequence[rule_pb2.RunResult]:
        request = rule_pb2.RunRulesRequest(transactions=[_input(q) for q in questions])
        try:
            answer = await self._rules.RunRules(request, timeout=DEADLINE_SECONDS)
        except grpc.aio.AioRpcError as error:
            raise LedgerUnavailable(f"rules can't be run now ({error.code().name})") from error
        return answer.results


def _input(question: Question) -> transaction_pb2.TransactionInput:
    message = transaction_pb2.TransactionInput(
        account_id=question.account_id,
        date=question.date,
        payee=question.payee,
        description=question.description,
    )
    if question.amount is not None:
        message.amount.CopyFrom(
            Money(minor_units=question.amount.minor_units, currency=question.amount.currency)
        )
    return message


def _category(message: account_pb2.Category) -> Category:
    is_income = message.kind == account_pb2.CATEGORY_KIND_INCOME
    return Category(
        id=CategoryId(message.id),
        name=message.name,
        kind="income" if is_income else "expense",
        key=message.key,
        parent_id=message.parent_id,
    )
