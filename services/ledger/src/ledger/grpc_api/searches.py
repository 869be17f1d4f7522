"""SearchService: the search language, what a search comes to, and searches that are kept."""
# ruff: noqa: N802, ARG002 - names and signatures are those of the generated servicer

from ledger.domain.search import Totals
from ledger.domain.search.keys import KEYS, MAX_DEPTH, MAX_LENGTH, MAX_TERMS, Key
from ledger.domain.search.saved import SavedSearch, SavedSearchChange
from ledger.domain.search.suggest import Suggestion, SuggestionKind
from ledger.grpc_api.callers import key_of, owner, writer
from ledger.grpc_api.messages import money_message, timestamp, transaction_filter
from ledger.service.searches import SearchService
from ledger.service.transactions import TransactionService
from pfa.ledger.v1 import search_pb2 as pb
from pfa.ledger.v1 import search_pb2_grpc

_KINDS = {
    SuggestionKind.KEY: pb.SUGGESTION_KIND_KEY,
    SuggestionKind.VALUE: pb.SUGGESTION_KIND_VALUE,
    SuggestionKind.WORD: pb.SUGGESTION_KIND_WORD,
}


class SearchApi(search_pb2_grpc.SearchServiceServicer):
    def __init__(self, searches: SearchService, transactions: TransactionService) -> None:
        self._searches = searches
        self._transactions = transactions

    async def TotalTransactions(
        self, request: pb.TotalTransactionsRequest, context: object
    ) -> pb.TotalTransactionsResponse:
        totals = await self._transactions.total_transactions(
            owner=owner(), filter_=transaction_filter(request.filter)
        )
        return totals_message(totals)

    async def GetSearchLanguage(
        self, request: pb.GetSearchLanguageRequest, context: object
    ) -> pb.GetSearchLanguageResponse:
        return pb.GetSearchLanguageResponse(
            keys=[key_message(key) for key in KEYS],
            max_length=MAX_LENGTH,
            max_terms=MAX_TERMS,
            max_depth=MAX_DEPTH,
        )

    async def SuggestSearch(
        self, request: pb.SuggestSearchRequest, context: object
    ) -> pb.SuggestSearchResponse:
        suggestions = await self._searches.suggest(
            owner=owner(),
            text=request.query,
            cursor=request.cursor_position,
            limit=request.limit,
        )
        return pb.SuggestSearchResponse(suggestions=[suggestion_message(s) for s in suggestions])

    async def CreateSavedSearch(
        self, request: pb.CreateSavedSearchRequest, context: object
    ) -> pb.CreateSavedSearchResponse:
        search, position = await self._searches.create_saved(
            owner=writer().owner,
            name=request.name,
            query=request.query,
            key=key_of(request.idempotency_key, request),
        )
        return pb.CreateSavedSearchResponse(search=saved_message(search, position))

    async def ListSavedSearches(
        self, request: pb.ListSavedSearchesRequest, context: object
    ) -> pb.ListSavedSearchesResponse:
        kept = await self._searches.list_saved(owner=owner())
        return pb.ListSavedSearchesResponse(
            searches=[saved_message(search, i) for i, search in enumerate(kept.searches)]
        )

    async def UpdateSavedSearch(
        self, request: pb.UpdateSavedSearchRequest, context: object
    ) -> pb.UpdateSavedSearchResponse:
        change = SavedSearchChange(
            name=request.name if request.HasField("name") else None,
            query=request.query if request.HasField("query") else None,
            position=request.position if request.HasField("position") else None,
        )
        search, position = await self._searches.update_saved(
            owner=writer().owner,
            search_id=request.id,
            expected_version=request.expected_version,
            change=change,
        )
        return pb.UpdateSavedSearchResponse(search=saved_message(search, position))

    async def DeleteSavedSearch(
        self, request: pb.DeleteSavedSearchRequest, context: object
    ) -> pb.DeleteSavedSearchResponse:
        await self._searches.delete_saved(
            owner=writer().owner,
            search_id=request.id,
            expected_version=request.expected_version,
        )
        return pb.DeleteSavedSearchResponse()


def totals_message(totals: Totals) -> pb.TotalTransactionsResponse:
    return pb.TotalTransactionsResponse(
        count=totals.count,
        currencies=[
            pb.CurrencyTotal(
                money_in=money_message(total.money_in),
                money_out=money_message(total.money_out),
                net=money_message(total.net),
                count=total.count,
            )
            for total in totals.currencies
        ],
        seq=totals.seq,
    )


def key_message(key: Key) -> pb.SearchKey:
    return pb.SearchKey(
        name=key.name,
        aliases=key.aliases,
        type=key.type.value,
        operators=key.operators,
        values=key.values,
        about=key.about,
        example=key.example,
    )


def suggestion_message(suggestion: Suggestion) -> pb.SearchSuggestion:
    return pb.SearchSuggestion(
        kind=_KINDS[suggestion.kind],
        text=suggestion.text,
        label=suggestion.label,
        column=suggestion.column,
        length=suggestion.length,
        about=suggestion.about,
    )


def saved_message(search: SavedSearch, position: int) -> pb.SavedSearch:
    return pb.SavedSearch(
        id=search.id,
        name=search.name,
        query=search.query,
        position=position,
        version=search.version,
        created_at=timestamp(search.created_at),
        updated_at=timestamp(search.updated_at),
    )
