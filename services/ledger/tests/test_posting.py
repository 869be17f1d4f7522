"""Postings decided over a ground made by hand: what each act writes."""

from dataclasses import replace
from datetime import timedelta

from posting_ground import (
    ACTOR,
    NOW,
    OTHER,
    OWNER,
    Clerk,
    coffee,
    edit,
    eur,
    told,
)

from ledger.domain.command import Command, Create, Delete, Edit, Key, OpenBalance, Restore
from ledger.domain.entry import Change, Entry, EntryKind, Origin, Posting
from ledger.domain.errors import (
    BankReferenceExists,
)
from ledger.domain.ground import UsedKey
from ledger.domain.posting import KeyReused
from ledger.domain.transaction import Split

EARLIER, LATER = NOW - timedelta(days=1), NOW + timedelta(seconds=5)


def test_a_new_transaction_is_the_books_next_entry():
    clerk = Clerk()
    decided = clerk.accept(Create(coffee(tags=(" a ", "a"), payee=" Zoë ")))

    entry = decided.result
    assert entry == Entry(
        id=entry.id,
        owner=OWNER,
        seq=8,
        transaction_id=entry.transaction_id,
        version=1,
        kind=EntryKind.STANDARD,
        change=Change.CREATED,
        date="2026-03-14",
        account_id="giro",
        amount=eur(-350),
        payee="Zoë",
        postings=(Posting("giro", eur(-350)), Posting("food", eur(350), is_category=True)),
        actor_id=ACTOR,
        recorded_at=NOW,
        transaction_created_at=NOW,
        tags=("a",),
        operation_id=entry.operation_id,
        claims=True,
    )
    assert len({entry.id, entry.transaction_id, entry.operation_id} & set(clerk.ids)) == 3
    assert (list(decided.entries), decided.superseded, decided.freed) == ([entry], "", "")
    assert not decided.recalled


def test_an_act_that_is_a_row_of_an_operation_has_its_id():
    clerk = Clerk()
    made = clerk.accept(Create(coffee()), operation_id="op").result
    edited = clerk.accept(edit(made), operation_id="op2")
    deleted = clerk.accept(Delete(made.transaction_id, 0), operation_id="op3").result
    clerk.remember_states(edited.result)
    restored = clerk.accept(Restore(made.transaction_id), operation_id="op4").result

    assert made.operation_id == "op"
    assert {e.operation_id for e in edited.entries} == {"op2"}
    assert (deleted.operation_id, restored.operation_id) == ("op3", "op4")


def test_an_edit_writes_the_reversal_of_what_stood_and_what_stands_as_one_act():
    clerk = Clerk()
    stood = clerk.create()
    decided = clerk.accept(edit(stood, version=1))

    reversal, entry = decided.entries
    assert reversal == stood.reversed_by(
        id=reversal.id,
        seq=9,
        change=Change.EDITED,
        actor_id=ACTOR,
        now=NOW,
        operation_id=entry.operation_id,
    )
    assert entry == replace(
        stood,
        id=entry.id,
        seq=10,
        version=2,
        change=Change.EDITED,
        amount=eur(-400),
        postings=(Posting("giro", eur(-400)), Posting("food", eur(400), is_category=True)),
        operation_id=entry.operation_id,
        claims=False,
    )
    assert (decided.result, decided.superseded, decided.freed) == (entry, stood.id, "")
    ids = {stood.id, reversal.id, entry.id, stood.operation_id, entry.operation_id}
    assert len(ids & set(clerk.ids)) == 5
    assert clerk.create().seq == 11


def test_a_deletion_reverses_what_stood():
    clerk = Clerk()
    stood = clerk.create()
    decided = clerk.accept(Delete(stood.transaction_id, 1))

    reversal = decided.result
    assert reversal == stood.reversed_by(
        id=reversal.id,
        seq=9,
        change=Change.DELETED,
        actor_id=ACTOR,
        now=NOW,
        operation_id=reversal.operation_id,
    )
    assert reversal.id in clerk.ids
    assert reversal.operation_id in set(clerk.ids) - {reversal.id}
    assert (list(decided.entries), decided.superseded, decided.freed) == ([reversal], stood.id, "")


def test_what_was_deleted_comes_back_as_it_was_said():
    clerk = Clerk()
    stood = clerk.create(coffee(description="black", tags=("a",)))
    clerk.remember_states(stood)
    clerk.accept(Delete(stood.transaction_id, 0))
    decided = clerk.accept(Restore(stood.transaction_id, 2))

    entry = decided.result
    assert entry == replace(
        stood,
        id=entry.id,
        seq=10,
        version=3,
        change=Change.RESTORED,
        operation_id=entry.operation_id,
        claims=False,
    )
    assert (list(decided.entries), decided.superseded, decided.freed) == ([entry], "", "")


def test_what_stands_goes_back_to_an_earlier_version():
    clerk = Clerk()
    first = clerk.create()
    clerk.remember_states(first)
    second = clerk.accept(edit(first)).result
    third = clerk.accept(edit(first, said=coffee(-500))).result
    decided = clerk.accept(Restore(first.transaction_id, 3, version=2))

    reversal, entry = decided.entries
    assert (reversal.reverses, decided.superseded) == (third.id, third.id)
    assert {reversal.change, entry.change} == {Change.RESTORED}
    assert entry == replace(
        second,
        id=entry.id,
        seq=14,
        version=4,
        change=Change.RESTORED,
        operation_id=entry.operation_id,
    )


def test_of_a_deleted_transaction_any_version_comes_back():
    clerk = Clerk()
    first = clerk.create()
    clerk.remember_states(first)
    second = clerk.accept(edit(first)).result
    clerk.accept(Delete(first.transaction_id, 0))
    assert clerk.accept(Restore(first.transaction_id, version=1)).result.amount == first.amount
    clerk.accept(Delete(first.transaction_id, 0))
    clerk.accept(Restore(first.transaction_id, version=2))
    clerk.accept(Delete(first.transaction_id, 0))

    assert clerk.accept(Restore(first.transaction_id)).result.amount == second.amount


def test_an_opening_balance_stays_one_over_edits_and_comes_back_as_one():
    clerk = Clerk()
    said = coffee(5000, category_id="", payee="")
    opened = clerk.accept(OpenBalance(said)).result
    clerk.remember_states(opened)
    edited = clerk.accept(edit(opened, said=replace(said, amount=eur(7000)))).result
    clerk.accept(Delete(opened.transaction_id, 0))
    restored = clerk.accept(Restore(opened.transaction_id, version=1)).result
    again = clerk.accept(Restore(opened.transaction_id, version=2)).result

    assert opened.postings == (Posting("giro", eur(5000)), Posting("equity", eur(-5000)))
    assert {e.kind for e in (opened, edited, restored, again)} == {EntryKind.OPENING_BALANCE}
    assert edited.postings[1] == Posting("equity", eur(-7000))


def test_a_restored_state_is_of_the_kind_that_it_had():
    clerk = Clerk()
    moved = clerk.create(coffee(category_id="", to_account_id="savings"))
    clerk.remember_states(moved)
    spent = clerk.accept(edit(moved)).result
    back = clerk.accept(Restore(moved.transaction_id, version=1)).result

    assert (spent.kind, back.kind) == (EntryKind.STANDARD, EntryKind.TRANSFER)
    assert back.postings == (Posting("giro", eur(-350)), Posting("savings", eur(350)))


def test_an_entry_is_never_recorded_before_the_one_before_it():
    clerk = Clerk()
    clerk.ground.recorded[OWNER] = LATER
    late = clerk.create()
    edited = clerk.accept(edit(late))
    clerk.ground.recorded[OWNER] = EARLIER
    on_time = clerk.create()

    assert (late.recorded_at, late.transaction_created_at) == (LATER, LATER)
    assert {e.recorded_at for e in edited.entries} == {LATER}
    assert on_time.recorded_at == NOW


def test_what_changes_keeps_the_time_when_it_was_first_posted():
    clerk = Clerk()
    made = clerk.create()
    clerk.remember_states(made)
    later = Clerk(clerk.ground, now=LATER)
    edited = later.accept(edit(made))
    deleted = later.accept(Delete(made.transaction_id, 0)).result
    restored = later.accept(Restore(made.transaction_id)).result

    for entry in (*edited.entries, deleted, restored):
        assert (entry.transaction_created_at, entry.recorded_at) == (NOW, LATER)
        assert entry.transaction_id == made.transaction_id


def test_each_book_is_counted_by_itself():
    clerk = Clerk()
    clerk.create()
    bens = replace(coffee(category_id=""), account_id="bens")
    entry = clerk.accept(Create(bens), owner=OTHER).result

    assert (entry.owner, entry.seq) == (OTHER, 1)
    assert entry.postings[1].account_id == "x"
    assert clerk.create().seq == 9


def test_what_needs_no_memory_leaves_none():
    clerk = Clerk()
    clerk.create()

    assert clerk.ground.keys == {}


def test_a_key_is_effective_once():
    clerk = Clerk()
    first = clerk.accept(Create(coffee()), key=Key("k", "same"))
    again = clerk.accept(Create(coffee()), key=Key("k", "same"))

    assert (again.result, list(again.entries), again.recalled) == (first.result, [], True)
    assert (again.superseded, again.freed) == ("", "")
    assert clerk.ground.seqs[OWNER] == 8
    refusal = clerk.refuse(Create(coffee()), key=Key("k", "other"))
    assert told(refusal) == (
        KeyReused, "this idempotency key was used before for another request", [],
    )  # fmt: skip


def test_a_key_of_another_kind_of_request_and_of_another_person():
    clerk = Clerk()
    clerk.ground.keys[OWNER, "k"] = UsedKey("same", None)

    assert isinstance(clerk.refuse(Create(coffee()), key=Key("k", "same")), KeyReused)
    bens = replace(coffee(category_id=""), account_id="bens")
    assert not clerk.accept(Create(bens), owner=OTHER, key=Key("k", "same")).recalled


def origin(reference: str) -> Origin:
    return Origin(bank_reference=reference)


def test_what_the_bank_calls_by_one_reference_is_in_an_account_once():
    clerk = Clerk()
    made = clerk.create(coffee(origin=origin("r1")))
    clerk.create(coffee(origin=origin("r2")))
    clerk.create(coffee())
    clerk.create(coffee())
    clerk.create(replace(coffee(origin=origin("r1")), account_id="savings"))

    refusal = clerk.refuse(Create(coffee(origin=origin("r1"))))
    assert told(refusal) == (
        BankReferenceExists, "this transaction of the bank is already in the account", [],
    )  # fmt: skip
    assert refusal.transaction_id == made.transaction_id
    assert refusal.metadata == {"transaction_id": made.transaction_id}
    bens = replace(coffee(category_id="", origin=origin("r1")), account_id="bens")
    assert clerk.accept(Create(bens), owner=OTHER).entries


def test_a_reference_stays_claimed_over_a_persons_edits_and_deletion():
    clerk = Clerk()
    said = coffee(origin=origin("r1"))
    made = clerk.create(said)
    clerk.remember_states(made)
    clerk.accept(edit(made, said=coffee()))
    assert isinstance(clerk.refuse(Create(said)), BankReferenceExists)
    clerk.accept(Delete(made.transaction_id, 0))
    assert isinstance(clerk.refuse(Create(said)), BankReferenceExists)
    assert not clerk.accept(Restore(made.transaction_id, version=1)).result.claims


def test_an_undone_booking_may_be_brought_again():
    clerk = Clerk()
    said = coffee(origin=origin("r1"))
    made, id_ = clerk.create(said), "r1"
    clerk.create(coffee(origin=origin("r2")))
    clerk.ground.references[OTHER, "bens", "r1"] = made.transaction_id
    clerk.remember_states(made)
    decided = clerk.accept(Delete(made.transaction_id, 0, frees=True))

    assert decided.freed == made.transaction_id
    assert (OWNER, made.transaction_id) not in clerk.ground.claimed
    assert clerk.ground.references[OTHER, "bens", "r1"] == made.transaction_id
    assert isinstance(clerk.refuse(Create(coffee(origin=origin("r2")))), BankReferenceExists)
    again = clerk.create(said)
    refusal = clerk.refuse(Restore(made.transaction_id))
    assert (type(refusal), refusal.transaction_id) == (BankReferenceExists, again.transaction_id)
    clerk.accept(Delete(again.transaction_id, 0, frees=True))
    restored = clerk.accept(Restore(made.transaction_id)).result
    assert (restored.claims, restored.origin.bank_reference) == (True, id_)
    assert isinstance(clerk.refuse(Create(said)), BankReferenceExists)


def test_what_a_person_has_deleted_is_freed_without_another_entry():
    clerk = Clerk()
    said = coffee(origin=origin("r1"))
    made = clerk.create(said)
    deleted = clerk.accept(Delete(made.transaction_id, 0)).result
    freed = clerk.accept(Delete(made.transaction_id, 0, frees=True), key=Key("k", "h"))

    assert (freed.result, list(freed.entries), freed.superseded) == (deleted, [], "")
    assert (freed.freed, freed.recalled) == (made.transaction_id, False)
    assert clerk.accept(Delete("x", 0), key=Key("k", "h")).recalled
    assert clerk.ground.seqs[OWNER] == 9
    assert clerk.create(said).seq == 10


def test_a_command_tells_which_transaction_it_changes_and_what_it_says():
    said, split = coffee(), coffee(category_id="", splits=(Split("food", eur(-350)),))
    acts = [Create(said), OpenBalance(said), Edit("t", 0, split), Delete("d", 0), Restore("r")]
    commands = [Command(OWNER, ACTOR, act) for act in acts]

    assert [c.changes for c in commands] == ["", "", "t", "d", "r"]
    assert [c.input for c in commands] == [said, said, split, None, None]
