import asyncio
from dataclasses import replace

import pytest
from ingest_world import Person

from ingest.domain.documents import DocumentStatus
from ingest.domain.drafts import Correction, DraftStatus
from ingest.domain.errors import (
    AccountNotFound,
    AccountRequired,
    AmountRequired,
    DraftDecided,
    DraftNotFound,
    DraftNotReady,
    InvalidField,
    VersionMismatch,
    WrongCurrency,
)
from ingest.repository import count_booked_drafts
from kit.ids import new_id
from kit.money import Money
from kit.testing import wait_until
from pfa_local.processes import Child
from specimens import CSV_DIALECTS, csv_export, make_statement, ofx_sgml

STATEMENT = make_statement(5)
OFX = ofx_sgml(STATEMENT)


async def test_every_row_becomes_a_draft_with_its_place(anna: Person) -> None:
    account = await anna.opens_account(last_digits=STATEMENT.account_number[-4:])
    document = await anna.has_ready(OFX)
    drafts = await anna.drafts(document)
    assert document.status is DocumentStatus.READY
    assert [draft.amount for draft in drafts] == [Money(r.amount, "USD") for r in STATEMENT.rows]
    assert [draft.bank_reference for draft in drafts] == [r.reference for r in STATEMENT.rows]
    assert {draft.account_id for draft in drafts} == {account}
    lines = OFX.splitlines()
    for draft in drafts:
        amount = next(field for field in draft.fields if field.name == "amount")
        assert lines[amount.line - 1] == f"<TRNAMT>{amount.text}".encode()
    assert await anna.world.events(anna.id) == [
        "DocumentReceived",
        "DocumentExtractionStarted",
        "DocumentExtracted",
        "DocumentReady",
    ]


async def test_reading_twice_is_reading_once(anna: Person) -> None:
    document = (await anna.uploads(OFX)).document
    await anna.reads(document)
    await anna.reads(document)
    assert len(await anna.drafts(document)) == len(STATEMENT.rows)
    assert (await anna.world.events(anna.id)).count("DocumentExtracted") == 1


async def test_a_document_whose_file_is_gone_fails_with_its_problem(anna: Person) -> None:
    document = (await anna.uploads(OFX)).document
    for path in anna.world.files.rglob(document.id):
        path.unlink()
    await anna.reads(document)
    failed = await anna.document(document)
    assert failed.status is DocumentStatus.FAILED
    assert failed.problem is not None
    assert failed.problem.type == "document-unreadable"
    assert (await anna.world.events(anna.id))[-1] == "DocumentFailed"


async def test_the_account_is_left_open_where_two_have_the_same_digits(anna: Person) -> None:
    for name in ("One", "Two"):
        await anna.opens_account(last_digits=STATEMENT.account_number[-4:], name=name)
    document = await anna.has_ready(OFX)
    assert {draft.account_id for draft in await anna.drafts(document)} == {""}
    with pytest.raises(AccountRequired):
        await anna.accepts_all(document)


async def test_a_csv_is_read_in_the_currency_of_the_account_that_was_named(anna: Person) -> None:
    account = await anna.opens_account(currency="GBP")
    document = await anna.has_ready(
        csv_export(STATEMENT, CSV_DIALECTS["plain"]), account_id=account
    )
    drafts = await anna.drafts(document)
    assert {draft.amount.currency for draft in drafts if draft.amount} == {"GBP"}


async def test_accepting_a_document_books_every_row_once(anna: Person) -> None:
    account = await anna.opens_account(last_digits=STATEMENT.account_number[-4:])
    document = await anna.has_ready(OFX)
    accepted, drafts = await anna.accepts_all(document)
    assert accepted.status is DocumentStatus.ACCEPTED
    assert accepted.drafts_waiting == 0
    assert {draft.status for draft in drafts} == {DraftStatus.ACCEPTED}
    assert len({draft.transaction_id for draft in drafts}) == len(STATEMENT.rows)
    assert (await anna.balance(account)).minor_units == sum(r.amount for r in STATEMENT.rows)
    assert (await anna.world.events(anna.id))[-1] == "DocumentAccepted"


async def test_accepting_a_draft_many_times_at_once_books_it_once(anna: Person) -> None:
    account = await anna.opens_account(last_digits=STATEMENT.account_number[-4:])
    draft = (await anna.drafts(await anna.has_ready(OFX)))[0]
    answers = await asyncio.gather(*(anna.accepts(draft) for _ in range(5)))
    assert len({answer.transaction_id for answer in answers} - {""}) == 1
    assert (await anna.balance(account)).minor_units == STATEMENT.rows[0].amount
    assert (await anna.world.events(anna.id)).count("DraftDecided") == 1


async def test_while_the_ledger_is_away_the_word_is_kept_and_the_sweep_books_it(
    anna: Person, ledger_process: tuple[Child, str]
) -> None:
    account = await anna.opens_account(last_digits=STATEMENT.account_number[-4:])
    draft = (await anna.drafts(await anna.has_ready(OFX)))[0]
    child, _ = ledger_process
    child.pause()
    try:
        accepting = await anna.accepts(draft)
    finally:
        child.resume()
    assert accepting.status is DraftStatus.ACCEPTING
    assert await anna.world.review.finish_accepting() == 0
    anna.world.clock.past_the_sweep()

    async def settled() -> bool:
        await anna.world.review.finish_accepting()
        found = (await anna.drafts(await anna.document_of(draft)))[0]
        return found.status is DraftStatus.ACCEPTED

    await wait_until(settled, deadline=20)
    assert (await anna.balance(account)).minor_units == STATEMENT.rows[0].amount


async def test_what_the_ledger_refuses_comes_back_with_its_reason(anna: Person) -> None:
    euros = await anna.opens_account(currency="EUR")
    draft = (await anna.drafts(await anna.has_ready(OFX)))[0]
    for account, refusal in ((euros, WrongCurrency), (new_id(), AccountNotFound)):
        await anna.corrects(draft, Correction(account_id=account))
        with pytest.raises(refusal):
            await anna.accepts(draft)
        again = (await anna.drafts(await anna.document_of(draft)))[0]
        assert again.status is DraftStatus.READY
        assert again.problem is not None
        assert again.problem.type == refusal.slug


async def test_a_persons_choice_is_kept_and_a_suggestion_is_not(anna: Person) -> None:
    document = (await anna.uploads(OFX)).document
    await anna.reads(document)
    chosen, suggested = new_id(), new_id()
    first, second = (await anna.drafts(document))[:2]
    await anna.corrects(first, Correction(category_id=chosen))
    await anna.is_suggested(document, suggested)
    first, second = (await anna.drafts(document))[:2]
    assert (first.category_id, first.category_chosen) == (chosen, True)
    assert (second.category_id, second.category_chosen) == (suggested, False)


@pytest.mark.parametrize(
    ("confidence", "is_filled_in"), [(0.42, False), (0.949, False), (0.95, True), (0.99, True)]
)
async def test_only_a_sure_suggestion_is_filled_in_and_every_one_is_shown(
    anna: Person, confidence: float, is_filled_in: bool
) -> None:
    document = (await anna.uploads(OFX)).document
    await anna.reads(document)
    category = new_id()
    await anna.is_suggested(document, category, confidence=confidence)
    draft = (await anna.drafts(document))[0]
    assert draft.category_id == (category if is_filled_in else "")
    assert [(s.category_id, s.confidence) for s in draft.suggestions] == [(category, confidence)]
    assert not draft.category_confirmed


async def test_the_booking_says_whether_a_person_looked_at_the_category(anna: Person) -> None:
    account = await anna.opens_account(last_digits=STATEMENT.account_number[-4:])
    document = (await anna.uploads(OFX, account_id=account)).document
    await anna.reads(document)
    category = await anna.category()
    await anna.is_suggested(document, category)
    chosen, confirmed, *_ = await anna.drafts(document)
    await anna.corrects(chosen, Correction(category_id=category))
    await anna.accepts(confirmed)
    _, (chosen, confirmed, *unseen) = await anna.accepts_all(document)
    for draft, is_unreviewed in ((chosen, False), (confirmed, False), (unseen[0], True)):
        transaction = await anna.booked(draft)
        assert transaction.splits[0].category_id == category
        assert transaction.origin.category_unreviewed is is_unreviewed
        assert draft.category_confirmed is not is_unreviewed


async def test_late_suggestions_reach_only_drafts_that_wait_for_a_category(anna: Person) -> None:
    document = await anna.has_ready(OFX)
    chosen, rejected, waiting, *_ = await anna.drafts(document)
    own = new_id()
    await anna.corrects(chosen, Correction(category_id=own))
    await anna.world.review.reject(owner=anna.id, draft_id=rejected.id)
    before = (await anna.document(document)).version

    late = new_id()
    await anna.is_suggested(document, late, confidence=0.7)

    drafts = {draft.id: draft for draft in await anna.drafts(document)}
    assert drafts[chosen.id].category_id == own
    assert drafts[chosen.id].suggestions == chosen.suggestions
    assert drafts[rejected.id].suggestions == rejected.suggestions
    assert drafts[waiting.id].suggestions[0].category_id == late
    # It is shown, not filled in.
    assert drafts[waiting.id].category_id == ""
    assert (await anna.document(document)).version == before + 1


async def test_a_draft_is_not_accepted_before_its_suggestions_nor_incomplete(
    anna: Person,
) -> None:
    document = (await anna.uploads(OFX)).document
    await anna.reads(document)
    draft = (await anna.drafts(document))[0]
    with pytest.raises(DraftNotReady):
        await anna.accepts(draft)
    await anna.is_suggested(document)
    with pytest.raises(AccountRequired):
        await anna.accepts(draft)
    await anna.corrects(draft, Correction(account_id=new_id(), amount=Money(0, "USD")))
    with pytest.raises(AmountRequired):
        await anna.accepts(draft)


async def test_corrections_are_checked(anna: Person) -> None:
    draft = (await anna.drafts(await anna.has_ready(OFX)))[0]
    for wrong in (
        Correction(date="2020-02-31"),
        Correction(account_id="x"),
        Correction(payee="p" * 201),
        Correction(description="d" * 1001),
    ):
        with pytest.raises(InvalidField):
            await anna.corrects(draft, wrong)
    with pytest.raises(VersionMismatch):
        await anna.corrects(draft, Correction(payee="x"), expected_version=99)


async def test_rejecting_the_last_draft_ends_the_document(anna: Person) -> None:
    document = await anna.has_ready(OFX)
    review = anna.world.review
    for draft in await anna.drafts(document):
        await review.reject(owner=anna.id, draft_id=draft.id)
        await review.reject(owner=anna.id, draft_id=draft.id)
    ended = await anna.document(document)
    assert (ended.status, ended.drafts_booked) == (DocumentStatus.ACCEPTED, 0)
    with pytest.raises(DraftDecided):
        await anna.accepts(draft)


async def test_another_persons_draft_is_not_there(anna: Person, ben: Person) -> None:
    draft = (await anna.drafts(await anna.has_ready(OFX)))[0]
    with pytest.raises(DraftNotFound):
        await ben.accepts(draft)
    with pytest.raises(DraftNotFound):
        await ben.corrects(draft, Correction(payee="mine"))
    with pytest.raises(DraftNotFound):
        await ben.world.review.reject(owner=ben.id, draft_id=draft.id)
    waiting, _ = await ben.world.review.list_drafts(
        owner=ben.id, document_id="", cursor="", limit=50
    )
    assert waiting == []


async def test_pages_of_drafts_are_the_list(anna: Person) -> None:
    document = await anna.has_ready(OFX)
    for document_id in (document.id, ""):
        seen, cursor = [], ""
        while True:
            page, cursor = await anna.world.review.list_drafts(
                owner=anna.id, document_id=document_id, cursor=cursor, limit=5
            )
            seen += [draft.position for draft in page]
            if not cursor:
                break
        assert sorted(seen) == list(range(1, len(STATEMENT.rows) + 1))


async def test_files_that_overlap_book_what_they_share_once_and_twins_twice(anna: Person) -> None:
    account = await anna.opens_account(currency="USD")
    # Two rows of one day, payee and amount: the bank has booked both.
    assert STATEMENT.rows[1].amount == STATEMENT.rows[2].amount
    for rows in (STATEMENT.rows[:5], STATEMENT.rows[1:], STATEMENT.rows):
        data = csv_export(replace(STATEMENT, rows=rows), CSV_DIALECTS["plain"])
        document = await anna.has_ready(data, account_id=account)
        _, drafts = await anna.accepts_all(document)
        assert {draft.status for draft in drafts} == {DraftStatus.ACCEPTED}
        assert len({draft.transaction_id for draft in drafts}) == len(rows)
    assert (await anna.balance(account)).minor_units == sum(r.amount for r in STATEMENT.rows)


async def test_of_a_document_only_the_named_drafts_are_accepted(anna: Person) -> None:
    await anna.opens_account(last_digits=STATEMENT.account_number[-4:])
    document = await anna.has_ready(OFX)
    first, second, *_ = await anna.drafts(document)
    _, drafts = await anna.accepts_all(document, first, second)
    accepted = [draft.id for draft in drafts if draft.status is DraftStatus.ACCEPTED]
    assert accepted == [first.id, second.id]


async def test_a_document_counts_the_drafts_that_were_booked(anna: Person) -> None:
    await anna.opens_account(last_digits=STATEMENT.account_number[-4:])
    document = await anna.has_ready(OFX)
    first, *others = await anna.drafts(document)
    await anna.world.review.reject(owner=anna.id, draft_id=first.id)
    await anna.accepts_all(document)
    ended = await anna.document(document)
    assert (ended.status, ended.drafts_booked) == (DocumentStatus.ACCEPTED, len(others))

    # Documents of before the count was kept get it from their drafts.
    db = anna.world.mongo.db
    await db.documents.update_many({}, {"$unset": {"drafts_booked": 1}})
    await count_booked_drafts(db)
    assert (await anna.document(document)).drafts_booked == len(others)


BROKEN_DRAFTS: dict[str, dict[str, dict[str, object]]] = {
    "an amount of junk": {"$set": {"amount": "junk"}},
    "an amount that is a fraction": {"$set": {"amount": [1.5, "USD"]}},
    "no amount": {"$set": {"amount": None}},
    "a status that is none": {"$set": {"status": "eaten"}},
    "no document": {"$unset": {"document_id": ""}},
    "no owner": {"$unset": {"user_id": ""}},
}


@pytest.mark.parametrize("broken", BROKEN_DRAFTS)
async def test_the_sweep_parks_a_broken_draft_and_books_the_others(
    anna: Person, ledger_process: tuple[Child, str], broken: str
) -> None:
    account = await anna.opens_account(last_digits=STATEMENT.account_number[-4:])
    bad, good = (await anna.drafts(await anna.has_ready(OFX)))[:2]
    child, _ = ledger_process
    child.pause()
    try:
        for draft in (bad, good):
            assert (await anna.accepts(draft)).status is DraftStatus.ACCEPTING
    finally:
        child.resume()
    rows = anna.world.mongo.db.drafts
    await rows.update_one({"_id": bad.id}, BROKEN_DRAFTS[broken])
    anna.world.clock.past_the_sweep()

    async def settled() -> bool:
        await anna.world.review.finish_accepting()
        row = await rows.find_one({"_id": good.id}) or {}
        return row["status"] == DraftStatus.ACCEPTED.value

    await wait_until(settled, deadline=20)
    assert (await anna.balance(account)).minor_units == STATEMENT.rows[1].amount
    row = await rows.find_one({"_id": bad.id}) or {}
    assert row["parked"]["work"] == "accepting"
    assert await anna.world.review.finish_accepting() == 0
