"""Cash flow and net worth: what came into accounts and went out, and what they hold over time."""

from dataclasses import replace
from decimal import Decimal

import pytest
from posting_ground import account, eur, on_day, usd

from kit.money import Money
from ledger.domain.account import Account, AccountType
from ledger.domain.fields import EntryDate
from ledger.domain.rate import Rate, RateSource, RateTable
from ledger.domain.report import Flow, Period, Series
from ledger.domain.report.cash_flow import (
    AccountMoves,
    BaseMoves,
    CashFlow,
    Moves,
    MovesBucket,
    cash_flow,
    own_days,
    own_series,
)
from ledger.domain.report.conversion import Converter, InBase, valued_series
from ledger.domain.report.net_worth import (
    LIABILITIES,
    AccountBalances,
    BaseWorth,
    NetWorth,
    Point,
    Worth,
    net_worth,
)

JANUARY, FEBRUARY = Period("2026-01-01", "2026-01-31"), Period("2026-02-01", "2026-02-28")
BEFORE = "2025-12-31"
GIRO, CASH, DOLLARS = account("giro"), account("cash"), account("dollars", "USD")
CARD = replace(account("card"), type=AccountType.CREDIT_CARD)
LOAN = replace(account("loan", "USD"), type=AccountType.LOAN)
YEN = frozenset({"JPY"})


def converter() -> Converter:
    """A dollar is half a euro, since February a quarter; from yen none leads there."""
    return Converter(
        RateTable(
            Rate(EntryDate(day), "USD", "EUR", Decimal(value), RateSource.ECB)
            for day, value in (("2025-12-01", "0.5"), ("2026-02-01", "0.25"))
        ),
        "EUR",
    )


def moves(*units: int, currency: str = "EUR") -> Moves:
    """What came in, went out, was moved in and was moved out."""
    return Moves(*(Money(n, currency) for n in units))


def in_base(*units: int, lacking: frozenset[str] = frozenset()) -> BaseMoves:
    return BaseMoves(*(InBase(eur(n), lacking) for n in units))


# --- cash flow -------------------------------------------------------------------------------

ALL: Series = [
    (JANUARY, [Flow("giro", "EUR", 1000, 300, 4), Flow("dollars", "USD", 88, 8, 2),
               Flow("cash", "EUR", 50, 5, 1)]),
    (FEBRUARY, [Flow("giro", "EUR", 10, 20, 2), Flow("dollars", "USD", 0, 40, 1)]),
]  # fmt: skip
MOVED: Series = [
    (JANUARY, [Flow("giro", "EUR", 400, 50, 2), Flow("cash", "EUR", 50, 0, 1)]),
    (FEBRUARY, []),
]


DAYS = {JANUARY: "2026-01-10", FEBRUARY: "2026-02-03"}


def flows_of(accounts: list[Account], base: Converter | None = None) -> CashFlow:
    opening = [Flow("giro", "EUR", 170, 100, 5), Flow("dollars", "USD", 0, 9, 1)]
    if base is None:
        return cash_flow(iter(opening), ALL, MOVED, accounts)
    days = [
        [row for period, flows in of for row in on_day(DAYS[period], *flows)] for of in (ALL, MOVED)
    ]
    own = valued_series(own_series(ALL, MOVED), own_days(*days), base)
    return cash_flow(iter(opening), ALL, MOVED, accounts, base.base, own)


def test_moves_come_to_a_net_and_a_change():
    one = moves(100, 30, 7, 2)
    assert (one.net, one.change) == (eur(70), eur(75))
    assert one + moves(1, 2, 3, 4) == moves(101, 32, 10, 6)
    lacking = in_base(5, 2) + in_base(10, 20, lacking=YEN)
    assert lacking == in_base(15, 22, lacking=YEN)
    assert lacking.net == InBase(eur(-7), YEN)


def test_what_was_only_moved_is_neither_income_nor_spending():
    found = flows_of([DOLLARS, GIRO, CASH, CARD])
    assert found.accounts == [
        AccountMoves(DOLLARS, usd(-9), moves(88, 48, 0, 0, currency="USD")),
        AccountMoves(GIRO, eur(70), moves(610, 270, 400, 50)),
        AccountMoves(CASH, eur(0), moves(0, 5, 50, 0)),
        AccountMoves(CARD, eur(0), moves(0, 0, 0, 0)),
    ]
    assert [of.closing for of in found.accounts] == [usd(31), eur(760), eur(45), eur(0)]


def test_buckets_and_currencies_add_up_to_the_accounts():
    found = flows_of([GIRO, CASH, DOLLARS])
    assert found.buckets == [
        MovesBucket(
            JANUARY, [moves(600, 255, 450, 50), moves(88, 8, 0, 0, currency="USD")], None
        ),
        MovesBucket(FEBRUARY, [moves(10, 20, 0, 0), moves(0, 40, 0, 0, currency="USD")], None),
    ]  # fmt: skip
    assert found.currencies == [moves(610, 275, 450, 50), moves(88, 48, 0, 0, currency="USD")]
    assert found.in_base is None


def test_what_came_in_and_went_out_is_converted_at_the_rates_of_its_days():
    found = flows_of([GIRO, CASH, DOLLARS], converter())
    assert [bucket.in_base for bucket in found.buckets] == [in_base(644, 259), in_base(10, 30)]
    assert found.in_base == in_base(654, 289)
    assert [(bucket.period, bucket.currencies) for bucket in found.buckets] == [
        (bucket.period, bucket.currencies) for bucket in flows_of([]).buckets
    ]


def test_what_no_rate_leads_from_is_named_on_either_side():
    yen: Series = [(JANUARY, [Flow("y", "JPY", 0, 5, 1), Flow("giro", "EUR", 3, 1, 1)])]
    own = valued_series(yen, on_day(JANUARY.to_date, *yen[0][1]), converter())
    found = cash_flow([], yen, [(JANUARY, [])], [], "EUR", own)
    assert found.in_base == BaseMoves(InBase(eur(3)), InBase(eur(1), YEN))


def test_what_flowed_twice_through_an_account_within_a_bucket_is_added():
    twice: Series = [(JANUARY, [Flow("giro", "EUR", 3, 1, 1), Flow("giro", "EUR", 10, 20, 1)])]
    moved: Series = [(JANUARY, [Flow("giro", "EUR", 2, 1, 1), Flow("giro", "EUR", 4, 5, 1)])]
    found = cash_flow([], twice, moved, [GIRO])
    assert found.accounts == [AccountMoves(GIRO, eur(0), moves(7, 15, 6, 6))]


def test_buckets_of_what_flowed_and_what_was_moved_must_be_the_same():
    with pytest.raises(ValueError, match="zip"):
        cash_flow([], ALL, MOVED[:1], [GIRO], None)


# --- net worth -------------------------------------------------------------------------------

SERIES: Series = [
    (JANUARY, [Flow("giro", "EUR", 30, 10, 2), Flow("card", "EUR", 0, 60, 1),
               Flow("dollars", "USD", 8, 0, 1)]),
    (FEBRUARY, [Flow("card", "EUR", 100, 0, 1), Flow("loan", "USD", 0, 44, 1)]),
]  # fmt: skip
OPENING = [Flow("giro", "EUR", 150, 50, 3), Flow("dollars", "USD", 40, 0, 1)]
OWN = [LOAN, CARD, GIRO, DOLLARS]


def worth(assets: Money, liabilities: Money) -> Worth:
    return Worth(assets, liabilities)


def point(day: str, euros: tuple[int, int], dollars: tuple[int, int], *base: int) -> Point:
    told = BaseWorth(*(InBase(eur(n)) for n in base)) if base else None
    euros_, dollars_ = Worth(*map(eur, euros)), Worth(*map(usd, dollars))
    return Point(day, [euros_, dollars_], told)


def test_what_is_owed_is_taken_from_what_is_owned():
    assert worth(eur(100), eur(30)).net == eur(70)
    assert BaseWorth(InBase(eur(9)), InBase(eur(4), YEN)).net == InBase(eur(5), YEN)
    assert {type_.value for type_ in LIABILITIES} == {"credit_card", "loan", "other_liability"}


def test_net_worth_is_told_the_day_before_and_at_the_end_of_each_bucket():
    assert net_worth(iter(OPENING), SERIES, OWN, None) == NetWorth(
        [
            point(BEFORE, (100, 0), (40, 0)),
            point("2026-01-31", (120, 60), (48, 0)),
            point("2026-02-28", (120, -40), (48, 44)),
        ],
        [
            AccountBalances(LOAN, (0, 0, -44)),
            AccountBalances(CARD, (0, -60, 40)),
            AccountBalances(GIRO, (100, 120, 120)),
            AccountBalances(DOLLARS, (40, 48, 48)),
        ],
    )


def test_each_point_is_converted_at_the_rates_of_its_day():
    assert net_worth(OPENING, SERIES, OWN, converter()).points == [
        point(BEFORE, (100, 0), (40, 0), 120, 0),
        point("2026-01-31", (120, 60), (48, 0), 144, 60),
        point("2026-02-28", (120, -40), (48, 44), 132, -29),
    ]


def test_worth_without_a_rate_is_named_on_its_side():
    yen = account("yen", "JPY")
    owed = replace(account("owed", "JPY"), type=AccountType.OTHER_LIABILITY)
    (first, last) = net_worth(
        [Flow("yen", "JPY", 5, 0, 1)], [(JANUARY, [Flow("owed", "JPY", 0, 7, 1)])], [yen, owed],
        converter(),
    ).points  # fmt: skip
    assert first.in_base == BaseWorth(InBase(eur(0), YEN), InBase(eur(0)))
    assert last.in_base == BaseWorth(InBase(eur(0), YEN), InBase(eur(0), YEN))
    assert last.currencies == [worth(Money(5, "JPY"), Money(7, "JPY"))]


def test_a_book_without_accounts_is_worth_nothing():
    assert net_worth([], [(JANUARY, [])], [], None) == NetWorth(
        [Point(BEFORE, [], None), Point("2026-01-31", [], None)], []
    )
