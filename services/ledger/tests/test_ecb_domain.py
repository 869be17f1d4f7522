"""The ECB's file, read without a server: which rates it holds, and how it is refused."""

import tracemalloc
from io import BytesIO

import pytest

from ledger.domain import ecb
from ledger.domain.ecb import EcbFile, RatesUnreadable
from ledger.domain.rate import RateSource

HEAD = """<?xml version="1.0" encoding="UTF-8"?>
<gesmes:Envelope xmlns:gesmes="http://www.gesmes.org/xml/2002-08-01"
  xmlns="http://www.ecb.int/vocabulary/2002-08-01/eurofxref">
<gesmes:subject>Reference rates</gesmes:subject><Cube>"""
TAIL = "</Cube></gesmes:Envelope>"


def file_of(cubes: str) -> bytes:
    return (HEAD + cubes + TAIL).encode()


def on_day(cubes: str, day: str = "2026-11-20") -> bytes:
    return file_of(f'<Cube time="{day}">{cubes}</Cube>')


def read(data: bytes, reading: EcbFile | None = None) -> list[tuple[str, str, str, str, int]]:
    rates = (reading or EcbFile(RateSource.FILE)).rates(BytesIO(data))
    return [(r.date, r.base, r.quote, str(r.value), r.source.value) for r in rates]


def refusal(data: bytes) -> str:
    with pytest.raises(RatesUnreadable) as refused:
        read(data)
    return str(refused.value)


def test_each_rate_is_of_the_day_that_it_stands_under():
    reading = EcbFile(RateSource.FILE)
    data = file_of(
        '<Cube time="2005-01-04"><Cube currency="USD" rate="1.3365"/></Cube>'
        '<Cube time="2005-01-03"><Cube currency="CYP" rate="0.58"/><Cube currency="XXQ" rate="2"/>'
        '<Cube currency="ISK" rate="N/A"/><Cube currency="JPY" rate="139.50"/>'
        '<Cube currency="USD" rate="1.3507"/></Cube>'
    )
    assert read(data, reading) == [
        ("2005-01-04", "EUR", "USD", "1.3365", 2),
        ("2005-01-03", "EUR", "JPY", "139.50", 2),
        ("2005-01-03", "EUR", "USD", "1.3507", 2),
    ]
    assert (reading.days, reading.count) == ({"2005-01-03", "2005-01-04"}, 3)
    assert reading.passed_over == {"CYP", "XXQ"}


def test_what_is_between_the_rates_is_passed_over():
    assert read(
        file_of(
            '<note time="never"/><Cube time="2026-11-20"><note currency="USD" rate="no"/><Cube/>'
            '<Cube currency="USD" rate="1.2"/></Cube><note/>'
        )
    ) == [("2026-11-20", "EUR", "USD", "1.2", 2)]


def test_rates_at_the_limits_of_a_number_are_read():
    least, most = "0.000000000001", "999999999999.999999999999"
    cubes = f'<Cube currency="USD" rate="{least}"/><Cube currency="JPY" rate="{most}"/>'
    assert [value for *_, value, _ in read(on_day(cubes))] == ["1E-12", most]


@pytest.mark.parametrize(
    ("cube", "message"),
    [
        ('<Cube currency="USD" rate="0"/>', "'0' is no rate of USD on 2026-11-20"),
        ('<Cube currency="USD" rate="-1"/>', "'-1' is no rate of USD on 2026-11-20"),
        ('<Cube currency="USD" rate="1e5"/>', "'1e5' is no rate of USD on 2026-11-20"),
        ('<Cube currency="USD" rate="n/a"/>', "'n/a' is no rate of USD on 2026-11-20"),
        ('<Cube currency="USD"/>', "'' is no rate of USD on 2026-11-20"),
        (
            '<Cube currency="USD" rate="1234567890.1234567890x"/>',
            "'1234567890.123456789' is no rate of USD on 2026-11-20",
        ),
        ('<Cube currency="$" rate="1"/>', "a rate without its day or currency: '$'"),
        ('<Cube currency="EUR" rate="1"/>', "a rate without its day or currency: 'EUR'"),
        (
            '<Cube currency="UNITED STATES DOLLAR" rate="1"/>',
            "a rate without its day or currency: 'UNITED STATE'",
        ),
    ],
)
def test_a_rate_that_is_none_is_told_shortly(cube, message):
    assert refusal(on_day(cube)) == message


def test_a_rate_without_a_day_and_a_day_that_is_none_are_told():
    cube = '<Cube currency="USD" rate="1"/>'
    assert refusal(file_of(cube)) == "a rate without its day or currency: 'USD'"
    assert refusal(on_day(cube, "2026-13-01")) == "'2026-13-01' is no day"
    assert refusal(on_day(cube, "")) == "'' is no day"
    assert refusal(on_day(cube, "d" * 30)) == f"'{'d' * 20}' is no day"


def test_a_file_of_nothing_is_told():
    nothing = "the file holds no rates of the ECB"
    assert refusal(file_of("")) == nothing
    assert refusal(b"<a/>") == nothing
    assert refusal(on_day('<Cube currency="ISK" rate="N/A"/>')) == nothing
    assert refusal(on_day('<Cube currency="XXQ" rate="1"/>')) == nothing


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"", "no element found: line 1, column 0"),
        (b"no xml", "syntax error: line 1, column 0"),
        (b'<?xml version="1.0" encoding="nonsense"?><a/>', "unknown encoding: nonsense"),
        (
            b'<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>',
            "EntitiesForbidden(name='b', system_id=None, public_id=None)",
        ),
    ],
)
def test_what_is_no_xml_is_told_with_what_is_wrong_with_it(data, message):
    assert refusal(data) == f"the file is not XML as the ECB writes it: {message}"


def test_what_is_wrong_after_the_first_rates_is_told_too():
    rates = EcbFile(RateSource.ECB).rates(
        BytesIO(on_day('<Cube currency="USD" rate="1.2"/>' + " " * 100_000)[: -len(TAIL)])
    )
    assert next(rates).quote == "USD"
    with pytest.raises(RatesUnreadable, match=r"^the file is not XML as the ECB writes it: no el"):
        next(rates)


def test_what_was_read_is_let_go():
    rates = "".join(f'<Cube currency="{code}" rate="1.2"/>' for code in ("USD", "JPY", "GBP") * 5)
    data = file_of(f'<Cube time="2026-11-20">{rates}</Cube>' * 500)
    tracemalloc.start()
    try:
        assert sum(1 for _ in EcbFile(RateSource.ECB).rates(BytesIO(data))) == 7_500
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert peak < 2**20


def test_a_file_is_read_up_to_its_largest_size_and_not_a_byte_beyond(monkeypatch):
    largest = 2 * 2**20
    monkeypatch.setattr(ecb, "MAX_BYTES", largest)
    data = on_day('<Cube currency="USD" rate="1.2"/>')
    padded = data + b" " * (largest - len(data))
    assert len(read(padded)) == 1
    assert refusal(padded + b" ") == "the file is larger than 2 MiB"
