"""The laws of a book's history: sums, undo, restoring, and what was known when."""

from collections import Counter
from typing import Any

from hypothesis import given
from hypothesis import strategies as st
from laws_world import DATES, PLAY, Play, histories, played
from pymongo import AsyncMongoClient

from ledger.domain.entry import Status
from ledger.domain.payee import payee_id
from ledger.domain.report import Period
from ledger.domain.search import TransactionFilter
from ledger.domain.transaction import Transaction, TransactionInput


def told(transaction: Transaction) -> tuple[Any, ...]:
    """What a person sees of it."""
    t = transaction
    splits = [(s.category_id, s.amount, s.memo) for s in t.splits]
    return (t.account_id, t.date, t.amount, t.payee, splits, t.tags, t.to_account_id,
            t.to_amount, t.status)  # fmt: skip


def said(t: TransactionInput) -> tuple[Any, ...]:
    splits = [(s.category_id, s.amount, s.memo) for s in t.parts()] if not t.to_account_id else []
    return (t.account_id, t.date, t.amount, t.payee, splits, t.tags, t.to_account_id,
            t.to_amount, t.status)  # fmt: skip


async def stands(play: Play) -> None:
    """The book says what the model says, and nothing stored disagrees with the journal."""
    listed = await play.person.list(limit=7)
    assert [(t.date, t.id) for t in listed] == play.model.listed()
    assert {t.id: told(t) for t in listed} == {
        id_: said(t) for id_, t in play.model.standing.items()
    }
    states = await play.person.ledger.accounts.list_accounts(
        owner=play.person.id, include_closed=True
    )
    counted = play.model.balances()
    for state in states:
        held = state.balances
        units = tuple(m.minor_units for m in (held.balance, held.cleared, held.reconciled))
        assert units == counted.get(state.account.id, (0, 0, 0))
    assert (await play.person.audit()).differences == []


@PLAY
@given(history=histories, ends=st.tuples(st.sampled_from(DATES), st.sampled_from(DATES)))
def test_the_book_is_what_the_model_counts_at_every_moment(
    laws_database: tuple[str, str], history, ends
):
    first, last = sorted(ends)

    async def law(play: Play) -> None:
        await stands(play)
        summaries = await play.person.ledger.reports.get_summary(
            owner=play.person.id, period=Period(first, last)
        )
        net = play.model.net(first, last)
        assert {s.currency: s.net.minor_units for s in summaries if s.net.minor_units} == {
            currency: units for currency, units in net.items() if units
        }

    played(laws_database, history, law)


@PLAY
@given(history=histories)
def test_rollups_and_the_month_index_are_what_a_child_would_count(
    laws_database: tuple[str, str], history
):
    async def law(play: Play) -> None:
        async with AsyncMongoClient(laws_database[0]) as client:
            rows = client[laws_database[1]].rollups.find({"user_id": play.person.id})
            stored = {
                (row["dim"], when, row["id"], row["currency"]): sums
                async for row in rows
                for when, sums in stated(row)
                if any(sums)
            }
        book = await play.person.ledger.books.book(owner=play.person.id)
        assert stored == counted(play, book)
        months = await play.person.ledger.transactions.index_transactions(
            owner=play.person.id, filter_=TransactionFilter()
        )
        assert {m.month: m.count for m in months} == Counter(
            t.date[:7] for t in play.model.standing.values()
        )

    played(laws_database, history, law)


def stated(row: dict[str, Any]) -> list[tuple[str, tuple[int, ...]]]:
    """The sums of a rollup for each of its days, or for its year."""
    days = {f"{row['month']}-{day}": sums for day, sums in row.get("days", {}).items()}
    names = ("debit", "credit", "count")
    return [
        (when, tuple(sums[name] for name in names))
        for when, sums in (days or {row["month"]: row}).items()
    ]


def counted(play: Play, book: Any) -> dict[tuple[str, str, str, str], tuple[int, int, int]]:
    """Debit, credit and count of every dimension, day, id and currency, one posting at a time."""
    debited, credited, counts = Counter[Any](), Counter[Any](), Counter[Any]()

    def count(dim: str, day: str, id_: str, currency: str, units: int) -> None:
        key = dim, day, id_, currency
        (debited if units > 0 else credited)[key] += abs(units)
        counts[key] += 1

    salary = play.categories[2]
    for t in play.model.standing.values():
        moved, currency, units = bool(t.to_account_id), t.amount.currency, t.amount.minor_units
        count("book", t.date, "", currency, 0 if moved else units)
        postings = [(t.account_id, currency, units)]
        if t.to_amount is not None:
            other = (t.to_account_id, t.to_amount.currency, t.to_amount.minor_units)
            trading = [(book.trading_id, c, -n) for _, c, n in (postings[0], other)]
            postings += [other, *trading]
        elif moved:
            postings.append((t.to_account_id, currency, -units))
        for id_, posted_in, n in postings:
            for dim in ("account", "transfer") if moved else ("account",):
                count(dim, t.date, id_, posted_in, n)
        for part in () if moved else t.parts():
            n = part.amount.minor_units
            income = part.category_id == salary or (not part.category_id and n > 0)
            named = part.category_id or book.uncategorised(inflow=n > 0)
            kind = "income" if income else "expense"
            count("category", t.date, named, currency, -n)
            if not income:
                count("account_expense", t.date, t.account_id, currency, -n)
            count(f"payee_{kind}", t.date, payee_id(t.payee), currency, -n)
            for tag in {tag.casefold() for tag in t.tags}:
                count(f"tag_{kind}", t.date, tag, currency, -n)
    by_day = {key: (debited[key], credited[key], counts[key]) for key in counts}
    return by_day | by_year(by_day)


def by_year(
    by_day: dict[tuple[str, str, str, str], tuple[int, int, int]],
) -> dict[tuple[str, str, str, str], tuple[int, int, int]]:
    """The same sums of payees and tags, a year each."""
    years: dict[tuple[str, str, str, str], tuple[int, int, int]] = {}
    for (dim, day, id_, currency), sums in by_day.items():
        if dim.startswith(("payee", "tag")):
            key = f"{dim}_by_year", day[:4], id_, currency
            debit, credit, count = years.get(key, (0, 0, 0))
            years[key] = (debit + sums[0], credit + sums[1], count + sums[2])
    return years


@PLAY
@given(history=histories, which=st.integers(0, 30))
def test_undo_and_doing_it_again_is_identity(laws_database: tuple[str, str], history, which: int):
    async def law(play: Play) -> None:
        free = [act for act in play.model.acts if not act.undone]
        if not free:
            return
        before = dict(play.model.standing)
        undo = await play.undo(free[which % len(free)])
        assert undo is not None
        await play.undo(undo)

        assert play.model.standing == before
        await stands(play)

    played(laws_database, history, law)


@PLAY
@given(history=histories)
def test_undoing_everything_leaves_the_empty_book(laws_database: tuple[str, str], history):
    async def law(play: Play) -> None:
        for act in reversed(list(play.model.acts)):
            await play.undo(act)

        assert play.model.standing == {}
        await stands(play)
        assert await play.person.list() == []

    played(laws_database, history, law)


@PLAY
@given(history=histories, which=st.integers(0, 30), end=st.sampled_from(DATES))
def test_what_was_known_at_a_moment_is_what_the_model_believed_then(
    laws_database: tuple[str, str], history, which: int, end: str
):
    async def law(play: Play) -> None:
        if not play.model.moments:
            return
        on, believed = play.model.moments[which % len(play.model.moments)]
        owner, known = play.person.id, play.person.ledger.known
        found, cursor = [], ""
        while True:
            page = await known.list_transactions(
                owner=owner, filter_=TransactionFilter(), on=on, cursor=cursor, limit=2
            )
            found += page.transactions
            if page.next is None:
                break
            cursor = page.next.text()

        play.model.standing = believed
        assert [(t.date, t.id) for t in found] == play.model.listed()
        assert {t.id: told(t) for t in found} == {id_: said(t) for id_, t in believed.items()}
        states = await play.person.ledger.accounts.list_accounts(owner=owner, include_closed=True)
        counted_then = play.model.balances()
        for state in await known.accounts(owner=owner, states=states, on=on):
            held = state.balances
            units = tuple(m.minor_units for m in (held.balance, held.cleared, held.reconciled))
            assert units == counted_then.get(state.account.id, (0, 0, 0))
        summaries = await known.get_summary(owner=owner, period=Period(DATES[0], end), on=on)
        net = play.model.net(DATES[0], end)
        assert {s.currency: s.net.minor_units for s in summaries if s.net.minor_units} == {
            currency: units for currency, units in net.items() if units
        }

    played(laws_database, history, law)


def test_the_statuses_are_those_that_the_model_knows():
    assert set(Status) == {Status.PENDING, Status.CLEARED, Status.RECONCILED}
