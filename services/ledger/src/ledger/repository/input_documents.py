"""Transaction inputs ↔ Mongo documents: lines of imports, templates of series."""

from kit.money import Money
from kit.mongo import Document
from ledger.domain.entry import Origin, Status
from ledger.domain.transaction import Split, TransactionInput


def input_document(input_: TransactionInput) -> Document:
    """Every field of the input; splits have its currency."""
    reaches = input_.to_amount
    return {
        "account_id": input_.account_id,
        "date": input_.date,
        "amount": input_.amount.minor_units,
        "currency": input_.amount.currency,
        "payee": input_.payee,
        "description": input_.description,
        "category_id": input_.category_id,
        "splits": [
            {"category_id": s.category_id, "amount": s.amount.minor_units, "memo": s.memo}
            for s in input_.splits
        ],
        "tags": list(input_.tags),
        "to_account_id": input_.to_account_id,
        "to_amount": None if reaches is None else reaches.minor_units,
        "to_currency": "" if reaches is None else reaches.currency,
        "status": input_.status.value,
        "refund_of": input_.refund_of,
        "document_ids": list(input_.document_ids),
        "document_id": input_.origin.document_id,
        "draft_id": input_.origin.draft_id,
        "bank_reference": input_.origin.bank_reference,
        "import_id": input_.origin.import_id,
        "category_unreviewed": input_.origin.category_unreviewed,
    }


def input_of(row: Document) -> TransactionInput:
    """Older documents lack some of the links and of the origin, and may ask for the status that
    only statements give now: they mean that the bank has cleared it."""
    currency, status = row["currency"], Status(row["status"])
    return TransactionInput(
        account_id=row["account_id"],
        date=row["date"],
        amount=Money(row["amount"], currency),
        payee=row["payee"],
        description=row["description"],
        category_id=row["category_id"],
        splits=tuple(
            Split(s["category_id"], Money(s["amount"], currency), s["memo"]) for s in row["splits"]
        ),
        tags=tuple(row["tags"]),
        to_account_id=row["to_account_id"],
        status=Status.CLEARED if status is Status.RECONCILED else status,
        origin=Origin(
            row.get("document_id", ""),
            row.get("draft_id", ""),
            row.get("bank_reference", ""),
            row.get("import_id", ""),
            row.get("category_unreviewed", False),
        ),
        to_amount=Money(row["to_amount"], row["to_currency"]) if row["to_currency"] else None,
        refund_of=row.get("refund_of", ""),
        document_ids=tuple(row.get("document_ids", ())),
    )
