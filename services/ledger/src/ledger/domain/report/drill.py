"""The search that lists exactly the entries behind a figure, in the language of the search."""

from ledger.domain.report.span import Period


def entries_of(period: Period, *terms: str) -> str:
    """What the terms say, within the days of the period."""
    return " ".join((*terms, f"from:{period.from_date}", f"to:{period.to_date}"))


def until(day: str, *terms: str) -> str:
    """What the terms say, until the end of this day."""
    return " ".join((*terms, f"to:{day}"))


def account(id_: str) -> str:
    """Either side of a transfer."""
    return f"account:{id_}"


def category(id_: str) -> str:
    """With all below it."""
    return f"category:{id_}"


def payee(name: str) -> str:
    return f"payee={quoted(name)}" if name else "-has:payee"


def tag(id_: str) -> str:
    return f"tag:{quoted(id_)}" if id_ else "-has:tags"


def quoted(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


# Income and spending, by the sign of the amount; neither transfers nor opening balances.
STANDARD, COME_IN, GONE_OUT = "is:standard", "is:income", "is:expense"
MOVED = "-is:standard"
