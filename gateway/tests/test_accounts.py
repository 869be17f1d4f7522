"""Accounts, their registers and their statements at the door, before the real ledger."""

import pytest
from gateway_world import ok, pointers, problem

pytestmark = pytest.mark.stack


async def test_everything_of_an_account_can_be_changed(ada):
    account = await ada.open_account(opening_balance="100.00", opening_date="2026-01-01", note="n")
    assert (account["opening_balance"], account["opening_date"]) == ("100.00", "2026-01-01")
    path = f"/accounts/{account['id']}"
    change = {"type": "savings", "note": "", "opening_balance": "50", "opening_date": "2025-12-31"}
    changed = await ada.patch(path, change)
    assert changed["balance"] == changed["cleared_balance"] == "50.00"
    assert (changed["type"], changed["note"], changed["opening_date"]) == (
        "savings",
        "",
        "2025-12-31",
    )
    refused = await ada.request("PATCH", path, json={"opening_balance": "1.234"})
    problem(refused, 422, "validation-error")

    archived = await ada.patch(path, {"archived": True})
    assert archived["archived"]
    assert (await ada.get("/accounts"))["items"] == []
    shown = await ada.get("/accounts", params={"include_archived": True})
    assert [a["id"] for a in shown["items"]] == [account["id"]]


async def test_accounts_are_ordered_grouped_and_told_of_any_day(ada):
    card = await ada.open_account(name="Card", type="credit_card")
    giro = await ada.open_account(opening_balance="10.00", opening_date="2026-11-01")
    yen = await ada.open_account(name="Yen", currency="JPY", opening_balance="700")
    await ada.spend(card, amount="-3.00", date="2026-11-10")
    order = {"account_ids": [yen["id"], giro["id"]]}
    assert (await ada.request("PUT", "/accounts/order", json=order)).status_code == 204
    listed = await ada.get("/accounts", params={"as_of": "2026-11-09"})
    assert [a["name"] for a in listed["items"]] == ["Yen", "Giro", "Card"]
    assert [a["balance_as_of"] for a in listed["items"]][1:] == ["10.00", "0.00"]
    assert [(s["group"], s["balances"]) for s in listed["subtotals"]] == [
        (
            "cash",
            [{"amount": "10.00", "currency": "EUR"}, {"amount": "700", "currency": "JPY"}],
        ),
        ("credit_cards", [{"amount": "-3.00", "currency": "EUR"}]),
    ]
    one = await ada.get(f"/accounts/{card['id']}", params={"as_of": "2026-11-10"})
    assert one["balance_as_of"] == "-3.00"
    wrong = await ada.request("GET", "/accounts", params={"as_of": "2026-02-30"})
    assert problem(wrong, 422, "validation-error")["errors"][0]["parameter"] == "as_of"


async def test_a_closed_account_is_opened_again(ada):
    account = await ada.open_account()
    path = f"/accounts/{account['id']}"
    assert (await ada.request("DELETE", path)).status_code == 204
    assert not (await ada.post(f"{path}:reopen"))["closed"]
    assert [a["id"] for a in (await ada.get("/accounts"))["items"]] == [account["id"]]


async def test_a_register_runs_down_page_by_page(ada):
    account = await ada.open_account(opening_balance="10.00", opening_date="2026-11-01")
    for day in (2, 3, 4):
        await ada.spend(account, date=f"2026-11-0{day}", amount=f"-{day}.00")
    path = f"/accounts/{account['id']}/register"
    first = await ada.get(path, params={"limit": 3})
    assert [(r["amount"], r["balance"]) for r in first["items"]] == [
        ("-4.00", "1.00"),
        ("-3.00", "5.00"),
        ("-2.00", "8.00"),
    ]
    rest = await ada.get(path, params={"limit": 3, "cursor": first["next_cursor"]})
    assert [(r["amount"], r["balance"]) for r in rest["items"]] == [("10.00", "10.00")]
    assert rest["next_cursor"] is None
    until = await ada.get(path, params={"until": "2026-11-03"})
    assert until["items"] == [*first["items"][1:], *rest["items"]]


async def test_a_statement_from_its_start_to_the_break(ada):
    account = await ada.open_account()
    a, b = await ada.spend(account, amount="-3.00"), await ada.spend(account, amount="-4.00")
    of_account = f"/accounts/{account['id']}"
    begin = {"statement_date": "2026-11-30", "closing_balance": "-3.00"}
    started = await ada.post(f"{of_account}/reconciliations", begin)
    assert (started["state"], started["difference"]) == ("open", "-3.00")
    assert started["proposals"] == [{"tick": [a["id"]], "untick": []}]
    found = await ada.request("POST", f"{of_account}/reconciliations", json=begin)
    problem(found, 409, "reconciliation-open")

    path = f"/reconciliations/{started['id']}"
    problem(await ada.request("POST", f"{path}:finish"), 409, "statement-differs")
    ticked = await ada.post(f"{path}:tick", {"tick": [a["id"], b["id"]]})
    assert (ticked["ticked_count"], ticked["difference"]) == (2, "4.00")
    assert ticked["proposals"] == [{"tick": [], "untick": [b["id"]]}]
    corrected = await ada.patch(path, {"closing_balance": "-7"})
    assert corrected["difference"] == "0.00"
    response = await ada.request("GET", path)
    assert ok(response) == corrected
    rows = (await ada.get(f"{path}/rows"))["items"]
    assert {(r["transaction"]["id"], r["amount"], r["ticked"]) for r in rows} == {
        (a["id"], "-3.00", True),
        (b["id"], "-4.00", True),
    }
    stale = await ada.request("POST", f"{path}:finish", headers={"if-match": '"1"'})
    problem(stale, 412, "version-mismatch")
    seen = {"if-match": response.headers["etag"]}
    done = ok(await ada.request("POST", f"{path}:finish", headers=seen))
    assert (done["state"], done["ticked_sum"]) == ("finished", "-7.00")
    assert (await ada.get(of_account))["reconciled_balance"] == "-7.00"
    assert (await ada.get(f"{of_account}/coverage"))["items"] == [
        {"from_date": "2026-11-20", "to_date": "2026-11-30"}
    ]

    (sound,) = (await ada.get(f"{of_account}/reconciliations:check"))["items"]
    assert (sound["difference"], sound["breaks"]) == ("0.00", [])
    newest = (await ada.get("/operations"))["items"][0]
    assert newest["kind"] == "reconcile"
    refused = await ada.request("POST", f"/operations/{newest['id']}:undo")
    told = problem(refused, 409, "reconciliation-finished")
    assert told["reconciliation_id"] == started["id"]
    assert f"reconciliations/{started['id']}:reopen" in told["detail"]
    assert (await ada.post(f"{path}:reopen"))["state"] == "open"
    assert (await ada.post(f"{path}:cancel"))["state"] == "cancelled"
    listed = (await ada.get(f"{of_account}/reconciliations"))["items"]
    assert [(one["id"], one["state"]) for one in listed] == [(started["id"], "cancelled")]
    problem(await ada.request("POST", f"{path}:tick", json={}), 409, "reconciliation-closed")


async def test_a_statement_of_anothers_is_not_there(ada, bob):
    account = await ada.open_account()
    begin = {"statement_date": "2026-11-30", "closing_balance": "0"}
    one = await ada.post(f"/accounts/{account['id']}/reconciliations", begin)
    path = f"/reconciliations/{one['id']}"
    problem(await bob.request("GET", path), 404, "not-found")
    problem(await bob.request("POST", f"{path}:tick", json={"tick": []}), 404, "not-found")
    refused = await bob.request("POST", f"/accounts/{account['id']}/reconciliations", json=begin)
    problem(refused, 404, "not-found")
    wrong = {"statement_date": "30.11.", "closing_balance": 5}
    path = f"/accounts/{account['id']}/reconciliations"
    found = problem(await ada.request("POST", path, json=wrong), 422, "validation-error")
    assert pointers(found) == ["/statement_date", "/closing_balance"]
