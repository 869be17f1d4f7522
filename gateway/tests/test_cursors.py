"""Every list refuses a cursor that it did not give out."""

import json
from pathlib import Path

import pytest
from gateway_world import problem

pytestmark = pytest.mark.stack
DOCUMENT = json.loads((Path(__file__).parents[1] / "openapi.json").read_text("utf-8"))
LISTS = sorted(
    path.removeprefix("/api/v1")
    for path, methods in DOCUMENT["paths"].items()
    if any(p.get("name") == "cursor" for p in methods.get("get", {}).get("parameters", ()))
)
# The last is what a list of transactions gave out before; the others are of no list at all.
GARBAGE = ["garbage", "0", "-1", "9" * 400, "٣", "019aab00-0000-7000-8000-000000000000", "W10",
           "WyJ0cmFuc2FjdGlvbnMiLCIwMDAxLTAxLTAxIiwieCJd", "MjAyNi0wMy0xNCAwMThmLWE"]  # fmt: skip


async def test_garbage_is_refused_by_every_list_and_named(ada):
    assert len(LISTS) >= 10
    account = await ada.open_account()
    statement = {"statement_date": "2026-11-30", "closing_balance": "0.00"}
    reconciliation = await ada.post(f"/accounts/{account['id']}/reconciliations", statement)
    lines = [{"account_id": account["id"], "date": "2026-11-20", "amount": "-1.00", "payee": "x"}]
    plan = await ada.post("/imports:preview", {"file_name": "a.csv", "lines": lines})
    ids = {"accounts": account, "reconciliations": reconciliation, "imports": plan}
    for path in LISTS:
        noun = path.split("/")[1]
        found = path.replace("{id}", ids.get(noun, {}).get("id", ""))
        await ada.get(found, params={"cursor": ""})
        for garbage in GARBAGE:
            response = await ada.request("GET", found, params={"cursor": garbage})
            (error,) = problem(response, 400, "invalid-cursor")["errors"]
            assert error["parameter"] == "cursor", path


async def test_a_cursor_leads_on_only_in_its_own_list(ada):
    account = await ada.open_account()
    for day in ("20", "21", "22"):
        await ada.spend(account, date=f"2026-11-{day}")
    page = await ada.get("/transactions", params={"limit": 1})
    cursor = page["next_cursor"]
    following = await ada.get("/transactions", params={"limit": 1, "cursor": cursor})
    assert following["items"][0]["date"] == "2026-11-21"
    for path, more in (
        (f"/accounts/{account['id']}/register", {}),
        ("/operations", {}),
        ("/transactions", {"order": "largest"}),
    ):
        response = await ada.request("GET", path, params={"cursor": cursor, **more})
        problem(response, 400, "invalid-cursor")
