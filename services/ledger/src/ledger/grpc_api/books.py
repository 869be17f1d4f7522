"""BookService: how a book is read."""
# ruff: noqa: N802, ARG002 - names and signatures are those of the generated servicer

from kit.caller import current_caller
from ledger.domain.book_settings import BookSettings, SettingsChange, WeekStart
from ledger.grpc_api.callers import owner, writer
from ledger.service.books import BookService
from pfa.ledger.v1 import book_pb2 as pb
from pfa.ledger.v1 import book_pb2_grpc

WEEK_STARTS = {
    pb.WEEK_START_MONDAY: WeekStart.MONDAY,
    pb.WEEK_START_SATURDAY: WeekStart.SATURDAY,
    pb.WEEK_START_SUNDAY: WeekStart.SUNDAY,
}
_WEEK_START_NUMBERS = {start: number for number, start in WEEK_STARTS.items()}
_ROLES = {
    "owner": pb.ROLE_OWNER,
    "editor": pb.ROLE_EDITOR,
    "viewer": pb.ROLE_VIEWER,
    "service": pb.ROLE_SERVICE,
}


class BookApi(book_pb2_grpc.BookServiceServicer):
    def __init__(self, books: BookService) -> None:
        self._books = books

    async def GetBook(self, request: pb.GetBookRequest, context: object) -> pb.GetBookResponse:
        settings = await self._books.settings(owner=owner())
        return pb.GetBookResponse(book=_book_message(settings))

    async def UpdateBook(
        self, request: pb.UpdateBookRequest, context: object
    ) -> pb.UpdateBookResponse:
        settings = await self._books.update_settings(
            owner=writer().owner,
            expected_version=request.expected_version,
            change=_change(request),
        )
        return pb.UpdateBookResponse(book=_book_message(settings))


def _change(request: pb.UpdateBookRequest) -> SettingsChange:
    return SettingsChange(
        time_zone=request.time_zone if request.HasField("time_zone") else None,
        base_currency=request.base_currency if request.HasField("base_currency") else None,
        locale=request.locale if request.HasField("locale") else None,
        week_start=WEEK_STARTS.get(request.week_start),
    )


def _book_message(settings: BookSettings) -> pb.Book:
    return pb.Book(
        id=settings.owner,
        time_zone=settings.time_zone,
        base_currency=settings.base_currency,
        locale=settings.locale,
        week_start=_WEEK_START_NUMBERS[settings.week_start],
        version=settings.version,
        role=_ROLES[current_caller().role],
    )
