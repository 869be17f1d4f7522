"""Rates: the ECB's file, the latest on or before a day, chains, exact conversion."""

import random
from collections.abc import AsyncIterator
from decimal import Decimal, localcontext
from io import BytesIO

import grpc
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kit.caller import use_caller
from kit.grpc.client import open_channel
from kit.grpc.errors import rpc_problem
from kit.ids import new_id
from kit.money import KNOWN_CURRENCIES, Money, exponent
from kit.mongo import Mongo
from kit.testing import SECRET, Issuer, served
from kit.tokens import ServiceTokens
from ledger.commands import rates_command
from ledger.domain import ecb
from ledger.domain.ecb import EcbFile, RatesUnreadable
from ledger.domain.errors import InvalidFields
from ledger.domain.fields import EntryDate
from ledger.domain.rate import Rate, RateMissing, RateNotFound, RateSource, RateTable
from ledger.domain.report import Period
from ledger.grpc_api import ERRORS
from ledger.repository.rates import Rates
from ledger.service.rates import RateService
from ledger.wiring.servicers import servicers
from pfa.common.v1 import money_pb2
from pfa.ledger.v1 import rate_pb2 as pb
from pfa.ledger.v1 import report_pb2
from pfa.ledger.v1.rate_pb2_grpc import RateServiceStub

HEAD = """<?xml version="1.0" encoding="UTF-8"?>
<gesmes:Envelope xmlns:gesmes="http://www.gesmes.org/xml/2002-08-01"
  xmlns="http://www.ecb.int/vocabulary/2002-08-01/eurofxref">
<gesmes:subject>Reference rates</gesmes:subject>
<gesmes:Sender><gesmes:name>European Central Bank</gesmes:name></gesmes:Sender><Cube>"""
TAIL = "</Cube></gesmes:Envelope>"


def file_of(days: dict[str, dict[str, str]]) -> BytesIO:
    """As the ECB writes it, newest first."""
    cubes = "".join(
        f'<Cube time="{day}">'
        + "".join(f'<Cube currency="{c}" rate="{r}"/>' for c, r in rates.items())
        + "</Cube>"
        for day, rates in sorted(days.items(), reverse=True)
    )
    return BytesIO((HEAD + cubes + TAIL).encode())


def ecb_rate(day: str, quote: str, value: str) -> Rate:
    return Rate(EntryDate(day), "EUR", quote, Decimal(value), RateSource.ECB)


def manual(day: str, base: str, quote: str, value: str) -> Rate:
    return Rate(EntryDate(day), base, quote, Decimal(value), RateSource.MANUAL)


@pytest.fixture
def rates(mongo: Mongo) -> RateService:
    return RateService(rates=Rates(mongo))


# --- pure ------------------------------------------------------------------------------------


def test_on_a_weekend_the_rate_of_friday_counts_and_its_day_is_told():
    table = RateTable([ecb_rate("2026-11-20", "USD", "1.25"), ecb_rate("2026-11-23", "USD", "2")])
    sunday = table.applied("EUR", "USD", "2026-11-22")
    assert (sunday.date, sunday.days_old, sunday.is_stale) == ("2026-11-20", 2, False)
    assert sunday.convert(Money(1000, "EUR")) == Money(1250, "USD")
    assert table.applied("EUR", "USD", "2026-11-23").convert(Money(1, "EUR")) == Money(2, "USD")
    old = table.applied("EUR", "USD", "2026-12-05")
    assert (old.days_old, old.is_stale) == (12, True)


def test_before_the_first_rate_there_is_none():
    table = RateTable([ecb_rate("2026-11-20", "USD", "1.25")])
    assert table.find("EUR", "USD", "2026-11-19") is None
    with pytest.raises(RateMissing, match="no rate from EUR to USD"):
        table.applied("EUR", "USD", "2026-11-19")


def test_between_two_others_the_way_leads_through_the_euro():
    table = RateTable([ecb_rate("2026-11-20", "USD", "1.1"), ecb_rate("2026-11-19", "JPY", "165")])
    applied = table.applied("USD", "JPY", "2026-11-20")
    assert applied.convert(Money(110, "USD")) == Money(165, "JPY")
    assert (applied.shown(), applied.date) == ("150", "2026-11-19")


def test_of_one_day_the_books_own_rate_counts_and_of_two_days_the_later():
    own = manual("2026-11-20", "USD", "EUR", "0.5")
    table = RateTable([own, ecb_rate("2026-11-20", "USD", "1.25")])
    applied = table.applied("EUR", "USD", "2026-11-21")
    assert (applied.source, applied.shown()) == (RateSource.MANUAL, "2")
    newer = RateTable([own, ecb_rate("2026-11-23", "USD", "1.25")])
    assert newer.applied("EUR", "USD", "2026-11-23").source is RateSource.ECB
    assert newer.applied("EUR", "USD", "2026-11-22").source is RateSource.MANUAL


def test_a_rate_of_ones_own_joins_the_chain():
    table = RateTable(
        [manual("2026-11-20", "BTC", "USD", "90000"), ecb_rate("2026-11-20", "USD", "1.2"),
         ecb_rate("2026-11-20", "JPY", "160")]
    )  # fmt: skip
    one_satoshi_more = Money(10**8 + 1, "BTC")
    assert table.applied("BTC", "EUR", "2026-11-20").convert(one_satoshi_more) == eur("75000.00")
    assert table.applied("BTC", "JPY", "2026-11-20").convert(Money(1, "BTC")) == Money(0, "JPY")
    assert table.applied("JPY", "BTC", "2026-11-20").convert(Money(12_000_000, "JPY")) == Money(
        10**8, "BTC"
    )


def eur(text: str) -> Money:
    return Money.parse(text, "EUR")


def test_a_half_is_rounded_to_the_even_unit_once_at_the_end():
    table = RateTable([ecb_rate("2026-11-20", "USD", "0.5")])
    applied = table.applied("EUR", "USD", "2026-11-20")
    assert [applied.convert(Money(n, "EUR")).minor_units for n in (1, 3, 5, -1, -3)] == [
        0, 2, 2, 0, -2,
    ]  # fmt: skip


CODES = st.sampled_from(sorted(KNOWN_CURRENCIES - {"EUR"}))
VALUES = st.decimals("0.0001", "20000", places=4)


@given(CODES, CODES, VALUES, VALUES, st.integers(-(10**15), 10**15))
def test_conversion_through_the_euro_is_the_exact_quotient_rounded(from_, to, one, other, units):
    table = RateTable(
        [ecb_rate("2026-11-20", from_, str(one)), ecb_rate("2026-11-20", to, str(other))]
    )
    converted = table.applied(from_, to, "2026-11-20").convert(Money(units, from_))
    if from_ == to:
        assert converted == Money(units, from_)
        return
    with localcontext() as context:
        context.prec = 100
        exact = Decimal(units).scaleb(exponent(to) - exponent(from_)) / one * other
        assert abs(converted.minor_units - exact) <= Decimal("0.5")


@given(st.integers(-(10**12), 10**12), CODES)
def test_a_currency_converts_to_itself_unchanged(units, currency):
    applied = RateTable([]).applied(currency, currency, "2026-11-20")
    assert applied.convert(Money(units, currency)) == Money(units, currency)
    assert (applied.shown(), applied.source) == ("1", None)


def test_the_file_of_the_ecb_is_read_without_currencies_that_are_no_more():
    reading = EcbFile(RateSource.ECB)
    days = {
        "2005-01-03": {"USD": "1.3507", "JPY": "139.5", "XXQ": "30.2", "ISK": "N/A"},
        "2005-01-04": {"USD": "1.3365"},
    }
    assert sorted(r.date + r.quote + str(r.value) for r in reading.rates(file_of(days))) == [
        "2005-01-03JPY139.5",
        "2005-01-03USD1.3507",
        "2005-01-04USD1.3365",
    ]
    assert (len(reading.days), reading.count, reading.passed_over) == (2, 3, {"XXQ"})


@pytest.mark.parametrize(
    "text",
    [
        b"",
        b"no xml",
        b"<a/>",
        HEAD.encode(),
        (HEAD + TAIL).encode(),
        b'<?xml version="1.0" encoding="nonsense"?><a/>',
        (HEAD + '<Cube time="2026-13-01"><Cube currency="USD" rate="1"/></Cube>' + TAIL).encode(),
        (HEAD + '<Cube time="2026-11-20"><Cube currency="USD" rate="-1"/></Cube>' + TAIL).encode(),
        (HEAD + '<Cube time="2026-11-20"><Cube currency="USD" rate="0"/></Cube>' + TAIL).encode(),
        (HEAD + '<Cube time="2026-11-20"><Cube currency="USD" rate="1e5"/></Cube>' + TAIL).encode(),
        (HEAD + '<Cube time="2026-11-20"><Cube currency="$" rate="1"/></Cube>' + TAIL).encode(),
        (HEAD + '<Cube currency="USD" rate="1"/>' + TAIL).encode(),
        b'<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>',
        b'<!DOCTYPE a [<!ENTITY b SYSTEM "file:///etc/passwd">]><a>&b;</a>',
    ],
)
async def test_another_file_is_refused_and_changes_nothing(rates, mongo, text):
    with pytest.raises(RatesUnreadable):
        await rates.import_shared(file=BytesIO(text))
    assert await mongo.db.rates.count_documents({}) == 0


def test_a_file_that_is_too_large_is_refused(monkeypatch):
    monkeypatch.setattr(ecb, "MAX_BYTES", 1000)
    days = {f"2026-11-{day:02}": {"USD": "1.1"} for day in range(1, 30)}
    with pytest.raises(RatesUnreadable, match="larger"):
        list(EcbFile(RateSource.ECB).rates(file_of(days)))


# --- stored ----------------------------------------------------------------------------------


async def test_a_file_imported_twice_is_imported_once_and_serves_every_book(rates, mongo):
    days = {"2026-10-30": {"USD": "1.2", "JPY": "160"}, "2026-11-20": {"USD": "1.25"}}
    first = await rates.import_shared(file=file_of(days))
    before = await mongo.db.rates.find({}).sort("_id", 1).to_list()
    assert await rates.import_shared(file=file_of(days)) == first
    assert await mongo.db.rates.find({}).sort("_id", 1).to_list() == before
    assert (first.days, first.rates, first.first, first.last) == (
        2, 3, "2026-10-30", "2026-11-20",
    )  # fmt: skip

    for owner in (new_id(), new_id()):
        found = await rates.get_rate(
            owner=owner, from_="USD", to="JPY", on="2026-12-25", amount=Money(125, "USD")
        )
        assert found.converted == Money(160, "JPY")
        assert (found.applied.date, found.applied.is_stale) == ("2026-10-30", True)


async def test_a_file_in_a_book_is_seen_in_that_book_alone(rates):
    ada, bob = new_id(), new_id()
    await rates.import_own(owner=ada, file=file_of({"2026-11-20": {"USD": "1.25"}}))
    found = await rates.get_rate(owner=ada, from_="EUR", to="USD", on="2026-11-20")
    assert found.applied.source is RateSource.FILE
    with pytest.raises(RateMissing):
        await rates.get_rate(owner=bob, from_="EUR", to="USD", on="2026-11-20")


async def test_a_rate_is_set_replaced_listed_and_deleted(rates):
    ada, bob = new_id(), new_id()
    await rates.import_shared(file=file_of({"2026-11-20": {"USD": "1.25"}}))
    for value in ("0.9", "0.8"):
        await rates.set_rate(owner=ada, rate=manual("2026-11-20", "USD", "EUR", value))
    month = Period("2026-11-01", "2026-11-30")
    listed = await rates.list_rates(owner=ada, base="EUR", quote="USD", period=month)
    assert [(r.source, r.value) for r in listed] == [
        (RateSource.MANUAL, Decimal("0.8")),
        (RateSource.ECB, Decimal("1.25")),
    ]
    got = await rates.get_rate(owner=ada, from_="EUR", to="USD", on="2026-11-20")
    assert got.applied.shown() == "1.25"
    assert got.applied.source is RateSource.MANUAL
    other = await rates.get_rate(owner=bob, from_="EUR", to="USD", on="2026-11-20")
    assert other.applied.source is RateSource.ECB

    with pytest.raises(RateNotFound):
        await rates.delete_rate(owner=bob, base="USD", quote="EUR", on="2026-11-20")
    await rates.delete_rate(owner=ada, base="USD", quote="EUR", on="2026-11-20")
    with pytest.raises(RateNotFound):
        await rates.delete_rate(owner=ada, base="USD", quote="EUR", on="2026-11-20")
    got = await rates.get_rate(owner=ada, from_="EUR", to="USD", on="2026-11-20")
    assert got.applied.source is RateSource.ECB


@pytest.mark.parametrize(
    ("day", "base", "quote", "value", "fields"),
    [
        ("2026-02-30", "USD", "EUR", "1", {"date"}),
        ("2026-02-01", "USD", "USD", "1", {"quote"}),
        ("2026-02-01", "XXQ", "E$R", "0", {"base", "quote", "rate"}),
        ("2026-02-01", "USD", "EUR", "-1", {"rate"}),
        ("2026-02-01", "USD", "EUR", "NaN", {"rate"}),
        ("2026-02-01", "USD", "EUR", "Infinity", {"rate"}),
        ("2026-02-01", "USD", "EUR", "1e12", {"rate"}),
        ("2026-02-01", "USD", "EUR", "0.0000000000001", {"rate"}),
    ],
)
async def test_what_is_no_rate_is_refused(rates, mongo, day, base, quote, value, fields):
    with pytest.raises(InvalidFields) as refused:
        await rates.set_rate(owner=new_id(), rate=manual(day, base, quote, value))
    assert {name for name, _ in refused.value.fields} == fields
    assert await mongo.db.rates.count_documents({}) == 0


async def test_what_is_looked_up_in_the_store_is_what_all_known_rates_say(rates):
    rng = random.Random(3)
    known, days = [], {}
    for _ in range(200):
        day = f"20{rng.randrange(22, 27)}-{rng.randrange(1, 13):02}-{rng.randrange(1, 29):02}"
        quote, value = rng.choice(["USD", "JPY", "GBP", "CHF"]), str(rng.randrange(1, 999))
        days.setdefault(day, {})[quote] = value
    known = [ecb_rate(day, c, v) for day, rates_ in days.items() for c, v in rates_.items()]
    await rates.import_shared(file=file_of(days))
    owner, table = new_id(), RateTable(known)
    for _ in range(100):
        on = f"20{rng.randrange(21, 28)}-{rng.randrange(1, 13):02}-15"
        from_, to = rng.sample(["USD", "JPY", "GBP", "CHF", "EUR"], 2)
        expected = table.find(from_, to, on)
        stored = await rates.table(owner=owner, currencies=[from_, to], period=Period(on, on))
        assert stored.find(from_, to, on) == expected


# --- at the edges ----------------------------------------------------------------------------

ISSUER = Issuer()


@pytest.fixture
async def api(ledger) -> AsyncIterator[RateServiceStub]:
    async with (
        served(servicers(ledger), issuer=ISSUER, errors=ERRORS, domain="ledger.pfa") as address,
        open_channel(address, name="ledger") as channel,
    ):
        yield RateServiceStub(channel)


def in_chunks(file: BytesIO) -> list[pb.ImportRatesRequest]:
    data = file.getvalue()
    return [
        pb.ImportRatesRequest(chunk=data[start : start + 100]) for start in range(0, len(data), 100)
    ]


async def refusal(call) -> tuple[grpc.StatusCode, str]:
    with pytest.raises(grpc.aio.AioRpcError) as refused:
        await call
    problem = rpc_problem(refused.value)
    return problem.code, problem.reason


async def test_what_a_service_brings_is_everybodys_and_what_a_person_brings_is_theirs(api):
    ask = pb.GetRateRequest(
        from_currency="USD",
        to_currency="EUR",
        on="2026-11-22",
        amount=money_pb2.Money(minor_units=125, currency="USD"),
    )
    ada, bob = ISSUER.caller(new_id()), ISSUER.caller(new_id())
    with use_caller(ada):
        own = file_of({"2026-11-20": {"USD": "1.00"}})
        assert (await api.ImportRates(iter(in_chunks(own)))).rates == 1
        assert (await api.GetRate(ask)).converted.minor_units == 125
    with use_caller(bob):
        expected = (grpc.StatusCode.NOT_FOUND, "RATE_MISSING")
        assert await refusal(api.GetRate(ask)) == expected
    with use_caller(ServiceTokens(SECRET, service="scheduler").caller(owner=new_id())):
        await api.ImportRates(iter(in_chunks(file_of({"2026-11-20": {"USD": "1.25"}}))))
    with use_caller(bob):
        found = await api.GetRate(ask)
        assert found.converted.minor_units == 100
        assert (found.applied.rate, found.applied.source, found.applied.date) == (
            "0.8", "ecb", "2026-11-20",
        )  # fmt: skip
        assert (found.legs[0].base, found.legs[0].rate) == ("EUR", "1.25")


async def test_a_rate_is_set_listed_and_deleted_by_message(api):
    with use_caller(ISSUER.caller(new_id())):
        day = {"date": "2026-11-20", "base": "USD", "quote": "EUR"}
        kept = (await api.SetRate(pb.SetRateRequest(rate="0.90", **day))).rate
        assert (kept.rate, kept.source) == ("0.90", pb.RATE_SOURCE_MANUAL)
        period = report_pb2.Period(from_date="2026-11-01", to_date="2026-11-30")
        listed = await api.ListRates(pb.ListRatesRequest(base="USD", quote="EUR", period=period))
        assert list(listed.rates) == [kept]
        await api.DeleteRate(pb.DeleteRateRequest(**day))
        again = api.DeleteRate(pb.DeleteRateRequest(**day))
        assert await refusal(again) == (grpc.StatusCode.NOT_FOUND, "RATE_NOT_FOUND")
        wrong = api.SetRate(pb.SetRateRequest(rate="0,9", **day))
        assert await refusal(wrong) == (grpc.StatusCode.INVALID_ARGUMENT, "INVALID_ARGUMENT")
        no_file = api.ImportRates(iter([pb.ImportRatesRequest(chunk=b"no")]))
        assert await refusal(no_file) == (grpc.StatusCode.INVALID_ARGUMENT, "RATES_UNREADABLE")


async def test_the_command_reads_a_file_and_says_what_it_held(rates, tmp_path, capsys):
    path = tmp_path / "eurofxref-hist.xml"
    path.write_bytes(file_of({"2005-01-03": {"USD": "1.35", "XXQ": "2"}}).getvalue())
    assert await rates_command(rates, [str(path)]) == 0
    assert capsys.readouterr().out == (
        "1 rates of 1 days, 2005-01-03 to 2005-01-03; passed over, being no more: XXQ\n"
    )
    path.write_text("no")
    assert await rates_command(rates, [str(path)]) == 1
    assert str(path) in capsys.readouterr().err
    assert await rates_command(rates, [str(tmp_path / "none")]) == 1
