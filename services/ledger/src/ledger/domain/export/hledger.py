"""The journal of hledger and ledger: https://hledger.org/hledger.html#journal"""

import re
from collections.abc import Iterator

from kit.money import exponent
from ledger.domain.entry import Entry, Status
from ledger.domain.export.chart import Chart
from ledger.domain.export.market import Market

_MARKS = {Status.PENDING: "!", Status.CLEARED: "*", Status.RECONCILED: "*"}
_TYPES = {"Assets": "A", "Liabilities": "L", "Equity": "E", "Income": "R", "Expenses": "X"}


class Hledger:
    """Every entry in force as a transaction; ids and tags stand in comments, as `name:value`."""

    media_type, suffix = "text/plain; charset=utf-8", "journal"

    def __init__(self, chart: Chart, market: Market, *, title: str) -> None:
        self._chart = chart
        self._market = market
        self._title = title
        self._labels = chart.labels(_tier, root=str.lower)

    def head(self) -> str:
        lines = [f"; {_line(self._title)}", ""]
        held = (account.currency for account in self._chart.accounts.values())
        for code in self._market.currencies(held):
            lines.append(f"commodity {code}")
            # hledger wants a decimal mark in a format, ledger none without decimals.
            if places := exponent(code):
                lines.append(f"    format 1000.{'0' * places} {code}")
        for id_, label in self._labels.items():
            lines += [f"account {label}", f"    ; type: {_TYPES[self._chart.path(id_)[0]]}"]
        lines += [
            f"P {rate.date} {rate.base} {rate.value:f} {rate.quote}" for rate in self._market.prices
        ]
        return "\n".join(lines) + "\n"

    def entry(self, entry: Entry) -> Iterator[str]:
        payee = _line(entry.payee).replace("|", "/")
        note = _line(entry.description)
        about = f"{payee} | {note}" if note else payee
        # A description that begins with a bracket would be read as a code.
        about = f"() {about}" if about.startswith("(") else about
        yield f"\n{entry.date} {_MARKS[entry.status]} {about}".rstrip() + "\n"
        tags = "".join(f", {_tag(tag)}:" for tag in entry.tags)
        yield f"    ; id:{entry.transaction_id}{tags}\n"
        for posting in entry.postings:
            amount = posting.amount
            memo = f"  ; {_words(posting.memo)}" if posting.memo else ""
            label = self._labels[posting.account_id]
            yield f"    {label}  {amount.decimal_text()} {amount.currency}{memo}\n"

    def end(self) -> str:
        return ""


def _line(text: str) -> str:
    """One line without what begins a comment."""
    return " ".join(text.split()).replace(";", ",")


def _words(text: str) -> str:
    """A posting's comment that is words alone: `date:` or a date in brackets would move the posting
    to another day, and where it is no date hledger takes nothing of the file."""
    return re.sub(r"(?<=\S):", " :", _line(text)).replace("[", "(").replace("]", ")")


def _tier(name: str) -> str:
    """Two blanks end an account's name, a colon its tier; brackets make it a virtual posting."""
    return re.sub(r"[:;()\[\]{}\"*!|]", "-", _line(name)).strip("- ") or "-"


def _tag(tag: str) -> str:
    """A tag is one word without a colon or comma."""
    return re.sub(r"[\s:,;]", "-", tag)
