"""Sums end at 64 bits: what would pass them is refused by name, and nothing else is held up."""

import pytest
from import_world import imported, lines_of, row
from ledger_world import Person, coffee, eur, key_of

from kit.money import MAX_MINOR_UNITS, MAX_SUM, Money, SumTooLarge
from kit.mongo import Mongo
from ledger.domain.errors import BalanceTooLarge, InvalidFields
from ledger.domain.importing.batch import check_sums
from ledger.domain.importing.decisions import Outcome
from ledger.domain.importing.lines import ImportLine
from ledger.domain.operation import RowOutcome
from ledger.domain.transaction import TransactionInput
from ledger.grpc_api.messages import money_message, units_message

ROOM = 3 * MAX_MINOR_UNITS


async def nearly_full(mongo: Mongo, anna: Person, account) -> None:
    """The account holds so much that three of the largest amounts fit."""
    await anna.post(coffee(account, 1))
    query = {"user_id": anna.id, "account_id": account.id}
    change = {"$set": {"balance": MAX_SUM - ROOM}}
    assert (await mongo.db.balances.update_one(query, change)).modified_count == 1


async def test_rows_that_a_balance_has_no_room_for_are_refused_by_name(mongo, anna: Person):
    account, other = await anna.account(), await anna.account("Other")
    await nearly_full(mongo, anna, account)
    large = coffee(account, MAX_MINOR_UNITS)
    inputs = [large] * 10 + [coffee(other), coffee(account, -MAX_MINOR_UNITS), large]

    operation, rows = await anna.ledger.bulk.create_transactions(
        owner=anna.id, actor=anna.id, inputs=inputs, key=key_of("k", inputs)
    )

    assert operation.finished
    done = [each.outcome is RowOutcome.DONE for each in rows]
    assert sum(done[:10]) == 3
    assert done[10:] == [True, True, True]
    refused = {each.refusal for each in rows if each.outcome is RowOutcome.REFUSED}
    assert refused == {"BalanceTooLarge"}
    assert await anna.balance(account) == MAX_SUM
    assert len(await anna.list()) == 1 + sum(done)


async def test_lines_of_an_import_are_refused_by_name_too(mongo, anna: Person):
    account = await anna.account()
    await nearly_full(mongo, anna, account)
    done = await imported(anna, *(row(account, MAX_MINOR_UNITS, payee=f"p{n}") for n in range(5)))

    assert {outcome: tally.count for outcome, tally in done.outcomes.items()} == {
        Outcome.ADDED: 3,
        Outcome.REFUSED: 2,
    }
    told = await lines_of(anna, done)
    refused = {line.refusal.name for line in told if line.outcome is Outcome.REFUSED}
    assert refused == {"BalanceTooLarge"}


async def test_one_alone_is_refused_too_and_changes_nothing(mongo, anna: Person):
    account = await anna.account()
    await nearly_full(mongo, anna, account)
    for _ in range(3):
        await anna.post(coffee(account, MAX_MINOR_UNITS))
    before = await anna.list()
    with pytest.raises(BalanceTooLarge) as refused:
        await anna.post(coffee(account, 1))
    assert [field for field, _ in refused.value.fields] == ["transaction.amount"]
    small = next(t for t in before if t.amount == eur(1))
    with pytest.raises(BalanceTooLarge):
        await anna.edit(small, coffee(account, 2))
    assert await anna.list() == before


def test_a_sum_that_no_message_holds_is_refused_by_name():
    assert money_message(eur(MAX_SUM)).minor_units == MAX_SUM
    for units in (MAX_SUM + 1, -MAX_SUM - 2, 10**30):
        with pytest.raises(SumTooLarge):
            money_message(eur(units))
        with pytest.raises(SumTooLarge):
            units_message(units, "EUR")


async def test_so_is_an_integer_that_mongodb_does_not_store(mongo: Mongo):
    async def work(tx):
        await tx.db.things.insert_one({"n": 2**63}, session=tx.session)

    with pytest.raises(SumTooLarge):
        await mongo.in_transaction(work)


def test_lines_of_a_file_may_not_add_up_to_more_whatever_their_signs():
    def lines(count: int, sign: int = 1):
        amount = Money(sign * MAX_MINOR_UNITS, "EUR")
        said = TransactionInput("a", "2026-03-14", amount, payee="x")
        return [ImportLine(row=n, input=said) for n in range(count)]

    check_sums([])
    check_sums(lines(9_000))
    with pytest.raises(InvalidFields) as refused:
        check_sums([*lines(5_000), *lines(5_000, -1)])
    assert [field for field, _ in refused.value.fields] == ["lines"]
