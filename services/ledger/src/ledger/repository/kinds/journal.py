"""Entries and operations with all that is stored of them."""

from kit.mongo import Document
from ledger.domain.stored import StoredEntry, StoredOperation
from ledger.repository.documents import entry_document, entry_of, freed_document
from ledger.repository.kinds.kind import Kind
from ledger.repository.operations import (
    operation_document,
    operation_of,
    row_document,
    row_of,
)


def _read_entry(row: Document) -> StoredEntry:
    return StoredEntry(
        entry_of(row),
        row["live"],
        row["superseded_at"],
        row.get("act", False),
        row.get("freed_by", ""),
    )


def _entry_row(stored: StoredEntry) -> Document:
    row = entry_document(stored.entry, superseded_at=stored.superseded_at, act=stored.act)
    row["live"] = stored.live
    return freed_document(row, operation_id=stored.freed_by) if stored.freed_by else row


def _read_operation(row: Document) -> StoredOperation:
    rows = row.get("rows")
    return StoredOperation(
        operation_of(row),
        None if rows is None else tuple(row_of(each) for each in rows),
        row.get("undid", ""),
        row.get("left", 0),
    )


def _operation_row(stored: StoredOperation) -> Document:
    row = operation_document(stored.operation)
    if stored.undid:
        row |= {"undoes": "", "undid": stored.undid}
    if stored.rows is not None:
        row["rows"] = [row_document(each) for each in stored.rows]
    if stored.left:
        row["left"] = stored.left
    return row


_FOUND_BY = frozenset({"words", "folded", "size", "marks", "payee_id"})
_CLAIMED = frozenset({"booked_fingerprint", "booked_reference"})
ENTRIES = Kind("entries", _read_entry, _entry_row, _FOUND_BY | _CLAIMED)
OPERATIONS = Kind("operations", _read_operation, _operation_row)
