"""A rule from a correction: what a person put right once, they don't want to put right again."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from ledger.domain.errors import InvalidFields
from ledger.domain.rules.action import (
    Action,
    AddTag,
    RemoveTag,
    SetCategory,
    SetNote,
    SetPayee,
    SplitInto,
    TransferTo,
)
from ledger.domain.rules.condition import (
    TEXT_LENGTH,
    Condition,
    DirectionTest,
    Match,
    TextField,
    TextTest,
    tag_key,
)
from ledger.domain.rules.rule import NAME_LENGTH, Rule, RuleDraft
from ledger.domain.transaction import TransactionInput
from ledger.domain.words import WORD_LENGTH, folded_words

# What two payees of one letter or digit have in common is no ground for a rule.
SHORTEST_WORD, MOST_WORDS = 2, 4
_NAME_WITH_NUMBER = re.compile(r"[^\W\d_]{4}")


@dataclass(frozen=True, slots=True)
class Correction:
    """What is to be right of a transaction; None leaves it."""

    category_id: str | None = None
    payee: str | None = None
    description: str | None = None
    to_account_id: str | None = None
    add_tags: Sequence[str] = ()

    def actions(self) -> Sequence[Action]:
        """Raises InvalidFields where nothing is corrected."""
        found: list[Action] = []
        if self.payee is not None:
            found.append(SetPayee(self.payee))
        if self.to_account_id:
            found.append(TransferTo(self.to_account_id))
        if self.category_id is not None:
            found.append(SetCategory(self.category_id))
        if self.description is not None:
            found.append(SetNote(self.description))
        found += [AddTag(tag) for tag in self.add_tags]
        if not found:
            raise InvalidFields([("correction", "nothing in it is corrected")])
        if self.to_account_id and self.category_id is not None:
            raise InvalidFields([("correction.category_id", "a transfer has no category")])
        return found


def rule_of(correction: Correction, of: TransactionInput) -> RuleDraft:
    """What the same correction of alike transactions would be: those of the same payee, whose money
    goes the same way. Raises InvalidFields where there are no words to know them by."""
    words = _known_by(of)
    conditions = (Condition(words), Condition(DirectionTest(inflow=of.amount.minor_units > 0)))
    return RuleDraft(words.text[:NAME_LENGTH].strip(), conditions, tuple(correction.actions()))


def merged(known: Rule, draft: RuleDraft) -> RuleDraft:
    """The rule that asked the same already, with what is said anew."""
    said = {_about(action) for action in draft.actions}
    kept = [action for action in known.draft.actions if _about(action) not in said]
    return replace(known.draft, actions=(*kept, *draft.actions))


def _about(action: Action) -> object:
    """What an action has the last word on."""
    match action:
        case SetCategory() | SplitInto() | TransferTo():
            return "where the amount goes"
        case AddTag(tag=tag) | RemoveTag(tag=tag):
            return "tag", tag_key(tag)
        case _:
            return type(action)


def _is_steady(word: str, *, leading: bool) -> bool:
    """Whether the word comes again: letters, or a name with a number written to it (`HOTEL24`) that
    leads the text. Without the latter `HOTEL24 PLUS` would be known by `plus` alone."""
    return word.isalpha() or (leading and _NAME_WITH_NUMBER.match(word) is not None)


def _known_by(of: TransactionInput) -> TextTest:
    """The payee, without the numbers that change from one booking to the next (`REWE 4711`); where
    there is none, the description."""
    for field, text in ((TextField.PAYEE, of.payee), (TextField.DESCRIPTION, of.description)):
        words = folded_words(text)
        steady = [
            w
            for at, w in enumerate(words)
            if _is_steady(w, leading=at == 0) and SHORTEST_WORD <= len(w) <= WORD_LENGTH
        ]
        if steady and steady != list(words):
            return TextTest(field, Match.WORDS, " ".join(steady[:MOST_WORDS]))
        if len(text.strip()) > TEXT_LENGTH:
            return TextTest(field, Match.STARTS_WITH, text.strip()[:TEXT_LENGTH])
        if text.strip():
            return TextTest(field, Match.EQUALS, text.strip())
    raise InvalidFields([("transaction_id", "it has neither payee nor description to know it by")])
