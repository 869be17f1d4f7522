"""What the ledger writes as OFX, ingest reads: two services that share the format, not the code."""

from datetime import UTC, date, datetime

from hypothesis import given
from hypothesis import strategies as st

from ingest.reading.ofx import read_ofx
from kit.money import Money
from ledger.domain.account import Account, AccountType
from ledger.domain.entry import Change, Entry, EntryKind, Posting
from ledger.domain.export import Ofx, Statement
from ledger.domain.fields import EntryDate

NOW = datetime(2026, 11, 22, tzinfo=UTC)
ACCOUNT = Account(
    id="01a204e2-e776-7165-9af1-87b54286d67d",
    owner="anna",
    name="Main",
    type=AccountType.CHECKING,
    currency="EUR",
    institution="Bank & Söhne <AG>",
    last_digits="",
    closed=False,
    version=1,
    created_at=NOW,
    updated_at=NOW,
)
TEXT = st.text(st.characters(codec="utf-8", exclude_categories=["C", "Z"]), min_size=1, max_size=32)
ROWS = st.lists(
    st.tuples(
        st.dates(date(2000, 1, 1), date(2030, 12, 31)),
        st.integers(-(10**12), 10**12).filter(bool),
        TEXT,
    ),
    min_size=1,
    max_size=20,
)


def entry(number: int, day: str, units: int, payee: str) -> Entry:
    amount = Money(units, "EUR")
    return Entry(
        id=f"e{number}",
        owner="anna",
        seq=number,
        transaction_id=f"t{number}",
        version=1,
        kind=EntryKind.STANDARD,
        change=Change.CREATED,
        date=EntryDate(day),
        account_id=ACCOUNT.id,
        amount=amount,
        payee=payee,
        postings=(Posting(ACCOUNT.id, amount), Posting("food", -amount, is_category=True)),
        actor_id="anna",
        recorded_at=NOW,
        transaction_created_at=NOW,
    )


@given(ROWS)
def test_every_transaction_comes_back_to_the_cent(rows):
    entries = [entry(n, d.isoformat(), units, payee) for n, (d, units, payee) in enumerate(rows)]
    balance = Money(sum(e.amount.minor_units for e in entries), "EUR")
    statement = Statement(ACCOUNT, balance, "2000-01-01", "2030-12-31")
    ofx = Ofx(at="20261122000000", language="ENG")
    before, after = ofx.section(cards=False)
    parts = [ofx.head(), before, ofx.begin(statement)]
    parts += [piece for e in entries for piece in ofx.entry(e, ACCOUNT)]
    parts += [ofx.finish(statement), after, ofx.end()]

    (read,) = read_ofx("".join(parts).encode())

    assert [(ln.date, ln.amount, ln.payee, ln.bank_reference) for ln in read.lines] == [
        (e.date, e.amount.minor_units, e.payee, e.transaction_id) for e in entries
    ]
    assert read.currency == "EUR"
    assert read.closing == balance.minor_units
