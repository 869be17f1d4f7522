"""What can go wrong, by name."""

from __future__ import annotations

MOST_QUESTIONS = 1_000


class TooManyQuestions(Exception):
    """More payees than one call takes."""

    def __init__(self, count: int) -> None:
        super().__init__(
            f"{count} items were sent; at most {MOST_QUESTIONS:,} are answered at once"
        )
        self.fields = (("items", f"at most {MOST_QUESTIONS:,}"),)


class LedgerUnavailable(Exception):
    """The person's categories can't be read now, so none can be suggested."""


class ModelFailed(Exception):
    """The model outside gave no usable answer.

    `outcome` is one of a few words, for metrics. `may_help` says whether asking again may: not
    after a refusal of the content or of the request. `wait_seconds` is how long the model asked to
    wait.
    """

    def __init__(self, outcome: str, *, may_help: bool = True, wait_seconds: float = 0.0) -> None:
        super().__init__(f"the model gave no answer: {outcome}")
        self.outcome = outcome
        self.may_help = may_help
        self.wait_seconds = wait_seconds
