"""What a bank file says, once read to the cent."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field, replace


@dataclass(frozen=True, slots=True)
class StatementLine:
    """One booked row. `amount` in minor units of `currency`, signed from the account's view; `date`
    is YYYY-MM-DD.

    `line` is where it stands in the file, from 1; the texts are as printed.
    """

    line: int
    date: str
    date_text: str
    amount: int
    amount_text: str
    currency: str
    payee: str
    description: str
    bank_reference: str
    payee_line: int = 0
    date_line: int = 0
    amount_line: int = 0
    warnings: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class StatementAccount:
    """One account of a bank file; `number` is as the bank writes it, or empty."""

    number: str
    currency: str
    lines: tuple[StatementLine, ...]
    closing: int | None = None
    warnings: tuple[str, ...] = field(default=())

    @property
    def last_digits(self) -> str:
        """The last four digits of the account's number."""
        return "".join(letter for letter in self.number if letter.isdigit())[-4:]


def account_labels(statements: Sequence[StatementAccount]) -> tuple[str, ...]:
    """A label for each statement, by which a person tells the accounts of a file apart: the last
    digits of its number, or its name, with its currency. Statements of one number and currency
    share a label; all are empty if the file holds rows of one account only."""
    told = [(each.number, each.currency) for each in statements if each.lines]
    accounts = list(dict.fromkeys(told))
    if len(accounts) < 2:
        return ("",) * len(statements)
    labels: dict[tuple[str, str], str] = {}
    for number, currency in accounts:
        last = StatementAccount(number, currency, ()).last_digits
        short = f"…{last}" if len(last) == 4 else number[:40]
        label = f"{short} {currency}".strip()
        if label in labels.values():
            label = f"{label} ({len(labels) + 1})"
        labels[number, currency] = label
    return tuple(labels.get((each.number, each.currency), "") for each in statements)


def with_trusted_references(lines: Sequence[StatementLine]) -> tuple[StatementLine, ...]:
    """A bank's reference is unique by the standards; where a bank repeats one, it identifies
    nothing and is not used.
    """
    counts = Counter(line.bank_reference for line in lines)
    return tuple(
        line
        if counts[line.bank_reference] == 1 or not line.bank_reference
        else replace(
            line,
            bank_reference="",
            warnings=(
                *line.warnings,
                f"The bank gave its reference {line.bank_reference[:40]} to several rows.",
            ),
        )
        for line in lines
    )
