"""What ai consumes and publishes, on a real Kafka and MongoDB."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import ai_bus
import grpc
import pytest
from ai_bus import Bus, extracted, posted
from ai_world import (
    LedgerAtTheOtherEnd,
    categorisation,
    every_category,
    learning,
    ledger_served,
)

from ai.events import (
    DOCUMENTS_TOPIC,
    LEARN_GROUP,
    LEDGER_TOPIC,
    SUGGEST_GROUP,
    SUGGESTIONS_TOPIC,
    learn_handlers,
    suggest_handlers,
)
from kit.consumer import Consumer
from kit.outbox import Outbox
from kit.relay import Relay
from kit.testing import Issuer, wait_until
from kit.topics import ensure_topics


@pytest.fixture
def ledger() -> LedgerAtTheOtherEnd:
    return LedgerAtTheOtherEnd(every_category())


@asynccontextmanager
async def running(mongo, kafka, ledger) -> AsyncIterator[Bus]:
    """ai's consumers and relay, with a bus around them."""
    async with ledger_served(Issuer(), ledger) as client:
        use_cases = categorisation(mongo, client, patience_seconds=0.5)
        consumers = [
            Consumer(group=group, topics=[topic], handlers=handlers, mongo=mongo, kafka=kafka)
            for group, topic, handlers in (
                (
                    SUGGEST_GROUP,
                    DOCUMENTS_TOPIC,
                    suggest_handlers(use_cases, Outbox(source="ai")),
                ),
                (LEARN_GROUP, LEDGER_TOPIC, learn_handlers(learning(mongo))),
            )
        ]
        dead = [topic for consumer in consumers for topic in consumer.dead_letter_topics]
        await ensure_topics(kafka, [DOCUMENTS_TOPIC, LEDGER_TOPIC, SUGGESTIONS_TOPIC, *dead])
        stop = asyncio.Event()
        roles = [*consumers, Relay(mongo=mongo, kafka=kafka, source="ai")]
        tasks = [asyncio.create_task(role.run(stop)) for role in roles]
        try:
            async with asyncio.timeout(60), ai_bus.opened(kafka, SUGGESTIONS_TOPIC) as bus:
                yield bus
        finally:
            stop.set()
            await asyncio.gather(*tasks)


async def test_a_document_gets_its_suggestions_best_first(mongo, kafka, ledger) -> None:
    drafts = [("d1", "LIDL 0391", -1250), ("d2", "CHQ 000123", -5), ("d3", "LOHN MAERZ", 250_000)]
    async with running(mongo, kafka, ledger) as bus:
        await bus.tell(DOCUMENTS_TOPIC, "ann", extracted("ann", "doc", drafts))
        made = await bus.hear()
    assert (made.user_id, made.document_id) == ("ann", "doc")
    by_draft: dict[str, list[float]] = {}
    for suggestion in made.suggestions:
        by_draft.setdefault(suggestion.draft_id, []).append(suggestion.confidence)
    assert "d2" not in by_draft
    assert all(found == sorted(found, reverse=True) for found in by_draft.values())
    first = {s.draft_id: s.category_id for s in reversed(made.suggestions)}
    assert first == {"d1": "id-groceries", "d3": "id-salary"}
    assert ledger.callers == [("ann", "service:ai")]


async def test_an_event_that_comes_twice_has_one_effect(mongo, kafka, ledger) -> None:
    async with running(mongo, kafka, ledger) as bus:
        event = extracted("ann", "doc", [("d1", "LIDL", -1)])
        event_id = await bus.tell(DOCUMENTS_TOPIC, "ann", event)
        await bus.tell(DOCUMENTS_TOPIC, "ann", event, event_id=event_id)
        await bus.tell(DOCUMENTS_TOPIC, "ann", extracted("ann", "next", [("d2", "LIDL", -1)]))
        assert [(await bus.hear()).document_id for _ in range(2)] == ["doc", "next"]
    assert await mongo.db.outbox.count_documents({}) == 2


async def test_a_document_without_drafts_goes_on(mongo, kafka, ledger) -> None:
    async with running(mongo, kafka, ledger) as bus:
        await bus.tell(DOCUMENTS_TOPIC, "ann", extracted("ann", "doc", []))
        made = await bus.hear()
    assert (made.document_id, list(made.suggestions)) == ("doc", [])


@pytest.mark.parametrize("code", [grpc.StatusCode.UNAVAILABLE, grpc.StatusCode.PERMISSION_DENIED])
async def test_without_the_ledger_a_document_goes_on_with_no_suggestion(
    mongo, kafka, ledger, code
) -> None:
    ledger.fails_with = code
    async with running(mongo, kafka, ledger) as bus:
        await bus.tell(DOCUMENTS_TOPIC, "ann", extracted("ann", "doc", [("d1", "LIDL", -1)]))
        made = await bus.hear()
    assert (made.document_id, list(made.suggestions)) == ("doc", [])


async def test_what_was_booked_is_suggested_and_what_was_reversed_is_not(
    mongo, kafka, ledger
) -> None:
    async def taught(times: int) -> None:
        async def learnt() -> bool:
            return await mongo.db.inbox.count_documents({"_id": {"$regex": "^ai.learn/"}}) == times

        await wait_until(learnt, deadline=30)

    async with running(mongo, kafka, ledger) as bus:
        await bus.tell(LEDGER_TOPIC, "ann", posted("ann", "e1", "LIDL 12", "id-kids", 500))
        await taught(1)
        await bus.tell(DOCUMENTS_TOPIC, "ann", extracted("ann", "a", [("d", "LIDL 0391", -1)]))
        best = (await bus.hear()).suggestions[0]
        assert (best.category_id, best.source) == ("id-kids", "memory")
        undone = posted("ann", "e2", "LIDL 12", "id-kids", -500, reverses="e1")
        await bus.tell(LEDGER_TOPIC, "ann", undone)
        await taught(2)
        await bus.tell(DOCUMENTS_TOPIC, "ann", extracted("ann", "b", [("d", "LIDL 0391", -1)]))
        best = (await bus.hear()).suggestions[0]
        assert (best.category_id, best.source) == ("id-groceries", "lexicon")


async def test_a_category_that_no_person_looked_at_teaches_nothing(mongo, kafka, ledger) -> None:
    async with running(mongo, kafka, ledger) as bus:
        unseen = posted("ann", "e1", "LIDL 12", "id-kids", 500, category_unreviewed=True)
        await bus.tell(LEDGER_TOPIC, "ann", unseen)
        await bus.tell(LEDGER_TOPIC, "ann", posted("ann", "e2", "SHELL 9", "id-pets", 500))

        async def learnt() -> bool:
            return await mongo.db.payee_memories.count_documents({}) > 0

        await wait_until(learnt, deadline=30)
        rows = await mongo.db.payee_memories.find({}).to_list()
        assert [lesson["entry_id"] for row in rows for lesson in row["lessons"]] == ["e2"]


async def test_a_rule_of_the_person_leads_and_without_the_rules_a_document_goes_on(
    mongo, kafka, ledger
) -> None:
    ledger.rules = {"LIDL 0391": "id-kids", "SHELL": "gone"}
    drafts = [("d1", "LIDL 0391", -1250), ("d2", "SHELL", -4000), ("d3", "LIDL 0391", 0)]
    async with running(mongo, kafka, ledger) as bus:
        await bus.tell(DOCUMENTS_TOPIC, "ann", extracted("ann", "a", drafts))
        found = (await bus.hear()).suggestions
        first = {s.draft_id: (s.category_id, s.source, s.confidence) for s in reversed(found)}
        assert first["d1"] == ("id-kids", "rule", 1.0)
        assert [s.category_id for s in found if s.draft_id == "d1"][1] == "id-groceries"
        # A rule for a category that is gone says nothing, nor does any about no amount.
        assert first["d2"][1] == first["d3"][1] == "lexicon"

        ledger.rules_fail_with = grpc.StatusCode.UNAVAILABLE
        await bus.tell(DOCUMENTS_TOPIC, "ann", extracted("ann", "b", drafts[:1]))
        best = (await bus.hear()).suggestions[0]
        assert (best.category_id, best.source) == ("id-groceries", "lexicon")


async def test_the_entries_of_an_import_are_learnt_together(mongo, kafka, ledger) -> None:
    count = 300
    async with running(mongo, kafka, ledger) as bus:
        for number in range(count):
            entry = posted("ann", f"e{number}", f"LIDL {number}", f"id-{number % 3}", 500)
            await bus.tell(LEDGER_TOPIC, "ann", entry)
        undone = posted("ann", "undone", "LIDL 1", "id-x", -500, reverses=f"e{count - 1}")
        await bus.tell(LEDGER_TOPIC, "ann", undone)

        async def learnt() -> bool:
            rows = await mongo.db.inbox.count_documents({"_id": {"$regex": "^ai.learn/"}})
            return rows == count + 1

        await wait_until(learnt, deadline=30)
    (memory,) = await mongo.db.payee_memories.find({}).to_list()
    # Of the last 24 lessons the last was taken back.
    assert [x["entry_id"] for x in memory["lessons"]] == [f"e{n}" for n in range(276, 299)]
