"""Bad input at each door gets the named problem, and changes nothing."""

import json
import uuid

import httpx
import pytest
from story import Person

import specimens
from pfa_local.rest import Api

pytestmark = pytest.mark.stack


@pytest.fixture(scope="module")
def api(stack):
    with Api(stack.gateway_url) as signed_in:
        yield signed_in


@pytest.fixture(scope="module")
def person(api):
    return Person.signed_up(api)


@pytest.fixture(scope="module")
def raw(stack, person):
    """A bare HTTP client with the person's token: what a careless script would send."""
    headers = {"Authorization": person.api._client.headers["Authorization"]}
    with httpx.Client(
        base_url=f"{stack.gateway_url}/api/v1", headers=headers, timeout=60
    ) as client:
        yield client


@pytest.fixture
def nothing_changes(person):
    """What the person has, before and after."""
    before = everything(person)
    yield
    assert everything(person) == before


def everything(person):
    api = person.api
    return {
        "accounts": api.items("/accounts"),
        "transactions": api.items("/transactions"),
        "documents": api.items("/documents"),
        "drafts": api.items("/drafts"),
        "categories": api.items("/categories"),
    }


def assert_problem(response, status, slug, *, pointer=None, says=""):
    assert response.status_code == status, response.text
    assert response.headers["content-type"].startswith("application/problem+json")
    problem = response.json()
    assert problem["type"].endswith(f"/{slug}"), problem
    assert problem["status"] == status
    if pointer is not None:
        assert pointer in [error["pointer"] for error in problem["errors"]], problem
    assert says in json.dumps(problem, ensure_ascii=False), problem


BROKEN = [
    (specimens.not_an_image(), 415, "unsupported-media-type"),
    (specimens.oversized_file(), 413, "file-too-large"),
    (specimens.truncated_jpeg(), 422, "document-unreadable"),
    (specimens.png_bomb(), 422, "image-too-large"),
    (specimens.ofx_with_broken_amount(), 422, "statement-invalid"),
    (specimens.csv_with_broken_amount(), 422, "statement-invalid"),
    (specimens.ofx_entity_bomb(), 422, "statement-invalid"),
    (specimens.empty_file(), 422, "document-empty"),
]


@pytest.mark.parametrize(("broken", "status", "slug"), BROKEN, ids=lambda x: getattr(x, "name", ""))
def test_a_broken_document_is_refused_by_name(raw, nothing_changes, broken, status, slug):
    response = raw.post(
        "/documents", files={"file": (broken.name, broken.data, broken.content_type)}
    )
    assert_problem(response, status, slug)
    if broken.line is not None:
        assert_problem(response, status, slug, says=f"line {broken.line}")
        assert_problem(response, status, slug, says=broken.value)


@pytest.mark.parametrize("amount", [-4.5, 4, "1,234.50", "4.505", "", None, "NaN", "0.00"])
def test_money_that_is_no_plain_decimal_is_refused(raw, person, nothing_changes, amount):
    body = {"account_id": person.wallet, "date": "2026-11-01", "amount": amount, "payee": "Cafe"}
    assert_problem(raw.post("/transactions", json=body), 422, "validation-error", pointer="/amount")


def test_an_unknown_field_is_refused(raw, person, nothing_changes):
    body = {
        "account_id": person.wallet,
        "date": "2026-11-01",
        "amount": "-4.50",
        "payee": "Cafe",
        "ammount": "-4.50",
    }
    response = raw.post("/transactions", json=body)
    assert_problem(response, 422, "validation-error", pointer="/ammount")


def test_a_body_that_is_no_json_is_refused(raw, nothing_changes):
    headers = {"Content-Type": "application/json"}
    response = raw.post("/transactions", content=b'{"amount": ', headers=headers)
    assert response.status_code == 422 or response.status_code == 400
    assert response.headers["content-type"].startswith("application/problem+json")


def test_json_that_is_nested_without_end_is_refused(raw, nothing_changes):
    headers = {"Content-Type": "application/json"}
    response = raw.post("/transactions", content=b"[" * 50_000, headers=headers)
    assert 400 <= response.status_code < 500
    assert response.headers["content-type"].startswith("application/problem+json")


@pytest.mark.parametrize(
    "path", ["/accounts", "/transactions", "/documents", "/events", "/auth/me"]
)
@pytest.mark.parametrize("token", [None, "Bearer not.a.token", "Basic YTpi"])
def test_without_a_valid_token_no_door_opens(stack, path, token):
    headers = {"Authorization": token} if token else {}
    response = httpx.get(f"{stack.gateway_url}/api/v1{path}", headers=headers)
    assert_problem(response, 401, "unauthenticated")
    assert "Bearer" in response.headers["www-authenticate"]


def test_another_persons_things_are_not_found(stack, raw, person, nothing_changes):
    body = {"account_id": person.wallet, "date": "2026-11-01", "amount": "-4.50", "payee": "Cafe"}
    mine = person.api.post("/transactions", body)
    try:
        with Api(stack.gateway_url) as others:
            stranger = Person.signed_up(others)
            theirs = others._client
            for path in (f"/accounts/{person.wallet}", f"/transactions/{mine['id']}"):
                assert_problem(theirs.get(path), 404, "not-found")
                assert_problem(theirs.delete(path), 404, "not-found")
            into_mine = {**body, "account_id": person.wallet}
            refused = theirs.post("/transactions", json=into_mine)
            assert refused.status_code in (404, 422)
            assert stranger.balance() == 50_000
        assert person.balance() == 50_000 - 450
    finally:
        raw.delete(f"/transactions/{mine['id']}")


def test_a_key_with_another_body_is_a_conflict(raw, person, nothing_changes):
    key = {"Idempotency-Key": str(uuid.uuid4())}
    body = {"account_id": person.wallet, "date": "2026-11-01", "amount": "-4.50", "payee": "Cafe"}
    first = raw.post("/transactions", json=body, headers=key)
    again = raw.post("/transactions", json=body, headers=key)
    other = raw.post("/transactions", json={**body, "amount": "-5.00"}, headers=key)
    assert first.status_code == again.status_code == 201
    assert first.json()["id"] == again.json()["id"]
    assert_problem(other, 409, "idempotency-conflict")
    raw.delete(f"/transactions/{first.json()['id']}")


def test_an_edit_of_what_has_changed_meanwhile_is_refused(raw, person, nothing_changes):
    body = {"account_id": person.wallet, "date": "2026-11-01", "amount": "-4.50", "payee": "Cafe"}
    made = raw.post("/transactions", json=body)
    url, seen = f"/transactions/{made.json()['id']}", {"If-Match": made.headers["etag"]}
    assert raw.patch(url, json={"payee": "Kiosk"}, headers=seen).status_code == 200
    assert_problem(raw.patch(url, json={"payee": "Bar"}, headers=seen), 412, "version-mismatch")
    raw.delete(url)
