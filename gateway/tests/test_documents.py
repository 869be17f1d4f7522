"""Documents: streamed in, watched, reviewed, accepted; and what is refused at the door."""

import asyncio

import httpx
import pytest
from gateway_world import API, COMMENT, frames, ok, pointers, problem, signed_up

from specimens import (
    draw_receipt,
    empty_file,
    make_statement,
    not_an_image,
    ofx_sgml,
    ofx_with_broken_amount,
    oversized_file,
    png_bomb,
    truncated_jpeg,
)

pytestmark = pytest.mark.stack
READ_SECONDS = 60


async def statuses_until(person, document_id: str, last: str) -> list[dict]:
    """What the document's stream tells, up to this status."""
    told = []
    path = f"{API}/documents/{document_id}/events"
    async with asyncio.timeout(READ_SECONDS):
        async with person.client.stream("GET", path) as response:
            assert response.headers["content-type"].startswith("text/event-stream")
            async for name, data in frames(response):
                if name == COMMENT:
                    continue
                assert name == "status"
                told.append(data)
                if data["status"] == last:
                    return told
    raise AssertionError(f"the stream ended with {told}")


async def test_a_statement_comes_in_is_watched_reviewed_and_booked(ada):
    statement = make_statement(7)
    account = await ada.open_account(currency=statement.currency)
    data = ofx_sgml(statement)
    response = await ada.upload(data, "bank.ofx", "application/x-ofx", account_id=account["id"])
    assert response.status_code == 202
    document = ok(response)
    assert response.headers["location"] == f"{API}/documents/{document['id']}"
    assert (document["status"], document["duplicate"], document["size_bytes"]) == (
        "received",
        False,
        len(data),
    )

    told = await statuses_until(ada, document["id"], "ready")
    assert [event["version"] for event in told] == sorted({event["version"] for event in told})
    assert {event["document_id"] for event in told} == {document["id"]}

    file = await ada.request("GET", f"/documents/{document['id']}/file")
    assert file.content == data
    assert file.headers["content-disposition"].startswith("attachment")
    assert "sandbox" in file.headers["content-security-policy"]

    drafts = (await ada.get("/drafts", params={"document_id": document["id"], "limit": 500}))[
        "items"
    ]
    assert len(drafts) == len(statement.rows)
    first = drafts[0]
    changed = await ada.patch(
        f"/drafts/{first['id']}", {"amount": "-1.23"}, headers={"if-match": f'"{first["version"]}"'}
    )
    assert (changed["amount"], changed["currency"]) == ("-1.23", first["currency"])
    stale = {"json": {"payee": "x"}, "headers": {"if-match": f'"{first["version"]}"'}}
    problem(await ada.request("PATCH", f"/drafts/{first['id']}", **stale), 412, "version-mismatch")
    rejected = await ada.post(f"/drafts/{drafts[1]['id']}:reject")
    assert rejected["status"] == "rejected"
    problem(await ada.request("POST", f"/drafts/{rejected['id']}:accept"), 409, "draft-decided")

    accepted = [await ada.post(f"/drafts/{first['id']}:accept") for _ in range(2)]
    assert accepted[0]["transaction_id"] == accepted[1]["transaction_id"]
    whole = await ada.post(f"/documents/{document['id']}:accept")
    assert whole["document"]["status"] == "accepted"
    assert {draft["status"] for draft in whole["drafts"]} == {"accepted", "rejected"}
    booked = (await ada.get("/transactions", params={"limit": 500}))["items"]
    assert len(booked) == len(drafts) - 1
    assert {item["document_id"] for item in booked} == {document["id"]}

    again = ok(await ada.upload(data, "again.ofx", "application/x-ofx"))
    assert (again["id"], again["duplicate"]) == (document["id"], True)
    assert [event["status"] for event in await statuses_until(ada, document["id"], "accepted")] == [
        "accepted"
    ]


async def test_a_receipt_has_a_picture_and_needs_an_account_to_be_booked(ada):
    photo = draw_receipt(3)
    document = ok(await ada.upload(photo.data, "receipt.jpg", "image/jpeg"))
    await statuses_until(ada, document["id"], "ready")
    document = await ada.get(f"/documents/{document['id']}")
    assert document["kind"] == "receipt"
    page = await ada.request("GET", f"/documents/{document['id']}/pages/1", params={"w": 200})
    assert page.headers["content-type"].startswith("image/")
    problem(await ada.request("GET", f"/documents/{document['id']}/pages/2"), 404, "not-found")
    [draft] = (await ada.get("/drafts", params={"document_id": document["id"]}))["items"]
    assert any(field["box"] for field in draft["fields"])
    found = problem(
        await ada.request("POST", f"/drafts/{draft['id']}:accept"), 422, "account-required"
    )
    assert pointers(found) == ["/account_id"]
    number = await ada.request("PATCH", f"/drafts/{draft['id']}", json={"amount": 1.5})
    assert pointers(problem(number, 422, "validation-error")) == ["/amount"]


@pytest.mark.parametrize(
    ("broken", "status", "slug"),
    [
        (not_an_image(), 415, "unsupported-media-type"),
        (oversized_file(), 413, "file-too-large"),
        (truncated_jpeg(), 422, "document-unreadable"),
        (png_bomb(), 422, "image-too-large"),
        (ofx_with_broken_amount(), 422, "statement-invalid"),
        (empty_file(), 422, "document-empty"),
    ],
    ids=lambda value: getattr(value, "name", None),
)
async def test_a_file_that_cannot_be_used_gets_its_problem_and_is_not_kept(
    ada, broken, status, slug
):
    response = await ada.upload(broken.data, broken.name, broken.content_type)
    problem(response, status, slug)
    assert (await ada.get("/documents"))["items"] == []


async def test_a_file_without_a_told_length_is_stopped_at_the_limit(ada):
    boundary = "x" * 20
    head = (
        f"--{boundary}\r\n"
        'Content-Disposition: form-data; name="file"; filename="a.jpg"\r\n'
        "Content-Type: image/jpeg\r\n\r\n"
    )

    async def endless():
        yield head.encode()
        for _ in range(12 * 16):
            yield b"\xff" * 65536

    headers = {"content-type": f"multipart/form-data; boundary={boundary}"}
    response = await ada.request("POST", "/documents", content=endless(), headers=headers)
    problem(response, 413, "file-too-large")


def form(*parts: tuple[str, str, str]) -> dict:
    """A form with these parts in this order: name, further disposition, content."""
    lines = []
    for name, more, content in parts:
        lines += ["--b", f'Content-Disposition: form-data; name="{name}"{more}', "", content]
    return {
        "content": "\r\n".join([*lines, "--b--", ""]).encode(),
        "headers": {"content-type": "multipart/form-data; boundary=b"},
    }


FILE = ("file", '; filename="a.csv"', "date,amount\n")
SOME_ID = "01930000-0000-7000-8000-000000000000"


@pytest.mark.parametrize("order", [1, -1], ids=["file first", "account first"])
async def test_the_fields_of_a_form_come_in_any_order(ada, order):
    file = (*FILE[:2], "date,amount,payee\n2026-03-01,-4.50,Cafe\n")
    parts = [file, ("account_id", "", SOME_ID)][::order]
    document = ok(await ada.request("POST", "/documents", **form(*parts)))
    assert document["account_id"] == SOME_ID


@pytest.mark.parametrize(
    ("parts", "at"),
    [
        ([("account_id", "", SOME_ID)], "/file"),
        ([FILE, ("account_id", "", "mine")], "/account_id"),
        ([("account_id", "", "mine"), FILE], "/account_id"),
        ([("colour", "", "red"), FILE], "/colour"),
        ([FILE, FILE], "/file"),
    ],
)
async def test_a_form_that_is_not_ours_is_pointed_at_and_nothing_is_kept(ada, parts, at):
    response = await ada.request("POST", "/documents", **form(*parts))
    assert pointers(problem(response, 422, "validation-error")) == [at]
    assert (await ada.get("/documents"))["items"] == []


async def test_a_form_that_breaks_off_keeps_nothing(ada):
    whole = form(FILE)
    whole["content"] = whole["content"].removesuffix(b"--b--\r\n")
    problem(await ada.request("POST", "/documents", **whole), 422, "validation-error")
    assert (await ada.get("/documents"))["items"] == []


async def test_what_is_no_form_is_refused(ada):
    problem(
        await ada.request("POST", "/documents", json={"file": "x"}), 415, "unsupported-media-type"
    )


async def test_anothers_document_is_not_there(ada, bob):
    data = ofx_sgml(make_statement(8))
    document = ok(await ada.upload(data, "bank.ofx", "application/x-ofx"))
    path = f"/documents/{document['id']}"
    for method, where in [
        ("GET", path),
        ("GET", f"{path}/file"),
        ("GET", f"{path}/pages/1"),
        ("GET", f"{path}/events"),
        ("POST", f"{path}:accept"),
    ]:
        problem(await bob.request(method, where), 404, "not-found")
    ours = ok(await bob.upload(data, "bank.ofx", "application/x-ofx"))
    assert (ours["duplicate"], ours["id"] != document["id"]) == (False, True)


async def test_a_second_browser_sees_what_the_first_does(ada):
    listening = asyncio.Event()
    seen = []

    async def listen() -> None:
        async with ada.client.stream("GET", f"{API}/events") as response:
            async for name, data in frames(response):
                listening.set()
                if name == COMMENT:
                    continue
                assert name == data["type"]
                seen.append(data)
                if name == "transaction.deleted":
                    return

    task = asyncio.create_task(listen())
    async with asyncio.timeout(30):
        await listening.wait()
        account = await ada.open_account()
        booked = await ada.spend(account)
        await ada.request("DELETE", f"/transactions/{booked['id']}")
        await task
    assert [event["type"] for event in seen] == [
        "account.opened",
        "transaction.created",
        "transaction.deleted",
    ]
    assert [event["subject"] for event in seen] == [account["id"], booked["id"], booked["id"]]
    assert {event["book"] for event in seen} == {ada.session["user"]["id"]}
    assert [event["seq"] for event in seen] == sorted(event["seq"] for event in seen)


async def test_nobody_hears_of_anothers_book(door, ada, bob):
    heard = []

    async def listen(person) -> None:
        async with person.client.stream("GET", f"{API}/events") as response:
            async for name, data in frames(response):
                if name != COMMENT:
                    heard.append((person, data))
                    return

    tasks = [asyncio.create_task(listen(person)) for person in (ada, bob)]
    async with signed_up(door) as other:
        async with asyncio.timeout(30):
            await asyncio.sleep(0)
            while not heard:
                await ada.open_account()
                await other.open_account()
                await asyncio.wait(tasks, timeout=0.2, return_when=asyncio.FIRST_COMPLETED)
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
    assert {person for person, _ in heard} == {ada}


async def test_one_person_has_a_bounded_number_of_streams(door):
    async with signed_up(door) as person:
        limits = httpx.Limits(max_connections=None)
        async with httpx.AsyncClient(
            base_url=door, headers=person.client.headers, limits=limits
        ) as client:
            open_streams = []
            for _ in range(20):
                request = client.build_request("GET", f"{API}/events")
                open_streams.append(await client.send(request, stream=True))
            assert {response.status_code for response in open_streams} == {200}
            problem(await client.get(f"{API}/events"), 429, "rate-limited")
            for response in open_streams:
                await response.aclose()
