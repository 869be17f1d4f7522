"""Imports at the door: planned, looked at, booked as planned, taken back."""

import pytest
from gateway_world import ok, pointers, problem
from test_documents import statuses_until

from specimens import draw_receipt, make_statement, ofx_sgml

pytestmark = pytest.mark.stack
RECEIPT = draw_receipt(20261122, merchant="HARBOUR STREET GROCERS")


def line(amount="-4.50", **more):
    return {"date": "2026-11-20", "amount": amount, "payee": "Corner Shop", **more}


async def plan(person, account, *lines, **more):
    body = {"account_id": account["id"], "lines": list(lines), **more}
    return await person.post("/imports:preview", body)


async def lines_of(person, planned, **query):
    return (await person.get(f"/imports/{planned['id']}/lines", params=query))["items"]


async def commit(person, planned, *overrides, **more):
    body = {"overrides": list(overrides)}
    return await person.request("POST", f"/imports/{planned['id']}:commit", json=body, **more)


async def test_a_file_is_planned_booked_as_planned_and_taken_back(ada):
    account = await ada.open_account()
    planned = await plan(
        ada,
        account,
        line(bank_reference="F1"),
        line(),
        line(),
        line("4,50", row=17),
        line("-1.00", payee="x" * 300),
        **{"from": "2026-11-01", "to": "2026-11-30", "file_name": "november.csv"},
    )
    assert planned["stage"] == "planned"
    assert {name: each["count"] for name, each in planned["verdicts"].items()} == {
        "new": 2,
        "twin_kept": 2,
        "refused": 1,
    }
    assert planned["coverage"] == [
        {"account_id": account["id"], "from": "2026-11-01", "to": "2026-11-30", "lines": 4}
    ]
    assert (await ada.get("/transactions"))["items"] == []
    (refused,) = await lines_of(ada, planned, verdict="refused")
    assert (refused["line"], refused["row"], refused["refusal"]["code"]) == (4, 17, "UNREADABLE")

    tagged = {"if-match": f'"{planned["version"]}"'}
    done = ok(await commit(ada, planned, headers=tagged))
    assert (done["stage"], done["outcomes"]["added"]["count"]) == ("committed", 4)
    assert ok(await commit(ada, planned)) == done
    assert (await ada.get(f"/accounts/{account['id']}"))["balance"] == "-14.50"
    assert (await ada.get("/imports"))["items"] == [done]

    again = await plan(ada, account, line(), line(), line(bank_reference="F1"))
    assert set(again["verdicts"]) == {"already_there"}
    assert [each["known_by"] for each in await lines_of(ada, again)] == [
        "fingerprint",
        "fingerprint",
        "reference",
    ]

    undone = await ada.post(f"/imports/{planned['id']}:undo")
    assert undone["undone"]
    assert (await ada.get(f"/accounts/{account['id']}"))["balance"] == "0.00"
    problem(await ada.request("POST", f"/imports/{planned['id']}:undo"), 409, "operation-undone")


async def test_a_line_that_may_be_a_noted_one_is_offered_and_becomes_it(ada):
    account = await ada.open_account()
    noted = await ada.spend(account, payee="Corner", date="2026-11-18", status="pending")
    found = await ada.get(
        "/transactions:matches",
        params={
            "account_id": account["id"],
            "date": "2026-11-20",
            "amount": "-4.50",
            "payee": "CORNER SHOP 17",
        },
    )
    assert [m["transaction"]["id"] for m in found["items"]] == [noted["id"]]
    planned = await plan(ada, account, line(payee="CORNER SHOP 17", bank_reference="F1"))
    (doubtful,) = await lines_of(ada, planned, verdict="doubtful")
    assert [c["transaction_id"] for c in doubtful["candidates"]] == [noted["id"]]

    done = ok(
        await commit(ada, planned, {"line": 1, "choice": "match", "transaction_id": noted["id"]})
    )

    assert done["outcomes"]["matched"]["count"] == 1
    (one,) = (await ada.get("/transactions"))["items"]
    assert (one["id"], one["status"], one["bank_reference"], one["payee"]) == (
        noted["id"],
        "cleared",
        "F1",
        "Corner",
    )


async def test_a_plan_that_the_book_has_overtaken_is_told_and_changes_nothing(ada):
    account = await ada.open_account()
    planned = await plan(ada, account, line(), line("-1.00"))
    ok(await commit(ada, await plan(ada, account, line())))
    found = problem(await commit(ada, planned), 409, "plan-stale")
    assert pointers(found) == ["/lines/0"]
    assert (await ada.get(f"/accounts/{account['id']}"))["balance"] == "-4.50"


async def test_what_cannot_be_used_is_pointed_at(ada, bob):
    account = await ada.open_account()
    empty = await ada.request("POST", "/imports:preview", json={"lines": []})
    problem(empty, 422, "validation-error")
    planned = await plan(ada, account, line())
    wrong = await commit(ada, planned, {"line": 9, "choice": "skip"})
    assert pointers(problem(wrong, 422, "validation-error")) == ["/overrides/0/line"]
    for method, path in [
        ("GET", f"/imports/{planned['id']}"),
        ("GET", f"/imports/{planned['id']}/lines"),
        ("POST", f"/imports/{planned['id']}:commit"),
        ("POST", f"/imports/{planned['id']}:undo"),
    ]:
        problem(await bob.request(method, path), 404, "not-found")
    elsewhere = await plan(bob, account, line())
    assert [each["refusal"]["code"] for each in await lines_of(bob, elsewhere)] == [
        "ACCOUNT_NOT_FOUND"
    ]


async def test_the_drafts_of_a_document_are_planned_and_accepted_with_the_import(ada):
    statement = make_statement(7)
    account = await ada.open_account(currency=statement.currency)
    data = ofx_sgml(statement)
    uploaded = ok(await ada.upload(data, "bank.ofx", "application/x-ofx", account_id=account["id"]))
    await statuses_until(ada, uploaded["id"], "ready")
    planned = await ada.post("/imports:preview", {"document_id": uploaded["id"]})
    assert (planned["line_count"], planned["file_name"]) == (len(statement.rows), "bank.ofx")

    ok(await commit(ada, planned, {"line": 1, "choice": "skip"}))

    drafts = (await ada.get("/drafts", params={"document_id": uploaded["id"]}))["items"]
    assert [draft["status"] for draft in drafts] == [
        "ready",
        *["accepted"] * (len(statement.rows) - 1),
    ]
    booked = {t["id"] for t in (await ada.get("/transactions"))["items"]}
    assert {draft["transaction_id"] for draft in drafts[1:]} == booked
    # The one that was left is booked once it is accepted, and nothing is booked again.
    await ada.post(f"/documents/{uploaded['id']}:accept")
    assert len((await ada.get("/transactions"))["items"]) == len(statement.rows)
    none_left = await ada.request("POST", "/imports:preview", json={"document_id": uploaded["id"]})
    problem(none_left, 409, "conflict")


async def test_thousands_of_lines_are_one_file(ada):
    account = await ada.open_account()
    lines = [line(f"-{1 + i % 900}.{i % 100:02}", row=i + 1) for i in range(3000)]
    planned = await plan(ada, account, *lines)
    assert planned["line_count"] == 3000
    done = ok(await commit(ada, planned))
    assert done["outcomes"]["added"]["count"] == 3000


TWO_ACCOUNTS = b"""OFXHEADER:100
DATA:OFXSGML

<OFX><BANKMSGSRSV1>
<STMTTRNRS><STMTRS><CURDEF>EUR<BANKACCTFROM><ACCTID>DE0001111</BANKACCTFROM><BANKTRANLIST>
<STMTTRN><DTPOSTED>20261120<TRNAMT>-1.00<FITID>A<NAME>Shop</STMTTRN>
</BANKTRANLIST></STMTRS></STMTTRNRS>
<STMTTRNRS><STMTRS><CURDEF>EUR<BANKACCTFROM><ACCTID>DE0002222</BANKACCTFROM><BANKTRANLIST>
<STMTTRN><DTPOSTED>20261120<TRNAMT>-2.00<FITID>B<NAME>Shop</STMTTRN>
</BANKTRANLIST></STMTRS></STMTTRNRS>
</BANKMSGSRSV1></OFX>"""


async def test_a_file_of_two_accounts_is_not_booked_into_one(ada):
    account = await ada.open_account()
    media = "application/x-ofx"
    refused = await ada.upload(TWO_ACCOUNTS, "two.ofx", media, account_id=account["id"])
    found = problem(refused, 422, "validation-error")
    assert pointers(found) == ["/account_id"]
    assert "…1111 EUR, …2222 EUR" in found["errors"][0]["detail"]

    document = ok(await ada.upload(TWO_ACCOUNTS, "two.ofx", media))
    await statuses_until(ada, document["id"], "ready")
    drafts = (await ada.get("/drafts", params={"document_id": document["id"]}))["items"]
    assert [d["statement_account"] for d in drafts] == ["…1111 EUR", "…2222 EUR"]
    asked = {"document_id": document["id"], "account_id": account["id"]}
    response = await ada.request("POST", "/imports:preview", json=asked)
    assert pointers(problem(response, 422, "validation-error")) == ["/account_id"]

    await ada.patch(f"/drafts/{drafts[0]['id']}", {"account_id": account["id"]})
    planned = await ada.post("/imports:preview", asked)
    assert planned["verdicts"]["new"]["count"] == 2


async def test_a_category_of_a_rule_is_filled_in_shown_as_such_and_teaches_nothing(ada):
    statement = make_statement(7)
    account = await ada.open_account(currency=statement.currency)
    payee = statement.rows[0].payee
    categories = (await ada.get("/categories"))["items"]
    chosen = next(c for c in categories if c["key"] == "pets")
    rule = {
        "name": "by payee",
        "conditions": [{"type": "text", "field": "payee", "text": payee}],
        "actions": [{"type": "set_category", "category_id": chosen["id"]}],
    }
    await ada.post("/rules", rule)
    data = ofx_sgml(statement)
    uploaded = ok(await ada.upload(data, "bank.ofx", "application/x-ofx", account_id=account["id"]))
    await statuses_until(ada, uploaded["id"], "ready")

    draft = (await ada.get("/drafts", params={"document_id": uploaded["id"]}))["items"][0]

    best = draft["suggestions"][0]
    assert (best["category_id"], best["source"], best["confidence"]) == (chosen["id"], "rule", 1.0)
    assert (draft["category_id"], draft["category_confirmed"]) == (chosen["id"], False)


async def test_a_second_photo_of_a_booked_receipt_is_attached_to_it(ada):
    account = await ada.open_account(currency="USD")
    first = ok(await ada.upload(RECEIPT.data, "one.jpg", "image/jpeg", account_id=account["id"]))
    await statuses_until(ada, first["id"], "ready")
    await ada.post(f"/documents/{first['id']}:accept")
    (booked,) = (await ada.get("/transactions"))["items"]
    retaken = RECEIPT.data + b"\0retaken"
    second = ok(await ada.upload(retaken, "two.jpg", "image/jpeg", account_id=account["id"]))
    await statuses_until(ada, second["id"], "ready")
    (draft,) = (await ada.get("/drafts", params={"document_id": second["id"]}))["items"]

    asked = {name: draft[name] for name in ("account_id", "date", "amount", "payee")}
    (match,) = (await ada.get("/transactions:matches", params=asked))["items"]
    assert (match["transaction"]["id"], match["likely"]) == (booked["id"], True)
    planned = await ada.post("/imports:preview", {"document_id": second["id"]})
    override = {"line": 1, "choice": "match", "transaction_id": booked["id"]}
    ok(await commit(ada, planned, override))

    (still,) = (await ada.get("/transactions"))["items"]
    assert (still["amount"], still["document_id"]) == (booked["amount"], first["id"])
    assert still["document_ids"] == [second["id"]]
    (draft,) = (await ada.get("/drafts", params={"document_id": second["id"]}))["items"]
    assert (draft["status"], draft["transaction_id"]) == ("accepted", booked["id"])
    document = await ada.get(f"/documents/{second['id']}")
    assert (document["status"], document["drafts_booked"]) == ("accepted", 1)


async def test_as_many_lines_as_are_documented_are_planned_and_listed(ada):
    account = await ada.open_account()
    most = 20_000
    body = {
        "account_id": account["id"],
        "lines": [
            line(f"-{1 + n % 977}.50", payee=f"Payee {n} of a long street", bank_reference=f"R{n}")
            for n in range(most)
        ],
    }
    response = await ada.request("POST", "/imports:preview", json=body, timeout=120)
    assert response.status_code == 201, response.text
    planned = response.json()
    assert planned["verdicts"]["new"]["count"] == most
    page = await ada.get(f"/imports/{planned['id']}/lines", params={"limit": 100})
    assert [each["line"] for each in page["items"]] == list(range(1, 101))

    too_many = {**body, "lines": [*body["lines"], line()]}
    refused = await ada.request("POST", "/imports:preview", json=too_many, timeout=120)
    problem(refused, 422, "validation-error")
