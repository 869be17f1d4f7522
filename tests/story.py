"""The main job as a script of a patient user's would do it: asking again when a part is away."""

import time
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar

import httpx

from pfa_local.rest import Api, Json, Refused, minor_units
from specimens import ReceiptPhoto, draw_receipt

T = TypeVar("T")
PASSWORD = "a quiet river at noon"
PATIENCE_SECONDS = 90.0
AWAY = (502, 503, 504)


def patiently(call: Callable[[], T]) -> T:
    """Call, and again while the system says that a part of it is away."""
    until = time.monotonic() + PATIENCE_SECONDS
    while True:
        try:
            return call()
        except (httpx.TransportError, Refused) as error:
            passing = not isinstance(error, Refused) or error.status in AWAY
            if not passing or time.monotonic() > until:
                raise
        time.sleep(0.2)


def wait_for(condition: Callable[[], T | None], what: str) -> T:
    """The condition's first answer that is true. Raises TimeoutError naming what was awaited."""
    until = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < until:
        if found := patiently(condition):
            return found
        time.sleep(0.1)
    raise TimeoutError(what)


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody with a wallet."""

    api: Api
    wallet: str

    @classmethod
    def signed_up(cls, api: Api) -> "Person":
        api.register(email=f"{uuid.uuid4().hex}@pfa.example", password=PASSWORD, name="Kim")
        wallet = api.post(
            "/accounts",
            {"name": "Wallet", "type": "cash", "currency": "USD", "opening_balance": "500.00"},
        )
        return cls(api, wallet["id"])

    def upload(self, photo: ReceiptPhoto) -> str:
        document = patiently(
            lambda: self.api.upload(
                name="receipt.jpg",
                data=photo.data,
                media_type=photo.content_type,
                account_id=self.wallet,
            )
        )
        return str(document["id"])

    def document_with(self, document_id: str, status: str) -> Json:
        def reached() -> Json | None:
            document = self.api.get(f"/documents/{document_id}")
            if document["status"] == "failed":
                raise AssertionError(document["problem"])
            return document if document["status"] == status else None

        return wait_for(reached, f"the document to be {status}")

    def accept(self, document_id: str) -> Json:
        """Accept its one draft as read and wait until it is booked."""
        (draft,) = patiently(lambda: self.api.items("/drafts", document_id=document_id))
        patiently(lambda: self.api.post(f"/drafts/{draft['id']}:accept"))

        def booked() -> Json | None:
            (now,) = self.api.items("/drafts", document_id=document_id)
            return now if now["status"] == "accepted" else None

        return wait_for(booked, "the draft to be booked")

    def bookings(self) -> list[dict[str, Any]]:
        """The transactions of the wallet but its opening."""
        rows = patiently(lambda: self.api.items("/transactions"))
        return [row for row in rows if row["kind"] != "opening_balance"]

    def balance(self) -> int:
        return minor_units(patiently(lambda: self.api.get(f"/accounts/{self.wallet}"))["balance"])


def receipt(seed: int) -> ReceiptPhoto:
    """A photographed receipt in US dollars."""
    return draw_receipt(seed, merchant="HARBOUR STREET GROCERS")
