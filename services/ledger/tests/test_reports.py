"""Reports are what a naive recount over the entries says, for any history; their parts add up, and
the search beside each figure lists exactly its entries."""

import os
import random
from collections import defaultdict
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from reports_world import (
    NaiveExchange,
    World,
    category_sums,
    close,
    flows_in_base,
    in_base,
    nonzero,
    some_ask,
    told,
    world,
)

from kit.ids import new_id
from kit.money import Money
from ledger.domain.book_settings import WeekStart
from ledger.domain.category import CategoryKind
from ledger.domain.errors import AccountNotFound, InvalidFields
from ledger.domain.fields import EntryDate
from ledger.domain.rate import Rate, RateMissing, RateSource
from ledger.domain.report import By, Period, buckets
from ledger.domain.report.ask import Ask
from ledger.domain.report.breakdown import Breakdown, Dimension, Wanted
from ledger.domain.report.compare import Comparison
from ledger.domain.report.net_worth import LIABILITIES
from ledger.domain.transaction import TransactionInput
from ledger.grpc_api import report_messages as m

# Each is a history of ninety acts, and thirty reports of it.
HISTORIES = max(2, int(os.environ.get("LEDGER_EXAMPLES", "25")) // 8)


@pytest.mark.parametrize("seed", range(HISTORIES))
async def test_every_report_is_what_a_recount_of_the_entries_says(mongo, ledger, seed):
    known = await world(mongo, ledger, seed)
    rng = random.Random(seed + 100)
    for _ in range(6):
        base = rng.choice(["EUR", "USD", "BTC"])
        await income_and_expense_are_right(known, some_ask(rng, base))
        await breakdowns_are_right(known, some_ask(rng, base), rng)
        await cash_flow_is_right(known, some_ask(rng, base))
        await net_worth_is_right(known, some_ask(rng, base))
        await exchange_gains_are_right(known, some_ask(rng, base))


async def income_and_expense_are_right(known: World, ask: Ask) -> None:
    reports, owner = known.person.ledger.reports, known.person.id
    answer = await reports.get_income_expense(owner=owner, ask=ask)
    report = answer.report
    total_in_base = [0, 0]
    assert ask.week_start is not None
    periods = buckets(ask.period, ask.by, ask.week_start)
    assert [bucket.period for bucket in report.buckets] == list(periods)
    for bucket in report.buckets:
        income, expense = category_sums(known, bucket.period)
        assert told(bucket.figures, "income") == nonzero(income)
        assert told(bucket.figures, "expense") == nonzero(expense)
        converted = bucket.figures.in_base
        assert converted is not None
        for i, side in enumerate(("income", "expense")):
            figure = getattr(converted, side)
            assert not figure.unconverted
            expected = side_in_base(known, bucket.period, ask.base, side)
            assert figure.amount == Money(expected, ask.base)
            total_in_base[i] += expected
    income, expense = category_sums(known, ask.period)
    assert told(report.total, "income") == nonzero(income)
    assert told(report.total, "expense") == nonzero(expense)
    converted = report.total.in_base
    assert converted is not None
    assert converted.income.amount.minor_units == total_in_base[0]
    assert converted.net.amount.minor_units == total_in_base[0] - total_in_base[1]

    message = m.income_expense_message(report, ask.period)
    for bucket_message, bucket in list(zip(message.buckets, report.buckets, strict=True))[:3]:
        found = await known.person.list(query=bucket_message.query)
        sums: dict[str, int] = defaultdict(int)
        for transaction in found:
            sums[transaction.amount.currency] += transaction.amount.minor_units
        net = {s.currency: s.net.minor_units for s in bucket.figures.currencies}
        assert nonzero(sums) == nonzero(net)


def side_in_base(known: World, period: Period, base: str, side: str) -> int:
    ids = [c.id for c in known.categories.values() if c.kind.value == side]
    debit, credit = flows_in_base(known, period, base, ids)
    return credit - debit if side == "income" else debit - credit


async def breakdowns_are_right(known: World, ask: Ask, rng: random.Random) -> None:
    reports, owner = known.person.ledger.reports, known.person.id
    for dimension in Dimension:
        wanted = Wanted(rng.choice([None, *CategoryKind]), rng.choice([2, 100]))
        answer = await reports.get_breakdown(
            owner=owner, ask=ask, dimension=dimension, wanted=wanted
        )
        report = answer.report
        income, expense = category_sums(known, ask.period)
        if wanted.kind is not CategoryKind.EXPENSE:
            assert told(report.total, "income") == nonzero(income)
        if wanted.kind is not CategoryKind.INCOME:
            assert told(report.total, "expense") == nonzero(expense)
        if dimension is not Dimension.TAG:
            for side in ("income", "expense"):
                sums: dict[str, int] = defaultdict(int)
                for figures in (*(line.own for line in report.lines), report.rest):
                    for currency, n in told(figures, side).items():
                        sums[currency] += n
                assert nonzero(sums) == told(report.total, side)
        breakdown_in_base_is_right(known, ask, wanted, dimension, report)
        if wanted.kind is None:
            await lines_are_the_entries(known, m.breakdown_message(report, dimension), dimension)


def breakdown_in_base_is_right(
    known: World, ask: Ask, wanted: Wanted, dimension: Dimension, report: Breakdown
) -> None:
    """The total is that of all reports; the lines of categories add up to it."""
    assert report.total.in_base is not None
    is_tree = dimension is Dimension.CATEGORY
    assert report.rest_count == 0 or not is_tree
    for side in ("income", "expense"):
        kind = CategoryKind(side)
        expected = side_in_base(known, ask.period, ask.base, side) if wanted.wants(kind) else 0
        assert getattr(report.total.in_base, side).amount.minor_units == expected
        if is_tree:
            parts = [getattr(line.own.in_base, side) for line in report.lines if line.own.in_base]
            assert sum(part.amount.minor_units for part in parts) == expected


async def lines_are_the_entries(known: World, message: Any, dimension: Dimension) -> None:
    for line in message.lines[:6]:
        found = await known.person.list(query=line.query)
        assert found, line.query
        below = descendants(known, line.id) if dimension is Dimension.CATEGORY else None
        sums: dict[str, int] = defaultdict(int)
        for transaction in found:
            entry = next(e for e in known.entries if e["transaction_id"] == transaction.id)
            for posting in entry["postings"]:
                if posting["account_id"] in (known.categories if below is None else below):
                    sums[posting["currency"]] -= posting["amount"]
        expected = {s.currency: s.net.minor_units for s in line.total.currencies}
        assert nonzero(sums) == nonzero(expected), line.query
        ids = {t.id for t in found}
        for entry in known.live(Period(message.period.from_date, message.period.to_date)):
            if below is not None:
                is_of_it = any(p["account_id"] in below for p in entry["postings"])
                assert is_of_it == (entry["transaction_id"] in ids)


def descendants(known: World, id_: str) -> set[str]:
    found = {id_}
    while more := {c.id for c in known.categories.values() if c.parent_id in found} - found:
        found |= more
    return found


async def cash_flow_is_right(known: World, ask: Ask) -> None:
    reports, owner = known.person.ledger.reports, known.person.id
    answer = await reports.get_cash_flow(owner=owner, ask=ask, account_ids=[])
    report = answer.report
    assert [a.account.id for a in report.accounts] == [a.id for a in known.accounts]
    message = m.cash_flow_message(report, ask.period)
    for of_account, line in zip(report.accounts, message.accounts, strict=True):
        account, moves = of_account.account, of_account.moves
        row = account_row(known, account.id, ask.period)
        assert [
            x.minor_units for x in (moves.inflow, moves.outflow, moves.moved_in, moves.moved_out)
        ] == row
        assert of_account.opening.minor_units == balance(known, account.id, day_before(ask.period))
        assert of_account.closing.minor_units == balance(known, account.id, ask.period.to_date)
        for query, amount in (
            (line.inflow_query, row[0]),
            (line.outflow_query, -row[1]),
        ):
            found = await known.person.list(query=query)
            assert sum(t.amount.minor_units for t in found) == amount, query
        moved = {t.id for t in await known.person.list(query=line.moved_query)}
        assert moved == {
            e["transaction_id"]
            for e in known.live(ask.period)
            if e["kind"] != "standard" and account.id in {p["account_id"] for p in e["postings"]}
        }
    for bucket in report.buckets:
        rows = [(a, account_row(known, a.id, bucket.period)) for a in known.accounts]
        for i, side in enumerate(("inflow", "outflow", "moved_in", "moved_out")):
            sums: dict[str, int] = defaultdict(int)
            for account, row in rows:
                sums[account.currency] += row[i]
            found = {c.inflow.currency: getattr(c, side).minor_units for c in bucket.currencies}
            assert nonzero(found) == nonzero(sums)
            if i < 2:
                ids = [account.id for account in known.accounts]
                expected = flows_in_base(known, bucket.period, ask.base, ids)[i]
                assert getattr(bucket.in_base, side).amount.minor_units == expected


def account_row(known: World, account_id: str, period: Period) -> list[int]:
    row = [0, 0, 0, 0]
    for entry in known.live(period):
        for posting in entry["postings"]:
            if posting["account_id"] == account_id:
                side = (0 if entry["kind"] == "standard" else 2) + (posting["amount"] < 0)
                row[side] += abs(posting["amount"])
    return row


def balance(known: World, account_id: str, day: str) -> int:
    return sum(
        posting["amount"]
        for entry in known.live(Period("1900-01-01", day))
        for posting in entry["postings"]
        if posting["account_id"] == account_id
    )


def day_before(period: Period) -> str:
    return (date.fromisoformat(period.from_date) - timedelta(days=1)).isoformat()


async def net_worth_is_right(known: World, ask: Ask) -> None:
    reports, owner = known.person.ledger.reports, known.person.id
    report = (await reports.get_net_worth(owner=owner, ask=ask)).report
    assert ask.week_start is not None
    periods = buckets(ask.period, ask.by, ask.week_start)
    assert [p.date for p in report.points] == [day_before(ask.period)] + [
        period.to_date for period in periods
    ]
    for i, point in enumerate(report.points):
        sides: list[dict[str, int]] = [defaultdict(int), defaultdict(int)]
        for of_account in report.accounts:
            account = of_account.account
            units = balance(known, account.id, point.date)
            assert of_account.balances[i] == units
            owed = account.type in LIABILITIES
            sides[owed][account.currency] += -units if owed else units
        for worth in point.currencies:
            assert worth.assets.minor_units == sides[0][worth.assets.currency]
            assert worth.liabilities.minor_units == sides[1][worth.assets.currency]
        assert point.in_base is not None
        if point.date >= "2025-01-09":
            assert not point.in_base.net.unconverted
            for side, sums in (("assets", sides[0]), ("liabilities", sides[1])):
                expected = in_base(known, sums, ask.base, point.date)
                assert getattr(point.in_base, side).amount.minor_units == expected
    for line in m.net_worth_message(report, ask.period).accounts:
        found = {t.id for t in await known.person.list(query=line.query)}
        assert found == {
            e["transaction_id"]
            for e in known.live(Period("1900-01-01", ask.period.to_date))
            if line.account_id in {p["account_id"] for p in e["postings"]}
        }


async def exchange_gains_are_right(known: World, ask: Ask) -> None:
    reports, owner = known.person.ledger.reports, known.person.id
    report = await reports.get_exchange_gains(owner=owner, ask=ask)
    naive = NaiveExchange(known, ask.base)
    for bucket in report.buckets:
        before = naive.at(day_before(bucket.period))
        after = naive.at(bucket.period.to_date)
        assert bucket.opening.minor_units == before.worth
        assert bucket.closing.minor_units == after.worth
        # Each conversion of a day is rounded; a hundred of them are off by a few units.
        assert close(bucket.flows, after.flows - before.flows, within=40)
        assert close(bucket.exchange, after.exchange - before.exchange)
        assert close(bucket.unrealised, after.unrealised - before.unrealised)
        # The three parts are the gain to the last unit, and each is what the model says of it.
        assert bucket.exchange + bucket.realised + bucket.unrealised == bucket.gain
        assert bucket.opening + bucket.flows + bucket.gain == bucket.closing
        assert close(bucket.realised, after.realised - before.realised, within=48)
        assert close(bucket.gain, after.revalued + after.exchange - before.revalued
                     - before.exchange, within=48)  # fmt: skip


@pytest.mark.parametrize("seed", range(HISTORIES))
async def test_worth_before_and_what_flowed_and_gains_are_worth_after(mongo, ledger, seed):
    """In every bucket of every division of a period, to the last unit, across reports."""
    known = await world(mongo, ledger, seed + 1_000)
    rng = random.Random(seed)
    reports, owner = known.person.ledger.reports, known.person.id
    for _ in range(4):
        ask = replace(some_ask(rng, rng.choice(["EUR", "USD", "JPY"])), week_start=WeekStart.MONDAY)
        while ask.period.from_date <= "2025-01-09":
            ask = some_ask(rng, ask.base)
        totals = set()
        for by in By:
            ask = replace(ask, by=by)
            flows = (await reports.get_income_expense(owner=owner, ask=ask)).report
            points = (await reports.get_net_worth(owner=owner, ask=ask)).report.points
            gains = (await reports.get_exchange_gains(owner=owner, ask=ask)).buckets
            worths = [point.in_base.net.amount for point in points if point.in_base]
            assert len(worths) == len(gains) + 1
            for i, (bucket, gained) in enumerate(zip(flows.buckets, gains, strict=True)):
                assert bucket.figures.in_base is not None
                net = bucket.figures.in_base.net
                assert worths[i] + net.amount + gained.gain == worths[i + 1]
                assert gained.flows == net.amount
            totals.add((flows.total.in_base, sum(b.gain.minor_units for b in gains)))
        assert len(totals) == 1


async def test_each_flow_is_converted_at_the_rate_of_its_day_however_it_is_told(anna):
    bolivars = await anna.account(currency="VES", opening_balance=Money(0, "VES"))
    for day, value in (("2026-03-01", "40"), ("2026-03-31", "50"), ("2026-04-01", "80")):
        rate = Rate(EntryDate(day), "USD", "VES", Decimal(value), RateSource.MANUAL)
        await anna.ledger.rates.set_rate(owner=anna.id, rate=rate)
    for day in ("2026-03-01", "2026-04-02"):
        await anna.post(TransactionInput(bolivars.id, day, Money(-40_000, "VES"), payee="Shop"))
    reports, spent = anna.ledger.reports, Money(1_500, "USD")
    for by in By:
        ask = Ask(Period("2026-03-01", "2026-04-30"), by, base="USD")
        flows = (await reports.get_income_expense(owner=anna.id, ask=ask)).report
        assert flows.total.in_base.expense.amount == spent
        moves = (await reports.get_cash_flow(owner=anna.id, ask=ask, account_ids=[])).report
        assert moves.in_base.outflow.amount == spent
        for dimension in Dimension:
            told_by = await reports.get_breakdown(
                owner=anna.id, ask=ask, dimension=dimension, wanted=Wanted()
            )
            assert told_by.report.total.in_base.expense.amount == spent
            assert [rate.on for rate in told_by.rates] == ["2026-03-01", "2026-04-02"]


async def test_a_flow_of_before_the_first_rate_is_named_and_the_rest_is_told(anna):
    dollars = await anna.account(currency="USD")
    rate = Rate(EntryDate("2026-03-10"), "USD", "EUR", Decimal(2), RateSource.MANUAL)
    await anna.ledger.rates.set_rate(owner=anna.id, rate=rate)
    for day in ("2026-03-09", "2026-03-11"):
        await anna.post(TransactionInput(dollars.id, day, Money(-100, "USD")))
    ask = Ask(Period("2026-03-01", "2026-03-31"), By.MONTH, base="EUR")
    found = (await anna.ledger.reports.get_income_expense(owner=anna.id, ask=ask)).report.total
    assert found.in_base.expense.amount == Money(200, "EUR")
    assert found.in_base.expense.unconverted == {"USD"}


async def test_what_is_compared_is_the_report_of_those_days(mongo, ledger):
    known = await world(mongo, ledger, 7, operations=40)
    quarter = Period("2025-04-01", "2025-06-30")
    ask = Ask(quarter, By.MONTH, base="USD", compare=[*Comparison, *Comparison])
    reports, owner = known.person.ledger.reports, known.person.id
    answer = await reports.get_income_expense(owner=owner, ask=ask)
    assert [beside.comparison for beside in answer.beside] == list(Comparison)
    for beside in answer.beside:
        alone = Ask(beside.period, By.MONTH, base="USD")
        expected = (await reports.get_income_expense(owner=owner, ask=alone)).report
        assert beside.report == expected
    assert {rate.to for rate in answer.rates} == {"USD"}
    assert all(rate.date <= rate.on for rate in answer.rates)


async def test_what_no_rate_leads_from_is_named_and_never_dropped(anna):
    account = await anna.account(currency="USD", opening_balance=Money(500, "USD"))
    own = await anna.account("Mine", opening_balance=Money(200, "EUR"))
    await anna.post(TransactionInput(account.id, "2026-03-14", Money(-100, "USD")))
    await anna.post(TransactionInput(own.id, "2026-03-14", Money(-40, "EUR")))
    ask = Ask(Period("2026-03-01", "2026-03-31"), By.MONTH, base="EUR")
    reports = anna.ledger.reports
    found = (await reports.get_income_expense(owner=anna.id, ask=ask)).report.total
    assert told(found, "expense") == {"EUR": 40, "USD": 100}
    assert found.in_base.expense.amount == Money(40, "EUR")
    assert found.in_base.net.unconverted == {"USD"}
    worth = (await reports.get_net_worth(owner=anna.id, ask=ask)).report.points[-1]
    assert worth.in_base.net.unconverted == {"USD"}
    with pytest.raises(RateMissing) as missing:
        await reports.get_exchange_gains(owner=anna.id, ask=ask)
    assert missing.value.metadata["from"] == "USD"


async def test_a_gain_on_exchange_in_figures_that_a_person_can_follow(anna):
    """100 USD bought for 90 EUR at a rate of 1.00, 40 USD spent at 1.10, the rest worth 1.20."""
    own = await anna.account("Mine")
    dollars = await anna.account("Dollars", currency="USD")
    for day, value in (("2026-01-01", "1.00"), ("2026-02-01", "1.10"), ("2026-03-01", "1.20")):
        rate = Rate(EntryDate(day), "USD", "EUR", Decimal(value), RateSource.MANUAL)
        await anna.ledger.rates.set_rate(owner=anna.id, rate=rate)
    salary = await anna.category("salary", CategoryKind.INCOME)
    pay = TransactionInput(own.id, "2026-01-05", Money(10_000, "EUR"), category_id=salary.id)
    await anna.post(pay)
    await anna.post(
        TransactionInput(
            own.id, "2026-01-10", Money(-9_000, "EUR"),
            to_account_id=dollars.id, to_amount=Money(10_000, "USD"),
        )
    )  # fmt: skip
    await anna.post(TransactionInput(dollars.id, "2026-02-10", Money(-4_000, "USD")))
    ask = Ask(Period("2026-01-01", "2026-03-31"), By.YEAR, base="EUR")
    report = await anna.ledger.reports.get_exchange_gains(owner=anna.id, ask=ask)
    (bucket,) = report.buckets
    # 100.00 earned less 40 USD at 1.10; then 10 EUR and 60 USD at 1.20 are there.
    assert (bucket.opening, bucket.flows, bucket.closing) == eur(0, 5_600, 8_200)
    assert (bucket.exchange, bucket.realised, bucket.unrealised) == eur(1_000, 400, 1_200)
    assert bucket.gain == Money(2_600, "EUR")
    (held,) = report.positions
    assert (held.worth, held.cost, held.unrealised) == eur(7_200, 6_000, 1_200)
    assert (held.amount, report.rates[0].date) == (Money(6_000, "USD"), "2026-03-01")


def eur(*units: int) -> tuple[Money, ...]:
    return tuple(Money(n, "EUR") for n in units)


async def test_what_cannot_be_told_is_refused(anna):
    reports = anna.ledger.reports
    year = Period("2026-01-01", "2026-12-31")
    for ask in (
        Ask(Period("2026-01-02", "2026-01-01")),
        Ask(Period("1900-01-01", "2200-12-31"), By.DAY),
        Ask(year, base="E$R"),
    ):
        with pytest.raises(InvalidFields):
            await reports.get_income_expense(owner=anna.id, ask=ask)
        with pytest.raises(InvalidFields):
            await reports.get_exchange_gains(owner=anna.id, ask=ask)
    with pytest.raises(InvalidFields):
        await reports.get_breakdown(
            owner=anna.id, ask=Ask(year), dimension=Dimension.PAYEE, wanted=Wanted(limit=1_001)
        )
    with pytest.raises(AccountNotFound):
        await reports.get_cash_flow(owner=anna.id, ask=Ask(year), account_ids=[new_id()])


async def test_an_empty_book_has_reports_of_nothing(anna):
    ask = Ask(Period("2026-01-01", "2026-12-31"), base="EUR", compare=list(Comparison))
    reports = anna.ledger.reports
    found = (await reports.get_income_expense(owner=anna.id, ask=ask)).report
    assert len(found.buckets) == 12
    assert found.total.in_base.net.amount == Money(0, "EUR")
    for dimension in Dimension:
        answer = await reports.get_breakdown(
            owner=anna.id, ask=ask, dimension=dimension, wanted=Wanted()
        )
        assert answer.report.lines == []
    worth = (await reports.get_net_worth(owner=anna.id, ask=ask)).report
    assert {p.in_base.net.amount for p in worth.points} == {Money(0, "EUR")}
    gains = await reports.get_exchange_gains(owner=anna.id, ask=ask)
    assert {b.gain for b in gains.buckets} == {Money(0, "EUR")}
