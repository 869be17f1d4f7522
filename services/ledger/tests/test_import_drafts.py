"""Drafts of documents that are accepted one by one, beside plans of the same."""

import asyncio

import pytest
from import_world import THERE, TWIN, commit, imported, preview, row, verdicts
from ledger_world import Person, coffee

from ledger.domain.entry import Origin
from ledger.domain.errors import InvalidFields
from ledger.domain.importing.batch import PlanStale
from ledger.domain.importing.lines import ImportLine
from ledger.service.transactions import ImportOutcome


def draft(account, document: str, number: int, **fields):
    return coffee(account, origin=Origin(document, f"{document}-{number}"), **fields)


async def test_counted_items_of_one_document_are_all_real_and_of_two_are_the_same(anna: Person):
    account = await anna.account()
    first = [draft(account, "one", n) for n in (1, 2)]
    second = [draft(account, "two", n) for n in (1, 2, 3)]

    # One by one, as a person accepts them.
    booked = [await anna.accept(each) for each in first]
    again = [await anna.accept(each) for each in (*first, *second, *second)]

    assert [r.outcome for r in booked] == [ImportOutcome.ADDED] * 2
    assert [r.outcome.value for r in again] == [
        *["already_there"] * 2,
        *["already_there", "already_there", "added"],
        *["already_there"] * 3,
    ]
    assert [r.transaction_id for r in again[:2]] == [r.transaction_id for r in booked]
    assert {r.transaction_id for r in again[2:5]} == {r.transaction_id for r in again[5:]}
    assert len({r.transaction_id for r in again}) == 3
    assert await anna.balance(account) == -1350
    assert (await anna.audit()).differences == []


async def test_a_plan_and_drafts_that_are_accepted_know_one_another(anna: Person):
    account = await anna.account()
    drafts = [draft(account, "one", n) for n in (1, 2)]
    await imported(anna, *[ImportLine(n, d) for n, d in enumerate(drafts)], document_id="one")

    accepted = [await anna.accept(each) for each in drafts]
    uncounted = await anna.import_(*drafts, keys=["x", "y"])
    other = await preview(anna, row(account), row(account), row(account))

    assert {r.outcome for r in (*accepted, *uncounted)} == {ImportOutcome.ALREADY_THERE}
    assert await verdicts(anna, other) == [THERE, THERE, TWIN]
    await anna.accept(draft(account, "two", 1))
    assert len(await anna.list()) == 2


async def test_many_accept_the_same_drafts_at_once_and_book_them_once(anna: Person):
    account = await anna.account()
    drafts = [draft(account, "one", n) for n in range(6)]
    plan = await preview(anna, *[ImportLine(n, d) for n, d in enumerate(drafts)])

    outcomes = await asyncio.gather(
        commit(anna, plan),
        *(anna.accept(each) for each in (*drafts, *drafts)),
        return_exceptions=True,
    )

    assert not [o for o in outcomes if isinstance(o, Exception) and not isinstance(o, PlanStale)]
    assert len(await anna.list()) == 6
    assert (await anna.audit()).differences == []


async def test_a_counted_item_says_its_document(anna: Person):
    with pytest.raises(InvalidFields):
        await anna.accept(coffee(await anna.account()))
