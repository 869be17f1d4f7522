"""How a book is read: whose days, which currency, which language."""

import re
from dataclasses import dataclass, replace
from datetime import date, datetime
from enum import StrEnum
from functools import cache
from zoneinfo import ZoneInfo, available_timezones

from ledger.domain.errors import VersionMismatch
from ledger.domain.fields import FieldCheck

# BCP 47 as far as a language, a script, a region and variants go.
_LOCALE = re.compile(r"[A-Za-z]{2,3}(?:[-_][A-Za-z0-9]{2,8}){0,4}", re.ASCII)
DEFAULT_TIME_ZONE = "UTC"
DEFAULT_LOCALE = "en"
DEFAULT_CURRENCY = "EUR"


class WeekStart(StrEnum):
    MONDAY = "monday"
    SATURDAY = "saturday"
    SUNDAY = "sunday"


# Where the week doesn't begin on Monday, and where money isn't the euro: Unicode CLDR 47,
# supplemental weekData and currencyData, for the regions whose languages we speak most.
_SUNDAY = (
    "BR CA CO DO GT HK HN ID IL IN JM JP KE KR MX NI PA PE PH PK PR PT PY SA SG SV TH TW US VE ZA"
)
_SATURDAY = "AE BH DZ EG IQ IR JO KW LY OM QA SD SY"
_WEEK_STARTS = {
    **dict.fromkeys(_SUNDAY.split(), WeekStart.SUNDAY),
    **dict.fromkeys(_SATURDAY.split(), WeekStart.SATURDAY),
}
_CURRENCIES = {
    "AE": "AED", "AR": "ARS", "AU": "AUD", "BG": "BGN", "BR": "BRL", "CA": "CAD", "CH": "CHF",
    "CL": "CLP", "CN": "CNY", "CO": "COP", "CZ": "CZK", "DK": "DKK", "EG": "EGP", "GB": "GBP",
    "HK": "HKD", "HU": "HUF", "ID": "IDR", "IL": "ILS", "IN": "INR", "IS": "ISK", "JP": "JPY",
    "KR": "KRW", "KW": "KWD", "LI": "CHF", "MX": "MXN", "MY": "MYR", "NO": "NOK", "NZ": "NZD",
    "PE": "PEN", "PH": "PHP", "PK": "PKR", "PL": "PLN", "RO": "RON", "RS": "RSD", "SA": "SAR",
    "SE": "SEK", "SG": "SGD", "TH": "THB", "TR": "TRY", "TW": "TWD", "UA": "UAH", "US": "USD",
    "UY": "UYU", "VN": "VND", "ZA": "ZAR",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class BookSettings:
    """What a person chose for their book, or what their locale suggests until they have."""

    owner: str
    # IANA.
    time_zone: str
    base_currency: str
    # BCP 47.
    locale: str
    week_start: WeekStart
    version: int = 1

    @property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.time_zone)

    def day_of(self, instant: datetime) -> date:
        """The calendar day in the book's time zone."""
        return instant.astimezone(self.zone).date()

    def changed_by(self, change: "SettingsChange", *, expected_version: int) -> "BookSettings":
        """The settings after the change. Raises VersionMismatch, InvalidFields."""
        if expected_version not in (0, self.version):
            raise VersionMismatch(self.version)
        changed = replace(
            self,
            time_zone=_kept(self.time_zone, change.time_zone),
            base_currency=_kept(self.base_currency, change.base_currency),
            locale=_kept(self.locale, change.locale),
            week_start=change.week_start or self.week_start,
            version=self.version + 1,
        )
        check = FieldCheck()
        changed.check(check)
        check.finish()
        return changed

    def check(self, check: FieldCheck) -> None:
        """Add what is wrong with them."""
        if not is_time_zone(self.time_zone):
            check.wrong("time_zone", "the name of a time zone, such as Europe/Berlin")
        check.currency("base_currency", self.base_currency)
        if _LOCALE.fullmatch(self.locale) is None:
            check.wrong("locale", "a language tag, such as en or de-AT")


@dataclass(frozen=True, slots=True)
class SettingsChange:
    """What shall be otherwise; None leaves a setting as it is."""

    time_zone: str | None = None
    base_currency: str | None = None
    locale: str | None = None
    week_start: WeekStart | None = None


def suggested_settings(owner: str, *, locale: str) -> BookSettings:
    """What a new book begins with, as far as a locale can tell. A time zone it can't."""
    known = locale if _LOCALE.fullmatch(locale) else DEFAULT_LOCALE
    region = _region(known)
    return BookSettings(
        owner,
        time_zone=DEFAULT_TIME_ZONE,
        base_currency=_CURRENCIES.get(region, DEFAULT_CURRENCY),
        locale=known,
        week_start=_WEEK_STARTS.get(region, WeekStart.MONDAY),
    )


def is_time_zone(name: str) -> bool:
    """Whether the time zone database has the name, exactly so."""
    return name in _zones()


@cache
def _zones() -> frozenset[str]:
    return frozenset(available_timezones())


def _region(locale: str) -> str:
    parts = locale.replace("_", "-").split("-")[1:]
    return next((part.upper() for part in parts if len(part) == 2 and part.isalpha()), "")


def _kept(current: str, change: str | None) -> str:
    return current if change is None else change.strip()
