"""Control and invisible characters never reach what a person, an export or a terminal shows."""

import json
import re

import pytest

pytestmark = pytest.mark.stack
DIRTY = "Ca\u202ef\x00é \x1b[31m\u2066X\ufeff"
CLEAN = "Café [31mX"
INVISIBLE = re.compile("[\x00-\x09\x0b-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff]")


def invisible_in(value) -> list[str]:
    """Every text of the JSON value that holds a character nobody sees."""
    if isinstance(value, dict):
        value = [*value, *value.values()]
    if isinstance(value, list):
        return [found for each in value for found in invisible_in(each)]
    return [value] if isinstance(value, str) and INVISIBLE.search(value) else []


async def test_each_noun_keeps_its_texts_without_invisible_characters(ada):
    account = await ada.open_account(name=DIRTY, note=f"one\r\n{DIRTY}", institution=DIRTY)
    assert (account["name"], account["note"]) == (CLEAN, f"one\n{CLEAN}")
    category = await ada.post("/categories", {"name": DIRTY, "kind": "expense"})
    split = {"category_id": category["id"], "amount": "-4.50", "memo": DIRTY}
    spent = await ada.spend(account, payee=DIRTY, description=DIRTY, tags=[DIRTY], splits=[split])
    assert (spent["payee"], spent["splits"][0]["memo"]) == (CLEAN, CLEAN)
    made = [
        account,
        category,
        spent,
        await ada.patch(f"/transactions/{spent['id']}", {"description": DIRTY + "!"}),
        await ada.post(
            "/recurring",
            {
                "name": DIRTY,
                "rule": "FREQ=WEEKLY",
                "date": "2030-01-01",
                "account_id": account["id"],
                "amount": "-700.00",
                "currency": "EUR",
                "payee": DIRTY,
                "description": DIRTY,
            },
        ),
        await ada.post("/searches", {"name": DIRTY, "query": f"Coffee {DIRTY}"}),
        await ada.post(
            "/goals",
            {"name": DIRTY, "target": "10.00", "currency": "EUR", "target_date": "2050-12-31"},
        ),
        await ada.post(
            "/budgets",
            {
                "name": DIRTY,
                "scope": {"kind": "tag", "id": DIRTY},
                "amount": "10.00",
                "currency": "EUR",
            },
        ),
        await ada.post(
            "/rules",
            {
                "name": DIRTY,
                "conditions": [{"type": "text", "text": DIRTY}],
                "actions": [{"type": "add_tag", "tag": DIRTY}, {"type": "set_note", "text": DIRTY}],
            },
        ),
    ]
    for noun in made:
        assert invisible_in(noun) == []
        assert noun.get("name", CLEAN) == CLEAN


async def test_many_at_once_are_cleaned_too(ada):
    account = await ada.open_account()
    row = {
        "account_id": account["id"],
        "date": "2026-11-20",
        "amount": "-1.00",
        "payee": DIRTY,
        "description": f"one\n{DIRTY}",
    }
    await ada.post("/transactions:bulkCreate", [row, {**row, "payee": "\x00"}])
    listed = (await ada.get("/transactions", params={"account_id": account["id"]}))["items"]
    assert sorted(t["payee"] for t in listed) == ["", CLEAN]
    assert {t["description"] for t in listed} == {f"one\n{CLEAN}"}


async def test_a_query_parameter_is_cleaned(ada):
    account = await ada.open_account()
    await ada.spend(account, payee="Corner Shop")
    found = await ada.get("/transactions", params={"q": "cor\u202ener\x00"})
    assert [t["payee"] for t in found["items"]] == ["Corner Shop"]


async def test_a_statement_and_its_file_name_are_cleaned(ada):
    account = await ada.open_account()
    rows = "Date;Payee;Amount\n2026-11-20;Caf\u202eé\x1b;\u200e-4,50\n"
    name = "state\u202ement.csv"
    answer = await ada.upload(rows.encode(), name, "text/csv", account_id=account["id"])
    document = answer.json()
    assert invisible_in(document) == [], json.dumps(document)
