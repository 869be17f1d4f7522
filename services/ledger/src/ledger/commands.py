"""The command `rates <file>`."""

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from ledger.domain.ecb import RatesUnreadable
from ledger.service.rates import RateService


async def rates_command(rates: RateService, argv: Sequence[str]) -> int:
    """Keep the rates of a file of the ECB for all books: eurofxref-daily.xml or -hist.xml."""
    parser = argparse.ArgumentParser("python -m ledger rates", description=rates_command.__doc__)
    parser.add_argument("file", type=Path)
    path: Path = parser.parse_args(argv).file
    try:
        with path.open("rb") as file:
            imported = await rates.import_shared(file=file)
    except (OSError, RatesUnreadable) as error:
        sys.stderr.write(f"{path}: {error}\n")
        return 1
    passed_over = ", ".join(imported.passed_over)
    sys.stdout.write(
        f"{imported.rates:,} rates of {imported.days:,} days,"
        f" {imported.first} to {imported.last}"
        + (f"; passed over, being no more: {passed_over}\n" if passed_over else "\n")
    )
    return 0
