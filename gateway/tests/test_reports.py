"""Reports and rates, before the real ledger."""

import pytest
from gateway_world import ok, problem

pytestmark = pytest.mark.stack

SPAN = {"from": "2026-10-01", "to": "2026-11-30"}
FILE = """<?xml version="1.0" encoding="UTF-8"?>
<gesmes:Envelope xmlns:gesmes="http://www.gesmes.org/xml/2002-08-01"
  xmlns="http://www.ecb.int/vocabulary/2002-08-01/eurofxref"><Cube>
<Cube time="2026-11-20"><Cube currency="USD" rate="1.25"/><Cube currency="JPY" rate="160"/></Cube>
</Cube></gesmes:Envelope>"""
XML = {"content-type": "application/xml"}


async def test_a_rate_is_set_asked_for_listed_and_taken_back(ada, bob):
    kept = ok(await ada.request("PUT", "/rates/2026-11-20/USD/EUR", json={"rate": "0.90"}))
    assert (kept["rate"], kept["source"]) == ("0.90", "manual")
    found = await ada.get("/rates/2026-11-22/USD/EUR?amount=10.05")
    assert found["converted"] == {"amount": "9.04", "currency": "EUR"}
    assert found["applied"] == {
        "from": "USD", "to": "EUR", "on": "2026-11-22", "date": "2026-11-20",
        "rate": "0.9", "source": "manual", "days_old": 2, "stale": False,
    }  # fmt: skip
    assert found["legs"] == [kept]
    listed = await ada.get("/rates", params={"base": "EUR", "quote": "USD", **SPAN})
    assert listed["items"] == [kept]
    problem(await bob.request("GET", "/rates/2026-11-22/USD/EUR"), 404, "rate-missing")
    assert (await ada.request("DELETE", "/rates/2026-11-20/USD/EUR")).status_code == 204
    problem(await ada.request("DELETE", "/rates/2026-11-20/USD/EUR"), 404, "not-found")


@pytest.mark.parametrize("rate", ["0", "-1", "1e3", "0,9", 0.9, "1.0000000000001"])
async def test_what_is_no_rate_is_refused(ada, rate):
    response = await ada.request("PUT", "/rates/2026-11-20/USD/EUR", json={"rate": rate})
    found = problem(response, 422, "validation-error")
    assert [error["pointer"] for error in found["errors"]] == ["/rate"]


async def test_a_file_of_rates_is_read_into_ones_own_book(ada):
    path = "/rates:import"
    imported = ok(await ada.request("POST", path, content=FILE, headers=XML))
    assert (imported["rates"], imported["first_date"], imported["passed_over"]) == (
        2, "2026-11-20", [],
    )  # fmt: skip
    found = await ada.get("/rates/2026-11-22/USD/JPY?amount=12.50")
    assert found["converted"] == {"amount": "1600", "currency": "JPY"}
    refused = await ada.request("POST", path, content="no", headers=XML)
    problem(refused, 422, "rates-unreadable")
    problem(await ada.request("POST", path, json={}), 415, "unsupported-media-type")


async def test_reports_add_up_and_lead_to_their_entries(ada):
    await ada.request("PUT", "/rates/2026-09-30/USD/EUR", json={"rate": "0.5"})
    account = await ada.open_account(opening_balance="100.00", opening_date="2026-10-01")
    dollars = await ada.open_account(name="Dollars", currency="USD")
    categories = (await ada.get("/categories"))["items"]
    groceries = next(c for c in categories if c["key"] == "groceries")
    await ada.spend(account, amount="-8.00", date="2026-10-05", category_id=groceries["id"])
    await ada.spend(account, amount="-2.00", payee="Café", tags=["Fun"])
    await ada.spend(dollars, amount="-3.00", payee="CAFE", category_id=groceries["id"])

    asked = {**SPAN, "base": "EUR", "compare": ["previous_period", "last_year"]}
    told = await ada.get("/reports/income-expense", params=asked)
    nets = [bucket["figures"]["converted"]["net"] for bucket in told["report"]["buckets"]]
    assert nets == ["-8.00", "-3.50"]
    assert told["report"]["total"]["converted"]["expense"] == "11.50"
    assert [c["report"]["period"]["from"] for c in told["compared"]] == [
        "2026-08-01", "2025-10-01",
    ]  # fmt: skip
    assert told["rates"][0]["date"] == "2026-09-30"
    assert told["rates"][0]["stale"] is True

    told = await ada.get("/reports/breakdown", params={**asked, "kind": "expense"})
    line = next(x for x in told["report"]["lines"] if x["id"] == groceries["id"])
    assert line["total"]["converted"]["expense"] == "9.50"
    parent = next(x for x in told["report"]["lines"] if x["id"] == groceries["parent_id"])
    assert parent["total"] == line["total"]
    entries = (await ada.get("/transactions", params={"q": line["query"]}))["items"]
    assert sorted(entry["amount"] for entry in entries) == ["-3.00", "-8.00"]
    told = await ada.get("/reports/breakdown", params={**SPAN, "dimension": "payee"})
    # One payee however it is written, and so one line.
    assert len(told["report"]["lines"]) == 2
    assert "Corner Shop" in {x["name"] for x in told["report"]["lines"]}
    told = await ada.get("/reports/breakdown", params={**SPAN, "dimension": "tag"})
    assert [x["id"] for x in told["report"]["lines"]] == ["fun"]

    told = await ada.get("/reports/cash-flow", params={**SPAN, "account_id": account["id"]})
    (row,) = told["report"]["accounts"]
    assert (row["opening"], row["moves"]["moved_in"], row["moves"]["outflow"]) == (
        "0.00", "100.00", "10.00",
    )  # fmt: skip
    assert row["closing"] == "90.00"

    told = await ada.get("/reports/net-worth", params={**SPAN, "base": "EUR", "by": "quarter"})
    assert [point["date"] for point in told["report"]["points"]] == ["2026-09-30", "2026-11-30"]
    assert told["report"]["points"][-1]["converted"]["net"] == "88.50"

    told = await ada.get("/reports/exchange-gains", params={**SPAN, "base": "EUR"})
    assert [bucket["gain"] for bucket in told["buckets"]] == ["0.00", "0.00"]
    assert told["positions"][0]["worth"] == {"amount": "-1.50", "currency": "EUR"}


async def test_what_cannot_be_reported_is_pointed_at(ada):
    for path in ("income-expense", "breakdown", "cash-flow", "net-worth", "exchange-gains"):
        for params, parameter in (
            ({"from": "2026-02-01", "to": "2026-01-01"}, "to"),
            ({**SPAN, "base": "XXQ"}, "base"),
            ({**SPAN, "by": "decade"}, "by"),
            ({"from": "1900-01-01", "to": "2200-01-01", "by": "day"}, "to"),
        ):
            response = await ada.request("GET", f"/reports/{path}", params=params)
            found = problem(response, 422, "validation-error")
            assert [error["parameter"] for error in found["errors"]] == [parameter]


@pytest.mark.parametrize(
    ("week_start", "dates"),
    [
        ("monday", ["2026-11-08", "2026-11-10"]),
        ("saturday", ["2026-11-06", "2026-11-10"]),
        ("sunday", ["2026-11-07", "2026-11-10"]),
    ],
)
async def test_weeks_begin_on_the_day_that_is_asked_for(ada, week_start, dates):
    asked = {"from": "2026-11-05", "to": "2026-11-10", "by": "week", "week_start": week_start}
    told = await ada.get("/reports/net-worth", params={**asked, "base": "EUR"})
    assert [point["date"] for point in told["report"]["points"]][-2:] == dates
