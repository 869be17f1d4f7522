"""The model outside: what reaches the wire, how often it is asked, and that it answers later."""

import asyncio
import json
import unicodedata
from collections.abc import Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import pytest
from ai_world import (
    LedgerAtTheOtherEnd,
    asking,
    categorisation,
    every_category,
    ledger_served,
    own_category,
)
from transfers import corpus

from ai.asking import LateAnswers
from ai.domain.masking import masked
from ai.domain.outside import LATER_WAITS, OutsideLimits
from ai.domain.suggesting import Question
from ai.events import publish_late
from ai.gemini import Gemini
from ai.repository import Consents, OpenBatches, Usage
from gemini_standin import GeminiStandin, Misbehaviour
from kit.clock import Clock
from kit.outbox import Outbox, events_of
from kit.testing import Issuer
from pfa.events.v1.ai_events_pb2 import SuggestionsMade

# Businesses that no list knows; the stand-in files them by the word they share with a category.
UNKNOWN = [f"{word} ZQXV HORTICULTUR LTD" for word in ("Aaqj", "Bbqj", "Ccqj")]
QUICK = OutsideLimits(seconds=2.0)


class SetClock(Clock):
    def __init__(self) -> None:
        self.at = datetime(2026, 4, 1, 12, tzinfo=UTC)

    def now(self) -> datetime:
        return self.at


@dataclass
class World:
    """A person who agreed, with a clock that stands still until it is moved."""

    use_cases: object
    late: LateAnswers
    clock: SetClock
    mongo: object
    standin: GeminiStandin

    async def extract(self, *payees: str, document_id: str = "doc") -> list[list[str]]:
        """A document comes in: what each draft is suggested at once, first ones first."""
        questions = [Question(f"d{i}", payee) for i, payee in enumerate(payees)]
        answers = await self.use_cases.suggest_or_leave(owner="ann", questions=questions)
        await self.mongo.in_transaction(
            lambda tx: self.use_cases.keep_open(
                tx, owner="ann", document_id=document_id, answers=answers
            )
        )
        return [[s.category_id for s in a.suggestions] for a in answers.all]

    async def open_count(self) -> int:
        return await self.mongo.db.open_batches.count_documents({})

    async def told(self) -> list[tuple[str, dict[str, str]]]:
        """Documents and drafts' first categories that were published late."""
        found = []
        async for row in self.mongo.db.outbox.find().sort("seq"):
            for event in events_of(row):
                made = SuggestionsMade.FromString(event.payload)
                found.append(
                    (made.document_id, {s.draft_id: s.category_id for s in made.suggestions})
                )
        return found

    @property
    def sent(self) -> list[list[str]]:
        """The payees of each request, as they travelled."""
        return [json.loads(r.texts[0])["payees"] for r in self.standin.requests]


@asynccontextmanager
async def living(mongo, *, limits: OutsideLimits = QUICK):
    clock = SetClock()
    ledger = LedgerAtTheOtherEnd([*every_category(), own_category("Horticultur things")])
    with GeminiStandin() as standin:
        async with (
            ledger_served(Issuer(), ledger) as client,
            Gemini.open(api_key="k", base_url=standin.url, model="m", budget_seconds=1.0) as gemini,
        ):
            use_cases = categorisation(mongo, client, outside=gemini, limits=limits, clock=clock)
            await use_cases.set_consent(owner="ann", gemini=True)
            late = LateAnswers(
                asking=asking(mongo, outside=gemini, limits=limits, clock=clock),
                batches=OpenBatches(mongo.db),
                charts=client,
                publish=publish_late(Outbox(source="ai")),
                mongo=mongo,
                clock=clock,
                every_seconds=0.05,
            )
            yield World(use_cases, late, clock, mongo, standin)


@pytest.fixture
async def world(mongo):
    async with living(mongo) as made:
        yield made


GREEN = ["own-Horticultur things"]


async def test_a_payee_that_comes_often_is_asked_for_once_and_answered_everywhere(world) -> None:
    first, other = UNKNOWN[:2]
    texts = [first, other, f"{first} 0412", f"POS {first} 12.03.", first.lower(), other]
    assert [found[:1] for found in await world.extract(*texts)] == [GREEN] * 6
    assert world.sent == [[first, other]]
    assert await world.open_count() == 0
    usage = await world.mongo.db.model_usage.find_one({"user_id": "ann"})
    assert (usage["payees"], usage["calls"]) == (2, 1)


@pytest.mark.parametrize(
    "how",
    [
        Misbehaviour.SERVER_ERROR,
        Misbehaviour.UNAVAILABLE,
        Misbehaviour.NOT_JSON,
        Misbehaviour.NONSENSE,
        Misbehaviour.CUT_OFF,
        Misbehaviour.RESET,
        Misbehaviour.MAX_TOKENS,
        Misbehaviour.EMPTY,
    ],
)
async def test_a_failed_batch_is_tried_again_at_once(world, how) -> None:
    world.standin.misbehave(how, times=2)
    assert (await world.extract(UNKNOWN[0]))[0][:1] == GREEN
    assert world.sent == [[UNKNOWN[0]]] * 3
    assert await world.open_count() == 0


async def test_tries_in_a_row_are_bounded_and_the_batch_is_answered_later(world) -> None:
    world.standin.misbehave(Misbehaviour.SERVER_ERROR, times=3)
    assert (await world.extract(UNKNOWN[0], UNKNOWN[1], UNKNOWN[0]))[0][:1] != GREEN
    assert len(world.standin.requests) == 3
    assert not await world.late.answer_one()  # not due yet
    world.clock.at += LATER_WAITS[0]
    assert await world.late.answer_one()
    chosen = GREEN[0]
    assert await world.told() == [("doc", {"d0": chosen, "d1": chosen, "d2": chosen})]
    assert world.sent[-1] == UNKNOWN[:2]
    assert await world.open_count() == 0
    usage = await world.mongo.db.model_usage.find_one({"user_id": "ann"})
    assert (usage["payees"], usage["calls"]) == (2, 4)


async def test_a_slow_model_is_asked_later(mongo) -> None:
    async with living(mongo, limits=OutsideLimits(seconds=0.5)) as world:
        world.standin.misbehave(Misbehaviour.SLOW)
        await world.extract(UNKNOWN[0])
        assert await world.open_count() == 1
        world.standin.misbehave(None)
        world.clock.at += LATER_WAITS[0]
        await world.late.answer_one()
        assert await world.told() == [("doc", {"d0": GREEN[0]})]


async def test_after_a_429_it_is_asked_no_sooner_than_the_model_says(world) -> None:
    world.standin.misbehave(Misbehaviour.RATE_LIMITED, times=1)
    await world.extract(UNKNOWN[0])
    assert len(world.standin.requests) == 1
    batch = await world.mongo.db.open_batches.find_one({})
    assert batch["due_at"] >= world.clock.at + timedelta(seconds=17)


async def test_a_model_that_always_fails_is_given_up_and_nothing_goes_on_for_ever(world) -> None:
    world.standin.misbehave(Misbehaviour.EMPTY)
    await world.extract(UNKNOWN[0])
    for wait in LATER_WAITS:
        world.clock.at += wait + timedelta(hours=1)
        while await world.late.answer_one():
            pass
    assert await world.open_count() == 0
    assert len(world.standin.requests) <= 3 * (1 + len(LATER_WAITS))
    assert await world.told() == []


async def test_a_refused_batch_is_not_asked_again(world) -> None:
    world.standin.misbehave(Misbehaviour.BLOCKED)
    await world.extract(UNKNOWN[0])
    assert len(world.standin.requests) == 1
    assert await world.open_count() == 0


async def test_the_calls_of_a_day_are_bounded(mongo) -> None:
    async with living(mongo, limits=OutsideLimits(calls_a_day=4, seconds=2.0)) as world:
        world.standin.misbehave(Misbehaviour.EMPTY)
        for number in range(4):
            await world.extract(UNKNOWN[0], document_id=f"doc{number}")
        assert len(world.standin.requests) == 4


async def test_more_than_a_call_takes_are_asked_for_later(mongo) -> None:
    async with living(mongo, limits=OutsideLimits(payees_a_call=1, seconds=2.0)) as world:
        at_once = await world.extract(*UNKNOWN)
        assert [found[:1] == GREEN for found in at_once] == [True, False, False]
        assert await world.open_count() == 2
        while await world.late.answer_one():
            pass
        assert sorted(world.sent) == [[each] for each in UNKNOWN]
        assert sorted(await world.told(), key=str) == [
            ("doc", {"d1": GREEN[0]}),
            ("doc", {"d2": GREEN[0]}),
        ]


async def test_withdrawn_consent_forgets_what_is_open(world) -> None:
    world.standin.misbehave(Misbehaviour.EMPTY, times=3)
    await world.extract(UNKNOWN[0])
    assert await world.open_count() == 1
    await world.use_cases.set_consent(owner="ann", gemini=False)
    assert await world.open_count() == 0


async def test_without_consent_at_the_time_nothing_is_asked_later(world) -> None:
    world.standin.misbehave(Misbehaviour.EMPTY, times=3)
    await world.extract(UNKNOWN[0])
    consent = await Consents(world.mongo.db).of("ann")
    await world.mongo.db.consents.delete_one({"user_id": "ann"})
    assert consent.gemini
    world.clock.at += LATER_WAITS[0]
    await world.late.answer_one()
    assert len(world.standin.requests) == 3
    assert await world.open_count() == 0


async def test_a_batch_belongs_to_one_process_at_a_time(world) -> None:
    world.standin.misbehave(Misbehaviour.EMPTY, times=3)
    await world.extract(UNKNOWN[0])
    world.clock.at += LATER_WAITS[0]
    batches = OpenBatches(world.mongo.db)
    until = world.clock.at + timedelta(minutes=2)
    claimed = [await batches.claim(at=world.clock.at, until=until) for _ in range(2)]
    assert [c is not None for c in claimed] == [True, False]


async def test_the_background_loop_answers_and_stops_when_told(world) -> None:
    world.standin.misbehave(Misbehaviour.EMPTY, times=3)
    await world.extract(UNKNOWN[0])
    world.clock.at += LATER_WAITS[0]
    stop = asyncio.Event()
    running = asyncio.create_task(world.late.run(stop))
    async with asyncio.timeout(20):
        while await world.open_count():
            await asyncio.sleep(0.02)
        stop.set()
        await running
    assert await world.told() == [("doc", {"d0": GREEN[0]})]


async def test_every_try_counts_even_when_many_run_at_once(mongo) -> None:
    usage = Usage(mongo.db)
    now = datetime(2026, 4, 1, tzinfo=UTC)
    allowed = await asyncio.gather(*(usage.take_call("ann", limit=5, at=now) for _ in range(20)))
    assert sum(allowed) == 5


def _letters(text: str) -> str:
    """Letters only, in one case and without accents."""
    return "".join(c for c in unicodedata.normalize("NFKD", text).casefold() if c.isalpha())


def _leaked(wire: str, persons: Sequence[str]) -> set[str]:
    """Persons whose name is on the wire, however it is written."""
    return {person for person in persons if _letters(person) in wire}


async def test_no_private_name_reaches_the_wire(mongo) -> None:
    made = corpus(1_000, seed=20261130)
    assert len({transfer.text for transfer in made}) > 900
    persons = [t.person for t in made if len(_letters(t.person)) >= 5]
    everything = OutsideLimits(payees_a_day=10**6, payees_a_call=500, seconds=5.0)
    async with living(mongo, limits=everything) as world:
        for at in range(0, len(made), 100):
            lines = [transfer.text for transfer in made[at : at + 100]]
            # As payee, and as the description of a payee that names nobody.
            await world.extract(*lines, UNKNOWN[0], document_id=f"doc{at}")
            questions = [Question(str(i), "", line) for i, line in enumerate(lines)]
            await world.use_cases.suggest_or_leave(owner="ann", questions=questions)
        while await world.late.answer_one():
            pass
        # The categories and the instruction are ours; the texts of payees are what may leak.
        wire = _letters(" ".join(payee for payees in world.sent for payee in payees))
    assert _letters(UNKNOWN[0]) in wire
    assert _leaked(wire, persons) == set()
    assert _leaked(_letters(masked(made[0].text)), [made[0].person])  # the check would see one
