"""The ledger under fire: processes killed, servers away, events repeated, the clock moved. After
each, nothing that was acknowledged is missing, nothing is double, and every entry has its event.

`make test` runs a short form of each; `make test-resilience` the long one (RESILIENCE=long), whose
results stand in docs/reliability.md. The seed is printed; RESILIENCE_SEED plays it again.
"""

import asyncio
import os
import time
from collections.abc import Iterator
from random import Random

import pytest
from aftermath import (
    consumed,
    deliver,
    events_of_topic,
    nothing_is_lost_or_double,
    state_of,
)
from battlefield import Battlefield
from storm import storm

LONG = os.environ.get("RESILIENCE") == "long"
SEED = int(os.environ.get("RESILIENCE_SEED", "20261122"))

pytestmark = [pytest.mark.stack, pytest.mark.timeout(3600 if LONG else 180)]


def times(short: int, long: int) -> int:
    """How often, or for how many seconds, in this run."""
    return long if LONG else short


@pytest.fixture
def random() -> Random:
    print(f"seed {SEED}")
    return Random(SEED)


@pytest.fixture
def field(tmp_path) -> Iterator[Battlefield]:
    with Battlefield(tmp_path) as made:
        yield made


@pytest.fixture
def field_of_three(tmp_path) -> Iterator[Battlefield]:
    with Battlefield(tmp_path, members=3) as made:
        yield made


@pytest.fixture
def field_with_clock(tmp_path) -> Iterator[Battlefield]:
    with Battlefield(tmp_path, own_clock=True) as made:
        yield made


@pytest.fixture
def report(capsys, request):
    """Print a line of what was seen, past pytest's capture."""
    began = time.monotonic()

    def say(what: str, seen: dict[str, int]) -> None:
        figures = ", ".join(f"{value:,} {name}" for name, value in seen.items())
        with capsys.disabled():
            print(f"\n  {what}: {figures}, 0 differences ({time.monotonic() - began:.0f} s)")

    return say


async def test_the_ledger_killed_at_random_instants(field, random, report):
    kills = times(4, 100)
    async with storm(field, seed=SEED) as clients:
        for _ in range(kills):
            await asyncio.sleep(random.uniform(0.05, 1.5))
            await asyncio.to_thread(field.kill, "serve")
        await asyncio.sleep(1)
    report(f"ledger killed {kills} times", await nothing_is_lost_or_double(field, clients))


async def test_the_relay_killed_at_random_instants(field, random, report):
    kills = times(3, 50)
    async with storm(field, seed=SEED) as clients:
        for _ in range(kills):
            await asyncio.sleep(random.uniform(0.05, 1.0))
            await asyncio.to_thread(field.kill, "relay")
    report(f"relay killed {kills} times", await nothing_is_lost_or_double(field, clients))


async def test_the_primary_steps_down_and_stands_still(field_of_three, random, report):
    falls, pause = times(2, 20), times(3, 30)
    mongo = field_of_three.mongo
    async with storm(field_of_three, seed=SEED) as clients:
        for _ in range(falls):
            await asyncio.sleep(random.uniform(0.5, 2))
            await asyncio.to_thread(mongo.step_down)
        await asyncio.sleep(2)
        primary = await asyncio.to_thread(mongo.primary)
        primary.pause()
        await asyncio.sleep(pause)
        primary.resume()
        await asyncio.to_thread(mongo.primary)
        await asyncio.sleep(2)
    what = f"primary stepped down {falls} times and stood still for {pause} s"
    report(what, await nothing_is_lost_or_double(field_of_three, clients))


async def test_kafka_restarts_and_stays_away(field, random, report):
    restarts, away = times(1, 10), times(5, 120)
    async with storm(field, seed=SEED) as clients:
        for _ in range(restarts):
            await asyncio.sleep(random.uniform(0.5, 3))
            await asyncio.to_thread(field.kafka.restart)
        field.kafka.kill()
        before = clients.acts
        await asyncio.sleep(away)
        assert clients.acts > before, "postings go on without Kafka"
        await asyncio.to_thread(field.kafka.start)
    what = f"Kafka restarted {restarts} times and away for {away} s"
    report(what, await nothing_is_lost_or_double(field, clients))


async def test_each_event_ten_times_in_any_order(field, random, report):
    async with storm(field, seed=SEED) as clients:
        await asyncio.sleep(times(3, 60))
    seen = await nothing_is_lost_or_double(field, clients)
    groups = await consumed(field)
    assert groups
    before = await state_of(field)

    repeated = [event for event in await events_of_topic(field) for _ in range(10)]
    random.shuffle(repeated)
    await deliver(field, repeated)
    await consumed(field)

    assert await state_of(field) == before
    report(
        "each event ten times in any order",
        {**seen, "deliveries": len(repeated), "consumer groups": groups},
    )


async def test_the_clock_moves(field_with_clock, random, report):
    moves = times(2, 20)
    async with storm(field_with_clock, seed=SEED) as clients:
        for number in range(moves):
            await asyncio.sleep(random.uniform(0.5, 2))
            before = clients.acts
            await asyncio.to_thread(field_with_clock.set_clock, (10, -10)[number % 2])
            await asyncio.sleep(1)
            assert clients.acts > before, "postings go on after the clock was set"
        await asyncio.to_thread(field_with_clock.set_clock, 0)
    what = f"clock set 10 minutes forth and back {moves} times"
    report(what, await nothing_is_lost_or_double(field_with_clock, clients))
