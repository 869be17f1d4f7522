"""An amount never changes its currency by itself: a request that moves it to an account in another
currency gives the amount in that currency, or is refused."""

import pytest
from gateway_world import pointers, problem

pytestmark = pytest.mark.stack


async def refused(ada, path, body):
    return problem(await ada.request("PATCH", path, json=body), 422, "currency-mismatch")


async def test_a_transaction_moves_to_another_currency_only_with_a_new_amount(ada):
    yen = await ada.open_account(name="Yen", currency="JPY")
    euros = await ada.open_account()
    spent = await ada.spend(yen, amount="-5000")
    path = f"/transactions/{spent['id']}"

    found = await refused(ada, path, {"account_id": euros["id"]})

    assert pointers(found) == ["/amount"]
    assert "EUR" in found["detail"]
    assert await ada.get(path) == spent
    moved = await ada.patch(path, {"account_id": euros["id"], "amount": "-31.20"})
    assert (moved["amount"], moved["currency"]) == ("-31.20", "EUR")


async def test_split_amounts_are_given_anew_with_the_currency(ada):
    yen = await ada.open_account(name="Yen", currency="JPY")
    euros = await ada.open_account()
    spent = await ada.spend(yen, amount="-500", splits=[{"amount": "-200"}, {"amount": "-300"}])
    path = f"/transactions/{spent['id']}"
    change = {"account_id": euros["id"], "amount": "-5.00"}

    found = problem(await ada.request("PATCH", path, json=change), 422, "validation-error")

    assert pointers(found) == ["/splits/0/amount", "/splits/1/amount"]
    parts = [{"amount": "-2.00"}, {"amount": "-3.00"}]
    moved = await ada.patch(path, {**change, "splits": parts})
    assert [split["amount"] for split in moved["splits"]] == ["-2.00", "-3.00"]


async def test_a_transfer_changes_the_currency_of_either_side_only_with_a_new_amount(ada):
    euros, savings = await ada.open_account(), await ada.open_account(name="Savings")
    yen = await ada.open_account(name="Yen", currency="JPY")
    plain = await ada.spend(euros, amount="-10.00", to_account_id=savings["id"])
    path = f"/transactions/{plain['id']}"

    assert pointers(await refused(ada, path, {"account_id": yen["id"]})) == ["/amount"]
    assert pointers(await refused(ada, path, {"to_account_id": yen["id"]})) == ["/to_account_id"]
    moved = await ada.patch(path, {"to_account_id": yen["id"], "to_amount": "1700"})
    assert (moved["amount"], moved["to_amount"]) == ("-10.00", "1700")
    # The amount that reached the first account does not hold for another one.
    dollars = await ada.open_account(name="Dollars", currency="USD")
    assert pointers(await refused(ada, path, {"to_account_id": dollars["id"]})) == [
        "/to_account_id"
    ]
    assert pointers(await refused(ada, path, {"account_id": dollars["id"]})) == ["/amount"]
    assert (await ada.get(path)) == moved


async def test_a_bulk_change_refuses_each_transaction_of_another_currency(ada):
    yen = await ada.open_account(name="Yen", currency="JPY")
    euros, savings = await ada.open_account(), await ada.open_account(name="Savings")
    spent = [await ada.spend(yen, amount="-5000"), await ada.spend(euros)]
    ids = [one["id"] for one in spent]

    body = {"ids": ids, "set": {"account_id": savings["id"]}}
    answer = await ada.post("/transactions:change", body)

    assert [row["status"] for row in answer["results"]] == ["refused", "done"]
    assert answer["results"][0]["problem"]["type"] == "/problems/currency-mismatch"
    assert await ada.get(f"/transactions/{ids[0]}") == spent[0]


async def test_an_opening_balance_moves_to_another_currency_only_with_a_new_amount(ada):
    yen = await ada.open_account(name="Yen", currency="JPY", opening_balance="5000")
    euros = await ada.open_account()
    (opening,) = (await ada.get("/transactions", params={"account_id": yen["id"]}))["items"]
    path = f"/transactions/{opening['id']}"

    assert pointers(await refused(ada, path, {"account_id": euros["id"]})) == ["/amount"]


async def test_a_series_changes_its_currency_only_with_new_amounts(ada):
    yen = await ada.open_account(name="Yen", currency="JPY")
    euros = await ada.open_account()
    rent = {
        "rule": "FREQ=MONTHLY",
        "date": "2026-11-20",
        "account_id": yen["id"],
        "amount": "-5000",
        "currency": "JPY",
        "low": "-6000",
        "high": "-4000",
        "payee": "Rent",
        "splits": [{"amount": "-2000"}, {"amount": "-3000"}],
    }
    made = await ada.post("/recurring", rent)
    path = f"/recurring/{made['id']}"
    change = {"account_id": euros["id"], "currency": "EUR"}

    found = await refused(ada, path, change)

    assert pointers(found) == ["/amount", "/low", "/high", "/splits"]
    assert await ada.get(path) == made
    assert pointers(await refused(ada, path, {"account_id": euros["id"]})) == ["/amount"]
    whole = {**change, "amount": "-30.00", "low": None, "high": None, "splits": []}
    moved = await ada.patch(path, whole)
    assert (moved["amount"], moved["currency"], moved["low"]) == ("-30.00", "EUR", None)


async def test_a_series_changes_what_reaches_the_other_account_only_with_a_new_amount(ada):
    euros = await ada.open_account()
    yen = await ada.open_account(name="Yen", currency="JPY")
    dollars = await ada.open_account(name="Dollars", currency="USD")
    saving = {
        "name": "Saving",
        "rule": "FREQ=MONTHLY",
        "date": "2026-11-20",
        "account_id": euros["id"],
        "amount": "-10.00",
        "currency": "EUR",
        "to_account_id": yen["id"],
        "to_amount": "1700",
        "to_currency": "JPY",
    }
    made = await ada.post("/recurring", saving)
    path = f"/recurring/{made['id']}"

    other = {"to_account_id": dollars["id"]}
    assert pointers(await refused(ada, path, other)) == ["/to_amount"]
    assert pointers(await refused(ada, path, {**other, "to_currency": "USD"})) == ["/to_amount"]
    assert await ada.get(path) == made
    moved = await ada.patch(path, {**other, "to_currency": "USD", "to_amount": "11.00"})
    assert (moved["to_amount"], moved["to_currency"]) == ("11.00", "USD")
