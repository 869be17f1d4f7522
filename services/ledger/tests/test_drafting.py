"""From what a person says to postings that balance, and back; over a ground made by hand."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from posting_ground import OWNER, Clerk, coffee, eur, told, usd

from kit.money import Money
from ledger.domain.command import Create, Delete, OpenBalance
from ledger.domain.drafting import said_by
from ledger.domain.entry import Change, EntryKind, Origin, Posting, Status, require_balance
from ledger.domain.errors import (
    AccountClosed,
    AccountCurrencyMismatch,
    AccountNotFound,
    CategoryNotFound,
    InvalidFields,
    UnbalancedEntry,
)
from ledger.domain.transaction import Split

CLOSED = "the account 'Shut' is closed and takes no more postings"
NO_ACCOUNT, NO_CATEGORY = "there is no such account", "there is no such category"
OPENING = "an opening balance has neither category nor other account"


def transfer(to: str, **more: object):
    return coffee(category_id="", to_account_id=to, **more)


def halves(*parts: Split):
    return coffee(category_id="", splits=parts)


@pytest.mark.parametrize(
    ("said", "refusal", "words", "field"),
    [
        (replace(coffee(), account_id="bens"), AccountNotFound, NO_ACCOUNT, "account_id"),
        (replace(coffee(), account_id="shut"), AccountClosed, CLOSED, "account_id"),
        (replace(coffee(), amount=usd(-350)), AccountCurrencyMismatch,
         "the account is kept in EUR, not in USD", "amount"),
        (transfer("bens"), AccountNotFound, NO_ACCOUNT, "to_account_id"),
        (transfer("shut"), AccountClosed, CLOSED, "to_account_id"),
        (transfer("dollars"), AccountCurrencyMismatch,
         "the account is kept in USD, not in EUR", "to_account_id"),
        (transfer("savings", to_amount=usd(380)), AccountCurrencyMismatch,
         "the account is kept in EUR, not in USD", "to_amount"),
        (coffee(category_id="bens"), CategoryNotFound, NO_CATEGORY, "category_id"),
        (halves(Split("food", eur(-150)), Split("x", eur(-200))), CategoryNotFound, NO_CATEGORY,
         "splits[1].category_id"),
    ],
)  # fmt: skip
def test_what_the_book_does_not_take(said, refusal, words, field):
    refused = Clerk().refuse(Create(said))

    assert told(refused) == (refusal, words, [(f"transaction.{field}", words)])


@pytest.mark.parametrize(
    "said", [coffee(), transfer("savings"), halves(Split("food", eur(-350)))]
)  # fmt: skip
def test_an_opening_balance_is_against_equity_alone(said):
    refused = Clerk().refuse(OpenBalance(said))

    name, _, fields = told(refused)
    assert (name, fields) == (InvalidFields, [("transaction.category_id", OPENING)])


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        (coffee(), Posting("food", eur(350), is_category=True)),
        (coffee(category_id="snacks"), Posting("food", eur(350), is_category=True)),
        (coffee(category_id=""), Posting("no-expense", eur(350), is_category=True)),
        # A refund stays with the spending that it takes back, whatever its sign.
        (coffee(350), Posting("food", eur(-350), is_category=True)),
        (coffee(1, category_id=""),
         Posting("no-income", eur(-1), is_category=True, is_income=True)),
        (coffee(350, category_id="pay"),
         Posting("pay", eur(-350), is_category=True, is_income=True)),
        (coffee(-350, category_id="pay"),
         Posting("pay", eur(350), is_category=True, is_income=True)),
    ],
)  # fmt: skip
def test_the_posting_of_a_category(said, expected):
    entry = Clerk().create(said)

    assert entry.postings == (Posting("giro", said.amount), expected)
    assert entry.kind is EntryKind.STANDARD


def test_each_split_is_a_posting_with_its_memo():
    entry = Clerk().create(
        halves(Split("food", eur(-400), "cake"), Split("", eur(-1)), Split("pay", eur(51)))
    )

    assert entry.postings[1:] == (
        Posting("food", eur(400), is_category=True, memo="cake"),
        Posting("no-expense", eur(1), is_category=True),
        Posting("pay", eur(-51), is_category=True, is_income=True),
    )


def test_a_transfer_is_between_two_accounts():
    entry = Clerk().create(transfer("savings"))

    assert entry.postings == (Posting("giro", eur(-350)), Posting("savings", eur(350)))
    assert (entry.kind, entry.to_account_id) == (EntryKind.TRANSFER, "savings")


def test_a_transfer_across_currencies_balances_in_each_by_the_trading_account():
    entry = Clerk().create(transfer("dollars", to_amount=usd(380)))

    assert entry.postings == (
        Posting("giro", eur(-350)),
        Posting("trading", eur(350)),
        Posting("dollars", usd(380)),
        Posting("trading", usd(-380)),
    )
    assert (entry.to_amount, entry.kind) == (usd(380), EntryKind.TRANSFER)


def test_an_entry_holds_all_that_was_said():
    clerk = Clerk()
    other = clerk.create()
    said = coffee(
        350,
        description="black",
        tags=("a", "b"),
        status=Status.PENDING,
        origin=Origin("doc", "draft", "ref", "import"),
        refund_of=other.transaction_id,
        document_ids=("d1", "d2"),
    )
    entry = clerk.create(said)

    assert said_by(entry) == said
    assert (entry.description, entry.tags, entry.status) == ("black", ("a", "b"), Status.PENDING)
    assert (entry.origin, entry.document_ids) == (said.origin, ("d1", "d2"))


amounts = st.integers(-(10**15), 10**15).filter(bool)
categories = st.sampled_from(["food", "pay"])
splits = st.lists(
    st.builds(Split, categories, st.builds(eur, amounts), st.sampled_from(["", "memo"])),
    min_size=2,
    max_size=5,
)


@st.composite
def things_said(draw):
    match draw(st.sampled_from(["one", "parts", "transfer", "exchange", "memo"])):
        case "one":
            return coffee(draw(amounts), category_id=draw(categories))
        case "parts":
            parts = draw(splits)
            return _split(parts)
        case "memo":
            return _split([Split(draw(categories), eur(draw(amounts)), "m")])
        case "transfer":
            return replace(transfer("savings"), amount=eur(draw(amounts)))
        case _:
            amount = draw(amounts)
            reaches = draw(st.integers(1, 10**15)) * (-1 if amount > 0 else 1)
            said = transfer("dollars", to_amount=usd(reaches))
            return replace(said, amount=eur(amount))


def _split(parts):
    total = sum(part.amount.minor_units for part in parts)
    if total == 0 or abs(total) > 10**15:
        parts, total = [Split("food", eur(-1), "m")], -1
    return replace(coffee(total), category_id="", splits=tuple(parts))


@given(things_said())
def test_what_was_said_is_read_back_from_the_entry_and_from_its_reversal(said):
    clerk = Clerk()
    entry = clerk.create(said)
    reversal = clerk.accept(Delete(entry.transaction_id, 0)).result

    assert said_by(entry) == said_by(reversal) == said
    require_balance(entry.postings)
    sums: dict[tuple[str, str], int] = {}
    for posting in (*entry.postings, *reversal.postings):
        key = posting.account_id, posting.amount.currency
        sums[key] = sums.get(key, 0) + posting.amount.minor_units
    assert not any(sums.values())


def test_one_part_is_read_back_as_the_category_of_the_whole():
    said = halves(Split("food", eur(-350)))

    assert said_by(Clerk().create(said)) == replace(said, category_id="food", splits=())


def test_a_reversal_is_the_entry_with_its_signs_turned():
    clerk = Clerk()
    entry = clerk.create(transfer("dollars", to_amount=usd(380)))
    reversal = entry.reversed_by(
        id="r", seq=5, change=Change.EDITED, actor_id="x", now=entry.recorded_at
    )

    assert reversal == replace(
        entry,
        id="r",
        seq=5,
        version=2,
        change=Change.EDITED,
        amount=eur(350),
        to_amount=usd(-380),
        postings=tuple(replace(p, amount=-p.amount) for p in entry.postings),
        actor_id="x",
        reverses=entry.id,
        operation_id="",
        claims=False,
    )
    assert (entry.is_reversal, reversal.is_reversal) == (False, True)
    assert entry.payee_id == reversal.payee_id != ""


def test_an_entry_that_does_not_balance_is_refused_in_words():
    for postings in ([], [Posting("a", eur(0))]):
        with pytest.raises(UnbalancedEntry) as refused:
            require_balance(postings)
        assert str(refused.value) == "an entry has two postings or more"
    with pytest.raises(UnbalancedEntry) as refused:
        require_balance([Posting("a", eur(150)), Posting("b", eur(-50)), Posting("c", usd(0))])
    assert str(refused.value) == "the parts leave 1.00 EUR over"
    with pytest.raises(UnbalancedEntry):
        require_balance([Posting("a", eur(1)), Posting("b", Money(-1, "USD"))])


def test_whose_category_and_account_it_is():
    clerk = Clerk()
    clerk.ground.categories["ben", "bens"] = clerk.ground.categories[OWNER, "food"]

    assert isinstance(clerk.refuse(Create(coffee(category_id="bens"))), CategoryNotFound)
