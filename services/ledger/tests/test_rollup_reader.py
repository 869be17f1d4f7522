"""Rollups answer for any span, in buckets of any length, what a recount of single days answers."""

import random
from collections import defaultdict
from datetime import date, timedelta
from itertools import pairwise
from typing import Any, NamedTuple

import pytest
from bson import SON

from kit.mongo import Mongo
from ledger.domain.book_settings import WeekStart
from ledger.domain.errors import InvalidFields
from ledger.domain.report import BY_YEAR, By, Dim, Flow, Period, Span, added_up, buckets, year_cover
from ledger.repository.rollups import (
    Rollups,
    series_pipeline,
    totals_pipeline,
    years_pipeline,
)

FIRST = date(2023, 11, 3)
DAYS = 800


class Fact(NamedTuple):
    day: str
    id: str
    currency: str
    amount: int


def facts(rng: random.Random) -> list[Fact]:
    return [
        Fact(
            (FIRST + timedelta(days=rng.randrange(DAYS))).isoformat(),
            rng.choice("abc"),
            rng.choice(["EUR", "USD"]),
            rng.choice([-1, 1]) * rng.randrange(1, 10_000),
        )
        for _ in range(400)
    ]


def documents(owner: str, dim: str, facts: list[Fact]) -> list[dict[str, Any]]:
    """The rollups that the writer keeps of these facts."""
    found: dict[tuple[str, str, str], dict[str, Any]] = {}
    for fact in facts:
        key = (fact.day[:7], fact.id, fact.currency)
        row = found.setdefault(key, {"debit": 0, "credit": 0, "count": 0, "days": {}})
        day = row["days"].setdefault(fact.day[8:], {"debit": 0, "credit": 0, "count": 0})
        for sums in (row, day):
            sums["debit"] += max(fact.amount, 0)
            sums["credit"] += max(-fact.amount, 0)
            sums["count"] += 1
    return [
        {"user_id": owner, "dim": dim, "month": m, "id": i, "currency": c, **row}
        for (m, i, c), row in found.items()
    ]


def years(owner: str, dim: str, facts: list[Fact]) -> list[dict[str, Any]]:
    """The rollups by year, which have no days."""
    found: dict[tuple[str, str, str], dict[str, Any]] = {}
    for month in documents(owner, dim, facts):
        key = (month["month"][:4], month["id"], month["currency"])
        row = found.setdefault(key, {"debit": 0, "credit": 0, "count": 0})
        for name in row:
            row[name] += month[name]
    return [
        {
            "user_id": owner,
            "dim": BY_YEAR[Dim(dim)].value,
            "month": y,
            "id": i,
            "currency": c,
            **row,
        }
        for (y, i, c), row in found.items()
    ]


def recount(facts: list[Fact], period: Period) -> list[Flow]:
    sums: dict[tuple[str, str], list[int]] = defaultdict(lambda: [0, 0, 0])
    for fact in facts:
        if period.from_date <= fact.day <= period.to_date:
            row = sums[fact.id, fact.currency]
            row[0] += max(fact.amount, 0)
            row[1] += max(-fact.amount, 0)
            row[2] += 1
    return [Flow(*key, *row) for key, row in sorted(sums.items())]


def some_period(rng: random.Random) -> Period:
    """Sometimes whole months, sometimes one day, mostly neither."""
    start = FIRST + timedelta(days=rng.randrange(-60, DAYS))
    end = start + timedelta(days=rng.choice([0, 1, 27, 31, 60, rng.randrange(DAYS)]))
    if rng.random() < 0.3:
        start = start.replace(day=1)
    if rng.random() < 0.3:
        end = end.replace(day=1) - timedelta(days=1)
    return Period(min(start, end).isoformat(), max(start, end).isoformat())


@pytest.fixture
async def rollups(mongo: Mongo) -> Rollups:
    """Over the one index that rollups need."""
    await mongo.db.rollups.drop_indexes()
    keys = ["user_id", "dim", "month", "id", "currency"]
    await mongo.db.rollups.create_index([(k, 1) for k in keys], unique=True, name="by_dim")
    return Rollups(mongo)


@pytest.mark.parametrize("dim", [Dim.CATEGORY, Dim.PAYEE_EXPENSE])
@pytest.mark.parametrize("seed", range(5))
async def test_totals_and_series_of_any_span_are_what_a_recount_says(
    mongo: Mongo, rollups: Rollups, seed: int, dim: Dim
):
    rng = random.Random(seed)
    known = facts(rng)
    await mongo.db.rollups.insert_many(documents("anna", dim.value, known))
    if dim in BY_YEAR:
        await mongo.db.rollups.insert_many(years("anna", dim.value, known))
        await mongo.db.rollups.insert_many(years("ben", dim.value, facts(rng)))
    # What must not be counted: another dimension, another person.
    await mongo.db.rollups.insert_many(documents("anna", "account", facts(rng)))
    await mongo.db.rollups.insert_many(documents("ben", dim.value, facts(rng)))

    for _ in range(40):
        period, by = some_period(rng), rng.choice(list(By))
        week_start = rng.choice(list(WeekStart))
        ids = rng.choice([None, ["a"], ["b", "c"], []])
        of_ids = [f for f in known if ids is None or f.id in ids]
        totals = await rollups.totals("anna", dim, period, ids)
        assert totals == recount(of_ids, period), (period, ids)
        series = await rollups.series("anna", dim, period, by, ids, week_start=week_start)
        expected = [(b, recount(of_ids, b)) for b in buckets(period, by, week_start)]
        assert series == expected, (period, by, ids)
        assert added_up(f for _, flows in series for f in flows) == totals


async def test_a_span_of_years_reads_one_row_a_year(mongo: Mongo, rollups: Rollups):
    days = [f"{year}-{month:02}-07" for year in range(2016, 2026) for month in range(1, 13)]
    known = [Fact(day, "zoe", "EUR", 1) for day in days]
    await mongo.db.rollups.insert_many(documents("anna", "payee_expense", known))
    await mongo.db.rollups.insert_many(years("anna", "payee_expense", known))
    for first, last, most in (
        ("2016-01", "2025-12", 10),
        ("2024-02", "2025-11", 4),
        ("2024-10", "2025-03", 6),
        ("2025-01", "2025-12", 1),
    ):
        cover = year_cover(Span(first, last))
        pipeline = (
            totals_pipeline("anna", Dim.PAYEE_EXPENSE, Span(first, last), None)
            if cover is None
            else years_pipeline("anna", Dim.PAYEE_EXPENSE, cover, None)
        )
        command = SON([("aggregate", "rollups"), ("pipeline", pipeline), ("cursor", {})])
        ran = await mongo.db.command("explain", command, verbosity="executionStats")
        assert examined(ran) == most, (first, last)


def examined(explained: Any) -> int:
    if isinstance(explained, list):
        return sum(examined(part) for part in explained)
    if not isinstance(explained, dict):
        return 0
    if "totalDocsExamined" in explained:
        return int(explained["totalDocsExamined"])
    return sum(examined(part) for part in explained.values())


@pytest.mark.parametrize(
    ("first", "last"),
    [
        ("2025-01", "2025-06"),
        ("2025-07", "2025-12"),
        ("2024-08", "2025-05"),
        ("2025-03", "2025-03"),
    ],
)
def test_a_span_of_no_more_than_half_a_year_of_any_year_is_read_by_month(first: str, last: str):
    assert year_cover(Span(first, last)) is None


async def test_what_was_taken_back_is_not_told(mongo: Mongo, rollups: Rollups):
    nothing = {"debit": 0, "credit": 0, "count": 0}
    row = {"user_id": "anna", "dim": "book", "month": "2026-03", "id": "", "currency": "EUR"}
    await mongo.db.rollups.insert_one({**row, **nothing, "days": {"14": nothing}})
    march = Period("2026-03-01", "2026-03-31")
    assert await rollups.totals("anna", Dim.BOOK, march) == []
    assert await rollups.totals("anna", Dim.BOOK, Period("2026-03-02", "2026-03-31")) == []
    assert await rollups.series("anna", Dim.BOOK, march, By.MONTH) == [(march, [])]


@pytest.mark.parametrize("seed", range(20))
def test_buckets_follow_each_other_and_cover_the_period(seed: int):
    rng = random.Random(seed)
    for by in By:
        period = some_period(rng)
        found = buckets(period, by, rng.choice(list(WeekStart)))
        assert (found[0].from_date, found[-1].to_date) == (period.from_date, period.to_date)
        for before, after in pairwise(found):
            day = date.fromisoformat(before.to_date) + timedelta(days=1)
            assert day.isoformat() == after.from_date


@pytest.mark.parametrize(
    ("by", "week_start", "expected"),
    [
        (By.WEEK, WeekStart.MONDAY, ["2025-12-31", "2026-01-05", "2026-01-12"]),
        (By.WEEK, WeekStart.SUNDAY, ["2025-12-31", "2026-01-04", "2026-01-11"]),
        (By.WEEK, WeekStart.SATURDAY, ["2025-12-31", "2026-01-03", "2026-01-10"]),
        (By.MONTH, WeekStart.MONDAY, ["2025-12-31", "2026-01-01"]),
        (By.QUARTER, WeekStart.MONDAY, ["2025-12-31", "2026-01-01"]),
        (By.YEAR, WeekStart.MONDAY, ["2025-12-31", "2026-01-01"]),
    ],
)
def test_buckets_begin_where_the_calendar_says(by: By, week_start: WeekStart, expected: list[str]):
    found = buckets(Period("2025-12-31", "2026-01-12"), by, week_start)
    assert [bucket.from_date for bucket in found] == expected


def test_a_period_of_too_many_buckets_is_refused():
    Period("2017-01-01", "2026-12-31").check_buckets(By.DAY)
    with pytest.raises(InvalidFields):
        Period("1900-01-01", "2200-12-31").check_buckets(By.DAY)
    Period("1900-01-01", "2200-12-31").check_buckets(By.MONTH)


@pytest.mark.parametrize("ids", [None, ["a", "b"]])
async def test_each_reading_walks_the_one_index_of_rollups(
    mongo: Mongo, rollups: Rollups, ids: list[str] | None
):
    known = facts(random.Random(1))
    await mongo.db.rollups.insert_many(documents("anna", "category", known))
    months = Period("2024-01-01", "2024-12-31").parts()[0]
    assert months is not None
    cover = year_cover(Span("2023-02", "2024-11"))
    assert cover is not None
    for pipeline in (
        totals_pipeline("anna", Dim.CATEGORY, months, ids),
        years_pipeline("anna", Dim.TAG_EXPENSE, cover, ids),
        series_pipeline("anna", Dim.CATEGORY, months, By.QUARTER, ids),
    ):
        command = SON([("aggregate", "rollups"), ("pipeline", pipeline), ("cursor", {})])
        plan = str(await mongo.db.command("explain", command, verbosity="queryPlanner"))
        assert "COLLSCAN" not in plan
        assert "by_dim" in plan
