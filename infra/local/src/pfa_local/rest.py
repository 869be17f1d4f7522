"""A client of the gateway's REST API, as a script of a user's would have."""

from __future__ import annotations

import json
import uuid
from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from types import TracebackType
from typing import Any, Self

import httpx

Json = dict[str, Any]


class Refused(RuntimeError):
    """An answer of 400 or more; `slug` is the last part of the problem's type."""

    def __init__(self, response: httpx.Response) -> None:
        try:
            problem = response.json()
        except json.JSONDecodeError:
            problem = {}
        self.status = response.status_code
        self.slug = str(problem.get("type", "")).rpartition("/")[2]
        detail = problem.get("detail") or problem.get("title") or response.text[:200]
        errors = "; ".join(
            f"{error.get('pointer', '')} {error.get('detail', '')}"
            for error in problem.get("errors") or []
        )
        super().__init__(
            f"{response.request.method} {response.request.url.path}: {self.status} {self.slug}"
            f" {detail} {errors}".rstrip()
        )


class Api:
    """One person's session with the gateway at `base` (http://host:port)."""

    def __init__(self, base: str) -> None:
        self._client = httpx.Client(base_url=f"{base}/api/v1", timeout=30.0)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._client.close()

    def register(self, *, email: str, password: str, name: str) -> Json:
        return self._sign_in("/auth/register", {"email": email, "password": password, "name": name})

    def log_in(self, *, email: str, password: str) -> Json:
        return self._sign_in("/auth/login", {"email": email, "password": password})

    def _sign_in(self, path: str, body: Json) -> Json:
        answer = self.post(path, body)
        self._client.headers["Authorization"] = f"Bearer {answer['access_token']}"
        user: Json = answer["user"]
        return user

    def get(self, path: str, **query: str | int) -> Json:
        return self._answer(self._client.get(path, params=query))

    def post(self, path: str, body: Json | Sequence[Json] | None = None, *, key: str = "") -> Json:
        """POST JSON; `key` is the Idempotency-Key, a fresh one when none is given."""
        headers = {"Idempotency-Key": key or str(uuid.uuid4())}
        return self._answer(self._client.post(path, json=body, headers=headers))

    def patch(self, path: str, body: Json) -> Json:
        return self._answer(self._client.patch(path, json=body))

    def upload(self, *, name: str, data: bytes, media_type: str, account_id: str) -> Json:
        """Send a document; returns it as received."""
        response = self._client.post(
            "/documents",
            files={"file": (name, data, media_type)},
            data={"account_id": account_id},
            headers={"Idempotency-Key": str(uuid.uuid4())},
        )
        return self._answer(response)

    def document_events(self, document_id: str, *, seconds: float) -> Iterator[Json]:
        """The document's events as they come; httpx.ReadTimeout after `seconds` of silence."""
        path = f"/documents/{document_id}/events"
        with self._client.stream("GET", path, timeout=seconds) as response:
            if response.is_error:
                response.read()
                raise Refused(response)
            for line in response.iter_lines():
                if line.startswith("data:"):
                    yield json.loads(line.removeprefix("data:"))

    def items(self, path: str, **query: str | int) -> list[Json]:
        """Every item of a list, page after page."""
        found: list[Json] = []
        cursor: str | None = ""
        while cursor is not None:
            page = self.get(path, **query, **({"cursor": cursor} if cursor else {}))
            found += page["items"]
            cursor = page.get("next_cursor")
        return found

    def _answer(self, response: httpx.Response) -> Json:
        if response.is_error:
            raise Refused(response)
        body: Json = response.json() if response.content else {}
        return body


def decimal_text(minor_units: int, digits: int = 2) -> str:
    """Minor units as the API writes money: 1234 → "12.34"."""
    return f"{Decimal(minor_units).scaleb(-digits):.{digits}f}"


def minor_units(text: str, digits: int = 2) -> int:
    """The API's money as minor units, exactly: "-12.34" → -1234."""
    scaled = Decimal(text).scaleb(digits)
    if scaled != scaled.to_integral_value():
        raise ValueError(f"{text!r} has more than {digits} decimals")
    return int(scaled)


def categories_by_key(categories: Sequence[Mapping[str, Any]]) -> dict[str, str]:
    """Id of each default category by its stable key."""
    return {category["key"]: category["id"] for category in categories if category.get("key")}
