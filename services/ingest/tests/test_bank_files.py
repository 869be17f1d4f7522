from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ingest.domain.errors import StatementInvalid
from ingest.domain.statements import StatementAccount
from ingest.reading.media import CSV, OFX, media_type_of
from ingest.reading.ofx import read_ofx
from ingest.reading.table import read_csv
from specimens import (
    CSV_DIALECTS,
    CsvDialect,
    Statement,
    csv_export,
    csv_with_broken_amount,
    make_statement,
    ofx_entity_bomb,
    ofx_sgml,
    ofx_with_broken_amount,
    ofx_xml,
)

PUBLIC_BANK_FILES = Path(__file__).parents[4] / "shared/data/bank"


def rows(account: StatementAccount) -> list[tuple[str, int, str]]:
    return [(line.date, line.amount, line.payee) for line in account.lines]


def truth(statement: Statement) -> list[tuple[str, int, str]]:
    return [(row.date.isoformat(), row.amount, row.payee) for row in statement.rows]


@given(seed=st.integers(0, 10**6), currency=st.sampled_from(["USD", "EUR", "JPY", "KWD"]))
@settings(max_examples=40, deadline=None)
def test_ofx_reads_back_to_the_cent_in_every_form(seed: int, currency: str) -> None:
    statement = make_statement(seed, currency=currency)
    files = [
        ofx_sgml(statement),
        ofx_xml(statement),
        ofx_sgml(statement, encoding="UNICODE", codec="utf-16"),
        ofx_sgml(statement, charset="ISO-8859-1", codec="latin-1"),
    ]
    for data in files:
        assert media_type_of(data) == OFX
        (account,) = read_ofx(data)
        assert rows(account) == truth(statement)
        assert account.closing == statement.closing
        assert account.number == statement.account_number
        references = [row.reference for row in statement.rows]
        assert [line.bank_reference for line in account.lines] == references


@pytest.mark.parametrize("dialect", CSV_DIALECTS.values(), ids=lambda dialect: dialect.name)
@given(seed=st.integers(0, 10**6), currency=st.sampled_from(["USD", "EUR"]))
@settings(max_examples=15, deadline=None)
def test_csv_reads_back_to_the_cent_in_every_dialect(
    dialect: CsvDialect, seed: int, currency: str
) -> None:
    statement = make_statement(seed, currency=currency)
    data = csv_export(statement, dialect)
    assert media_type_of(data) == CSV
    (account,) = read_csv(data, default_currency=currency)
    assert rows(account) == truth(statement)
    assert not any(line.warnings for line in account.lines)


@pytest.mark.parametrize("broken", [ofx_with_broken_amount(), csv_with_broken_amount()])
def test_a_broken_amount_is_named_with_its_line(broken: object) -> None:
    read = read_ofx if broken.name.endswith("ofx") else _csv  # type: ignore[attr-defined]
    with pytest.raises(StatementInvalid) as refusal:
        read(broken.data)  # type: ignore[attr-defined]
    assert (refusal.value.line, refusal.value.value) == (broken.line, broken.value)  # type: ignore[attr-defined]
    assert f"'{broken.value}' is not an amount" in str(refusal.value)  # type: ignore[attr-defined]


def _csv(data: bytes) -> list[StatementAccount]:
    return read_csv(data, default_currency="USD")


def test_a_broken_date_is_named_with_its_line() -> None:
    data = b"Date,Payee,Amount\n2020-01-31,A,1.00\n2020-02-31,B,2.00\n"
    with pytest.raises(StatementInvalid, match="line 3: '2020-02-31' is not a date"):
        _csv(data)


def test_entities_are_not_expanded() -> None:
    with pytest.raises(StatementInvalid, match="DOCTYPE"):
        read_ofx(ofx_entity_bomb().data)


def test_a_reference_that_a_bank_repeats_identifies_nothing() -> None:
    data = ofx_sgml(make_statement(3)).replace(b"<FITID>", b"<FITID>0<X>")
    (account,) = read_ofx(data)
    assert {line.bank_reference for line in account.lines} == {""}
    assert all(line.warnings for line in account.lines)


def test_a_row_that_the_running_balance_contradicts_is_warned_about() -> None:
    data = b"Date,Payee,Amount,Balance\n2020-01-01,A,-1.00,9.00\n2020-01-02,B,-2.00,8.00\n"
    (account,) = _csv(data)
    assert [bool(line.warnings) for line in account.lines] == [False, True]


def test_direction_marks_and_control_characters_are_removed() -> None:
    data = "Date;Payee;Amount\n2020-01-01;Caf\u202eé\x1b;\u200e-4,50\n\x1a".encode()
    (account,) = _csv(data)
    (line,) = account.lines
    assert (line.payee, line.amount, line.amount_text) == ("Café", -450, "-4,50")


def test_several_accounts_of_one_export_are_kept_apart() -> None:
    data = b"Account;Date;Payee;Amount\n111;2020-01-01;A;-1.00\n222;2020-01-02;B;-2.00\n"
    assert [account.number for account in _csv(data)] == ["111", "222"]


def test_a_currency_that_is_not_known_refuses_the_file() -> None:
    data = b"Date,Payee,Amount,Currency\n2020-01-01,A,-1.00,LTL\n"
    with pytest.raises(StatementInvalid, match="'LTL' is not a currency"):
        _csv(data)


@given(st.binary(max_size=400))
def test_any_bytes_are_read_or_refused(data: bytes) -> None:
    media_type_of(data)
    for read in (read_ofx, _csv):
        try:
            read(data)
        except StatementInvalid:
            continue


@pytest.mark.skipif(not PUBLIC_BANK_FILES.is_dir(), reason="the public bank files are not here")
def test_public_bank_files_are_read_or_refused_by_name() -> None:
    for path in sorted(PUBLIC_BANK_FILES.glob("*/*")):
        read = {"ofx": read_ofx, "csv": _csv}.get(path.parent.name)
        if read is not None:
            with suppress(StatementInvalid):
                assert read(path.read_bytes()), path.name
