"""How the parts that plan fit together: budgets, goals, what comes again."""

from dataclasses import dataclass

from kit.clock import Clock
from kit.idempotency import Idempotency
from kit.ids import new_id
from kit.leases import Lease
from kit.mongo import Mongo
from ledger.events import outbox
from ledger.events.plans import PlanAnnouncements
from ledger.repository.accounts import Accounts
from ledger.repository.budgets import Budgets
from ledger.repository.categories import Categories
from ledger.repository.goals import Goals
from ledger.repository.recurring import Recurring, Sightings
from ledger.repository.rollups import Rollups
from ledger.service.books import BookService
from ledger.service.budget_watch import BudgetWatch
from ledger.service.budgets import BudgetService
from ledger.service.goals import GoalService
from ledger.service.recurring import RecurringService
from ledger.service.recurring_calendar import RecurringCalendar
from ledger.service.recurring_posting import LEASE_SECONDS, RecurringPoster
from ledger.service.series_payees import SeriesPayees
from ledger.service.spending import Spending
from ledger.service.transactions import TransactionService

RECURRING_LEASE = "ledger.recurring"


@dataclass(frozen=True, slots=True)
class Plans:
    """The use cases of planning, ready to be called."""

    budgets: BudgetService
    budget_watch: BudgetWatch
    goals: GoalService
    recurring: RecurringService
    calendar: RecurringCalendar
    recurring_poster: RecurringPoster


def series_payees(mongo: Mongo, clock: Clock) -> SeriesPayees:
    """What comes again, as far as renaming payees has to do with it."""
    return SeriesPayees(
        mongo=mongo,
        recurring=Recurring(mongo),
        announcements=PlanAnnouncements(outbox()),
        clock=clock,
    )


def plans(
    mongo: Mongo, clock: Clock, book_service: BookService, transactions: TransactionService
) -> Plans:
    """Planning over the books of this database."""
    announcements = PlanAnnouncements(outbox())
    idempotency = Idempotency(mongo)
    accounts, categories = Accounts(mongo), Categories(mongo)
    budgets, rollups = Budgets(mongo, clock), Rollups(mongo)
    spending = Spending(rollups=rollups, categories=categories)
    watch = BudgetWatch(
        budgets=budgets,
        categories=categories,
        spending=spending,
        book_service=book_service,
        announcements=announcements,
        clock=clock,
    )
    shelf = Recurring(mongo, clock)
    sightings = Sightings(mongo)
    recurring = RecurringService(
        mongo=mongo,
        recurring=shelf,
        sightings=sightings,
        accounts=accounts,
        categories=categories,
        book_service=book_service,
        announcements=announcements,
        idempotency=idempotency,
        clock=clock,
        new_id=new_id,
    )
    calendar = RecurringCalendar(
        recurring=shelf,
        sightings=sightings,
        rollups=rollups,
        accounts=accounts,
        categories=categories,
        book_service=book_service,
        clock=clock,
    )
    poster = RecurringPoster(
        recurring=shelf,
        calendar=calendar,
        service=recurring,
        transactions=transactions,
        idempotency=idempotency,
        lease=Lease(mongo.db, name=RECURRING_LEASE, holder=new_id(), seconds=LEASE_SECONDS),
        clock=clock,
    )
    return Plans(
        budgets=BudgetService(
            mongo=mongo,
            budgets=budgets,
            rollups=rollups,
            spending=spending,
            watch=watch,
            accounts=accounts,
            categories=categories,
            book_service=book_service,
            announcements=announcements,
            idempotency=idempotency,
            clock=clock,
            new_id=new_id,
        ),
        budget_watch=watch,
        goals=GoalService(
            mongo=mongo,
            goals=Goals(mongo),
            accounts=accounts,
            book_service=book_service,
            announcements=announcements,
            idempotency=idempotency,
            clock=clock,
            new_id=new_id,
        ),
        recurring=recurring,
        calendar=calendar,
        recurring_poster=poster,
    )
