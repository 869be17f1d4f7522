"""Our own CSV export, read back by our own reader: every text is what it was."""

import csv
import io
from dataclasses import replace
from datetime import UTC, datetime

from hypothesis import given
from hypothesis import strategies as st

from ingest.domain.documents import Document, DocumentKind, DocumentStatus
from ingest.domain.drafting import AccountRef, statement_drafts
from ingest.reading.jobs import read_statement
from ingest.reading.media import media_type_of
from ingest.reading.table.own import COLUMNS
from kit.money import Money
from kit.spreadsheet import read_list
from kit.text import clean_line, clean_lines
from ledger.domain.account import Account, AccountType
from ledger.domain.book import Book
from ledger.domain.entry import Change, Entry, EntryKind, Origin, Posting, Status
from ledger.domain.export import Chart, CsvTable, csv_table
from ledger.domain.fields import EntryDate

NOW = datetime(2026, 11, 30, tzinfo=UTC)
GIRO = Account("giro", "anna", "=Giro", AccountType.CHECKING, "EUR", "", "", False, 1, NOW, NOW)
DINAR = replace(GIRO, id="dinar", name="Dinar", currency="KWD")
CHART = Chart.of(Book("anna", "equity", "out", "in", "trading"), [GIRO, DINAR], [])
DOCUMENT = Document(
    "d", "anna", DocumentStatus.EXTRACTING, DocumentKind.STATEMENT, "own.csv", "text/csv", 1, "",
    "", (), 0, 0, 0, None, NOW, NOW, 1,
)  # fmt: skip

# Mostly what is easy to get wrong, in the form in which a book keeps it.
anything = st.text(
    st.sampled_from("=+-@'\", \t\n;aß1＝") | st.characters(exclude_categories=["Cs"]),
    max_size=12,
)
lines = anything.map(lambda text: clean_line(text).strip())
several_lines = anything.map(lambda text: clean_lines(text).strip())


@st.composite
def entries(draw: st.DrawFn) -> Entry:
    account = draw(st.sampled_from([GIRO, DINAR]))
    whole = Money(draw(st.integers(-(10**9), 10**9).filter(bool)), account.currency)
    half = Money(draw(st.integers(-(10**6), 10**6)), account.currency)
    parts = draw(st.sampled_from([(whole,), (half, whole - half)]))
    number = draw(st.uuids())
    return Entry(
        id=str(number),
        owner="anna",
        seq=1,
        transaction_id=str(number),
        version=1,
        kind=EntryKind.STANDARD,
        change=Change.CREATED,
        date=EntryDate(draw(st.dates()).isoformat()),
        account_id=account.id,
        amount=whole,
        payee=draw(lines),
        postings=(
            Posting(account.id, whole, is_category=False),
            *(Posting("out", -part, is_category=True, memo=draw(lines)) for part in parts),
        ),
        actor_id="anna",
        recorded_at=NOW,
        transaction_created_at=NOW,
        description=draw(several_lines),
        tags=tuple(draw(st.lists(lines, max_size=3))),
        status=Status.CLEARED,
        origin=Origin(bank_reference=draw(lines)),
    )


def exported(book: list[Entry]) -> str:
    table = CsvTable(CHART)
    return table.head() + "".join(piece for entry in book for piece in table.entry(entry))


def test_both_sides_name_the_same_columns():
    assert csv_table.COLUMNS == COLUMNS


@given(st.lists(entries(), min_size=1, max_size=4, unique_by=lambda entry: entry.id))
def test_what_is_exported_is_read_back_as_it_was(book):
    data = exported(book).encode()
    assert media_type_of(data) == "text/csv"

    read = read_statement(data, media_type="text/csv", default_currency="USD")
    accounts = [AccountRef(a.id, a.currency, a.last_digits, a.name) for a in (GIRO, DINAR)]
    drafts = statement_drafts(DOCUMENT, read, accounts=accounts, at=NOW)

    def said(each):
        return each.account_id, each.date, each.amount, each.payee, each.description

    assert sorted(map(said, drafts), key=repr) == sorted(map(said, book), key=repr)


@given(entries())
def test_tags_and_memos_can_be_read_back_and_no_cell_is_a_formula(entry):
    rows = list(csv.DictReader(io.StringIO(exported([entry]), newline="")))
    for row in rows:
        assert tuple(read_list(row["tags"])) == tuple(entry.tags)
        texts = (text for name, text in row.items() if not name.endswith("amount"))
        assert not any(text.startswith(("=", "+", "-", "@", "\t", "\r")) for text in texts)
