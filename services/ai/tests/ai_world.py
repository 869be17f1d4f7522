"""What several tests of ai share: a chart with every leaf, a ledger at the other end of gRPC."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from functools import cache
from pathlib import Path

import grpc

from ai import shipped
from ai.asking import Asking, OutsideModel
from ai.domain.lexicon import Lexicon
from ai.domain.outside import OutsideLimits
from ai.domain.suggesting import Suggester, Suggestion
from ai.domain.taxonomy import INCOME_LEAVES, LEAVES, Category, CategoryId, Chart
from ai.learning import Learning
from ai.ledger import LedgerCategories
from ai.repository import Consents, Memories, OpenBatches, Usage
from ai.service import Categorisation
from kit.caller import current_caller
from kit.clock import Clock, SystemClock
from kit.grpc.client import open_channel
from kit.mongo import Mongo
from kit.testing import SECRET, Issuer, served
from kit.tokens import ServiceTokens
from pfa.ledger.v1 import (
    account_pb2,
    ledger_pb2,
    ledger_pb2_grpc,
    rule_pb2,
    rule_pb2_grpc,
)

DATA = Path(__file__).parent / "data"
NOW = datetime(2026, 4, 1, tzinfo=UTC)


@cache
def lexicon() -> Lexicon:
    return shipped.lexicon()


@cache
def suggester() -> Suggester:
    return Suggester(lexicon(), shipped.ngrams())


def category(leaf: str, *, id_: str = "", name: str = "", parent: str = "") -> Category:
    kind = "income" if leaf in INCOME_LEAVES else "expense"
    return Category(CategoryId(id_ or f"id-{leaf}"), name or leaf, kind, leaf, parent)


def own_category(name: str, *, kind: str = "expense") -> Category:
    return Category(CategoryId(f"own-{name}"), name, "income" if kind == "income" else "expense")


def chart(*more: Category, without: Sequence[str] = ()) -> Chart:
    return Chart([*(category(leaf) for leaf in sorted(LEAVES) if leaf not in without), *more])


def suggest(
    text: str, *, description: str = "", inflow: bool = False, book: Chart | None = None
) -> list[Suggestion]:
    """What a person is suggested of whom nothing was learnt."""
    described = suggester().describe(text, description, inflow=inflow)
    return suggester().suggest(
        described, inflow=inflow, chart=book or chart(), memory=None, neighbours=[]
    )


def first(text: str, *, inflow: bool = False) -> str:
    """The leaf suggested first, or empty."""
    found = suggest(text, inflow=inflow)
    return found[0].category_id.removeprefix("id-") if found else ""


class LedgerAtTheOtherEnd(ledger_pb2_grpc.LedgerServiceServicer, rule_pb2_grpc.RuleServiceServicer):
    """Answers ListCategories and RunRules over real gRPC, or fails as told."""

    def __init__(self, categories: Sequence[Category]) -> None:
        self.categories = list(categories)
        # The category that a rule of the person sets, by payee.
        self.rules: dict[str, str] = {}
        self.rules_fail_with: grpc.StatusCode | None = None
        self.fails_with: grpc.StatusCode | None = None
        self.callers: list[tuple[str, str]] = []

    async def ListCategories(self, request, context):
        caller = current_caller()
        self.callers.append((caller.owner, caller.actor))
        if self.fails_with is not None:
            await context.abort(self.fails_with, "as told")
        return ledger_pb2.ListCategoriesResponse(
            categories=[
                account_pb2.Category(
                    id=c.id,
                    name=c.name,
                    key=c.key,
                    parent_id=c.parent_id,
                    kind=account_pb2.CATEGORY_KIND_INCOME
                    if c.kind == "income"
                    else account_pb2.CATEGORY_KIND_EXPENSE,
                )
                for c in self.categories
            ]
        )

    async def RunRules(self, request, context):
        if failing := self.rules_fail_with or self.fails_with:
            await context.abort(failing, "as told")
        results = []
        for said in request.transactions:
            assert said.date
            assert said.amount.minor_units
            result = rule_pb2.RunResult(transaction=said)
            result.transaction.category_id = self.rules.get(said.payee, "")
            results.append(result)
        return rule_pb2.RunRulesResponse(results=results)


def every_category() -> list[Category]:
    return [category(leaf) for leaf in sorted(LEAVES)]


@asynccontextmanager
async def ledger_served(
    issuer: Issuer, ledger: LedgerAtTheOtherEnd
) -> AsyncIterator[LedgerCategories]:
    """Our client of the ledger, wired to the one at the other end."""

    def register(server: grpc.aio.Server) -> None:
        ledger_pb2_grpc.add_LedgerServiceServicer_to_server(ledger, server)
        rule_pb2_grpc.add_RuleServiceServicer_to_server(ledger, server)

    async with (
        served(register, issuer=issuer, errors={}, domain="ledger.pfa") as address,
        open_channel(address, name="ai") as channel,
    ):
        yield LedgerCategories(channel, ServiceTokens(SECRET, service="ai"))


def learning(mongo: Mongo) -> Learning:
    return Learning(suggester=suggester(), memories=Memories(mongo.db))


def categorisation(
    mongo: Mongo,
    ledger: LedgerCategories,
    *,
    outside: OutsideModel | None = None,
    limits: OutsideLimits | None = None,
    patience_seconds: float = 1.0,
    clock: Clock | None = None,
) -> Categorisation:
    return Categorisation(
        suggester=suggester(),
        memories=Memories(mongo.db),
        consents=Consents(mongo.db),
        ledger=ledger,
        asking=asking(mongo, outside=outside, limits=limits, clock=clock),
        open_batches=OpenBatches(mongo.db),
        clock=clock or SystemClock(),
        patience_seconds=patience_seconds,
    )


def asking(
    mongo: Mongo,
    *,
    outside: OutsideModel | None,
    limits: OutsideLimits | None = None,
    clock: Clock | None = None,
) -> Asking:
    return Asking(
        model=outside,
        privacy=shipped.privacy(),
        consents=Consents(mongo.db),
        usage=Usage(mongo.db),
        clock=clock or SystemClock(),
        limits=limits,
    )
