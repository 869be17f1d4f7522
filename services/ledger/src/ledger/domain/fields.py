"""Checks of single fields; each problem is collected, so that a person hears of all of them at
once."""

import re
from datetime import date
from typing import NewType

from kit.money import MAX_MINOR_UNITS, Money, UnknownCurrency, exponent
from kit.text import clean_lines
from ledger.domain.errors import FieldProblem, InvalidFields

EntryDate = NewType("EntryDate", str)
"""A calendar date without a zone, ISO 8601 `YYYY-MM-DD`; such dates sort as text."""

FIRST_YEAR, LAST_YEAR = 1900, 2200
FIRST_DAY = EntryDate(f"{FIRST_YEAR}-01-01")
_ISO_DATE = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)


def is_entry_date(text: str) -> bool:
    """Whether the text is a real calendar date from 1900 to 2200, written YYYY-MM-DD."""
    if _ISO_DATE.fullmatch(text) is None:
        return False
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return False
    return FIRST_YEAR <= day.year <= LAST_YEAR


class FieldCheck:
    """Collects what is wrong with the fields of one request."""

    def __init__(self, prefix: str = "") -> None:
        self._prefix = prefix
        self._problems: list[FieldProblem] = []

    def wrong(self, field: str, what: str) -> None:
        self._problems.append((self._prefix + field, what))

    def text(self, field: str, value: str, *, longest: int, needed: bool = False) -> None:
        if len(value) > longest:
            self.wrong(field, f"at most {longest} characters")
        elif clean_lines(value) != value:
            self.wrong(field, "must not hold control or invisible characters")
        elif needed and not value:
            self.wrong(field, "must not be empty")

    def date(self, field: str, value: str) -> None:
        if not is_entry_date(value):
            self.wrong(field, f"a date YYYY-MM-DD from {FIRST_YEAR} to {LAST_YEAR}")

    def currency(self, field: str, value: str) -> None:
        try:
            exponent(value)
        except UnknownCurrency as error:
            self.wrong(field, str(error))

    def amount(self, field: str, value: Money) -> None:
        """Within bounds: 10^15 minor units, so that thousands of the largest still add up within 64
        bits."""
        if abs(value.minor_units) > MAX_MINOR_UNITS:
            self.wrong(field, "beyond the largest amount that is kept")

    def finish(self) -> None:
        """Raises InvalidFields if anything was wrong."""
        if self._problems:
            raise InvalidFields(self._problems)
