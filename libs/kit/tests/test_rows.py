"""Background work row by row: what fails waits by itself."""

from datetime import UTC, datetime

import pytest
from opentelemetry import metrics
from opentelemetry.sdk.metrics import MeterProvider
from opentelemetry.sdk.metrics.export import InMemoryMetricReader
from pymongo.errors import AutoReconnect

from kit.metric_views import LABELS
from kit.rows import FIRST_WAIT, LONGEST_WAIT, RowParking, found

START = datetime(2026, 3, 1, 12, tzinfo=UTC)


class SetClock:
    def __init__(self):
        self.instant = START

    def now(self):
        return self.instant


@pytest.fixture
def clock():
    return SetClock()


@pytest.fixture
def parking(mongo, clock):
    return RowParking(mongo.db, collection="jobs", work="jobs", clock=clock)


async def work(mongo, parking, *, fails=None):
    """Double the number of each job; answers what came of each."""

    async def double(number):
        if fails:
            raise fails
        return 2 * number

    rows = await mongo.db.jobs.find(parking.not_parked()).sort("_id").to_list()
    jobs = found(rows, lambda row: int(row["number"]))
    return [await parking.attempt(job, double) for job in jobs]


async def put(mongo, *numbers):
    rows = [{"_id": i, "user_id": "ann", "number": n} for i, n in enumerate(numbers)]
    await mongo.db.jobs.insert_many(rows)


async def test_a_row_that_cannot_be_read_is_parked_and_the_others_are_worked_on(mongo, parking):
    await put(mongo, 1, "junk", 3)

    assert await work(mongo, parking) == [2, None, 6]
    assert await work(mongo, parking) == [2, 6]

    row = await mongo.db.jobs.find_one({"_id": 1})
    assert row["parked"] == {
        "work": "jobs",
        "since": START,
        "until": START + FIRST_WAIT,
        "attempts": 1,
        "error": "ValueError: invalid literal for int() with base 10: 'junk'",
    }


async def test_a_row_on_which_the_work_fails_waits_longer_each_time(mongo, parking, clock):
    await put(mongo, 1)
    waits = []
    for _ in range(12):
        assert await work(mongo, parking, fails=RuntimeError("no")) == [None]
        mark = (await mongo.db.jobs.find_one({}))["parked"]
        waits.append(mark["until"] - clock.now())
        assert mark["since"] == START
        clock.instant = mark["until"]

    assert waits[:3] == [FIRST_WAIT, 2 * FIRST_WAIT, 4 * FIRST_WAIT]
    assert waits[-1] == LONGEST_WAIT


async def test_a_mended_row_is_worked_on_and_its_mark_goes(mongo, parking, clock):
    await put(mongo, "junk")
    await work(mongo, parking)
    await mongo.db.jobs.update_one({}, {"$set": {"number": 4}})

    assert await work(mongo, parking) == []
    clock.instant += FIRST_WAIT
    assert await work(mongo, parking) == [8]

    assert "parked" not in await mongo.db.jobs.find_one({})


async def test_a_server_that_is_away_parks_nothing(mongo, parking):
    await put(mongo, 1)

    with pytest.raises(AutoReconnect):
        await work(mongo, parking, fails=AutoReconnect("away"))

    assert "parked" not in await mongo.db.jobs.find_one({})


async def test_what_can_be_read_is_answered_and_the_rest_is_parked_once(mongo, parking):
    await put(mongo, 1, "junk", 3)
    for _ in range(2):
        rows = await mongo.db.jobs.find().sort("_id").to_list()
        assert await parking.readable(found(rows, lambda row: int(row["number"]))) == [1, 3]

    assert (await mongo.db.jobs.find_one({"_id": 1}))["parked"]["attempts"] == 1


async def test_a_row_without_an_owner_can_be_parked(mongo, parking):
    await mongo.db.jobs.insert_one({"_id": "x", "junk": 1})

    assert await work(mongo, parking) == [None]
    assert await work(mongo, parking) == []


async def test_parked_rows_are_counted(mongo, clock, monkeypatch):
    reader = InMemoryMetricReader()
    provider = MeterProvider(metric_readers=[reader])
    monkeypatch.setattr(metrics, "get_meter", provider.get_meter)
    parking = RowParking(mongo.db, collection="jobs", work="jobs", clock=clock)
    await put(mongo, "junk", "more junk")
    await work(mongo, parking)

    (metric,) = reader.get_metrics_data().resource_metrics[0].scope_metrics[0].metrics
    (point,) = metric.data.data_points
    assert (metric.name, point.value) == ("pfa.rows.parked", 2)
    assert dict(point.attributes) == {"pfa.work": "jobs", "db.collection.name": "jobs"}
    assert set(point.attributes) <= LABELS
