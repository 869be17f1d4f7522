"""What a group of postings into one book stands on, read within its transaction or remembered."""

from collections.abc import Container, Iterator, Sequence
from dataclasses import dataclass, replace

from kit.idempotency import key_id
from kit.mongo import Document, Tx
from ledger.domain.book_file import BookRestoring
from ledger.domain.drafting import said_by
from ledger.domain.entry import Entry, EntryKind
from ledger.domain.ground import Ground, UsedKey
from ledger.domain.posting import (
    Command,
    Create,
    Delete,
    Edit,
    OpenBalance,
    Reconcile,
    Restore,
)
from ledger.domain.room import NEARLY_FULL, Room
from ledger.domain.totals import BalanceKey, Totals
from ledger.domain.transaction import TransactionInput
from ledger.repository import links
from ledger.repository.book_documents import account_of, book_of, category_of
from ledger.repository.documents import balance_of, entry_of, rollup_key_of, rollup_of
from ledger.repository.search_fields import WITHOUT_SEARCH_FIELDS
from ledger.repository.statements import confirmed_accounts


@dataclass(frozen=True, slots=True)
class Head:
    """The head of a book: the numbers of its latest entry and event, and how often it was held."""

    owner: str
    seq: int = 0
    events: int = 0
    held: int = 0

    def query(self) -> Document:
        """Finds the book only where its head is still this one."""
        numbers = {"seq": self.seq, "events": self.events, "held": self.held}
        # A number that was never counted is missing.
        return {"_id": self.owner} | {k: n or {"$in": [0, None]} for k, n in numbers.items()}


@dataclass(frozen=True, slots=True)
class Footing:
    """A ground, and the head of the book that it was read at.

    What it says of accounts and categories holds for as long as the head does: whoever closes an
    account, or changes what a category is, holds the book (`Books.hold`), which moves its head.
    """

    head: Head
    ground: Ground

    def lasting(self) -> "Footing":
        """What is worth remembering for the next group: not what only these commands asked."""
        known = self.ground
        kept = Ground(
            books=known.books,
            seqs=known.seqs,
            recorded=known.recorded,
            accounts=known.accounts,
            categories=known.categories,
        )
        return replace(self, ground=kept)

    def copied(self) -> "Footing":
        """One that a group may keep up while it decides: this one stays as it is."""
        known = self.ground
        copy = Ground(
            books=dict(known.books),
            seqs=dict(known.seqs),
            recorded=dict(known.recorded),
            accounts=dict(known.accounts),
            categories=dict(known.categories),
        )
        return replace(self, ground=copy)


async def read_ground(
    tx: Tx, owner: str, commands: Sequence[Command], remembered: Footing | None = None
) -> Footing:
    """What these commands have to know, as of the transaction's snapshot.

    With a remembered footing only what it lacks is read, and no keys: whoever writes finds out
    whether the head is still the same and the keys are new.
    """
    if remembered is not None:
        footing = remembered.copied()
    else:
        footing = await _read_book(tx, owner)
        await _read_keys(tx, footing.ground, owner, commands)
    ground = footing.ground
    await _read_transactions(tx, ground, owner, commands)
    await _read_links(tx, ground, owner, commands)
    await _read_accounts(tx, ground, owner, commands)
    await _read_categories(tx, ground, owner, commands)
    await _read_references(tx, ground, owner, commands)
    await _read_confirmed(tx, ground, owner, commands)
    return footing


async def read_room(tx: Tx, owner: str) -> Room:
    """How much more the sums of the book can hold."""
    totals = Totals()
    async for row in tx.db.balances.find({"user_id": owner}, session=tx.session):
        totals.balances[BalanceKey(owner, row["account_id"], row["currency"])] = balance_of(row)
    nearly_full = {"$gt": NEARLY_FULL}
    query = {"user_id": owner, "$or": [{"debit": nearly_full}, {"credit": nearly_full}]}
    async for row in tx.db.rollups.find(query, {"days": 0}, session=tx.session):
        totals.rollups[rollup_key_of(row)] = rollup_of(row)
    return Room(totals)


async def _read_book(tx: Tx, owner: str) -> Footing:
    ground = Ground()
    row = await tx.db.books.find_one({"_id": owner}, session=tx.session)
    if row is None:
        return Footing(Head(owner), ground)
    if row.get("restoring"):
        raise BookRestoring
    ground.books[owner] = book_of(row)
    ground.seqs[owner] = row["seq"]
    if "recorded_at" in row:
        ground.recorded[owner] = row["recorded_at"]
    return Footing(Head(owner, row["seq"], row.get("events", 0), row.get("held", 0)), ground)


async def _read_keys(tx: Tx, ground: Ground, owner: str, commands: Sequence[Command]) -> None:
    wanted = {key_id(owner, c.key.text): c.key.text for c in commands if c.key.text}
    if not wanted:
        return
    query = {"_id": {"$in": sorted(wanted)}}
    keys = await tx.db.idempotency.find(query, session=tx.session).to_list()
    if not keys:
        return
    entries = await _entries_by_id(tx, owner, {_answer(row) for row in keys})
    for row in keys:
        # A key of another kind of request (an account's) recalls no entry, but is used all the
        # same.
        entry = entries.get(_answer(row))
        ground.keys[owner, wanted[row["_id"]]] = UsedKey(row["hash"], entry)


async def _entries_by_id(tx: Tx, owner: str, ids: set[str]) -> dict[str, Entry]:
    query = {"_id": {"$in": sorted(ids)}, "user_id": owner}
    rows = tx.db.entries.find(query, session=tx.session)
    return {row["_id"]: entry_of(row) async for row in rows}


async def _read_transactions(
    tx: Tx, ground: Ground, owner: str, commands: Sequence[Command]
) -> None:
    """The newest entries of the changed transactions, and their history."""
    if changed := {c.changes for c in commands if c.changes}:
        query = {"user_id": owner, "transaction_id": {"$in": sorted(changed)}}
        rows = tx.db.entries.find(query, WITHOUT_SEARCH_FIELDS, session=tx.session).sort(
            [("transaction_id", 1), ("seq", 1)]
        )
        async for row in rows:
            entry = entry_of(row)
            transaction = owner, entry.transaction_id
            ground.newest[transaction] = entry
            ground.known.add(transaction)
            if not entry.is_reversal:
                ground.states.setdefault(transaction, []).append(entry)
            if entry.claims:
                ground.claimed.add(transaction)


async def _read_links(tx: Tx, ground: Ground, owner: str, commands: Sequence[Command]) -> None:
    """Figures to check refunds and opening balances against: amounts paid and refunded, and
    what accounts began with."""
    said = list(_said(ground, owner, commands))
    originals = {input_.refund_of for input_ in said if input_.refund_of}
    for entry in await links.newest(tx, owner, originals):
        ground.originals[owner, entry.transaction_id] = entry
        ground.known.add((owner, entry.transaction_id))
    changed = _with_other_amounts(ground, owner, commands)
    for entry in await links.refunds(tx, owner, originals | changed):
        refunds = ground.refunds.setdefault((owner, entry.refund_of), {})
        refunds[entry.transaction_id] = entry.amount.minor_units
        ground.originals[owner, entry.transaction_id] = entry
    for entry in await links.openings(tx, owner, _opened(ground, owner, commands)):
        ground.openings[owner, entry.account_id] = entry.transaction_id


def _with_other_amounts(ground: Ground, owner: str, commands: Sequence[Command]) -> set[str]:
    """The transactions that may come to pay another amount, or be paid otherwise."""
    found = set()
    for command in commands:
        standing = ground.newest.get((owner, command.changes))
        if standing is None or isinstance(command.action, Delete | Reconcile):
            continue
        paid = standing.amount, standing.to_account_id
        if standing.is_reversal or any(
            (said.amount, said.to_account_id) != paid for said in _said(ground, owner, [command])
        ):
            found.add(command.changes)
    return found


def _opened(ground: Ground, owner: str, commands: Sequence[Command]) -> set[str]:
    """The accounts that may come to begin with another entry."""
    found = set()
    for command in commands:
        standing = ground.newest.get((owner, command.changes))
        states = ground.states.get((owner, command.changes), ())
        match command.action:
            case OpenBalance(input=input_):
                found.add(input_.account_id)
            case Edit(input=input_) if (
                standing is not None and standing.kind is EntryKind.OPENING_BALANCE
            ):
                found |= {input_.account_id} - {standing.account_id}
            case Restore():
                found |= {s.account_id for s in states if s.kind is EntryKind.OPENING_BALANCE}
    return found


def _said(ground: Ground, owner: str, commands: Sequence[Command]) -> Iterator[TransactionInput]:
    """What the commands shall say: for one that brings a state back, each that it may be."""
    for command in commands:
        if command.input is not None:
            yield command.input
        elif isinstance(command.action, Restore):
            for state in ground.states.get((owner, command.changes), ()):
                yield said_by(state)


async def _read_accounts(tx: Tx, ground: Ground, owner: str, commands: Sequence[Command]) -> None:
    named = {
        id_
        for said in _said(ground, owner, commands)
        for id_ in (said.account_id, said.to_account_id)
    }
    standing = {p.account_id for entry in ground.newest.values() for p in entry.postings}
    for row in await _lacking(tx, "accounts", owner, named | standing, ground.accounts):
        ground.accounts[owner, row["_id"]] = account_of(row)


async def _read_categories(tx: Tx, ground: Ground, owner: str, commands: Sequence[Command]) -> None:
    named = {part.category_id for said in _said(ground, owner, commands) for part in said.parts()}
    for row in await _lacking(tx, "categories", owner, named, ground.categories):
        ground.categories[owner, row["_id"]] = category_of(row)


async def _read_references(tx: Tx, ground: Ground, owner: str, commands: Sequence[Command]) -> None:
    claiming = [c for c in commands if isinstance(c.action, Create | Restore)]
    inputs = [said for said in _said(ground, owner, claiming) if said.origin.bank_reference]
    if inputs:
        query = {
            "user_id": owner,
            "account_id": {"$in": sorted({i.account_id for i in inputs})},
            "booked_reference": {"$in": sorted({i.origin.bank_reference for i in inputs})},
        }
        shown = {"_id": 0, "account_id": 1, "booked_reference": 1, "transaction_id": 1}
        async for row in tx.db.entries.find(query, shown, session=tx.session):
            key = owner, row["account_id"], row["booked_reference"]
            ground.references[key] = row["transaction_id"]


async def _read_confirmed(tx: Tx, ground: Ground, owner: str, commands: Sequence[Command]) -> None:
    """Which finished statements hold what is brought back."""
    restored = {c.changes for c in commands if isinstance(c.action, Restore)}
    ids = [
        id_
        for id_ in sorted(restored)
        if any(state.reconciled_on for state in ground.states.get((owner, id_), ()))
    ]
    if ids:
        for id_, accounts in (await confirmed_accounts(tx.db, owner, ids, tx.session)).items():
            ground.confirmed[owner, id_] = accounts


async def _lacking(
    tx: Tx, collection: str, owner: str, ids: set[str], known: Container[tuple[str, str]]
) -> Sequence[Document]:
    """The documents of these ids that aren't known yet."""
    lacking = sorted(id_ for id_ in ids if id_ and (owner, id_) not in known)
    if not lacking:
        return []
    query = {"user_id": owner, "_id": {"$in": lacking}}
    return await tx.db[collection].find(query, session=tx.session).to_list()


def _answer(row: Document) -> str:
    return bytes(row["answer"]).decode(errors="replace")
