"""Which status and reason each error of the domain has on the wire."""

import grpc

from ingest.domain import errors as e
from kit.grpc.server import ErrorRow, ErrorTable

_INVALID = grpc.StatusCode.INVALID_ARGUMENT
_MISSING = grpc.StatusCode.NOT_FOUND
_STATE = grpc.StatusCode.FAILED_PRECONDITION

ERRORS: ErrorTable = {
    e.FileTooLarge: ErrorRow(_INVALID, "FILE_TOO_LARGE"),
    e.UnsupportedMediaType: ErrorRow(_INVALID, "UNSUPPORTED_MEDIA_TYPE"),
    e.DocumentEmpty: ErrorRow(_INVALID, "DOCUMENT_EMPTY"),
    e.DocumentUnreadable: ErrorRow(_INVALID, "DOCUMENT_UNREADABLE"),
    e.ImageTooLarge: ErrorRow(_INVALID, "IMAGE_TOO_LARGE"),
    e.StatementInvalid: ErrorRow(_INVALID, "STATEMENT_INVALID"),
    e.ReadingFailed: ErrorRow(_INVALID, "DOCUMENT_UNREADABLE"),
    e.InvalidField: ErrorRow(_INVALID, "INVALID_ARGUMENT"),
    e.DocumentNotFound: ErrorRow(_MISSING, "DOCUMENT_NOT_FOUND"),
    e.PageNotFound: ErrorRow(_MISSING, "PAGE_NOT_FOUND"),
    e.DraftNotFound: ErrorRow(_MISSING, "DRAFT_NOT_FOUND"),
    e.DraftDecided: ErrorRow(_STATE, "DRAFT_DECIDED"),
    e.DraftNotReady: ErrorRow(_STATE, "DRAFT_NOT_READY"),
    e.VersionMismatch: ErrorRow(grpc.StatusCode.ABORTED, "VERSION_MISMATCH"),
    e.AccountRequired: ErrorRow(_STATE, "ACCOUNT_REQUIRED"),
    e.AmountRequired: ErrorRow(_STATE, "AMOUNT_REQUIRED"),
    e.DateRequired: ErrorRow(_STATE, "DATE_REQUIRED"),
    e.AccountNotFound: ErrorRow(_STATE, "ACCOUNT_NOT_FOUND"),
    e.AccountClosed: ErrorRow(_STATE, "ACCOUNT_CLOSED"),
    e.CategoryNotFound: ErrorRow(_STATE, "CATEGORY_NOT_FOUND"),
    e.WrongCurrency: ErrorRow(_STATE, "CURRENCY_MISMATCH"),
    e.BookingRefused: ErrorRow(_STATE, "BOOKING_REFUSED"),
}
