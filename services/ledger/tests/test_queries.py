"""Every query of the repository walks an index that begins with the owner (or the id): `explain`
says so."""

import asyncio
from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest
from bson import SON
from desk import Desk
from import_world import NEW, commit, lines_of, match, preview, row, undo
from ledger_world import Person, coffee, eur
from pymongo import AsyncMongoClient, monitoring
from rule_world import use_rules

from kit.clock import SystemClock
from kit.cursors import write_cursor
from kit.ids import new_id
from kit.mongo import Mongo
from ledger.domain.account import Account, AccountChange
from ledger.domain.category import CategoryDraft, CategoryKind
from ledger.domain.command import Key
from ledger.domain.entry import EntryKind, Origin
from ledger.domain.fields import EntryDate
from ledger.domain.patch import TransactionPatch
from ledger.domain.rate import Rate, RateSource
from ledger.domain.reconciliation import ReconciliationFinished
from ledger.domain.report import By, Period
from ledger.domain.report.ask import Ask
from ledger.domain.report.breakdown import Dimension, Wanted
from ledger.domain.report.compare import Comparison
from ledger.domain.search import TransactionFilter
from ledger.service.bulk import Selection
from ledger.wiring import open_ledger

OURS = (
    "books", "accounts", "categories", "entries", "balances", "rollups", "rates",
    "reconciliations", "imports", "import_lines", "operations", "saved_searches", "payees",
    "rules", "rulebooks",
)  # fmt: skip
EXPLAINABLE = ("find", "aggregate", "update", "delete")
TRANSPORT = {
    "lsid", "$db", "$clusterTime", "txnNumber", "startTransaction", "autocommit", "writeConcern",
    "readConcern", "$readPreference",
}  # fmt: skip


class Recorder(monitoring.CommandListener):
    """Keeps every command that reaches the server."""

    def __init__(self) -> None:
        self.commands: list[dict[str, Any]] = []

    def started(self, event: monitoring.CommandStartedEvent) -> None:
        if event.command_name in EXPLAINABLE:
            self.commands.append(dict(event.command))

    def succeeded(self, event: monitoring.CommandSucceededEvent) -> None: ...

    def failed(self, event: monitoring.CommandFailedEvent) -> None: ...


@pytest.fixture
async def recorded(mongo: Mongo, mongo_server: Any) -> list[dict[str, Any]]:
    """What every use case sends to the server, of a book with something of everything."""
    recorder = Recorder()
    client = AsyncMongoClient(mongo_server.uri, event_listeners=[recorder])
    try:
        async with open_ledger(Mongo(client, mongo.db.name), clock=SystemClock()) as ledger:
            await use_everything(Person(ledger, new_id()))
    finally:
        await client.close()
    return [c for c in recorder.commands if next(iter(c.values())) in OURS]


async def use_everything(person: Person) -> None:
    account, savings = await person.account(opening_balance=eur(5)), await person.account("S")
    salary = await person.category("salary", CategoryKind.INCOME)
    origin = Origin(bank_reference="F1")
    posted = await person.post(coffee(account, tags=["a"], origin=origin), key="k")
    await person.post(coffee(account, 10, category_id=salary.id))
    await person.post(coffee(account, -10, to_account_id=savings.id))
    await person.edit(posted, coffee(account, -1))
    await person.delete(posted)
    # So much newer of another kind that walking the dates alone would be the worse plan.
    others = [coffee(savings, -1 - i, date="2026-09-09", payee="Rent") for i in range(300)]
    await person.import_(*others, keys=[str(i) for i in range(300)])
    use = person.ledger
    for filter_ in (
        {},
        {"account_id": account.id},
        {"category_id": salary.id, "account_id": account.id},
        {"text": "zo ca", "kind": EntryKind.STANDARD},
        {"tag": "a"},
        {"from_date": "2026-01-01", "to_date": "2026-12-31"},
        {"kind": EntryKind.TRANSFER, "min_minor_units": 1, "max_minor_units": 100},
    ):
        await person.list(limit=1, **filter_)
        await use.transactions.index_transactions(
            owner=person.id, filter_=TransactionFilter(**filter_)
        )
    await use.transactions.total_transactions(owner=person.id, filter_=TransactionFilter())
    await use.searches.suggest(owner=person.id, text="tag:a", cursor=5, limit=5)
    await use.searches.create_saved(owner=person.id, name="S", query="zoe", key=Key())
    await use.transactions.get_history(owner=person.id, transaction_id=posted.id)
    await asyncio.gather(
        use.transactions.get_transaction(owner=person.id, transaction_id=posted.id),
        return_exceptions=True,
    )
    for report in (use.reports.get_summary, use.reports.get_spending):
        await report(owner=person.id, period=Period("2025-11-15", "2026-03-20"))
    await read_reports(person)
    await use.accounts.list_accounts(owner=person.id, include_closed=False)
    await person.balance(account)
    await use.accounts.list_accounts(owner=person.id, include_closed=True, as_of="2026-03-15")
    await use.accounts.reorder_accounts(owner=person.id, first=[savings.id])
    await use.accounts.update_account(
        owner=person.id,
        actor=person.id,
        account_id=account.id,
        expected_version=0,
        change=AccountChange(name="N", opening_balance=eur(6)),
    )
    page = await use.register.get_register(
        owner=person.id, account_id=savings.id, until="2026-09-09", cursor="", limit=2
    )
    assert page.next is not None
    await use.register.get_register(
        owner=person.id, account_id=savings.id, until="", cursor=page.next.text(), limit=2
    )
    await use.books.settings(owner=person.id)
    await tidy_categories(person, account)
    await reconcile(person, account, savings)
    await asyncio.gather(
        use.accounts.close_account(owner=person.id, account_id=account.id, expected_version=0),
        return_exceptions=True,
    )
    await use_imports(person, savings)
    await use_operations(person, savings)
    await use_rules(person)
    await person.audit()


async def use_operations(person: Person, account: Account) -> None:
    """Many at once, what takes them back, and what was known before."""
    use, who = person.ledger, {"owner": person.id, "actor": person.id}
    bought = await person.post(coffee(account, -3, tags=["bulk"]))
    refund = coffee(account, 3, refund_of=bought.id, origin=Origin(bank_reference="F2"))
    made, rows = await use.bulk.create_transactions(**who, inputs=[refund], key=Key("b", "h"))
    one = Selection(ids=(rows[0].transaction_id,))
    patch, found = TransactionPatch(payee="Rent"), TransactionFilter(text="zoe")
    total = await use.transactions.total_transactions(owner=person.id, filter_=found)
    await use.bulk.change_transactions(
        **who,
        selection=Selection(filter=found, expected_count=total.count),
        patch=patch,
        unlock=False,
        key=Key("c", "h"),
    )
    changed, _ = await use.bulk.change_transactions(
        **who, selection=one, patch=TransactionPatch(payee="X"), unlock=False, key=Key()
    )
    await use.bulk.delete_transactions(**who, selection=one, unlock=False, key=Key())
    await person.restore(replace(bought, id=one.ids[0]))
    await person.undo(changed.id)
    await person.undo(made.id)
    first = await use.operations.list_operations(owner=person.id, cursor="", limit=2)
    await use.operations.list_operations(owner=person.id, cursor=first.next_cursor, limit=2)
    for id_ in (made.id, bought.operation_id):
        await use.operations.get_operation(owner=person.id, operation_id=id_)
    on = bought.updated_at
    known = use.known
    await known.get_transaction(owner=person.id, transaction_id=bought.id, on=on)
    for filter_ in (TransactionFilter(), TransactionFilter(account_id=account.id)):
        page = await known.list_transactions(
            owner=person.id, filter_=filter_, on=on, cursor="", limit=1
        )
        assert page.next is not None
        await known.list_transactions(
            owner=person.id, filter_=filter_, on=on, cursor=page.next.text(), limit=1
        )
    states = await use.accounts.list_accounts(owner=person.id, include_closed=True)
    await known.accounts(owner=person.id, states=states, on=on)
    await known.get_summary(owner=person.id, period=Period("2026-01-01", "2026-12-31"), on=on)


async def read_reports(person: Person) -> None:
    """Each report in dollars, at a rate of the person's own and rates of the ECB."""
    use, owner = person.ledger, person.id
    own = Rate(EntryDate("2026-03-02"), "EUR", "USD", Decimal("1.1"), RateSource.MANUAL)
    await use.rates.set_rate(owner=owner, rate=own)
    year = Period("2025-11-15", "2026-11-20")
    ask = Ask(year, By.WEEK, base="USD", compare=list(Comparison))
    await use.reports.get_income_expense(owner=owner, ask=replace(ask, by=By.QUARTER))
    for dimension in Dimension:
        await use.reports.get_breakdown(owner=owner, ask=ask, dimension=dimension, wanted=Wanted())
    await use.reports.get_cash_flow(owner=owner, ask=ask, account_ids=[])
    await use.reports.get_net_worth(owner=owner, ask=ask)
    await asyncio.gather(
        use.reports.get_exchange_gains(owner=owner, ask=ask), return_exceptions=True
    )
    await use.rates.list_rates(owner=owner, base="JPY", quote="USD", period=year)
    await use.rates.delete_rate(owner=owner, base="EUR", quote="USD", on="2026-03-02")


async def tidy_categories(person: Person, account: Account) -> None:
    """One that is merged and brought back, and one that goes."""
    use = person.ledger
    old, new, unused = [
        await use.categories.create_category(
            owner=person.id, draft=CategoryDraft(name, CategoryKind.EXPENSE), key=Key()
        )
        for name in ("Old", "New", "Unused")
    ]
    await person.post(coffee(account, -3, category_id=old.id))
    merged, _ = await use.category_merges.merge(
        owner=person.id, actor=person.id, category_id=old.id, into_id=new.id, key=Key()
    )
    await use.operations.undo(owner=person.id, actor=person.id, operation_id=merged.id, key=Key())
    await use.categories.reorder_categories(owner=person.id, first=[new.id])
    await use.categories.delete_category(owner=person.id, category_id=unused.id, expected_version=0)


async def reconcile(person: Person, account: Account, savings: Account) -> None:
    """A transfer confirmed on both sides, and all that can be asked of it."""
    desk, reader = Desk(person), person.ledger.reconciliation_reader
    moved = await person.post(coffee(account, -7, to_account_id=savings.id))
    for side, units in ((account, -7), (savings, 7)):
        one = await desk.start(side, units, day="2026-12-31")
        await desk.tick(one, moved.id)
        await desk.rows(one, limit=1)
        done = await desk.finish(one)
        if locked := done.reconciliation.operation_id:
            with pytest.raises(ReconciliationFinished):
                await person.undo(locked)
        await reader.verify(owner=person.id, account_id=side.id)
        await reader.coverage(owner=person.id, account_id=side.id)
        await reader.list_reconciliations(
            owner=person.id,
            account_id=side.id,
            cursor=write_cursor("reconciliations", one.reconciliation.id),
            limit=1,
        )
    await desk.reopen(one)


async def use_imports(person: Person, account: Account) -> None:
    noted = await person.post(coffee(account, payee="Zoe", date="2026-03-12"))
    lines = [row(account, -7), row(account, payee="CAFE ZOE 1", reference="F7"), row(account, -8)]
    plan = await preview(person, *lines, document_id="D")
    done = await commit(person, plan, match(2, noted.id), key="commit")
    await lines_of(person, done, NEW)
    gone = (await lines_of(person, done))[0].transaction_id
    await person.delete(next(t for t in await person.list() if t.id == gone))
    await preview(person, *lines)
    await person.accept(coffee(account, -8, origin=Origin("E", "E-1")))
    await person.ledger.imports.list_imports(
        owner=person.id, cursor=write_cursor("imports", new_id()), limit=1, with_plans=False
    )
    await person.ledger.imports.find_matches(owner=person.id, line=lines[0])
    await undo(person, done)


async def test_every_query_walks_an_index_that_begins_with_the_owner(
    mongo: Mongo, recorded: list[dict[str, Any]]
):
    indexes = {name: await mongo.db[name].index_information() for name in OURS}
    seen = set()
    for command in recorded:
        for single in singles(command):
            explained = await mongo.db.command("explain", single, verbosity="queryPlanner")
            for stage in stages(explained):
                assert stage["stage"] != "COLLSCAN", single
                if stage["stage"] == "IXSCAN":
                    collection = next(iter(single.values()))
                    name = stage["indexName"]
                    seen.add((collection, name))
                    assert indexes[collection][name]["key"][0][0] in ("user_id", "_id"), single

    assert {name for collection, name in seen if collection == "entries"} >= {
        "in_force_by_date",
        "in_force_by_account",
        "in_force_by_word",
        "in_force_by_mark",
        "bank_reference",
        "fingerprint",
        "operation",
        "acts",
        "superseded_by_date",
    }
    assert {name for collection, name in seen if collection == "import_lines"} >= {
        "claims_by_fingerprint",
        "claims_by_reference",
        "claims_by_transaction",
        "booked_drafts",
    }


def singles(command: dict[str, Any]) -> Iterator[SON[str, Any]]:
    """The command without its transport, one statement at a time."""
    bare = SON((k, v) for k, v in command.items() if k not in TRANSPORT)
    for many in ("updates", "deletes"):
        if many in bare:
            for statement in bare[many]:
                yield SON({**bare, many: [statement]})
            return
    yield bare


def stages(node: Any) -> Iterator[dict[str, Any]]:
    """Every stage of the winning plans."""
    if isinstance(node, dict):
        if "stage" in node:
            yield node
        for key, value in node.items():
            if key != "rejectedPlans":
                yield from stages(value)
    elif isinstance(node, list):
        for value in node:
            yield from stages(value)
