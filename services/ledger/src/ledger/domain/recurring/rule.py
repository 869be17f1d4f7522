"""The days of a series: a rule of RFC 5545 §3.3.10, of whole days, that surely comes to an end or
goes on in sight."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from dateutil.rrule import rrulestr

LONGEST = 200
MAX_INTERVAL, MAX_COUNT, MAX_YEARS_APART = 999, 1_000, 10
# What each frequency takes beside FREQ, INTERVAL, COUNT, UNTIL and WKST. Hours and shorter are no
# days; what could leave a rule searching day after day for ever is left out.
_PARTS: Mapping[str, frozenset[str]] = {
    "DAILY": frozenset({"BYDAY"}),
    "WEEKLY": frozenset({"BYDAY"}),
    "MONTHLY": frozenset({"BYDAY", "BYMONTHDAY", "BYMONTH", "BYSETPOS"}),
    "YEARLY": frozenset({"BYDAY", "BYMONTHDAY", "BYMONTH", "BYSETPOS"}),
}
_COMMON = frozenset({"FREQ", "INTERVAL", "COUNT", "UNTIL", "WKST"})
_DAY = re.compile(r"([+-]?[1-9]\d?)?(MO|TU|WE|TH|FR|SA|SU)")
_EIGHT_DIGITS = re.compile(r"\d{8}", re.ASCII)
_RANGES = {"BYMONTHDAY": 31, "BYMONTH": 12, "BYSETPOS": 366}
_SHORTEST_MONTH = 28


class RuleProblem(ValueError):
    """Why a text is no rule that a series can have."""


@dataclass(frozen=True, slots=True)
class Rule:
    """A checked rule. `text` is as it was said; its days begin with `starts_on`, which is the first
    of them only where the rule falls on it.

    RFC 5545 leaves out the months that have no such day. So does this where a rule says
    `BYMONTHDAY=31`. But a plain `FREQ=MONTHLY` that starts on a 29th, 30th or 31st means a person's
    "at the end": in a shorter month it falls on its last day; as does a yearly 29 February.
    """

    text: str
    starts_on: date

    def days(self, from_: date, to: date) -> Sequence[date]:
        """Those within the span, both ends inclusive, in order."""
        if to < self.starts_on:
            return []
        found = []
        for day in Days(self):
            if day > to:
                break
            if day >= from_:
                found.append(day)
        return found

    def first_from(self, day: date) -> date | None:
        """The first day on or after this one, or None where there is none within ten years."""
        first = next((d for d in Days(self) if d >= day), None)
        until = day + timedelta(days=MAX_YEARS_APART * 366)
        return first if first is not None and first <= until else None


class Days:
    """Every day of a rule, in order, as dateutil counts them."""

    def __init__(self, rule: Rule) -> None:
        start = datetime.combine(rule.starts_on, datetime.min.time())
        self._instants = iter(rrulestr(_effective(rule), dtstart=start))

    def __iter__(self) -> "Days":
        return self

    def __next__(self) -> date:
        return next(self._instants).date()


def parse_rule(text: str, starts_on: date) -> Rule:
    """Raises RuleProblem. May take half a second over a rule that never falls on any day."""
    tidy = text.strip().upper().removeprefix("RRULE:")
    if not tidy or len(tidy) > LONGEST:
        raise RuleProblem(f"a rule such as FREQ=MONTHLY, at most {LONGEST} characters")
    parts = _parts(tidy)
    _check_frequency(parts)
    _check_end(parts, starts_on)
    _check_days(parts)
    rule = Rule(tidy, starts_on)
    if rule.first_from(starts_on) is None:
        raise RuleProblem(f"falls on no day within {MAX_YEARS_APART} years")
    return rule


def _parts(text: str) -> Mapping[str, str]:
    parts: dict[str, str] = {}
    for part in text.split(";"):
        name, equals, value = part.partition("=")
        if not equals or not value:
            raise RuleProblem(f"{part[:40]!r} is not NAME=VALUE")
        if name in parts:
            raise RuleProblem(f"{name[:40]} is said twice")
        parts[name] = value
    return parts


def _check_frequency(parts: Mapping[str, str]) -> None:
    frequency = parts.get("FREQ", "")
    if frequency not in _PARTS:
        raise RuleProblem(f"FREQ is one of {', '.join(_PARTS)}")
    if unknown := set(parts) - _PARTS[frequency] - _COMMON:
        raise RuleProblem(f"{min(unknown)[:40]} has no place in a {frequency.lower()} rule")
    if not 1 <= _number(parts, "INTERVAL", 1) <= MAX_INTERVAL:
        raise RuleProblem(f"INTERVAL is from 1 to {MAX_INTERVAL}")
    if parts.get("WKST", "MO") not in {"MO", "TU", "WE", "TH", "FR", "SA", "SU"}:
        raise RuleProblem("WKST is a day such as MO")


def _check_end(parts: Mapping[str, str], starts_on: date) -> None:
    if "COUNT" in parts and "UNTIL" in parts:
        raise RuleProblem("either COUNT or UNTIL")
    if not 1 <= _number(parts, "COUNT", 1) <= MAX_COUNT:
        raise RuleProblem(f"COUNT is from 1 to {MAX_COUNT}")
    if "UNTIL" in parts and _until(parts["UNTIL"]) < starts_on:
        raise RuleProblem("UNTIL is before the start")


def _check_days(parts: Mapping[str, str]) -> None:
    plain = parts["FREQ"] in ("DAILY", "WEEKLY")
    weeks = 53 if parts["FREQ"] == "YEARLY" and "BYMONTH" not in parts else 5
    for text in parts.get("BYDAY", "MO").split(","):
        found = _DAY.fullmatch(text)
        if found is None or (plain and found[1]):
            raise RuleProblem("BYDAY is days such as MO,FR (monthly and yearly also 1MO or -1FR)")
        # dateutil breaks off where a number reaches beyond the year.
        if abs(int(found[1] or 0)) > weeks:
            raise RuleProblem(f"BYDAY counts up to {weeks} here")
    for name, largest in _RANGES.items():
        for text in parts.get(name, "1").split(","):
            number = _integer(text)
            lowest = 1 if name == "BYMONTH" else -largest
            if number == 0 or not lowest <= number <= largest:
                raise RuleProblem(f"{name} holds numbers up to {largest}, and no 0")
    if "BYSETPOS" in parts and not parts.keys() & {"BYDAY", "BYMONTHDAY", "BYMONTH"}:
        raise RuleProblem("BYSETPOS chooses among the days of another part")


def _number(parts: Mapping[str, str], name: str, default: int) -> int:
    return _integer(parts[name]) if name in parts else default


def _integer(text: str) -> int:
    if re.fullmatch(r"[+-]?\d{1,4}", text, re.ASCII) is None:
        raise RuleProblem(f"{text[:40]!r} is no number")
    return int(text)


def _until(text: str) -> date:
    try:
        if _EIGHT_DIGITS.fullmatch(text):
            return date.fromisoformat(text)
    except ValueError:
        pass
    raise RuleProblem("UNTIL is a date such as 20271231")


def _effective(rule: Rule) -> str:
    """The rule for dateutil, with what a person means by the end of a month."""
    parts = dict(_parts(rule.text))
    day = rule.starts_on.day
    if day <= _SHORTEST_MONTH or parts.keys() & {"BYDAY", "BYMONTHDAY", "BYSETPOS"}:
        return rule.text
    ends = ",".join(str(number) for number in range(_SHORTEST_MONTH, day + 1))
    if parts["FREQ"] == "MONTHLY":
        parts |= {"BYMONTHDAY": ends, "BYSETPOS": "-1"}
    elif parts["FREQ"] == "YEARLY" and "BYMONTH" not in parts:
        parts |= {"BYMONTH": str(rule.starts_on.month), "BYMONTHDAY": ends, "BYSETPOS": "-1"}
    return ";".join(f"{name}={value}" for name, value in parts.items())
