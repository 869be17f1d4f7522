"""Budgets and goals, before the real ledger."""

import asyncio
from datetime import UTC, datetime

import pytest
from gateway_world import frames, ok, pointers, problem

pytestmark = pytest.mark.stack


async def leaf(person, key: str) -> str:
    categories = (await person.get("/categories"))["items"]
    return next(c["id"] for c in categories if c["key"] == key)


def today() -> str:
    return datetime.now(UTC).date().isoformat()


async def test_a_budget_is_planned_spent_covered_and_copied(ada):
    account, groceries = await ada.open_account(), await leaf(ada, "groceries")
    food = await ada.post(
        "/budgets",
        {
            "name": "Food",
            "scope": {"kind": "category", "id": groceries},
            "amount": "100.00",
            "currency": "EUR",
            "rollover": "unspent",
        },
    )
    trip = await ada.post(
        "/budgets",
        {
            "name": "Trip",
            "scope": {"kind": "tag", "id": "rome"},
            "amount": "50.00",
            "currency": "EUR",
            "thresholds": [90],
        },
    )
    assert (food["every"], food["thresholds"], trip["thresholds"]) == ("month", [80, 100], [90])
    await ada.spend(account, date=today(), amount="-60.00", category_id=groceries, tags=["Rome"])

    progress = await ada.get("/budgets:progress")
    rows = {row["budget_id"]: row for row in progress["items"]}
    assert rows[food["id"]]["spent_percent"] == 60
    assert (rows[trip["id"]]["left"], rows[trip["id"]]["exceeded"]) == ("-10.00", True)
    assert rows[trip["id"]]["reached"] == [90]
    assert progress["today"] == today()

    body = {"from_budget_id": food["id"], "to_budget_id": trip["id"], "amount": "10.00"}
    covered = (await ada.post("/budgets:cover", body))["items"]
    assert [(row["planned"], row["left"]) for row in covered] == [
        ("90.00", "30.00"),
        ("60.00", "0.00"),
    ]
    copied = (await ada.post("/budgets:copy", {"budget_ids": [food["id"]]}))["items"]
    assert [term["amount"] for term in copied[0]["terms"]] == ["100.00", "90.00"]
    response = await ada.request("GET", f"/budgets/{food['id']}")
    assert ok(response) == copied[0]
    assert response.headers["etag"] == '"3"'
    assert (await ada.get("/budgets:suggest?months=6"))["items"] == []


async def test_a_budget_changes_with_its_version_and_refuses_what_no_budget_is(ada):
    groceries = await leaf(ada, "groceries")
    said = {
        "name": "Food",
        "scope": {"kind": "category", "id": groceries},
        "amount": "100.00",
        "currency": "EUR",
    }
    made = await ada.post("/budgets", said, headers={"idempotency-key": "b1"})
    assert await ada.post("/budgets", said, headers={"idempotency-key": "b1"}) == made
    path = f"/budgets/{made['id']}"

    changed = await ada.patch(path, {"amount": "120.00"}, headers={"if-match": '"1"'})
    assert changed["terms"][-1]["amount"] == "120.00"
    ended = await ada.patch(path, {"ends_on": "2030-01-31"})
    assert (ended["ends_on"], ended["version"]) == ("2030-01-31", 3)
    assert (await ada.patch(path, {"ends_on": None}))["ends_on"] is None
    stale = {"if-match": '"1"'}
    problem(await ada.request("PATCH", path, json={"name": "X"}, headers=stale), 412,
            "version-mismatch")  # fmt: skip
    wrong = {**said, "amount": "-1.00", "every": "span"}
    found = problem(await ada.request("POST", "/budgets", json=wrong), 422, "validation-error")
    assert set(pointers(found)) == {"/amount", "/starts_on", "/ends_on"}
    nowhere = {**said, "scope": {"kind": "account", "id": made["id"]}}
    found = problem(await ada.request("POST", "/budgets", json=nowhere), 404, "not-found")
    assert pointers(found) == ["/scope/id"]
    assert (await ada.request("DELETE", path)).status_code == 204
    problem(await ada.request("GET", path), 404, "not-found")


async def test_a_threshold_arrives_among_the_live_events(ada):
    account, groceries = await ada.open_account(), await leaf(ada, "groceries")
    budget = await ada.post(
        "/budgets",
        {
            "name": "Food",
            "scope": {"kind": "category", "id": groceries},
            "amount": "10.00",
            "currency": "EUR",
        },
    )
    async with ada.client.stream("GET", "/api/v1/events") as response, asyncio.timeout(60):
        told = frames(response)
        await anext(told)
        await ada.spend(account, date=today(), amount="-8.00", category_id=groceries)
        async for name, data in told:
            if name == "budget.threshold_reached":
                assert data["subject"] == budget["id"]
                break


async def test_a_goal_says_what_each_month_has_to_bring(ada):
    year = datetime.now(UTC).year + 1
    goal = await ada.post(
        "/goals",
        {"name": "Bike", "target": "1000.00", "currency": "EUR", "target_date": f"{year}-12-31"},
    )
    path = f"/goals/{goal['id']}"
    after = await ada.post(f"{path}/contributions", {"amount": "100.00", "note": "gift"})
    assert (after["saved"], after["missing"], after["saved_percent"]) == ("100.00", "900.00", 10)
    minor = [int(need["amount"].replace(".", "")) for need in after["plan"]]
    assert sum(minor) == 900_00
    assert after["monthly"] == after["plan"][0]["amount"]
    changed = await ada.patch(path, {"target": "100.00"}, headers={"if-match": '"2"'})
    assert (changed["reached"], changed["plan"], changed["monthly"]) == (True, [], "0.00")
    assert [g["id"] for g in (await ada.get("/goals"))["items"]] == [goal["id"]]
    late = {"name": "", "target": "0", "currency": "EUR", "target_date": "2020-01-01"}
    problem(await ada.request("POST", "/goals", json=late), 422, "validation-error")
    assert (await ada.request("DELETE", path)).status_code == 204
    problem(await ada.request("GET", path), 404, "not-found")
