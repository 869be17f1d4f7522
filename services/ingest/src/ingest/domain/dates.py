"""Calendar dates as people and banks print them.

The order of day and month is decided once for a file from all its values: `31/07` settles `08/07`.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal

DateOrder = Literal["dmy", "mdy"]

_MONTHS: dict[str, int] = {
    name: number
    for number, names in enumerate(
        (
            "jan january januar janvier enero gennaio janeiro januari janv ene gen stycznia",
            "feb february februar fevrier febrero febbraio fevereiro februari fev fevr lutego",
            "mar march marz maerz mars marzo marco maart mrz mrt marca",
            "apr april avril abril aprile avr abr kwietnia",
            "may mai mayo maggio maio mei mag maja",
            "jun june juni juin junio giugno junho giu czerwca",
            "jul july juli juillet julio luglio julho juil lug lipca",
            "aug august aout agosto augustus ago sierpnia",
            "sep sept september septembre septiembre settembre setembro set wrzesnia",
            "oct october oktober octobre octubre ottobre outubro okt ott out pazdziernika",
            "nov november novembre noviembre novembro listopada",
            "dec december dezember decembre diciembre dicembre dezembro dez dic des grudnia",
        ),
        start=1,
    )
    for name in names.split()
}
_ACCENTS = str.maketrans("áàâäãéèêëíîïóôöõúûüçńśźżč", "aaaaaeeeeiiioooouuucnszzc")

_YEAR_FIRST = re.compile(r"(\d{4})\s?[-./年]\s?(\d{1,2})\s?[-./月]\s?(\d{1,2})\.?日?")
_COMPACT = re.compile(r"(\d{4})(\d{2})(\d{2})")
_NUMERIC = re.compile(r"(\d{1,2})\s?([-./ ])\s?(\d{1,2})\s?\2\s?'?(\d{4}|\d{2})\.?")
_DAY_NAMED = re.compile(
    r"(\d{1,2})(?:st|nd|rd|th)?[.\s,/-]{0,2}([^\W\d_]{3,12})[.\s,/'-]{0,3}(\d{4}|\d{2})"
)
_NAMED_DAY = re.compile(
    r"([^\W\d_]{3,12})[.\s-]{0,2}(\d{1,2})(?:st|nd|rd|th)?[,.\s-]{1,3}(\d{4}|\d{2})"
)
_TIME_AFTER = re.compile(
    r"[T\s,]+\d{1,2}[:.]\d{2}([:.]\d{2})?(\.\d+)?\s?([AaPp][Mm])?(Z|[+-]\d{2}:?\d{2})?$"
)


class NotADate(ValueError):
    """The text is no calendar date."""

    def __init__(self, text: str) -> None:
        self.text = text
        super().__init__(f"'{text[:40]}' is not a date")


class DateOrdersDisagree(ValueError):
    """Two dates of one file cannot be read in the same order."""

    def __init__(self, first: str, second: str) -> None:
        self.first, self.second = first, second
        super().__init__(
            f"'{first[:40]}' and '{second[:40]}' put day and month in different orders"
        )


@dataclass(frozen=True, slots=True)
class _Numeric:
    first: int
    second: int
    year: int


def date_order(texts: Iterable[str], *, otherwise: DateOrder = "dmy") -> DateOrder:
    """The order of a file, from all its dates: by a part above 12; else by which order runs in
    sequence; else `otherwise`.

    Raises DateOrdersDisagree.
    """
    witness: dict[DateOrder, str] = {}
    undecided: list[_Numeric] = []
    for text in texts:
        parts = _numeric(text)
        if parts is None:
            continue
        undecided.append(parts)
        if parts.first > 12 >= parts.second:
            witness.setdefault("dmy", text)
        elif parts.second > 12 >= parts.first:
            witness.setdefault("mdy", text)
    if len(witness) == 2:
        raise DateOrdersDisagree(witness["dmy"], witness["mdy"])
    if witness:
        return next(iter(witness))
    return _order_in_sequence(undecided) or otherwise


def _order_in_sequence(parts: Sequence[_Numeric]) -> DateOrder | None:
    """Statements run forwards or backwards in time; if only one order makes this one do so, it is
    that.
    """
    if len({(p.first, p.second, p.year) for p in parts}) < 3:
        return None
    runs: list[DateOrder] = []
    if _runs([(p.year, p.second, p.first) for p in parts]):
        runs.append("dmy")
    if _runs([(p.year, p.first, p.second) for p in parts]):
        runs.append("mdy")
    return runs[0] if len(runs) == 1 else None


def _runs(days: Sequence[tuple[int, int, int]]) -> bool:
    forwards = sorted(days)
    return list(days) in (forwards, forwards[::-1])


def parse_date(text: str, *, order: DateOrder) -> date:
    """Read one date with the file's order; a time of day behind it is left out.

    Two-digit years are of 1970 to 2069. Raises NotADate.
    """
    plain = _without_time(text)
    try:
        return _read(plain, order)
    except ValueError:
        raise NotADate(text) from None


def _read(plain: str, order: DateOrder) -> date:
    if match := _YEAR_FIRST.fullmatch(plain) or _COMPACT.fullmatch(plain):
        return date(int(match[1]), int(match[2]), int(match[3]))
    if parts := _numeric(plain):
        day, month = (parts.first, parts.second) if order == "dmy" else (parts.second, parts.first)
        return date(parts.year, month, day)
    if match := _DAY_NAMED.fullmatch(plain):
        return date(_year(match[3]), _month(match[2]), int(match[1]))
    if match := _NAMED_DAY.fullmatch(plain):
        return date(_year(match[3]), _month(match[1]), int(match[2]))
    raise ValueError(plain)


def _numeric(text: str) -> _Numeric | None:
    match = _NUMERIC.fullmatch(_without_time(text))
    return _Numeric(int(match[1]), int(match[3]), _year(match[4])) if match else None


def _without_time(text: str) -> str:
    return _TIME_AFTER.sub("", text.strip()).strip()


def _month(name: str) -> int:
    try:
        return _MONTHS[name.lower().translate(_ACCENTS)]
    except KeyError:
        raise ValueError(name) from None


def _year(digits: str) -> int:
    year = int(digits)
    if len(digits) == 4:
        return year
    return year + (2000 if year < 70 else 1900)


_NUMERIC_IN_TEXT = (
    r"(?<![\d.,])\d{1,2}\s?([-./])\s?\d{1,2}\s?\1\s?'?"
    r"(?:(?:19|20)\d{2}(?=\d{1,2}:\d{2})|(?:\d{4}|\d{2})(?!\d|[.,]\d{2}(?!:)))"
)
_IN_TEXT = tuple(
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        r"(?<!\d)(?:19|20)\d{2}\s?[-./]\s?\d{1,2}\s?[-./]\s?\d{1,2}(?!\d)",
        _NUMERIC_IN_TEXT,
        r"(?<!\d)\d{1,2}(?:st|nd|rd|th)?[.\s,/-]{0,2}[^\W\d_]{3,9}[.\s,/'-]{0,3}(?:(?:19|20)\d{2}|\d{2})(?!\d)",
        r"(?<![^\W\d_])[^\W\d_]{3,9}[.\s-]{0,2}\d{1,2}(?:st|nd|rd|th)?[,.\s-]{1,3}(?:19|20)\d{2}(?!\d)",
    )
)


def dates_in(text: str) -> list[str]:
    """The parts of a line that are printed like a date, as printed."""
    found: list[str] = []
    for pattern in _IN_TEXT:
        for match in pattern.finditer(text):
            candidate = match[0]
            if _looks_like_a_date(candidate):
                found.append(candidate)
        if found:
            break
    return found


def _looks_like_a_date(candidate: str) -> bool:
    for order in ("dmy", "mdy"):
        try:
            _read(candidate.strip(), order)
        except ValueError:
            continue
        return True
    return False
