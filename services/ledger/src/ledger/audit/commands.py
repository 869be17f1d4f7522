"""The commands `check [--json]` and `rebuild`."""

import argparse
import asyncio
import json
import sys
from collections.abc import Awaitable, Sequence
from dataclasses import asdict, dataclass, field

from kit.logging import get_logger
from kit.transient import is_transient
from ledger.audit.auditor import Auditor, BookAudit
from ledger.audit.mending import BookChanged
from ledger.audit.recount import Difference, Fault

_COLUMNS = ("book", "what", "of", "the journal says", "found")
MEND_ATTEMPTS = 5
log = get_logger(__name__)


@dataclass(slots=True)
class Tally:
    """What was counted over all books."""

    books: int = 0
    entries: int = 0
    balances: int = 0
    rollups: int = 0
    events: int = 0
    differences: list[Difference] = field(default_factory=list)

    def add(self, audit: BookAudit) -> None:
        self.books += 1
        self.entries += audit.recount.entries
        self.balances += len(audit.recount.totals.balances)
        self.rollups += len(audit.recount.totals.rollups)
        self.events += audit.events
        self.differences.extend(audit.differences)


async def check_command(auditor: Auditor, argv: Sequence[str]) -> int:
    """Print every difference between the books and their journal; 0 only if there is none."""
    parser = argparse.ArgumentParser("python -m ledger check", description=check_command.__doc__)
    parser.add_argument("--json", action="store_true", help="for scripts, on one line")
    as_json = parser.parse_args(argv).json
    tally = Tally()
    async for owner in auditor.owners():
        await _take(tally, owner, auditor.audit(owner))
    _print(json.dumps(asdict(tally)) if as_json else table(tally))
    return 1 if tally.differences else 0


async def rebuild_command(auditor: Auditor, argv: Sequence[str]) -> int:
    """Set balances, rollups, marks and missing events to what the journal says; 0 if that mended
    all."""
    argparse.ArgumentParser(
        "python -m ledger rebuild", description=rebuild_command.__doc__
    ).parse_args(argv)
    found, left = 0, Tally()
    async for owner in auditor.owners():
        before = Tally()
        audit = await _take(before, owner, auditor.audit(owner))
        found += len(before.differences)
        if audit is None:
            left.differences += before.differences
        else:
            await _take(left, owner, mended(auditor, audit))
    _print(f"{found} differences found, {found - len(left.differences)} mended\n\n{table(left)}")
    return 1 if left.differences else 0


async def _take(tally: Tally, owner: str, work: Awaitable[BookAudit]) -> BookAudit | None:
    """Count the audit of a book; one that fails is a difference, and the next book is looked at."""
    try:
        audit = await work
    except Exception as error:
        if is_transient(error):
            raise
        log.exception("a book cannot be checked", owner=owner)
        tally.books += 1
        what = f"{type(error).__name__}: {error}"
        tally.differences.append(
            Difference(owner, Fault.UNREADABLE, "the book", "a check to its end", what)
        )
        return None
    tally.add(audit)
    return audit


async def mended(auditor: Auditor, audit: BookAudit) -> BookAudit:
    """The audit of the book after its mending, again where someone posted meanwhile."""
    for attempt in range(MEND_ATTEMPTS):
        if not audit.differences:
            break
        try:
            await auditor.mend(audit)
            return await auditor.audit(audit.owner)
        except BookChanged:
            await asyncio.sleep(0.1 * 2**attempt)
            audit = await auditor.audit(audit.owner)
    return audit


def table(tally: Tally) -> str:
    """The counts, and the differences under their headings."""
    counts = [
        (f"{tally.books:,}", "books"),
        (f"{tally.entries:,}", "entries"),
        (f"{tally.balances:,}", "balances"),
        (f"{tally.rollups:,}", "rollups"),
        (f"{tally.events:,}", "events"),
        (f"{len(tally.differences):,}", "differences"),
    ]
    width = max(len(number) for number, _ in counts)
    lines = [f"{number:>{width}}  {what}" for number, what in counts]
    if tally.differences:
        rows = [
            (str(d.owner), d.fault.value, d.subject, d.expected, d.found) for d in tally.differences
        ]
        widths = [max(len(row[i]) for row in (_COLUMNS, *rows)) for i in range(len(_COLUMNS))]
        lines += ["", _line(_COLUMNS, widths), _line(["─" * w for w in widths], widths)]
        lines += [_line(row, widths) for row in rows]
    return "\n".join(lines)


def _line(cells: Sequence[str], widths: Sequence[int]) -> str:
    return "  ".join(f"{cell:<{w}}" for cell, w in zip(cells, widths, strict=True)).rstrip()


def _print(text: str) -> None:
    sys.stdout.write(text + "\n")
