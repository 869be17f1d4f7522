"""What a list shows, straight from the documents and field by field into the message, is what the
entries left."""

from dataclasses import replace
from datetime import UTC, datetime

from bson import decode, encode
from hypothesis import given
from hypothesis import strategies as st
from posting_ground import BOOK, Clerk, coffee, eur, usd
from test_drafting import things_said

from ledger.domain.entry import Entry, EntryKind, Origin, Status
from ledger.domain.payee import payee_id
from ledger.domain.transaction import Split, Transaction, transaction_of
from ledger.grpc_api.messages import transaction_message, write_transaction
from ledger.repository.documents import TRANSACTION_FIELDS, entry_document, transaction_in_force
from pfa.common.v1 import money_pb2
from pfa.ledger.v1 import ledger_pb2
from pfa.ledger.v1 import transaction_pb2 as pb

FIELDS = {"_id", *TRANSACTION_FIELDS}
MADE = datetime(2026, 3, 14, 9, 0, 1, 123000, tzinfo=UTC)
WHOLE = Transaction(
    id="t",
    entry_id="e",
    version=3,
    kind=EntryKind.TRANSFER,
    account_id="giro",
    date="2026-03-14",
    amount=eur(-350),
    payee="Zoë",
    description="black",
    splits=(Split("food", eur(-300), "beans"), Split("", eur(-50))),
    tags=("a", "b"),
    to_account_id="dollars",
    status=Status.PENDING,
    origin=Origin("doc", "draft", "ref", "import", category_unreviewed=True),
    actor_id="carl",
    created_at=MADE,
    updated_at=MADE.replace(day=15, microsecond=0),
    deleted=True,
    operation_id="o",
    to_amount=usd(380),
    refund_of="r",
    document_ids=("d1", "d2"),
)
details = st.fixed_dictionaries(
    {
        "description": st.sampled_from(["", "black"]),
        "tags": st.sampled_from([(), ("a", "b")]),
        "status": st.sampled_from([Status.PENDING, Status.CLEARED]),
        "origin": st.sampled_from(
            [Origin(), Origin("doc", "draft", "ref", "import"), Origin(category_unreviewed=True)]
        ),
        "document_ids": st.sampled_from([(), ("d1", "d2")]),
    }
)


def listed(entry: Entry) -> Transaction:
    """As a list reads the entry: no more than it asks for, and instants without their zone."""
    row = decode(encode(entry_document(entry, superseded_at=None, act=True)))
    return transaction_in_force({k: v for k, v in row.items() if k in FIELDS}, BOOK)


@given(things_said(), details)
def test_a_list_shows_what_the_entry_in_force_left(said, more):
    entry = Clerk().create(replace(said, **more))

    assert listed(entry) == transaction_of(entry, BOOK)


def test_what_is_uncategorised_has_no_category_in_a_list():
    entry = Clerk().create(coffee(category_id=""))

    assert [split.category_id for split in listed(entry).splits] == [""]


def money(minor_units: int, currency: str) -> money_pb2.Money:
    return money_pb2.Money(minor_units=minor_units, currency=currency)


def test_the_message_holds_all_of_a_transaction():
    expected = pb.Transaction(
        id="t",
        entry_id="e",
        version=3,
        kind=pb.TRANSACTION_KIND_TRANSFER,
        account_id="giro",
        date="2026-03-14",
        amount=money(-350, "EUR"),
        payee="Zoë",
        description="black",
        splits=[
            pb.Split(category_id="food", amount=money(-300, "EUR"), memo="beans"),
            pb.Split(amount=money(-50, "EUR")),
        ],
        tags=["a", "b"],
        to_account_id="dollars",
        status=pb.TRANSACTION_STATUS_PENDING,
        origin=pb.Origin(
            document_id="doc",
            draft_id="draft",
            bank_reference="ref",
            import_id="import",
            category_unreviewed=True,
        ),
        actor_id="carl",
        deleted=True,
        operation_id="o",
        to_amount=money(380, "USD"),
        refund_of="r",
        document_ids=["d1", "d2"],
        payee_id=payee_id("Zoë"),
    )
    expected.created_at.FromDatetime(WHOLE.created_at)
    expected.updated_at.FromDatetime(WHOLE.updated_at)
    page = ledger_pb2.ListTransactionsResponse()
    write_transaction(page.transactions.add(), WHOLE)

    assert transaction_message(WHOLE) == expected
    assert list(page.transactions) == [expected]


def test_what_a_transaction_has_none_of_is_there_and_empty_but_for_the_other_amount():
    plain = replace(WHOLE, origin=Origin(), amount=eur(0), splits=(), to_amount=None)
    message = transaction_message(plain)

    assert message.HasField("origin")
    assert message.HasField("amount")
    assert not message.HasField("to_amount")
