"""A file of a book with any line changed is refused, or makes a book that works; nobody else is
touched. LEDGER_EXAMPLES says how many changes are tried."""

import copy
import hashlib
import json
import os
import random
from collections import Counter
from collections.abc import AsyncIterator, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import grpc
import pytest
from everything_read import faults, served_ledger
from full_book import live_in
from ledger_world import Person
from series_world import SetClock, series
from test_exports import exported, restored

from kit.ids import new_id
from kit.mongo import Mongo
from ledger.domain.book_file import BookIdsTaken, InvalidBookFile
from ledger.service.exports import ExportFormat
from ledger.service.recurring_posting import ACTOR
from ledger.wiring import Ledger, open_ledger

EXAMPLES = int(os.environ.get("LEDGER_EXAMPLES", "40"))
SEED = int(os.environ.get("LEDGER_SEED", "20261130"))
BATCH = 10
ONE_DAY = timedelta(days=1)
Document = dict[str, Any]
Line = tuple[str, Document]


def written(lines: Sequence[Line]) -> bytes:
    """The file with these documents, its counts and digest as they should be."""
    rows: list[Any] = [{"format": "pfa-book", "version": 1}]
    rows += [{"kind": kind, "document": document} for kind, document in lines]
    body = b"".join(json.dumps(row).encode() + b"\n" for row in rows)
    counts = dict(Counter(kind for kind, _ in lines))
    end = {"end": {"counts": counts, "sha256": hashlib.sha256(body).hexdigest()}}
    return body + json.dumps(end).encode() + b"\n"


def lines_of(file: bytes) -> list[Line]:
    rows = [json.loads(line) for line in file.splitlines()[1:-1]]
    return [(row["kind"], row["document"]) for row in rows]


ANYTHING: Sequence[Any] = (
    *(None, True, 0, -1, 1.5, 2**63, -(2**63) - 1, 2**63 - 1, 10**15, 10**30),
    *("", " ", "x" * 5_000, "@owner", "@owner/x", "\u202e\x00", "\ud800"),
    *([], {}, [[]], [None], {"junk": 1}, {"a.b": 1}, {"$where": "1"}, {"$code": "x"}),
    *({"$oid": "0" * 24}, {"$oid": "junk"}, {"$numberDecimal": "NaN"}, {"$numberDecimal": "1"}),
    *({"$date": "2026-01-01T00:00:00Z"}, {"$date": "junk"}, {"$date": {"$numberLong": "9" * 30}}),
)


class Mutation:
    """Changes one place of one line."""

    def __init__(self, seed: int, lines: Sequence[Line], strangers: Sequence[str]) -> None:
        self.random = random.Random(seed)
        self.lines = copy.deepcopy(list(lines))
        self.strangers = strangers
        self.told = ""

    def apply(self) -> list[Line]:
        # Kinds have very different numbers of lines: each gets its share.
        kind = self.random.choice(sorted({kind for kind, _ in self.lines}))
        at = self.random.choice([i for i, line in enumerate(self.lines) if line[0] == kind])
        document = self.lines[at][1]
        match self.random.choice(["drop line", "double line", "other kind"] + ["field"] * 17):
            case "drop line":
                del self.lines[at]
                self.told = f"without a line of {kind}"
            case "double line":
                self.lines.insert(at, (kind, copy.deepcopy(document)))
                self.told = f"a line of {kind} twice"
            case "other kind":
                other = self.random.choice(sorted({k for k, _ in self.lines}))
                self.lines[at] = (other, document)
                self.told = f"{kind} as {other}"
            case _:
                self._field(kind, document)
        return self.lines

    def _field(self, kind: str, document: Document) -> None:
        holder, key, path = self._place(document, "")
        if isinstance(holder, dict) and self.random.random() < 0.2:
            del holder[key]
            self.told = f"{kind}{path} dropped"
            return
        holder[key] = value = self._value(holder[key], document)
        self.told = f"{kind}{path} = {json.dumps(value)[:120]}"

    def _place(self, holder: Any, path: str) -> tuple[Any, Any, str]:
        key = self.random.choice(sorted(holder) if isinstance(holder, dict) else range(len(holder)))
        inner, path = holder[key], f"{path}.{key}"
        if isinstance(inner, dict | list) and inner and self.random.random() < 0.75:
            return self._place(inner, path)
        return holder, key, path

    def _value(self, old: Any, document: Document) -> Any:
        near: list[Any] = []
        if isinstance(old, bool):
            near = [not old]
        elif isinstance(old, int):
            near = [old + 1, -old, old * 10, old + 0.5, str(old), float(old)]
        elif isinstance(old, str):
            near = [old + "x", old[:-1], old.upper(), "2026-02-30", "1900-01-01", "2200-12-31"]
        elif isinstance(old, list):
            near = [old + old, old[:-1], old[::-1], [old]]
        elif isinstance(old, dict):
            near = [{}, {**old, "junk": 1}, list(old.items())]
        other = self.random.choice(self.lines)[1]
        stranger = self.random.choice(self.strangers)
        found = [document["_id"], other["_id"], self.random.choice(list(other.values()))]
        anything = [*ANYTHING, *found, stranger, f"{stranger}/1"]
        return self.random.choice(near if near and self.random.random() < 0.5 else anything)


@pytest.fixture
def clock() -> SetClock:
    return SetClock(datetime.now(UTC).replace(microsecond=0))


@pytest.fixture
async def ledger(mongo: Mongo, clock: SetClock) -> AsyncIterator[Ledger]:
    async with open_ledger(mongo, clock=clock) as ledger:
        yield ledger


@pytest.fixture
async def channel(ledger: Ledger) -> AsyncIterator[grpc.aio.Channel]:
    async with served_ledger(ledger) as channel:
        yield channel


@pytest.fixture
async def file(anna: Person, mongo: Mongo) -> bytes:
    """A valid file, of a book that is not here any more."""
    await live_in(anna, mongo)
    file = await exported(anna, ExportFormat.NDJSON)
    await anna.ledger.files.erasure.erase(anna.id)
    return file


@pytest.fixture
async def witness(ben: Person) -> Person:
    """Somebody else, for whom the ledger posts every day."""
    account = await ben.account()
    today = (await ben.ledger.plans.calendar.today(ben.id)).isoformat()
    await series(ben, account, start=today, rule="FREQ=DAILY", autopost=True)
    return ben


async def posted(person: Person) -> int:
    return sum(t.actor_id == ACTOR for t in await person.list())


@pytest.mark.timeout(0)
@pytest.mark.parametrize("batch", range(max(EXAMPLES // BATCH, 1)))
async def test_any_change_is_refused_or_makes_a_book_that_works(
    batch: int,
    file: bytes,
    witness: Person,
    mongo: Mongo,
    clock: SetClock,
    channel: grpc.aio.Channel,
):
    lines = lines_of(file)
    strangers = [witness.id, *await mongo.db.accounts.distinct("_id", {"user_id": witness.id})]
    for number in range(BATCH):
        seed = SEED + batch * BATCH + number
        mutation = Mutation(seed, lines, strangers)
        changed = written(mutation.apply())
        carla = Person(witness.ledger, new_id())
        empty = await exported(carla, ExportFormat.NDJSON)
        theirs = await exported(witness, ExportFormat.NDJSON)
        story = f"seed {seed}: {mutation.told}"

        try:
            await restored(carla, changed, chunk=100_000)
        except InvalidBookFile as refused:
            where, _, why = str(refused).partition(": ")
            is_told = why and 1 <= int(where.removeprefix("line ")) <= len(lines) + 3
            assert is_told, story
            assert await exported(carla, ExportFormat.NDJSON) == empty, story
        except BookIdsTaken:
            assert await exported(carla, ExportFormat.NDJSON) == empty, story
        else:
            assert await faults(channel, mongo, carla.id) == [], story
        assert await exported(witness, ExportFormat.NDJSON) == theirs, story

        await go_on_a_day(witness, clock)
        parked = await mongo.db.recurring.count_documents({"parked": {"$exists": True}})
        parked += await mongo.db.operations.count_documents({"parked": {"$exists": True}})
        assert parked == 0, story
        for person in (carla, witness):
            assert (await person.audit()).differences == [], story
        await carla.ledger.files.contents.erase(carla.id)


async def go_on_a_day(witness: Person, clock: SetClock) -> None:
    """A day later the ledger has posted for the witness, and finished what it had to."""
    before = await posted(witness)
    clock.go((clock.now().replace(hour=12) + ONE_DAY).isoformat())
    await witness.ledger.plans.recurring_poster.post_due()
    await witness.ledger.unfinished.finish_all()
    assert await posted(witness) > before


async def test_a_valid_file_is_restored(
    file: bytes, anna: Person, mongo: Mongo, channel: grpc.aio.Channel
):
    carla = Person(anna.ledger, new_id())

    await restored(carla, written(lines_of(file)))

    # Only their order depends on whose they are.
    again = await exported(carla, ExportFormat.NDJSON)
    assert sorted(again.splitlines()[:-1]) == sorted(file.splitlines()[:-1])
    assert await faults(channel, mongo, carla.id) == []
    assert (await carla.audit()).differences == []
