"""Bank files of several accounts: no line is given to an account that it isn't of."""

from datetime import UTC, datetime

import pytest
from ingest_world import Person

from ingest.domain.documents import Document, DocumentKind, DocumentStatus
from ingest.domain.drafting import AccountRef, statement_drafts
from ingest.domain.errors import InvalidField
from ingest.domain.statements import StatementAccount, account_labels
from ingest.reading.ofx import read_ofx
from ingest.reading.table import read_csv
from kit.ids import new_id

NOW = datetime(2026, 11, 30, tzinfo=UTC)
GIRO, SAVINGS = AccountRef("g", "EUR", "1111", "Giro"), AccountRef("s", "EUR", "2222", "Savings")


def statement(number: str, amount: str, currency: str = "EUR") -> str:
    return (
        f"<STMTTRNRS><STMTRS><CURDEF>{currency}<BANKACCTFROM><BANKID>1<ACCTID>{number}"
        "<ACCTTYPE>CHECKING</BANKACCTFROM><BANKTRANLIST>"
        f"<STMTTRN><TRNTYPE>DEBIT<DTPOSTED>20261120<TRNAMT>{amount}<FITID>{number}{amount}"
        "<NAME>Shop</STMTTRN></BANKTRANLIST></STMTRS></STMTTRNRS>"
    )


def ofx(*statements: str) -> bytes:
    body = "".join(statements)
    return f"OFXHEADER:100\nDATA:OFXSGML\n\n<OFX><BANKMSGSRSV1>{body}</BANKMSGSRSV1></OFX>".encode()


TWO = ofx(statement("DE0001111", "-1.00"), statement("DE0002222", "-2.00"))


def drafted(data: bytes, *accounts: AccountRef, uploaded_for: str = "") -> list[tuple[str, str]]:
    """The account of each draft, and how the file names it."""
    document = Document(
        "d", "anna", DocumentStatus.EXTRACTING, DocumentKind.STATEMENT, "a.ofx", "text/x",
        1, "", uploaded_for, (), 0, 0, 0, None, NOW, NOW, 1,
    )  # fmt: skip
    drafts = statement_drafts(document, read_ofx(data), accounts=accounts, at=NOW)
    return [(draft.account_id, draft.statement_account) for draft in drafts]


async def test_one_account_for_a_file_of_two_is_refused_with_both_named(anna: Person) -> None:
    with pytest.raises(InvalidField) as refused:
        await anna.uploads(TWO, name="a.ofx", account_id=new_id())
    assert [field for field, _ in refused.value.fields] == ["account_id"]
    assert "…1111 EUR, …2222 EUR" in str(refused.value)
    assert await anna.world.mongo.db.documents.count_documents({}) == 0


async def test_a_file_of_two_without_an_account_and_one_of_one_with_are_taken(
    anna: Person,
) -> None:
    assert (await anna.uploads(TWO, name="a.ofx")).document.account_id == ""
    again = ofx(statement("DE0001111", "-1.00"), statement("DE0001111", "-2.00"))
    account_id = new_id()
    uploaded = await anna.uploads(again, name="b.ofx", account_id=account_id)
    assert uploaded.document.account_id == account_id


def test_each_statement_goes_to_the_account_with_its_last_digits() -> None:
    assert drafted(TWO, GIRO, SAVINGS) == [("g", "…1111 EUR"), ("s", "…2222 EUR")]
    assert drafted(TWO, GIRO) == [("g", "…1111 EUR"), ("", "…2222 EUR")]
    # Taken in before such an upload was refused.
    assert drafted(TWO, GIRO, uploaded_for="g") == [("g", "…1111 EUR"), ("", "…2222 EUR")]
    assert drafted(ofx(statement("1", "-1")), GIRO, uploaded_for="g") == [("g", "")]


def test_accounts_of_a_file_are_told_apart() -> None:
    def labels(*told: tuple[str, str]) -> tuple[str, ...]:
        (line,) = read_ofx(ofx(statement("1", "-1")))[0].lines
        return account_labels([StatementAccount(*each, (line,)) for each in told])

    assert labels(("DE1", "EUR")) == ("",)
    assert labels(("DE0001111", "EUR"), ("DE0001111", "USD")) == ("…1111 EUR", "…1111 USD")
    assert labels(("A1111", "EUR"), ("B1111", "EUR")) == ("…1111 EUR", "…1111 EUR (2)")
    assert labels(("Giro", "EUR"), ("", "EUR")) == ("Giro EUR", "EUR")


def test_accounts_without_rows_are_no_accounts_of_the_file() -> None:
    empty = StatementAccount("2222", "EUR", ())
    assert account_labels([*read_ofx(ofx(statement("1111", "-1"))), empty]) == ("", "")


CARD = b"Date;Payee;Account number;Amount\n"


def test_numbers_of_the_other_side_are_no_accounts_of_the_file() -> None:
    rows = b"2026-11-20;A;DE1;-1.00\n2026-11-21;B;;-2.00\n2026-11-22;C;DE3;-3.00\n"
    (account,) = read_csv(CARD + rows, default_currency="EUR")
    assert (account.number, len(account.lines)) == ("", 3)


def test_numbers_that_repeat_on_every_row_are_accounts_of_the_file() -> None:
    rows = b"".join(b"2026-11-2%d;A;DE%d;-1.00\n" % (n, n % 2) for n in range(6))
    accounts = read_csv(CARD + rows, default_currency="EUR")
    assert [account.number for account in accounts] == ["DE0", "DE1"]
