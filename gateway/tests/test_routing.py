"""The order in which a request is admitted, read and answered, without the services."""

import threading
from collections.abc import AsyncIterator
from dataclasses import fields
from secrets import token_hex
from typing import Annotated, get_args

import httpx
import pytest
from fastapi import FastAPI
from fastapi.routing import APIRoute, iter_route_contexts
from pydantic import AfterValidator, SecretStr, ValidationError

from gateway import problems, routing
from gateway.app import create_app
from gateway.bodies import BodyLimits, takes
from gateway.limits import RateLimiter
from gateway.live import Hub
from gateway.models.common import Body
from gateway.models.rule_parts import WeekdayCondition
from gateway.parts import Parts
from gateway.routing import GuardedRoute, Router
from gateway.settings import Settings

SETTINGS = Settings(app_env="test", jwt_secret=SecretStr(token_hex(32)), enable_rate_limit=False)


def where(value: str) -> str:
    """Names the thread in which it was validated."""
    return threading.current_thread().name


class Rows(Body):
    rows: list[Annotated[str, AfterValidator(where)]]
    number: int = 0


@pytest.fixture
async def client() -> AsyncIterator[httpx.AsyncClient]:
    router = Router()

    @router.post("/rows")
    @takes(BodyLimits(1_000_000, 10_000))
    async def rows(body: Rows) -> list[str]:
        return sorted(set(body.rows))

    @router.post("/small")
    async def small(body: Rows) -> int:
        return body.number

    app = FastAPI()
    app.include_router(router)
    problems.install(app)
    nothing = {field.name: None for field in fields(Parts)}
    app.state.parts = Parts(**nothing | {"limiter": RateLimiter(SETTINGS)})
    transport = httpx.ASGITransport(app)
    async with httpx.AsyncClient(transport=transport, base_url="http://test") as found:
        yield found


async def test_a_large_body_is_validated_in_a_thread_and_only_once(client):
    large = ["x" * 1000] * (routing.ASIDE_BYTES // 1000 + 1)
    (thread,) = (await client.post("/rows", json={"rows": large})).json()
    assert thread != threading.main_thread().name
    assert (await client.post("/rows", json={"rows": ["x"]})).json() == ["MainThread"]


async def test_faults_of_a_large_body_are_the_same_as_of_a_small_one(client):
    for rows in ([1], [1] + ["x" * 1000] * 70):
        response = await client.post("/rows", json={"rows": rows, "extra": 1})
        assert response.status_code == 422
        found = {(e["pointer"], e["code"]) for e in response.json()["errors"]}
        assert found == {("/rows/0", "string_type"), ("/extra", "extra_forbidden")}


async def test_who_shows_no_token_may_send_little(client):
    assert (await client.post("/small", json={"rows": []})).json() == 0
    response = await client.post("/small", json={"rows": ["x" * 17_000]})
    assert response.status_code == 413
    response = await client.post("/small", json={"rows": ["x"] * 1001})
    assert response.json()["errors"][0]["code"] == "too_many_values"


@pytest.mark.parametrize("number", [True, "1", 1.0, 1.5, [1]])
async def test_only_an_integer_is_an_integer(client, number):
    response = await client.post("/small", json={"rows": [], "number": number})
    (error,) = response.json()["errors"]
    assert (error["pointer"], error["code"]) == ("/number", "int_type")


def test_every_route_of_the_api_is_guarded():
    routes = [
        context
        for context in iter_route_contexts(create_app(SETTINGS, Hub()).routes)
        if isinstance(context.original_route, APIRoute) and context.path.startswith("/api/")
    ]
    assert len(routes) > 100
    assert [r.path for r in routes if not isinstance(r.original_route, GuardedRoute)] == []


def models(of: type) -> list[type]:
    return [m for sub in of.__subclasses__() for m in (sub, *models(sub))]


def numbers() -> list[tuple[type, str, type]]:
    """Every field of a request that holds integers or truth values."""
    create_app(SETTINGS, Hub())
    return [
        (model, name, kind)
        for model in models(Body)
        for name, field in model.model_fields.items()
        for kind in (int, bool)
        if kind in {field.annotation, *get_args(field.annotation)}
    ]


@pytest.mark.parametrize(("model", "name", "kind"), numbers())
def test_no_number_is_guessed_from_something_else(model, name, kind):
    for wrong in ("1", 1.0, *([True] if kind is int else [0, 1, "true"])):
        with pytest.raises(ValidationError) as caught:
            model.model_validate({name: wrong})
        assert name in {error["loc"][0] for error in caught.value.errors()}


def test_numbers_in_lists_are_strict_too():
    said = {"type": "weekday", "operator": "one_of"}
    with pytest.raises(ValidationError) as caught:
        WeekdayCondition.model_validate({**said, "days": [True, 1]})
    assert ("days", 0) in {error["loc"] for error in caught.value.errors()}
    assert ("days", 1) not in {error["loc"] for error in caught.value.errors()}
