"""Amounts and days as people write them in a search."""

import re
from datetime import date, timedelta
from decimal import Decimal

from dateutil.relativedelta import relativedelta

from kit.money import KNOWN_CURRENCIES
from ledger.domain.book_settings import WeekStart
from ledger.domain.fields import FIRST_YEAR, LAST_YEAR

_NUMBER = r"\d{1,16}(?:[.,]\d{1,8})?"
_AMOUNT = re.compile(rf"({_NUMBER})([A-Za-z]{{3}})?", re.ASCII)
_RANGE = re.compile(rf"({_NUMBER})?\.\.({_NUMBER})?([A-Za-z]{{3}})?", re.ASCII)
# `1,234` is a thousand to some and a little more than one to others.
_AMBIGUOUS = re.compile(r"\d,\d{3}(?!\d)", re.ASCII)
_THOUSANDS = re.compile(r"\d[.,' ]\d{3}(?:[.,]|\Z)", re.ASCII)
_YEAR = re.compile(r"\d{4}", re.ASCII)
_QUARTER = re.compile(r"(\d{4})-q([1-4])", re.ASCII)
_MONTH = re.compile(r"(\d{4})-(0[1-9]|1[0-2])", re.ASCII)
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
_RUN = re.compile(r"last-([1-9]\d{0,3})-(days|weeks|months|years)", re.ASCII)
_NAMED = re.compile(r"(this|last)-(week|month|quarter|year)")
_NO_DAYS = (
    f"a date from {FIRST_YEAR} to {LAST_YEAR} such as 2026-03-14, 2026-03, 2026-Q1, 2026, today or"
    " last-month"
)

_STEPS = {
    "days": relativedelta(days=1),
    "weeks": relativedelta(weeks=1),
    "months": relativedelta(months=1),
    "years": relativedelta(years=1),
}
_WEEKDAYS = {WeekStart.MONDAY: 0, WeekStart.SATURDAY: 5, WeekStart.SUNDAY: 6}
# What is a day or days is so on any day.
_SOME_DAY = date(2000, 1, 1)

Days = tuple[date, date]


class Unreadable(ValueError):
    """The text is none of what is understood; the message says what would be."""


def read_amount(text: str) -> tuple[Decimal, str]:
    """`4.5`, `4,50` or `4.50EUR`: the number, exactly, and the currency or "". Raises
    Unreadable."""
    match = _AMOUNT.fullmatch(text)
    if match is None or _AMBIGUOUS.search(text):
        raise Unreadable(_why_no_amount(text))
    return _number(match[1]), _currency(match[2])


def read_range(text: str) -> tuple[Decimal | None, Decimal | None, str]:
    """`4..10`, `4..` or `..10`, with a currency behind or without. Raises Unreadable."""
    match = _RANGE.fullmatch(text)
    if match is None or not (match[1] or match[2]) or _AMBIGUOUS.search(text):
        raise Unreadable(_why_no_amount(text))
    least = _number(match[1]) if match[1] else None
    most = _number(match[2]) if match[2] else None
    return least, most, _currency(match[3])


def amount_text(value: Decimal) -> str:
    """The shortest plain decimal."""
    text = f"{value:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def is_days(text: str) -> bool:
    """Whether the text says a day or a span of days, from 1900 to 2200."""
    try:
        span_of(text, _SOME_DAY)
    except Unreadable:
        return False
    return True


def span_of(text: str, today: date, week_start: WeekStart = WeekStart.MONDAY) -> Days:
    """The first and the last day that the text says. Raises Unreadable."""
    if text in ("today", "yesterday"):
        day = today - timedelta(days=text == "yesterday")
        return day, day
    if match := _NAMED.fullmatch(text):
        back = match[1] == "last"
        if match[2] == "week":
            return _week(today, week_start, back=back)
        return _calendar(match[2], today, back=back)
    if match := _RUN.fullmatch(text):
        return _run(int(match[1]), match[2], today)
    return _absolute(text)


def _absolute(text: str) -> Days:
    try:
        if _DAY.fullmatch(text):
            day = date.fromisoformat(text)
            return _known(day, day)
        if match := _MONTH.fullmatch(text):
            return _months(date(int(match[1]), int(match[2]), 1), 1)
        if match := _QUARTER.fullmatch(text):
            return _months(date(int(match[1]), 3 * int(match[2]) - 2, 1), 3)
        if _YEAR.fullmatch(text):
            return _months(date(int(text), 1, 1), 12)
    except ValueError:
        raise Unreadable(_NO_DAYS) from None
    raise Unreadable(_NO_DAYS)


def _week(today: date, start: WeekStart, *, back: bool) -> Days:
    into_it = (today.weekday() - _WEEKDAYS[start]) % 7
    first = today - timedelta(days=into_it + 7 * back)
    return first, first + timedelta(days=6)


def _calendar(unit: str, today: date, *, back: bool) -> Days:
    length = {"month": 1, "quarter": 3, "year": 12}[unit]
    month = (today.month - 1) // length * length + 1
    first = today.replace(month=month, day=1) - relativedelta(months=length * back)
    return _months(first, length)


def _run(count: int, unit: str, today: date) -> Days:
    """So many up to today, today among them."""
    try:
        first = today - _STEPS[unit] * count + timedelta(days=1)
    except (ValueError, OverflowError):
        first = date(FIRST_YEAR, 1, 1)
    return max(first, date(FIRST_YEAR, 1, 1)), today


def _months(first: date, count: int) -> Days:
    return _known(first, first + relativedelta(months=count) - timedelta(days=1))


def _known(first: date, last: date) -> Days:
    if not FIRST_YEAR <= first.year <= last.year <= LAST_YEAR:
        raise Unreadable(_NO_DAYS)
    return first, last


def _number(text: str) -> Decimal:
    return Decimal(text.replace(",", "."))


def _currency(text: str | None) -> str:
    code = (text or "").upper()
    if code and code not in KNOWN_CURRENCIES:
        raise Unreadable(f"{code} is not an ISO 4217 currency code")
    return code


def _why_no_amount(text: str) -> str:
    if text.startswith(("-", "+")):
        return "amounts are looked for without their sign: add is:expense or is:income"
    if _THOUSANDS.search(text):
        return "an amount without separators between thousands, such as 1234.50"
    return "an amount such as 4, 4.50, 4,50 or 4.50EUR, or a range such as 4..10"
