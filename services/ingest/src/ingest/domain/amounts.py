"""Amounts as people and banks print them.

Which character is the decimal separator is decided once for a file from all its values, never for a
value alone: `1,234` is a thousand or a bit more than one, and only its neighbours know.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from kit.money import KNOWN_CURRENCIES, MAX_MINOR_UNITS, exponent

DecimalMark = Literal[".", ","]

_SPACES = dict.fromkeys(map(ord, "    \t"), " ")
_DASHES = dict.fromkeys(map(ord, "−–—‐‑"), "-")
_QUOTES = dict.fromkeys(map(ord, "’‘´`ʼ"), "'")
_PLAIN = str.maketrans({**_SPACES, **_DASHES, **_QUOTES})

CURRENCY_MARKS = {
    "RM": "MYR", "€": "EUR", "£": "GBP", "$": "USD", "US$": "USD", "¥": "JPY", "₹": "INR",
    "Rs": "INR", "Rs.": "INR", "zł": "PLN", "zl": "PLN", "Kč": "CZK", "Ft": "HUF", "Fr.": "CHF",
    "SFr.": "CHF", "S$": "SGD", "A$": "AUD", "C$": "CAD", "R$": "BRL", "₺": "TRY", "₽": "RUB",
    "₩": "KRW", "₪": "ILS", "₫": "VND", "₱": "PHP", "฿": "THB",
}  # fmt: skip
_MARKS_WITHOUT_COUNTRY = {"kr", "kr.", "Kr"}

_SHAPE = re.compile(
    r"""(?P<open>\()?\s*(?P<sign>[+-])?\s*(?P<before>[^\d\s+\-().,']{1,4}\.?)?\s*(?P<sign2>[+-])?\s*
        (?P<number>\d[\d.,' ]*|[.,]\d+)
        \s*(?P<trail>[+-])?\s*(?P<after>[^\d\s+\-().,']{1,4}\.?)?\s*(?P<trail2>[+-])?\s*(?P<close>\))?""",
    re.VERBOSE,
)
_DEBIT_CREDIT = {"CR": 1, "DR": -1, "Cr": 1, "Dr": -1}


class NotAnAmount(ValueError):
    """The text is no amount, or not one of this file's form."""

    def __init__(self, text: str, why: str = "is not an amount") -> None:
        self.text = text
        super().__init__(f"'{text[:40]}' {why}")


class SeparatorsDisagree(ValueError):
    """Two values of one file cannot be read with the same decimal separator."""

    def __init__(self, first: str, second: str) -> None:
        self.first, self.second = first, second
        super().__init__(f"'{first[:40]}' and '{second[:40]}' use different decimal separators")


@dataclass(frozen=True, slots=True)
class PrintedAmount:
    """`minor_units` in the currency asked for; `currency` where the text itself names one, else
    empty.
    """

    minor_units: int
    currency: str


def decimal_mark(texts: Iterable[str], *, three_decimals: bool = False) -> DecimalMark:
    """The decimal separator of a file, from all its amounts.

    `three_decimals` is true for currencies whose minor unit has three digits: then `1.234` is no
    thousand.
    Raises SeparatorsDisagree. Where no value tells, a point.
    """
    witness: dict[DecimalMark, str] = {}
    hints: dict[DecimalMark, int] = {".": 0, ",": 0}
    for text in texts:
        shape = _shape(text)
        if shape is None or not _speaks(shape):
            continue
        mark, certain = _evidence(shape["number"].strip(), three_decimals=three_decimals)
        if mark is None:
            continue
        if certain:
            witness.setdefault(mark, text)
        else:
            hints[mark] += 1
    if len(witness) == 2:
        raise SeparatorsDisagree(witness["."], witness[","])
    if witness:
        return next(iter(witness))
    return "," if hints[","] > hints["."] else "."


def _speaks(shape: re.Match[str]) -> bool:
    """Whether the words about the number are an amount's: `12,3x` tells nothing of its file."""
    try:
        _words_about(shape, "")
    except NotAnAmount:
        return False
    return True


def _evidence(number: str, *, three_decimals: bool) -> tuple[DecimalMark | None, bool]:
    """Which mark this number speaks for, and whether it leaves no doubt."""
    points, commas = number.count("."), number.count(",")
    if points and commas:
        return ("." if number.rfind(".") > number.rfind(",") else ","), True
    if not points and not commas:
        return None, False
    mark: DecimalMark = "." if points else ","
    other: DecimalMark = "," if points else "."
    if points + commas > 1:
        return other, True
    whole, _, fraction = number.partition(mark)
    if len(fraction) != 3 or "'" in whole or " " in whole or len(whole) > 3 or whole in ("", "0"):
        return mark, True
    return (mark if three_decimals else other), False


def parse_amount(text: str, *, mark: DecimalMark, currency: str) -> PrintedAmount:
    """Read one amount exactly, with the file's decimal mark.

    Knows signs before and after, parentheses, `DR`/`CR`, currency codes and marks, groups of three
    and Indian groups; zeros beyond the minor unit are dropped, other digits there are refused.
    Raises NotAnAmount, UnknownCurrency.
    """
    shape = _shape(text)
    if shape is None:
        raise NotAnAmount(text)
    named, direction = _words_about(shape, text)
    minor = _minor_units(shape["number"].strip(), mark, named or currency, text)
    return PrintedAmount(minor * _sign(shape, text) * direction, named)


def _shape(text: str) -> re.Match[str] | None:
    return _SHAPE.fullmatch(text.translate(_PLAIN).strip())


def _words_about(shape: re.Match[str], text: str) -> tuple[str, int]:
    named, direction = "", 1
    for word in (shape["before"], shape["after"]):
        if not word:
            continue
        if word in _DEBIT_CREDIT:
            direction = _DEBIT_CREDIT[word]
        elif word.upper() in KNOWN_CURRENCIES:
            named = word.upper()
        elif word in CURRENCY_MARKS:
            named = CURRENCY_MARKS[word]
        elif word not in _MARKS_WITHOUT_COUNTRY:
            raise NotAnAmount(text)
    return named, direction


def _sign(shape: re.Match[str], text: str) -> int:
    signs = [s for s in (shape["sign"], shape["sign2"], shape["trail"], shape["trail2"]) if s]
    bracketed = bool(shape["open"])
    if bracketed != bool(shape["close"]) or len(signs) + bracketed > 1:
        raise NotAnAmount(text)
    return -1 if bracketed or signs == ["-"] else 1


def _minor_units(number: str, mark: DecimalMark, currency: str, text: str) -> int:
    digits = exponent(currency)
    whole, _, fraction = number.partition(mark)
    if mark in fraction or (not fraction.isdecimal() and fraction):
        raise NotAnAmount(text)
    if fraction[digits:].strip("0"):
        raise NotAnAmount(text, f"has more decimals than {currency} has")
    minor = int((_ungrouped(whole, mark, text) or "0") + fraction[:digits].ljust(digits, "0"))
    if minor > MAX_MINOR_UNITS:
        raise NotAnAmount(text, "is beyond the largest amount that is kept")
    return minor


_GROUPED = re.compile(r"\d{1,3}(?:([.,' ])\d{3})(?:\1\d{3})*|\d{1,2}(?:,\d{2})+,\d{3}", re.ASCII)


def _ungrouped(whole: str, mark: DecimalMark, text: str) -> str:
    if (whole.isascii() and whole.isdecimal()) or not whole:
        return whole
    match = _GROUPED.fullmatch(whole)
    if match is None or mark in whole:
        raise NotAnAmount(text)
    return re.sub(r"\D", "", whole)
