"""The book as a file, before the real ledger."""

import csv
import io

import pytest
from gateway_world import problem

pytestmark = pytest.mark.stack

ENDINGS = {
    "csv": "csv",
    "ndjson": "ndjson",
    "beancount": "beancount",
    "hledger": "journal",
    "ofx": "ofx",
}


async def lived_in(ada):
    account = await ada.open_account(opening_balance="100.00")
    row = {"account_id": account["id"], "date": "2026-11-20", "amount": "-4.50", "payee": "Café"}
    await ada.post("/transactions", row)
    return account


@pytest.mark.parametrize("name", ENDINGS)
async def test_a_book_is_taken_away_in_the_format_of_ones_choice(ada, name):
    await lived_in(ada)

    answer = await ada.request("GET", f"/book:export?format={name}")

    assert answer.status_code == 200
    assert answer.headers["content-disposition"].endswith(f'filename="book.{ENDINGS[name]}"')
    assert answer.headers["cache-control"] == "no-store"
    assert "4.50" in answer.text or "-450" in answer.text


async def test_the_table_has_the_rows_of_the_list(ada):
    await lived_in(ada)

    answer = await ada.request("GET", "/book:export?format=csv")

    rows = list(csv.DictReader(io.StringIO(answer.text)))
    listed = (await ada.get("/transactions"))["items"]
    assert sorted(row["transaction_id"] for row in rows) == sorted(t["id"] for t in listed)


async def test_an_unknown_format_is_refused(ada):
    problem(await ada.request("GET", "/book:export?format=pdf"), 422, "validation-error")


async def test_a_book_that_holds_something_is_not_overwritten(ada):
    account = await lived_in(ada)
    file = (await ada.request("GET", "/book:export?format=ndjson")).content

    answer = await ada.request("POST", "/book:restore", content=file)

    problem(answer, 409, "book-not-empty")
    assert (await ada.get(f"/accounts/{account['id']}"))["balance"] == "95.50"


async def test_a_file_that_ends_too_soon_is_refused_and_the_empty_book_stays(ada):
    file = (await ada.request("GET", "/book:export?format=ndjson")).content
    lines = file.splitlines(keepends=True)

    answer = await ada.request("POST", "/book:restore", content=b"".join(lines[:-1]))

    refused = problem(answer, 422, "invalid-book-file")
    assert "ends too soon" in refused["detail"]
    assert (await ada.request("GET", "/book:export?format=ndjson")).content == file


async def test_an_empty_book_is_restored_to_what_it_was(ada):
    file = (await ada.request("GET", "/book:export?format=ndjson")).content

    answer = await ada.request("POST", "/book:restore", content=file)

    assert answer.status_code == 200
    assert answer.json()["counts"]["categories"] == file.count(b'"kind":"categories"')
    assert (await ada.request("GET", "/book:export?format=ndjson")).content == file


@pytest.mark.parametrize("megabytes", [1, 5, 40])
async def test_a_large_file_for_a_book_that_holds_something_is_refused_as_a_small_one(
    ada, megabytes
):
    account = await lived_in(ada)
    file = (await ada.request("GET", "/book:export?format=ndjson")).content
    head, rest = file.split(b"\n", 1)
    filler = b"".join(b'{"kind":"accounts","document":{"_id":"%d"}}\n' % i for i in range(20_000))
    large = head + b"\n" + filler * (megabytes + 1) + rest

    answer = await ada.request("POST", "/book:restore", content=large)

    problem(answer, 409, "book-not-empty")
    assert (await ada.get(f"/accounts/{account['id']}"))["balance"] == "95.50"
