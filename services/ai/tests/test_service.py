"""The use cases on a real MongoDB, a ledger over gRPC, and the model outside over HTTP."""

import time
from contextlib import asynccontextmanager
from datetime import timedelta

import grpc
import pytest
from ai_world import (
    NOW,
    LedgerAtTheOtherEnd,
    categorisation,
    every_category,
    learning,
    ledger_served,
    own_category,
)

from ai.domain.errors import LedgerUnavailable, TooManyQuestions
from ai.domain.lessons import CategoryPosting, PostedEntry
from ai.domain.outside import OutsideLimits
from ai.domain.payee import normalise
from ai.domain.suggesting import Question, Source
from ai.domain.taxonomy import CategoryId
from ai.gemini import Gemini
from ai.service import Categorisation
from gemini_standin import GeminiStandin, Misbehaviour
from kit.caller import use_caller
from kit.mongo import Mongo
from kit.testing import Issuer

UNKNOWN = "ZQXV 9912 HORTICULTUR LTD"


@pytest.fixture
def ledger() -> LedgerAtTheOtherEnd:
    return LedgerAtTheOtherEnd([*every_category(), own_category("Horticultur things")])


@asynccontextmanager
async def wired(mongo, ledger, *, standin: GeminiStandin | None = None, **options):
    async with ledger_served(Issuer(), ledger) as client:
        if standin is None:
            yield categorisation(mongo, client, **options)
            return
        async with Gemini.open(
            api_key="k", base_url=standin.url, model="m", budget_seconds=1.0
        ) as gemini:
            yield categorisation(mongo, client, outside=gemini, **options)


def entry(
    entry_id: str,
    payee: str,
    *postings: tuple[str, int],
    reverses: str = "",
    day: int = 0,
    category_unreviewed: bool = False,
) -> PostedEntry:
    lines = [CategoryPosting(CategoryId(c), amount) for c, amount in postings]
    at = NOW + timedelta(days=day)
    return PostedEntry(entry_id, payee, "", lines, reverses, at, category_unreviewed)


async def learn(mongo: Mongo, *entries: PostedEntry) -> None:
    taught = learning(mongo)
    teachings = await taught.understand(entries)
    await mongo.in_transaction(lambda tx: taught.learn(tx, owner="ann", teachings=teachings))


async def ask(use_cases: Categorisation, *payees: str, owner: str = "ann", inflow: bool = False):
    questions = [Question(str(i), payee, inflow=inflow) for i, payee in enumerate(payees)]
    answers = await use_cases.suggest_or_leave(owner=owner, questions=questions)
    assert [a.id for a in answers.all] == [q.id for q in questions]
    return [a.suggestions for a in answers.all]


async def test_it_calls_the_ledger_on_behalf_of_the_owner(mongo, ledger) -> None:
    async with wired(mongo, ledger) as use_cases:
        (found,) = await ask(use_cases, "LIDL 12")
    assert found[0].category_id == "id-groceries"
    assert ledger.callers == [("ann", "service:ai")]


async def test_it_calls_the_ledger_with_the_persons_own_token(mongo, ledger) -> None:
    issuer = Issuer()
    async with ledger_served(issuer, ledger) as client:
        with use_caller(issuer.caller("ann")):
            await categorisation(mongo, client).suggest(
                owner="ann", questions=[Question("1", "LIDL")]
            )
    assert ledger.callers == [("ann", "ann")]


async def test_what_was_accepted_once_is_suggested_the_next_time(mongo, ledger) -> None:
    async with wired(mongo, ledger) as use_cases:
        await learn(mongo, entry("e1", "LIDL 0391", ("id-gifts_donations", 500)))
        (found,) = await ask(use_cases, "Kartenzahlung LIDL 12.03.")
        assert (found[0].category_id, found[0].source) == ("id-gifts_donations", Source.MEMORY)
        (others,) = await ask(use_cases, "LIDL", owner="bob")
        assert others[0].category_id == "id-groceries"


async def test_memory_is_found_under_the_key_that_names_had_before_they_were_looked_up(
    mongo, ledger
) -> None:
    assert normalise("Co-op").key == "op"
    async with wired(mongo, ledger) as use_cases:
        await learn(mongo, entry("e1", "Op", ("id-kids", 500)))
        (found,) = await ask(use_cases, "CO-OP 0412")
        assert (found[0].category_id, found[0].source) == ("id-kids", Source.MEMORY)
        await learn(mongo, entry("e2", "Co-op", ("id-pets", 500), day=1))
        (found,) = await ask(use_cases, "CO-OP 0412")
        assert found[0].category_id == "id-pets"


async def test_an_edit_teaches_the_new_category_and_forgets_the_old(mongo, ledger) -> None:
    async with wired(mongo, ledger) as use_cases:
        await learn(
            mongo,
            entry("e1", "LIDL", ("id-gifts_donations", 500)),
            entry("e2", "LIDL", ("id-gifts_donations", -500), reverses="e1", day=1),
            entry("e3", "LIDL", ("id-kids", 500), day=1),
        )
        (found,) = await ask(use_cases, "LIDL")
        assert found[0].category_id == "id-kids"
        assert "id-gifts_donations" not in {s.category_id for s in found}


async def test_a_deletion_forgets(mongo, ledger) -> None:
    async with wired(mongo, ledger) as use_cases:
        await learn(
            mongo,
            entry("e1", "LIDL", ("id-kids", 500)),
            entry("e2", "LIDL", ("id-kids", -500), reverses="e1"),
        )
        assert (await ask(use_cases, "LIDL"))[0][0].source is Source.LEXICON
    assert await mongo.db.payee_memories.count_documents({}) == 0


@pytest.mark.parametrize(
    "posted",
    [
        entry("e1", "LIDL", ("id-kids", 500), ("id-pets", 100)),
        entry("e1", "LIDL"),
        entry("e1", "CARD PAYMENT 0412", ("id-kids", 500)),
        entry("e1", "", ("id-kids", 500)),
        entry("e1", "LIDL", ("id-kids", 500), category_unreviewed=True),
    ],
    ids=["split", "transfer", "nobody", "empty", "unreviewed"],
)
async def test_what_tells_nothing_of_a_payee_teaches_nothing(mongo, posted) -> None:
    await learn(mongo, posted)
    assert await mongo.db.payee_memories.count_documents({}) == 0


async def test_income_is_learnt_apart_from_spending(mongo, ledger) -> None:
    async with wired(mongo, ledger) as use_cases:
        await learn(mongo, entry("e1", "ACME GMBH", ("id-salary", -250_000)))
        (incoming,) = await ask(use_cases, "ACME GMBH", inflow=True)
        assert incoming[0].category_id == "id-salary"
        (outgoing,) = await ask(use_cases, "ACME GMBH")
        assert "id-salary" not in {s.category_id for s in outgoing}


async def test_without_the_ledger_a_document_gets_no_suggestions_in_bounded_time(
    mongo, ledger
) -> None:
    for code in (grpc.StatusCode.UNAVAILABLE, grpc.StatusCode.INTERNAL):
        ledger.fails_with = code
        async with wired(mongo, ledger, patience_seconds=1.0) as use_cases:
            started = time.monotonic()
            assert await ask(use_cases, "LIDL", "SHELL") == [(), ()]
            assert time.monotonic() - started < 6.0


async def test_a_ledger_that_comes_back_is_waited_for(mongo, ledger) -> None:
    ledger.fails_with = grpc.StatusCode.INTERNAL
    async with wired(mongo, ledger, patience_seconds=10.0) as use_cases:

        class Recovering(list):
            def append(self, item):
                super().append(item)
                if len(self) == 2:
                    ledger.fails_with = None

        ledger.callers = Recovering()
        (found,) = await ask(use_cases, "LIDL")
    assert found[0].category_id == "id-groceries"
    assert len(ledger.callers) >= 2


async def test_a_person_who_asks_is_told_that_the_ledger_is_away(mongo, ledger) -> None:
    ledger.fails_with = grpc.StatusCode.INTERNAL
    async with wired(mongo, ledger) as use_cases:
        with pytest.raises(LedgerUnavailable):
            await use_cases.suggest(owner="ann", questions=[Question("1", "LIDL")])


async def test_more_than_a_thousand_at_once_are_refused(mongo, ledger) -> None:
    async with wired(mongo, ledger) as use_cases:
        with pytest.raises(TooManyQuestions):
            await use_cases.suggest(owner="ann", questions=[Question("1", "x")] * 1_001)


async def test_nothing_leaves_without_consent(mongo, ledger) -> None:
    with GeminiStandin() as standin:
        async with wired(mongo, ledger, standin=standin) as use_cases:
            await ask(use_cases, UNKNOWN)
            await use_cases.set_consent(owner="ann", gemini=True)
            await use_cases.set_consent(owner="ann", gemini=False)
            await ask(use_cases, UNKNOWN)
            await use_cases.set_consent(owner="bob", gemini=True)
            await ask(use_cases, UNKNOWN)
        assert standin.requests == []


async def test_with_consent_only_what_is_open_is_sent_and_only_masked(mongo, ledger) -> None:
    with GeminiStandin() as standin:
        async with wired(mongo, ledger, standin=standin) as use_cases:
            await use_cases.set_consent(owner="ann", gemini=True)
            found = await ask(
                use_cases,
                "LIDL 0391",
                f"{UNKNOWN} DE89370400440532013000",
                "CARD PAYMENT 0412",
                "Sabine Mueller",
                "Überweisung an Zqxv",
            )
    (request,) = standin.requests
    (text,) = request.texts
    assert "HORTICULTUR LTD [account]" in text
    for private in ("LIDL", "DE8937", "CARD PAYMENT", "Sabine", "Zqxv", "id-", "ann"):
        assert private not in text
    assert found[0][0].source is Source.LEXICON
    assert (found[1][0].category_id, found[1][0].source) == (
        "own-Horticultur things",
        Source.GEMINI,
    )
    assert found[1][0].confidence < 0.95
    assert found[2:] == [[], [], []]


@pytest.mark.parametrize("how", list(Misbehaviour))
async def test_whatever_the_model_does_the_local_answer_stands(mongo, ledger, how) -> None:
    async with wired(mongo, ledger) as use_cases:
        locally = await ask(use_cases, "LIDL", UNKNOWN)
    with GeminiStandin() as standin:
        standin.misbehave(how)
        async with wired(mongo, ledger, standin=standin) as use_cases:
            await use_cases.set_consent(owner="ann", gemini=True)
            started = time.monotonic()
            assert await ask(use_cases, "LIDL", UNKNOWN) == locally
            assert time.monotonic() - started < 5.0
        assert 1 <= len(standin.requests) <= 3


async def test_the_days_budget_bounds_what_is_sent(mongo, ledger) -> None:
    with GeminiStandin() as standin:
        limits = OutsideLimits(payees_a_day=3, payees_a_call=2)
        async with wired(mongo, ledger, standin=standin, limits=limits) as use_cases:
            await use_cases.set_consent(owner="ann", gemini=True)
            for _ in range(3):
                await ask(use_cases, *(f"{word} ZQXV LTD" for word in ("Aaqj", "Bbqj", "Ccqj")))
        sent = [text.count("ZQXV") for request in standin.requests for text in request.texts]
    assert sent == [2, 1]
