"""Mongo documents ↔ domain, one pair of functions a kind."""

from datetime import UTC
from typing import Any

from bson import decode, encode
from bson.codec_options import CodecOptions

from kit.money import Money
from kit.mongo import Document
from ledger.domain.account import Account, AccountState, AccountType
from ledger.domain.book import Book
from ledger.domain.category import Category, CategoryKind
from ledger.domain.entry import Change, Entry, EntryKind, Origin, Posting, Status
from ledger.domain.fields import EntryDate
from ledger.domain.search import search_words
from ledger.domain.totals import Rollup

_AWARE: CodecOptions[Document] = CodecOptions(tz_aware=True, tzinfo=UTC)


def book_document(book: Book, *, locale: str) -> Document:
    return {
        "_id": book.owner,
        "equity_id": book.equity_id,
        "uncategorised_expense_id": book.uncategorised_expense_id,
        "uncategorised_income_id": book.uncategorised_income_id,
        "locale": locale,
        "seq": 0,
    }


def book_of(row: Document) -> Book:
    return Book(
        row["_id"],
        equity_id=row["equity_id"],
        uncategorised_expense_id=row["uncategorised_expense_id"],
        uncategorised_income_id=row["uncategorised_income_id"],
    )


def account_document(account: Account) -> Document:
    return {
        "_id": account.id,
        "user_id": account.owner,
        "name": account.name,
        "type": account.type.value,
        "currency": account.currency,
        "institution": account.institution,
        "last_digits": account.last_digits,
        "closed": account.closed,
        "version": account.version,
        "created_at": account.created_at,
        "updated_at": account.updated_at,
    }


def account_of(row: Document) -> Account:
    return Account(
        id=row["_id"],
        owner=row["user_id"],
        name=row["name"],
        type=AccountType(row["type"]),
        currency=row["currency"],
        institution=row["institution"],
        last_digits=row["last_digits"],
        closed=row["closed"],
        version=row["version"],
        created_at=row["created_at"],
        updated_at=row["updated_at"],
    )


def category_document(category: Category) -> Document:
    return {
        "_id": category.id,
        "user_id": category.owner,
        "name": category.name,
        "kind": category.kind.value,
        "parent_id": category.parent_id,
        "key": category.key,
        "version": category.version,
    }


def category_of(row: Document) -> Category:
    return Category(
        id=row["_id"],
        owner=row["user_id"],
        name=row["name"],
        kind=CategoryKind(row["kind"]),
        parent_id=row["parent_id"],
        key=row["key"],
        version=row["version"],
    )


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


def account_state_bytes(state: AccountState) -> bytes:
    """A stored answer: the account as it was answered."""
    return encode({**account_document(state.account), "balance": state.balance.minor_units})


def account_state_from(stored: bytes) -> AccountState:
    row = decode(stored, codec_options=_AWARE)
    account = account_of(row)
    return AccountState(account, Money(row["balance"], account.currency))


def category_bytes(category: Category) -> bytes:
    return encode(category_document(category))


def category_from(stored: bytes) -> Category:
    return category_of(decode(stored))
