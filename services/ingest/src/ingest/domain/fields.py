"""What was read, and where: the provenance of every value of a draft."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Box:
    """A rectangle in pixels of the page image; x, y is its top left corner."""

    x: int
    y: int
    width: int
    height: int

    def joined(self, other: "Box") -> "Box":
        """The smallest box around both."""
        left, top = min(self.x, other.x), min(self.y, other.y)
        right = max(self.x + self.width, other.x + other.width)
        bottom = max(self.y + self.height, other.y + other.height)
        return Box(left, top, right - left, bottom - top)


@dataclass(frozen=True, slots=True)
class Field:
    """One value that was read.

    `text` is as printed, `value` canonical (YYYY-MM-DD; a plain decimal). An image gives page and
    box, a text file its line; pages and lines count from 1, 0 means none. `confidence` is 0 to 1.
    """

    name: str
    text: str
    value: str
    confidence: float
    page: int = 0
    box: Box | None = None
    line: int = 0
