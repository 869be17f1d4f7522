"""Rules on a real database: kept, ordered, shown before they change anything, applied at once."""

import asyncio
from dataclasses import replace
from typing import Any

import pytest
from ledger_world import Person, coffee, eur, key_of

from kit.idempotency import IdempotencyConflict
from ledger.domain.category import Category
from ledger.domain.command import Key
from ledger.domain.entry import Origin, Status
from ledger.domain.errors import InvalidFields, VersionMismatch
from ledger.domain.operation import ExpectedCountMismatch, Operation, Row, RowOutcome
from ledger.domain.rules.action import (
    Action,
    AddTag,
    SetCategory,
    SetNote,
    SetPayee,
    SplitInto,
    TransferTo,
)
from ledger.domain.rules.condition import (
    AmountTest,
    Condition,
    DateTest,
    DirectionTest,
    Match,
    StatusTest,
    Test,
    TextField,
    TextTest,
    WeekdayTest,
)
from ledger.domain.rules.correction import Correction
from ledger.domain.rules.rule import MAX_RULES, Rule, RuleDraft, RuleNotFound, TooManyRules
from ledger.domain.rules.sharing import Share
from ledger.domain.search import TransactionFilter
from ledger.domain.transaction import Transaction, TransactionInput, input_of
from ledger.service.rule_runs import RuleChange, RuleSelection

ALL = RuleSelection()


def named(text: str, match: Match = Match.CONTAINS) -> TextTest:
    return TextTest(TextField.PAYEE, match, text)


def draft(when: Test, *actions: Action, **fields: Any) -> RuleDraft:
    return RuleDraft(fields.pop("name", "Rule"), (Condition(when),), actions, **fields)


async def add(person: Person, draft_: RuleDraft, key: str = "") -> Rule:
    return await person.ledger.ruling.rules.create_rule(
        owner=person.id, draft=draft_, key=key_of(key, draft_)
    )


async def rules_of(person: Person) -> list[Rule]:
    return list((await person.ledger.ruling.rules.list_rules(owner=person.id)).rules)


async def previewed(
    person: Person, selection: RuleSelection = ALL, limit: int = 0, **filter_: Any
) -> list[RuleChange]:
    """All pages, concatenated."""
    found: list[RuleChange] = []
    cursor = ""
    while True:
        page = await person.ledger.ruling.runs.preview(
            owner=person.id,
            selection=selection,
            filter_=TransactionFilter(**filter_),
            cursor=cursor,
            limit=limit,
        )
        assert not limit or len(page.changes) <= limit
        found += page.changes
        if page.next is None:
            return found
        cursor = page.next.text()


async def applied(
    person: Person,
    selection: RuleSelection = ALL,
    expected: int | None = None,
    key: str = "apply",
    **filter_: Any,
) -> tuple[Operation, list[Row]]:
    operation, rows = await person.ledger.ruling.runs.apply(
        owner=person.id,
        actor=person.id,
        selection=selection,
        filter_=TransactionFilter(**filter_),
        expected_count=expected,
        key=key_of(key, (selection, filter_, expected)),
    )
    return operation, list(rows)


async def said(person: Person) -> dict[str, TransactionInput]:
    return {t.id: input_of(t) for t in await person.list(limit=500)}


async def test_a_rule_of_every_kind_is_kept_as_it_was_said(anna: Person):
    account, other = await anna.account(), await anna.account("S")
    food = await anna.category("groceries")
    whole = RuleDraft(
        " Everything ",
        (
            Condition(named("Rewe"), negated=True),
            Condition(AmountTest(eur(1), None)),
            Condition(DirectionTest(inflow=False)),
            Condition(WeekdayTest(frozenset({7, 1}))),
            Condition(DateTest("2026-01-01", "")),
            Condition(StatusTest(Status.PENDING)),
        ),
        (
            SetCategory(food.id),
            AddTag("t"),
            SetPayee("P"),
            SplitInto((Share(food.id, "m", fixed=eur(5)), Share(basis_points=10_00), Share())),
            TransferTo(other.id),
        ),
        stop=True,
        active=False,
    )

    made = await add(anna, whole)

    assert made.draft == whole.tidied()
    assert await rules_of(anna) == [made]
    assert await anna.ledger.ruling.rules.get_rule(owner=anna.id, rule_id=made.id) == made
    assert account.id != other.id


async def test_the_same_key_makes_one_rule_and_another_body_is_a_conflict(anna: Person):
    first = await add(anna, draft(named("a"), SetNote("n")), key="k")

    assert await add(anna, draft(named("a"), SetNote("n")), key="k") == first
    with pytest.raises(IdempotencyConflict):
        await add(anna, draft(named("b"), SetNote("n")), key="k")
    assert await rules_of(anna) == [first]


async def test_a_rule_is_changed_and_taken_away_by_whoever_saw_it(anna: Person, ben: Person):
    rules = anna.ledger.ruling.rules
    rule = await add(anna, draft(named("a"), SetNote("n")))
    new = draft(named("b"), SetNote("m"), name="B")

    async def update(person: Person, version: int, key: str = "") -> Rule:
        return await rules.update_rule(
            owner=person.id,
            rule_id=rule.id,
            expected_version=version,
            draft=new,
            key=key_of(key, (version, new)),
        )

    changed = await update(anna, 1, "k")
    assert (changed.draft, changed.version, changed.place) == (new, 2, rule.place)
    assert await update(anna, 1, "k") == changed
    with pytest.raises(VersionMismatch):
        await update(anna, 1)
    with pytest.raises(RuleNotFound):
        await update(ben, 0)
    for version, refusal in ((1, VersionMismatch), (2, None), (0, RuleNotFound)):
        delete = rules.delete_rule(
            owner=anna.id, rule_id=rule.id, expected_version=version, key=Key()
        )
        if refusal is None:
            await delete
        else:
            with pytest.raises(refusal):
                await delete
    assert await rules_of(anna) == []


async def test_a_new_order_names_each_rule_once_and_is_of_the_list_that_was_seen(anna: Person):
    rules = anna.ledger.ruling.rules
    made = [await add(anna, draft(named("a"), SetNote(str(n)))) for n in range(3)]
    seen = await rules.list_rules(owner=anna.id)
    wanted = [made[2].id, made[0].id, made[1].id]

    async def reorder(ids: list[str], version: int, key: str = "") -> list[str]:
        ordered = await rules.reorder_rules(
            owner=anna.id, rule_ids=ids, expected_version=version, key=key_of(key, (ids, version))
        )
        return [rule.id for rule in ordered.rules]

    assert await reorder(wanted, seen.version, "k") == wanted
    assert await reorder(wanted, seen.version, "k") == wanted
    with pytest.raises(VersionMismatch):
        await reorder(wanted, seen.version)
    for bad in (wanted[:2], [*wanted, wanted[0]], [*wanted[:2], "gone"]):
        with pytest.raises(InvalidFields):
            await reorder(bad, 0)
    last = await add(anna, draft(named("a"), SetNote("last")))
    assert [rule.id for rule in await rules_of(anna)] == [*wanted, last.id]


async def test_many_who_add_rules_at_once_never_make_more_than_a_book_takes(
    anna: Person, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr("ledger.domain.rules.rule.MAX_RULES", 5)
    outcomes = await asyncio.gather(
        *(add(anna, draft(named("a"), SetNote(str(n)))) for n in range(9)), return_exceptions=True
    )

    assert sum(isinstance(o, Rule) for o in outcomes) == 5
    assert all(isinstance(o, Rule | TooManyRules) for o in outcomes)
    assert len({rule.place for rule in await rules_of(anna)}) == 5
    assert MAX_RULES == 500


async def test_a_rule_that_names_what_is_not_in_the_book_is_refused(anna: Person, ben: Person):
    await ben.account()
    bens = await ben.category("groceries")

    with pytest.raises(InvalidFields):
        await add(anna, draft(named("a"), SetCategory(bens.id)))
    assert await rules_of(anna) == []


async def history(person: Person) -> tuple[Category, Category]:
    """A book with something of everything."""
    main, other = await person.account(opening_balance=eur(7)), await person.account("S")
    food, fuel = await person.category("groceries"), await person.category("fuel")
    for n in range(6):
        date = f"2026-03-{n + 1:02}"
        await person.post(coffee(main, -101 - n, payee=f"REWE {n}", date=date))
        await person.post(coffee(main, 50 + n, payee="Rewe", date=date, category_id=fuel.id))
        await person.post(coffee(main, -10 - n, payee="Shell", date=date, tags=["car"]))
    await person.post(coffee(main, -99, payee="Rewe", to_account_id=other.id))
    gone = await person.post(coffee(main, -98, payee="Rewe"))
    await person.delete(gone)
    await add(person, draft(named("rewe"), SetPayee("Rewe"), SetCategory(food.id)))
    await add(
        person,
        draft(
            named("shell"),
            SplitInto((Share(fuel.id, basis_points=33_33), Share(food.id))),
            AddTag("split"),
        ),
    )
    return food, fuel


async def test_a_dry_run_changes_nothing_and_shows_what_applying_then_does(anna: Person):
    await history(anna)
    before = await said(anna)

    shown = await previewed(anna)
    pages = await previewed(anna, limit=5)

    assert await said(anna) == before
    assert [c.before.id for c in pages] == [c.before.id for c in shown]
    operation, rows = await applied(anna, expected=len(shown))
    expected = before | {c.before.id: c.outcome.after for c in shown}
    assert await said(anna) == expected
    assert (operation.counts.done, operation.counts.refused) == (len(shown), 0)
    assert {row.transaction_id for row in rows} == {c.before.id for c in shown}
    assert not (await anna.audit()).differences
    # 6 payees written anew, 5 categories beside them, the transfer's payee was right already.
    assert len(shown) == 6 + 6 + 6


async def test_applied_twice_is_applied_once_and_undone_it_never_was(anna: Person):
    await history(anna)
    before = await said(anna)
    first, _ = await applied(anna)
    after = await said(anna)

    again, _ = await applied(anna)
    assert (again.id, again.counts) == (first.id, first.counts)
    assert await previewed(anna) == []
    anew, _ = await applied(anna, key="another")
    assert (anew.counts.done, await said(anna)) == (0, after)

    undone, rows = await anna.undo(first.id)
    assert {row.outcome for row in rows} == {RowOutcome.DONE}
    assert await said(anna) == before
    await anna.undo(undone.id)
    assert await said(anna) == after
    assert not (await anna.audit()).differences


async def test_a_count_that_is_not_what_was_shown_changes_nothing(anna: Person):
    await history(anna)
    before = await said(anna)

    with pytest.raises(ExpectedCountMismatch):
        await applied(anna, expected=3)

    assert await said(anna) == before


async def test_a_draft_or_some_rules_run_over_a_part_of_the_history(anna: Person):
    food, _ = await history(anna)
    rewe, shell = await rules_of(anna)
    note = RuleSelection(draft=draft(DirectionTest(inflow=True), SetNote("in"), active=False))

    assert len(await previewed(anna, note)) == 6
    assert len(await previewed(anna, RuleSelection(rule_ids=[shell.id]))) == 6
    assert len(await previewed(anna, from_date="2026-03-02", to_date="2026-03-03")) == 6
    assert len(await previewed(anna, query="payee:shell")) == 6
    await anna.ledger.ruling.rules.update_rule(
        owner=anna.id,
        rule_id=rewe.id,
        expected_version=0,
        draft=replace(rewe.draft, active=False),
        key=Key(),
    )
    assert len(await previewed(anna)) == 6
    assert len(await previewed(anna, RuleSelection(rule_ids=[shell.id, rewe.id]))) == 18
    with pytest.raises(RuleNotFound):
        await previewed(anna, RuleSelection(rule_ids=["gone"]))
    with pytest.raises(InvalidFields):
        await previewed(anna, RuleSelection(draft=note.draft, rule_ids=[shell.id]))
    assert food.id


async def test_what_an_account_began_with_is_no_matter_of_rules(anna: Person):
    await anna.account(opening_balance=eur(7))

    everything = RuleSelection(draft=draft(DirectionTest(inflow=True), AddTag("t")))

    assert await previewed(anna, everything) == []


async def test_it_is_told_where_the_rules_would_change_a_transaction_again(anna: Person):
    account = await anna.account()
    await anna.post(coffee(account, payee="A"))
    await add(anna, draft(named("b", Match.EQUALS), SetPayee("C")))
    await add(anna, draft(named("a", Match.EQUALS), SetPayee("B")))

    (change,) = await previewed(anna)

    assert (change.outcome.after.payee, change.changes_again) == ("B", True)
    assert [fired.changed for fired in change.outcome.fired] == [("payee",)]


async def test_an_application_that_was_cut_off_goes_on_under_its_key(anna: Person):
    account = await anna.account()
    posted = [coffee(account, -1 - n, payee="Old") for n in range(700)]
    await anna.import_(*posted, keys=[str(p.amount) for p in posted])
    await add(anna, draft(named("old"), SetNote("n")))
    real, groups = anna.ledger.writer.post_all, []

    async def dies_in_the_second_group(commands):
        groups.append(len(commands))
        if len(groups) == 2:
            raise ConnectionError("the process was killed")
        return await real(commands)

    anna.ledger.writer.post_all = dies_in_the_second_group
    with pytest.raises(ConnectionError):
        await applied(anna, expected=700)
    anna.ledger.writer.post_all = real

    operation, _ = await applied(anna, expected=700)

    assert operation.counts.done == 700
    assert {t.description for t in await anna.list(limit=500)} == {"n"}
    await anna.undo(operation.id)
    assert {t.description for t in await anna.list(limit=500)} == {""}
    assert not (await anna.audit()).differences


async def correct(
    person: Person, transaction: Transaction, version: int = 0, key: str = "", **fields: Any
) -> tuple[Transaction, Rule]:
    correction = Correction(**fields)
    return await person.ledger.ruling.runs.correct(
        owner=person.id,
        actor=person.id,
        transaction_id=transaction.id,
        expected_version=version,
        correction=correction,
        key=key_of(key, (transaction.id, version, correction)),
    )


async def test_a_correction_puts_one_right_and_makes_a_rule_for_those_to_come(anna: Person):
    account = await anna.account()
    food = await anna.category("groceries")
    wrong = await anna.post(coffee(account, payee="REWE 4711 Berlin"))

    right, rule = await correct(anna, wrong, 1, "k", category_id=food.id, payee="Rewe")

    assert (right.payee, right.splits[0].category_id, right.version) == ("Rewe", food.id, 2)
    assert (right, rule) == await correct(anna, wrong, 1, "k", category_id=food.id, payee="Rewe")
    assert await rules_of(anna) == [rule]
    (made,) = await anna.ledger.ruling.on_import(
        owner=anna.id, inputs=[coffee(account, -7, payee="rewe berlin 12")]
    )
    assert (made.payee, made.category_id) == ("Rewe", food.id)


async def test_a_second_correction_of_the_same_payee_changes_its_rule(anna: Person):
    account = await anna.account()
    food, fuel = await anna.category("groceries"), await anna.category("fuel")
    one, two = await anna.post(coffee(account)), await anna.post(coffee(account, -7))

    _, first = await correct(anna, one, category_id=food.id)
    _, second = await correct(anna, two, category_id=fuel.id, add_tags=("t",))

    assert (second.id, second.version) == (first.id, 2)
    assert second.draft.actions == (SetCategory(fuel.id), AddTag("t"))
    assert len(await rules_of(anna)) == 1


async def test_a_correction_that_is_refused_makes_no_rule(anna: Person):
    account, other = await anna.account(), await anna.account("D", "USD")
    wrong = await anna.post(coffee(account))
    moved = await anna.post(coffee(account, to_account_id=(await anna.account("S")).id))
    food = await anna.category("groceries")

    for transaction, version, fields, refusal in (
        (wrong, 7, {"category_id": food.id}, VersionMismatch),
        (wrong, 0, {"category_id": "gone"}, InvalidFields),
        (wrong, 0, {"to_account_id": other.id}, InvalidFields),
        (wrong, 0, {}, InvalidFields),
        (moved, 0, {"category_id": food.id}, InvalidFields),
    ):
        with pytest.raises(refusal):
            await correct(anna, transaction, version, **fields)
    assert await rules_of(anna) == []
    assert {t.version for t in await anna.list()} == {1}


async def test_a_proposed_rule_is_what_the_correction_then_makes(anna: Person):
    account = await anna.account()
    food = await anna.category("groceries")
    wrong = await anna.post(coffee(account))
    correction = Correction(category_id=food.id)

    standing, proposed = await anna.ledger.ruling.runs.proposed(
        owner=anna.id, transaction_id=wrong.id, correction=correction
    )

    assert (standing, proposed.id, await rules_of(anna)) == (wrong, "", [])
    _, made = await correct(anna, wrong, category_id=food.id)
    assert made.draft == proposed.draft
    _, again = await anna.ledger.ruling.runs.proposed(
        owner=anna.id, transaction_id=wrong.id, correction=correction
    )
    assert again.id == made.id


async def test_rules_on_import_tell_which_fired_and_check_what_they_are_given(anna: Person):
    account = await anna.account()
    rule = await add(anna, draft(named("zoe"), AddTag("t")))
    run = anna.ledger.ruling.on_import.run

    plain, tagged = await run(
        owner=anna.id, inputs=[coffee(account, payee="Rewe"), coffee(account)]
    )

    assert (plain.input, plain.fired) == (coffee(account, payee="Rewe"), ())
    assert (tagged.input.tags, tagged.fired[0].rule_id) == (("t",), rule.id)
    with pytest.raises(InvalidFields) as refused:
        await run(owner=anna.id, inputs=[coffee(account), coffee(account, date="soon")])
    assert refused.value.fields[0][0] == "transactions[1].date"
    with pytest.raises(InvalidFields):
        await run(owner=anna.id, inputs=[coffee(account)] * 1001)
    # A draft from a receipt has no account yet.
    (bare,) = await run(owner=anna.id, inputs=[replace(coffee(account), account_id="")])
    assert (bare.input.tags, bare.input.account_id) == (("t",), "")


async def test_a_rule_keeps_the_category_that_a_person_chose_for_a_draft(anna: Person):
    account = await anna.account()
    food, fuel = await anna.category("groceries"), await anna.category("fuel")
    await add(anna, draft(named("zoe"), SetCategory(food.id), AddTag("t")))
    chosen = coffee(account, category_id=fuel.id, origin=Origin("doc", "draft"))
    filled_in = replace(chosen, origin=replace(chosen.origin, category_unreviewed=True))

    kept, ruled = await anna.ledger.ruling.on_import(owner=anna.id, inputs=[chosen, filled_in])

    assert (kept.category_id, kept.tags, kept.origin) == (fuel.id, ("t",), chosen.origin)
    assert (ruled.category_id, ruled.origin.category_unreviewed) == (food.id, True)


async def test_a_category_of_a_rule_is_unreviewed_until_a_person_chooses_one(anna: Person):
    account = await anna.account()
    food, fuel = await anna.category("groceries"), await anna.category("fuel")
    await add(anna, draft(named("rewe"), SetCategory(food.id)))
    run = anna.ledger.ruling.on_import

    ruled, plain = await run(
        owner=anna.id, inputs=[coffee(account, payee="Rewe"), coffee(account, payee="Aral")]
    )
    assert (ruled.origin.category_unreviewed, plain.origin.category_unreviewed) == (True, False)

    booked = await anna.post(ruled)
    renamed = await anna.edit(booked, replace(ruled, payee="REWE"))
    assert renamed.origin.category_unreviewed
    corrected, _ = await correct(anna, renamed, category_id=fuel.id)
    assert not corrected.origin.category_unreviewed
