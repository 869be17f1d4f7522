"""What comes again, before the real ledger."""

import asyncio
from datetime import UTC, date, datetime, timedelta

import pytest
from gateway_world import ok, pointers, problem

from gateway.models.recurring import NewRecurring, Recurring, RecurringChange
from pfa.ledger.v1 import recurring_pb2, transaction_pb2

pytestmark = pytest.mark.stack


def today() -> date:
    return datetime.now(UTC).date()


def rent(account, **more):
    return {
        "rule": "FREQ=WEEKLY",
        "date": (today() + timedelta(days=2)).isoformat(),
        "account_id": account["id"],
        "amount": "-700.00",
        "currency": "EUR",
        "payee": "Landlord",
        **more,
    }


async def test_a_series_is_upcoming_arrives_and_is_skipped(ada):
    account = await ada.open_account(opening_balance="1000.00", opening_date="2026-01-01")
    made = await ada.post("/recurring", rent(account))
    assert (made["name"], made["kind"], made["status"]) == ("Landlord", "bill", "pending")
    first = made["starts_on"]
    assert made["next_on"] == first

    upcoming = await ada.get("/upcoming?days=10")
    assert [(row["state"], row["amount"]) for row in upcoming["items"]] == [
        ("upcoming", "-700.00"),
        ("upcoming", "-700.00"),
    ]
    forecast = await ada.get("/forecast?days=10")
    (mine,) = forecast["accounts"]
    assert mine["points"][0] == {"date": today().isoformat(), "balance": "1000.00"}
    second = (date.fromisoformat(first) + timedelta(days=7)).isoformat()
    assert mine["lowest"] == {"date": second, "balance": "-400.00"}

    paid = await ada.spend(account, date=first, amount="-710.00", payee="LANDLORD")
    calendar = await ada.get(f"/recurring:occurrences?from={first}&to={second}")
    assert [(row["state"], row["price_changed"]) for row in calendar["items"]] == [
        ("arrived", True),
        ("upcoming", False),
    ]
    assert calendar["items"][0]["transaction_id"] == paid["id"]

    path = f"/recurring/{made['id']}"
    assert (await ada.post(f"{path}:skip", {"date": second}))["skipped"] == [second]
    assert (await ada.get("/upcoming?days=10"))["items"] == []
    assert (await ada.post(f"{path}:reopen", {"date": second}))["skipped"] == []
    settled = {"date": second, "transaction_id": paid["id"]}
    await ada.post(f"{path}:settle", settled)
    found = problem(
        await ada.request("POST", f"{path}:skip", json={"date": "2020-01-01"}), 404, "not-found"
    )
    assert pointers(found) == ["/date"]


async def test_a_series_changes_and_refuses_rules_that_are_no_days(ada):
    account = await ada.open_account()
    said = rent(account, splits=[{"amount": "-500.00"}, {"amount": "-200.00", "memo": "heat"}])
    made = await ada.post("/recurring", said, headers={"idempotency-key": "r1"})
    assert await ada.post("/recurring", said, headers={"idempotency-key": "r1"}) == made
    path = f"/recurring/{made['id']}"

    changed = await ada.patch(path, {"name": "Flat", "low": "-750.00"})
    assert (changed["name"], changed["low"], changed["high"]) == ("Flat", "-750.00", "-700.00")
    assert changed["splits"] == made["splits"]
    assert (await ada.patch(path, {"low": None}))["low"] is None
    stale = {"if-match": '"1"'}
    response = await ada.request("PATCH", path, json={"name": "X"}, headers=stale)
    problem(response, 412, "version-mismatch")
    wrong = rent(account, rule="FREQ=SECONDLY", low="1.00")
    found = problem(await ada.request("POST", "/recurring", json=wrong), 422, "validation-error")
    assert set(pointers(found)) == {"/rule", "/low"}
    assert (await ada.request("DELETE", path)).status_code == 204
    problem(await ada.request("GET", path), 404, "not-found")


async def test_what_the_history_shows_is_made_a_series_or_dismissed(ada):
    account = await ada.open_account()
    for weeks in range(1, 6):
        day = (today() - timedelta(weeks=weeks)).isoformat()
        await ada.spend(account, date=day, amount="-9.99", payee="Veggie Box")
        await ada.spend(account, date=day, amount="-20.00", payee="Cleaner")

    found = {each["payee"]: each for each in (await ada.get("/recurring:detect"))["items"]}
    box = found["Veggie Box"]
    assert (box["kind"], box["interval"], box["amount"]) == ("bill", "weekly", "-9.99")
    assert [seen["gap_days"] for seen in box["evidence"]] == [None, 7, 7, 7, 7]
    named = ("payee", "account_id", "rule", "date", "amount", "currency")
    await ada.post("/recurring", {name: box[name] for name in named})
    body = {"id": found["Cleaner"]["id"]}
    assert (await ada.request("POST", "/recurring:dismiss", json=body)).status_code == 204
    assert (await ada.get("/recurring:detect"))["items"] == []


async def test_what_is_due_today_is_posted_by_the_ledger_itself(ada):
    account = await ada.open_account()
    said = rent(account, date=today().isoformat(), autopost=True)
    made = await ada.post("/recurring", said)

    async def mine() -> list:
        return (await ada.get("/transactions"))["items"]

    async with asyncio.timeout(90):
        while not await mine():
            await asyncio.sleep(0.5)
    (posted,) = await mine()
    assert (posted["amount"], posted["status"], posted["date"]) == (
        "-700.00",
        "pending",
        today().isoformat(),
    )
    response = await ada.request("GET", f"/recurring/{made['id']}")
    assert ok(response)["problem"] is None


SAID = {
    "name": "Refund of the rent",
    "date": "2026-12-01",
    "amount": "700.00",
    "payee": "Landlord",
    "description": "by agreement",
    "tags": ["home"],
    "refund_of": "01900000-0000-7000-8000-000000000002",
    "document_ids": ["01900000-0000-7000-8000-000000000003"],
    "status": "cleared",
    "low": "600.00",
    "high": "800.00",
    "tolerance_days": 3,
}
FORMS = {
    "one category": {"category_id": "01900000-0000-7000-8000-000000000004"},
    "splits": {"splits": [{"category_id": None, "amount": "700.00", "memo": "heat"}]},
    "transfer": {
        "to_account_id": "01900000-0000-7000-8000-000000000005",
        "to_amount": "-800.00",
        "to_currency": "USD",
    },
}


@pytest.mark.parametrize("form", FORMS)
def test_json_says_every_field_of_a_series_and_a_change_of_nothing_keeps_it(form):
    account_id = "01900000-0000-7000-8000-000000000001"
    required = {"rule": "FREQ=MONTHLY", "account_id": account_id, "currency": "EUR"}
    said = {**required, **SAID, **FORMS[form]}
    made = NewRecurring.model_validate(said)

    message = recurring_pb2.Recurring(
        kind=recurring_pb2.RECURRING_KIND_INCOME, tracked_from="2026-12-01", input=made.input()
    )
    answered = Recurring.of(message)

    told = answered.model_dump()
    assert {k: told["starts_on" if k == "date" else k] for k in said} == said
    assert RecurringChange().over(answered) == made
    assert RecurringChange().over(answered).input() == message.input


def test_json_knows_every_field_of_the_message():
    named = set(NewRecurring.model_fields) | {"origin"}

    assert {f.name for f in transaction_pb2.TransactionInput.DESCRIPTOR.fields} <= named
