"""Rules and searches that name a payee follow its rename."""

from datetime import UTC, datetime

import pytest
from ledger_world import Person, coffee
from test_payees import imported_as, move, undo

from ledger.domain.command import Key
from ledger.domain.payee import Payee, PayeeChange, PayeeNames, payee_id
from ledger.domain.rules.action import AddTag, SetPayee
from ledger.domain.rules.condition import Condition, DirectionTest, Match, TextField, TextTest
from ledger.domain.rules.rule import RuleDraft
from ledger.domain.search import TransactionFilter
from ledger.domain.search.saved import SavedSearchChange
from ledger.service.rule_runs import RuleSelection

NOW = datetime(2026, 11, 30, tzinfo=UTC)


def names(**became: str) -> PayeeNames:
    known = {*became, *became.values()}
    return PayeeNames.of(
        Payee(payee_id(n), "anna", n, NOW, imported_as_id=payee_id(became.get(n, "")))
        for n in sorted(known)
    )


def test_a_payee_answers_to_all_names_that_it_has_had():
    found = names(a="b", b="c", d="c")
    for name in "abcd":
        assert found.now(name) == "c"
        assert set(found.all(name)) == set("abcd")
    assert (found.now("x"), found.all("x")) == ("x", ("x",))


def test_payees_that_point_at_one_another_keep_their_names():
    found = names(a="b", b="a")
    assert (found.now("a"), found.now("b")) == ("a", "b")
    assert names(a="b", b="c", c="b").now("b") == "b"


async def make_rule(person: Person, action, *conditions) -> None:
    draft = RuleDraft("R", tuple(Condition(each) for each in conditions), (action,))
    await person.ledger.ruling.rules.create_rule(owner=person.id, draft=draft, key=Key())


async def tagged_in_history(person: Person) -> set[str]:
    """The payees of the transactions that the rules would change."""
    found = await person.ledger.ruling.runs.preview(
        owner=person.id,
        selection=RuleSelection(),
        filter_=TransactionFilter(),
        cursor="",
        limit=50,
    )
    return {change.before.payee for change in found.changes}


@pytest.mark.parametrize(
    "test",
    [
        TextTest(TextField.PAYEE, Match.EQUALS, "Rewe sagt danke"),
        TextTest(TextField.PAYEE, Match.CONTAINS, "sagt"),
        TextTest(TextField.PAYEE, Match.STARTS_WITH, "rewe sagt"),
        TextTest(TextField.PAYEE, Match.WORDS, "danke rewe"),
        TextTest(TextField.ANY, Match.WORDS, "danke weekly"),
    ],
    ids=str,
)
async def test_a_rule_on_a_payee_follows_its_renames_their_undo_and_redo(anna: Person, test):
    account = await anna.account()
    bill = coffee(account, payee="REWE sagt Danke", description="weekly")
    await anna.post(bill)
    await make_rule(anna, AddTag("food"), test, DirectionTest(inflow=False))

    first = await move(anna, "REWE sagt Danke", to="Supermarket", also_imports=True)
    imported = await imported_as(anna, bill)
    assert (imported.payee, imported.tags) == ("Supermarket", ("food",))
    assert await tagged_in_history(anna) == {"Supermarket"}

    second = await move(anna, "Supermarket", to="Market", also_imports=True, key="2")
    imported = await imported_as(anna, bill)
    assert (imported.payee, imported.tags) == ("Market", ("food",))
    assert await tagged_in_history(anna) == {"Market"}

    undone = await undo(anna, second.operation.id)
    assert (await imported_as(anna, bill)).payee == "Supermarket"
    await undo(anna, first.operation.id, "undo 1")
    imported = await imported_as(anna, bill)
    assert (imported.payee, imported.tags) == ("REWE sagt Danke", ("food",))
    assert await tagged_in_history(anna) == {"REWE sagt Danke"}
    assert undone


async def test_a_rule_on_a_payee_that_was_merged_is_one_on_the_payee_it_became(anna: Person):
    account = await anna.account()
    for payee in ("Rewe 1", "Rewe 2", "Shell"):
        await anna.post(coffee(account, payee=payee))
    await make_rule(anna, AddTag("one"), TextTest(TextField.PAYEE, Match.EQUALS, "Rewe 1"))

    merged = await move(anna, "Rewe 1", "Rewe 2", to="Rewe", also_imports=True)

    for payee in ("Rewe 1", "Rewe 2", "Rewe"):
        assert (await imported_as(anna, coffee(account, payee=payee))).tags == ("one",)
    assert (await imported_as(anna, coffee(account, payee="Shell"))).tags == ()
    await undo(anna, merged.operation.id)
    assert (await imported_as(anna, coffee(account, payee="Rewe 2"))).tags == ()


async def test_a_rule_that_gives_a_payee_gives_the_name_that_it_has_by_now(anna: Person):
    account = await anna.account()
    await anna.post(coffee(account, payee="Amazon EU"))
    amzn = TextTest(TextField.PAYEE, Match.CONTAINS, "amzn")
    await make_rule(anna, SetPayee("Amazon EU"), amzn)

    moved = await move(anna, "Amazon EU", to="Amazon", also_imports=True)

    bill = coffee(account, payee="AMZN Mktp 4711")
    assert (await imported_as(anna, bill)).payee == "Amazon"
    await undo(anna, moved.operation.id)
    assert (await imported_as(anna, bill)).payee == "Amazon EU"


async def test_a_rename_of_the_past_alone_leaves_what_comes_and_its_rules(anna: Person):
    account = await anna.account()
    await anna.post(coffee(account, payee="Old"))
    await make_rule(anna, AddTag("t"), TextTest(TextField.PAYEE, Match.EQUALS, "Old"))

    await move(anna, "Old", to="New", also_imports=False)

    imported = await imported_as(anna, coffee(account, payee="Old"))
    assert (imported.payee, imported.tags) == ("Old", ("t",))


async def test_two_payees_that_a_person_points_at_one_another_hold_up_no_import(anna: Person):
    account = await anna.account()
    for payee, other in (("A", "B"), ("B", "A")):
        await anna.post(coffee(account, payee="A"))
        await anna.post(coffee(account, payee="B"))
        await anna.ledger.ruling.payees.update_payee(
            owner=anna.id,
            payee_id=payee_id(payee),
            expected_version=0,
            change=PayeeChange(imported_as_id=payee_id(other)),
            key=Key(),
        )
    assert (await imported_as(anna, coffee(account, payee="A"))).payee == "A"


async def saved(person: Person, query: str) -> None:
    await person.ledger.searches.create_saved(
        owner=person.id, name=query[:20], query=query, key=Key()
    )


async def queries(person: Person) -> list[str]:
    kept = await person.ledger.searches.list_saved(owner=person.id)
    return [search.query for search in kept.searches]


async def test_saved_searches_follow_the_payee_that_they_name(anna: Person):
    account = await anna.account()
    for payee in ("Rewe 1", "Rewe 2", "Shell"):
        await anna.post(coffee(account, payee=payee))
    # By words a search names no payee, and stays as it was written.
    words = "payee:rewe  amount>4"
    await saved(anna, words)
    await saved(anna, 'payee="REWE 1" OR  -(payee="Shell" tag:a)')

    moved = await move(anna, "Rewe 1", "Rewe 2", to="Rewe")

    after = 'payee="Rewe" OR -(payee="Shell" tag:a)'
    assert await queries(anna) == [words, after]
    undone = await undo(anna, moved.operation.id)
    assert await queries(anna) == [words, 'payee="REWE 1" OR  -(payee="Shell" tag:a)']
    await undo(anna, undone, "redo")
    assert await queries(anna) == [words, after]


async def test_a_saved_search_that_a_person_changed_since_stays(anna: Person):
    account = await anna.account()
    await anna.post(coffee(account, payee="Old"))
    await saved(anna, 'payee="Old"')
    moved = await move(anna, "Old", to="New")
    (search,) = (await anna.ledger.searches.list_saved(owner=anna.id)).searches
    await anna.ledger.searches.update_saved(
        owner=anna.id,
        search_id=search.id,
        expected_version=search.version,
        change=SavedSearchChange(query='payee="New" tag:a'),
    )

    await undo(anna, moved.operation.id)

    assert await queries(anna) == ['payee="New" tag:a']
