"""What a person says about a transaction: its limits, each in its words, and what is made of it."""

import time
from dataclasses import replace
from datetime import timedelta

import pytest
from posting_ground import BOOK, NOW, OWNER, Clerk, coffee, edit, eur, usd

from kit.money import Money
from ledger.domain.command import Delete, OpenBalance
from ledger.domain.entry import Change, EntryKind, Origin, Status
from ledger.domain.errors import InvalidFields, UnbalancedEntry
from ledger.domain.fields import FieldCheck, is_entry_date
from ledger.domain.fingerprint import fingerprint
from ledger.domain.patch import TransactionPatch
from ledger.domain.transaction import (
    Revision,
    Split,
    Transaction,
    TransactionInput,
    history_of,
    input_of,
    transaction_of,
)

LARGEST = 10**15


def problems(said: TransactionInput) -> list[tuple[str, str]]:
    with pytest.raises(InvalidFields) as refused:
        said.check()
    return list(refused.value.fields)


def test_what_is_at_its_limits_is_taken():
    splits = tuple(Split("food", eur(LARGEST // 100), "m" * 200) for _ in range(100))
    said = TransactionInput(
        "giro",
        "1900-01-01",
        eur(LARGEST),
        payee="p" * 200,
        description="d" * 1000,
        splits=splits,
        tags=tuple(f"{i}".rjust(50) for i in range(20)),
        origin=Origin(bank_reference="r" * 200, import_id="i" * 64),
        refund_of="t" * 64,
        document_ids=tuple(f"{i}".rjust(64) for i in range(20)),
    )
    said.check()
    replace(said, splits=(), amount=eur(-LARGEST), date="2200-12-31").check()


def test_all_that_is_beyond_a_limit_is_told_at_once():
    said = TransactionInput(
        "",
        "2201-01-01",
        Money(0, "XXXX"),
        payee="p" * 201,
        description="d" * 1001,
        category_id="food",
        splits=(
            Split("", eur(0), "m" * 201),
            Split("", Money(-LARGEST - 1, "XXXX")),
            *(Split("", Money(1, "XXXX")) for _ in range(99)),
        ),
        tags=("t" * 51, *map(str, range(20))),
        to_account_id="savings",
        origin=Origin(bank_reference="r" * 201, import_id="i" * 65),
        refund_of="t" * 65,
        document_ids=("d" * 65, *map(str, range(20))),
    )

    assert problems(said) == [
        ("transaction.date", "a date YYYY-MM-DD from 1900 to 2200"),
        ("transaction.payee", "at most 200 characters"),
        ("transaction.description", "at most 1000 characters"),
        ("transaction.origin.bank_reference", "at most 200 characters"),
        ("transaction.account_id", "must not be empty"),
        ("transaction.amount.currency", "'XXXX' is not an ISO 4217 currency code"),
        ("transaction.amount", "must not be zero"),
        ("transaction.splits[0].memo", "at most 200 characters"),
        ("transaction.splits[0].amount", "must not be zero"),
        ("transaction.splits[0].amount", "must be in XXXX"),
        ("transaction.splits[1].amount", "beyond the largest amount that is kept"),
        ("transaction.tags", "at most 20"),
        ("transaction.tags[0]", "at most 50 characters"),
        ("transaction.splits", "at most 100"),
        ("transaction.category_id", "either one category or splits"),
        ("transaction.to_account_id", "a transfer has no category"),
        ("transaction.refund_of", "at most 64 characters"),
        ("transaction.origin.import_id", "at most 64 characters"),
        ("transaction.refund_of", "a transfer refunds nothing"),
        ("transaction.document_ids", "at most 20"),
        ("transaction.document_ids[0]", "at most 64 characters"),
    ]


@pytest.mark.parametrize("minor_units", [LARGEST + 1, -LARGEST - 1])
def test_an_amount_beyond_the_largest(minor_units):
    words = "beyond the largest amount that is kept"
    assert problems(coffee(minor_units)) == [("transaction.amount", words)]


CHANGED = {"category_id": "", "to_account_id": "dollars"}
ONLY_ACROSS = "only a transfer across currencies has one"
REACHES = "what leaves one account reaches the other"


@pytest.mark.parametrize(
    ("more", "field", "words"),
    [
        ({"category_id": "", "to_account_id": "giro"}, "to_account_id", "must be another account"),
        ({"to_account_id": "savings"}, "to_account_id", "a transfer has no category"),
        ({"category_id": "", "splits": (Split("", eur(-350)),), "to_account_id": "savings"},
         "to_account_id", "a transfer has no category"),
        ({"to_amount": usd(1)}, "to_amount", "only a transfer has one"),
        ({**CHANGED, "to_amount": eur(1)}, "to_amount", ONLY_ACROSS),
        ({**CHANGED, "to_amount": usd(-1)}, "to_amount", REACHES),
        ({**CHANGED, "to_amount": usd(0)}, "to_amount", REACHES),
        ({**CHANGED, "to_amount": usd(LARGEST + 1)}, "to_amount",
         "beyond the largest amount that is kept"),
        ({**CHANGED, "to_amount": Money(1, "?")}, "to_amount.currency",
         "'?' is not an ISO 4217 currency code"),
    ],
)  # fmt: skip
def test_what_does_not_go_together(more, field, words):
    assert problems(coffee(**more)) == [(f"transaction.{field}", words)]


def test_nothing_that_leaves_reaches_nothing():
    assert problems(coffee(0, **CHANGED, to_amount=usd(1))) == [
        ("transaction.amount", "must not be zero"),
        ("transaction.to_amount", REACHES),
    ]


@pytest.mark.parametrize("to_amount", [None, usd(1), usd(LARGEST)])
def test_a_transfer_that_goes_together(to_amount):
    coffee(**CHANGED, to_amount=to_amount).check()


def test_splits_add_up_to_the_whole():
    parts = (Split("food", eur(-200)), Split("pay", eur(-100)))
    with pytest.raises(UnbalancedEntry) as refused:
        coffee(category_id="", splits=parts).check()

    words = "the splits add up to -3.00 EUR, not to -3.50 EUR"
    assert (str(refused.value), refused.value.fields) == (words, (("transaction.splits", words),))
    coffee(-300, category_id="", splits=parts).check()


def test_words_are_kept_without_blanks_and_repetition():
    said = coffee(
        payee=" Zoë ", description="\tblack ", tags=(" a", "a ", " ", "b", ""),
        document_ids=("d", "", "d", "e"),
    ).tidied()  # fmt: skip

    assert said == coffee(
        payee="Zoë", description="black", tags=("a", "b"), document_ids=("d", "e")
    )  # fmt: skip


def test_what_stood_in_one_category_stands_in_the_other():
    parts = (Split("food", eur(-1), "m"), Split("pay", eur(-2)), Split("food", eur(-3)))
    said = coffee(-6, splits=parts)
    moved = said.recategorised("food", "drink")

    assert moved == replace(
        said,
        category_id="drink",
        splits=(Split("drink", eur(-1), "m"), parts[1], Split("drink", eur(-3))),
    )
    assert said.recategorised("x", "drink") == said


def test_a_whole_is_its_own_part():
    assert list(coffee().parts()) == [Split("food", eur(-350))]
    parts = (Split("food", eur(-350), "m"),)
    assert coffee(splits=parts).parts() == parts


def test_a_transaction_is_what_its_entry_left():
    clerk = Clerk()
    said = coffee(
        category_id="",
        splits=(Split("food", eur(-300), "cake"), Split("", eur(-50))),
        description="d",
        tags=("a",),
        status=Status.PENDING,
        origin=Origin("doc"),
        document_ids=("x",),
    )
    made = clerk.create(said)
    transaction = transaction_of(made, BOOK)

    assert transaction == Transaction(
        id=made.transaction_id,
        entry_id=made.id,
        version=1,
        kind=EntryKind.STANDARD,
        account_id="giro",
        date="2026-03-14",
        amount=eur(-350),
        payee="Zoë",
        description="d",
        splits=said.splits,
        tags=("a",),
        to_account_id="",
        status=Status.PENDING,
        origin=Origin("doc"),
        actor_id="carl",
        created_at=NOW,
        updated_at=NOW,
        operation_id=made.operation_id,
        document_ids=("x",),
    )
    assert input_of(transaction) == said


def test_a_deleted_transaction_is_what_was_deleted():
    clerk = Clerk(now=NOW + timedelta(hours=1))
    said = coffee(category_id="", to_account_id="dollars", to_amount=usd(380))
    made = clerk.create(said)
    deleted = clerk.accept(Delete(made.transaction_id, 0)).result
    transaction = transaction_of(deleted, BOOK)

    assert (transaction.deleted, transaction.version) == (True, 2)
    assert (transaction.amount, transaction.to_amount) == (eur(-350), usd(380))
    assert (transaction.to_account_id, transaction.entry_id) == ("dollars", deleted.id)
    assert input_of(transaction) == said
    bought = clerk.create()
    refund = clerk.create(coffee(350, refund_of=bought.transaction_id))
    assert transaction_of(refund, BOOK).refund_of == bought.transaction_id
    assert input_of(transaction_of(refund, BOOK)).refund_of == bought.transaction_id


@pytest.mark.parametrize("category", ["food", ""])
def test_one_part_is_the_category_of_the_whole_unless_it_has_a_memo(category):
    said = coffee(category_id=category)
    with_memo = coffee(category_id="", splits=(Split(category, eur(-350), "m"),))
    for one in (said, with_memo):
        assert input_of(transaction_of(Clerk().create(one), BOOK)) == one


def test_a_history_has_a_step_for_each_act():
    clerk = Clerk()
    made = clerk.create()
    edited = clerk.accept(edit(made))
    deleted = clerk.accept(Delete(made.transaction_id, 0)).result
    entries = [deleted, *reversed(edited.entries), made]

    assert history_of(entries, BOOK) == (
        Revision(Change.CREATED, transaction_of(made, BOOK)),
        Revision(Change.EDITED, transaction_of(edited.result, BOOK)),
        Revision(Change.DELETED, transaction_of(deleted, BOOK)),
    )


def test_the_categories_of_what_nobody_has_said():
    assert BOOK.uncategorised(inflow=True) == "no-income"
    assert BOOK.uncategorised(inflow=False) == "no-expense"
    assert [BOOK.named_category(c) for c in ("no-income", "no-expense", "food")] == ["", "", "food"]


@pytest.mark.parametrize(
    ("patch", "expected"),
    [
        (TransactionPatch(payee=" Bo "), {"payee": "Bo"}),
        (TransactionPatch(payee=""), {"payee": ""}),
        (TransactionPatch(description="d"), {"description": "d"}),
        (TransactionPatch(status=Status.PENDING), {"status": Status.PENDING}),
        (TransactionPatch(date="2026-03-15"), {"date": "2026-03-15"}),
        (TransactionPatch(account_id="savings"), {"account_id": "savings"}),
        (TransactionPatch(category_id=""), {"category_id": ""}),
        (TransactionPatch(category_id="pay", payee=" Bo "), {"category_id": "pay", "payee": "Bo"}),
        (TransactionPatch(add_tags=("TRIP", "c")), {"tags": ("Trip", "b", "c")}),
        (TransactionPatch(remove_tags=(" trip",), add_tags=("n",)), {"tags": ("b", "n")}),
        (TransactionPatch(remove_tags=("trip",), add_tags=("TRIP",)), {"tags": ("b", "TRIP")}),
    ],
)
def test_a_patch_changes_what_it_names(patch, expected):
    said = coffee(tags=("Trip", "b"), description="old", status=Status.RECONCILED)
    patch.check()

    assert patch.applied(said) == replace(said, **expected)


def test_a_category_takes_the_place_of_splits_and_a_transfer_has_none():
    split = coffee(category_id="", splits=(Split("food", eur(-350)),))
    transfer = coffee(category_id="", to_account_id="savings")
    patch = TransactionPatch(category_id="pay")

    assert patch.applied(split) == coffee(category_id="pay")
    with pytest.raises(InvalidFields) as refused:
        patch.applied(transfer)
    assert refused.value.fields == (("patch.category_id", "a transfer has no category"),)
    assert TransactionPatch(payee="Bo").applied(transfer) == replace(transfer, payee="Bo")
    with pytest.raises(InvalidFields) as refused:
        TransactionPatch().check()
    assert refused.value.fields == (("patch", "says nothing that shall be otherwise"),)


def test_a_field_that_is_needed():
    check = FieldCheck()
    check.text("a", "", longest=1, needed=True)
    check.text("b", "", longest=1)
    check.text("c", "cc", longest=1, needed=True)
    with pytest.raises(InvalidFields) as refused:
        check.finish()

    assert refused.value.fields == (("a", "must not be empty"), ("c", "at most 1 characters"))
    assert str(refused.value) == "a: must not be empty; c: at most 1 characters"


@pytest.fixture
def in_tokyo(monkeypatch):
    with monkeypatch.context() as there:
        there.setenv("TZ", "Asia/Tokyo")
        time.tzset()
        yield
    time.tzset()


@pytest.mark.usefixtures("in_tokyo")
def test_the_first_and_the_last_day():
    assert is_entry_date("1900-01-01")
    assert is_entry_date("2200-12-31")


def test_lines_that_look_alike_have_one_fingerprint():
    line = ("giro", "2026-03-14", -350, "EUR", "CAFÉ ZOË")
    known = fingerprint(*line)

    assert fingerprint("giro", "2026-03-14", -350, "EUR", "Cafe Zoe") == known
    others = [
        ("savings", *line[1:]),
        (line[0], "2026-03-15", *line[2:]),
        (*line[:2], 350, *line[3:]),
        (*line[:3], "USD", line[4]),
        (*line[:4], "Bo"),
    ]
    assert len({known, *(fingerprint(*other) for other in others)}) == 6
    # As kept in every book until now: another text would book what is there once more.
    assert known == "dfbf3be1629f41bcdf5a14df3ab176ba"


def test_an_opening_balance_is_said_again_as_one():
    said = coffee(500, category_id="")
    opened = Clerk().accept(OpenBalance(said)).result

    assert input_of(transaction_of(opened, BOOK)) == said
    assert (opened.owner, opened.kind) == (OWNER, EntryKind.OPENING_BALANCE)


@pytest.mark.parametrize("character", ["\x00", "\x1b", "\u202e", "\u2066", "\ufeff"])
def test_control_and_invisible_characters_are_refused(character):
    said = TransactionInput("giro", "2026-11-20", eur(-450), payee=f"Co{character}ffee")
    assert problems(said) == [
        ("transaction.payee", "must not hold control or invisible characters")
    ]
    replace(said, payee="Coffee", description="two\nlines").check()
