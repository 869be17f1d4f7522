"""A rule of every kind goes through its message, and its document, unchanged."""

from datetime import UTC, datetime

import pytest
from rule_ground import eur
from test_rule_action_domain import ACTS
from test_rule_condition_domain import FALSE_OF_A_COFFEE, TRUE_OF_A_COFFEE

from ledger.domain.errors import InvalidFields
from ledger.domain.rules.action import SplitInto
from ledger.domain.rules.condition import Condition, Test
from ledger.domain.rules.rule import Quantifier, Rule, RuleDraft
from ledger.domain.rules.sharing import Share
from ledger.grpc_api.rule_messages import correction, rule_draft, rule_message, rule_selection
from ledger.repository.rule_documents import rule_bytes, rule_document, rule_from, rule_of
from pfa.ledger.v1 import rule_pb2 as pb

NOW = datetime(2026, 11, 22, 20, 15, 0, 123000, tzinfo=UTC)
SPLIT = SplitInto((Share("a", "m", fixed=eur(5)), Share("b", basis_points=10_00), Share()))


def whole(quantifier: Quantifier) -> Rule:
    tests: list[Test] = [*TRUE_OF_A_COFFEE, *FALSE_OF_A_COFFEE]
    conditions = tuple(Condition(test, bool(i % 2)) for i, test in enumerate(tests))
    actions = (*(action for _, action, _ in ACTS), SPLIT)
    draft = RuleDraft("All", conditions, actions, quantifier, active=False, stop=True)
    return Rule("r", "anna", draft, 3, 2, NOW, NOW)


@pytest.mark.parametrize("quantifier", Quantifier)
def test_a_rule_is_what_it_was_after_its_message_and_its_document(quantifier):
    rule = whole(quantifier)

    assert rule_draft(rule_message(rule).draft) == rule.draft
    assert rule_of(rule_document(rule)) == rule
    assert rule_from(rule_bytes(rule)) == rule


def test_a_condition_or_an_action_that_says_nothing_is_refused_by_its_place():
    empty = pb.RuleDraft(
        conditions=[pb.RuleCondition(tag="t"), pb.RuleCondition()], actions=[pb.RuleAction()]
    )

    with pytest.raises(InvalidFields) as refused:
        rule_draft(empty)
    assert refused.value.fields == (("rule.conditions[1]", "says nothing"),)
    with pytest.raises(InvalidFields) as refused:
        rule_draft(pb.RuleDraft(actions=[pb.RuleAction()]))
    assert refused.value.fields == (("rule.actions[0]", "says nothing"),)


def test_what_a_correction_does_not_name_stays_and_an_empty_text_takes_away():
    said = correction(pb.Correction(category_id="", payee="P", add_tags=["t"]))

    assert (said.category_id, said.payee) == ("", "P")
    assert (said.description, said.to_account_id, said.add_tags) == (None, None, ("t",))


def test_a_selection_is_a_draft_or_rules_by_their_ids():
    rule = whole(Quantifier.ALL)

    assert rule_selection(pb.RuleSelection(draft=rule_message(rule).draft)).draft == rule.draft
    assert rule_selection(pb.RuleSelection(rule_ids=["a"])).rule_ids == ("a",)
    assert rule_selection(pb.RuleSelection()).draft is None
