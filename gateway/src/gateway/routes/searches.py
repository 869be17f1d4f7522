"""The search language, suggestions while it is typed, and saved searches."""
# ruff: noqa: A002 - `id` is its name in the path

from typing import Annotated

from fastapi import Query, Response

from gateway.models.common import ItemList
from gateway.models.searches import (
    QUERY_LENGTH,
    NewSavedSearch,
    SavedSearch,
    SavedSearchChange,
    SearchLanguage,
    SearchSuggestion,
    SearchSuggestions,
)
from gateway.parts import ServicesDep
from gateway.requests import ExpectedVersion, IdempotencyKey, PathId, errors, tag
from gateway.routing import Router
from gateway.security import MemberDep
from pfa.ledger.v1 import search_pb2

router = Router(tags=["searches"])


@router.get("/search/language", responses=errors())
async def get_search_language(services: ServicesDep, _: MemberDep) -> SearchLanguage:
    """The keys of `q`, what they take and how they compare."""
    answer = await services.searches.GetSearchLanguage(search_pb2.GetSearchLanguageRequest())
    return SearchLanguage.of(answer)


@router.get("/search:suggest", responses=errors())
async def suggest_search(
    services: ServicesDep,
    _: MemberDep,
    q: Annotated[str, Query(max_length=QUERY_LENGTH)] = "",
    cursor_position: Annotated[
        int | None,
        Query(ge=0, le=QUERY_LENGTH, description="Characters before the cursor; else all."),
    ] = None,
    limit: Annotated[int, Query(ge=1, le=50)] = 10,
) -> SearchSuggestions:
    """Keys, and values that the book knows, for what stands before the cursor."""
    answer = await services.searches.SuggestSearch(
        search_pb2.SuggestSearchRequest(
            query=q,
            cursor_position=len(q) if cursor_position is None else cursor_position,
            limit=limit,
        )
    )
    return SearchSuggestions(items=[SearchSuggestion.of(s) for s in answer.suggestions])


@router.get("/searches", responses=errors())
async def list_saved_searches(services: ServicesDep, _: MemberDep) -> ItemList[SavedSearch]:
    """All of them, in their order."""
    answer = await services.searches.ListSavedSearches(search_pb2.ListSavedSearchesRequest())
    return ItemList(items=[SavedSearch.of(search) for search in answer.searches])


@router.post("/searches", status_code=201, responses=errors(403, 409, 415))
async def create_saved_search(
    body: NewSavedSearch,
    response: Response,
    services: ServicesDep,
    key: IdempotencyKey,
    _: MemberDep,
) -> SavedSearch:
    """Keep a search; one that isn't understood, or names what isn't there, is refused."""
    answer = await services.searches.CreateSavedSearch(body.request(key=key))
    return _answered(response, answer.search)


@router.patch("/searches/{id}", responses=errors(403, 404, 412, 415))
async def update_saved_search(
    id: PathId,
    body: SavedSearchChange,
    response: Response,
    services: ServicesDep,
    version: ExpectedVersion,
    _: MemberDep,
) -> SavedSearch:
    """Change its name, its query, or its place in the list."""
    answer = await services.searches.UpdateSavedSearch(body.request(id, version=version))
    return _answered(response, answer.search)


@router.delete("/searches/{id}", status_code=204, responses=errors(403, 404, 412))
async def delete_saved_search(
    id: PathId, services: ServicesDep, version: ExpectedVersion, _: MemberDep
) -> None:
    """Forget it; what it finds stays."""
    await services.searches.DeleteSavedSearch(
        search_pb2.DeleteSavedSearchRequest(id=id, expected_version=version)
    )


def _answered(response: Response, message: search_pb2.SavedSearch) -> SavedSearch:
    tag(response, message.version)
    return SavedSearch.of(message)
