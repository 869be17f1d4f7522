"""Rules: what a person wants done to transactions without being asked each time."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from ledger.domain.errors import LedgerError, VersionMismatch
from ledger.domain.fields import FieldCheck
from ledger.domain.payee import PayeeNames
from ledger.domain.rules.action import Action, RuleGround, action_standing
from ledger.domain.rules.condition import AccountTest, CategoryTest, Condition
from ledger.domain.transaction import TransactionInput

MAX_RULES, MAX_CONDITIONS, MAX_ACTIONS, NAME_LENGTH = 500, 20, 20, 100


class Quantifier(StrEnum):
    """How many of its conditions a rule asks for."""

    ALL = "all"
    ANY = "any"


class RuleNotFound(LedgerError):
    def __init__(self) -> None:
        super().__init__("there is no such rule", fields=[("rule_id", "there is no such rule")])


class TooManyRules(LedgerError):
    def __init__(self) -> None:
        super().__init__(f"a book has at most {MAX_RULES} rules")


@dataclass(frozen=True, slots=True)
class RuleDraft:
    """What a person says of a rule; nothing in it has been checked yet."""

    name: str
    conditions: Sequence[Condition]
    actions: Sequence[Action]
    quantifier: Quantifier = Quantifier.ALL
    active: bool = True
    # Whether the rules after this one are left out where this one fires.
    stop: bool = False

    def tidied(self) -> "RuleDraft":
        """The same without blanks around its name."""
        return replace(self, name=self.name.strip())

    def standing(self, ground: RuleGround) -> "RuleDraft":
        """The same with the categories that stand for those that were merged away."""
        if not ground.merged:
            return self
        return replace(
            self,
            conditions=tuple(condition.standing(ground.merged) for condition in self.conditions),
            actions=tuple(action_standing(action, ground.merged) for action in self.actions),
        )

    def check(self, ground: RuleGround) -> None:
        """Raises InvalidFields."""
        check = FieldCheck("rule.")
        check.text("name", self.name.strip(), longest=NAME_LENGTH, needed=True)
        if not 1 <= len(self.conditions) <= MAX_CONDITIONS:
            check.wrong("conditions", f"1 to {MAX_CONDITIONS}")
        if not 1 <= len(self.actions) <= MAX_ACTIONS:
            check.wrong("actions", f"1 to {MAX_ACTIONS}")
        for i, condition in enumerate(self.conditions):
            condition.test.check(check, f"conditions[{i}]")
            _check_known(check, f"conditions[{i}]", condition, ground)
        for i, action in enumerate(self.actions):
            action.check(check, f"actions[{i}]", ground)
        check.finish()


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule of a book. `place` says when its turn comes, from the smallest on."""

    id: str
    owner: str
    draft: RuleDraft
    place: int
    version: int
    created_at: datetime
    updated_at: datetime

    def expect(self, version: int) -> None:
        """Raises VersionMismatch unless the caller saw this version; 0 doesn't ask."""
        if version not in (0, self.version):
            raise VersionMismatch(self.version)

    def changed_to(self, draft: RuleDraft, *, now: datetime) -> "Rule":
        return replace(self, draft=draft.tidied(), version=self.version + 1, updated_at=now)

    def met(self, input_: TransactionInput, names: PayeeNames) -> Sequence[int]:
        """The places of the conditions that hold, where they are enough for the rule to fire; else
        none."""
        conditions = self.draft.conditions
        holding = [i for i, condition in enumerate(conditions) if condition.holds(input_, names)]
        enough = 1 if self.draft.quantifier is Quantifier.ANY else len(conditions)
        return tuple(holding) if len(holding) >= enough else ()


@dataclass(frozen=True, slots=True)
class RuleList:
    """All rules of a book in their order. `version` grows with each change to any of them."""

    version: int
    rules: Sequence[Rule]

    def expect(self, version: int) -> None:
        """Raises VersionMismatch unless the caller saw this version; 0 doesn't ask."""
        if version not in (0, self.version):
            raise VersionMismatch(self.version)

    def adding(self, draft: RuleDraft, *, id: str, owner: str, now: datetime) -> Rule:  # noqa: A002
        """A rule after all others. Raises TooManyRules."""
        if len(self.rules) >= MAX_RULES:
            raise TooManyRules
        place = self.rules[-1].place + 1 if self.rules else 0
        return Rule(id, owner, draft.tidied(), place, 1, now, now)

    def asking(self, conditions: Sequence[Condition]) -> Rule | None:
        """The first rule that asks for exactly all of these."""
        for rule in self.rules:
            draft = rule.draft
            if draft.conditions == conditions and draft.quantifier is Quantifier.ALL:
                return rule
        return None

    def rule(self, rule_id: str) -> Rule:
        """Raises RuleNotFound."""
        for rule in self.rules:
            if rule.id == rule_id:
                return rule
        raise RuleNotFound

    def ordered(self, rule_ids: Sequence[str]) -> Sequence[Rule]:
        """The rules in another order, which names each of them once. Raises InvalidFields."""
        by_id = {rule.id: rule for rule in self.rules}
        if sorted(rule_ids) != sorted(by_id):
            check = FieldCheck()
            check.wrong("rule_ids", "each rule of the book once")
            check.finish()
        return [replace(by_id[id_], place=place) for place, id_ in enumerate(rule_ids)]


def _check_known(check: FieldCheck, at: str, condition: Condition, ground: RuleGround) -> None:
    """A condition may name an account that is closed by now, for the history knows it."""
    match condition.test:
        case CategoryTest(category_id=id_) if id_ and id_ not in ground.categories:
            check.wrong(f"{at}.category_id", "there is no such category")
        case AccountTest(account_id=id_) if id_ and id_ not in ground.all_accounts:
            check.wrong(f"{at}.account_id", "there is no such account")
