"""Accounts and their book, alone: what opens, changes, closes, and in which order."""

from dataclasses import replace
from datetime import timedelta

import pytest
from posting_ground import NOW, OWNER, account, eur, usd

from ledger.domain.account import (
    Account,
    AccountChange,
    AccountDraft,
    AccountGroup,
    AccountState,
    AccountType,
    Balances,
    Subtotal,
    reordered,
    subtotals,
)
from ledger.domain.book import (
    Book,
    default_categories,
    open_book,
    opening_balance_payee,
    renamed_defaults,
)
from ledger.domain.category import CategoryKind
from ledger.domain.errors import (
    AccountClosed,
    AccountCurrencyMismatch,
    AccountHasBalance,
    AccountNotFound,
    CategoryKindMismatch,
    CategoryNotFound,
    InvalidFields,
    VersionMismatch,
)

LATER = NOW + timedelta(days=1)
GIRO = replace(
    account("giro"), institution="Bank", last_digits="1234", note="joint", version=3, position=2
)
TYPES = (
    "one of checking, savings, credit_card, cash, loan, investment, other_asset, other_liability"
)
DRAFT = AccountDraft(" Giro ", AccountType.CHECKING, "EUR", institution=" B ", note=" n ")


def opened(draft: AccountDraft) -> Account:
    return draft.opened(id="a", owner=OWNER, now=NOW)


def fields_of(refused: pytest.ExceptionInfo[InvalidFields]) -> list[tuple[str, str]]:
    return list(refused.value.fields)


def test_an_account_opens_as_its_draft_says():
    assert opened(replace(DRAFT, last_digits="0123")) == Account(
        "a", OWNER, "Giro", AccountType.CHECKING, "EUR", "B", "0123", False, 1, NOW, NOW, note="n"
    )  # fmt: skip


def test_a_draft_at_its_limits_is_taken():
    largest = replace(DRAFT, name="n" * 100, institution="i" * 100, note="x" * 2000)
    assert opened(largest).note == "x" * 2000
    opened(replace(DRAFT, opening_balance=eur(-(10**15)), opening_date="1900-01-01"))


def test_all_that_is_wrong_with_a_draft_is_told_at_once():
    draft = AccountDraft(
        "n" * 101, None, "XXX?", usd(10**15 + 1), "soon", "i" * 101, "12345", "x" * 2001
    )  # fmt: skip
    with pytest.raises(InvalidFields) as refused:
        opened(draft)

    assert fields_of(refused) == [
        ("name", "at most 100 characters"),
        ("institution", "at most 100 characters"),
        ("note", "at most 2000 characters"),
        ("last_digits", "up to four digits"),
        ("type", TYPES),
        ("currency", "'XXX?' is not an ISO 4217 currency code"),
        ("opening_date", "a date YYYY-MM-DD from 1900 to 2200"),
        ("opening_balance", "beyond the largest amount that is kept"),
        ("opening_balance", "must be in the account's currency XXX?"),
    ]  # fmt: skip
    with pytest.raises(InvalidFields) as refused:
        opened(replace(DRAFT, name="  ", last_digits="12a"))
    assert fields_of(refused) == [
        ("name", "must not be empty"), ("last_digits", "up to four digits"),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        (AccountChange(), {}),
        (AccountChange(name=" N "), {"name": "N"}),
        (AccountChange(institution=" "), {"institution": ""}),
        (AccountChange(last_digits=""), {"last_digits": ""}),
        (AccountChange(type=AccountType.SAVINGS), {"type": AccountType.SAVINGS}),
        (AccountChange(note=" m "), {"note": "m"}),
        (AccountChange(archived=True), {"archived": True}),
        (AccountChange(opening_balance=eur(1), opening_date="2026-01-01"), {}),
    ],
)
def test_a_change_leaves_what_it_does_not_name(change, expected):
    changed = GIRO.changed_by(change, now=LATER)

    assert changed == replace(GIRO, version=4, updated_at=LATER, **expected)
    archived = replace(GIRO, archived=True)
    assert archived.changed_by(AccountChange(), now=LATER).archived


def test_all_that_is_wrong_with_a_change_is_told_at_once():
    change = AccountChange("", "i" * 101, "x", None, "", opening_balance=usd(1), opening_date="")
    with pytest.raises(InvalidFields) as refused:
        GIRO.changed_by(change, now=LATER)

    assert fields_of(refused) == [
        ("name", "must not be empty"),
        ("institution", "at most 100 characters"),
        ("last_digits", "up to four digits"),
        ("opening_date", "a date YYYY-MM-DD from 1900 to 2200"),
        ("opening_balance", "must be in the account's currency EUR"),
    ]


def test_which_changes_are_about_the_opening():
    assert AccountChange(opening_balance=eur(0)).changes_opening
    assert AccountChange(opening_date="2026-01-01").changes_opening
    assert not AccountChange(name="n").changes_opening


def test_only_the_version_that_was_seen_is_changed():
    GIRO.expect(0)
    GIRO.expect(3)
    with pytest.raises(VersionMismatch) as refused:
        GIRO.expect(1)
    assert refused.value.metadata == {"current_version": "3"}


def test_an_account_closes_at_zero_and_opens_again():
    closed = GIRO.closed_at(LATER, balance=eur(0))

    assert closed == replace(GIRO, closed=True, version=4, updated_at=LATER)
    assert closed.reopened_at(NOW) == replace(GIRO, version=5)
    with pytest.raises(AccountHasBalance) as refused:
        GIRO.closed_at(LATER, balance=eur(-5))
    assert str(refused.value) == "the account 'Giro' still holds -0.05 EUR: bring it to zero first"


def test_accounts_are_summed_by_group_and_currency():
    def state(id_: str, type_: AccountType, balance, as_of=None):
        zero = Balances.zero(balance.currency)
        known = replace(account(id_, balance.currency), type=type_)
        return AccountState(known, replace(zero, balance=balance), as_of=as_of)

    states = [
        state("loan", AccountType.LOAN, eur(-9)),
        state("usd", AccountType.CASH, usd(5), usd(4)),
        state("giro", AccountType.CHECKING, eur(1), eur(2)),
        state("save", AccountType.SAVINGS, eur(3)),
    ]
    assert subtotals(states) == [
        Subtotal(AccountGroup.CASH, [eur(4), usd(5)], [eur(2), usd(4)]),
        Subtotal(AccountGroup.LOANS, [eur(-9)], []),
    ]
    assert states[2].balance == eur(1)
    assert Balances.zero("USD") == Balances(usd(0), usd(0), usd(0))


def test_those_named_come_first_and_the_others_follow_as_they_stood():
    accounts = [account(id_) for id_ in "abcd"]
    ordered = reordered(accounts, ["c", "a"])

    assert [(a.id, a.position) for a in ordered] == [("c", 1), ("a", 2), ("b", 3), ("d", 4)]
    assert [a.id for a in reordered(accounts, list("dcba"))] == list("dcba")
    with pytest.raises(InvalidFields) as refused:
        reordered(accounts, ["a", "a"])
    assert fields_of(refused) == [("account_ids", "each only once")]
    with pytest.raises(InvalidFields) as refused:
        reordered(accounts, ["a"] * 1001)
    assert fields_of(refused) == [
        ("account_ids", "at most 1000"), ("account_ids", "each only once"),
    ]  # fmt: skip
    with pytest.raises(AccountNotFound) as missing:
        reordered(accounts, [str(n) for n in range(1000)])
    assert missing.value.fields == (("account_ids", "there is no such account"),)


def test_refusals_are_told_in_these_words():
    no_account, no_category = "there is no such account", "there is no such category"
    assert (str(AccountNotFound()), AccountNotFound().fields) == (no_account, (("id", no_account),))
    assert CategoryNotFound("f").fields == (("f", no_category),)
    assert str(CategoryNotFound("f")) == no_category
    words = "a category has the kind of its parent"
    assert (str(CategoryKindMismatch()), CategoryKindMismatch().fields) == (
        words, (("kind", words),),
    )  # fmt: skip
    assert str(AccountClosed("A", "f")) == AccountClosed("A", "f").fields[0][1]
    assert str(AccountCurrencyMismatch("EUR", "USD", "f")).endswith("kept in EUR, not in USD")


def numbered():
    numbers = iter(range(1000))
    return lambda: f"id{next(numbers)}"


def test_a_new_books_categories_are_a_tree_of_two_levels():
    categories = default_categories(OWNER, locale="de-AT", new_id=numbered())
    known = {category.id: category for category in categories}

    assert len(known) == len(categories)
    assert {category.owner for category in categories} == {OWNER}
    for category in categories:
        parent = known.get(category.parent_id)
        assert bool(category.key) is (parent is not None)
        if parent is not None:
            assert (parent.parent_id, parent.kind) == ("", category.kind)
        else:
            assert category.colour
        assert category.icon
    groceries = next(c for c in categories if c.key == "groceries")
    assert groceries.name == "Lebensmittel"
    english = default_categories(OWNER, locale="en-GB", new_id=numbered())
    assert next(c for c in english if c.key == "groceries").name == "Groceries"


def test_a_book_opens_over_its_categories():
    categories = default_categories(OWNER, locale="en", new_id=numbered())
    ids = iter(["equity", "trading"])
    book = open_book(OWNER, categories, new_id=lambda: next(ids))

    unknown = {c.kind: c.id for c in categories if c.key == "uncategorised"}
    expense, income = unknown[CategoryKind.EXPENSE], unknown[CategoryKind.INCOME]
    assert book == Book(OWNER, "equity", expense, income, "trading")


def test_only_defaults_that_nobody_touched_change_their_language():
    categories = default_categories(OWNER, locale="en", new_id=numbered())
    german = default_categories(OWNER, locale="de", new_id=numbered())
    expected = {
        old.id: new.name for old, new in zip(categories, german, strict=True)
        if old.name != new.name
    }  # fmt: skip
    assert renamed_defaults(categories, locale="de") == expected

    first, second, *rest = categories
    touched = [replace(first, version=2), replace(second, name="Mine"), *rest]
    for category in (first, second):
        expected.pop(category.id, None)
    assert renamed_defaults(touched, locale="de") == expected
    own = replace(first, key="", name="Mine")
    assert renamed_defaults([replace(own, key="own"), own], locale="de") == {}


def test_who_an_opening_balance_is_from():
    assert opening_balance_payee("de-CH") == "Anfangsbestand"
    assert opening_balance_payee("en") == opening_balance_payee("xx") == "Opening balance"
