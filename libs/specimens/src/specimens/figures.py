"""How amounts and dates are printed; integers of minor units in, text out."""

from datetime import date

MINOR_DIGITS = {"JPY": 0, "HUF": 2, "KWD": 3}


def minor_digits(currency: str) -> int:
    """Digits after the separator (ISO 4217); two where the table is silent."""
    return MINOR_DIGITS.get(currency, 2)


def print_amount(
    minor: int, *, digits: int = 2, decimal: str = ".", grouping: str = "", indian: bool = False
) -> str:
    """`-123456` → `-1,234.56` and its relatives; `indian` groups as 1,23,456."""
    sign = "-" if minor < 0 else ""
    whole, fraction = divmod(abs(minor), 10**digits)
    text = _grouped(str(whole), grouping, indian=indian)
    return f"{sign}{text}{decimal}{fraction:0{digits}d}" if digits else f"{sign}{text}"


def _grouped(whole: str, grouping: str, *, indian: bool) -> str:
    if not grouping or len(whole) <= 3:
        return whole
    head, groups, size = whole[:-3], [whole[-3:]], 2 if indian else 3
    while head:
        groups.insert(0, head[-size:])
        head = head[:-size]
    return grouping.join(groups)


MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


def print_date(day: date, pattern: str) -> str:
    """strftime without a locale: %d %m %Y %y, and %b as an English month."""
    return (
        pattern.replace("%d", f"{day.day:02d}")
        .replace("%m", f"{day.month:02d}")
        .replace("%Y", f"{day.year:04d}")
        .replace("%y", f"{day.year % 100:02d}")
        .replace("%b", MONTHS[day.month - 1])
    )
