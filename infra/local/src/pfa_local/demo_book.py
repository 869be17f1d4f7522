"""Eighteen months of one household, made up from a seed, and put into a book through the REST API.

Amounts are minor units of US dollars. Filling again adds nothing: every transaction has its own
idempotency key, and the first day is kept in `.local` so that the keys mean the same days.
"""

from __future__ import annotations

import json
import random
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Final

from pfa_local.rest import Api, Json, Refused, categories_by_key, decimal_text
from specimens import draw_receipt

CURRENCY: Final = "USD"
DAYS: Final = 548
_SEED: Final = 20
_BATCH: Final = 250
_DONE: Final = "complete"

ACCOUNTS: Final[dict[str, Json]] = {
    "checking": {"name": "Everyday", "type": "checking", "opening_balance": "3250.00"},
    "savings": {"name": "Rainy day", "type": "savings", "opening_balance": "12400.00"},
    "card": {"name": "Credit card", "type": "credit_card", "opening_balance": "-412.60"},
    "cash": {"name": "Wallet", "type": "cash", "opening_balance": "120.00"},
}


@dataclass(frozen=True, slots=True)
class Habit:
    """Something paid for now and then: `times` a month on average, within a range of prices."""

    payees: tuple[str, ...]
    category: str
    account: str
    times: float
    least: int
    most: int


@dataclass(frozen=True, slots=True)
class Bill:
    """Something that comes on one day of the month, signed from the account's view."""

    payee: str
    category: str
    account: str
    day: int
    amount: int


HABITS: Final = (
    Habit(("Harbour Street Grocers", "Greenfield Market", "Corner Basket"), "groceries", "card",
          7.5, 1800, 13_500),
    Habit(("Luigi's Trattoria", "Saffron House", "Noodle Lane", "The Oyster Shed"), "restaurants",
          "card", 3.2, 1900, 9_800),
    Habit(("Copper Kettle Cafe", "Bean & Leaf"), "coffee", "cash", 5.5, 320, 980),
    Habit(("City Transit", "Yellow Cab Co"), "transport", "card", 3.0, 275, 3_400),
    Habit(("Fuel Stop 21",), "fuel", "card", 1.8, 3200, 6_900),
    Habit(("Meridian Pharmacy",), "pharmacy", "card", 0.8, 650, 4_800),
    Habit(("Larkspur Clothing", "Stride Shoes"), "clothing", "card", 0.6, 2900, 16_500),
    Habit(("Blue Door Books",), "books", "card", 0.7, 900, 4_200),
    Habit(("Hammer & Fern Home",), "home_garden", "card", 0.5, 1500, 18_900),
    Habit(("Regent Cinema", "City Concert Hall"), "entertainment", "card", 0.9, 1400, 11_000),
    Habit(("Volt & Wire Electronics",), "electronics", "card", 0.15, 4900, 89_900),
    Habit(("Fox & Flask",), "bars", "cash", 0.9, 800, 3_200),
)  # fmt: skip

BILLS: Final = (
    Bill("Orchard Software Ltd", "salary", "checking", 27, 486_500),
    Bill("Willow Lane Rentals", "housing_rent", "checking", 1, -165_000),
    Bill("Clearline Internet", "internet_phone", "checking", 5, -5_999),
    Bill("Beacon Mobile", "internet_phone", "checking", 9, -3_800),
    Bill("Tidewater Insurance", "insurance", "checking", 12, -11_240),
    Bill("Streambox", "streaming", "card", 15, -1_299),
    Bill("Anvil Gym", "fitness", "card", 3, -4_500),
    Bill("First Harbour Bank", "interest", "savings", 28, 2_870),
)


def make_transactions(first_day: date, *, days: int = DAYS) -> list[Json]:
    """The household's transactions from `first_day` on, oldest first.

    `account` and `to_account` are keys of ACCOUNTS, `category` is a key of the default categories.
    The same first day gives the same list.
    """
    rng = random.Random(_SEED)  # noqa: S311  a made-up life, not a secret
    made = []
    for offset in range(days):
        day = first_day + timedelta(days=offset)
        made += [*_bills_of(day, rng), *_habits_of(day, rng), *_occasions_of(day, rng)]
        made += _transfers_of(day, made)
    return made


def _bills_of(day: date, rng: random.Random) -> Iterator[Json]:
    for bill in BILLS:
        if bill.day == day.day:
            yield _transaction(day, bill.account, bill.amount, bill.payee, bill.category)
    if day.day == 18:
        winter = {12: 1.9, 1: 2.1, 2: 1.8, 3: 1.4, 11: 1.5}.get(day.month, 1.0)
        amount = -int(rng.randrange(5_200, 7_900) * winter)
        yield _transaction(day, "checking", amount, "Northern Power & Light", "utilities")


def _habits_of(day: date, rng: random.Random) -> Iterator[Json]:
    for habit in HABITS:
        if rng.random() < habit.times / 30.4:
            amount = -rng.randrange(habit.least, habit.most)
            yield _transaction(day, habit.account, amount, rng.choice(habit.payees), habit.category)


def _occasions_of(day: date, rng: random.Random) -> Iterator[Json]:
    if (day.month, day.day) == (7, 2):
        yield _transaction(day, "card", -61_240, "Albatross Air", "flights")
    if (day.month, day.day) == (8, 9):
        yield _transaction(day, "card", -84_500, "Hotel Miramar", "hotels")
    if day.month == 12 and day.day in (6, 13, 20):
        amount = -rng.randrange(3_500, 14_000)
        yield _transaction(day, "card", amount, "Paper & Ribbon Gifts", "gifts_donations")
    if (day.month, day.day) == (4, 11):
        yield _transaction(day, "checking", 78_400, "Revenue Service refund", "refund")


def _transfers_of(day: date, before: list[Json]) -> Iterator[Json]:
    if day.day == 28:
        yield _transfer(day, "checking", "savings", 40_000, "To savings")
    if day.day == 2:
        yield _transfer(day, "checking", "cash", 6_000, "Cash machine")
    if day.day == 20:
        spent = -sum(made["amount"] for made in before if _on_card_since(made, day))
        if spent > 0:
            yield _transfer(day, "checking", "card", spent, "Card payment")


def _on_card_since(made: Json, day: date) -> bool:
    """Whether it is one of the card's purchases of the thirty days before `day`."""
    recent = day - timedelta(days=30) <= date.fromisoformat(made["date"]) < day
    return bool(made["account"] == "card" and recent and made["amount"] < 0)


def _transaction(day: date, account: str, amount: int, payee: str, category: str) -> Json:
    return {
        "date": day.isoformat(),
        "account": account,
        "amount": amount,
        "payee": payee,
        "category": category,
    }


def _transfer(day: date, source: str, target: str, amount: int, payee: str) -> Json:
    return {
        "date": day.isoformat(),
        "account": source,
        "to_account": target,
        "amount": -amount,
        "payee": payee,
    }


class DemoBook:
    """The demo person's book behind one gateway; `home` remembers what was put into it."""

    def __init__(self, api: Api, *, home: Path, today: date | None = None) -> None:
        self._api = api
        self._stamp = home / "demo-book.json"
        self._today = today or date.today()  # noqa: DTZ011  a calendar day of the person's

    def fill(self, *, email: str, password: str) -> int:
        """Sign the person up and fill the book; returns how many transactions were added."""
        state = self._state()
        if state.get(_DONE) == email:
            return 0
        first_day = date.fromisoformat(
            state.setdefault("first_day", (self._today - timedelta(days=DAYS)).isoformat())
        )
        self._stamp.write_text(json.dumps(state))
        self._enter(email=email, password=password)
        accounts = self._open_accounts(first_day)
        added = self._add(make_transactions(first_day), accounts)
        self._leave_documents_for_review(accounts["card"])
        self._stamp.write_text(json.dumps({**state, _DONE: email}))
        return added

    def _state(self) -> dict[str, str]:
        if not self._stamp.exists():
            return {}
        state: dict[str, str] = json.loads(self._stamp.read_text())
        return state

    def _enter(self, *, email: str, password: str) -> None:
        try:
            self._api.register(email=email, password=password, name="Robin Demo")
        except Refused as refusal:
            if refusal.slug != "email-taken":
                raise
            self._api.log_in(email=email, password=password)

    def _open_accounts(self, first_day: date) -> dict[str, str]:
        there = {account["name"]: account["id"] for account in self._api.items("/accounts")}
        for key, account in ACCOUNTS.items():
            if account["name"] not in there:
                body = {**account, "currency": CURRENCY, "opening_date": first_day.isoformat()}
                opened = self._api.post("/accounts", body, key=f"demo-account-{key}")
                there[account["name"]] = opened["id"]
        return {key: there[account["name"]] for key, account in ACCOUNTS.items()}

    def _add(self, transactions: list[Json], accounts: dict[str, str]) -> int:
        categories = categories_by_key(self._api.items("/categories"))
        rows = [
            _request(number, made, accounts, categories) for number, made in enumerate(transactions)
        ]
        added = 0
        for start in range(0, len(rows), _BATCH):
            answer = self._api.post("/transactions:bulk", rows[start : start + _BATCH])
            if answer["refused"]:
                refused = [row for row in answer["results"] if row["status"] == "refused"]
                raise RuntimeError(f"the demo book was refused: {refused[0]}")
            added += answer["added"]
        return added

    def _leave_documents_for_review(self, account_id: str) -> None:
        """Two receipts wait in the review queue, so that it isn't empty at first sight."""
        for seed in (11, 12):
            photo = draw_receipt(seed, merchant="HARBOUR STREET GROCERS")
            self._api.upload(
                name=f"receipt-{seed}.jpg",
                data=photo.data,
                media_type=photo.content_type,
                account_id=account_id,
            )


def _request(number: int, made: Json, accounts: dict[str, str], categories: dict[str, str]) -> Json:
    """A transaction as POST /transactions:bulk takes it."""
    request: Json = {
        "idempotency_key": f"demo-{made['date']}-{number}",
        "account_id": accounts[made["account"]],
        "date": made["date"],
        "amount": decimal_text(made["amount"]),
        "payee": made["payee"],
    }
    if "to_account" in made:
        request["to_account_id"] = accounts[made["to_account"]]
    else:
        request["category_id"] = categories[made["category"]]
    return request
