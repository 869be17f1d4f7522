"""Routes of the API: who asks is settled before the body is read, and the body before FastAPI sees
it, which itself would read and parse the body first."""

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any

from fastapi import APIRouter, Request, Response
from fastapi.dependencies.models import Dependant
from fastapi.exceptions import RequestValidationError
from fastapi.routing import APIRoute

from gateway import bodies
from gateway.security import admit_member, admit_visitor, member

_BODILESS = frozenset({"GET", "HEAD"})
# A body larger than this is parsed and validated in a thread, so that other requests go on.
ASIDE_BYTES = 64 * 1024


class ReadRequest(Request):
    """A request whose body was read, checked and parsed."""

    def __init__(self, request: Request, body: bytes, document: object) -> None:
        super().__init__(request.scope, request.receive)
        self._whole = body
        self._document = document

    async def body(self) -> bytes:
        return self._whole

    async def json(self) -> Any:
        return self._document


class GuardedRoute(APIRoute):
    """Admits the caller and reads the body, in this order.

    A route that depends on `member` needs a token; any other counts requests by address and takes
    small bodies only.
    """

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        answer = super().get_route_handler()
        needs_token = _depends_on_member(self.dependant)
        limits = bodies.limits_of(
            self.endpoint, default=bodies.MEMBER if needs_token else bodies.VISITOR
        )
        has_body = not (self.methods or set()) <= _BODILESS

        async def handle(request: Request) -> Response:
            await (admit_member if needs_token else admit_visitor)(request)
            if has_body and not limits.streamed:
                request = await self._read(request, limits)
            return await answer(request)

        return handle

    async def _read(self, request: Request, limits: bodies.BodyLimits) -> ReadRequest:
        body = await bodies.read(request.headers, request.receive, limits)
        is_json = bodies.media_type_of(request.headers) == bodies.JSON_TYPE
        if not body or not is_json:
            return ReadRequest(request, body, None)
        if len(body) <= ASIDE_BYTES:
            document = bodies.parsed(body, most_values=limits.values)
        else:
            document = await asyncio.to_thread(self._validated, body, limits)
        return ReadRequest(request, body, document)

    def _validated(self, body: bytes, limits: bodies.BodyLimits) -> object:
        """The model that the endpoint takes, which FastAPI then takes as it is; or the document,
        where the endpoint reads it by itself. Raises ProblemError, RequestValidationError."""
        document = bodies.parsed(body, most_values=limits.values)
        if self.body_field is None:
            return document
        model, errors = self.body_field.validate(document, {}, loc=("body",))
        if errors:
            raise RequestValidationError(errors)
        return model


class Router(APIRouter):
    """A noun's routes."""

    def __init__(self, **options: Any) -> None:
        super().__init__(route_class=GuardedRoute, **options)


def _depends_on_member(dependant: Dependant) -> bool:
    return any(
        inner.call is member or _depends_on_member(inner) for inner in dependant.dependencies
    )
