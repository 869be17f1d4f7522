"""Accounts, categories, transactions and reports, before the real ledger."""

import json

import pytest
from gateway_world import ok, pointers, problem

pytestmark = pytest.mark.stack


async def test_an_account_is_opened_shown_changed_and_closed(ada):
    account = await ada.open_account(opening_balance="100.00", opening_date="2026-11-01")
    assert account["balance"] == "100.00"
    response = await ada.request("GET", f"/accounts/{account['id']}")
    assert ok(response) == account
    assert response.headers["etag"] == f'"{account["version"]}"'

    changed = await ada.patch(
        f"/accounts/{account['id']}", {"name": "Main"}, headers={"if-match": '"1"'}
    )
    assert (changed["name"], changed["version"]) == ("Main", 2)
    stale = {"if-match": '"1"'}
    response = await ada.request(
        "PATCH", f"/accounts/{account['id']}", json={"name": "X"}, headers=stale
    )
    problem(response, 412, "version-mismatch")
    response = await ada.request("DELETE", f"/accounts/{account['id']}")
    problem(response, 409, "account-has-balance")

    empty = await ada.open_account(name="Old")
    assert (await ada.request("DELETE", f"/accounts/{empty['id']}")).status_code == 204
    assert [a["name"] for a in (await ada.get("/accounts"))["items"]] == ["Main"]
    refused = {"account_id": empty["id"], "date": "2026-11-20", "amount": "1.00", "payee": "x"}
    problem(await ada.request("POST", "/transactions", json=refused), 409, "account-closed")


async def test_a_transaction_is_booked_changed_and_taken_out(ada):
    account = await ada.open_account(opening_balance="100.00")
    groceries = await category(ada, "groceries")
    booked = await ada.spend(account, category_id=groceries, tags=["food"])
    assert (booked["amount"], booked["currency"], booked["category_id"]) == (
        "-4.50",
        "EUR",
        groceries,
    )
    path = f"/transactions/{booked['id']}"
    assert await ada.get(path) == booked

    changed = await ada.patch(path, {"amount": "-5.00"})
    assert (changed["amount"], changed["category_id"], changed["tags"]) == (
        "-5.00",
        groceries,
        ["food"],
    )
    uncategorised = await ada.patch(path, {"category_id": None})
    assert uncategorised["category_id"] is None
    history = (await ada.get(f"{path}/history"))["items"]
    assert [step["change"] for step in history] == ["created", "edited", "edited"]
    assert (await ada.get(f"/accounts/{account['id']}"))["balance"] == "95.00"

    assert (await ada.request("DELETE", path)).status_code == 204
    problem(await ada.request("GET", path), 404, "not-found")
    problem(await ada.request("PATCH", path, json={"payee": "x"}), 404, "not-found")
    assert (await ada.get(f"/accounts/{account['id']}"))["balance"] == "100.00"


async def test_splits_and_transfers_keep_their_shape_when_something_else_changes(ada):
    account, other = await ada.open_account(), await ada.open_account(name="Savings")
    groceries, fuel = await category(ada, "groceries"), await category(ada, "fuel")
    splits = [
        {"category_id": groceries, "amount": "-3.00", "memo": "bread"},
        {"category_id": fuel, "amount": "-1.50", "memo": ""},
    ]
    split = await ada.spend(account, splits=splits)
    assert split["category_id"] is None
    assert (await ada.patch(f"/transactions/{split['id']}", {"payee": "Y"}))["splits"] == splits
    response = await ada.request("PATCH", f"/transactions/{split['id']}", json={"amount": "-9.00"})
    assert pointers(problem(response, 422, "validation-error"))[0].startswith("/splits")

    moved = await ada.spend(account, to_account_id=other["id"])
    assert (moved["kind"], moved["splits"]) == ("transfer", [])
    path = f"/transactions/{moved['id']}"
    assert (await ada.patch(path, {"payee": "Y"}))["to_account_id"] == other["id"]
    spent = await ada.patch(path, {"to_account_id": None, "category_id": groceries})
    assert (spent["kind"], spent["category_id"]) == ("standard", groceries)


@pytest.mark.parametrize(
    ("currency", "amount", "shown"),
    [
        ("JPY", "-1200", "-1200"),
        ("KWD", "-1.234", "-1.234"),
        ("EUR", "-7", "-7.00"),
        ("BTC", "-0.00000001", "-0.00000001"),
    ],
)
async def test_amounts_have_exactly_the_decimals_of_their_currency(ada, currency, amount, shown):
    account = await ada.open_account(currency=currency)
    assert (await ada.spend(account, amount=amount))["amount"] == shown


@pytest.mark.parametrize(
    ("change", "at"),
    [
        ({"amount": -4.5}, "/amount"),
        ({"amount": 4}, "/amount"),
        ({"amount": "4,50"}, "/amount"),
        ({"amount": "1e3"}, "/amount"),
        ({"amount": "-4.505"}, "/amount"),
        ({"amuont": "1.00"}, "/amuont"),
        ({"date": "2026-02-30"}, "/date"),
        ({"date": 20261120}, "/date"),
        ({"account_id": "mine"}, "/account_id"),
        ({"splits": [{"amount": 1.5}]}, "/splits/0/amount"),
        ({"payee": None}, "/payee"),
    ],
)
async def test_what_cannot_be_used_is_pointed_at_and_changes_nothing(ada, change, at):
    account = await ada.open_account()
    body = {"account_id": account["id"], "date": "2026-11-20", "amount": "-4.50", "payee": "x"}
    response = await ada.request("POST", "/transactions", json=body | change)
    assert pointers(problem(response, 422, "validation-error")) == [at]
    assert (await ada.get("/transactions"))["items"] == []


async def test_a_float_for_an_opening_balance_is_refused(ada):
    body = {"name": "Giro", "type": "checking", "currency": "EUR", "opening_balance": 100.0}
    response = await ada.request("POST", "/accounts", json=body)
    assert pointers(problem(response, 422, "validation-error")) == ["/opening_balance"]
    body |= {"opening_balance": "100.00", "currency": "XXX"}
    response = await ada.request("POST", "/accounts", json=body)
    assert pointers(problem(response, 422, "validation-error")) == ["/currency"]


async def test_what_is_anothers_is_not_there(ada, bob):
    account = await ada.open_account()
    booked = await ada.spend(account)
    for method, path in [
        ("GET", f"/accounts/{account['id']}"),
        ("DELETE", f"/accounts/{account['id']}"),
        ("GET", f"/transactions/{booked['id']}"),
        ("DELETE", f"/transactions/{booked['id']}"),
        ("GET", f"/transactions/{booked['id']}/history"),
        ("GET", "/transactions/no-id"),
    ]:
        problem(await bob.request(method, path), 404, "not-found")
    body = {"account_id": account["id"], "date": "2026-11-20", "amount": "-1.00", "payee": "x"}
    found = problem(await bob.request("POST", "/transactions", json=body), 404, "not-found")
    assert pointers(found) == ["/account_id"]
    assert await ada.get(f"/transactions/{booked['id']}") == booked


async def test_the_same_key_books_once_and_with_another_request_conflicts(ada):
    account = await ada.open_account()
    key = {"idempotency-key": "k-1"}
    body = {"account_id": account["id"], "date": "2026-11-20", "amount": "-4.50", "payee": "x"}
    first, again = [await ada.post("/transactions", body, headers=key) for _ in range(2)]
    assert first == again
    response = await ada.request(
        "POST", "/transactions", json=body | {"amount": "-9.00"}, headers=key
    )
    problem(response, 409, "idempotency-conflict")
    assert len((await ada.get("/transactions"))["items"]) == 1


async def test_pages_add_up_to_the_list_and_filters_narrow_it(ada):
    account = await ada.open_account()
    for day in range(1, 8):
        await ada.spend(account, date=f"2026-11-{day:02}", amount=f"-{day}.00", payee=f"Shop {day}")
    found, cursor = [], ""
    while cursor is not None:
        page = await ada.get("/transactions", params={"limit": 3, "cursor": cursor})
        found += [item["payee"] for item in page["items"]]
        cursor = page["next_cursor"]
    assert found == [f"Shop {day}" for day in range(7, 0, -1)]

    async def payees(**query):
        return [t["payee"] for t in (await ada.get("/transactions", params=query))["items"]]

    assert await payees(min="3", max="4.00") == ["Shop 4", "Shop 3"]
    assert await payees(**{"from": "2026-11-06"}) == ["Shop 7", "Shop 6"]
    assert await payees(type="transfer") == []
    index = await ada.get("/transactions:index", params={"account_id": account["id"]})
    assert (index["total"], index["months"][0]["count"]) == (7, 7)
    assert index["months"][0]["sums"] == [{"amount": "-28.00", "currency": "EUR"}]


@pytest.mark.parametrize(
    ("query", "parameter"),
    [
        ({"limit": "0"}, "limit"),
        ({"limit": "501"}, "limit"),
        ({"from": "yesterday"}, "from"),
        ({"min": "1,5"}, "min"),
        ({"type": "expense"}, "type"),
        ({"account_id": "x"}, "account_id"),
    ],
)
async def test_a_query_that_cannot_be_used_names_its_parameter(ada, query, parameter):
    response = await ada.request("GET", "/transactions", params=query)
    found = problem(response, 422, "validation-error")
    assert [error["parameter"] for error in found["errors"]] == [parameter]


async def test_many_are_booked_each_alone(ada):
    account = await ada.open_account()
    good = {"account_id": account["id"], "date": "2026-11-20", "amount": "-1.00", "payee": "x"}
    items = [
        good | {"idempotency_key": "a"},
        good | {"amount": -1.0},
        good | {"unknown": 1},
        good | {"account_id": "01930000-0000-7000-8000-000000000000"},
        good | {"idempotency_key": "a"},
        good | {"amount": "-1.005"},
    ]
    answer = await ada.post("/transactions:bulk", items)
    statuses = [result["status"] for result in answer["results"]]
    assert statuses == ["added", "refused", "refused", "refused", "already_there", "refused"]
    assert (answer["added"], answer["already_there"], answer["refused"]) == (1, 1, 4)
    slugs = [r["problem"]["type"] for r in answer["results"] if r["problem"]]
    assert slugs == [
        "/problems/validation-error",
        "/problems/validation-error",
        "/problems/not-found",
        "/problems/validation-error",
    ]
    assert (await ada.get(f"/accounts/{account['id']}"))["balance"] == "-1.00"


async def test_lines_are_booked_as_an_array_is_and_again_is_once(ada):
    account = await ada.open_account()
    good = {"account_id": account["id"], "date": "2026-11-20", "amount": "-1.00", "payee": "x"}
    lines = "\n".join([json.dumps(good), "{broken", json.dumps(good)])
    headers = {"content-type": "application/x-ndjson", "idempotency-key": "batch-1"}
    for expected in (["added", "refused", "added"], ["already_there", "refused", "already_there"]):
        response = await ada.request("POST", "/transactions:bulk", content=lines, headers=headers)
        assert [result["status"] for result in ok(response)["results"]] == expected
    assert len((await ada.get("/transactions"))["items"]) == 2


@pytest.mark.parametrize("body", ["{}", "[1", '"x"'])
async def test_what_is_no_array_is_refused_whole(ada, body):
    headers = {"content-type": "application/json"}
    response = await ada.request("POST", "/transactions:bulk", content=body, headers=headers)
    problem(response, 422, "validation-error")


async def test_more_than_a_thousand_at_once_are_refused(ada):
    response = await ada.request("POST", "/transactions:bulk", json=[{}] * 1001)
    problem(response, 422, "validation-error")


async def test_reports_say_what_was_spent(ada):
    account = await ada.open_account(opening_balance="100.00")
    groceries = await category(ada, "groceries")
    await ada.spend(account, category_id=groceries)
    await ada.spend(account, amount="2000.00", category_id=await category(ada, "salary"))
    period = {"from": "2026-11-01", "to": "2026-11-30"}
    summary = await ada.get("/reports/summary", params=period)
    assert summary == period | {
        "currencies": [
            {
                "currency": "EUR",
                "income": "2000.00",
                "expense": "4.50",
                "net": "1995.50",
                "posting_count": 2,
            }
        ]
    }
    spending = await ada.get("/reports/spending", params=period)
    assert [(row["category_id"], row["amount"]) for row in spending["rows"]] == [
        (groceries, "4.50")
    ]


async def test_a_category_of_ones_own(ada):
    parent = next(c for c in (await ada.get("/categories"))["items"] if c["name"] == "Food")
    body = {"name": "Bakery", "kind": "expense", "parent_id": parent["id"]}
    made = await ada.post("/categories", body)
    assert (made["name"], made["parent_id"], made["key"]) == ("Bakery", parent["id"], None)
    assert made in (await ada.get("/categories"))["items"]


async def test_the_assistant_suggests_and_asks_before_texts_leave(ada):
    assert await ada.get("/assistant/consent") == {"gemini": False, "changed_at": None}
    consent = ok(await ada.request("PUT", "/assistant/consent", json={"gemini": True}))
    assert consent["gemini"]
    response = await ada.request("PUT", "/assistant/consent", json={"gemini": "yes"})
    problem(response, 422, "validation-error")
    items = [{"item_id": "1", "payee": "Rewe Markt"}]
    answer = await ada.post("/assistant/suggestions", {"items": items})
    best = answer["items"][0]["suggestions"][0]
    assert best["category_id"] == await category(ada, "groceries")


async def category(person, key: str) -> str:
    items = (await person.get("/categories"))["items"]
    return next(item["id"] for item in items if item["key"] == key)
