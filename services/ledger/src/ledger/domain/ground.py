"""What a group of postings stands on."""

from collections.abc import MutableMapping, MutableSequence, MutableSet
from dataclasses import dataclass, field
from datetime import datetime

from ledger.domain.account import Account
from ledger.domain.book import Book
from ledger.domain.category import Category
from ledger.domain.entry import Entry, EntryKind


@dataclass(frozen=True, slots=True)
class UsedKey:
    """What an idempotency key was used for."""

    request_hash: str
    # None where it was another kind of request, which no posting can be the same as.
    entry: Entry | None


@dataclass(slots=True)
class Ground:
    """What a group stands on, by owner: read within its Mongo transaction, and kept up as commands
    are decided."""

    books: MutableMapping[str, Book] = field(default_factory=dict)
    seqs: MutableMapping[str, int] = field(default_factory=dict)
    # When the newest entry of the book was recorded: no later one is recorded before it.
    recorded: MutableMapping[str, datetime] = field(default_factory=dict)
    accounts: MutableMapping[tuple[str, str], Account] = field(default_factory=dict)
    categories: MutableMapping[tuple[str, str], Category] = field(default_factory=dict)
    # The newest entry of each transaction that a command changes, and all that it ever said.
    newest: MutableMapping[tuple[str, str], Entry] = field(default_factory=dict)
    states: MutableMapping[tuple[str, str], MutableSequence[Entry]] = field(default_factory=dict)
    # The transactions, among those, whose first lines in a file are remembered as booked.
    claimed: MutableSet[tuple[str, str]] = field(default_factory=set)
    # The transactions, among those that a command only names, that there are.
    known: MutableSet[tuple[str, str]] = field(default_factory=set)
    # The newest entries of transactions that are only named as what is refunded.
    originals: MutableMapping[tuple[str, str], Entry] = field(default_factory=dict)
    # Amounts that refunds in force give back of a transaction, by refund, in minor units.
    refunds: MutableMapping[tuple[str, str], MutableMapping[str, int]] = field(default_factory=dict)
    # The transaction that an account began with, by account.
    openings: MutableMapping[tuple[str, str], str] = field(default_factory=dict)
    # The accounts whose finished statements hold the transaction, of those that are brought back to
    # a state that statements had confirmed.
    confirmed: MutableMapping[tuple[str, str], frozenset[str]] = field(default_factory=dict)
    keys: MutableMapping[tuple[str, str], UsedKey] = field(default_factory=dict)
    # Transaction by (owner, account, bank reference).
    references: MutableMapping[tuple[str, str, str], str] = field(default_factory=dict)

    def keep(self, result: Entry) -> None:
        """Let what follows see the entry that is the newest of its transaction now."""
        transaction = result.owner, result.transaction_id
        for opened, id_ in list(self.openings.items()):
            if (opened[0], id_) == transaction:
                del self.openings[opened]
        for refunds in self.refunds.values():
            refunds.pop(result.transaction_id, None)
        if not result.is_reversal:
            if result.kind is EntryKind.OPENING_BALANCE:
                self.openings[result.owner, result.account_id] = result.transaction_id
            if result.refund_of:
                refunds = self.refunds.setdefault((result.owner, result.refund_of), {})
                refunds[result.transaction_id] = result.amount.minor_units
        self.newest[transaction] = result
        self.known.add(transaction)
