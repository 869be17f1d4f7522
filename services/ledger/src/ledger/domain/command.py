"""What can be asked of a book: commands, each of one person, under one key."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from ledger.domain.transaction import TransactionInput


@dataclass(frozen=True, slots=True)
class Key:
    """An idempotency key with the hash of the request under it; an empty key asks for no memory."""

    text: str = ""
    request_hash: str = ""


@dataclass(frozen=True, slots=True)
class Create:
    """Post a new transaction."""

    input: TransactionInput


@dataclass(frozen=True, slots=True)
class OpenBalance:
    """Post what an account began with, against the book's equity."""

    input: TransactionInput


@dataclass(frozen=True, slots=True)
class Edit:
    """Reverse what stands and post what shall stand. `expected_version` 0 doesn't ask what the
    caller saw; `unlock` changes also what was reconciled with a statement."""

    transaction_id: str
    expected_version: int
    input: TransactionInput
    unlock: bool = False


@dataclass(frozen=True, slots=True)
class Delete:
    """Reverse what stands. `frees` lets a file bring the transaction again, as if it had never been
    booked: so does an undo of its booking, a person's deletion does not."""

    transaction_id: str
    expected_version: int
    unlock: bool = False
    frees: bool = False


@dataclass(frozen=True, slots=True)
class Restore:
    """Post again what the transaction said at a version; 0 is what it said when it was deleted."""

    transaction_id: str
    expected_version: int = 0
    version: int = 0
    unlock: bool = False


@dataclass(frozen=True, slots=True)
class Reconcile:
    """Say whether a statement of the account has confirmed what the transaction moves there; all
    else stays as it is."""

    transaction_id: str
    expected_version: int
    account_id: str
    confirmed: bool = True


Action = Create | OpenBalance | Edit | Delete | Restore | Reconcile


@dataclass(frozen=True, slots=True)
class Command:
    """One act of one person on one book."""

    owner: str
    actor: str
    action: Action
    key: Key = field(default_factory=Key)
    # W3C headers of the act's trace, for the events that tell of it.
    trace: Mapping[str, str] = field(default_factory=dict)
    # The operation that this command is a row of; empty for an act of its own, which gets an id.
    operation_id: str = ""

    @property
    def changes(self) -> str:
        """The transaction that is to be changed; empty for a new one."""
        match self.action:
            case (
                Edit(transaction_id=id)
                | Delete(transaction_id=id)
                | Restore(transaction_id=id)
                | Reconcile(transaction_id=id)
            ):
                return id
            case _:
                return ""

    @property
    def input(self) -> TransactionInput | None:
        match self.action:
            case Create(input=input_) | OpenBalance(input=input_) | Edit(input=input_):
                return input_
            case _:
                return None
