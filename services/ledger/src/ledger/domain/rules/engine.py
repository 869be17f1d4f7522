"""Runs rules over a transaction: in their order, each on what those before it have left.

Pure: the same rules, transaction and ground always come to the same, so that what a dry run shows
is what applying them does.
"""

from collections.abc import Sequence
from dataclasses import dataclass, fields

from ledger.domain.rules.action import CannotAct, RuleGround
from ledger.domain.rules.rule import Rule
from ledger.domain.transaction import TransactionInput


@dataclass(frozen=True, slots=True)
class LeftOut:
    """An action that doesn't go with the transaction, and why."""

    action: int
    reason: str


@dataclass(frozen=True, slots=True)
class Fired:
    """A rule that fired: which of its conditions held, and what it changed."""

    rule_id: str
    name: str
    met: Sequence[int]
    changed: Sequence[str]
    left_out: Sequence[LeftOut] = ()


@dataclass(frozen=True, slots=True)
class Outcome:
    before: TransactionInput
    after: TransactionInput
    fired: Sequence[Fired] = ()

    @property
    def changed(self) -> Sequence[str]:
        """The names of the fields that came out other than they went in."""
        return changed_fields(self.before, self.after)


def run_rules(rules: Sequence[Rule], input_: TransactionInput, ground: RuleGround) -> Outcome:
    """What the active ones of these rules make of a transaction, in their order."""
    state, fired = input_, []
    for rule in rules:
        met = rule.met(state, ground.payees) if rule.draft.active else ()
        if not met:
            continue
        after, left_out = _act(rule, state, ground)
        changed = changed_fields(state, after)
        fired.append(Fired(rule.id, rule.draft.name, met, changed, left_out))
        state = after
        if rule.draft.stop:
            break
    return Outcome(input_, state.ruled(input_), tuple(fired))


def settles(rules: Sequence[Rule], outcome: Outcome, ground: RuleGround) -> bool:
    """Whether the same rules leave the outcome as it is. They do unless one of them changes what an
    earlier one, or itself, asks for."""
    return run_rules(rules, outcome.after, ground).after == outcome.after


def changed_fields(before: TransactionInput, after: TransactionInput) -> Sequence[str]:
    # No rule changes the origin. It only says whether a person has looked at the category.
    names = (field.name for field in fields(TransactionInput) if field.name != "origin")
    return tuple(name for name in names if getattr(before, name) != getattr(after, name))


def _act(
    rule: Rule, input_: TransactionInput, ground: RuleGround
) -> tuple[TransactionInput, Sequence[LeftOut]]:
    left_out = []
    for place, action in enumerate(rule.draft.actions):
        try:
            input_ = action.on(input_, ground)
        except CannotAct as reason:
            left_out.append(LeftOut(place, str(reason)))
    return input_, tuple(left_out)
