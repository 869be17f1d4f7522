"""Each field of what is said about a transaction is kept wherever it is stored.

The walk is over the fields of the message, so that a field which is added to it cannot be lost.
"""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

import pytest
from bson import decode, encode
from bson.codec_options import CodecOptions
from google.protobuf.descriptor import Descriptor, FieldDescriptor

from kit.ids import new_id
from ledger.domain.importing.batch import Import, PlannedLine, Stage
from ledger.domain.importing.lines import ImportLine, Source
from ledger.domain.importing.planning import Judgement, Verdict
from ledger.domain.recurring.rule import Rule
from ledger.domain.recurring.series import Series
from ledger.grpc_api.inputs import input_message
from ledger.grpc_api.messages import transaction_input
from ledger.repository.import_documents import line_document, planned_line_of
from ledger.repository.recurring import series_document, series_of
from pfa.ledger.v1.transaction_pb2 import TransactionInput, TransactionStatus

AWARE: CodecOptions[dict[str, Any]] = CodecOptions(tz_aware=True, tzinfo=UTC)
NOW = datetime(2026, 3, 1, tzinfo=UTC)
DAY = date(2026, 3, 5)
# An amount in a list or in another currency than the transaction's would not be said like that.
CURRENCIES = {"amount.currency": "JPY", "to_amount.currency": "USD"}
PART_OF_ONE_BOOKING = ("origin.bank_reference", "origin.import_id")


def leaves(of: Descriptor, at: str = "") -> Iterator[tuple[str, FieldDescriptor]]:
    for field in of.fields:
        if field.message_type is not None:
            yield from leaves(field.message_type, f"{at}{field.name}.")
        else:
            yield f"{at}{field.name}", field


LEAVES = dict(leaves(TransactionInput.DESCRIPTOR))


def said_with(path: str) -> TransactionInput:
    """A message that says as little as can be said, and something in the field."""
    message = TransactionInput(
        account_id="account",
        date=DAY.isoformat(),
        status=TransactionStatus.Value("TRANSACTION_STATUS_CLEARED"),
    )
    message.amount.minor_units, message.amount.currency = -1, "EUR"
    message.origin.SetInParent()
    field, target = LEAVES[path], message
    *parents, name = path.split(".")
    for parent in parents:
        child = getattr(target, parent)
        target = child.add() if hasattr(child, "add") else child
        if parent == "splits":
            target.amount.minor_units, target.amount.currency = -1, "EUR"
        if parent == "to_amount":
            target.minor_units, target.currency = 1, "USD"
    value = value_of(path, field)
    if field.is_repeated:
        getattr(target, name).extend([value, f"{value}-2"])
    else:
        setattr(target, name, value)
    return message


def value_of(path: str, field: FieldDescriptor) -> Any:
    if path == "date":
        return "2026-04-07"
    if path == "splits.amount.currency":
        return "EUR"  # a split has the currency of its transaction
    if path in CURRENCIES:
        return CURRENCIES[path]
    if field.enum_type is not None:
        return field.enum_type.values_by_name["TRANSACTION_STATUS_PENDING"].number
    if field.cpp_type == FieldDescriptor.CPPTYPE_INT64:
        return -77
    if field.cpp_type == FieldDescriptor.CPPTYPE_BOOL:
        return True
    assert field.cpp_type == FieldDescriptor.CPPTYPE_STRING, "say a value for the new type"
    return f"some {path}"


def stored(document: Any) -> Any:
    return decode(encode(document), codec_options=AWARE)


def series_with(message: TransactionInput) -> Series:
    template = transaction_input(message)
    starts_on = date.fromisoformat(template.date)
    units = template.amount.minor_units
    return Series(
        id=new_id(),
        owner=new_id(),
        name="Rent",
        template=template,
        low=units,
        high=units,
        rule=Rule("FREQ=MONTHLY", starts_on),
        tolerance_days=4,
        autopost=True,
        tracked_from=starts_on,
        posts_from=starts_on,
        created_at=NOW,
        updated_at=NOW,
    )


@pytest.mark.parametrize("path", LEAVES)
def test_a_series_keeps_each_field_of_its_template(path: str):
    message = said_with(path)
    series = series_with(message)

    kept = series_of(stored(series_document(series)))

    assert kept == series
    assert input_message(kept.template) == message


@pytest.mark.parametrize("path", sorted({*LEAVES} - {"date", *PART_OF_ONE_BOOKING}))
def test_what_a_series_posts_says_all_that_its_template_does(path: str):
    message = said_with(path)
    series = series_of(stored(series_document(series_with(message))))

    posted = input_message(series.on(date(2026, 5, 9)))

    message.date = "2026-05-09"
    assert posted == message


@pytest.mark.parametrize("path", PART_OF_ONE_BOOKING)
def test_what_tells_of_one_booking_is_not_posted_again(path: str):
    series = series_with(said_with(path))

    posted = series.on(DAY)

    assert posted == replace(series.template, origin=replace(posted.origin))
    assert (posted.origin.bank_reference, posted.origin.import_id) == ("", "")


@pytest.mark.parametrize("path", LEAVES)
def test_a_line_of_an_import_keeps_each_field(path: str):
    message = said_with(path)
    line = ImportLine(7, transaction_input(message))
    head = Import(
        id=new_id(),
        owner=new_id(),
        actor="",
        stage=Stage.PLANNED,
        source=Source("", "bank.csv", "", "", is_receipt=False),
        line_count=1,
        verdicts={},
        coverage=(),
        created_at=NOW,
    )
    planned = PlannedLine(1, line, Judgement(Verdict.NEW))

    kept = planned_line_of(stored(line_document(head, planned)))

    assert input_message(kept.line.input) == message
