"""The assistant."""

from datetime import datetime
from typing import Annotated

from pydantic import Field, StrictBool, StringConstraints

from gateway.models.common import Answer, Body, instant
from gateway.models.documents import Suggestion
from pfa.ai.v1 import ai_pb2


class Consent(Answer):
    """Whether payee texts may leave for Gemini."""

    gemini: bool
    changed_at: datetime | None

    @classmethod
    def of(cls, message: ai_pb2.GetConsentResponse | ai_pb2.SetConsentResponse) -> "Consent":
        has_changed = message.HasField("changed_at")
        return cls(
            gemini=message.gemini, changed_at=instant(message.changed_at) if has_changed else None
        )


class ConsentChange(Body):
    """A person's word on it."""

    gemini: StrictBool


class SuggestItem(Body):
    """A payee to find categories for."""

    item_id: Annotated[str, StringConstraints(min_length=1, max_length=100)]
    payee: Annotated[str, StringConstraints(max_length=200)]
    description: Annotated[str, StringConstraints(max_length=1000)] = ""
    inflow: StrictBool = False


class SuggestItems(Body):
    """At most 1,000 payees."""

    items: Annotated[list[SuggestItem], Field(max_length=1000)]

    def request(self) -> ai_pb2.SuggestCategoriesRequest:
        return ai_pb2.SuggestCategoriesRequest(
            items=[ai_pb2.SuggestItem(**item.model_dump()) for item in self.items]
        )


class ItemSuggestions(Answer):
    """Best first, at most three; empty when nothing is known."""

    item_id: str
    suggestions: list[Suggestion]

    @classmethod
    def of(cls, message: ai_pb2.ItemSuggestions) -> "ItemSuggestions":
        return cls(
            item_id=message.item_id,
            suggestions=[
                Suggestion(category_id=s.category_id, confidence=s.confidence, source=s.source)
                for s in message.suggestions
            ],
        )


class SuggestAnswer(Answer):
    """One answer an item."""

    items: list[ItemSuggestions]
