"""Posting, editing, deleting: what a person does, on the real server."""

import asyncio
from dataclasses import replace

import pytest
from ledger_world import Person, coffee, eur, key_of

from kit.ids import new_id
from kit.money import Money
from ledger.domain.account import AccountDraft, AccountType
from ledger.domain.category import CategoryDraft, CategoryKind
from ledger.domain.entry import EntryKind, Origin
from ledger.domain.errors import (
    AccountClosed,
    AccountCurrencyMismatch,
    AccountHasBalance,
    AccountNotFound,
    BankReferenceExists,
    CategoryKindMismatch,
    CategoryNotFound,
    InvalidFields,
    LedgerError,
    TransactionDeleted,
    TransactionNotFound,
    UnbalancedEntry,
    VersionMismatch,
)
from ledger.domain.posting import Key, KeyReused
from ledger.domain.transaction import Split


async def test_an_opening_balance_is_an_entry_against_equity(anna: Person):
    account = await anna.account(opening_balance=eur(100_00), opening_date="2026-01-01")

    assert await anna.balance(account) == 100_00
    (opening,) = await anna.list()
    assert opening.kind is EntryKind.OPENING_BALANCE
    assert opening.date == "2026-01-01"
    assert opening.splits == ()
    assert (await anna.audit()).differences == []


async def test_a_transaction_moves_account_and_category(anna: Person):
    account, category = await anna.account(), await anna.category("coffee")

    posted = await anna.post(coffee(account, category_id=category.id))

    assert posted.splits == (Split(category.id, eur(-450)),)
    assert await anna.balance(account) == -450
    assert await anna.list() == [posted]


async def test_without_a_category_it_is_uncategorised_and_says_so_with_an_empty_id(anna: Person):
    account = await anna.account()

    out, in_ = await anna.post(coffee(account)), await anna.post(coffee(account, 100))

    assert out.splits[0].category_id == in_.splits[0].category_id == ""
    uncategorised = await anna.category("uncategorised", CategoryKind.INCOME)
    assert await anna.list(category_id=uncategorised.id) == [in_]


async def test_splits_must_add_up(anna: Person):
    account, food = await anna.account(), await anna.category("groceries")
    halves = (Split(food.id, eur(-300), "beans"), Split("", eur(-150)))

    posted = await anna.post(coffee(account, splits=halves))

    assert posted.splits == halves
    with pytest.raises(UnbalancedEntry):
        await anna.post(coffee(account, -460, splits=halves))


async def test_a_transfer_moves_two_accounts_and_no_category(anna: Person):
    main, savings = await anna.account(), await anna.account("Savings")

    posted = await anna.post(coffee(main, -5000, to_account_id=savings.id))

    assert posted.kind is EntryKind.TRANSFER
    assert (await anna.balance(main), await anna.balance(savings)) == (-5000, 5000)
    assert await anna.list(account_id=savings.id) == [posted]


async def test_an_edit_keeps_the_id_and_leaves_a_history(anna: Person):
    account = await anna.account()
    posted = await anna.post(coffee(account))

    edited = await anna.edit(posted, coffee(account, -500, payee="Bar"), version=1)

    assert (edited.id, edited.version, edited.amount) == (posted.id, 2, eur(-500))
    assert await anna.balance(account) == -500
    assert await anna.list() == [edited]
    history = await anna.ledger.transactions.get_history(owner=anna.id, transaction_id=posted.id)
    assert [(r.change, r.transaction) for r in history] == [("created", posted), ("edited", edited)]


async def test_a_deletion_leaves_only_the_history(anna: Person):
    account = await anna.account()
    posted = await anna.post(coffee(account))

    deleted = await anna.delete(posted)

    assert (deleted.deleted, deleted.version, deleted.amount) == (True, 2, eur(-450))
    assert await anna.balance(account) == 0
    assert await anna.list() == []
    for refused in (
        anna.delete(posted),
        anna.edit(posted, coffee(account)),
        anna.ledger.transactions.get_transaction(owner=anna.id, transaction_id=posted.id),
    ):
        with pytest.raises(TransactionDeleted):
            await refused
    history = await anna.ledger.transactions.get_history(owner=anna.id, transaction_id=posted.id)
    assert [r.change for r in history] == ["created", "deleted"]
    assert (await anna.audit()).differences == []


async def test_an_opening_balance_stays_one_when_it_is_edited(anna: Person):
    account = await anna.account(opening_balance=eur(100_00), opening_date="2026-01-01")
    (opening,) = await anna.list()

    edited = await anna.edit(opening, coffee(account, 200_00, payee="Opening balance"))

    assert edited.kind is EntryKind.OPENING_BALANCE
    assert await anna.balance(account) == 200_00


async def test_a_stale_version_is_refused_and_changes_nothing(anna: Person):
    account = await anna.account()
    posted = await anna.post(coffee(account))
    await anna.edit(posted, coffee(account, -500))

    with pytest.raises(VersionMismatch):
        await anna.edit(posted, coffee(account, -600), version=1)

    assert await anna.balance(account) == -500


async def test_of_many_edits_of_one_version_one_wins(anna: Person):
    account = await anna.account()
    posted = await anna.post(coffee(account))

    outcomes = await asyncio.gather(
        *(anna.edit(posted, coffee(account, -1 - i), version=1) for i in range(50)),
        return_exceptions=True,
    )

    assert sum(not isinstance(o, VersionMismatch) for o in outcomes) == 1
    assert (await anna.audit()).differences == []


async def test_the_same_key_and_body_give_the_same_answer_and_one_effect(anna: Person):
    account = await anna.account()

    answers = await asyncio.gather(*(anna.post(coffee(account), key="k") for _ in range(8)))
    await anna.edit(answers[0], coffee(account, -9_99))

    assert len({a.id for a in answers}) == 1
    assert await anna.post(coffee(account), key="k") == answers[0]
    assert await anna.balance(account) == -9_99


async def test_the_same_key_with_another_body_is_a_conflict(anna: Person):
    account = await anna.account()
    await anna.post(coffee(account), key="k")

    with pytest.raises(KeyReused):
        await anna.post(coffee(account, -451), key="k")

    assert await anna.balance(account) == -450


async def test_edits_and_deletions_have_keys_too(anna: Person):
    account = await anna.account()
    posted = await anna.post(coffee(account))

    edited = await anna.edit(posted, coffee(account, -500), version=1, key="e")
    assert await anna.edit(posted, coffee(account, -500), version=1, key="e") == edited
    deleted = await anna.delete(posted, key="d")
    assert await anna.delete(posted, key="d") == deleted
    with pytest.raises(KeyReused):
        await anna.post(coffee(account), key="d")


async def test_a_key_is_of_one_person(anna: Person, ben: Person):
    first = await anna.post(coffee(await anna.account()), key="k")
    second = await ben.post(coffee(await ben.account()), key="k")

    assert first.id != second.id


async def test_an_account_is_created_once_a_key(anna: Person):
    draft = AccountDraft("Main", AccountType.CASH, "EUR", eur(500), "2026-01-01")

    async def create(given: AccountDraft):
        return await anna.ledger.accounts.create_account(
            owner=anna.id, actor=anna.id, draft=given, key=key_of("k", given)
        )

    first, *others = await asyncio.gather(*(create(draft) for _ in range(4)))

    assert others == [first] * 3
    assert first.balance == eur(500)
    with pytest.raises(Exception, match="used before"):
        await create(replace(draft, name="Other"))


async def test_another_persons_things_are_not_found(anna: Person, ben: Person):
    hers, his = await anna.account(), await ben.account()
    transaction = await anna.post(coffee(hers))
    category = await anna.category("coffee")

    attempts = {
        AccountNotFound: [
            ben.post(coffee(hers)),
            ben.post(coffee(his, to_account_id=hers.id)),
            ben.balance(hers),
        ],
        CategoryNotFound: [ben.post(coffee(his, category_id=category.id))],
        TransactionNotFound: [
            ben.edit(transaction, coffee(his)),
            ben.delete(transaction),
            ben.ledger.transactions.get_transaction(owner=ben.id, transaction_id=transaction.id),
            ben.ledger.transactions.get_history(owner=ben.id, transaction_id=transaction.id),
        ],
    }
    for error, refused in attempts.items():
        for attempt in refused:
            with pytest.raises(error):
                await attempt
    assert await ben.list(account_id=hers.id) == []
    assert await ben.balance(his) == 0


async def test_what_cannot_be_posted_is_refused_by_name_and_changes_nothing(anna: Person):
    account, dollars = await anna.account(), await anna.account("Dollars", "USD")
    refusals: dict[type[LedgerError], list] = {
        InvalidFields: [
            coffee(account, 0),
            coffee(account, 10**15 + 1),
            coffee(account, date="2026-02-30"),
            coffee(account, date="1899-12-31"),
            coffee(account, date="20260101"),
            coffee(account, payee="x" * 201),
            coffee(account, description="x" * 1001),
            coffee(account, tags=[str(i) for i in range(21)]),
            coffee(account, category_id="a", splits=(Split("", eur(-450)),)),
            coffee(account, to_account_id=account.id),
            replace(coffee(account), amount=Money(-450, "XXX")),
        ],
        AccountCurrencyMismatch: [
            replace(coffee(account), amount=Money(-450, "USD")),
            coffee(account, to_account_id=dollars.id),
        ],
        CategoryNotFound: [coffee(account, category_id=new_id())],
        AccountNotFound: [replace(coffee(account), account_id=new_id())],
    }
    for error, inputs in refusals.items():
        for input_ in inputs:
            with pytest.raises(error):
                await anna.post(input_)
    assert await anna.list() == []


async def test_all_problems_of_the_fields_are_told_at_once(anna: Person):
    with pytest.raises(InvalidFields) as refused:
        await anna.post(coffee(await anna.account(), 0, date="soon", payee="x" * 201))

    assert [field for field, _ in refused.value.fields] == [
        "transaction.date",
        "transaction.payee",
        "transaction.amount",
    ]


async def test_a_closed_account_takes_no_posting_and_gives_none_back(anna: Person):
    account = await anna.account()
    posted = await anna.post(coffee(account))
    with pytest.raises(AccountHasBalance):
        await close(anna, account.id)
    await anna.post(coffee(account, 450))

    closed = await close(anna, account.id)

    assert closed.account.closed
    for refused in (anna.post(coffee(account)), anna.delete(posted)):
        with pytest.raises(AccountClosed):
            await refused
    assert await anna.ledger.accounts.list_accounts(owner=anna.id, include_closed=False) == []


async def test_closing_beside_posting_never_leaves_a_balance_in_a_closed_account(anna: Person):
    for _ in range(10):
        account = await anna.account()
        await asyncio.gather(
            anna.post(coffee(account)), close(anna, account.id), return_exceptions=True
        )
        state = await anna.ledger.accounts.get_account(owner=anna.id, account_id=account.id)
        assert not (state.account.closed and state.balance.minor_units)


async def test_a_bank_reference_stands_once_in_an_account_also_after_an_edit(anna: Person):
    account, other = await anna.account(), await anna.account("Other")
    origin = Origin(bank_reference="FITID-1")
    posted = await anna.post(coffee(account, origin=origin))
    await anna.edit(posted, coffee(account, -500))

    with pytest.raises(BankReferenceExists) as refused:
        await anna.post(coffee(account, origin=origin))

    assert refused.value.transaction_id == posted.id
    await anna.post(coffee(other, origin=origin))


async def test_a_category_needs_a_parent_of_its_kind(anna: Person):
    food = await anna.category("groceries")

    async def create(kind: CategoryKind, parent: str):
        draft = CategoryDraft(" Cheese ", kind, parent)
        return await anna.ledger.categories.create_category(owner=anna.id, draft=draft, key=Key())

    assert (await create(CategoryKind.EXPENSE, food.id)).name == "Cheese"
    with pytest.raises(CategoryKindMismatch):
        await create(CategoryKind.INCOME, food.id)
    with pytest.raises(CategoryNotFound):
        await create(CategoryKind.EXPENSE, new_id())


async def close(person: Person, account_id: str):
    return await person.ledger.accounts.close_account(
        owner=person.id, account_id=account_id, expected_version=0
    )
