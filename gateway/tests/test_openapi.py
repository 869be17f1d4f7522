"""The committed document is what the app answers; the frontend's client is made from it."""

import json
from pathlib import Path

from openapi_spec_validator import validate

from gateway.__main__ import openapi_document

COMMITTED = Path(__file__).parents[1] / "openapi.json"


def test_the_committed_document_is_that_of_the_app():
    assert COMMITTED.read_text("utf-8") == openapi_document(), (
        "write it anew: python -m gateway openapi > gateway/openapi.json"
    )


def test_the_document_is_valid_openapi():
    validate(json.loads(openapi_document()))


def test_operations_have_names_of_their_own_and_errors_are_problems():
    document = json.loads(openapi_document())
    operations = [op for path in document["paths"].values() for op in path.values()]
    names = [operation["operationId"] for operation in operations]
    assert len(names) == len(set(names))
    assert all("_" not in name for name in names)
    for operation in operations:
        for status, response in operation["responses"].items():
            if status >= "400" and operation["operationId"] != "getDetailedHealth":
                assert list(response["content"]) == ["application/problem+json"]


def test_which_book_is_meant_is_told_once():
    document = json.loads(openapi_document())
    (name,) = document["components"]["parameters"]
    header = document["components"]["parameters"][name]
    assert (header["name"], header["in"], header["required"]) == ("X-Book", "header", False)
    meant = [
        operation
        for path in document["paths"].values()
        for operation in path.values()
        if {"$ref": f"#/components/parameters/{name}"} in operation.get("parameters", ())
    ]
    assert len(meant) > 100
    assert openapi_document().count('"name": "X-Book"') == 1


def test_no_amount_is_a_number():
    schemas = json.loads(openapi_document())["components"]["schemas"]
    words = ("amount", "balance", "income", "expense", "net")
    for name, schema in schemas.items():
        for field, kind in schema.get("properties", {}).items():
            if any(word in field for word in words):
                found = set(shapes(kind)) - {"null", "array"}
                assert found <= {"string", "Money"}, f"{name}.{field}"
                assert found, f"{name}.{field}"


def shapes(kind):
    """The types of a field, and of what it holds; a reference by its name."""
    if "$ref" in kind:
        yield kind["$ref"].rpartition("/")[2]
    if "type" in kind:
        yield kind["type"]
    for inner in (*kind.get("anyOf", ()), *([kind["items"]] if "items" in kind else ())):
        yield from shapes(inner)
