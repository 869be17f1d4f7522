"""Links of transactions: refunds with their purchases, accounts with their opening
balances."""

from collections.abc import Collection, Sequence

from kit.mongo import Database, Document, Tx
from ledger.domain.entry import Entry, EntryKind
from ledger.repository.documents import entry_of
from ledger.repository.search_fields import WITHOUT_SEARCH_FIELDS

_REFUNDS: Document = {"live": True, "refund_of": {"$gt": ""}}


async def create_refund_index(db: Database) -> None:
    """Refunds in force, by what they give back."""
    await db.entries.create_index(
        [("user_id", 1), ("refund_of", 1)], name="refunds", partialFilterExpression=_REFUNDS
    )


async def newest(tx: Tx, owner: str, ids: Collection[str]) -> Sequence[Entry]:
    """The newest entry of each of these transactions."""
    if not ids:
        return []
    query = {"user_id": owner, "transaction_id": {"$in": sorted(ids)}}
    rows = tx.db.entries.find(query, WITHOUT_SEARCH_FIELDS, session=tx.session)
    found: dict[str, Entry] = {}
    async for row in rows.sort([("transaction_id", 1), ("seq", 1)]):
        found[row["transaction_id"]] = entry_of(row)
    return list(found.values())


async def refunds(tx: Tx, owner: str, ids: Collection[str]) -> Sequence[Entry]:
    """The entries in force that give back something of these transactions."""
    if not ids:
        return []
    query = {"user_id": owner, **_REFUNDS, "refund_of": {"$in": sorted(ids), "$gt": ""}}
    rows = tx.db.entries.find(query, WITHOUT_SEARCH_FIELDS, session=tx.session)
    return [entry_of(row) async for row in rows]


async def openings(tx: Tx, owner: str, account_ids: Collection[str]) -> Sequence[Entry]:
    """The entries in force that these accounts began with."""
    if not account_ids:
        return []
    query = {
        "user_id": owner,
        "account_id": {"$in": sorted(account_ids)},
        "live": True,
        "kind": EntryKind.OPENING_BALANCE.value,
    }
    rows = tx.db.entries.find(query, WITHOUT_SEARCH_FIELDS, session=tx.session)
    return [entry_of(row) async for row in rows]
