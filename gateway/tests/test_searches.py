"""The search language at the door: lists, totals, suggestions, saved searches, refusals."""

import pytest
from gateway_world import ok, pointers, problem

pytestmark = pytest.mark.stack


async def test_a_search_is_listed_counted_and_added_up(ada):
    account = await ada.open_account(name="Main card")
    await ada.spend(account, amount="-4.50", payee="Café Zoë", tags=["work"])
    await ada.spend(account, amount="-9.00", payee="Café Zoë", date="2026-10-01")
    await ada.spend(account, amount="100.00", payee="ACME")

    params = {"q": 'zoe amount>=4,50 account:"main card"', "order": "largest"}
    found = (await ada.get("/transactions", params=params))["items"]
    assert [t["amount"] for t in found] == ["-9.00", "-4.50"]
    page = await ada.get("/transactions", params={**params, "limit": 1})
    rest = await ada.get(
        "/transactions", params={**params, "limit": 1, "cursor": page["next_cursor"]}
    )
    assert [t["id"] for t in page["items"] + rest["items"]] == [t["id"] for t in found]
    assert rest["next_cursor"] is None
    index = await ada.get("/transactions:index", params={"q": "zoe"})
    assert [(m["month"], m["count"]) for m in index["months"]] == [("2026-11", 1), ("2026-10", 1)]
    totals = await ada.get("/transactions:totals", params={"q": "-tag:work"})
    assert totals == {
        "count": 2,
        "currencies": [
            {
                "currency": "EUR",
                "amount_in": "100.00",
                "amount_out": "9.00",
                "net": "91.00",
                "count": 2,
            }
        ],
        "seq": 3,
    }
    both = {"q": "zoe", "from": "2026-11-01", "account_id": account["id"]}
    assert len((await ada.get("/transactions", params=both))["items"]) == 1


async def test_a_search_that_is_not_understood_is_pointed_at(ada):
    for path in ("/transactions", "/transactions:index", "/transactions:totals"):
        response = await ada.request("GET", path, params={"q": "coffee ctegory:food is:pendin"})
        first, second = problem(response, 422, "query-invalid")["errors"]
        assert (first["parameter"], first["column"], first["length"]) == ("q", 8, 7)
        assert (first["code"], first["suggestions"]) == ("UNKNOWN_KEY", ["category"])
        assert (second["column"], second["suggestions"]) == (24, ["pending"])
    response = await ada.request("GET", "/transactions", params={"q": "account:nowhere"})
    (fault,) = problem(response, 422, "query-invalid")["errors"]
    assert (fault["column"], fault["code"]) == (9, "NO_SUCH_NAME")


async def test_the_language_and_its_suggestions_are_data(ada, bob):
    await ada.open_account(name="Main card")
    language = await ada.get("/search/language")
    keys = {key["name"]: key for key in language["keys"]}
    assert ">=" in keys["amount"]["operators"]
    assert "pending" in keys["status"]["values"]

    asked = {"q": "coffee account:ma", "cursor_position": 17}
    suggested = (await ada.get("/search:suggest", params=asked))["items"]
    assert [(s["kind"], s["text"], s["column"], s["length"]) for s in suggested] == [
        ("value", '"Main card"', 16, 2)
    ]
    assert (await bob.get("/search:suggest", params=asked))["items"] == []


async def test_searches_are_kept_changed_moved_and_forgotten(ada, bob):
    key = {"idempotency-key": "s1"}
    body = {"name": "Coffee", "query": "coffee from:last-month"}
    made = await ada.post("/searches", body, headers=key)
    assert (made["name"], made["query"], made["position"]) == (*body.values(), 0)
    assert await ada.post("/searches", body, headers=key) == made
    other = {**body, "name": "Tea"}
    response = await ada.request("POST", "/searches", json=other, headers=key)
    problem(response, 409, "idempotency-conflict")
    tea = await ada.post("/searches", {"name": "Tea", "query": "tea"})

    response = await ada.request("PATCH", f"/searches/{tea['id']}", json={"position": 0})
    assert response.headers["etag"] == '"2"'
    assert ok(response)["position"] == 0
    assert [s["name"] for s in (await ada.get("/searches"))["items"]] == ["Tea", "Coffee"]
    stale = {"if-match": '"1"'}
    path = f"/searches/{tea['id']}"
    problem(
        await ada.request("PATCH", path, json={"name": "x"}, headers=stale), 412, "version-mismatch"
    )
    problem(await bob.request("DELETE", path), 404, "not-found")
    assert (await ada.request("DELETE", path)).status_code == 204
    problem(await ada.request("DELETE", path), 404, "not-found")

    response = await ada.request("POST", "/searches", json={"name": "x", "query": "is:x"})
    found = problem(response, 422, "query-invalid")
    assert pointers(found) == ["/query"]
    assert found["errors"][0]["column"] == 4
