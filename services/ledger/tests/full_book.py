"""A book with documents of every kind, in every state that they can be in."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

from desk import Desk
from import_world import imported, preview, row
from ledger_world import Person, coffee, eur

from kit.ids import new_id
from kit.money import Money
from kit.mongo import Mongo
from ledger.domain.account import Account, AccountDraft, AccountType
from ledger.domain.budget import BudgetDraft, Rollover, Scope, ScopeKind
from ledger.domain.category import CategoryDraft, CategoryKind
from ledger.domain.entry import Origin, Status
from ledger.domain.fields import EntryDate
from ledger.domain.goal import Contribution, GoalDraft
from ledger.domain.patch import TransactionPatch
from ledger.domain.payee import PayeeChange, PayeeMove, payee_id
from ledger.domain.posting import Key
from ledger.domain.rate import Rate, RateSource
from ledger.domain.recurring.series import SeriesDraft
from ledger.domain.rules.action import AddTag, SetCategory, SetNote
from ledger.domain.rules.condition import (
    AmountTest,
    CategoryTest,
    Condition,
    Match,
    TextField,
    TextTest,
    WeekdayTest,
)
from ledger.domain.rules.rule import RuleDraft
from ledger.domain.search import TransactionFilter
from ledger.domain.spans import Every
from ledger.domain.transaction import Split, TransactionInput
from ledger.service.bulk import Selection


async def live_in(person: Person, mongo: Mongo) -> None:
    """Fill the book of the person."""
    main, savings = await person.account("Main"), await person.account("Savings")
    dollars = await person.account("Dollars", "USD")
    card = AccountDraft("Card", AccountType.CREDIT_CARD, "EUR", opening_balance=eur(-5_000))
    await person.ledger.accounts.create_account(
        owner=person.id, actor=person.id, draft=card, key=Key()
    )
    await _transactions(person, main, savings, dollars)
    await _categories(person, main)
    await _imports(person, main)
    await _reconciliations(person, savings)
    await _operations(person, main)
    await _payees_and_rules(person, main)
    await _plans(person, mongo, main, savings)
    await _rest(person)


async def _transactions(person: Person, main: Account, savings: Account, dollars: Account) -> None:
    food = await person.category("groceries")
    salary = await person.category("salary", CategoryKind.INCOME)
    first = await person.post(
        coffee(main, -450, tags=("work", "été"), payee="@owner", description="two\nlines")
    )
    bought = await person.post(coffee(main, -1999, category_id=food.id, document_ids=(new_id(),)))
    await person.post(coffee(main, 999, category_id=food.id, refund_of=bought.id))
    await person.post(coffee(main, 250_000, category_id=salary.id, payee="Employer"))
    split = (Split(food.id, eur(-300), "milk"), Split("", eur(-150)))
    await person.post(coffee(main, -450, splits=split, status=Status.PENDING))
    await person.post(coffee(main, -10_000, to_account_id=savings.id, payee=""))
    across = TransactionInput(
        main.id, "2026-03-01", eur(-9_000), to_account_id=dollars.id, to_amount=Money(10_000, "USD")
    )
    await person.post(across)
    edited = await person.post(coffee(main, -100))
    await person.edit(edited, coffee(main, -120))
    await person.delete(first)
    await person.undo((await person.delete(await person.post(coffee(main, -77)))).operation_id)


async def _categories(person: Person, main: Account) -> None:
    use = person.ledger.categories
    made = [
        await use.create_category(
            owner=person.id, draft=CategoryDraft(name, CategoryKind.EXPENSE), key=Key()
        )
        for name in ("Old", "New")
    ]
    await person.post(coffee(main, -70, category_id=made[0].id))
    await person.ledger.category_merges.merge(
        owner=person.id,
        actor=person.id,
        category_id=made[0].id,
        into_id=made[1].id,
        key=Key(),
    )


async def _imports(person: Person, main: Account) -> None:
    lines = [
        row(main, -1_00, reference="R1", date="2026-02-01", payee="Shop"),
        row(main, -2_00, date="2026-02-02", payee="Shop"),
        replace(row(main, -3_00), unreadable="no date"),
        row(main, -4_50, date="2026-03-14"),
    ]
    await imported(
        person, *lines, file_name="bank.csv", from_date="2026-02-01", to_date="2026-03-31"
    )
    await preview(person, row(main, -5_00, date="2026-04-01", payee="Plan"), file_name="plan.csv")
    origin = Origin(document_id=new_id(), draft_id=new_id(), bank_reference="R9")
    await person.accept(coffee(main, -8_00, date="2026-02-05", payee="Draft", origin=origin))


async def _reconciliations(person: Person, savings: Account) -> None:
    desk = Desk(person)
    spent = await person.post(coffee(savings, -1_00, date="2026-03-02"))
    done = await desk.start(savings, -1_00)
    await desk.tick(done, spent.id)
    await desk.finish(done)
    opened = await desk.start(savings, 99_00, day="2026-04-30")
    moved = [t for t in await person.list(account_id=savings.id) if t.to_account_id]
    await desk.tick(opened, moved[0].id)


async def _operations(person: Person, main: Account) -> None:
    for n in range(3):
        await person.post(coffee(main, -10 - n, payee="Bulk"))
    changed, _ = await person.ledger.bulk.change_transactions(
        owner=person.id,
        actor=person.id,
        selection=Selection(filter=TransactionFilter(query="payee:bulk"), expected_count=3),
        patch=TransactionPatch(add_tags=("bulk",)),
        unlock=False,
        key=Key(),
    )
    undone, _ = await person.undo(changed.id)
    await person.undo(undone.id)


async def _payees_and_rules(person: Person, main: Account) -> None:
    food, ruling = await person.category("groceries"), person.ledger.ruling
    await ruling.payees.update_payee(
        owner=person.id,
        payee_id=payee_id("Employer"),
        expected_version=0,
        change=PayeeChange(default_category_id=food.id),
        key=Key(),
    )
    await ruling.payees.move_payees(
        owner=person.id,
        actor=person.id,
        move=PayeeMove([payee_id("Bulk")], "Bulky", also_imports=True),
        key=Key(),
    )
    conditions = (
        Condition(TextTest(TextField.ANY, Match.WORDS, "shop"), negated=True),
        Condition(AmountTest(eur(1), None)),
        Condition(WeekdayTest(frozenset({1, 7}))),
        Condition(CategoryTest(food.id)),
    )
    for draft in (
        RuleDraft("First", conditions, (AddTag("ruled"), SetCategory(food.id))),
        RuleDraft("Second", conditions[:1], (SetNote("note"),), stop=True),
    ):
        await ruling.rules.create_rule(owner=person.id, draft=draft, key=Key())


async def _plans(person: Person, mongo: Mongo, main: Account, savings: Account) -> None:
    plans, food = person.ledger.plans, await person.category("groceries")
    scopes = (
        Scope(ScopeKind.CATEGORY, food.id),
        Scope(ScopeKind.TAG, "bulk"),
        Scope(ScopeKind.ACCOUNT, main.id),
    )
    made = [
        await plans.budgets.create_budget(
            owner=person.id,
            draft=BudgetDraft(
                "B", scope, Every.MONTH, eur(5_00), "2026-01-01", rollover=Rollover.ALL
            ),
            key=Key(),
        )
        for scope in scopes
    ]
    await plans.budgets.cover(
        owner=person.id,
        from_id=made[0].id,
        to_id=made[1].id,
        amount=eur(1),
        on="2026-03-01",
        key=Key(),
    )
    await mongo.in_transaction(
        lambda tx: plans.budget_watch.entry_posted(
            tx, owner=person.id, day=date(2026, 3, 14), posted_to={food.id}
        )
    )
    for ids in ((main.id,), ()):
        goal = await plans.goals.create_goal(
            owner=person.id, draft=GoalDraft("G", eur(9_00), "2060-01-01", ids), key=Key()
        )
    await plans.goals.contribute(
        owner=person.id, goal_id=goal.goal.id, contribution=Contribution("", 5), key=Key()
    )
    today = (await plans.calendar.today(person.id)).isoformat()
    bill = coffee(main, -9_99, date=today, payee="Rent", category_id=food.id)
    move = coffee(main, -1_00, date=today, payee="", to_account_id=savings.id)
    series = [
        await plans.recurring.create_series(
            owner=person.id, draft=SeriesDraft("S", said, "FREQ=MONTHLY", autopost=True), key=Key()
        )
        for said in (bill, move)
    ]
    paid = await person.post(coffee(main, -9_99, payee="Another", date=today))
    await plans.recurring.settle(
        owner=person.id, series_id=series[0].id, day=today, transaction_id=paid.id
    )
    await plans.recurring.skip(owner=person.id, series_id=series[1].id, day=today)
    await plans.recurring.dismiss(owner=person.id, detected_id="detected", undo=False)


async def _rest(person: Person) -> None:
    for query in ("payee:shop", "amount:>1 tag:bulk"):
        await person.ledger.searches.create_saved(
            owner=person.id, name=query, query=query, key=Key()
        )
    for day in ("2026-03-01", "2026-03-02"):
        rate = Rate(EntryDate(day), "EUR", "USD", Decimal("1.10"), RateSource.MANUAL)
        await person.ledger.rates.set_rate(owner=person.id, rate=rate)
