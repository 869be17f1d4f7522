"""Rules: what a person wants done to transactions without being asked each time."""

from datetime import datetime
from typing import Annotated, Any, Literal, Self, cast

from pydantic import Field, StringConstraints, model_validator

from gateway.models.common import (
    COUNT_MAX,
    Answer,
    Body,
    CurrencyCode,
    DecimalText,
    IdText,
    Names,
    decimal_text,
    instant,
    text_or_none,
)
from gateway.models.rule_parts import (
    RuleAction,
    RuleCondition,
    action_said,
    condition_said,
)
from gateway.models.searches import QUERY_LENGTH
from gateway.models.transactions import (
    STATUSES,
    Description,
    NewTransaction,
    Payee,
    Split,
    Tags,
    Transaction,
    TransactionStatus,
)
from pfa.ledger.v1 import rule_pb2 as pb
from pfa.ledger.v1 import transaction_pb2

MAX_RULES = 500
Quantifier = Literal["all", "any"]
QUANTIFIERS = Names({pb.QUANTIFIER_ALL: "all", pb.QUANTIFIER_ANY: "any"})
RuleName = Annotated[str, StringConstraints(min_length=1, max_length=100, strip_whitespace=True)]
Conditions = Annotated[list[RuleCondition], Field(min_length=1, max_length=20)]
Actions = Annotated[list[RuleAction], Field(min_length=1, max_length=20)]


class NewRule(Body):
    """A rule: what it asks for, and what it does, in that order."""

    name: RuleName
    conditions: Conditions
    actions: Actions
    quantifier: Quantifier = Field(default="all", description="How many conditions it asks for.")
    active: bool = True
    stop: bool = Field(default=False, description="Leaves out the rules after it where it fires.")

    def message(self) -> pb.RuleDraft:
        """Raises kit.money.InvalidAmount, UnknownCurrency."""
        return pb.RuleDraft(
            name=self.name,
            conditions=[condition.message() for condition in self.conditions],
            actions=[action.message() for action in self.actions],
            quantifier=QUANTIFIERS.number(self.quantifier),
            active=self.active,
            stop=self.stop,
        )


class RuleChange(Body):
    """What of a rule shall change; what is absent stays."""

    name: RuleName | None = None
    conditions: Conditions | None = None
    actions: Actions | None = None
    quantifier: Quantifier | None = None
    active: bool | None = None
    stop: bool | None = None

    def merged(self, old: pb.RuleDraft) -> pb.RuleDraft:
        """The rule as it shall be, whole. Raises kit.money.InvalidAmount, UnknownCurrency."""
        new = pb.RuleDraft()
        new.CopyFrom(old)
        for name in ("name", "active", "stop"):
            if (value := getattr(self, name)) is not None:
                setattr(new, name, value)
        if self.quantifier is not None:
            new.quantifier = QUANTIFIERS.number(self.quantifier)
        if self.conditions is not None:
            del new.conditions[:]
            new.conditions.extend(condition.message() for condition in self.conditions)
        if self.actions is not None:
            del new.actions[:]
            new.actions.extend(action.message() for action in self.actions)
        return new


class Rule(Answer):
    """A rule of the book."""

    id: str | None = Field(description="Null for one that is only proposed.")
    name: str
    conditions: list[RuleCondition]
    actions: list[RuleAction]
    quantifier: Quantifier
    active: bool
    stop: bool
    version: int
    created_at: datetime
    updated_at: datetime

    @classmethod
    def of(cls, message: pb.Rule) -> "Rule":
        draft = message.draft
        said: dict[str, Any] = {
            "id": text_or_none(message.id),
            "name": draft.name,
            "conditions": [condition_said(condition) for condition in draft.conditions],
            "actions": [action_said(action) for action in draft.actions],
            "quantifier": QUANTIFIERS.word(draft.quantifier),
            "active": draft.active,
            "stop": draft.stop,
            "version": message.version,
            "created_at": instant(message.created_at),
            "updated_at": instant(message.updated_at),
        }
        return cls.model_validate(said)


class RuleOrder(Body):
    """Each rule of the book once, in the order in which they shall run."""

    rule_ids: Annotated[list[IdText], Field(max_length=MAX_RULES)]


class RuleRun(Body):
    """Which rules over which transactions."""

    rule: NewRule | None = Field(default=None, description="A rule that is not kept.")
    rule_ids: Annotated[list[IdText], Field(max_length=MAX_RULES)] = Field(
        default_factory=list, description="With neither rule nor ids, all that are active."
    )
    q: Annotated[str, StringConstraints(max_length=QUERY_LENGTH)] = Field(
        default="", description="In the search language; empty finds all."
    )

    @model_validator(mode="after")
    def _selects_one_way(self) -> Self:
        if self.rule is not None and self.rule_ids:
            raise ValueError("either rule or rule_ids")
        return self

    def selection(self) -> pb.RuleSelection:
        """Raises kit.money.InvalidAmount, UnknownCurrency."""
        draft = None if self.rule is None else self.rule.message()
        return pb.RuleSelection(draft=draft, rule_ids=self.rule_ids)

    def filter(self) -> transaction_pb2.TransactionFilter:
        return transaction_pb2.TransactionFilter(query=self.q)


class RulePreviewRequest(RuleRun):
    """A dry run."""

    cursor: Annotated[str, StringConstraints(max_length=500)] = ""
    limit: Annotated[int, Field(ge=1, le=500)] = 50


class RuleApplication(RuleRun):
    """A run that changes the history."""

    expected_count: Annotated[int, Field(ge=0, le=COUNT_MAX)] | None = Field(
        default=None,
        description="How many changes the dry run showed, over all its pages. If there are more or "
        "fewer, nothing happens: 409 with the `count`.",
    )


class LeftOutAction(Answer):
    """An action that doesn't go with the transaction."""

    action: int = Field(description="Its place among the actions, from 0.")
    reason: str


class FiredRule(Answer):
    """A rule that fired, and why."""

    rule_id: str | None
    name: str
    met: list[int] = Field(description="Places of the conditions that held, from 0.")
    changed: list[str] = Field(description="Fields that it changed.")
    left_out: list[LeftOutAction]

    @classmethod
    def of(cls, message: pb.FiredRule) -> "FiredRule":
        return cls(
            rule_id=text_or_none(message.rule_id),
            name=message.name,
            met=list(message.met),
            changed=list(message.changed),
            left_out=[
                LeftOutAction(action=out.action, reason=out.reason) for out in message.left_out
            ],
        )


class RuledTransaction(Answer):
    """What rules make of a transaction."""

    account_id: str
    date: str = Field(json_schema_extra={"format": "date"})
    amount: DecimalText
    currency: CurrencyCode
    payee: str
    description: str
    category_id: str | None = Field(description="Set when there is exactly one split.")
    splits: list[Split]
    tags: list[str]
    to_account_id: str | None
    status: TransactionStatus

    @classmethod
    def of(cls, message: transaction_pb2.TransactionInput) -> "RuledTransaction":
        splits = [
            Split(
                category_id=text_or_none(split.category_id),
                amount=decimal_text(split.amount),
                memo=split.memo,
            )
            for split in message.splits
        ]
        if not splits and not message.to_account_id:
            whole = decimal_text(message.amount)
            category_id = text_or_none(message.category_id)
            splits = [Split(category_id=category_id, amount=whole, memo="")]
        return cls(
            account_id=message.account_id,
            date=message.date,
            amount=decimal_text(message.amount),
            currency=message.amount.currency,
            payee=message.payee,
            description=message.description,
            category_id=splits[0].category_id if len(splits) == 1 else None,
            splits=splits,
            tags=list(message.tags),
            to_account_id=text_or_none(message.to_account_id),
            status=cast("TransactionStatus", STATUSES.word(message.status)),
        )


class TransactionDiff(Answer):
    """What rules would change of one transaction."""

    before: Transaction
    after: RuledTransaction
    changed: list[str] = Field(description="Fields that differ.")
    fired: list[FiredRule]
    changes_again: bool = Field(
        description="The same rules would change it once more: one changes what an earlier one, or "
        "itself, asks for."
    )

    @classmethod
    def of(cls, message: pb.RuleChange) -> "TransactionDiff":
        return cls(
            before=Transaction.of(message.before),
            after=RuledTransaction.of(message.after),
            changed=list(message.changed),
            fired=[FiredRule.of(fired) for fired in message.fired],
            changes_again=message.changes_again,
        )


class RulePreview(Answer):
    """A page of a dry run."""

    items: list[TransactionDiff]
    looked_at: int = Field(description="How many transactions this page looked at.")
    next_cursor: str | None


class NewCorrection(Body):
    """What is to be right of a transaction, and of those like it from now on; what is absent
    stays."""

    transaction_id: IdText
    category_id: IdText | None = None
    payee: Payee | None = None
    description: Description | None = None
    to_account_id: IdText | None = None
    add_tags: Tags = Field(default_factory=list)
    dry_run: bool = Field(default=False, description="Answers the rule, and changes nothing.")

    def message(self) -> pb.Correction:
        said = {
            name: getattr(self, name) or ""
            for name in ("category_id", "payee", "description", "to_account_id")
            if name in self.model_fields_set
        }
        return pb.Correction(**said, add_tags=self.add_tags)


class Corrected(Answer):
    """The transaction, put right, and the rule that was made or changed."""

    transaction: Transaction
    rule: Rule


class NewRuledTransactions(Body):
    """What an import would book."""

    transactions: Annotated[list[NewTransaction], Field(min_length=1, max_length=1000)]


class Ruled(Answer):
    """What an import of one transaction would make of it."""

    transaction: RuledTransaction
    fired: list[FiredRule]
    has_default_category: bool = Field(description="The category is the payee's default.")

    @classmethod
    def of(cls, message: pb.RunResult) -> "Ruled":
        return cls(
            transaction=RuledTransaction.of(message.transaction),
            fired=[FiredRule.of(fired) for fired in message.fired],
            has_default_category=message.has_default_category,
        )
