"""The OpenAPI 3.1 document: FastAPI's, with problems as every error's body."""

import json
import re
from typing import Any

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi
from fastapi.routing import APIRoute
from pydantic.json_schema import models_json_schema

from gateway.models.health import DetailedHealth
from gateway.models.live import DocumentEvent, LiveEvent
from gateway.models.transactions import NewTransactionItem
from gateway.problems import MEDIA_TYPE
from gateway.security import BOOK_HEADER

# Shapes that no route declares by type, because they come in streams or in more than one form.
_EXTRA = (LiveEvent, DocumentEvent, NewTransactionItem)
# `ItemList[Account]` reads AccountList.
_LIST_NAME = re.compile(r"ItemList_(\w+?)_(?=[\"\]])")
_REF = "#/components/schemas/{model}"


def ref(model: type) -> dict[str, str]:
    """A reference to a shape of the document."""
    return {"$ref": f"#/components/schemas/{model.__name__}"}


def install(app: FastAPI, *, server: str = "") -> None:
    """Let the app answer this document as its own. `server` is the API's address, if known."""

    def document() -> dict[str, Any]:
        if app.openapi_schema is None:
            found = _document(app)
            app.openapi_schema = found | {"servers": [{"url": server}]} if server else found
        return app.openapi_schema

    # FastAPI's documented way to extend it.
    app.openapi = document  # type: ignore[method-assign]


def _document(app: FastAPI) -> dict[str, Any]:
    found = get_openapi(
        title=app.title,
        version=app.version,
        openapi_version=app.openapi_version,
        description=app.description,
        routes=app.routes,
        separate_input_output_schemas=app.separate_input_output_schemas,
        tags=app.openapi_tags,
    )
    schemas = found["components"]["schemas"]
    _, extra = models_json_schema([(model, "serialization") for model in _EXTRA], ref_template=_REF)
    for name, schema in extra["$defs"].items():
        schemas.setdefault(name, schema)
    for unused in ("HTTPValidationError", "ValidationError"):
        schemas.pop(unused, None)
    for path in found["paths"].values():
        for operation in path.values():
            _problems_only(operation)
            _book_once(operation, found["components"])
    renamed: dict[str, Any] = json.loads(_LIST_NAME.sub(r"\1List", json.dumps(found)))
    return renamed


def _problems_only(operation: dict[str, Any]) -> None:
    """Errors have one body, of one media type."""
    for status, response in operation["responses"].items():
        if status >= "400" and not _is_health(response):
            problem = {"schema": {"$ref": "#/components/schemas/Problem"}}
            response["content"] = {MEDIA_TYPE: problem}


def _is_health(response: dict[str, Any]) -> bool:
    """Probes get the state itself as the reason why it is a 503."""
    schema = response.get("content", {}).get("application/json", {}).get("schema", {})
    return bool(schema == ref(DetailedHealth))


def _book_once(operation: dict[str, Any], components: dict[str, Any]) -> None:
    """Which book is meant is said the same way everywhere, and told of once."""
    parameters = operation.get("parameters", [])
    for place, parameter in enumerate(parameters):
        if parameter.get("name") == BOOK_HEADER:
            components.setdefault("parameters", {})["Book"] = parameter
            parameters[place] = {"$ref": "#/components/parameters/Book"}


def operation_id(route: APIRoute) -> str:
    """`list_accounts` is listAccounts."""
    first, *others = route.name.split("_")
    return first + "".join(word.title() for word in others)
