"""Texts in the cells of a CSV file that people open in a spreadsheet, and back: for every text,
reading what was written gives the text."""

import csv
import io
from collections.abc import Sequence

# A cell that begins with one of these is a formula to some spreadsheet (OWASP, CSV injection; the
# full-width forms count in East Asian settings).
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
# A spreadsheet takes a leading apostrophe for "this is text".
_TEXT_MARK = "'"


def written_cell(text: str) -> str:
    """The text as no spreadsheet takes for a formula. A text that begins with the mark gets
    another, so that reading is without doubt."""
    return _TEXT_MARK + text if text.startswith((*_FORMULA, _TEXT_MARK)) else text


def read_cell(cell: str) -> str:
    """The text that `written_cell` was given."""
    return cell.removeprefix(_TEXT_MARK)


def written_list(items: Sequence[str]) -> str:
    """Several texts in one cell, separated by commas; one that holds a comma or a quote is quoted
    as in a row of CSV."""
    return written_cell(", ".join(map(_quoted, items)))


def read_list(cell: str) -> Sequence[str]:
    """The texts that `written_list` was given."""
    text = read_cell(cell)
    return next(csv.reader(io.StringIO(text, newline=""), skipinitialspace=True), [])


def _quoted(item: str) -> str:
    if item and item == item.strip() and not any(letter in item for letter in ',"\r\n'):
        return item
    return '"' + item.replace('"', '""') + '"'
