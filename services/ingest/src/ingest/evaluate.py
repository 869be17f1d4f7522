"""`python -m ingest.evaluate FOLDER` measures the reading of receipts against their truth.

FOLDER holds pictures (NAME.jpg) and beside each NAME.json with `company`, `date` and `total` as
printed, the form of SROIE task 3 (ICDAR 2019). Prints the share that is right, what is wrong, and
the time and memory that it took.
"""

import json
import re
import resource
import sys
import time
from dataclasses import dataclass
from datetime import UTC, date, datetime
from difflib import SequenceMatcher
from pathlib import Path
from statistics import quantiles

from ingest.domain.dates import NotADate, parse_date
from ingest.domain.receipts import ReceiptReading
from ingest.reading.jobs import ReceiptReader

# Letters and digits alone count; one misread letter in ten is still the same company.
SAME_COMPANY = 0.9
MAX_PIXELS = 50_000_000


@dataclass(frozen=True, slots=True)
class Outcome:
    """What was right of one receipt."""

    name: str
    total: bool
    date: bool
    company: bool
    warned: bool
    seconds: float

    @property
    def right(self) -> bool:
        return self.total and self.date and self.company


def evaluate(folder: Path) -> list[Outcome]:
    """Read every picture of the folder that has its truth beside it."""
    reader = ReceiptReader("rapidocr", language="eng", threads=2)
    today = datetime.now(UTC).date()
    return [
        _outcome(reader, picture, truth, today)
        for picture in sorted(folder.glob("*.jpg"))
        if (truth := picture.with_suffix(".json")).is_file()
    ]


def _outcome(reader: ReceiptReader, picture: Path, truth: Path, today: date) -> Outcome:
    begun = time.perf_counter()
    reading = reader.read(
        picture.read_bytes(), max_pixels=MAX_PIXELS, today=today, default_currency="MYR"
    )
    seconds = time.perf_counter() - begun
    printed: dict[str, str] = json.loads(truth.read_text())
    return Outcome(
        name=picture.stem,
        total=_same_total(reading, printed["total"]),
        date=reading.day == _true_date(printed["date"]),
        company=_same_company(reading.merchant, printed["company"]),
        warned=bool(reading.warnings),
        seconds=seconds,
    )


def _same_total(reading: ReceiptReading, printed: str) -> bool:
    hundredths = re.sub(r"\D", "", printed if "." in printed else f"{printed}.00")
    return reading.total is not None and reading.total.minor_units == int(hundredths or "-1")


def _true_date(printed: str) -> date | None:
    try:
        return parse_date(printed.strip("() "), order="dmy")
    except NotADate:
        return None


def _same_company(read: str, printed: str) -> bool:
    one, other = (re.sub(r"[^a-z0-9]", "", text.lower()) for text in (read, printed))
    return SequenceMatcher(None, one, other).ratio() >= SAME_COMPANY


def main(folder: Path) -> int:
    """Print the table; 1 where there is nothing to measure."""
    outcomes = evaluate(folder)
    if len(outcomes) < 2:
        sys.stdout.write(f"{folder}: no pictures with their truth beside them\n")
        return 1
    for outcome in outcomes:
        if not outcome.right:
            names = ("total", "date", "company")
            wrong = [name for name in names if not getattr(outcome, name)]
            sys.stdout.write(f"{outcome.name}: wrong {', '.join(wrong)}\n")
    for name in ("total", "date", "company", "right"):
        count = sum(bool(getattr(outcome, name)) for outcome in outcomes)
        sys.stdout.write(f"{name:8} {100 * count / len(outcomes):5.1f} %  of {len(outcomes)}\n")
    _print_trust(outcomes)
    cuts = quantiles((outcome.seconds for outcome in outcomes), n=20)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    sys.stdout.write(f"time     p50 {cuts[9]:.2f} s, p95 {cuts[18]:.2f} s; memory {peak} MiB\n")
    return 0


def _print_trust(outcomes: list[Outcome]) -> None:
    proved = [outcome for outcome in outcomes if not outcome.warned]
    right = sum(outcome.total for outcome in proved)
    sys.stdout.write(
        f"no warning on {len(proved)} of {len(outcomes)}; of those {right} totals are right\n"
    )


if __name__ == "__main__":
    raise SystemExit(main(Path(sys.argv[1])))
