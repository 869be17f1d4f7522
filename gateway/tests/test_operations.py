"""Acts on a book, of one transaction or of thousands, before the real ledger."""

import pytest
from gateway_world import pointers, problem

pytestmark = pytest.mark.stack


async def spent(ada, count: int = 4):
    account = await ada.open_account(opening_balance="100.00")
    rows = [
        {
            "account_id": account["id"],
            "date": "2026-11-20",
            "amount": f"-{1 + i}.00",
            "payee": "Corner Shop",
        }
        for i in range(count)
    ]
    return account, rows


async def test_many_are_booked_told_row_by_row_and_undone_as_one(ada):
    account, rows = await spent(ada)
    rows[1] = {**rows[1], "amount": "much"}
    rows[2] = {**rows[2], "date": "1066-10-14"}
    key = {"idempotency-key": "one"}

    made = await ada.post("/transactions:bulkCreate", rows, headers=key)
    again = await ada.post("/transactions:bulkCreate", rows, headers=key)

    assert again == made
    assert [r["status"] for r in made["results"]] == ["done", "refused", "refused", "done"]
    assert made["results"][2]["problem"]["type"] == "/problems/validation-error"
    assert (made["operation"]["kind"], made["operation"]["done"]) == ("bulk_create", 2)
    undone = await ada.post(f"/operations/{made['operation']['id']}:undo")
    assert undone["operation"]["undoes"] == made["operation"]["id"]
    assert [r["status"] for r in undone["results"]] == ["done", "done"]
    assert (await ada.get(f"/accounts/{account['id']}"))["balance"] == "100.00"
    second = await ada.request("POST", f"/operations/{made['operation']['id']}:undo")
    problem(second, 409, "operation-undone")

    listed = (await ada.get("/operations"))["items"]
    assert [o["kind"] for o in listed] == ["undo", "bulk_create", "create"]
    assert listed[1]["undone_by"] == undone["operation"]["id"]
    assert {(o["finished"], o["cut_off"]) for o in listed} == {(True, False)}
    assert listed[2]["subject"]["amount"] == {"amount": "100.00", "currency": "EUR"}
    told = await ada.get(f"/operations/{made['operation']['id']}")
    assert [r["status"] for r in told["results"]] == ["refused"]


async def test_what_a_search_finds_is_changed_if_there_are_as_many_as_believed(ada):
    _, rows = await spent(ada)
    await ada.post("/transactions:bulkCreate", rows)
    body = {"q": "corner", "expected_count": 3, "set": {"add_tags": ["shop"], "payee": "Shop"}}

    found = problem(
        await ada.request("POST", "/transactions:change", json=body), 409, "expected-count-mismatch"
    )
    assert found["count"] == 4
    changed = await ada.post("/transactions:change", {**body, "expected_count": 4})
    assert [r["status"] for r in changed["results"]] == ["done"] * 4
    listed = (await ada.get("/transactions?q=tag:shop"))["items"]
    assert {t["payee"] for t in listed} == {"Shop"}

    gone = await ada.post("/transactions:delete", {"ids": [t["id"] for t in listed[:2]]})
    assert gone["operation"]["done"] == 2
    both = {"ids": [listed[0]["id"]], "q": "", "expected_count": 0, "set": {}}
    problem(await ada.request("POST", "/transactions:change", json=both), 422, "validation-error")


async def test_a_deleted_transaction_comes_back_and_a_reconciled_one_stays(ada):
    account = await ada.open_account()
    booked = await ada.spend(account)
    path = f"/transactions/{booked['id']}"
    await ada.request("DELETE", path)

    restored = await ada.post(f"{path}:restore")
    assert (restored["version"], restored["amount"]) == (3, "-4.50")
    history = (await ada.get(f"{path}/history"))["items"]
    assert [step["change"] for step in history] == ["created", "deleted", "restored"]

    said = await ada.request("PATCH", path, json={"status": "reconciled"})
    assert pointers(problem(said, 422, "validation-error")) == ["/status"]
    begin = {"statement_date": "2026-11-30", "closing_balance": "-4.50"}
    statement = await ada.post(f"/accounts/{account['id']}/reconciliations", begin)
    await ada.post(f"/reconciliations/{statement['id']}:tick", {"tick": [booked["id"]]})
    await ada.post(f"/reconciliations/{statement['id']}:finish")
    held = await ada.get(path)
    assert (held["status"], held["reconciled_account_ids"]) == ("reconciled", [account["id"]])
    refused = await ada.request("PATCH", path, json={"amount": "-1.00"})
    problem(refused, 409, "entry-reconciled")
    unlocked = await ada.patch(f"{path}?unlock=true", {"amount": "-1.00"})
    assert unlocked["amount"] == "-1.00"


async def test_nothing_but_a_statement_reconciles(ada):
    account = await ada.open_account()
    said = {"account_id": account["id"], "date": "2026-11-20", "amount": "-1.00", "payee": "x"}
    claim = {**said, "status": "reconciled"}
    refused = await ada.request("POST", "/transactions", json=claim)
    assert pointers(problem(refused, 422, "validation-error")) == ["/status"]
    for path in ("/transactions:bulk", "/transactions:bulkCreate"):
        answer = await ada.post(path, [said, claim])
        refused = [row["status"] for row in answer["results"]]
        assert refused == ["added" if path.endswith("bulk") else "done", "refused"]
    booked = (await ada.get("/transactions"))["items"]
    change = {"ids": [booked[0]["id"]], "set": {"status": "reconciled"}}
    response = await ada.request("POST", "/transactions:change", json=change)
    assert pointers(problem(response, 422, "validation-error")) == ["/set/status"]
    series = {
        "name": "x",
        "rule": "FREQ=MONTHLY",
        "currency": "EUR",
        **claim,
    }
    response = await ada.request("POST", "/recurring", json=series)
    assert pointers(problem(response, 422, "validation-error")) == ["/status"]
    lines = [{**said, "amount": "-2.00", "status": "reconciled"}]
    plan = await ada.post("/imports:preview", {"account_id": account["id"], "lines": lines})
    await ada.post(f"/imports/{plan['id']}:commit")
    listed = (await ada.get("/transactions"))["items"]
    assert {each["status"] for each in listed} == {"cleared"}
    assert (await ada.get(f"/accounts/{account['id']}"))["reconciled_balance"] == "0.00"


async def test_what_was_believed_before_is_still_told(ada):
    account = await ada.open_account()
    booked = await ada.spend(account)
    then = {"as_known_on": booked["updated_at"]}
    await ada.patch(f"/transactions/{booked['id']}", {"amount": "-9.00", "date": "2026-10-10"})
    await ada.spend(account, amount="-1.00")

    assert (await ada.get("/transactions", params=then))["items"] == [booked]
    assert await ada.get(f"/transactions/{booked['id']}", params=then) == booked
    (known,) = (await ada.get("/accounts", params=then))["items"]
    assert known["balance"] == "-4.50"
    november = {"from": "2026-11-01", "to": "2026-11-30", **then}
    (row,) = (await ada.get("/reports/summary", params=november))["currencies"]
    assert row["expense"] == "4.50"


async def test_money_changed_between_currencies_keeps_both_amounts(ada):
    euros = await ada.open_account(opening_balance="100.00")
    yen = await ada.open_account(name="Yen", currency="JPY")

    moved = await ada.spend(euros, amount="-10.00", to_account_id=yen["id"], to_amount="1700")

    assert (moved["to_amount"], moved["to_currency"]) == ("1700", "JPY")
    assert (await ada.get(f"/accounts/{yen['id']}"))["balance"] == "1700"
    renamed = await ada.patch(f"/transactions/{moved['id']}", {"payee": "Bureau"})
    assert renamed["to_amount"] == "1700"
    bare = {
        "account_id": euros["id"],
        "date": "2026-11-20",
        "amount": "-1.00",
        "payee": "x",
        "to_account_id": yen["id"],
    }
    problem(await ada.request("POST", "/transactions", json=bare), 422, "currency-mismatch")


async def test_no_more_is_refunded_than_was_paid(ada):
    account = await ada.open_account()
    bought = await ada.spend(account, amount="-4.50")

    async def refused(amount: str) -> list[str]:
        body = {
            "account_id": account["id"],
            "date": "2026-11-21",
            "amount": amount,
            "payee": "Corner Shop",
            "refund_of": bought["id"],
        }
        response = await ada.request("POST", "/transactions", json=body)
        return pointers(problem(response, 422, "validation-error"))

    assert await refused("-1.00") == ["/amount"]
    assert await refused("4.51") == ["/amount"]
    await ada.spend(account, amount="4.00", refund_of=bought["id"])
    assert await refused("0.51") == ["/amount"]
    path = f"/transactions/{bought['id']}"
    response = await ada.request("PATCH", path, json={"amount": "-3.99"})
    assert pointers(problem(response, 422, "validation-error")) == ["/amount"]


async def test_an_account_has_one_opening_balance(ada):
    first = await ada.open_account(opening_balance="1.00")
    second = await ada.open_account(name="Second", opening_balance="2.00")
    (opening,) = (await ada.get("/transactions", params={"account_id": first["id"]}))["items"]
    body = {"account_id": second["id"]}
    response = await ada.request("PATCH", f"/transactions/{opening['id']}", json=body)
    found = problem(response, 409, "opening-balance-exists")
    assert pointers(found) == ["/account_id"]
    assert await ada.get(f"/transactions/{opening['id']}") == opening


async def test_a_refund_and_documents_are_linked(ada):
    account = await ada.open_account()
    bought = await ada.spend(account)
    receipt = "01890a5d-ac96-774b-bcce-b302099a8057"

    refund = await ada.spend(account, amount="4.50", refund_of=bought["id"], document_ids=[receipt])

    assert (refund["refund_of"], refund["document_ids"]) == (bought["id"], [receipt])
    assert refund["payee_id"] == bought["payee_id"]
