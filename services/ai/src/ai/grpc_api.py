"""AiService over gRPC: proto ↔ domain, and what each error means to a caller."""

import grpc

from ai.domain.consent import Consent
from ai.domain.errors import LedgerUnavailable, TooManyQuestions
from ai.domain.suggesting import Question
from ai.service import Answer, Categorisation
from kit.caller import PermissionDenied, current_caller
from kit.grpc.server import ErrorRow, ErrorTable
from pfa.ai.v1 import ai_pb2, ai_pb2_grpc

ERRORS: ErrorTable = {
    TooManyQuestions: ErrorRow(grpc.StatusCode.INVALID_ARGUMENT, "TOO_MANY_ITEMS", "items"),
    LedgerUnavailable: ErrorRow(grpc.StatusCode.UNAVAILABLE, "LEDGER_UNAVAILABLE"),
}


class AiApi(ai_pb2_grpc.AiServiceServicer):
    """Serves the use cases to the caller of each request."""

    def __init__(self, categorisation: Categorisation) -> None:
        self._categorisation = categorisation

    async def SuggestCategories(  # noqa: N802 - the proto's name
        self,
        request: ai_pb2.SuggestCategoriesRequest,
        _: grpc.aio.ServicerContext[
            ai_pb2.SuggestCategoriesRequest, ai_pb2.SuggestCategoriesResponse
        ],
    ) -> ai_pb2.SuggestCategoriesResponse:
        questions = [
            Question(item.item_id, item.payee, item.description, item.inflow)
            for item in request.items
        ]
        answers = await self._categorisation.suggest(
            owner=current_caller().owner, questions=questions
        )
        return ai_pb2.SuggestCategoriesResponse(items=[_item(answer) for answer in answers])

    async def GetConsent(  # noqa: N802 - the proto's name
        self,
        _request: ai_pb2.GetConsentRequest,
        _: grpc.aio.ServicerContext[ai_pb2.GetConsentRequest, ai_pb2.GetConsentResponse],
    ) -> ai_pb2.GetConsentResponse:
        consent = await self._categorisation.consent(owner=current_caller().owner)
        response = ai_pb2.GetConsentResponse(gemini=consent.gemini)
        if consent.changed_at is not None:
            response.changed_at.FromDatetime(consent.changed_at)
        return response

    async def SetConsent(  # noqa: N802 - the proto's name
        self,
        request: ai_pb2.SetConsentRequest,
        _: grpc.aio.ServicerContext[ai_pb2.SetConsentRequest, ai_pb2.SetConsentResponse],
    ) -> ai_pb2.SetConsentResponse:
        caller = current_caller()
        if caller.role != "owner":
            raise PermissionDenied("only the owner of a book decides what leaves it")
        consent = await self._categorisation.set_consent(owner=caller.owner, gemini=request.gemini)
        return _set_response(consent)


def register(api: AiApi, server: grpc.aio.Server) -> None:
    """Serve the API on this server."""
    ai_pb2_grpc.add_AiServiceServicer_to_server(api, server)


def _item(answer: Answer) -> ai_pb2.ItemSuggestions:
    return ai_pb2.ItemSuggestions(
        item_id=answer.id,
        suggestions=[
            ai_pb2.Suggestion(
                category_id=s.category_id, confidence=s.confidence, source=s.source.value
            )
            for s in answer.suggestions
        ],
    )


def _set_response(consent: Consent) -> ai_pb2.SetConsentResponse:
    response = ai_pb2.SetConsentResponse(gemini=consent.gemini)
    if consent.changed_at is not None:
        response.changed_at.FromDatetime(consent.changed_at)
    return response
