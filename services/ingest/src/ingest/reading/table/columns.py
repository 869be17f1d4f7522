"""What the columns of an export mean, by the words of its header (`headers.toml`)."""

import re
import tomllib
import unicodedata
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from importlib.resources import files

from ingest.domain.amounts import NotAnAmount, decimal_mark, parse_amount
from ingest.domain.dates import NotADate, parse_date
from ingest.reading.table.dialect import Row

_HEADERS = files(__package__).joinpath("headers.toml").read_text(encoding="utf-8")
_ROLES: dict[str, list[str]] = tomllib.loads(_HEADERS)
_HEADER_SEARCH = 40


@dataclass(frozen=True, slots=True)
class Columns:
    """Places of the columns by role; -1 where the file has none. `header_row` is its place, -1
    without one.
    """

    header_row: int
    date: int
    amount: int = -1
    debit: int = -1
    credit: int = -1
    flag: int = -1
    payee: int = -1
    balance: int = -1
    currency: int = -1
    reference: int = -1
    account: int = -1
    # The header says that it is the person's account, not that of the other side.
    account_is_own: bool = False
    descriptions: tuple[int, ...] = field(default=())


class ColumnsUnknown(ValueError):
    """No header names a date and an amount, and the cells alone do not tell."""


def columns_of(rows: Sequence[Row]) -> Columns:
    """Raises ColumnsUnknown."""
    for place, row in enumerate(rows[:_HEADER_SEARCH]):
        found = _columns_named(place, row)
        if found is not None:
            return found
    return _columns_by_content(rows)


def _columns_named(place: int, row: Row) -> Columns | None:
    names = [_plain(cell) for cell in row.cells]
    date = _first(names, "date")
    if date < 0:
        date = _first(names, "value_date")
    amount = _first(names, "amount", taken={date})
    debit, credit = _first(names, "debit"), _first(names, "credit")
    if date < 0 or (amount < 0 and (debit < 0 or credit < 0)):
        return None
    payee = _first(names, "payee")
    taken = {date, amount, debit, credit, payee}
    own_account = _first(names, "own_account", taken=taken)
    return Columns(
        header_row=place,
        date=date,
        amount=amount,
        debit=debit,
        credit=credit,
        flag=_first(names, "flag", taken=taken),
        payee=payee,
        balance=_first(names, "balance"),
        currency=_first(names, "currency", taken=taken),
        reference=_first(names, "reference"),
        account=own_account if own_account >= 0 else _first(names, "any_account", taken=taken),
        account_is_own=own_account >= 0,
        descriptions=tuple(
            at for at, name in enumerate(names) if name in _ROLES["description"] and at not in taken
        ),
    )


def _first(
    names: Sequence[str], role: str, *, taken: frozenset[int] | set[int] = frozenset()
) -> int:
    """The place of the role's best word: the words of a role are in order of trust."""
    for word in _ROLES[role]:
        for place, name in enumerate(names):
            if name == word and place not in taken:
                return place
    return -1


def _plain(cell: str) -> str:
    folded = unicodedata.normalize("NFKD", cell.lower().replace("ß", "ss").replace("ł", "l"))
    return re.sub(r"[^a-z0-9]", "", folded)


def _columns_by_content(rows: Sequence[Row]) -> Columns:
    """Without a header: one column of dates, one of signed amounts, the widest other text is the
    payee.
    """
    width = max((len(row.cells) for row in rows), default=0)
    sample = rows[:200]
    dates = [at for at in range(width) if _share(sample, at, is_date) > 0.9]
    amounts = [
        at for at in range(width) if at not in dates and _share(sample, at, _is_amount) > 0.9
    ]
    signed = [at for at in amounts if any(_has_sign(row, at) for row in sample)]
    if not dates or len(signed) != 1:
        raise ColumnsUnknown
    others = [at for at in range(width) if at not in dates and at not in amounts]
    payee = max(others, key=lambda at: sum(len(_cell(row, at)) for row in sample), default=-1)
    return Columns(header_row=-1, date=dates[0], amount=signed[0], payee=payee)


def _share(rows: Sequence[Row], at: int, holds: Callable[[str], bool]) -> float:
    return sum(holds(_cell(row, at)) for row in rows) / max(1, len(rows))


def _cell(row: Row, at: int) -> str:
    return row.cells[at] if 0 <= at < len(row.cells) else ""


def is_date(text: str) -> bool:
    """Whether the cell is a date in some order."""
    for order in ("dmy", "mdy"):
        try:
            parse_date(text, order=order)
        except NotADate:
            continue
        return True
    return False


def _is_amount(text: str) -> bool:
    if not re.search(r"\d[.,]\d{2}\b", text):
        return False
    try:
        parse_amount(text, mark=decimal_mark([text]), currency="EUR")
    except NotAnAmount:
        return False
    return True


def _has_sign(row: Row, at: int) -> bool:
    return any(mark in _cell(row, at) for mark in "-−(+")
