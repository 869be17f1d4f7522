"""The reading ports over pools of worker processes."""

from collections.abc import Awaitable, Callable, Sequence
from datetime import date
from typing import TypeVar, cast

from ingest.domain.documents import Screening
from ingest.domain.errors import DocumentUnreadable, ReadingFailed
from ingest.domain.receipts import ReceiptReading
from ingest.domain.statements import StatementAccount
from ingest.reading.pool import WorkerDied, WorkerFault, WorkerPool
from kit.logging import get_logger

T = TypeVar("T")
log = get_logger(__name__)

SCREENING_SECONDS = 15.0
STATEMENT_SECONDS = 30.0


async def _patiently(work: Callable[[], Awaitable[T]]) -> T:
    """A process that died may have been a victim: try once more, then blame the document."""
    for last in (False, True):
        try:
            return await work()
        except WorkerDied as error:
            log.warning("worker died", error=str(error), last_try=last)
        except WorkerFault as fault:
            log.exception("worker fault", fault=str(fault))
            raise ReadingFailed("the reader has a fault, which was noted") from fault
    raise ReadingFailed("the reader ended in the middle of it, twice")


class PooledScreener:
    """Looks at uploads in light worker processes."""

    def __init__(
        self, pool: WorkerPool, *, allowed: Sequence[str], max_pixels: int, default_currency: str
    ) -> None:
        self._pool = pool
        self._allowed = tuple(allowed)
        self._max_pixels = max_pixels
        self._default_currency = default_currency

    async def screen(self, data: bytes) -> Screening:
        """Raises UploadRefused."""
        try:
            return cast(
                "Screening",
                await _patiently(
                    lambda: self._pool.run(
                        "screen",
                        seconds=SCREENING_SECONDS,
                        data=data,
                        allowed=self._allowed,
                        max_pixels=self._max_pixels,
                        default_currency=self._default_currency,
                    )
                ),
            )
        except ReadingFailed as error:
            raise DocumentUnreadable(str(error).rstrip(".")) from error

    async def page_image(self, data: bytes, *, width: int) -> bytes:
        """Raises UploadRefused, ReadingFailed."""
        return cast(
            "bytes",
            await _patiently(
                lambda: self._pool.run(
                    "page_image",
                    seconds=SCREENING_SECONDS,
                    data=data,
                    max_pixels=self._max_pixels,
                    width=width,
                )
            ),
        )


class PooledReader:
    """Reads receipts where the models are, bank files in a light process."""

    def __init__(
        self, *, light: WorkerPool, recognition: WorkerPool, max_pixels: int, seconds: float
    ) -> None:
        self._light = light
        self._recognition = recognition
        self._max_pixels = max_pixels
        self._seconds = seconds

    async def read_receipt(
        self, data: bytes, *, today: date, default_currency: str
    ) -> ReceiptReading:
        """Raises TextNotRecognised, ReadingFailed, UploadRefused."""
        return cast(
            "ReceiptReading",
            await _patiently(
                lambda: self._recognition.run(
                    "read_receipt",
                    seconds=self._seconds,
                    data=data,
                    max_pixels=self._max_pixels,
                    today=today,
                    default_currency=default_currency,
                )
            ),
        )

    async def read_statement(
        self, data: bytes, *, media_type: str, default_currency: str
    ) -> Sequence[StatementAccount]:
        """Raises StatementInvalid, ReadingFailed."""
        return cast(
            "Sequence[StatementAccount]",
            await _patiently(
                lambda: self._light.run(
                    "read_statement",
                    seconds=STATEMENT_SECONDS,
                    data=data,
                    media_type=media_type,
                    default_currency=default_currency,
                )
            ),
        )
