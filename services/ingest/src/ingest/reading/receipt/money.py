"""The amounts on a receipt, each with its row and what stands to its left."""

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from ingest.domain.amounts import CURRENCY_MARKS, DecimalMark
from ingest.domain.fields import Box
from ingest.reading.lines import TextLine, TextRow
from kit.money import KNOWN_CURRENCIES

_AMOUNT = re.compile(
    r"(?P<minus>-)?\s?(?P<mark>RM|MYR|US\$|S\$|[$€£¥₹]|Rs\.?|[A-Z]{3})?\s?(?P<minus2>-)?"
    r"(?<![\d.,])(?P<whole>\d{1,3}(?:[.,' ]\d{2,3})*|\d{4,7})"
    r"\s?(?P<point>[.,])\s?(?P<cents>\d{2})(?!\d|[.,]\d|\s?%)"
)
_WHOLE = re.compile(
    r"(?P<mark>¥|JPY|KRW|[A-Z]{3})\s?(?P<whole>\d{1,3}(?:,\d{3})+|\d{2,7})(?![\d.,%])"
)
_LETTER_SLIPS = re.compile(r"(?<=\d)[oO](?=[\d.,])|(?<=[.,])[oO](?=\d)|(?<=[.,]\d)[oO]\b")


@dataclass(frozen=True, slots=True)
class PrintedSum:
    """`minor_units` in hundredths as printed, or whole units where the currency has no smaller."""

    minor_units: int
    text: str
    label: str
    row: int
    line: TextLine
    height: float
    mark: str

    @property
    def box(self) -> Box:
        """The part of its line that the amount takes: letters of a line are about equally wide."""
        line = self.line
        begins = line.text.find(self.text)
        if begins < 0 or not line.text:
            return line.box
        letter = line.box.width / len(line.text)
        left = line.box.x + round(begins * letter)
        return Box(left, line.box.y, max(1, round(len(self.text) * letter)), line.box.height)


def point_of(rows: Sequence[TextRow]) -> DecimalMark:
    """The receipt's decimal mark: what stands before the last two digits of most of its amounts."""
    seen = Counter(match["point"] for row in rows for match in _AMOUNT.finditer(row.text))
    return "," if seen[","] > seen["."] else "."


def sums_on(rows: Sequence[TextRow], *, whole_units: bool) -> list[PrintedSum]:
    """Every amount of the page, from top to bottom and left to right."""
    point = point_of(rows)
    found: list[PrintedSum] = []
    for place, row in enumerate(rows):
        before: list[str] = []
        for line in row.lines:
            if found and found[-1].row == place and any(letter.isalpha() for letter in line.text):
                # A new label behind an amount governs what follows it.
                before = []
            found += _sums_in(line, place, row, " ".join(before), point, whole_units=whole_units)
            before.append(line.text)
    return found


def _sums_in(
    line: TextLine, place: int, row: TextRow, before: str, point: DecimalMark, *, whole_units: bool
) -> list[PrintedSum]:
    text = _LETTER_SLIPS.sub("0", line.text)
    pattern = _WHOLE if whole_units else _AMOUNT
    found: list[PrintedSum] = []
    for match in pattern.finditer(text):
        if not whole_units and not _plausible(match, point):
            continue
        digits = re.sub(r"\D", "", match["whole"]) + ("" if whole_units else match["cents"])
        negative = not whole_units and bool(match["minus"] or match["minus2"])
        label = f"{before} {text[: match.start()]}".strip()
        found.append(
            PrintedSum(
                minor_units=-int(digits) if negative else int(digits),
                text=match[0].strip(),
                label=label,
                row=place,
                line=line,
                height=row.height,
                mark=match["mark"] or "",
            )
        )
    return found


def _plausible(match: re.Match[str], point: DecimalMark) -> bool:
    """Dates (30.08.25) repeat one mark; a long number with the other mark is no amount of this
    receipt.
    """
    if match["point"] in match["whole"]:
        return False
    return match["point"] == point or len(re.sub(r"\D", "", match["whole"])) <= 3


_NAMES = re.compile(r"\b[A-Z]{3}\b|\bRM(?=\b|\d)|\bRs\b|[€£¥₹]|\$(?=\s?\d)")


def currency_of(rows: Sequence[TextRow], *, otherwise: str) -> str:
    """The currency that the page names most: ISO codes and marks beside amounts, RM, Rs and the
    like in headings.
    """
    votes: Counter[str] = Counter()
    for row in rows:
        for word in _NAMES.findall(row.text):
            if word in _SPOKEN:
                votes[word if word in KNOWN_CURRENCIES else CURRENCY_MARKS[word]] += 1
    return votes.most_common(1)[0][0] if votes else otherwise


# ISO codes that are also words or parts of names on receipts (ALL, TOP, CUP, …) name nothing.
_SPOKEN = frozenset(
    [
        "USD",
        "EUR",
        "GBP",
        "CHF",
        "JPY",
        "MYR",
        "SGD",
        "INR",
        "AUD",
        "CAD",
        "NZD",
        "SEK",
        "NOK",
        "DKK",
        "PLN",
        "CZK",
        "HUF",
        "RON",
        "BGN",
        "TRY",
        "ZAR",
        "BRL",
        "MXN",
        "THB",
        "IDR",
        "PHP",
        "HKD",
        "TWD",
        "KRW",
        "CNY",
        "AED",
        "SAR",
        "ILS",
        "KWD",
        "RM",
        "Rs",
        "€",
        "£",
        "¥",
        "₹",
        "$",
    ]
)
