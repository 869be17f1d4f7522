"""What can be wrong with a search, and where."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from enum import StrEnum

from ledger.domain.errors import LedgerError
from ledger.domain.search.ast import Span

# What is told at once has to fit into the metadata of a call.
MAX_SUGGESTIONS, MAX_PROBLEMS, MAX_EXPECTED = 3, 5, 10


class Code(StrEnum):
    """Stable names of the faults, for programs."""

    TOO_LONG = "too_long"
    TOO_MANY_TERMS = "too_many_terms"
    TOO_DEEP = "too_deep"
    UNEXPECTED = "unexpected"
    UNFINISHED = "unfinished"
    UNKNOWN_KEY = "unknown_key"
    BAD_OPERATOR = "bad_operator"
    BAD_VALUE = "bad_value"
    NO_SUCH_NAME = "no_such_name"


@dataclass(frozen=True, slots=True)
class QueryProblem:
    """One fault: `column` counts characters from 1; `expected` is what would have been
    understood there."""

    code: Code
    message: str
    at: Span
    expected: Sequence[str] = ()
    suggestions: Sequence[str] = ()


class QueryInvalid(LedgerError):
    """A search that can't be understood. `problems` says where, in the order of the text."""

    def __init__(self, problems: Sequence[QueryProblem]) -> None:
        self.problems = tuple(sorted(problems, key=lambda p: p.at.column))[:MAX_PROBLEMS]
        super().__init__(
            "; ".join(_sentence(p) for p in self.problems),
            fields=[("query", _sentence(p)) for p in self.problems],
        )
        self.metadata = {"problems": json.dumps([_data(p) for p in self.problems])}


def close_to(said: str, known: Sequence[str]) -> Sequence[str]:
    """The known words nearest to the one said, nearest first."""
    by_folded = {word.casefold(): word for word in known}
    begun = [word for word in by_folded if said and word.startswith(said.casefold())]
    near = get_close_matches(said.casefold(), by_folded, n=MAX_SUGGESTIONS, cutoff=0.6)
    found = dict.fromkeys([*near, *sorted(begun)])
    return tuple(by_folded[word] for word in found)[:MAX_SUGGESTIONS]


def _data(problem: QueryProblem) -> dict[str, object]:
    return {
        "code": problem.code.value,
        "message": problem.message,
        "column": problem.at.column,
        "length": problem.at.length,
        "expected": problem.expected[:MAX_EXPECTED],
        "suggestions": problem.suggestions,
    }


def _sentence(problem: QueryProblem) -> str:
    hint = f" (did you mean {' or '.join(problem.suggestions)}?)" if problem.suggestions else ""
    return f"column {problem.at.column}: {problem.message}{hint}"
