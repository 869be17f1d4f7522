"""Lines of recognised text on a page, and the rows that they stand in."""

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median

from ingest.domain.fields import Box


@dataclass(frozen=True, slots=True)
class TextLine:
    """A run of text; `slope` is dy/dx of its baseline, `confidence` 0 to 1."""

    text: str
    box: Box
    confidence: float
    slope: float = 0.0

    @property
    def middle(self) -> tuple[float, float]:
        return self.box.x + self.box.width / 2, self.box.y + self.box.height / 2


@dataclass(frozen=True, slots=True)
class TextRow:
    """Lines side by side, from left to right; `height` is the usual height of its letters."""

    lines: tuple[TextLine, ...]
    level: float
    height: float

    @property
    def text(self) -> str:
        return " ".join(line.text for line in self.lines)


def rows_on_page(lines: Sequence[TextLine]) -> list[TextRow]:
    """From top to bottom. The page's skew (median slope of wide lines) is taken out first, so that
    the label at the left and the amount at the right of a turned receipt meet again.
    """
    if not lines:
        return []
    slope = _page_slope(lines)
    said = [(_level(line, slope), line) for line in lines if line.text.strip()]
    placed = sorted(said, key=lambda pair: pair[0])
    rows: list[list[tuple[float, TextLine]]] = []
    for level, line in placed:
        if rows and _same_row(rows[-1], level, line, slope):
            rows[-1].append((level, line))
        else:
            rows.append([(level, line)])
    return [_row(members, slope) for members in rows]


def _page_slope(lines: Sequence[TextLine]) -> float:
    wide = [line.slope for line in lines if line.box.width > 3 * line.box.height]
    return median(wide) if wide else 0.0


def _level(line: TextLine, slope: float) -> float:
    """Height of the line's middle with the skew taken out."""
    x, y = line.middle
    return y - slope * x


def _letters(line: TextLine, slope: float) -> float:
    """Height of the letters: the box of a turned line is higher than they are."""
    return max(6.0, line.box.height - abs(slope) * line.box.width)


def _same_row(
    row: list[tuple[float, TextLine]], level: float, line: TextLine, slope: float
) -> bool:
    middle = sum(own for own, _ in row) / len(row)
    height = min(_letters(line, slope), min(_letters(own, slope) for _, own in row))
    if abs(level - middle) > height * 0.5:
        return False
    return not any(_overlap(line.box, own.box) for _, own in row)


def _overlap(one: Box, other: Box) -> bool:
    """Whether they stand above each other for a good part of the narrower one."""
    shared = min(one.x + one.width, other.x + other.width) - max(one.x, other.x)
    return shared > 0.3 * min(one.width, other.width)


def _row(members: list[tuple[float, TextLine]], slope: float) -> TextRow:
    ordered = sorted((line for _, line in members), key=lambda line: line.box.x)
    return TextRow(
        lines=tuple(ordered),
        level=sum(level for level, _ in members) / len(members),
        height=median(_letters(line, slope) for line in ordered),
    )
