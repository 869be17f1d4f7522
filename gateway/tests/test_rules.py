"""Payees and rules, before the real ledger."""

import pytest
from gateway_world import ok, pointers, problem

NOBODYS = "01a204e3-e6e9-7985-a554-23235626eb9b"
pytestmark = pytest.mark.stack


async def category(person, key):
    found = (await person.get("/categories"))["items"]
    return next(c["id"] for c in found if c["key"] == key and c["kind"] == "expense")


async def payees(person, **query):
    return {p["name"]: p for p in (await person.get("/payees", params=query))["items"]}


async def test_a_payee_is_listed_renamed_merged_and_the_operation_undone(ada, bob):
    account = await ada.open_account()
    for payee in ("REWE sagt Danke", "Rewe 2", "Shell"):
        await ada.spend(account, payee=payee)
    found = await payees(ada, search="rewe")
    assert sorted(found) == ["REWE sagt Danke", "Rewe 2"]
    first = found["REWE sagt Danke"]
    assert (first["posting_count"], first["last_used_on"]) == (1, "2026-11-20")
    assert first["sums"][0]["expense"] == {"amount": "4.50", "currency": "EUR"}
    assert await payees(bob) == {}

    renamed = await ada.post(f"/payees/{first['id']}:rename", {"name": "Rewe"})
    assert (renamed["payee"]["name"], renamed["operation"]["kind"]) == ("Rewe", "move_payees")
    ids = [renamed["payee"]["id"], found["Rewe 2"]["id"]]
    key = {"idempotency-key": "merge"}
    merged = await ada.post("/payees:merge", {"ids": ids, "name": "Rewe"}, headers=key)
    assert merged == await ada.post("/payees:merge", {"ids": ids, "name": "Rewe"}, headers=key)
    assert (merged["operation"]["done"], merged["has_more"]) == (1, False)
    assert sorted(await payees(ada)) == ["Rewe", "Shell"]

    await ada.post(f"/operations/{merged['operation']['id']}:undo")
    assert sorted(await payees(ada)) == ["Rewe", "Rewe 2", "Shell"]
    path = f"/payees/{first['id']}:rename"
    problem(await bob.request("POST", path, json={"name": "X"}), 404, "not-found")
    response = await ada.request("POST", "/payees:merge", json={"ids": [], "name": " "})
    assert sorted(pointers(problem(response, 422, "validation-error"))) == ["/ids", "/name"]


async def test_a_payee_has_a_default_category_that_an_import_gives(ada):
    account, food = await ada.open_account(), await category(ada, "groceries")
    await ada.spend(account, payee="Rewe")
    payee = (await payees(ada))["Rewe"]
    path = f"/payees/{payee['id']}"

    response = await ada.request("PATCH", path, json={"default_category_id": food})
    assert (ok(response)["default_category_id"], response.headers["etag"]) == (food, '"2"')
    stale = await ada.request(
        "PATCH", path, json={"default_category_id": None}, headers={"if-match": '"1"'}
    )
    problem(stale, 412, "version-mismatch")
    said = {"account_id": account["id"], "date": "2026-11-21", "amount": "-1.00", "payee": "rewe"}
    (ruled,) = (await ada.post("/rules:run", {"transactions": [said]}))["items"]
    assert ruled["transaction"]["category_id"] == food
    assert ruled["has_default_category"] is True


async def test_a_rule_of_every_kind_comes_back_as_it_was_sent(ada):
    account, other = await ada.open_account(), await ada.open_account(name="Savings")
    food, fuel = await category(ada, "groceries"), await category(ada, "fuel")
    conditions = [
        {"type": "text", "field": "payee", "match": "words", "text": "rewe"},
        {"type": "amount", "at_least": "1.00", "at_most": None, "currency": "EUR"},
        {"type": "direction", "direction": "out"},
        {"type": "account", "account_id": account["id"]},
        {"type": "currency", "currency": "EUR"},
        {"type": "weekday", "days": [6, 7]},
        {"type": "day_of_month", "days": [1, 31]},
        {"type": "date", "from_date": "2026-01-01", "to_date": None},
        {"type": "tag", "tag": "t"},
        {"type": "status", "status": "reconciled"},
        {"type": "category", "category_id": None},
        {"type": "transfer"},
    ]
    shares = [
        {"category_id": food, "memo": "m", "fixed": {"amount": "1.00", "currency": "EUR"}},
        {"category_id": fuel, "percent": "33.33"},
        {"category_id": None},
    ]
    empty = {"memo": "", "fixed": None, "percent": None}
    actions = [
        {"type": "set_category", "category_id": food},
        {"type": "add_tag", "tag": "a"},
        {"type": "remove_tag", "tag": "b"},
        {"type": "set_payee", "payee": "P"},
        {"type": "set_note", "text": ""},
        {"type": "split", "shares": [{**empty, **share} for share in shares]},
        {"type": "transfer", "account_id": other["id"]},
        {"type": "set_status", "status": "pending"},
    ]
    conditions = [{"negated": bool(n % 2), **c} for n, c in enumerate(conditions)]
    said = {"name": "All", "conditions": conditions, "actions": actions, "quantifier": "any"}

    made = await ada.post("/rules", {**said, "active": False, "stop": True})

    assert {name: made[name] for name in said} == said
    assert (made["active"], made["stop"], made["version"]) == (False, True, 1)
    assert await ada.get(f"/rules/{made['id']}") == made


def tagging(payee, tag="found"):
    return {
        "name": payee,
        "conditions": [{"type": "text", "text": payee}],
        "actions": [{"type": "add_tag", "tag": tag}],
    }


async def test_rules_are_ordered_changed_and_taken_away_by_whoever_saw_them(ada, bob):
    one, two = [await ada.post("/rules", tagging(name)) for name in ("a", "b")]
    response = await ada.request("GET", "/rules")
    assert [rule["name"] for rule in ok(response)["items"]] == ["a", "b"]
    seen = {"if-match": response.headers["etag"]}
    order = {"rule_ids": [two["id"], one["id"]]}
    turned = await ada.post("/rules:reorder", order, headers=seen)
    assert [rule["name"] for rule in turned["items"]] == ["b", "a"]
    response = await ada.request("POST", "/rules:reorder", json=order, headers=seen)
    problem(response, 412, "version-mismatch")

    path = f"/rules/{one['id']}"
    changed = await ada.patch(path, {"active": False}, headers={"if-match": '"1"'})
    assert (changed["active"], changed["name"], changed["version"]) == (False, "a", 2)
    assert changed["conditions"] == one["conditions"]
    problem(await bob.request("GET", path), 404, "not-found")
    assert (await ada.request("DELETE", path)).status_code == 204
    problem(await ada.request("DELETE", path), 404, "not-found")


async def test_what_is_wrong_with_a_rule_is_told_by_its_place(ada):
    bad = {
        "name": "x",
        "conditions": [
            {"type": "amount", "at_least": "2.00", "at_most": "1.00", "currency": "EUR"},
            {"type": "weekday", "days": [8]},
        ],
        "actions": [{"type": "set_category", "category_id": NOBODYS}],
    }
    found = problem(await ada.request("POST", "/rules", json=bad), 422, "validation-error")
    assert pointers(found) == [
        "/conditions/0/at_most",
        "/conditions/1/days",
        "/actions/0/category_id",
    ]
    unknown = {**bad, "conditions": [{"type": "regex", "text": "(a+)+"}]}
    problem(await ada.request("POST", "/rules", json=unknown), 422, "validation-error")


async def test_a_dry_run_shows_what_is_then_applied_once_and_undone_whole(ada):
    account = await ada.open_account(opening_balance="100.00")
    for day in range(1, 6):
        await ada.spend(account, payee=f"Rewe {day}", date=f"2026-11-{day:02}")
    await ada.post("/rules", tagging("rewe"))

    first = await ada.post("/rules:preview", {"limit": 3})
    rest = await ada.post("/rules:preview", {"limit": 3, "cursor": first["next_cursor"]})

    shown = first["items"] + rest["items"]
    assert (len(shown), rest["next_cursor"]) == (5, None)
    assert {d["before"]["tags"] == [] and d["after"]["tags"] == ["found"] for d in shown} == {True}
    assert shown[0]["changed"] == ["tags"]
    assert shown[0]["fired"][0]["met"] == [0]
    response = await ada.request("POST", "/rules:apply", json={"expected_count": 4})
    problem(response, 409, "expected-count-mismatch")
    key = {"idempotency-key": "apply"}
    done = await ada.post("/rules:apply", {"expected_count": 5}, headers=key)
    assert (done["operation"]["kind"], done["operation"]["done"]) == ("apply_rules", 5)
    assert done == await ada.post("/rules:apply", {"expected_count": 5}, headers=key)
    assert (await ada.post("/rules:preview", {}))["items"] == []
    found = (await ada.get("/transactions", params={"tag": "found"}))["items"]
    assert len(found) == 5
    await ada.post(f"/operations/{done['operation']['id']}:undo")
    assert len((await ada.post("/rules:preview", {"q": "from:2026-11-02"}))["items"]) == 4
    draft = {"rule": tagging("rewe 3", "only")}
    assert len((await ada.post("/rules:preview", draft))["items"]) == 1


async def test_one_call_corrects_a_transaction_and_makes_its_rule(ada):
    account, food = await ada.open_account(), await category(ada, "groceries")
    wrong = await ada.spend(account, payee="REWE 4711")
    said = {"transaction_id": wrong["id"], "category_id": food, "payee": "Rewe"}

    proposed = await ada.post("/rules:fromCorrection", {**said, "dry_run": True})
    assert (proposed["rule"]["id"], proposed["transaction"]) == (None, wrong)
    headers = {"if-match": f'"{wrong["version"]}"', "idempotency-key": "k"}
    made = await ada.post("/rules:fromCorrection", said, headers=headers)
    assert made == await ada.post("/rules:fromCorrection", said, headers=headers)
    assert (made["transaction"]["payee"], made["transaction"]["category_id"]) == ("Rewe", food)
    assert made["rule"]["conditions"] == proposed["rule"]["conditions"]
    assert len((await ada.get("/rules"))["items"]) == 1

    response = await ada.request(
        "POST", "/rules:fromCorrection", json={"transaction_id": wrong["id"]}
    )
    problem(response, 422, "validation-error")
