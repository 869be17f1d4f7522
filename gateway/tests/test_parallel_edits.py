"""Edits of one thing by many clients at once: without If-Match all of them land."""

import asyncio
import json
from collections.abc import Awaitable, Callable
from itertools import pairwise
from zoneinfo import available_timezones

import httpx
import pytest
from gateway_world import Person, gateway_process, problem
from test_documents import statuses_until

from gateway.__main__ import openapi_document
from specimens import make_statement, ofx_sgml

pytestmark = pytest.mark.stack
CLIENTS = 24
CURRENCIES = (
    "EUR USD GBP CHF SEK NOK DKK PLN CZK HUF RON BGN JPY CNY INR BRL MXN CAD AUD NZD ZAR TRY"
)

# A field and its value for each number.
Field = tuple[str, Callable[[int], str]]
# The path of something new, and two of its fields.
Made = tuple[str, Field, Field]


def text(name: str) -> Field:
    return name, lambda n: f"{name} {n}"


def amount(name: str) -> Field:
    return name, lambda n: f"{n + 1}.00"


def one_of(name: str, values: list[str]) -> Field:
    return name, lambda n: values[n]


async def account(ada: Person) -> Made:
    return f"/accounts/{(await ada.open_account())['id']}", text("name"), text("note")


async def book(_: Person) -> Made:
    zones = [zone for zone in sorted(available_timezones()) if zone.startswith("Europe/")]
    return "/book", one_of("time_zone", zones), one_of("base_currency", CURRENCIES.split())


async def category(ada: Person) -> Made:
    made = await ada.post("/categories", {"name": "Cinema", "kind": "expense"})
    return f"/categories/{made['id']}", text("name"), ("colour", lambda n: f"#0000{n + 10}")


async def transaction(ada: Person) -> Made:
    made = await ada.spend(await ada.open_account())
    return f"/transactions/{made['id']}", text("payee"), text("description")


async def payee(ada: Person) -> Made:
    opened = await ada.open_account()
    for n in range(CLIENTS + 1):
        await ada.spend(opened, payee=f"Payee {n}")
    payees = [each["id"] for each in (await ada.get("/payees", params={"limit": 100}))["items"]]
    found = (await ada.get("/categories"))["items"]
    categories = [each["id"] for each in found if each["kind"] == "expense"]
    fields = one_of("default_category_id", categories), one_of("imported_as_id", payees)
    return f"/payees/{payees.pop()}", *fields


async def rule(ada: Person) -> Made:
    said = {
        "name": "R",
        "conditions": [{"type": "text", "text": "shop"}],
        "actions": [{"type": "add_tag", "tag": "shop"}],
    }
    actions = "actions", lambda n: [{"type": "add_tag", "tag": f"shop {n}"}]
    return f"/rules/{(await ada.post('/rules', said))['id']}", text("name"), actions


async def recurring(ada: Person) -> Made:
    said = {
        "rule": "FREQ=MONTHLY",
        "date": "2030-01-01",
        "account_id": (await ada.open_account())["id"],
        "amount": "-700.00",
        "currency": "EUR",
        "payee": "Landlord",
    }
    made = await ada.post("/recurring", said)
    return f"/recurring/{made['id']}", text("payee"), text("description")


async def budget(ada: Person) -> Made:
    said = {"name": "B", "scope": {"kind": "tag", "id": "t"}, "amount": "9.00", "currency": "EUR"}
    made = await ada.post("/budgets", said)
    return f"/budgets/{made['id']}", text("name"), ("ends_on", lambda n: f"2050-12-{n + 1:02}")


async def goal(ada: Person) -> Made:
    said = {"name": "G", "target": "10.00", "currency": "EUR", "target_date": "2050-12-31"}
    return f"/goals/{(await ada.post('/goals', said))['id']}", text("name"), amount("target")


async def search(ada: Person) -> Made:
    made = await ada.post("/searches", {"name": "S", "query": "coffee"})
    return f"/searches/{made['id']}", text("name"), text("query")


async def reconciliation(ada: Person) -> Made:
    opened = await ada.open_account()
    begin = {"statement_date": "2026-11-30", "closing_balance": "0.00"}
    made = await ada.post(f"/accounts/{opened['id']}/reconciliations", begin)
    since = "statement_from", lambda n: f"2026-10-{n + 1:02}"
    return f"/reconciliations/{made['id']}", since, amount("closing_balance")


async def draft(ada: Person) -> Made:
    opened = await ada.open_account()
    data = ofx_sgml(make_statement(1, rows=2))
    answer = await ada.upload(data, "a.ofx", "application/x-ofx", account_id=opened["id"])
    await statuses_until(ada, answer.json()["id"], "ready")
    found = await ada.get("/drafts", params={"document_id": answer.json()["id"]})
    return f"/drafts/{found['items'][0]['id']}", text("payee"), amount("amount")


NOUNS: dict[str, Callable[[Person], Awaitable[Made]]] = {
    "/accounts/{id}": account,
    "/book": book,
    "/budgets/{id}": budget,
    "/categories/{id}": category,
    "/drafts/{id}": draft,
    "/goals/{id}": goal,
    "/payees/{id}": payee,
    "/reconciliations/{id}": reconciliation,
    "/recurring/{id}": recurring,
    "/rules/{id}": rule,
    "/searches/{id}": search,
    "/transactions/{id}": transaction,
}


def test_each_noun_that_can_be_patched_is_tried_here():
    paths = json.loads(openapi_document())["paths"]
    patched = {
        path.removeprefix("/api/v1") for path, methods in paths.items() if "patch" in methods
    }
    assert patched == set(NOUNS)


@pytest.mark.parametrize("noun", NOUNS)
async def test_all_edits_of_many_clients_land_and_none_takes_another_back(ada, noun):
    path, one, other = await NOUNS[noun](ada)

    async def edit(number: int) -> dict:
        field, value = (one, other)[number % 2]
        return await ada.patch(path, {field: value(number // 2)})

    answers = await asyncio.gather(*(edit(number) for number in range(CLIENTS)))

    for number, answer in enumerate(answers):
        field, value = (one, other)[number % 2]
        assert answer[field] == value(number // 2)
    numbered = sorted(enumerate(answers), key=lambda pair: pair[1]["version"])
    versions = [answer["version"] for _, answer in numbered]
    assert versions == list(range(versions[0], versions[0] + CLIENTS))
    for (_, before), (number, after) in pairwise(numbered):
        kept = (other, one)[number % 2][0]
        assert after[kept] == before[kept]

    field, value = one
    stale = {"if-match": f'"{versions[0]}"'}
    answer = await ada.request("PATCH", path, json={field: value(0)}, headers=stale)
    problem(answer, 412, "version-mismatch")


async def test_edits_with_the_same_etag_land_once(ada):
    path, (field, value), _ = await transaction(ada)
    seen = {"if-match": f'"{(await ada.get(path))["version"]}"'}
    answers = await asyncio.gather(
        *(ada.request("PATCH", path, json={field: value(n)}, headers=seen) for n in range(CLIENTS))
    )
    assert sorted(answer.status_code for answer in answers) == [200] + [412] * (CLIENTS - 1)


async def test_five_edits_each_land_through_two_gateways_beside_bulk_changes(ada, stack, tmp_path):
    path, (field, _), _ = await transaction(ada)
    id_ = path.rpartition("/")[2]

    async def edits(person: Person, client: int) -> None:
        for n in range(5):
            await person.patch(path, {field: f"{client}-{n}"})

    async def tags() -> None:
        for n in range(5):
            said = {"ids": [id_], "set": {"add_tags": [f"t{n}"]}}
            changed = await ada.post("/transactions:change", said)
            assert changed["operation"]["refused"] == 0

    with gateway_process(stack, tmp_path, ENABLE_RATE_LIMIT="false") as other:
        async with httpx.AsyncClient(
            base_url=other, timeout=30, headers=ada.client.headers
        ) as client:
            people = [ada, Person(client, ada.session)]
            await asyncio.gather(tags(), *(edits(people[n % 2], n) for n in range(CLIENTS)))

    standing = await ada.get(path)
    assert sorted(standing["tags"]) == [f"t{n}" for n in range(5)]
    assert standing["version"] == 1 + 5 * CLIENTS + 5


async def test_corrections_at_once_all_land(ada):
    path, _, _ = await transaction(ada)
    id_ = path.rpartition("/")[2]
    tags = [f"t{n}" for n in range(8)]
    await asyncio.gather(
        *(
            ada.post("/rules:fromCorrection", {"transaction_id": id_, "add_tags": [tag]})
            for tag in tags
        )
    )
    assert sorted((await ada.get(path))["tags"]) == tags
