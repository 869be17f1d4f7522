"""A book with a random history, and the naive recount of what its reports should say."""

import random
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from typing import Any

from ledger_world import Person

from kit.ids import new_id
from kit.money import Money, exponent
from ledger.domain.account import Account, AccountDraft, AccountType
from ledger.domain.book_settings import WeekStart
from ledger.domain.category import Category, CategoryKind
from ledger.domain.fields import EntryDate
from ledger.domain.posting import Key
from ledger.domain.rate import Rate, RateSource, RateTable
from ledger.domain.report import By, Period
from ledger.domain.report.ask import Ask
from ledger.domain.report.net_worth import LIABILITIES
from ledger.domain.transaction import Split, Transaction, TransactionInput
from ledger.repository.rates import Rates

FIRST, DAYS = date(2025, 1, 10), 500
PAYEES = ["Café Zoë", "CAFE ZOE", "Corner Shop", 'The "Best" \\ Shop', "ACME 24/7", ""]
TAGS = ["Food", "food", "work", "trip to Rome"]
CURRENCIES = ["EUR", "EUR", "USD", "JPY", "BTC", "KWD"]


@dataclass
class World:
    """A book with a random history, and all that the naive recount needs of it."""

    person: Person
    accounts: list[Account]
    categories: dict[str, Category]
    rates: RateTable
    entries: list[dict[str, Any]]

    def live(self, period: Period) -> Iterator[dict[str, Any]]:
        return (e for e in self.entries if period.from_date <= e["date"] <= period.to_date)

    def own(self) -> dict[str, Account]:
        return {account.id: account for account in self.accounts}


async def world(mongo: Any, ledger: Any, seed: int, operations: int = 90) -> World:
    rng = random.Random(seed)
    person = Person(ledger, new_id())
    accounts = []
    for i, currency in enumerate(CURRENCIES):
        draft = AccountDraft(
            f"Account {i}",
            rng.choice(list(AccountType)),
            currency,
            opening_balance=Money(rng.randrange(-9_000, 90_000), currency),
            opening_date="2025-01-09",
        )
        state = await ledger.accounts.create_account(
            owner=person.id, actor=person.id, draft=draft, key=Key()
        )
        accounts.append(state.account)
    categories = {c.id: c for c in await ledger.categories.list_categories(owner=person.id)}
    posted: list[Transaction] = []
    for _ in range(operations):
        input_ = something(rng, accounts, list(categories.values()))
        act = rng.random()
        if posted and act < 0.15:
            victim = posted.pop(rng.randrange(len(posted)))
            posted.append(await person.edit(victim, input_))
        elif posted and act < 0.25:
            await person.delete(posted.pop(rng.randrange(len(posted))))
        else:
            posted.append(await person.post(input_))
    known = [
        Rate(EntryDate((FIRST + timedelta(days=n)).isoformat()), "EUR", currency,
             Decimal(rng.randrange(1, 30_000)) / 10_000, RateSource.MANUAL)
        for n in range(-3, DAYS, 3)
        for currency in ("USD", "JPY", "BTC", "KWD")
    ]  # fmt: skip
    await Rates(mongo).put(person.id, known)
    rows = await mongo.db.entries.find({"user_id": person.id, "live": True}).to_list()
    return World(person, accounts, categories, RateTable(known), rows)


def something(
    rng: random.Random, accounts: list[Account], categories: list[Category]
) -> TransactionInput:
    account, other = rng.sample(accounts, 2)
    amount = Money(rng.choice([-1, -1, 1]) * rng.randrange(10, 9_000), account.currency)
    said: dict[str, Any] = {
        "date": (FIRST + timedelta(days=rng.randrange(DAYS))).isoformat(),
        "payee": rng.choice(PAYEES),
        "tags": tuple(rng.sample(TAGS, rng.randrange(3))),
    }
    kind = rng.random()
    if kind < 0.2:
        said["to_account_id"] = other.id
        if other.currency != account.currency:
            sign = -1 if amount.minor_units > 0 else 1
            said["to_amount"] = Money(sign * rng.randrange(1, 9_000), other.currency)
    elif kind < 0.4:
        part = rng.randrange(-50, 50) or 7
        rest = amount.minor_units - part
        said["splits"] = tuple(
            Split(rng.choice(["", rng.choice(categories).id]), Money(units, account.currency))
            for units in (part, rest)
            if units
        )
    elif kind < 0.9:
        said["category_id"] = rng.choice(categories).id
    return TransactionInput(account.id, amount=amount, **said)


def some_ask(rng: random.Random, base: str = "", **more: Any) -> Ask:
    start = FIRST + timedelta(days=rng.randrange(-30, DAYS))
    if rng.random() < 0.4:
        start = start.replace(day=1)
    end = start + timedelta(days=rng.choice([0, 6, 30, 90, 400]))
    return Ask(
        Period(start.isoformat(), end.isoformat()),
        rng.choice(list(By)),
        rng.choice(list(WeekStart)),
        base,
        **more,
    )


def category_sums(world: World, period: Period) -> tuple[dict[str, int], dict[str, int]]:
    """Income and expense by currency."""
    income: dict[str, int] = defaultdict(int)
    expense: dict[str, int] = defaultdict(int)
    for entry in world.live(period):
        for posting in entry["postings"]:
            if category := world.categories.get(posting["account_id"]):
                is_income = category.kind is CategoryKind.INCOME
                side, sign = (income, -1) if is_income else (expense, 1)
                side[posting["currency"]] += sign * posting["amount"]
    return income, expense


def in_base(world: World, sums: dict[str, int], base: str, on: str) -> int:
    return sum(
        world.rates.applied(c, base, on).convert(Money(n, c)).minor_units
        for c, n in sums.items()
        if n
    )


def flows_in_base(
    world: World, period: Period, base: str, ids: Iterable[str], *, moves: bool = False
) -> tuple[int, int]:
    """Debits and credits of these accounts or categories, those of each day converted at its rate.
    Transfers and opening balances are left out unless `moves`."""
    wanted, sides = set(ids), defaultdict[tuple[str, str, str, bool], int](int)
    for entry in world.live(period):
        for posting in entry["postings"]:
            if posting["account_id"] in wanted and (moves or entry["kind"] == "standard"):
                units, currency = posting["amount"], posting["currency"]
                sides[posting["account_id"], currency, entry["date"], units > 0] += abs(units)
    sums = {True: 0, False: 0}
    for (_, currency, day, is_debit), units in sides.items():
        rate = world.rates.applied(currency, base, day)
        sums[is_debit] += rate.convert(Money(units, currency)).minor_units
    return sums[True], sums[False]


def told(figures: Any, side: str) -> dict[str, int]:
    return {
        s.currency: getattr(s, side).minor_units
        for s in figures.currencies
        if getattr(s, side).minor_units
    }


def nonzero(sums: dict[str, int]) -> dict[str, int]:
    return {key: n for key, n in sums.items() if n}


def close(money: Money, exact: Fraction, within: int = 1) -> bool:
    """Rounded, and rounded again where it is the rest of other roundings."""
    return abs(money.minor_units - exact) <= within


@dataclass
class Naive:
    worth: int
    flows: Fraction
    exchange: Fraction
    unrealised: Fraction
    realised: Fraction
    revalued: Fraction


class NaiveExchange:
    """Goes through all days one by one, in minor units of the base currency."""

    def __init__(self, known: World, base: str) -> None:
        self.known, self.base = known, base

    def rate(self, currency: str, day: str) -> Fraction:
        scale = Fraction(10 ** exponent(self.base), 10 ** exponent(currency))
        return self.known.rates.applied(currency, self.base, day).factor * scale

    def at(self, last: str) -> Naive:
        flows = exchange = realised = revalued = unrealised = Fraction(0)
        worth = 0
        for currency in sorted(set(CURRENCIES)):
            held = cost = Fraction(0)
            rate_before = Fraction(0)
            day = date(2025, 1, 9)
            while day.isoformat() <= last:
                rate = self.rate(currency, day.isoformat())
                revalued += held * (rate - rate_before)
                rate_before = rate
                change, swapped = self.changes(currency, day.isoformat())
                flows += (change - swapped) * rate
                exchange += swapped * rate
                left = -change if held > 0 else change
                if held and held * change < 0:
                    settled = min(abs(held), left)
                    average = cost / held
                    sign = 1 if held > 0 else -1
                    realised += sign * settled * (rate - average)
                    cost -= sign * settled * average
                    held -= sign * settled
                    change += sign * settled
                held += change
                cost += change * rate
                day += timedelta(days=1)
            worth += self.worth(currency, last)
            if held:
                unrealised += held * self.rate(currency, last) - cost
        return Naive(worth, flows, exchange, unrealised, realised, revalued)

    def worth(self, currency: str, day: str) -> int:
        """Assets and liabilities, each rounded."""
        sums = {True: 0, False: 0}
        own = self.known.own()
        for entry in self.known.live(Period("1900-01-01", day)):
            for posting in entry["postings"]:
                if posting["currency"] == currency and posting["account_id"] in own:
                    sums[own[posting["account_id"]].type in LIABILITIES] += posting["amount"]
        return sum(round(units * self.rate(currency, day)) for units in sums.values() if units)

    def changes(self, currency: str, day: str) -> tuple[int, int]:
        own, change, swapped = self.known.own(), 0, 0
        for entry in self.known.live(Period(day, day)):
            for posting in entry["postings"]:
                if posting["currency"] == currency and posting["account_id"] in own:
                    change += posting["amount"]
                    is_swap = entry["kind"] == "transfer" and len(entry["postings"]) == 4
                    swapped += posting["amount"] if is_swap else 0
        return change, swapped
