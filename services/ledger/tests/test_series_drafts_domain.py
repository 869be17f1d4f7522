"""What a person says of a series: what it makes, what a change keeps, and what is refused in which
words."""

from dataclasses import replace

import pytest
from plan_ground import LATER, NOW, on, series, wrong
from posting_ground import eur, usd

from kit.money import Money
from ledger.domain.entry import Status
from ledger.domain.errors import UnbalancedEntry
from ledger.domain.recurring.rule import Rule
from ledger.domain.recurring.series import Series, SeriesDraft
from ledger.domain.transaction import Split, TransactionInput

TODAY = on("2026-03-20")
RENT = TransactionInput("acc", "2026-04-01", eur(-900_00), " Landlord ", tags=("a ", "a"))
DRAFT = SeriesDraft(" Rent ", RENT, "FREQ=MONTHLY")
NO_DATE = "a date YYYY-MM-DD from 1900 to 2200"
SIGN = "low and high have the sign of the amount"
BETWEEN = "the amount lies between low and high"


def made(draft: SeriesDraft) -> Series:
    return draft.made(id="s", owner="anna", today=TODAY, now=NOW)


def of(**said: object) -> SeriesDraft:
    return replace(DRAFT, template=replace(RENT, **said))


def test_a_series_is_made_as_its_draft_says():
    draft = replace(DRAFT, low=eur(-950_00), high=eur(-850_00), tolerance_days=7)
    tidy = replace(RENT, payee="Landlord", tags=("a",))

    assert made(draft) == Series(
        id="s",
        owner="anna",
        name="Rent",
        template=tidy,
        low=-950_00,
        high=-850_00,
        rule=Rule("FREQ=MONTHLY", on("2026-04-01")),
        tolerance_days=7,
        autopost=False,
        tracked_from=on("2026-04-01"),
        posts_from=TODAY,
        created_at=NOW,
        updated_at=NOW,
    )


def test_what_a_draft_leaves_out():
    bare = made(replace(DRAFT, name=" ", autopost=True))

    assert (bare.name, bare.tolerance_days, bare.autopost) == ("Landlord", 4, True)
    assert (bare.low, bare.high) == (-900_00, -900_00)


def test_it_is_tracked_from_today_where_it_began_before():
    assert made(of(date="2020-01-01")).tracked_from == TODAY
    assert made(of(date="2026-03-21")).tracked_from == on("2026-03-21")


@pytest.mark.parametrize(
    "draft",
    [
        replace(DRAFT, name="n" * 100),
        of(payee="", to_account_id="sav"),
        of(date="2016-01-01"),
        of(date="2036-12-31"),
        of(status=Status.PENDING),
        replace(DRAFT, tolerance_days=0),
        replace(DRAFT, tolerance_days=15),
        replace(DRAFT, low=eur(-900_00), high=eur(-900_00)),
        replace(DRAFT, low=eur(-900_00), high=eur(-1)),
        replace(DRAFT, low=eur(-1), high=eur(-900_00)),
        replace(of(amount=eur(900_00)), low=eur(1), high=eur(900_00)),
        replace(DRAFT, low=eur(-901_00)),
        replace(DRAFT, high=eur(-899_00)),
    ],
)
def test_a_draft_at_its_limits_is_taken(draft: SeriesDraft):
    assert made(draft).template == draft.template.tidied()


@pytest.mark.parametrize(
    ("draft", "told"),
    [
        (replace(DRAFT, name="n" * 101), [("name", "at most 100 characters")]),
        (replace(of(payee=" ", to_account_id="sav"), name=" "),
         [("name", "must not be empty without a payee")]),
        (of(payee=""), [("transaction.payee", "tells the transactions of the series from others")]),
        (replace(DRAFT, tolerance_days=-1), [("tolerance_days", "0 to 15")]),
        (replace(DRAFT, tolerance_days=16), [("tolerance_days", "0 to 15")]),
        (replace(DRAFT, autopost=True, low=eur(-900_00)),
         [("autopost", "posts a fixed amount: this one has a range")]),
        (replace(DRAFT, autopost=True, high=eur(-900_00)),
         [("autopost", "posts a fixed amount: this one has a range")]),
        (replace(DRAFT, low=usd(-900_00)), [("low", "must be in EUR")]),
        (replace(DRAFT, high=usd(-900_00)), [("high", "must be in EUR")]),
        (replace(DRAFT, low=eur(-899_99), high=eur(-800_00)), [("low", BETWEEN)]),
        (replace(DRAFT, low=eur(-990_00), high=eur(-900_01)), [("low", BETWEEN)]),
        (replace(DRAFT, high=eur(0)), [("low", SIGN)]),
        (replace(DRAFT, high=eur(1)), [("low", SIGN)]),
        (replace(of(amount=eur(900_00)), low=eur(0)), [("low", SIGN)]),
        (replace(of(amount=eur(900_00)), low=eur(-1)), [("low", SIGN)]),
        (of(amount=eur(0)), [("transaction.amount", "must not be zero")]),
        (replace(DRAFT, rule="FREQ=HOURLY"),
         [("rule", "FREQ is one of DAILY, WEEKLY, MONTHLY, YEARLY")]),
        (of(date="2015-12-31"), [("transaction.date", "at most 10 years away")]),
        (of(date="2037-01-01"), [("transaction.date", "at most 10 years away")]),
        (of(date="2026-02-30"), [("transaction.date", NO_DATE)]),
        (of(description="d" * 1001), [("transaction.description", "at most 1000 characters")]),
    ],
)  # fmt: skip
def test_a_draft_beyond_a_limit_is_refused(draft: SeriesDraft, told):
    assert wrong(lambda: made(draft)) == told


def test_all_that_is_wrong_with_a_series_is_told_at_once():
    template = TransactionInput("", "2026-02-31", eur(0))
    draft = SeriesDraft("", template, "FREQ=SECONDLY", usd(1), usd(2), 99, autopost=True)

    assert wrong(lambda: made(draft)) == [
        ("name", "must not be empty without a payee"),
        ("tolerance_days", "0 to 15"),
        ("transaction.payee", "tells the transactions of the series from others"),
        ("autopost", "posts a fixed amount: this one has a range"),
        ("low", "must be in EUR"),
        ("high", "must be in EUR"),
        ("low", BETWEEN),
        ("transaction.date", NO_DATE),
        ("transaction.account_id", "must not be empty"),
        ("transaction.amount", "must not be zero"),
    ]


def test_splits_that_do_not_add_up_are_refused():
    with pytest.raises(UnbalancedEntry) as refused:
        made(of(splits=(Split("a", eur(-899_00)),)))
    assert str(refused.value) == "the splits add up to -899.00 EUR, not to -900.00 EUR"


KNOWN = replace(
    series("Landlord", -900_00, "2026-02-01", name="Rent", made="2026-01-15"),
    skipped=frozenset({on("2026-02-01")}),
    settled={on("2026-03-01"): "t"},
    problem="the account is closed",
    version=4,
).payee_moved("Landlady", by="op")


def changed(known: Series = KNOWN, **said: object) -> Series:
    draft = SeriesDraft("Rent", known.template, "FREQ=MONTHLY")
    return replace(draft, **said).changing(known, today=TODAY, now=LATER)


def test_a_change_keeps_what_was_said_of_the_days():
    same = changed()

    assert same == replace(KNOWN, problem="", posts_from=TODAY, version=5, updated_at=LATER)
    assert (same.tracked_from, same.created_at) == (on("2026-02-01"), NOW)


def test_other_days_are_tracked_from_today():
    template = replace(KNOWN.template, date="2026-02-02")

    assert changed(rule="FREQ=WEEKLY").tracked_from == TODAY
    assert changed(template=template).tracked_from == TODAY
    assert changed(tolerance_days=1, name="N").tracked_from == on("2026-02-01")


def test_what_the_ledger_posts_begins_on_the_day_that_it_was_asked_to():
    posting = changed(autopost=True)
    begun = replace(posting, posts_from=on("2026-02-22"))

    assert posting.posts_from == TODAY
    assert changed(begun, autopost=True, name="N").posts_from == on("2026-02-22")
    assert changed(begun).posts_from == on("2026-02-22")


def test_a_payee_that_a_person_has_changed_is_known_by_no_other_name():
    renamed = replace(KNOWN.template, payee="Agency")

    assert changed(template=renamed).payee_moves == ()
    assert changed(template=replace(KNOWN.template, payee=" Landlady ")).payee_moves
    assert changed(template=replace(KNOWN.template, amount=Money(-1, "EUR"))).payee_moves
