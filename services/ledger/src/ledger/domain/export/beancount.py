"""Beancount (v2 and v3): https://beancount.github.io/docs/beancount_language_syntax.html"""

import re
from collections.abc import Iterator

from ledger.domain.entry import Entry, Status
from ledger.domain.export.chart import Chart
from ledger.domain.export.market import Market

_FLAGS = {Status.PENDING: "!", Status.CLEARED: "*", Status.RECONCILED: "*"}
_NO_TIER = re.compile(r"[^\w-]|_", re.UNICODE)
_NO_TAG = re.compile(r"[^A-Za-z0-9\-_/.]")
# Before any entry: dates of ours begin in 1900.
_OPENED = "1900-01-01"


class Beancount:
    """Every entry in force as a transaction; what a name or tag loses is kept as metadata."""

    media_type, suffix = "text/plain; charset=utf-8", "beancount"

    def __init__(self, chart: Chart, market: Market, *, title: str) -> None:
        self._chart = chart
        self._market = market
        self._title = title
        self._labels = chart.labels(_tier, root=lambda name: name)

    def head(self) -> str:
        lines = [
            f'option "title" "{_quoted(self._title)}"',
            f'option "operating_currency" "{self._market.base}"',
            "",
        ]
        for id_, label in self._labels.items():
            account = self._chart.accounts.get(id_)
            lines.append(f"{_OPENED} open {label}" + (f" {account.currency}" if account else ""))
            lines.append(f'  name: "{_quoted(":".join(self._chart.path(id_)[1:]))}"')
        lines += [
            f"{rate.date} price {rate.base} {rate.value:f} {rate.quote}"
            for rate in self._market.prices
        ]
        return "\n".join(lines) + "\n"

    def entry(self, entry: Entry) -> Iterator[str]:
        tags = "".join(f" #{tag}" for tag in dict.fromkeys(map(_tag, entry.tags)) if tag)
        payee, note = _quoted(entry.payee), _quoted(entry.description)
        yield f'\n{entry.date} {_FLAGS[entry.status]} "{payee}" "{note}"{tags}\n'
        yield f'  id: "{entry.transaction_id}"\n'
        if any(tag != _tag(tag) for tag in entry.tags):
            yield f'  tags: "{_quoted(", ".join(entry.tags))}"\n'
        for posting in entry.postings:
            amount = posting.amount
            label = self._labels[posting.account_id]
            yield f"  {label}  {amount.decimal_text()} {amount.currency}\n"
            if posting.memo:
                yield f'    memo: "{_quoted(posting.memo)}"\n'

    def end(self) -> str:
        """Closed accounts are closed after their last entry."""
        closed = [
            f"{day} close {self._labels[id_]}\n"
            for id_, day in sorted(self._market.closed_on.items())
        ]
        return "\n" + "".join(closed) if closed else ""


def _tier(name: str) -> str:
    """A tier of an account begins with a capital letter or a digit."""
    plain = re.sub("-{2,}", "-", _NO_TIER.sub("-", name)).strip("-")
    head = plain[:1].upper()
    # Some letters have no capital: scripts without case.
    if not (head.isdigit() and head.isascii()) and not head.isupper():
        return f"X{plain}"
    return head + plain[1:]


def _tag(tag: str) -> str:
    return _NO_TAG.sub("-", tag)


def _quoted(text: str) -> str:
    """The inside of a string; a line break would be one in the file, so it is a blank."""
    return " ".join(text.splitlines()).replace("\\", "\\\\").replace('"', '\\"')
