"""Everything that planning asks of the server, once, for the test that explains its queries."""

from datetime import date

from ledger_world import Person, coffee, eur

from kit.mongo import Mongo
from ledger.domain.account import Account
from ledger.domain.budget import BudgetChange, BudgetDraft, Rollover, Scope, ScopeKind
from ledger.domain.goal import Contribution, GoalChange, GoalDraft
from ledger.domain.payee import PayeeMove
from ledger.domain.posting import Key
from ledger.domain.recurring.series import SeriesDraft
from ledger.domain.report import Period
from ledger.domain.spans import Every

SPAN = Period("2026-01-01", "2026-12-31")


async def plan_everything(person: Person, mongo: Mongo, account: Account, other: Account) -> None:
    await _budgets(person, mongo, account)
    await _goals(person, account)
    await _series(person, account, other)


async def _budgets(person: Person, mongo: Mongo, account: Account) -> None:
    use, category = person.ledger.plans.budgets, await person.category("coffee")
    scopes = (
        Scope(ScopeKind.CATEGORY, category.id),
        Scope(ScopeKind.TAG, "a"),
        Scope(ScopeKind.ACCOUNT, account.id),
    )
    made = [
        await use.create_budget(
            owner=person.id,
            draft=BudgetDraft("B", scope, every, eur(5), "2026-01-01", rollover=Rollover.ALL),
            key=Key(),
        )
        for scope in scopes
        for every in (Every.WEEK, Every.MONTH)
    ]
    first, second = made[0].id, made[1].id
    await use.update_budget(
        owner=person.id, budget_id=first, expected_version=0, change=BudgetChange(name="N")
    )
    await use.cover(
        owner=person.id, from_id=first, to_id=second, amount=eur(1), on="2026-03-01", key=Key()
    )
    await use.copy_forward(owner=person.id, on="2026-03-01", budget_ids=[], key=Key())
    await use.progress(owner=person.id, period=SPAN)
    await use.suggest(owner=person.id, months=12)
    await mongo.in_transaction(
        lambda tx: person.ledger.plans.budget_watch.entry_posted(
            tx, owner=person.id, day=date(2026, 9, 9), posted_to={category.id}
        )
    )
    await person.ledger.plans.budget_watch.watched({person.id})
    await use.get_budget(owner=person.id, budget_id=first)
    await use.list_budgets(owner=person.id)
    await use.delete_budget(owner=person.id, budget_id=first, expected_version=0)


async def _goals(person: Person, account: Account) -> None:
    use = person.ledger.plans.goals
    linked, own = [
        await use.create_goal(
            owner=person.id, draft=GoalDraft("G", eur(9), "2060-01-01", ids), key=Key()
        )
        for ids in ((account.id,), ())
    ]
    await use.contribute(
        owner=person.id, goal_id=own.goal.id, contribution=Contribution("", 5), key=Key()
    )
    await use.update_goal(
        owner=person.id, goal_id=linked.goal.id, expected_version=0, change=GoalChange(name="N")
    )
    await use.list_goals(owner=person.id)
    await use.delete_goal(owner=person.id, goal_id=own.goal.id, expected_version=0)


async def _series(person: Person, account: Account, other: Account) -> None:
    use, calendar = person.ledger.plans.recurring, person.ledger.plans.calendar
    today = (await calendar.today(person.id)).isoformat()
    bill = coffee(account, date=today)
    move = coffee(account, date=today, payee="", to_account_id=other.id)
    first, _ = [
        await use.create_series(
            owner=person.id,
            draft=SeriesDraft("S", template, "FREQ=DAILY", autopost=True),
            key=Key(),
        )
        for template in (bill, move)
    ]
    paid = await person.post(coffee(account, payee="Another"))
    await use.settle(owner=person.id, series_id=first.id, day=today, transaction_id=paid.id)
    await calendar.list_occurrences(owner=person.id, period=SPAN)
    await calendar.list_upcoming(owner=person.id, days=5)
    await calendar.forecast(owner=person.id, days=5, account_ids=[])
    await calendar.unsaid(first)
    await person.post(bill)
    move_ = PayeeMove([first.payee_id], "Both")
    moved = await person.ledger.ruling.payees.move_payees(
        owner=person.id, actor=person.id, move=move_, key=Key()
    )
    await person.undo(moved.operation.id)
    for found in (await calendar.detect(owner=person.id)).series:
        await use.dismiss(owner=person.id, detected_id=found.id, undo=False)
        await use.dismiss(owner=person.id, detected_id=found.id, undo=True)
    await use.dismiss(owner=person.id, detected_id="none", undo=False)
    await use.dismiss(owner=person.id, detected_id="none", undo=True)
    await use.skip(owner=person.id, series_id=first.id, day=today)
    await use.delete_series(owner=person.id, series_id=first.id, expected_version=0)
