"""The European Central Bank's file of reference rates (eurofxref-daily.xml, -hist-90d.xml and
-hist.xml): what one euro was worth on each working day since 1999."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Protocol
from xml.etree.ElementTree import Element, ParseError

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import iterparse

from kit.money import KNOWN_CURRENCIES
from ledger.domain.errors import LedgerError
from ledger.domain.fields import EntryDate
from ledger.domain.rate import EURO, Rate, RateSource, is_rate, rate_day

# The whole history was 8 MB in 2026.
MAX_BYTES = 32 * 1024 * 1024
_CUBE = "{http://www.ecb.int/vocabulary/2002-08-01/eurofxref}Cube"
_CURRENCY = re.compile(r"[A-Z]{3}", re.ASCII)
_VALUE = re.compile(r"\d{1,12}(\.\d{1,12})?", re.ASCII)


class RatesUnreadable(LedgerError):
    """The file is not one of the ECB's; nothing of it was kept."""


class Readable(Protocol):
    """A file of bytes, opened."""

    def read(self, size: int = -1, /) -> bytes: ...


@dataclass(slots=True)
class EcbFile:
    """Reads the rates one by one; currencies that are no more are passed over and told."""

    source: RateSource
    days: set[str] = field(default_factory=set)
    count: int = 0
    passed_over: set[str] = field(default_factory=set)

    def rates(self, file: Readable) -> Iterator[Rate]:
        """Raises RatesUnreadable, also after the first of them."""
        try:
            yield from self._read(file)
        except (ParseError, DefusedXmlException, UnicodeError, LookupError) as error:
            raise RatesUnreadable(f"the file is not XML as the ECB writes it: {error}") from error
        if not self.days:
            raise RatesUnreadable("the file holds no rates of the ECB")

    def _read(self, file: Readable) -> Iterator[Rate]:
        day: EntryDate | None = None
        for event, element in iterparse(_Limited(file), events=("start", "end")):
            if element.tag != _CUBE:
                continue
            if event == "start" and "time" in element.attrib:
                day = _day(element)
            elif event == "start" and "currency" in element.attrib:
                if (rate := self._rate(element, day)) is not None:
                    yield rate
            elif event == "end":
                # What was read is let go, so that twenty-five years cost no more than a day.
                element.clear()

    def _rate(self, element: Element, day: EntryDate | None) -> Rate | None:
        currency, text = element.get("currency", ""), element.get("rate", "")
        if day is None or _CURRENCY.fullmatch(currency) is None or currency == EURO:
            raise RatesUnreadable(f"a rate without its day or currency: {currency[:12]!r}")
        if text == "N/A":
            return None
        if _VALUE.fullmatch(text) is None or not is_rate(Decimal(text)):
            raise RatesUnreadable(f"{text[:20]!r} is no rate of {currency} on {day}")
        if currency not in KNOWN_CURRENCIES:
            self.passed_over.add(currency)
            return None
        self.days.add(day)
        self.count += 1
        return Rate(day, EURO, currency, Decimal(text), self.source)


class _Limited:
    """A file that ends in a refusal once more was read of it than a file may hold."""

    def __init__(self, file: Readable) -> None:
        self._file = file
        self._left = MAX_BYTES

    def read(self, size: int = -1) -> bytes:
        data = self._file.read(size)
        self._left -= len(data)
        if self._left < 0:
            raise RatesUnreadable(f"the file is larger than {MAX_BYTES // 2**20} MiB")
        return data


def _day(element: Element) -> EntryDate:
    text = element.get("time", "")
    day = rate_day(text)
    if day is None:
        raise RatesUnreadable(f"{text[:20]!r} is no day")
    return day
