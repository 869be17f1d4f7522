"""What can be wrong with a document or a draft, each by its name.

`str(error)` is a sentence for a person. `slug` is the stable kebab-case name of the problem,
`title` its short form.
"""

from collections.abc import Mapping, Sequence
from typing import ClassVar


class IngestError(Exception):
    """A refusal that a person can do something about."""

    slug: ClassVar[str] = "ingest-error"
    title: ClassVar[str] = "Something is wrong with the document"
    field: ClassVar[str | None] = None

    @property
    def fields(self) -> Sequence[tuple[str, str]]:
        """(proto field path, description) of what must be mended."""
        return [(self.field, str(self))] if self.field else []

    @property
    def metadata(self) -> Mapping[str, str]:
        return {}

    def __reduce__(self) -> tuple[object, ...]:
        """Errors cross from worker processes, whatever their constructors ask for."""
        return restored_error, (type(self), str(self), dict(self.__dict__))


def restored_error(kind: type[IngestError], message: str, state: dict[str, object]) -> IngestError:
    """The error that was pickled in another process."""
    error = kind.__new__(kind)
    Exception.__init__(error, message)
    error.__dict__.update(state)
    return error


class UploadRefused(IngestError):
    """The bytes are not a document that can be read; nothing was stored."""


class DocumentEmpty(UploadRefused):
    slug = "document-empty"
    title = "The file is empty"

    def __init__(self) -> None:
        super().__init__("The file has no bytes.")


class FileTooLarge(UploadRefused):
    slug = "file-too-large"
    title = "The file is too large"

    def __init__(self, limit: int) -> None:
        self.limit = limit
        super().__init__(f"The file is larger than the {limit:,} bytes that are allowed.")

    @property
    def metadata(self) -> Mapping[str, str]:
        return {"limit_bytes": str(self.limit)}


class UnsupportedMediaType(UploadRefused):
    slug = "unsupported-media-type"
    title = "This kind of file cannot be read"

    def __init__(self, allowed: Sequence[str]) -> None:
        super().__init__(f"The bytes are none of the kinds that are read: {', '.join(allowed)}.")


class DocumentUnreadable(UploadRefused):
    slug = "document-unreadable"
    title = "The file is damaged"

    def __init__(self, why: str) -> None:
        super().__init__(f"The file cannot be decoded: {why}.")


class ImageTooLarge(UploadRefused):
    slug = "image-too-large"
    title = "The image has too many pixels"

    def __init__(self, width: int, height: int, limit: int) -> None:
        super().__init__(
            f"The image is {width:,} x {height:,} pixels; at most {limit:,} pixels are read."
        )


class StatementInvalid(UploadRefused):
    """A bank file that cannot be read to the cent is not read at all.

    `line` counts from 1; 0 where the fault belongs to the whole file.
    """

    slug = "statement-invalid"
    title = "The bank file cannot be read"

    def __init__(self, what: str, *, line: int = 0, value: str = "") -> None:
        self.line, self.value, self.what = line, value[:60], what
        super().__init__(f"line {line}: {what}" if line else what)

    @property
    def metadata(self) -> Mapping[str, str]:
        return {"line": str(self.line), "value": self.value} if self.line else {}


class TextNotRecognised(IngestError):
    slug = "text-not-recognised"
    title = "No text was found in the picture"

    def __init__(self) -> None:
        super().__init__("No text was recognised; a sharper or closer picture may help.")


class ReadingFailed(IngestError):
    """The reader was stopped: it took too long, or used too much memory."""

    slug = "reading-failed"
    title = "The document could not be read"

    def __init__(self, why: str) -> None:
        super().__init__(f"Reading the document was stopped: {why}.")


class DocumentNotFound(IngestError):
    slug = "not-found"
    title = "There is no such document"

    def __init__(self) -> None:
        super().__init__("There is no such document.")


class PageNotFound(IngestError):
    slug = "not-found"
    title = "There is no such page"

    def __init__(self) -> None:
        super().__init__("The document has no such page.")


class DraftNotFound(IngestError):
    slug = "not-found"
    title = "There is no such draft"

    def __init__(self) -> None:
        super().__init__("There is no such draft.")


class DraftDecided(IngestError):
    slug = "draft-decided"
    title = "The draft is decided"

    def __init__(self, status: str) -> None:
        super().__init__(f"The draft is {status} and cannot be changed any more.")


class DraftNotReady(IngestError):
    slug = "draft-not-ready"
    title = "The draft is not ready"

    def __init__(self) -> None:
        super().__init__("The draft still awaits its suggestions; try again in a moment.")


class VersionMismatch(IngestError):
    slug = "version-mismatch"
    title = "It was changed meanwhile"

    def __init__(self, expected: int, actual: int) -> None:
        super().__init__(f"Version {expected} was expected; it is at version {actual} now.")


class AccountRequired(IngestError):
    slug = "account-required"
    title = "An account must be chosen"
    field = "account_id"

    def __init__(self) -> None:
        super().__init__("Choose the account that this belongs to.")


class AmountRequired(IngestError):
    slug = "amount-required"
    title = "The amount is missing"
    field = "amount"

    def __init__(self) -> None:
        super().__init__("Say the amount: it was not read, or it is zero.")


class DateRequired(IngestError):
    slug = "date-required"
    title = "The date is missing"
    field = "date"

    def __init__(self) -> None:
        super().__init__("Say the date: it was not read.")


class InvalidField(IngestError):
    """A correction that is no value of its field."""

    slug = "validation-error"
    title = "The value is not valid"

    def __init__(self, field: str, what: str) -> None:
        self._field = field
        super().__init__(what)

    @property
    def fields(self) -> Sequence[tuple[str, str]]:
        return [(self._field, str(self))]


class BookingRefused(IngestError):
    """The ledger would not post it; `reason` is the ledger's own."""

    slug = "booking-refused"
    title = "The books refused it"

    def __init__(self, reason: str, message: str) -> None:
        self.reason = reason
        super().__init__(message or reason)

    @property
    def metadata(self) -> Mapping[str, str]:
        return {"ledger_reason": self.reason}


class AccountNotFound(BookingRefused):
    slug = "account-not-found"
    title = "There is no such account"
    field = "account_id"


class AccountClosed(BookingRefused):
    slug = "account-closed"
    title = "The account is closed"
    field = "account_id"


class CategoryNotFound(BookingRefused):
    slug = "category-not-found"
    title = "There is no such category"
    field = "category_id"


class WrongCurrency(BookingRefused):
    slug = "currency-mismatch"
    title = "The currency is not the account's"
    field = "amount"


def booking_refused(reason: str, message: str) -> BookingRefused:
    """The refusal by the ledger's reason."""
    kinds: dict[str, type[BookingRefused]] = {
        "ACCOUNT_NOT_FOUND": AccountNotFound,
        "ACCOUNT_CLOSED": AccountClosed,
        "CATEGORY_NOT_FOUND": CategoryNotFound,
        "CURRENCY_MISMATCH": WrongCurrency,
    }
    return kinds.get(reason, BookingRefused)(reason, message)
