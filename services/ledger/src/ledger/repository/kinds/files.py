"""Imports and their lines with all that is stored of them."""

from kit.mongo import Document
from ledger.domain.stored import StoredItem, StoredLine
from ledger.repository.import_documents import (
    choices_document,
    choices_of,
    import_document,
    import_of,
    line_fields,
    line_id,
    outcome_fields,
    planned_line_of,
)
from ledger.repository.kinds.kind import Kind


def _read_line(row: Document) -> StoredLine | StoredItem:
    if "input" not in row:
        return _read_item(row)
    line = StoredLine(
        row["user_id"],
        row["import_id"],
        planned_line_of(row),
        row.get("claims", False),
        row.get("expires_at"),
        choices_of(row),
    )
    if row["_id"] != line_id(line.import_id, line.planned.position):
        raise ValueError("_id is not that of the line")
    return line


def _read_item(row: Document) -> StoredItem:
    owner, slash, key = row["_id"].partition("/")
    if owner != row["user_id"] or not slash or not key or row["position"] != 0:
        raise ValueError("_id is not that of the line")
    return StoredItem(
        owner,
        key,
        row["import_id"],
        row["account_id"],
        row["fingerprint"],
        row["reference"],
        row["draft_id"],
        row["transaction_id"],
    )


def _line_row(stored: StoredLine | StoredItem) -> Document:
    if isinstance(stored, StoredItem):
        return _item_row(stored)
    planned = stored.planned
    row = line_fields(stored.owner, stored.import_id, planned)
    if planned.outcome is not None:
        row |= outcome_fields(planned, claims=stored.claims)
    if stored.expires_at is not None:
        row["expires_at"] = stored.expires_at
    if stored.choices:
        row["choices"] = choices_document(stored.choices)
    return row


def _item_row(item: StoredItem) -> Document:
    return {
        "_id": f"{item.owner}/{item.key}",
        "user_id": item.owner,
        "import_id": item.document_id,
        "position": 0,
        "account_id": item.account_id,
        "fingerprint": item.fingerprint,
        "reference": item.reference,
        "draft_id": item.draft_id,
        "transaction_id": item.transaction_id,
        "claims": True,
    }


_OF_THE_INPUT = frozenset({"account_id", "fingerprint", "reference", "draft_id"})
IMPORT_LINES = Kind("import_lines", _read_line, _line_row, _OF_THE_INPUT)
IMPORTS = Kind("imports", import_of, import_document, frozenset({"expires_at"}))
