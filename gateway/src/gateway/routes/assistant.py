"""The assistant: suggestions, and what may leave for it."""

from gateway.models.assistant import (
    Consent,
    ConsentChange,
    ItemSuggestions,
    SuggestAnswer,
    SuggestItems,
)
from gateway.parts import ServicesDep
from gateway.requests import errors
from gateway.routing import Router
from gateway.security import MemberDep
from pfa.ai.v1 import ai_pb2

router = Router(prefix="/assistant", tags=["assistant"])
SUGGEST_SECONDS = 20


@router.get("/consent", responses=errors())
async def get_consent(services: ServicesDep, _: MemberDep) -> Consent:
    """Whether payee texts may leave for Gemini; off until given."""
    return Consent.of(await services.ai.GetConsent(ai_pb2.GetConsentRequest()))


@router.put("/consent", responses=errors(403, 415))
async def set_consent(body: ConsentChange, services: ServicesDep, _: MemberDep) -> Consent:
    """Give or take back the consent."""
    return Consent.of(await services.ai.SetConsent(ai_pb2.SetConsentRequest(gemini=body.gemini)))


@router.post("/suggestions", responses=errors(403, 415))
async def suggest_categories(
    body: SuggestItems, services: ServicesDep, _: MemberDep
) -> SuggestAnswer:
    """Categories for payees; nothing is booked by it."""
    answer = await services.ai.SuggestCategories(body.request(), timeout=SUGGEST_SECONDS)
    return SuggestAnswer(items=[ItemSuggestions.of(item) for item in answer.items])
