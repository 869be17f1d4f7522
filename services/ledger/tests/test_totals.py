"""Balances and rollups beside a recount that knows nothing of how they are kept."""

from collections import defaultdict
from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st
from posting_ground import OWNER, Clerk, coffee, eur, usd

from ledger.domain.command import Delete, Edit, OpenBalance
from ledger.domain.entry import Entry, EntryKind, Status
from ledger.domain.payee import payee_id
from ledger.domain.report.flow import BY_YEAR, Dim
from ledger.domain.totals import (
    Balance,
    BalanceKey,
    Rollup,
    RollupKey,
    Sums,
    Totals,
    tag_id,
)
from ledger.domain.transaction import Split, TransactionInput

ZOE = payee_id("Zoë")


def totals_of(*entries: Entry) -> Totals:
    totals = Totals()
    for entry in entries:
        totals.add(entry)
    return totals


def rows(totals: Totals) -> dict[tuple[str, str, str], tuple[int, int, int]]:
    """Debit, credit and count by dimension, id and currency, without the sums by year."""
    return {
        (key.dim.value, key.id, key.currency): (r.month.debit, r.month.credit, r.month.count)
        for key, r in totals.rollups.items()
        if key.dim not in BY_YEAR.values()
    }


def test_where_spending_is_counted():
    totals = totals_of(Clerk().create(coffee(tags=("Trip", " trip", "work"))))

    assert rows(totals) == {
        ("book", "", "EUR"): (0, 350, 1),
        ("account_expense", "giro", "EUR"): (350, 0, 1),
        ("account", "giro", "EUR"): (0, 350, 1),
        ("category", "food", "EUR"): (350, 0, 1),
        ("payee_expense", ZOE, "EUR"): (350, 0, 1),
        ("tag_expense", "trip", "EUR"): (350, 0, 1),
        ("tag_expense", "work", "EUR"): (350, 0, 1),
    }
    key = RollupKey(OWNER, Dim.BOOK, "2026-03", "", "EUR")
    assert totals.rollups[key] == Rollup(Sums(0, 350, 1), {"14": Sums(0, 350, 1)})
    assert totals.balances == {BalanceKey(OWNER, "giro", "EUR"): Balance(-350, -350, 0)}


def test_payees_and_tags_are_counted_by_year_too():
    clerk = Clerk()
    totals = totals_of(
        clerk.create(coffee(tags=("Trip",))),
        clerk.create(coffee(350, category_id="pay", tags=("Trip",))),
    )

    by_year = {k: r for k, r in totals.rollups.items() if k.dim in BY_YEAR.values()}
    assert by_year == {
        RollupKey(OWNER, Dim.PAYEE_EXPENSE_BY_YEAR, "2026", ZOE, "EUR"): Rollup(Sums(350, 0, 1)),
        RollupKey(OWNER, Dim.PAYEE_INCOME_BY_YEAR, "2026", ZOE, "EUR"): Rollup(Sums(0, 350, 1)),
        RollupKey(OWNER, Dim.TAG_EXPENSE_BY_YEAR, "2026", "trip", "EUR"): Rollup(Sums(350, 0, 1)),
        RollupKey(OWNER, Dim.TAG_INCOME_BY_YEAR, "2026", "trip", "EUR"): Rollup(Sums(0, 350, 1)),
    }


def test_where_income_is_counted():
    totals = totals_of(Clerk().create(coffee(350, category_id="pay", tags=("a",))))

    assert rows(totals) == {
        ("book", "", "EUR"): (350, 0, 1),
        ("account", "giro", "EUR"): (350, 0, 1),
        ("category", "pay", "EUR"): (0, 350, 1),
        ("payee_income", ZOE, "EUR"): (0, 350, 1),
        ("tag_income", "a", "EUR"): (0, 350, 1),
    }


def test_money_that_is_moved_is_neither_gained_nor_spent():
    said = coffee(category_id="", to_account_id="dollars", to_amount=usd(380), tags=("a",))
    totals = totals_of(Clerk().create(said))

    assert rows(totals) == {
        ("book", "", "EUR"): (0, 0, 1),
        ("account", "giro", "EUR"): (0, 350, 1),
        ("account", "trading", "EUR"): (350, 0, 1),
        ("account", "dollars", "USD"): (380, 0, 1),
        ("account", "trading", "USD"): (0, 380, 1),
        ("transfer", "giro", "EUR"): (0, 350, 1),
        ("transfer", "trading", "EUR"): (350, 0, 1),
        ("transfer", "dollars", "USD"): (380, 0, 1),
        ("transfer", "trading", "USD"): (0, 380, 1),
    }


def test_what_an_account_began_with_counts_as_moved():
    opened = Clerk().accept(OpenBalance(coffee(500, category_id=""))).result

    assert rows(totals_of(opened)) == {
        ("book", "", "EUR"): (0, 0, 1),
        ("account", "giro", "EUR"): (500, 0, 1),
        ("account", "equity", "EUR"): (0, 500, 1),
        ("transfer", "giro", "EUR"): (500, 0, 1),
        ("transfer", "equity", "EUR"): (0, 500, 1),
    }


def test_a_reversal_takes_back_from_the_side_that_it_was_given_to():
    clerk = Clerk()
    made = clerk.create(coffee(-350))
    other = clerk.create(coffee(100))
    totals = totals_of(made, other, clerk.accept(Delete(made.transaction_id, 0)).result)

    assert rows(totals)["category", "food", "EUR"] == (0, 100, 1)
    assert rows(totals)["account", "giro", "EUR"] == (100, 0, 1)


def test_the_smallest_amounts_go_to_their_sides():
    sums = Sums()
    sums.add(1, reversal=False)
    sums.add(-1, reversal=False)

    assert sums == Sums(1, 1, 2)


def test_an_amount_of_nothing_is_still_counted():
    sums = Sums()
    sums.add(0, reversal=False)
    assert (sums, sums.is_empty) == (Sums(0, 0, 1), False)
    sums.add(0, reversal=True)
    assert (sums, sums.is_empty) == (Sums(), True)
    assert not Sums(debit=1).is_empty
    assert not Sums(credit=1).is_empty
    assert not Sums(count=1).is_empty


def test_days_on_which_nothing_is_left_are_not_told():
    clerk = Clerk()
    made = clerk.create()
    moved = clerk.accept(
        Edit(made.transaction_id, 0, replace(coffee(), date="2026-03-15"))
    )  # fmt: skip
    rollup = totals_of(made, *moved.entries).rollups[
        RollupKey(OWNER, Dim.ACCOUNT, "2026-03", "giro", "EUR")
    ]  # fmt: skip

    assert rollup.days["14"].is_empty
    assert rollup.told() == Rollup(Sums(0, 350, 1), {"15": Sums(0, 350, 1)})


def test_what_the_bank_knows_and_what_a_statement_confirms():
    clerk = Clerk()
    totals = totals_of(
        clerk.create(coffee(-1, status=Status.PENDING)),
        clerk.create(coffee(-10, status=Status.CLEARED)),
        clerk.confirm(clerk.create(coffee(-100)), "giro"),
        clerk.confirm(clerk.create(coffee(-1000)), "giro"),
    )

    balance = totals.balances[BalanceKey(OWNER, "giro", "EUR")]
    assert balance == Balance(-1111, -1110, -1100)
    assert balance.less(Balance(-1, -10, -1000)) == Balance(-1110, -1100, -100)


def test_a_transfer_is_confirmed_on_each_side_by_itself():
    clerk = Clerk()
    made = clerk.create(coffee(-100, category_id="", to_account_id="savings"))
    there = clerk.confirm(made, "savings")

    totals = totals_of(there)
    assert totals.balances[BalanceKey(OWNER, "giro", "EUR")] == Balance(-100, -100, 0)
    assert totals.balances[BalanceKey(OWNER, "savings", "EUR")] == Balance(100, 100, 100)
    both = totals_of(clerk.confirm(there, "giro"))
    assert both.balances[BalanceKey(OWNER, "giro", "EUR")] == Balance(-100, -100, -100)
    assert both.balances[BalanceKey(OWNER, "savings", "EUR")] == Balance(100, 100, 100)


def test_changes_come_in_one_order_for_all_writers():
    clerk = Clerk()
    entries = [
        clerk.create(replace(coffee(tags=("b", "a")), account_id=a)) for a in ("savings", "giro")
    ]
    totals = totals_of(*entries)

    assert list(totals.changed_balances()) == sorted(totals.balances.items(), key=lambda r: r[0])
    assert list(totals.changed_rollups()) == sorted(totals.rollups.items(), key=lambda r: r[0])
    assert [key.account_id for key, _ in totals.changed_balances()] == ["giro", "savings"]


def test_one_tag_however_its_letters_are_written():
    assert tag_id(" Straße ") == tag_id("STRASSE") == "strasse"


dates = st.sampled_from(["2026-02-28", "2026-03-01", "2026-03-14", "2026-03-31"])
amounts = st.integers(-999, 999).filter(bool)


@st.composite
def things_said(draw) -> TransactionInput:
    said = coffee(
        draw(amounts),
        payee=draw(st.sampled_from(["", "Zoë", "ZOE", "Bo"])),
        category_id="",
        tags=tuple(draw(st.lists(st.sampled_from(["A", "a", "b"]), max_size=3))),
        status=draw(st.sampled_from([Status.PENDING, Status.CLEARED])),
    )
    said = replace(said, date=draw(dates))
    match draw(st.sampled_from(["one", "parts", "transfer"])):
        case "one":
            return replace(said, category_id=draw(st.sampled_from(["", "food", "pay"])))
        case "parts":
            first = draw(amounts.filter(lambda n: n != said.amount.minor_units))
            rest = eur(said.amount.minor_units - first)
            return replace(said, splits=(Split("food", eur(first)), Split("pay", rest)))
        case _:
            return replace(said, to_account_id="savings")


@given(st.lists(st.tuples(things_said(), st.sampled_from(["keep", "delete", "edit"])), max_size=6))
def test_totals_are_what_a_recount_of_what_stands_gives(histories):
    clerk = Clerk()
    written: list[Entry] = []
    standing: list[Entry] = []
    for said, then in histories:
        made = clerk.create(said)
        written.append(made)
        if then == "keep":
            standing.append(made)
        elif then == "delete":
            written.extend(clerk.accept(Delete(made.transaction_id, 0, unlock=True)).entries)
        else:
            edited = clerk.accept(
                Edit(made.transaction_id, 0, replace(said, payee="Ed"), unlock=True)
            )
            written.extend(edited.entries)
            standing.append(edited.result)
    totals = totals_of(*written)

    told = {key: rollup.told() for key, rollup in totals.rollups.items()}
    left = {key: rollup for key, rollup in told.items() if not rollup.month.is_empty}
    assert left == _recounted(standing)
    balances: dict[str, int] = defaultdict(int)
    for entry in standing:
        for posting in entry.postings:
            if not posting.is_category:
                balances[posting.account_id] += posting.amount.minor_units
    kept = {key.account_id: b.balance for key, b in totals.balances.items() if b.balance}
    assert kept == {id_: n for id_, n in balances.items() if n}


def _recounted(entries: list[Entry]) -> dict[RollupKey, Rollup]:
    """Each amount once under each heading, by pencil."""
    sheet: dict[RollupKey, list[tuple[str, int]]] = defaultdict(list)

    def note(dim: str, id_: str, entry: Entry, minor_units: int) -> None:
        month, day = entry.date.rsplit("-", 1)
        sheet[RollupKey(OWNER, Dim(dim), month, id_, "EUR")].append((day, minor_units))
        if dim.startswith(("payee", "tag")):
            year = RollupKey(OWNER, Dim(f"{dim}_by_year"), entry.date[:4], id_, "EUR")
            sheet[year].append(("", minor_units))

    for entry in entries:
        is_transfer = entry.kind is EntryKind.TRANSFER
        note("book", "", entry, 0 if is_transfer else entry.amount.minor_units)
        for posting in entry.postings:
            n = posting.amount.minor_units
            if not posting.is_category:
                note("account", posting.account_id, entry, n)
                if is_transfer:
                    note("transfer", posting.account_id, entry, n)
                continue
            if not posting.is_income:
                note("account_expense", entry.account_id, entry, n)
            side = "income" if posting.account_id in ("pay", "no-income") else "expense"
            note("category", posting.account_id, entry, n)
            note(f"payee_{side}", payee_id(entry.payee), entry, n)
            for tag in {tag.lower() for tag in entry.tags}:
                note(f"tag_{side}", tag, entry, n)
    return {
        key: Rollup(
            _summed(n for _, n in lines),
            {day: _summed(n for d, n in lines if d == day) for day, _ in lines if day},
        )
        for key, lines in sheet.items()
    }


def _summed(numbers) -> Sums:
    listed = list(numbers)
    debit, credit = sum(n for n in listed if n > 0), -sum(n for n in listed if n < 0)
    return Sums(debit, credit, len(listed))
