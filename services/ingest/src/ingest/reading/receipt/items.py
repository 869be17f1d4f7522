"""The goods of a receipt: the last sum of each row between the head and the sums."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from ingest.reading.lines import TextRow
from ingest.reading.receipt.money import PrintedSum
from ingest.reading.receipt.total import ChosenTotal

_SUMS_BEGIN = re.compile(
    r"sub\s?-?t[o0]t|t[o0]tal|zwischen|summe|\bsous|\bgst|\btax|\bvat\b|mwst|\bdisc|"
    r"\bround|\bcash|am(oun)?t\s?due|\bnett?\b",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class PrintedItem:
    name: str
    sum: PrintedSum


def items_above(
    rows: Sequence[TextRow], sums: Sequence[PrintedSum], total: ChosenTotal | None
) -> list[PrintedItem]:
    """Rows above the first sum-like row; an item whose amount stands alone takes the row above as
    its name.
    """
    if total is None:
        return []
    ends = _sums_begin(rows, sums, total.sum.row)
    last_in_row: dict[int, PrintedSum] = {}
    for each in sums:
        if each.row < ends:
            last_in_row[each.row] = each
    right = max((_right(each) for each in last_in_row.values()), default=0)
    width = max((line.box.x + line.box.width for row in rows for line in row.lines), default=1)
    aligned = [each for each in last_in_row.values() if right - _right(each) < 0.12 * width]
    return [PrintedItem(_name(rows, each), each) for each in aligned]


def _sums_begin(rows: Sequence[TextRow], sums: Sequence[PrintedSum], total_row: int) -> int:
    """The first row with a sum whose label speaks of sums; rows without an amount are headings."""
    summed = {each.row for each in sums}
    for place, row in enumerate(rows[:total_row]):
        if place in summed and _SUMS_BEGIN.search(row.text):
            return place
    return total_row


def _right(each: PrintedSum) -> int:
    return each.box.x + each.box.width


def _name(rows: Sequence[TextRow], each: PrintedSum) -> str:
    own = re.sub(r"^\s*\d+\s*[xX@*]\s*[\d.,]*", "", each.label).strip(" -:@*")
    if sum(letter.isalpha() for letter in own) >= 3 or each.row == 0:
        return own
    return rows[each.row - 1].text.strip()
