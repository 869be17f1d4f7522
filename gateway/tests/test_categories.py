"""Categories at the door, before the real ledger."""

import pytest
from gateway_world import ok, pointers, problem

pytestmark = pytest.mark.stack


async def test_a_category_is_added_changed_archived_and_deleted(ada):
    parent = await ada.post("/categories", {"name": "Hobby", "kind": "expense"})
    said = {"name": "Music", "kind": "expense", "icon": "music", "colour": "#AABBCC"}
    added = await ada.post("/categories", said)
    assert (added["icon"], added["colour"], added["archived"]) == ("music", "#aabbcc", False)
    path = f"/categories/{added['id']}"
    change = {"name": "Vinyl", "parent_id": parent["id"], "icon": None}
    response = await ada.request("PATCH", path, json=change, headers={"if-match": '"1"'})
    changed = ok(response)
    assert changed == {**added, **change, "version": 2}
    assert response.headers["etag"] == '"2"'
    stale = await ada.request("PATCH", path, json={"name": "X"}, headers={"if-match": '"1"'})
    problem(stale, 412, "version-mismatch")
    below = {"parent_id": added["id"]}
    ring = await ada.request("PATCH", f"/categories/{parent['id']}", json=below)
    assert pointers(problem(ring, 422, "validation-error")) == ["/parent_id"]
    wrong = await ada.request("PATCH", path, json={"colour": "red", "icon": "<svg>"})
    assert pointers(problem(wrong, 422, "validation-error")) == ["/icon", "/colour"]

    assert (await ada.patch(path, {"parent_id": None, "archived": True}))["archived"]
    assert added["id"] not in await names(ada)
    assert added["id"] in await names(ada, include_archived=True)
    assert (await ada.request("DELETE", path)).status_code == 204
    problem(await ada.request("DELETE", path), 404, "not-found")


async def names(person, **query) -> dict[str, str]:
    listed = (await person.get("/categories", params=query))["items"]
    return {category["id"]: category["name"] for category in listed}


async def test_a_merge_is_undone_like_any_operation(ada):
    account = await ada.open_account()
    old = await ada.post("/categories", {"name": "Old", "kind": "expense"})
    new = await ada.post("/categories", {"name": "New", "kind": "expense"})
    order = {"category_ids": [new["id"], old["id"]]}
    assert (await ada.request("PUT", "/categories/order", json=order)).status_code == 204
    assert list(await names(ada))[:2] == [new["id"], old["id"]]

    booked = await ada.spend(account, category_id=old["id"])
    refused = await ada.request("DELETE", f"/categories/{old['id']}")
    problem(refused, 409, "category-in-use")
    path = f"/categories/{old['id']}:merge"
    merged = await ada.post(path, {"into": new["id"]})
    assert (merged["operation"]["kind"], merged["operation"]["done"]) == ("merge_category", 1)
    assert (await ada.get(f"/transactions/{booked['id']}"))["category_id"] == new["id"]
    assert old["id"] not in await names(ada)
    await ada.post(f"/operations/{merged['operation']['id']}:undo")
    assert (await ada.get(f"/transactions/{booked['id']}"))["category_id"] == old["id"]
    assert old["id"] in await names(ada)
    problem(await ada.request("POST", path, json={"into": "there"}), 422, "validation-error")
