"""The journal: entries that balance, posted once and never altered."""

from collections.abc import Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum

from kit.money import Money
from ledger.domain.errors import InvalidFields, UnbalancedEntry
from ledger.domain.fields import EntryDate
from ledger.domain.payee import payee_id

_NO_ACCOUNTS: frozenset[str] = frozenset()


class EntryKind(StrEnum):
    """What an entry is: an account against categories, between two accounts, or what an account
    began with."""

    STANDARD = "standard"
    TRANSFER = "transfer"
    OPENING_BALANCE = "opening_balance"


class Change(StrEnum):
    """What an act did to the transaction."""

    CREATED = "created"
    EDITED = "edited"
    DELETED = "deleted"
    # An earlier state was brought back, of what was deleted or of what stood.
    RESTORED = "restored"


class Status(StrEnum):
    """How far the bank has got with an entry. Only statements reconcile: an entry is reconciled
    when a statement has confirmed one of its postings, and its postings say which."""

    PENDING = "pending"
    CLEARED = "cleared"
    RECONCILED = "reconciled"


@dataclass(frozen=True, slots=True)
class Posting:
    """One line of an entry: debit positive, credit negative."""

    account_id: str
    amount: Money
    is_category: bool = False
    memo: str = ""
    # The category's kind, so that the journal alone tells income from spending.
    is_income: bool = False
    # Whether a statement of the account has confirmed it.
    reconciled: bool = False


@dataclass(frozen=True, slots=True)
class Origin:
    """Which document and draft an entry was booked from, and what the bank calls it."""

    document_id: str = ""
    draft_id: str = ""
    bank_reference: str = ""
    # The import that brought it.
    import_id: str = ""
    # A suggestion or a rule filled in the category, and no person has chosen or confirmed it.
    category_unreviewed: bool = False


@dataclass(frozen=True, slots=True)
class Entry:
    """What one act wrote into the journal.

    `seq` counts the owner's entries without a gap. `version` is that of the transaction after the
    act. An edit writes two entries of one version: the reversal of what stood, and what stands now.
    """

    id: str
    owner: str
    seq: int
    transaction_id: str
    version: int
    kind: EntryKind
    change: Change
    date: EntryDate
    account_id: str
    amount: Money
    payee: str
    postings: Sequence[Posting]
    actor_id: str
    recorded_at: datetime
    # When the transaction was first posted.
    transaction_created_at: datetime
    to_account_id: str = ""
    description: str = ""
    tags: Sequence[str] = ()
    status: Status = Status.CLEARED
    origin: Origin = field(default_factory=Origin)
    # The entry that this one cancels; empty for an entry that says something new.
    reverses: str = ""
    # The act that wrote it: what one undo takes back.
    operation_id: str = ""
    # What reached the other account of a transfer across currencies, from that account's view.
    to_amount: Money | None = None
    # The transaction whose money this one gives back.
    refund_of: str = ""
    document_ids: Sequence[str] = ()
    # Whether a line of a file that looks like this one, or has its bank's reference, is already
    # there: the first entry of a transaction claims that, and what comes after doesn't forget it.
    claims: bool = False

    @property
    def payee_id(self) -> str:
        return payee_id(self.payee)

    @property
    def is_reversal(self) -> bool:
        return bool(self.reverses)

    @property
    def reconciled_on(self) -> frozenset[str]:
        """The accounts of which a statement has confirmed it."""
        if self.status is not Status.RECONCILED:
            return _NO_ACCOUNTS
        return frozenset(p.account_id for p in self.postings if p.reconciled)

    def reconciled_as(self, account_ids: AbstractSet[str]) -> "Entry":
        """The entry as statements of exactly these accounts confirm it."""
        postings = tuple(
            replace(p, reconciled=p.account_id in account_ids and not p.is_category)
            for p in self.postings
        )
        return replace(self, postings=postings, status=_status(self.status, postings))

    def reversed_by(
        self,
        *,
        id: str,  # noqa: A002 - its name
        seq: int,
        change: Change,
        actor_id: str,
        now: datetime,
        operation_id: str = "",
    ) -> "Entry":
        """The entry that cancels this one, on the same date, so that every month's sums come out as
        if it had never been."""
        return replace(
            self,
            id=id,
            seq=seq,
            version=self.version + 1,
            change=change,
            amount=-self.amount,
            to_amount=None if self.to_amount is None else -self.to_amount,
            postings=tuple(replace(posting, amount=-posting.amount) for posting in self.postings),
            actor_id=actor_id,
            recorded_at=now,
            reverses=self.id,
            operation_id=operation_id,
            claims=False,
        )


def _status(said: Status, postings: Sequence[Posting]) -> Status:
    """The status of an entry with these postings, which was said to have that one."""
    if any(posting.reconciled for posting in postings):
        return Status.RECONCILED
    return Status.CLEARED if said is Status.RECONCILED else said


def require_not_reconciled(status: Status, field: str = "transaction.status") -> None:
    """A person says pending or cleared; only a finished reconciliation says more. Raises
    InvalidFields."""
    if status is Status.RECONCILED:
        raise InvalidFields([(field, "pending or cleared: only a reconciliation sets it")])


def require_balance(postings: Sequence[Posting]) -> None:
    """Two postings or more that sum to zero in each currency. Raises UnbalancedEntry."""
    if len(postings) < 2:
        raise UnbalancedEntry("an entry has two postings or more")
    sums: dict[str, int] = {}
    for posting in postings:
        currency = posting.amount.currency
        sums[currency] = sums.get(currency, 0) + posting.amount.minor_units
    for currency, minor_units in sums.items():
        if minor_units:
            raise UnbalancedEntry(f"the parts leave {Money(minor_units, currency)} over")
