"""Messages of rules ↔ values of the domain, a pair of tables for tests and one for actions."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from kit.money import Money
from ledger.domain.entry import Status
from ledger.domain.errors import InvalidFields
from ledger.domain.rules.action import (
    Action,
    AddTag,
    RemoveTag,
    SetCategory,
    SetNote,
    SetPayee,
    SetStatus,
    SplitInto,
    TransferTo,
)
from ledger.domain.rules.condition import (
    AccountTest,
    AmountTest,
    CategoryTest,
    Condition,
    CurrencyTest,
    DateTest,
    DayOfMonthTest,
    DirectionTest,
    Match,
    StatusTest,
    TagTest,
    Test,
    TextField,
    TextTest,
    TransferTest,
    WeekdayTest,
)
from ledger.domain.rules.correction import Correction
from ledger.domain.rules.engine import Fired
from ledger.domain.rules.rule import Quantifier, Rule, RuleDraft
from ledger.domain.rules.sharing import Share
from ledger.grpc_api.inputs import input_message
from ledger.grpc_api.messages import (
    STATUSES,
    inverse,
    money_message,
    money_of,
    timestamp,
    transaction_message,
)
from ledger.service.rule_runs import RuleChange, RuleSelection
from pfa.ledger.v1 import rule_pb2 as pb

_QUANTIFIERS = {pb.QUANTIFIER_ALL: Quantifier.ALL, pb.QUANTIFIER_ANY: Quantifier.ANY}
_QUANTIFIER_NUMBERS = inverse(_QUANTIFIERS)
_FIELDS = {
    pb.TEXT_FIELD_ANY: TextField.ANY,
    pb.TEXT_FIELD_PAYEE: TextField.PAYEE,
    pb.TEXT_FIELD_DESCRIPTION: TextField.DESCRIPTION,
}
_FIELD_NUMBERS = inverse(_FIELDS)
_MATCHES = {
    pb.TEXT_MATCH_CONTAINS: Match.CONTAINS,
    pb.TEXT_MATCH_STARTS_WITH: Match.STARTS_WITH,
    pb.TEXT_MATCH_EQUALS: Match.EQUALS,
    pb.TEXT_MATCH_WORDS: Match.WORDS,
}
_MATCH_NUMBERS = inverse(_MATCHES)
_STATUS_NUMBERS = inverse(STATUSES)

# The member of the `oneof`, and what it says.
_TESTS: Mapping[str, Callable[[Any], Test]] = {
    "text": lambda m: TextTest(
        _FIELDS.get(m.field, TextField.ANY), _MATCHES.get(m.match, Match.CONTAINS), m.text
    ),
    "amount": lambda m: AmountTest(_bound(m, "at_least"), _bound(m, "at_most")),
    "direction": lambda m: DirectionTest(m.inflow),
    "account_id": AccountTest,
    "currency": CurrencyTest,
    "weekdays": lambda m: WeekdayTest(frozenset(m.days)),
    "days_of_month": lambda m: DayOfMonthTest(frozenset(m.days)),
    "dates": lambda m: DateTest(m.from_date, m.to_date),
    "tag": TagTest,
    "status": lambda number: StatusTest(_status(number)),
    "category": lambda m: CategoryTest(m.category_id),
    "transfer": lambda _: TransferTest(),
}
_TEST_FIELDS: Mapping[type[Test], Callable[[Any], Mapping[str, Any]]] = {
    TextTest: lambda t: {
        "text": pb.TextTest(
            field=_FIELD_NUMBERS[t.field], match=_MATCH_NUMBERS[t.match], text=t.text
        )
    },
    AmountTest: lambda t: {
        "amount": pb.AmountTest(at_least=_money(t.at_least), at_most=_money(t.at_most))
    },
    DirectionTest: lambda t: {"direction": pb.DirectionTest(inflow=t.inflow)},
    AccountTest: lambda t: {"account_id": t.account_id},
    CurrencyTest: lambda t: {"currency": t.currency},
    WeekdayTest: lambda t: {"weekdays": pb.DaysTest(days=sorted(t.days))},
    DayOfMonthTest: lambda t: {"days_of_month": pb.DaysTest(days=sorted(t.days))},
    DateTest: lambda t: {"dates": pb.DatesTest(from_date=t.from_date, to_date=t.to_date)},
    TagTest: lambda t: {"tag": t.tag},
    StatusTest: lambda t: {"status": _STATUS_NUMBERS[t.status]},
    CategoryTest: lambda t: {"category": pb.CategoryTest(category_id=t.category_id)},
    TransferTest: lambda _: {"transfer": pb.TransferTest()},
}
_ACTIONS: Mapping[str, Callable[[Any], Action]] = {
    "set_category": lambda m: SetCategory(m.category_id),
    "add_tag": AddTag,
    "remove_tag": RemoveTag,
    "set_payee": SetPayee,
    "set_note": lambda m: SetNote(m.text),
    "split": lambda m: SplitInto(tuple(_share(share) for share in m.shares)),
    "transfer_to_account_id": TransferTo,
    "set_status": lambda number: SetStatus(_status(number)),
}
_ACTION_FIELDS: Mapping[type[Action], Callable[[Any], Mapping[str, Any]]] = {
    SetCategory: lambda a: {"set_category": pb.SetCategoryAction(category_id=a.category_id)},
    AddTag: lambda a: {"add_tag": a.tag},
    RemoveTag: lambda a: {"remove_tag": a.tag},
    SetPayee: lambda a: {"set_payee": a.payee},
    SetNote: lambda a: {"set_note": pb.SetNoteAction(text=a.text)},
    SplitInto: lambda a: {"split": pb.SplitAction(shares=map(_share_message, a.shares))},
    TransferTo: lambda a: {"transfer_to_account_id": a.account_id},
    SetStatus: lambda a: {"set_status": _STATUS_NUMBERS[a.status]},
}


def rule_draft(message: pb.RuleDraft) -> RuleDraft:
    """Raises InvalidFields where a condition or an action says nothing."""
    _require_said("conditions", "test", message.conditions)
    _require_said("actions", "action", message.actions)
    return RuleDraft(
        name=message.name,
        conditions=tuple(map(_condition, message.conditions)),
        actions=tuple(map(_action, message.actions)),
        quantifier=_QUANTIFIERS.get(message.quantifier, Quantifier.ALL),
        active=message.active,
        stop=message.stop,
    )


def rule_message(rule: Rule) -> pb.Rule:
    return pb.Rule(
        id=rule.id,
        draft=_draft_message(rule.draft),
        version=rule.version,
        created_at=timestamp(rule.created_at),
        updated_at=timestamp(rule.updated_at),
    )


def rule_selection(message: pb.RuleSelection) -> RuleSelection:
    """Raises InvalidFields."""
    draft = rule_draft(message.draft) if message.HasField("draft") else None
    return RuleSelection(draft, tuple(message.rule_ids))


def correction(message: pb.Correction) -> Correction:
    said = {
        name: getattr(message, name)
        for name in ("category_id", "payee", "description", "to_account_id")
        if message.HasField(name)
    }
    return Correction(**said, add_tags=tuple(message.add_tags))


def change_message(change: RuleChange) -> pb.RuleChange:
    return pb.RuleChange(
        before=transaction_message(change.before),
        after=input_message(change.outcome.after),
        changed=change.outcome.changed,
        fired=fired_messages(change.outcome.fired),
        changes_again=change.changes_again,
    )


def fired_messages(fired: Sequence[Fired]) -> Iterable[pb.FiredRule]:
    for rule in fired:
        yield pb.FiredRule(
            rule_id=rule.rule_id,
            name=rule.name,
            met=rule.met,
            changed=rule.changed,
            left_out=[pb.LeftOutAction(action=o.action, reason=o.reason) for o in rule.left_out],
        )


def _draft_message(draft: RuleDraft) -> pb.RuleDraft:
    return pb.RuleDraft(
        name=draft.name,
        conditions=[
            pb.RuleCondition(negated=c.negated, **_TEST_FIELDS[type(c.test)](c.test))
            for c in draft.conditions
        ],
        actions=[pb.RuleAction(**_ACTION_FIELDS[type(a)](a)) for a in draft.actions],
        quantifier=_QUANTIFIER_NUMBERS[draft.quantifier],
        active=draft.active,
        stop=draft.stop,
    )


def _require_said(
    field: str, oneof: str, messages: Sequence[pb.RuleCondition] | Sequence[pb.RuleAction]
) -> None:
    problems = [
        (f"rule.{field}[{place}]", "says nothing")
        for place, message in enumerate(messages)
        if _which(message, oneof) is None
    ]
    if problems:
        raise InvalidFields(problems)


def _condition(message: pb.RuleCondition) -> Condition:
    name = _which(message, "test") or ""
    return Condition(_TESTS[name](getattr(message, name)), message.negated)


def _action(message: pb.RuleAction) -> Action:
    name = _which(message, "action") or ""
    return _ACTIONS[name](getattr(message, name))


def _which(message: Any, oneof: str) -> str | None:
    name: str | None = message.WhichOneof(oneof)
    return name


def _share(message: pb.SplitShare) -> Share:
    fixed = money_of(message.fixed) if message.HasField("fixed") else None
    return Share(message.category_id, message.memo, fixed, message.basis_points)


def _share_message(share: Share) -> pb.SplitShare:
    message = pb.SplitShare(category_id=share.category_id, memo=share.memo)
    if share.fixed is not None:
        message.fixed.CopyFrom(money_message(share.fixed))
    elif share.basis_points:
        message.basis_points = share.basis_points
    return message


def _bound(message: pb.AmountTest, name: Any) -> Money | None:
    return money_of(getattr(message, name)) if message.HasField(name) else None


def _money(money: Money | None) -> Any:
    return None if money is None else money_message(money)


def _status(number: Any) -> Status:
    return STATUSES.get(number, Status.CLEARED)
