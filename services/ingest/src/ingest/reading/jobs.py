"""What a worker process does: each job is a function of bytes and plain values.

Everything that touches the bytes of a stranger's file runs here, in a process that may be killed.
"""

from collections.abc import Sequence
from datetime import date

from PIL import Image, ImageDraw

from ingest.domain.documents import Screening
from ingest.domain.errors import StatementInvalid, TextNotRecognised, UnsupportedMediaType
from ingest.domain.receipts import ReceiptReading
from ingest.domain.statements import StatementAccount, account_labels
from ingest.reading import images, media
from ingest.reading.ofx import read_ofx
from ingest.reading.receipt import read_receipt
from ingest.reading.recognisers import Engine, TextRecogniser, load_recogniser
from ingest.reading.table import read_csv

MAX_STATEMENT_LINES = 2000


def screen(
    data: bytes, *, allowed: Sequence[str], max_pixels: int, default_currency: str
) -> Screening:
    """Decode an image whole, or read a bank file to its end, so that what is broken is refused at
    the door.

    Raises UploadRefused.
    """
    found = media.media_type_of(data)
    if found is None or found not in allowed:
        raise UnsupportedMediaType(allowed)
    if found in media.IMAGES:
        return Screening(found, (images.open_upright(data, max_pixels=max_pixels).size,))
    statements = read_statement(data, media_type=found, default_currency=default_currency)
    labels = [label for label in account_labels(statements) if label]
    return Screening(found, (), tuple(dict.fromkeys(labels)))


def read_statement(
    data: bytes, *, media_type: str, default_currency: str
) -> tuple[StatementAccount, ...]:
    """Raises StatementInvalid."""
    accounts = (
        read_ofx(data)
        if media_type == media.OFX
        else read_csv(data, default_currency=default_currency)
    )
    count = sum(len(account.lines) for account in accounts)
    if count > MAX_STATEMENT_LINES:
        raise StatementInvalid(
            f"it has {count:,} rows; at most {MAX_STATEMENT_LINES:,} are read from one file"
        )
    return tuple(accounts)


class ReceiptReader:
    """Holds the models of one worker, loaded once."""

    def __init__(self, engine: Engine, *, language: str, threads: int) -> None:
        self._recogniser: TextRecogniser = load_recogniser(
            engine, language=language, threads=threads
        )
        # The first picture costs a second more than the others: let it be this one.
        self._recogniser.recognise(_warm_up_picture())

    def read(
        self, data: bytes, *, max_pixels: int, today: date, default_currency: str
    ) -> ReceiptReading:
        """Raises TextNotRecognised, DocumentUnreadable, ImageTooLarge."""
        lines = self._recogniser.recognise(images.open_upright(data, max_pixels=max_pixels))
        if not lines:
            raise TextNotRecognised
        return read_receipt(lines, today=today, default_currency=default_currency)


def _warm_up_picture() -> Image.Image:
    picture = Image.new("RGB", (640, 480), "white")
    ImageDraw.Draw(picture).text((60, 60), "TOTAL 12.34", fill="black", font_size=48)
    return picture
