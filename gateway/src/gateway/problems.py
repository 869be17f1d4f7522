"""Problems (RFC 9457): every answer that is no success, from one table."""

import json
import re
from collections.abc import Mapping, Sequence
from contextvars import ContextVar
from dataclasses import dataclass
from uuid import uuid4

import grpc
from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from opentelemetry import trace
from pydantic import BaseModel, Field, ValidationError
from starlette.exceptions import HTTPException

from kit.caller import PermissionDenied, Unauthenticated
from kit.grpc.client import RpcProblem, rpc_problem
from kit.logging import get_logger
from kit.money import InvalidAmount, UnknownCurrency

MEDIA_TYPE = "application/problem+json"
log = get_logger(__name__)


class FieldProblem(BaseModel):
    """What is wrong with one part of the request."""

    pointer: str | None = Field(
        default=None, description="JSON Pointer (RFC 6901) into the body.", examples=["/amount"]
    )
    parameter: str | None = Field(
        default=None, description="Name of the query parameter, path part or header."
    )
    detail: str
    code: str | None = None
    column: int | None = Field(
        default=None, description="Where in the text of a search, in code points from 1."
    )
    length: int | None = None
    expected: list[str] | None = None
    suggestions: list[str] | None = None


class Problem(BaseModel):
    """Why a request failed (RFC 9457)."""

    type: str = Field(description="Stable.", examples=["/problems/validation-error"])
    title: str
    status: int
    detail: str
    instance: str = Field(description="The path that was asked for.")
    trace_id: str
    errors: list[FieldProblem] | None = None
    count: int | None = Field(
        default=None,
        description="Where as many were expected as there are not: how many there are.",
    )
    book: str | None = Field(
        default=None,
        description="Where a right is missing: the book, by the id of its owner, who can give it.",
    )
    reconciliation_id: str | None = Field(
        default=None,
        description="The one in the way: to be finished or cancelled, or to be opened again"
        " (`POST /reconciliations/{id}:reopen`).",
    )


@dataclass(frozen=True, slots=True)
class ProblemType:
    slug: str
    status: int
    title: str

    @property
    def uri(self) -> str:
        return f"/problems/{self.slug}"


MALFORMED = ProblemType("malformed-request", 400, "The request is not valid HTTP")
INVALID_CURSOR = ProblemType("invalid-cursor", 400, "The list gave out no such cursor")
UNAUTHENTICATED = ProblemType("unauthenticated", 401, "Sign in first")
INVALID_CREDENTIALS = ProblemType("invalid-credentials", 401, "Wrong address or password")
REFRESH_TOKEN_INVALID = ProblemType("refresh-token-invalid", 401, "The session has ended")
FORBIDDEN = ProblemType("forbidden", 403, "Not allowed")
CSRF = ProblemType("csrf", 403, "The request did not prove where it came from")
NOT_FOUND = ProblemType("not-found", 404, "Not found")
METHOD_NOT_ALLOWED = ProblemType("method-not-allowed", 405, "Method not allowed")
REQUEST_TIMEOUT = ProblemType("request-timeout", 408, "The request took too long to arrive")
EMAIL_TAKEN = ProblemType("email-taken", 409, "The address has an account already")
CONFLICT = ProblemType("conflict", 409, "It is not in a state for that")
IDEMPOTENCY_CONFLICT = ProblemType("idempotency-conflict", 409, "The key was used before")
BOOK_NOT_EMPTY = ProblemType("book-not-empty", 409, "The book is not empty")
BOOK_IDS_TAKEN = ProblemType("book-ids-taken", 409, "What it holds is in another book")
BOOK_RESTORING = ProblemType("book-restoring", 409, "The book is being restored")
ACCOUNT_CLOSED = ProblemType("account-closed", 409, "The account is closed")
OPENING_BALANCE_EXISTS = ProblemType(
    "opening-balance-exists", 409, "The account has an opening balance"
)
ENTRY_RECONCILED = ProblemType("entry-reconciled", 409, "A statement has confirmed it")
EXPECTED_COUNT_MISMATCH = ProblemType("expected-count-mismatch", 409, "There are not so many")
OPERATION_UNDONE = ProblemType("operation-undone", 409, "It was undone already")
CHANGED_SINCE = ProblemType("changed-since", 409, "It was changed since")
PLAN_STALE = ProblemType("plan-stale", 409, "The book has changed since the plan was made")
IMPORT_COMMITTED = ProblemType("import-committed", 409, "The plan is booked already")
OPERATION_RUNNING = ProblemType("operation-running", 409, "It is still at work")
ACCOUNT_HAS_BALANCE = ProblemType("account-has-balance", 409, "The account has a balance")
DRAFT_DECIDED = ProblemType("draft-decided", 409, "The draft was decided already")
RECONCILIATION_OPEN = ProblemType("reconciliation-open", 409, "It is being reconciled already")
RECONCILIATION_FINISHED = ProblemType(
    "reconciliation-finished", 409, "A finished reconciliation stands on it"
)
RECONCILIATION_CLOSED = ProblemType("reconciliation-closed", 409, "The reconciliation is closed")
STATEMENT_DIFFERS = ProblemType("statement-differs", 409, "It doesn't add up to the statement")
CATEGORY_IN_USE = ProblemType("category-in-use", 409, "The category is in use")
VERSION_MISMATCH = ProblemType("version-mismatch", 412, "It has changed in the meantime")
FILE_TOO_LARGE = ProblemType("file-too-large", 413, "The file is too large")
BODY_TOO_LARGE = ProblemType("body-too-large", 413, "The request is too large")
UNSUPPORTED_MEDIA_TYPE = ProblemType("unsupported-media-type", 415, "Not a type that is read here")
VALIDATION = ProblemType("validation-error", 422, "Some of the request cannot be used")
INVALID_BOOK_FILE = ProblemType("invalid-book-file", 422, "The file is no whole book")
QUERY_INVALID = ProblemType("query-invalid", 422, "The search is not understood")
CURRENCY_MISMATCH = ProblemType("currency-mismatch", 422, "The currencies differ")
ACCOUNT_REQUIRED = ProblemType("account-required", 422, "An account is needed")
DOCUMENT_UNREADABLE = ProblemType("document-unreadable", 422, "The file cannot be read")
RATES_UNREADABLE = ProblemType("rates-unreadable", 422, "The file of rates cannot be read")
RATE_MISSING = ProblemType("rate-missing", 404, "No rate is known")
DOCUMENT_EMPTY = ProblemType("document-empty", 422, "The file is empty")
IMAGE_TOO_LARGE = ProblemType("image-too-large", 422, "The picture has too many pixels")
STATEMENT_INVALID = ProblemType("statement-invalid", 422, "The statement breaks its format")
RATE_LIMITED = ProblemType("rate-limited", 429, "Too many requests")
HEAD_TOO_LARGE = ProblemType("headers-too-large", 431, "The headers are too large")
INTERNAL = ProblemType("internal", 500, "Something broke on our side")
UNAVAILABLE = ProblemType("unavailable", 503, "A part of the system is away for the moment")
DEADLINE_EXCEEDED = ProblemType("deadline-exceeded", 504, "It took too long")

# What the services' reasons (google.rpc.ErrorInfo) are out here.
REASONS: Mapping[str, ProblemType] = {
    "INVALID_CURSOR": INVALID_CURSOR,
    "UNAUTHENTICATED": UNAUTHENTICATED,
    "INVALID_CREDENTIALS": INVALID_CREDENTIALS,
    "INVALID_REFRESH_TOKEN": REFRESH_TOKEN_INVALID,
    "REFRESH_TOKEN_REUSED": REFRESH_TOKEN_INVALID,
    "TOO_MANY_ATTEMPTS": RATE_LIMITED,
    "EMAIL_TAKEN": EMAIL_TAKEN,
    "PERMISSION_DENIED": FORBIDDEN,
    "IDEMPOTENCY_CONFLICT": IDEMPOTENCY_CONFLICT,
    "VERSION_MISMATCH": VERSION_MISMATCH,
    "ACCOUNT_CLOSED": ACCOUNT_CLOSED,
    "BOOK_NOT_EMPTY": BOOK_NOT_EMPTY,
    "BOOK_IDS_TAKEN": BOOK_IDS_TAKEN,
    "BOOK_RESTORING": BOOK_RESTORING,
    "BOOK_ERASED": NOT_FOUND,
    "INVALID_BOOK_FILE": INVALID_BOOK_FILE,
    "ENTRY_RECONCILED": ENTRY_RECONCILED,
    "OPENING_BALANCE_EXISTS": OPENING_BALANCE_EXISTS,
    "EXPECTED_COUNT_MISMATCH": EXPECTED_COUNT_MISMATCH,
    "OPERATION_UNDONE": OPERATION_UNDONE,
    "OPERATION_RUNNING": OPERATION_RUNNING,
    "PLAN_STALE": PLAN_STALE,
    "IMPORT_COMMITTED": IMPORT_COMMITTED,
    "CHANGED_SINCE": CHANGED_SINCE,
    "ACCOUNT_HAS_BALANCE": ACCOUNT_HAS_BALANCE,
    "CURRENCY_MISMATCH": CURRENCY_MISMATCH,
    "TRANSACTION_DELETED": NOT_FOUND,
    "CATEGORY_IN_USE": CATEGORY_IN_USE,
    "RECONCILIATION_OPEN": RECONCILIATION_OPEN,
    "RECONCILIATION_FINISHED": RECONCILIATION_FINISHED,
    "RECONCILIATION_CLOSED": RECONCILIATION_CLOSED,
    "STATEMENT_DIFFERS": STATEMENT_DIFFERS,
    "UNBALANCED_ENTRY": VALIDATION,
    "QUERY_INVALID": QUERY_INVALID,
    "DRAFT_DECIDED": DRAFT_DECIDED,
    "ACCOUNT_REQUIRED": ACCOUNT_REQUIRED,
    "AMOUNT_REQUIRED": VALIDATION,
    "DATE_REQUIRED": VALIDATION,
    "FILE_TOO_LARGE": FILE_TOO_LARGE,
    "UNSUPPORTED_MEDIA_TYPE": UNSUPPORTED_MEDIA_TYPE,
    "DOCUMENT_UNREADABLE": DOCUMENT_UNREADABLE,
    "RATES_UNREADABLE": RATES_UNREADABLE,
    "RATE_MISSING": RATE_MISSING,
    "DOCUMENT_EMPTY": DOCUMENT_EMPTY,
    "IMAGE_TOO_LARGE": IMAGE_TOO_LARGE,
    "STATEMENT_INVALID": STATEMENT_INVALID,
}
_CODES: Mapping[grpc.StatusCode, ProblemType] = {
    grpc.StatusCode.INVALID_ARGUMENT: VALIDATION,
    grpc.StatusCode.OUT_OF_RANGE: VALIDATION,
    grpc.StatusCode.NOT_FOUND: NOT_FOUND,
    grpc.StatusCode.ALREADY_EXISTS: CONFLICT,
    grpc.StatusCode.FAILED_PRECONDITION: CONFLICT,
    grpc.StatusCode.ABORTED: CONFLICT,
    grpc.StatusCode.PERMISSION_DENIED: FORBIDDEN,
    grpc.StatusCode.UNAUTHENTICATED: UNAUTHENTICATED,
    grpc.StatusCode.RESOURCE_EXHAUSTED: RATE_LIMITED,
    grpc.StatusCode.UNAVAILABLE: UNAVAILABLE,
    grpc.StatusCode.DEADLINE_EXCEEDED: DEADLINE_EXCEEDED,
}
# Where a reason is always about the same field, and the service names none.
_FIELDS: Mapping[str, str] = {
    "ACCOUNT_REQUIRED": "account_id",
    "AMOUNT_REQUIRED": "amount",
    "DATE_REQUIRED": "date",
    "UNBALANCED_ENTRY": "splits",
}
_STATUSES: Mapping[int, ProblemType] = {
    401: UNAUTHENTICATED,
    403: FORBIDDEN,
    404: NOT_FOUND,
    405: METHOD_NOT_ALLOWED,
    413: BODY_TOO_LARGE,
    415: UNSUPPORTED_MEDIA_TYPE,
    503: UNAVAILABLE,
}
# Messages that only wrap what the body is in JSON.
_WRAPPERS = re.compile(r"^(transaction|header|filter|period|page|draft|rule|correction)\.")
_QUERY_NAMES = {
    "from_date": "from",
    "to_date": "to",
    "text": "q",
    "kind": "type",
    "base_currency": "base",
    "account_ids": "account_id",
}
RETRY_SOON_SECONDS = 2
# Faults that one answer names.
MAX_ERRORS = 50
# Characters of a name that a client sent.
NAME_SHOWN = 100
# It may be otherwise soon (RFC 9110, 10.2.3; RFC 6585).
_PASSING = frozenset({429, 503, 504})
# Names the requests that are not traced: probes.
_untraced: ContextVar[str | None] = ContextVar("untraced", default=None)


def of_reason(reason: str) -> ProblemType:
    """What the refusal of one row of many is."""
    if reason.endswith("_NOT_FOUND"):
        return NOT_FOUND
    return REASONS.get(reason, VALIDATION)


class ProblemError(Exception):
    """Ends a request with this problem."""

    def __init__(
        self,
        type_: ProblemType,
        detail: str,
        errors: Sequence[FieldProblem] = (),
        headers: Mapping[str, str] | None = None,
        count: int | None = None,
        book: str | None = None,
        reconciliation_id: str | None = None,
    ) -> None:
        super().__init__(detail)
        self.book = book
        self.reconciliation_id = reconciliation_id
        self.type = type_
        self.detail = detail
        self.errors = errors
        self.headers = headers or {}
        self.count = count


def trace_id() -> str:
    """The trace of the request in hand, to be named when asking for help."""
    context = trace.get_current_span().get_span_context()
    if context.is_valid:
        return f"{context.trace_id:032x}"
    if _untraced.get() is None:
        _untraced.set(uuid4().hex)
    return _untraced.get() or ""


def problem_response(path: str, problem: ProblemError) -> Response:
    """The answer to a request for `path` that ended in this problem."""
    body = Problem(
        type=problem.type.uri,
        title=problem.type.title,
        status=problem.type.status,
        detail=problem.detail,
        instance=path,
        trace_id=trace_id(),
        errors=list(problem.errors) or None,
        book=problem.book,
        reconciliation_id=problem.reconciliation_id,
        count=problem.count,
    )
    headers = {"cache-control": "no-store", **problem.headers}
    if problem.type.status == 401:
        headers["www-authenticate"] = 'Bearer realm="pfa"'
    if problem.type.status in _PASSING:
        headers.setdefault("retry-after", str(RETRY_SOON_SECONDS))
    content = body.model_dump_json(exclude_none=True)
    return Response(content, body.status, headers, media_type=MEDIA_TYPE)


def of_rpc(error: grpc.aio.AioRpcError, *, method: str = "POST") -> ProblemError:
    """What a service's refusal is out here."""
    found = rpc_problem(error)
    kind = REASONS.get(found.reason) or _CODES.get(found.code, INTERNAL)
    if kind is INTERNAL:
        log.error("a service failed", code=found.code.name, reason=found.reason)
    detail = found.message if kind.status < 500 and found.message else kind.title
    headers = {"retry-after": found.metadata.get("retry_after", "60")} if kind.status == 429 else {}
    count = int(found.metadata["count"]) if "count" in found.metadata else None
    fields = _field_problems(found, in_query=method == "GET")
    in_the_way = found.metadata.get("reconciliation_id") or None
    return ProblemError(kind, detail, fields, headers, count=count, reconciliation_id=in_the_way)


def _search_problems(found: RpcProblem, *, in_query: bool) -> list[FieldProblem]:
    """Each fault of a search with its place in the text."""
    where = {"parameter": "q"} if in_query else {"pointer": "/query"}
    return [
        FieldProblem(
            **where,
            detail=fault["message"],
            code=fault["code"].upper(),
            column=fault["column"],
            length=fault["length"],
            expected=fault["expected"],
            suggestions=fault["suggestions"],
        )
        for fault in json.loads(found.metadata["problems"])
    ]


def _field_problems(found: RpcProblem, *, in_query: bool) -> list[FieldProblem]:
    if found.reason == "QUERY_INVALID":
        return _search_problems(found, in_query=in_query)
    fields = found.fields
    if not fields and found.reason in _FIELDS:
        fields = [(_FIELDS[found.reason], found.message)]
    if in_query:
        names = [(_WRAPPERS.sub("", name), text) for name, text in fields]
        return [
            FieldProblem(parameter=_QUERY_NAMES.get(name, name), detail=text, code=found.reason)
            for name, text in names
        ]
    return [
        FieldProblem(pointer=pointer(name), detail=text, code=found.reason) for name, text in fields
    ]


def pointer(field_path: str) -> str:
    """`transaction.splits[0].amount` of a message is `/splits/0/amount` of the body."""
    path = _WRAPPERS.sub("", field_path).replace("[", ".").replace("]", "")
    return "/" + "/".join(part for part in path.split(".") if part != "minor_units")


def of_amount(error: InvalidAmount | UnknownCurrency, at: str | None = None) -> ProblemError:
    """An amount that its currency can't have, found on the way to a message."""
    unknown = isinstance(error, UnknownCurrency)
    code = "UNKNOWN_CURRENCY" if unknown else "INVALID_AMOUNT"
    where = at or ("/currency" if unknown else "/amount")
    return invalid(FieldProblem(pointer=where, detail=str(error), code=code))


def currency_changed(names: Sequence[str]) -> ProblemError:
    """Fields of the body that lack an amount in the currency that the request changes to."""
    detail = "give the amount in the new currency too"
    missing = [
        FieldProblem(pointer=f"/{n}", detail=detail, code="CURRENCY_MISMATCH") for n in names
    ]
    return ProblemError(CURRENCY_MISMATCH, detail, missing)


def invalid(*errors: FieldProblem) -> ProblemError:
    detail = errors[0].detail if len(errors) == 1 else "several parts of it cannot be used"
    return ProblemError(VALIDATION, detail, errors)


def of_validation(errors: Sequence[Mapping[str, object]]) -> ProblemError:
    """The first MAX_ERRORS faults that pydantic found, without the values themselves."""
    found = invalid(*(_validation_problem(error) for error in errors[:MAX_ERRORS]))
    if len(errors) > MAX_ERRORS:
        found.detail = f"more than {MAX_ERRORS} parts of it cannot be used; the first are named"
    return found


def escaped(name: str) -> str:
    """A name as one step of a JSON Pointer (RFC 6901)."""
    return name[:NAME_SHOWN].replace("~", "~0").replace("/", "~1")


def _validation_problem(error: Mapping[str, object]) -> FieldProblem:
    location = error["loc"]
    parts = [str(part) for part in location] if isinstance(location, tuple | list) else []
    kind = str(error["type"])
    text = str(error["msg"]).removeprefix("Value error, ")
    if kind == "extra_forbidden":
        text = "is no field of this request"
    elif kind == "string_type":
        text = "must be text in quotes"
    if parts and parts[0] in ("query", "path", "header", "cookie"):
        return FieldProblem(parameter=".".join(parts[1:]), detail=text, code=kind)
    inside = [] if kind == "json_invalid" else parts[1:]
    return FieldProblem(
        pointer="".join(f"/{escaped(part)}" for part in inside), detail=text, code=kind
    )


def _book_of(request: Request) -> str | None:
    """The book that the request chose, where it isn't one's own."""
    return request.headers.get("x-book") or request.query_params.get("book") or None


def install(app: FastAPI) -> None:
    """Answer every error of the app with a problem."""

    async def on_problem(request: Request, error: Exception) -> Response:
        assert isinstance(error, ProblemError)  # noqa: S101 - the handler's own type
        return problem_response(request.url.path, error)

    async def on_rpc(request: Request, error: Exception) -> Response:
        assert isinstance(error, grpc.aio.AioRpcError)  # noqa: S101
        found = of_rpc(error, method=request.method)
        if found.type is FORBIDDEN:
            found.book = _book_of(request)
        return problem_response(request.url.path, found)

    async def on_validation(request: Request, error: Exception) -> Response:
        assert isinstance(error, RequestValidationError)  # noqa: S101
        return problem_response(request.url.path, of_validation(error.errors()))

    async def on_amount(request: Request, error: Exception) -> Response:
        assert isinstance(error, InvalidAmount | UnknownCurrency)  # noqa: S101
        return problem_response(request.url.path, of_amount(error))

    async def on_unauthenticated(request: Request, error: Exception) -> Response:
        return problem_response(request.url.path, ProblemError(UNAUTHENTICATED, str(error)))

    async def on_denied(request: Request, error: Exception) -> Response:
        found = ProblemError(FORBIDDEN, str(error), book=_book_of(request))
        return problem_response(request.url.path, found)

    async def on_http(request: Request, error: Exception) -> Response:
        assert isinstance(error, HTTPException)  # noqa: S101
        kind = _STATUSES.get(error.status_code) or ProblemType(
            f"http-{error.status_code}", error.status_code, error.detail
        )
        found = ProblemError(kind, error.detail, headers=dict(error.headers or {}))
        return problem_response(request.url.path, found)

    app.add_exception_handler(ProblemError, on_problem)
    app.add_exception_handler(grpc.aio.AioRpcError, on_rpc)
    app.add_exception_handler(RequestValidationError, on_validation)
    app.add_exception_handler(InvalidAmount, on_amount)
    app.add_exception_handler(UnknownCurrency, on_amount)
    app.add_exception_handler(Unauthenticated, on_unauthenticated)
    app.add_exception_handler(PermissionDenied, on_denied)
    app.add_exception_handler(HTTPException, on_http)


def of_item(error: ValidationError) -> ProblemError:
    """One item of many that cannot be used."""
    return of_validation([{**e, "loc": ("body", *e["loc"])} for e in error.errors()])
