"""Lines of a file that are matched with what a person noted before, over the real database."""

from dataclasses import replace

import pytest
from import_world import (
    DOUBTFUL,
    NEW,
    THERE,
    commit,
    count,
    imported,
    match,
    preview,
    row,
    undo,
    verdicts,
)
from ledger_world import Person, coffee, eur

from kit.ids import new_id
from ledger.domain.entry import Origin, Status
from ledger.domain.errors import InvalidFields
from ledger.domain.importing.batch import PlanStale, Stage
from ledger.domain.importing.decisions import Outcome
from ledger.domain.transaction import Split


async def test_a_pending_entry_becomes_the_banks_line_and_keeps_what_was_said(anna: Person):
    account = await anna.account()
    food, fun = await anna.category("groceries"), await anna.category("coffee")
    splits = (Split(food.id, eur(-300), "bread"), Split(fun.id, eur(-150)))
    noted = await anna.post(
        coffee(
            account,
            payee="Zoë",
            date="2026-03-12",
            splits=splits,
            tags=("work",),
            status=Status.PENDING,
            origin=Origin(document_id="receipt"),
        )
    )
    plan = await preview(anna, row(account, payee="CAFE ZOE 0231", reference="F1"))
    assert await verdicts(anna, plan) == [DOUBTFUL]

    done = await commit(anna, plan, match(1, noted.id))

    (one,) = await anna.list()
    assert (one.id, one.date, one.status) == (noted.id, "2026-03-14", Status.CLEARED)
    assert (one.payee, tuple(one.splits), one.tags) == ("Zoë", splits, ("work",))
    assert one.origin == Origin(document_id="receipt", bank_reference="F1")
    assert await anna.balance(account) == -450
    assert count(done, Outcome.MATCHED) == 1
    # The bank's line is known now, by its name and by its looks.
    again = await preview(anna, row(account, payee="CAFE ZOE 0231", reference="F1"))
    assert await verdicts(anna, again) == [THERE]
    again = await preview(anna, row(account, payee="CAFE ZOE 0231"), row(account, reference="F2"))
    assert await verdicts(anna, again) == [THERE, NEW]


async def test_undoing_a_match_brings_back_what_was_noted(anna: Person):
    account = await anna.account()
    noted = await anna.post(coffee(account, payee="Zoe", date="2026-03-12", status=Status.PENDING))
    line = row(account, payee="CAFE ZOE 0231")
    done = await commit(anna, await preview(anna, line, row(account, -1)), match(1, noted.id))

    assert (await undo(anna, done)).undone
    (one,) = await anna.list()
    assert (one.id, one.date, one.status) == (noted.id, "2026-03-12", Status.PENDING)
    plan = await preview(anna, line, row(account, -1))
    assert await verdicts(anna, plan) == [DOUBTFUL, NEW]
    assert (await anna.audit()).differences == []


async def test_a_match_to_what_is_not_there_is_refused_and_changes_nothing(anna: Person):
    account, other = await anna.account(), await anna.account("Other")
    elsewhere = await anna.post(coffee(other))
    plan = await preview(anna, row(account))
    for target in (new_id(), elsewhere.id):
        with pytest.raises(InvalidFields):
            await commit(anna, plan, match(1, target))
    assert (await commit(anna, plan)).stage is Stage.COMMITTED


async def test_a_match_with_another_amount_takes_the_banks(anna: Person):
    account, food = await anna.account(), await anna.category("groceries")
    noted = await anna.post(coffee(account, -4000, category_id=food.id, status=Status.PENDING))
    await commit(anna, await preview(anna, row(account, -4500)), match(1, noted.id))

    (one,) = await anna.list()
    assert (one.amount, one.splits[0].category_id) == (eur(-4500), food.id)
    assert await anna.balance(account) == -4500


async def test_the_other_side_of_a_transfer_is_matched_and_not_counted_twice(anna: Person):
    giro, savings = await anna.account("Giro"), await anna.account("Savings")
    moved = await anna.post(coffee(giro, -5000, payee="To savings", to_account_id=savings.id))
    line = row(savings, 5000, payee="From giro", reference="S1")
    plan = await preview(anna, line)
    assert await verdicts(anna, plan) == [DOUBTFUL]

    await commit(anna, plan, match(1, moved.id))

    assert (await anna.balance(giro), await anna.balance(savings)) == (-5000, 5000)
    assert await verdicts(anna, await preview(anna, line)) == [THERE]
    assert len(await anna.list()) == 1


async def test_a_receipt_that_comes_after_the_banks_line_joins_it(anna: Person):
    account, food = await anna.account(), await anna.category("groceries")
    await imported(anna, row(account, payee="CAFE ZOE 0231", reference="F1"))
    (booked,) = await anna.list()
    receipt = replace(
        row(account, date="2026-03-13"),
        input=coffee(
            account,
            date="2026-03-13",
            category_id=food.id,
            origin=Origin(document_id="receipt", draft_id="draft"),
        ),
    )
    plan = await preview(anna, receipt, is_receipt=True, document_id="receipt")
    assert await verdicts(anna, plan) == [DOUBTFUL]

    await commit(anna, plan, match(1, booked.id))

    (one,) = await anna.list()
    assert (one.date, one.origin.bank_reference) == ("2026-03-14", "F1")
    assert (one.payee, one.document_ids, one.splits[0].category_id) == (
        "Café Zoë",
        ("receipt",),
        food.id,
    )


async def test_two_receipts_of_one_day_are_two(anna: Person):
    account = await anna.account()
    for document in ("one", "two"):
        line = replace(row(account), input=coffee(account, origin=Origin(document_id=document)))
        await imported(anna, line, is_receipt=True, document_id=document)
    assert len(await anna.list()) == 2


async def test_a_pending_one_that_looks_the_same_is_cleared(anna: Person):
    account = await anna.account()
    noted = await anna.post(coffee(account, status=Status.PENDING))
    done = await imported(anna, row(account))

    assert count(done, Outcome.ALREADY_THERE) == 1
    (one,) = await anna.list()
    assert (one.id, one.status) == (noted.id, Status.CLEARED)
    await undo(anna, done)
    assert (await anna.list())[0].status is Status.PENDING


async def test_candidates_are_found_for_a_receipt_and_for_a_line(anna: Person):
    account = await anna.account()
    await imported(anna, row(account, payee="CAFE ZOE 0231"), row(account, payee="Rent"))
    await anna.post(coffee(account, payee="Zoe", date="2026-03-16"))
    found = await anna.ledger.imports.find_matches(owner=anna.id, line=row(account))
    assert [(m.transaction.payee, m.from_bank) for m in found] == [
        ("CAFE ZOE 0231", True),
        ("Zoe", False),
        ("Rent", True),
    ]


@pytest.mark.parametrize(
    ("payee", "day", "is_likely"),
    [
        ("CAFE ZOE 0231", "2026-03-15", True),
        ("Gym", "2026-03-14", True),
        ("Gym", "2026-03-15", False),
    ],
)
async def test_a_match_is_likely_by_its_payee_or_by_its_day(
    anna: Person, payee: str, day: str, *, is_likely: bool
):
    account = await anna.account()
    await anna.post(coffee(account, payee="Zoe", date="2026-03-14"))
    line = row(account, payee=payee)
    line = replace(line, input=replace(line.input, date=day))
    (found,) = await anna.ledger.imports.find_matches(owner=anna.id, line=line)
    assert found.likely is is_likely


async def test_what_a_statement_has_confirmed_keeps_its_day_when_it_is_matched(anna: Person):
    account = await anna.account()
    noted = await anna.post(coffee(account, payee="Zoe", date="2026-03-12"))
    await anna.confirm(noted, account)
    line = row(account, payee="CAFE ZOE 0231", reference="F1")
    await commit(anna, await preview(anna, line), match(1, noted.id))

    (one,) = await anna.list()
    assert (one.date, one.status, one.origin.bank_reference) == (
        "2026-03-12",
        Status.RECONCILED,
        "F1",
    )
    assert await verdicts(anna, await preview(anna, line)) == [THERE]


async def test_a_candidate_that_changed_since_the_plan_makes_it_stale(anna: Person):
    account = await anna.account()
    noted = await anna.post(coffee(account, payee="Zoe", date="2026-03-12"))
    plan = await preview(anna, row(account, payee="CAFE ZOE 0231"))
    await anna.edit(noted, coffee(account, payee="Zoe", date="2026-03-13"))

    with pytest.raises(PlanStale):
        await commit(anna, plan, match(1, noted.id))
    assert (await commit(anna, plan, match(1, noted.id))).stage is Stage.COMMITTED


async def test_what_an_import_only_clears_is_no_difference_for_the_check(anna: Person):
    account = await anna.account()
    await anna.post(coffee(account, -450, status=Status.PENDING))

    done = await imported(anna, row(account, -450), row(account, -700, payee="Shop"))

    assert done.outcomes[Outcome.ALREADY_THERE].count == 1
    assert (await anna.audit()).differences == []
