"""Which delimiter a text file uses, and its rows with the lines they begin on."""

import csv
from collections import Counter
from dataclasses import dataclass

_DELIMITERS = (";", ",", "\t", "|")
MAX_CELL = 20_000


@dataclass(frozen=True, slots=True)
class Row:
    """Cells without the blanks about them; `line` is where the row begins, from 1."""

    line: int
    cells: tuple[str, ...]

    @property
    def blank(self) -> bool:
        return not any(self.cells)


def rows_of(text: str) -> list[Row]:
    """The rows under the delimiter that makes most of them equally wide; empty where none makes a
    table.
    """
    readings = [_rows(text, delimiter) for delimiter in _DELIMITERS]
    best = max(readings, key=_regularity)
    return best if _regularity(best)[0] > 0 else []


def _rows(text: str, delimiter: str) -> list[Row]:
    reader = csv.reader(text.splitlines(keepends=True), delimiter=delimiter)
    rows: list[Row] = []
    begins = 1
    try:
        for cells in reader:
            rows.append(Row(begins, tuple(cell.strip() for cell in cells)))
            begins = reader.line_num + 1
    except csv.Error:
        # A cell beyond the module's limit: not a table under this delimiter.
        return []
    return [row for row in rows if not row.blank]


def _regularity(rows: list[Row]) -> tuple[int, int]:
    """(rows of the commonest width above one, that width)."""
    widths = Counter(_width(row) for row in rows)
    common = [(count, width) for width, count in widths.items() if width > 1]
    return max(common, default=(0, 0))


def _width(row: Row) -> int:
    return len(row.cells)
