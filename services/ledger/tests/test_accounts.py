"""Accounts: what is said of them, what they began with, their order, and what is on them when."""

import random
from datetime import date, timedelta
from typing import Any

import pytest
from ledger_world import Person, coffee, eur

from kit.cursors import InvalidCursor
from kit.money import Money
from ledger.domain.account import (
    Account,
    AccountChange,
    AccountState,
    AccountType,
    Balances,
    subtotals,
)
from ledger.domain.entry import Status
from ledger.domain.errors import (
    AccountClosed,
    AccountHasBalance,
    AccountNotFound,
    InvalidFields,
    VersionMismatch,
)
from ledger.domain.register import RegisterCursor, RegisterRow

# One more for each hundred of LEDGER_EXAMPLES would be too slow for every run.
HISTORIES = 4


async def state(person: Person, account: Account, as_of: str = "") -> AccountState:
    return await person.ledger.accounts.get_account(
        owner=person.id, account_id=account.id, as_of=as_of
    )


async def change(person: Person, account: Account, version: int = 0, **fields: Any) -> AccountState:
    return await person.ledger.accounts.update_account(
        owner=person.id,
        actor=person.id,
        account_id=account.id,
        expected_version=version,
        change=AccountChange(**fields),
    )


async def close(person: Person, account: Account) -> AccountState:
    return await person.ledger.accounts.close_account(
        owner=person.id, account_id=account.id, expected_version=0
    )


async def listed(person: Person, **asked: Any) -> list[AccountState]:
    asked = {"include_closed": False, **asked}
    return list(await person.ledger.accounts.list_accounts(owner=person.id, **asked))


async def register(
    person: Person, account: Account, *, until: str = "", limit: int = 0
) -> list[RegisterRow]:
    """All pages, concatenated."""
    rows: list[RegisterRow] = []
    cursor = ""
    while True:
        page = await person.ledger.register.get_register(
            owner=person.id, account_id=account.id, until=until, cursor=cursor, limit=limit
        )
        rows += page.rows
        if page.next is None:
            return rows
        cursor = page.next.text()


async def test_everything_said_of_an_account_can_be_said_otherwise(anna: Person):
    account = await anna.account(note=" shared ")
    assert account.note == "shared"
    changed = await change(
        anna,
        account,
        version=1,
        name="Visa",
        type=AccountType.CREDIT_CARD,
        institution="Bank",
        last_digits="1234",
        note="",
    )
    now = changed.account
    assert (now.name, now.type, now.institution) == ("Visa", AccountType.CREDIT_CARD, "Bank")
    assert (now.last_digits, now.note, now.version) == ("1234", "", 2)
    assert await state(anna, account) == changed
    with pytest.raises(VersionMismatch):
        await change(anna, account, version=1, name="X")
    with pytest.raises(InvalidFields) as refused:
        await change(anna, account, name=" ", note="x" * 2001, opening_date="1 May")
    assert [f for f, _ in refused.value.fields] == ["name", "note", "opening_date"]
    assert await state(anna, account) == changed


async def test_the_opening_can_be_changed_taken_away_and_said_again(anna: Person):
    account = await anna.account(opening_balance=eur(100), opening_date="2026-01-01")
    await anna.post(coffee(account))
    changed = await change(anna, account, opening_balance=eur(250))
    assert changed.balance == eur(-200)
    assert changed.opening is not None
    assert (changed.opening.balance, changed.opening.date) == (eur(250), "2026-01-01")

    moved = await change(anna, account, opening_date="2025-06-01")
    assert moved.opening is not None
    assert (moved.opening.balance, moved.opening.date) == (eur(250), "2025-06-01")
    taken = await change(anna, account, opening_balance=eur(0))
    assert (taken.balance, taken.opening) == (eur(-450), None)
    again = await change(anna, account, opening_balance=eur(7), opening_date="2024-02-29")
    assert again.opening is not None
    assert (again.balance, again.opening.date) == (eur(-443), "2024-02-29")
    with pytest.raises(InvalidFields):
        await change(anna, account, opening_balance=Money(1, "USD"))
    assert not (await anna.audit()).differences


async def test_a_refused_opening_leaves_the_account_as_it_was(anna: Person):
    account = await anna.account()
    await close(anna, account)
    with pytest.raises(AccountClosed):
        await change(anna, account, name="Other", opening_balance=eur(1))
    assert (await state(anna, account)).account.name == "Main"


async def test_an_archived_account_is_out_of_lists_and_keeps_its_balance(anna: Person):
    account, other = await anna.account(opening_balance=eur(5)), await anna.account("Other")
    await change(anna, account, archived=True)
    assert [s.account.id for s in await listed(anna)] == [other.id]
    assert {s.account.id for s in await listed(anna, include_archived=True)} == {
        account.id,
        other.id,
    }
    await anna.post(coffee(account, -2))
    assert (await state(anna, account)).balance == eur(3)
    assert not (await change(anna, account, archived=False)).account.archived


async def test_a_closed_account_is_reopened_and_takes_postings_again(anna: Person):
    account = await anna.account(opening_balance=eur(5))
    with pytest.raises(AccountHasBalance):
        await close(anna, account)
    await change(anna, account, opening_balance=eur(0))
    assert (await close(anna, account)).account.closed
    with pytest.raises(AccountClosed):
        await anna.post(coffee(account))
    for _ in range(2):
        reopened = await anna.ledger.accounts.reopen_account(
            owner=anna.id, account_id=account.id, expected_version=0
        )
        assert (reopened.account.closed, reopened.account.version) == (False, 4)
    await anna.post(coffee(account))


async def test_accounts_stand_in_the_order_that_was_asked_for(anna: Person, ben: Person):
    a, b, c = [await anna.account(name) for name in "ABC"]
    reorder = anna.ledger.accounts.reorder_accounts
    await reorder(owner=anna.id, first=[c.id, a.id])
    assert [s.account.name for s in await listed(anna)] == ["C", "A", "B"]
    await anna.account("D")
    await reorder(owner=anna.id, first=[b.id])
    assert [s.account.name for s in await listed(anna)] == ["B", "C", "A", "D"]
    foreign = await ben.account()
    with pytest.raises(AccountNotFound):
        await reorder(owner=anna.id, first=[foreign.id, a.id])
    with pytest.raises(InvalidFields):
        await reorder(owner=anna.id, first=[a.id, a.id])
    assert [s.account.name for s in await listed(anna)] == ["B", "C", "A", "D"]


async def test_cleared_and_reconciled_are_parts_of_the_balance(anna: Person):
    account = await anna.account(opening_balance=eur(100))
    await anna.post(coffee(account, -10, status=Status.PENDING))
    await anna.confirm(await anna.post(coffee(account, -20)), account)
    assert (await state(anna, account)).balances == Balances(eur(70), eur(80), eur(-20))
    assert [s.balances for s in await listed(anna)] == [Balances(eur(70), eur(80), eur(-20))]


async def test_groups_add_up_by_currency_what_is_listed(anna: Person):
    await anna.account("Giro", opening_balance=eur(10))
    await anna.account("Cash", opening_balance=eur(5))
    await anna.account("Yen", "JPY", opening_balance=Money(7, "JPY"))
    card = await anna.account("Visa", opening_balance=eur(-3), opening_date="2026-05-05")
    await change(anna, card, type=AccountType.CREDIT_CARD)
    found = subtotals(await listed(anna, as_of="2026-05-04"))
    assert [(s.group.value, list(s.balances)) for s in found] == [
        ("cash", [eur(15), Money(7, "JPY")]),
        ("credit_cards", [eur(-3)]),
    ]
    assert [list(s.as_of) for s in found][1] == [eur(0)]


async def test_a_register_of_nothing_and_of_nobody(anna: Person, ben: Person):
    account = await anna.account()
    assert await register(anna, account) == []
    with pytest.raises(AccountNotFound):
        await register(ben, account)
    with pytest.raises(InvalidFields):
        await register(anna, account, until="yesterday")
    with pytest.raises(InvalidCursor):
        RegisterCursor.parse("nonsense")


async def test_both_sides_of_a_transfer_have_it_in_their_registers(anna: Person):
    a, b = await anna.account("A"), await anna.account("B")
    await anna.post(coffee(a, -30, to_account_id=b.id))
    assert [(r.amount, r.balance) for r in await register(anna, a)] == [(eur(-30), eur(-30))]
    assert [(r.amount, r.balance) for r in await register(anna, b)] == [(eur(30), eur(30))]


@pytest.mark.parametrize("seed", range(HISTORIES))
async def test_balances_on_any_day_and_after_any_row_are_what_a_naive_count_says(
    anna: Person, seed: int
):
    """The law of the register: whatever was posted, edited and deleted, each row's balance is the
    sum of it and of all that is older, and the balance of a day that of all until its end."""
    rng = random.Random(seed)
    a, b = await anna.account("A", opening_balance=eur(1000), opening_date="2026-02-28"), None
    b = await anna.account("B")
    first = date(2026, 1, 28)
    standing: dict[str, Any] = {}

    def drawn() -> Any:
        day = (first + timedelta(days=rng.randrange(40))).isoformat()
        other = rng.choice(["", "", b.id])
        return coffee(a, rng.choice([-1, 1]) * rng.randint(1, 999), date=day, to_account_id=other)

    for _ in range(40):
        act = rng.random()
        if act < 0.6 or not standing:
            posted = await anna.post(drawn())
            standing[posted.id] = posted
        elif act < 0.8:
            edited = await anna.edit(rng.choice(list(standing.values())), drawn())
            standing[edited.id] = edited
        else:
            id_ = rng.choice(list(standing))
            await anna.delete(standing.pop(id_))

    opening = [t for t in await anna.list() if t.kind.value == "opening_balance"]
    model = sorted(
        [(t.date, t.id, t.amount.minor_units) for t in [*standing.values(), *opening]],
        reverse=True,
    )
    naive = [
        (day, id_, units, sum(older[2] for older in model[i:]))
        for i, (day, id_, units) in enumerate(model)
    ]
    for limit in (1, 7, 500):
        rows = await register(anna, a, limit=limit)
        assert [
            (r.transaction.date, r.transaction.id, r.amount.minor_units, r.balance.minor_units)
            for r in rows
        ] == naive
    for _ in range(6):
        day = (first + timedelta(days=rng.randrange(-2, 45))).isoformat()
        found = (await state(anna, a, as_of=day)).as_of
        assert found == eur(sum(units for d, _, units in model if d <= day))
        until = await register(anna, a, until=day, limit=5)
        assert [r.balance.minor_units for r in until] == [n[3] for n in naive if n[0] <= day]
