"""Entries and their sums ↔ Mongo documents."""

from datetime import UTC, datetime
from typing import Any

from kit.money import Money
from kit.mongo import Document
from ledger.domain.book import Book
from ledger.domain.entry import Change, Entry, EntryKind, Origin, Posting, Status
from ledger.domain.fields import EntryDate
from ledger.domain.fingerprint import fingerprint
from ledger.domain.report import Dim
from ledger.domain.totals import Balance, BalanceKey, Rollup, RollupKey, Sums
from ledger.domain.transaction import Split, Transaction
from ledger.repository.search_fields import search_fields

# Looked up rather than made: an entry is read far more often than it is written.
_KINDS = {kind.value: kind for kind in EntryKind}
_CHANGES = {change.value: change for change in Change}
_STATUSES = {status.value: status for status in Status}

# What `transaction_in_force` reads. What is named is cheaper to send than all but what is named:
# MongoDB copies the fields and needn't take the document apart.
TRANSACTION_FIELDS = dict.fromkeys(
    (
        "transaction_id",
        "version",
        "kind",
        "account_id",
        "date",
        "amount",
        "currency",
        "payee",
        "description",
        "postings",
        "tags",
        "to_account_id",
        "status",
        "document_id",
        "draft_id",
        "bank_reference",
        "import_id",
        "category_unreviewed",
        "actor_id",
        "transaction_created_at",
        "recorded_at",
        "operation_id",
        "to_amount",
        "to_currency",
        "refund_of",
        "document_ids",
    ),
    1,
)


def entry_document(entry: Entry, *, superseded_at: datetime | None, act: bool) -> Document:
    """An entry as it is stored for good. Of it change only `live` and `superseded_at`, which say
    whether and until when it was in force, and what its transaction claims of files.

    `act` marks the entry that tells of an act of its own in the history of the book.
    """
    row: Document = {
        "_id": entry.id,
        "user_id": entry.owner,
        "seq": entry.seq,
        "transaction_id": entry.transaction_id,
        "version": entry.version,
        "kind": entry.kind.value,
        "change": entry.change.value,
        "date": entry.date,
        "account_id": entry.account_id,
        "to_account_id": entry.to_account_id,
        "amount": entry.amount.minor_units,
        "currency": entry.amount.currency,
        "to_amount": entry.to_amount.minor_units if entry.to_amount else None,
        "to_currency": entry.to_amount.currency if entry.to_amount else "",
        "payee": entry.payee,
        "description": entry.description,
        "tags": list(entry.tags),
        "status": entry.status.value,
        "document_id": entry.origin.document_id,
        "draft_id": entry.origin.draft_id,
        "bank_reference": entry.origin.bank_reference,
        "import_id": entry.origin.import_id,
        "document_ids": list(entry.document_ids),
        "refund_of": entry.refund_of,
        "postings": [_posting_document(posting) for posting in entry.postings],
        "reverses": entry.reverses,
        "operation_id": entry.operation_id,
        "live": not entry.is_reversal and superseded_at is None,
        "superseded_at": superseded_at,
        "actor_id": entry.actor_id,
        "recorded_at": entry.recorded_at,
        "transaction_created_at": entry.transaction_created_at,
        **derived_fields(entry),
    }
    if entry.origin.category_unreviewed:
        row["category_unreviewed"] = True
    if act:
        row["act"] = True
    return row


def freed_document(row: Document, *, operation_id: str) -> Document:
    """The entry as it is stored once it claims nothing of files."""
    claims = ("booked_fingerprint", "booked_reference")
    return {k: v for k, v in row.items() if k not in claims} | {"freed_by": operation_id}


def derived_fields(entry: Entry) -> Document:
    """What is stored of an entry only to be found by, and follows from the rest of it."""
    row: Document = {"payee_id": entry.payee_id}
    if not entry.is_reversal:
        row |= search_fields(entry)
    if entry.claims:
        # Only the first entry of a transaction claims these: an edit may not free them.
        units, currency = entry.amount.minor_units, entry.amount.currency
        row["booked_fingerprint"] = fingerprint(
            entry.account_id, entry.date, units, currency, entry.payee
        )
        if entry.origin.bank_reference:
            row["booked_reference"] = entry.origin.bank_reference
    return row


def entry_of(row: Document) -> Entry:
    return Entry(
        id=row["_id"],
        owner=row["user_id"],
        seq=row["seq"],
        transaction_id=row["transaction_id"],
        version=row["version"],
        kind=_KINDS[row["kind"]],
        change=_CHANGES[row["change"]],
        date=EntryDate(row["date"]),
        account_id=row["account_id"],
        amount=Money(row["amount"], row["currency"]),
        payee=row["payee"],
        postings=tuple(_posting_of(posting) for posting in row["postings"]),
        actor_id=row["actor_id"],
        recorded_at=row["recorded_at"],
        transaction_created_at=row["transaction_created_at"],
        to_account_id=row["to_account_id"],
        description=row["description"],
        tags=tuple(row["tags"]),
        status=_STATUSES[row["status"]],
        origin=_origin_of(row),
        reverses=row["reverses"],
        operation_id=row["operation_id"],
        to_amount=Money(row["to_amount"], row["to_currency"]) if row["to_currency"] else None,
        refund_of=row["refund_of"],
        document_ids=tuple(row["document_ids"]),
        claims="booked_fingerprint" in row,
    )


def transaction_in_force(row: Document, book: Book) -> Transaction:
    """What `transaction_of` makes of an entry in force, without the entry between: most of what is
    read is listed. Such an entry neither reverses nor deletes. Its instants may come without their
    zone, which is UTC: decoding with it takes twice as long."""
    status, recorded_at = _STATUSES[row["status"]], row["recorded_at"]
    updated_at = recorded_at.replace(tzinfo=UTC)
    created_at = row["transaction_created_at"]
    # By position, which takes a fifth less time than by name.
    return Transaction(
        row["transaction_id"],
        row["_id"],
        row["version"],
        _KINDS[row["kind"]],
        row["account_id"],
        EntryDate(row["date"]),
        Money(row["amount"], row["currency"]),
        row["payee"],
        row["description"],
        _splits_of(row["postings"], book),
        tuple(row["tags"]),
        row["to_account_id"],
        status,
        _origin_of(row),
        row["actor_id"],
        # Most are as they were made.
        updated_at if created_at == recorded_at else created_at.replace(tzinfo=UTC),
        updated_at,
        operation_id=row["operation_id"],
        to_amount=Money(row["to_amount"], row["to_currency"]) if row["to_currency"] else None,
        refund_of=row["refund_of"],
        document_ids=tuple(row["document_ids"]),
        reconciled_account_ids=(
            _reconciled_on(row["postings"]) if status is Status.RECONCILED else ()
        ),
    )


def _origin_of(row: Document) -> Origin:
    return Origin(
        row["document_id"],
        row["draft_id"],
        row["bank_reference"],
        row["import_id"],
        # Stored only where it is true.
        row.get("category_unreviewed", False),
    )


def balance_document(key: BalanceKey, balance: Balance) -> Document:
    return {**balance_query(key), **balance_increments(balance)}


def balance_query(key: BalanceKey) -> Document:
    return {"user_id": key.owner, "account_id": key.account_id, "currency": key.currency}


def balance_of(row: Document) -> Balance:
    """What is missing counts for nothing, so that a check finds it."""
    return Balance(*(row.get(name, 0) for name in ("balance", "cleared", "reconciled")))


def rollup_document(key: RollupKey, rollup: Rollup) -> Document:
    return {
        **rollup_query(key),
        **_sums_document(rollup.month),
        "days": {day: _sums_document(sums) for day, sums in rollup.days.items()},
    }


def rollup_query(key: RollupKey) -> Document:
    return {
        "user_id": key.owner,
        "dim": key.dim.value,
        "month": key.month,
        "id": key.id,
        "currency": key.currency,
    }


def rollup_key_of(row: Document) -> RollupKey:
    return RollupKey(row["user_id"], Dim(row["dim"]), row["month"], row["id"], row["currency"])


def rollup_of(row: Document) -> Rollup:
    return Rollup(_sums_of(row), {day: _sums_of(sums) for day, sums in row.get("days", {}).items()})


def rollup_increments(rollup: Rollup) -> dict[str, int]:
    """What adds the rollup to the one that is stored."""
    increments = _sums_document(rollup.month)
    for day, sums in rollup.days.items():
        at = f"days.{day}."
        increments[at + "debit"] = sums.debit
        increments[at + "credit"] = sums.credit
        increments[at + "count"] = sums.count
    return increments


def balance_increments(balance: Balance) -> dict[str, int]:
    """What adds the balance to the one that is stored."""
    return {
        "balance": balance.balance,
        "cleared": balance.cleared,
        "reconciled": balance.reconciled,
    }


def _sums_document(sums: Sums) -> dict[str, int]:
    # `asdict` copies deeply, which cost a fifth of an import.
    return {"debit": sums.debit, "credit": sums.credit, "count": sums.count}


def _sums_of(row: dict[str, Any]) -> Sums:
    return Sums(row["debit"], row["credit"], row["count"])


def _posting_document(posting: Posting) -> Document:
    row: Document = {
        "account_id": posting.account_id,
        "amount": posting.amount.minor_units,
        "currency": posting.amount.currency,
        "is_category": posting.is_category,
        "is_income": posting.is_income,
        "memo": posting.memo,
    }
    if posting.reconciled:
        row["reconciled"] = True
    return row


def _posting_of(row: dict[str, Any]) -> Posting:
    amount = Money(row["amount"], row["currency"])
    return Posting(
        row["account_id"],
        amount,
        row["is_category"],
        row["memo"],
        is_income=row["is_income"],
        reconciled=row.get("reconciled", False),
    )


def _reconciled_on(postings: list[dict[str, Any]]) -> tuple[str, ...]:
    return tuple(row["account_id"] for row in postings if row.get("reconciled"))


def _splits_of(postings: list[dict[str, Any]], book: Book) -> tuple[Split, ...]:
    """From the account's view."""
    return tuple(
        [
            Split(
                book.named_category(row["account_id"]),
                Money(-row["amount"], row["currency"]),
                row["memo"],
            )
            for row in postings
            if row["is_category"]
        ]
    )
