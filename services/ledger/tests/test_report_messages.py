"""A report goes into its message whole."""

from posting_ground import eur, usd

from kit.money import Money
from ledger.domain.report import Period
from ledger.domain.report.conversion import InBase
from ledger.domain.report.net_worth import BaseWorth, NetWorth, Point, Worth
from ledger.grpc_api.report_messages import net_worth_message
from pfa.common.v1 import money_pb2
from pfa.ledger.v1 import report_pb2 as pb


def money(minor_units: int, currency: str) -> money_pb2.Money:
    return money_pb2.Money(minor_units=minor_units, currency=currency)


def in_base(minor_units: int) -> InBase:
    return InBase(Money(minor_units, "EUR"), frozenset({"JPY", "GBP"}))


def test_each_point_of_net_worth_holds_its_currencies_and_what_they_come_to():
    worths = [Worth(eur(9), eur(4)), Worth(usd(0), usd(0))]
    told = BaseWorth(in_base(9), in_base(4))
    report = NetWorth([Point("2026-01-31", [], None), Point("2026-02-28", worths, told)], [])

    message = net_worth_message(report, Period("2026-02-01", "2026-02-28"))

    plain, converted = message.points
    assert plain == pb.NetWorthPoint(date="2026-01-31")
    expected = pb.NetWorthPoint(
        date="2026-02-28",
        currencies=[
            pb.Worth(assets=money(9, "EUR"), liabilities=money(4, "EUR"), net=money(5, "EUR")),
            pb.Worth(assets=money(0, "USD"), liabilities=money(0, "USD"), net=money(0, "USD")),
        ],
        unconverted=["GBP", "JPY"],
    )
    expected.converted.assets.CopyFrom(money(9, "EUR"))
    expected.converted.liabilities.CopyFrom(money(4, "EUR"))
    expected.converted.net.CopyFrom(money(5, "EUR"))
    assert converted == expected
