"""Which of a receipt's dates is the day of the purchase."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from ingest.domain.dates import (
    DateOrder,
    DateOrdersDisagree,
    NotADate,
    date_order,
    dates_in,
    parse_date,
)
from ingest.reading.lines import TextLine, TextRow

_OLDEST = date(1990, 1, 1)
_NAMED = re.compile(r"\bdate\b|datum|fecha|\bdata\b|\bdato\b|tarikh|dt\b", re.IGNORECASE)
_OTHER_DAY = re.compile(
    r"due|expir|valid|exp\b|until|printed|birth|member|return|effective|wef|delivery", re.IGNORECASE
)
_TIME = re.compile(r"\b\d{1,2}[:.]\d{2}([:.]\d{2})?\s?([ap]\.?m)?\b", re.IGNORECASE)
_SLIPS = str.maketrans("OoIl|", "00111")


@dataclass(frozen=True, slots=True)
class ChosenDate:
    """`confidence` is 0 to 1."""

    day: date
    text: str
    line: TextLine
    confidence: float


@dataclass(frozen=True, slots=True)
class _Candidate:
    text: str
    line: TextLine
    row: int
    weight: float


def choose_date(rows: Sequence[TextRow], *, today: date, month_first: bool) -> ChosenDate | None:
    """The best dated row; days after tomorrow (time zones) or before 1990 are none."""
    candidates = _candidates(rows)
    order = _order([each.text for each in candidates], month_first=month_first)
    dated: list[tuple[_Candidate, date]] = []
    for each in candidates:
        day = _day(each.text, order, today)
        if day is not None:
            dated.append((each, day))
    if not dated:
        return None
    best, day = max(dated, key=lambda pair: (pair[0].weight, -pair[0].row))
    others = {other for _, other in dated} - {day}
    confidence = best.line.confidence * (0.97 if not others else 0.85)
    return ChosenDate(day, best.text, best.line, round(confidence, 3))


def _candidates(rows: Sequence[TextRow]) -> list[_Candidate]:
    return [
        _Candidate(text, line, place, _weight(rows, place))
        for place, row in enumerate(rows)
        for line in row.lines
        for text in dates_in(line.text) or dates_in(_mended(line.text))
    ]


def _mended(text: str) -> str:
    """Letters that stand for digits put right, in words that hold digits."""
    return " ".join(
        word.translate(_SLIPS) if re.search(r"\d.*[/.-]", word) else word for word in text.split()
    )


def _weight(rows: Sequence[TextRow], place: int) -> float:
    text = rows[place].text
    weight = 0.0
    if _NAMED.search(text) or (place and _NAMED.search(rows[place - 1].text)):
        weight += 2.0
    if _TIME.search(text) or any(_TIME.search(row.text) for row in rows[place + 1 : place + 2]):
        weight += 1.0
    if _OTHER_DAY.search(text):
        weight -= 3.0
    return weight


def _order(texts: Sequence[str], *, month_first: bool) -> DateOrder:
    otherwise: DateOrder = "mdy" if month_first else "dmy"
    try:
        return date_order(texts, otherwise=otherwise)
    except DateOrdersDisagree:
        # One of them was misread; what is usual with the currency decides.
        return otherwise


def _day(text: str, order: DateOrder, today: date) -> date | None:
    orders: tuple[DateOrder, ...] = ("dmy", "mdy") if order == "dmy" else ("mdy", "dmy")
    for each in orders:
        try:
            day = parse_date(text, order=each)
        except NotADate:
            continue
        if _OLDEST <= day <= today + timedelta(days=1):
            return day
    return None
