"""The book: its time zone, base currency, language and week."""

from fastapi import Response

from gateway.models.book import Book, BookChange
from gateway.parts import ServicesDep
from gateway.requests import ExpectedVersion, errors, tag
from gateway.routing import Router
from gateway.security import MemberDep
from pfa.ledger.v1 import book_pb2

router = Router(prefix="/book", tags=["book"])


@router.get("", responses=errors(403))
async def get_book(response: Response, services: ServicesDep, _: MemberDep) -> Book:
    """How the book is read, and what one may do in it."""
    answer = await services.books.GetBook(book_pb2.GetBookRequest())
    return _answered(response, answer.book)


@router.patch("", responses=errors(403, 412, 415))
async def update_book(
    body: BookChange,
    response: Response,
    services: ServicesDep,
    version: ExpectedVersion,
    _: MemberDep,
) -> Book:
    """Change its time zone, base currency, language or the day that a week begins on."""
    answer = await services.books.UpdateBook(body.request(version=version))
    return _answered(response, answer.book)


def _answered(response: Response, message: book_pb2.Book) -> Book:
    tag(response, message.version)
    return Book.of(message)
