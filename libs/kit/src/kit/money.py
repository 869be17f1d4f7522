"""Exact money: integer minor units of an ISO 4217 currency. No float, on any path."""

import re
from dataclasses import dataclass

from kit.currencies import EXPONENTS

KNOWN_CURRENCIES = frozenset(EXPONENTS)
MAX_MINOR_UNITS = 10**15
MAX_SUM = 2**63 - 1
_DECIMAL = re.compile(r"([+-]?)(\d{1,19})(?:\.(\d+))?", re.ASCII)


class InvalidAmount(ValueError):
    """The text is no plain decimal of this currency."""


class SumTooLarge(ValueError):
    """Amounts add up to more than 64 bits hold, in which sums are stored and sent."""

    def __init__(self) -> None:
        super().__init__(
            f"adds up to more than {MAX_SUM} minor units, which is the most there can be"
        )


class UnknownCurrency(ValueError):
    """The code is not an ISO 4217 currency that we keep."""

    def __init__(self, currency: str) -> None:
        super().__init__(f"{currency[:12]!r} is not an ISO 4217 currency code")


class CurrencyMismatch(ValueError):
    """Arithmetic across currencies has no meaning without a rate."""

    def __init__(self, left: str, right: str) -> None:
        super().__init__(f"{left} and {right} cannot be added")


def exponent(currency: str) -> int:
    """Number of decimals of the currency's minor unit (ISO 4217; 0 to 8).

    Raises UnknownCurrency.
    """
    try:
        return EXPONENTS[currency]
    except KeyError:
        raise UnknownCurrency(currency) from None


@dataclass(frozen=True, slots=True)
class Money:
    """An amount in minor units with its currency."""

    minor_units: int
    currency: str

    @classmethod
    def zero(cls, currency: str) -> "Money":
        return cls(0, currency)

    @classmethod
    def parse(cls, text: str, currency: str) -> "Money":
        """Read a plain decimal: digits, an optional sign and point, at most the currency's
        decimals.

        Raises InvalidAmount, UnknownCurrency.
        """
        digits = exponent(currency)
        match = _DECIMAL.fullmatch(text)
        if match is None:
            raise InvalidAmount(f"{text[:40]!r} is not a plain decimal such as -12.34")
        sign, whole, fraction = match[1], match[2], match[3] or ""
        if len(fraction) > digits:
            raise InvalidAmount(f"{text[:40]!r} has more than the {digits} decimals of {currency}")
        minor_units = int(whole + fraction.ljust(digits, "0"))
        if minor_units > MAX_MINOR_UNITS:
            raise InvalidAmount(f"{text[:40]!r} is beyond the largest amount that is kept")
        return cls(-minor_units if sign == "-" else minor_units, currency)

    def decimal_text(self) -> str:
        """The amount as a plain decimal with exactly the currency's decimals: `-12.34`."""
        digits = exponent(self.currency)
        text = str(abs(self.minor_units)).rjust(digits + 1, "0")
        sign = "-" if self.minor_units < 0 else ""
        return sign + (f"{text[:-digits]}.{text[-digits:]}" if digits else text)

    @property
    def is_zero(self) -> bool:
        return self.minor_units == 0

    def __neg__(self) -> "Money":
        return Money(-self.minor_units, self.currency)

    def __abs__(self) -> "Money":
        return Money(abs(self.minor_units), self.currency)

    def __add__(self, other: "Money") -> "Money":
        if self.currency != other.currency:
            raise CurrencyMismatch(self.currency, other.currency)
        return Money(self.minor_units + other.minor_units, self.currency)

    def __sub__(self, other: "Money") -> "Money":
        # Not `self + -other`: reports take thousands of differences.
        if self.currency != other.currency:
            raise CurrencyMismatch(self.currency, other.currency)
        return Money(self.minor_units - other.minor_units, self.currency)

    def __str__(self) -> str:
        return f"{self.decimal_text()} {self.currency}"
