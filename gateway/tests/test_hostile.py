"""Requests at the ends of what can be said: refused by name or answered, never a fault of ours."""

import asyncio
import json
from decimal import Decimal

import pytest
from gateway_world import API, ok, problem

pytestmark = pytest.mark.stack
PERIOD = {"from": "2026-01-01", "to": "2026-12-31"}
ENDS_OF_TIME = [
    "0001-01-01T00:00:00Z",
    "0001-01-01T00:00:00+14:00",
    "9999-12-31T23:59:59.999999Z",
    "9999-12-31T23:59:59-14:00",
    "1969-12-31T23:59:59Z",
]


@pytest.mark.parametrize("instant", ENDS_OF_TIME)
async def test_what_the_book_said_at_the_ends_of_time(ada, instant):
    account = await ada.open_account()
    spent = await ada.spend(account)
    period = {"from": "2026-01-01", "to": "2026-12-31"}
    for path, more in (
        ("/accounts", {}),
        ("/transactions", {}),
        (f"/transactions/{spent['id']}", {}),
        ("/reports/summary", period),
    ):
        response = await ada.request("GET", path, params={"as_known_on": instant, **more})
        if "+14" in instant or "-14" in instant:
            (error,) = problem(response, 422, "validation-error")["errors"]
            assert error["parameter"] == "as_known_on"
        else:
            assert response.status_code in (200, 404), response.text


@pytest.mark.parametrize("length", [70, 256, 257, 5000])
async def test_a_boundary_of_any_length_is_read_or_refused(ada, length):
    boundary = "b" * length
    body = f"--{boundary}\r\ncontent-disposition: form-data; name=x\r\n\r\n\r\n--{boundary}--\r\n"
    headers = {"content-type": f"multipart/form-data; boundary={boundary}"}
    response = await ada.request("POST", "/documents", content=body.encode(), headers=headers)
    problem(response, 422, "validation-error")


@pytest.mark.parametrize(
    "content_type",
    [
        "multipart/form-data",
        "multipart/form-data; boundary=",
        'multipart/form-data; boundary="',
        "multipart/form-data; boundary*=utf-8''%ff",
        "multipart/form-data; boundary*0=a; boundary*1=b",
        "multipart/form-data; charset=\xff; boundary=\xff",
        "; boundary=x",
        "x" * 3000,
        "",
    ],
)
@pytest.mark.parametrize("path", ["/documents", "/rates:import", "/accounts", "/transactions:bulk"])
async def test_a_content_type_that_says_nothing_is_refused(ada, path, content_type):
    headers = {"content-type": content_type.encode("latin-1")}
    response = await ada.request("POST", path, content=b"--x--", headers=headers)
    assert 400 <= response.status_code < 500, response.text


async def test_a_form_whose_headers_do_not_end_is_refused(ada):
    body = b"--x\r\ncontent-disposition: " + b"a" * 300_000
    headers = {"content-type": "multipart/form-data; boundary=x"}
    response = await ada.request("POST", "/documents", content=body, headers=headers)
    problem(response, 422, "validation-error")


async def test_fifty_megabytes_of_rates_are_refused(ada):
    headers = {"content-type": "application/xml"}

    async def pieces():
        for _ in range(50):
            yield b" " * 2**20

    for content in (b" " * 50 * 2**20, pieces()):
        response = await ada.request("POST", "/rates:import", content=content, headers=headers)
        problem(response, 413, "body-too-large")


@pytest.mark.timeout(600)
async def test_rows_that_add_up_to_more_than_64_bits_are_refused_and_the_rest_is_booked(ada):
    account = await ada.open_account()
    largest = {"account_id": account["id"], "date": "2026-11-20", "amount": "9999999999999.99"}
    rows = [{**largest, "payee": "x"}] * 10_000
    answer = await booked(ada, rows)
    statuses = [row["status"] for row in answer["results"]]
    fit = 2**63 // (10**15 - 1)
    assert statuses.count("done") == fit
    assert {row["problem"]["type"] for row in answer["results"] if row["problem"]} == {
        "/problems/validation-error"
    }
    listed = await ada.get("/accounts")
    assert Decimal(listed["items"][0]["balance"]) == fit * Decimal("9999999999999.99")
    assert (await ada.request("GET", "/reports/net-worth", params=PERIOD)).status_code == 200


async def booked(ada, rows):
    """The answer; a machine that is busy with other tests may need more than one call's time."""
    key = {"idempotency-key": "rows"}
    async with asyncio.timeout(500):
        while True:
            response = await ada.request(
                "POST", "/transactions:bulkCreate", json=rows, headers=key, timeout=170
            )
            if response.status_code not in (409, 504):
                return ok(response)
            # A started call goes on; a repeated request finds it finished or running.
            await asyncio.sleep(1)


async def test_what_is_converted_to_more_than_64_bits_is_refused_by_name(ada):
    account = await ada.open_account(currency="KWD")
    await ada.spend(account, amount="999999999999.999")
    response = await ada.request("PUT", "/rates/2026-11-01/KWD/IRR", json={"rate": "999999999999"})
    assert response.status_code == 200
    for path in ("net-worth", "income-expense", "cash-flow", "breakdown"):
        params = {**PERIOD, "base": "IRR"}
        response = await ada.request("GET", f"/reports/{path}", params=params)
        problem(response, 422, "validation-error")
    params = {"amount": "999999999999.999"}
    response = await ada.request("GET", "/rates/2026-11-01/KWD/IRR", params=params)
    problem(response, 422, "validation-error")


async def test_an_import_that_adds_up_to_more_is_refused_where_it_stands(ada):
    account = await ada.open_account()
    line = {"account_id": account["id"], "date": "2026-11-20", "amount": "9999999999999.99"}
    body = {"file_name": "a.csv", "lines": [{**line, "payee": "x"}] * 10_000}
    response = await ada.request("POST", "/imports:preview", json=body, timeout=100)
    (error,) = problem(response, 422, "validation-error")["errors"]
    assert error["pointer"] == "/lines"


@pytest.mark.parametrize("number", [2**31, 2**63, 10**30, -1])
async def test_counts_and_versions_have_ends(ada, number):
    account = await ada.open_account()
    spent = await ada.spend(account)
    path = f"/transactions/{spent['id']}:restore"
    response = await ada.request("POST", path, params={"version": number})
    assert 400 <= response.status_code < 500
    body = {"filter": {}, "expected_count": number, "set": {"payee": "x"}}
    response = await ada.client.post(
        f"{API}/transactions:update",
        content=json.dumps(body),
        headers={"content-type": "application/json"},
    )
    assert 400 <= response.status_code < 500
