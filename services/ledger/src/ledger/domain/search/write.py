"""Tree of a search → its canonical text, which reads as the same tree again."""

import re

from ledger.domain.search.ast import (
    Amount,
    And,
    Comparison,
    Has,
    How,
    Is,
    Named,
    Node,
    Not,
    Or,
    Term,
    Text,
    When,
    Where,
)
from ledger.domain.search.values import amount_text

# What needs no quotation marks behind a key.
_BARE = re.compile(r'[^\s()":<>=][^\s()"]*')


def write(node: Node | None) -> str:
    """The canonical text; empty for no tree."""
    match node:
        case None:
            return ""
        case Or(nodes):
            return " OR ".join(write(part) for part in nodes)
        case And(nodes):
            return " ".join(_inner(part, Or) for part in nodes)
        case Not(part):
            return f"-{_inner(part, Or, And, Not)}"
        case _:
            return _term(node)


def quoted_if_needed(text: str) -> str:
    """The text as it may stand behind a key."""
    return text if _BARE.fullmatch(text) else _quoted(text)


def _inner(node: Node, *grouped: type[Node]) -> str:
    text = write(node)
    return f"({text})" if isinstance(node, grouped) else text


def _term(term: Term) -> str:
    match term:
        case Text():
            return _text(term)
        case Named(key, name):
            return f"{key}:{quoted_if_needed(name)}"
        case Amount(Comparison.BETWEEN, value, most, currency):
            return f"amount:{amount_text(value)}..{amount_text(most or value)}{currency}"
        case Amount(comparison, value, _, currency):
            sign = ":" if comparison is Comparison.EQUAL else comparison
            return f"amount{sign}{amount_text(value)}{currency}"
        case When(comparison, days, last):
            return _when(comparison, days, last)
        case Is(trait):
            return f"is:{trait}"
        case Has(part):
            return f"has:{part}"


def _text(term: Text) -> str:
    # Only what was written without quotation marks is a prefix, and so needs none.
    text = term.text if term.how is How.PREFIX else _quoted(term.text)
    if term.where is Where.ANYWHERE:
        return text
    return f"{term.where}{'=' if term.how is How.EXACT else ':'}{text}"


def _when(comparison: Comparison, days: str, last: str) -> str:
    match comparison:
        case Comparison.BETWEEN:
            return f"date:{days}..{last}"
        case Comparison.EQUAL:
            return f"date:{days}"
        case Comparison.AT_LEAST:
            return f"from:{days}"
        case Comparison.AT_MOST:
            return f"to:{days}"
        case _:
            return f"date{comparison}{days}"


def _quoted(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'
