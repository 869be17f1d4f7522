"""Entries and their sums ↔ Mongo documents."""

from typing import Any

from kit.money import Money
from kit.mongo import Document
from ledger.domain.entry import Change, Entry, EntryKind, Origin, Posting, Status
from ledger.domain.fields import EntryDate
from ledger.domain.totals import Rollup
from ledger.domain.words import search_words


def entry_document(entry: Entry, *, live: bool) -> Document:
    """An entry as it is stored for good; `live` says that it is in force, and alone may change."""
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
        "payee": entry.payee,
        "description": entry.description,
        "tags": list(entry.tags),
        "status": entry.status.value,
        "document_id": entry.origin.document_id,
        "draft_id": entry.origin.draft_id,
        "bank_reference": entry.origin.bank_reference,
        "postings": [_posting_document(posting) for posting in entry.postings],
        "reverses": entry.reverses,
        "live": live,
        "actor_id": entry.actor_id,
        "recorded_at": entry.recorded_at,
        "transaction_created_at": entry.transaction_created_at,
    }
    if not entry.is_reversal:
        row["words"] = list(search_words(entry.payee, entry.description))
    if entry.change is Change.CREATED and entry.origin.bank_reference:
        # Only the first entry of a transaction claims it: an edit may not free the reference.
        row["booked_reference"] = entry.origin.bank_reference
    return row


def entry_of(row: Document) -> Entry:
    return Entry(
        id=row["_id"],
        owner=row["user_id"],
        seq=row["seq"],
        transaction_id=row["transaction_id"],
        version=row["version"],
        kind=EntryKind(row["kind"]),
        change=Change(row["change"]),
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
        status=Status(row["status"]),
        origin=Origin(row["document_id"], row["draft_id"], row["bank_reference"]),
        reverses=row["reverses"],
    )


def rollup_of(row: Document) -> Rollup:
    return Rollup(row["debit"], row["credit"], row["count"])


def _posting_document(posting: Posting) -> Document:
    return {
        "account_id": posting.account_id,
        "amount": posting.amount.minor_units,
        "currency": posting.amount.currency,
        "is_category": posting.is_category,
        "memo": posting.memo,
    }


def _posting_of(row: dict[str, Any]) -> Posting:
    amount = Money(row["amount"], row["currency"])
    return Posting(row["account_id"], amount, row["is_category"], row["memo"])
