"""Memory and the learner, as laws."""

from datetime import timedelta

from ai_world import NOW
from hypothesis import given
from hypothesis import strategies as st

from ai.domain.memory import Lesson, PayeeMemory, infer_from_trade, infer_from_words, recall
from ai.domain.taxonomy import CategoryId

decisions = st.lists(st.sampled_from(["a", "b", "c"]), min_size=1, max_size=24)


def remembered(*categories: str, days_apart: int = 1, key: str = "k", traits=()) -> PayeeMemory:
    lessons = tuple(
        Lesson(f"e{i}", CategoryId(c), NOW + timedelta(days=i * days_apart))
        for i, c in enumerate(categories)
    )
    return PayeeMemory(key, False, tuple(traits), lessons)


@given(decisions)
def test_the_latest_decision_always_leads(categories: list[str]) -> None:
    assert recall(remembered(*categories))[0].category_id == categories[-1]


@given(decisions)
def test_confidences_are_probabilities(categories: list[str]) -> None:
    found = recall(remembered(*categories))
    assert all(0 <= r.confidence < 1 for r in found)
    assert sum(r.confidence for r in found) <= 1.001
    assert {r.category_id for r in found} == set(categories)


def test_repetition_makes_surer_and_going_back_and_forth_less_sure() -> None:
    once, often = recall(remembered("a"))[0], recall(remembered(*"aaaaaa"))[0]
    torn = recall(remembered(*"ababab"))[0]
    assert torn.confidence < once.confidence < often.confidence


def test_only_a_repeated_decision_is_claimed_sure() -> None:
    assert recall(remembered("a"))[0].confidence < 0.95
    assert recall(remembered(*"aaa"))[0].confidence >= 0.95


def test_old_decisions_fade() -> None:
    lately = recall(remembered("b", "a", days_apart=1))[0]
    long_after = recall(remembered("b", "a", days_apart=1500))[0]
    assert long_after.confidence > lately.confidence


def test_one_payee_is_not_enough_to_learn_a_word() -> None:
    assert infer_from_words(["yoga"], [remembered("a", traits=["yoga"])]) is None


def test_payees_that_disagree_teach_nothing() -> None:
    known = [remembered(c, key=f"k{i}", traits=["berlin"]) for i, c in enumerate("abc")]
    assert infer_from_words(["berlin"], known) is None


def test_each_payee_has_one_vote_however_often_it_was_paid() -> None:
    known = [
        remembered(*"aaaaaaaaaaaa", key="k1", traits=["studio"]),
        remembered("b", key="k2", traits=["studio"]),
        remembered("b", key="k3", traits=["studio"]),
    ]
    assert infer_from_words(["studio"], known) is None


def test_a_trade_needs_three_payees_that_agree() -> None:
    known = [remembered("a", key=f"k{i}", traits=["trade:bars"]) for i in range(3)]
    assert infer_from_trade(["trade:bars"], known[:2]) is None
    guess = infer_from_trade(["trade:bars"], known)
    assert guess is not None
    assert guess.category_id == "a"
