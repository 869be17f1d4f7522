"""How commands become entries: the decisions of a group of postings, over what its Mongo
transaction has read.

A group decides its commands one after the other; each sees what those before it have decided. A
refusal is of one command alone. Nothing here reads or writes: `Ground` is what was read, `Decided`
is what is to be written.
"""

from collections.abc import Callable, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, replace
from datetime import datetime

from ledger.domain.command import (
    Command,
    Create,
    Delete,
    Edit,
    Key,
    OpenBalance,
    Reconcile,
    Restore,
)
from ledger.domain.drafting import Drafting, Place, said_by
from ledger.domain.entry import Change, Entry, EntryKind, Status, require_not_reconciled
from ledger.domain.errors import (
    BankReferenceExists,
    EntryReconciled,
    InvalidFields,
    LedgerError,
    TransactionDeleted,
    TransactionNotFound,
    VersionMismatch,
)
from ledger.domain.ground import Ground, UsedKey
from ledger.domain.room import Room
from ledger.domain.transaction import TransactionInput

__all__ = [
    "Command",
    "Create",
    "Decided",
    "Delete",
    "Edit",
    "Ground",
    "Key",
    "KeyReused",
    "OpenBalance",
    "PostingGroup",
    "Reconcile",
    "Restore",
    "UsedKey",
]

# Fields that a statement of the account, or of the other account, has confirmed: an edit must
# unlock the entry first.
_LOCKED = ("date", "account_id", "amount", "status")
_LOCKED_THERE = ("date", "to_account_id", "status")


class KeyReused(LedgerError):
    """The idempotency key was used before, for another request."""

    def __init__(self) -> None:
        super().__init__("this idempotency key was used before for another request")


@dataclass(frozen=True, slots=True)
class Decided:
    """What one command came to. `entries` are to be written, in order; none where it was only
    recalled."""

    command: Command
    result: Entry
    entries: Sequence[Entry] = ()
    # The entry that is in force no more; empty where there was none.
    superseded: str = ""
    # The transaction that a file may bring again; empty where there is none.
    freed: str = ""

    @property
    def recalled(self) -> bool:
        """Whether there is nothing to write: the key was used before for this same request."""
        return not self.entries and not self.freed


class PostingGroup:
    """Decides commands in their order over one ground."""

    def __init__(
        self,
        ground: Ground,
        *,
        now: datetime,
        new_id: Callable[[], str],
        room: Room | None = None,
    ) -> None:
        self._ground = ground
        # Asked only of a group that was too large for some sum.
        self._room = room
        self._now = now
        self._new_id = new_id
        self._drafting = Drafting(ground)

    def decide(self, command: Command) -> Decided | LedgerError:
        """What the command comes to, or the reason why it can't be; a refusal changes nothing for
        those that follow."""
        try:
            used = self._used_key(command)
            decided = used or self._act(command)
            if self._room is not None:
                self._room.take(decided.entries)
        except LedgerError as refusal:
            return refusal
        self._keep(decided)
        return decided

    def _used_key(self, command: Command) -> Decided | None:
        used = self._ground.keys.get((command.owner, command.key.text))
        if not command.key.text or used is None:
            return None
        if used.entry is None or used.request_hash != command.key.request_hash:
            raise KeyReused
        return Decided(command, used.entry)

    def _act(self, command: Command) -> Decided:
        match command.action:
            case Create(input=input_):
                return self._create(command, input_, EntryKind.STANDARD)
            case OpenBalance(input=input_):
                return self._create(command, input_, EntryKind.OPENING_BALANCE)
            case Edit() as edit:
                return self._edit(command, edit)
            case Delete() as delete:
                return self._delete(command, delete)
            case Restore() as restore:
                return self._restore(command, restore)
            case Reconcile() as reconcile:
                return self._reconcile(command, reconcile)

    def _create(self, command: Command, input_: TransactionInput, kind: EntryKind) -> Decided:
        input_ = input_.tidied()
        input_.check()
        require_not_reconciled(input_.status)
        self._require_unclaimed(command.owner, input_)
        place = self._place(command, Change.CREATED, claims=True)
        entry = self._drafting.entry(place, input_, kind)
        return Decided(command, entry, (entry,))

    def _edit(self, command: Command, edit: Edit) -> Decided:
        standing = self._newest(command.owner, edit.transaction_id)
        if standing.change is Change.DELETED:
            raise TransactionDeleted
        _expect(standing, edit.expected_version)
        input_ = edit.input.tidied()
        input_.check()
        if standing.status is not Status.RECONCILED:
            require_not_reconciled(input_.status)
        # An edit to another status takes back the confirmation by statements.
        is_kept = input_.status is Status.RECONCILED
        return self._replace(
            command,
            standing,
            input_,
            standing.kind,
            Change.EDITED,
            unlock=edit.unlock,
            reconciled_on=standing.reconciled_on if is_kept else frozenset(),
        )

    def _delete(self, command: Command, delete: Delete) -> Decided:
        newest = self._newest(command.owner, delete.transaction_id)
        freed = delete.transaction_id if delete.frees else ""
        if newest.change is Change.DELETED:
            if not delete.frees:
                raise TransactionDeleted
            return Decided(command, newest, freed=freed)
        _expect(newest, delete.expected_version)
        if newest.status is Status.RECONCILED and not delete.unlock:
            raise EntryReconciled
        reversal = self._reversal(command, newest, Change.DELETED, self._operation_id(command))
        return Decided(command, reversal, (reversal,), newest.id, freed)

    def _restore(self, command: Command, restore: Restore) -> Decided:
        id_ = restore.transaction_id
        newest = self._newest(command.owner, id_)
        _expect(newest, restore.expected_version)
        state = self._state(command.owner, id_, restore.version, newest)
        input_ = said_by(state)
        # Statements that were opened again since confirm it no longer.
        held = self._ground.confirmed.get((command.owner, id_), frozenset())
        reconciled_on = state.reconciled_on & held
        if newest.change is not Change.DELETED:
            return self._replace(
                command,
                newest,
                input_,
                state.kind,
                Change.RESTORED,
                unlock=restore.unlock,
                reconciled_on=reconciled_on,
            )
        claims = (command.owner, id_) not in self._ground.claimed
        if claims:
            self._require_unclaimed(command.owner, input_)
        place = self._place(command, Change.RESTORED, after=newest, claims=claims)
        entry = self._drafting.entry(place, input_, state.kind, reconciled_on=reconciled_on)
        return Decided(command, entry, (entry,))

    def _reconcile(self, command: Command, reconcile: Reconcile) -> Decided:
        """The amounts stay the same, so the accounts may be closed."""
        standing = self._newest(command.owner, reconcile.transaction_id)
        if standing.change is Change.DELETED:
            raise TransactionDeleted
        _expect(standing, reconcile.expected_version)
        account = {reconcile.account_id}
        accounts = standing.reconciled_on
        accounts = accounts | account if reconcile.confirmed else accounts - account
        reversal = self._reversal_of(command, standing, Change.EDITED, self._operation_id(command))
        entry = replace(
            standing.reconciled_as(accounts),
            id=self._new_id(),
            seq=reversal.seq + 1,
            version=reversal.version,
            change=Change.EDITED,
            actor_id=command.actor,
            recorded_at=reversal.recorded_at,
            operation_id=reversal.operation_id,
            claims=False,
        )
        return Decided(command, entry, (reversal, entry), standing.id)

    def _state(self, owner: str, transaction_id: str, version: int, newest: Entry) -> Entry:
        """What the transaction said at the version."""
        states = self._ground.states.get((owner, transaction_id), [])
        if not version and newest.change is not Change.DELETED:
            raise InvalidFields([("version", "must be named: the transaction was not deleted")])
        found = [s for s in states if s.version == version or (not version and s is states[-1])]
        if not found:
            raise InvalidFields([("version", "the transaction said nothing at this version")])
        return found[-1]

    def _replace(
        self,
        command: Command,
        standing: Entry,
        input_: TransactionInput,
        kind: EntryKind,
        change: Change,
        *,
        unlock: bool,
        reconciled_on: AbstractSet[str],
    ) -> Decided:
        reversal = self._reversal(command, standing, change, self._operation_id(command))
        place = self._place(
            command, change, after=reversal, operation_id=reversal.operation_id, seq=reversal.seq
        )
        entry = self._drafting.entry(place, input_, kind, reconciled_on=reconciled_on)
        if not unlock:
            _require_as_confirmed(standing, entry)
        return Decided(command, entry, (reversal, entry), standing.id)

    def _newest(self, owner: str, transaction_id: str) -> Entry:
        newest = self._ground.newest.get((owner, transaction_id))
        if newest is None:
            raise TransactionNotFound
        return newest

    def _require_unclaimed(self, owner: str, input_: TransactionInput) -> None:
        known = self._ground.references.get(_reference(owner, input_))
        if input_.origin.bank_reference and known:
            raise BankReferenceExists(known)

    def _reversal(
        self, command: Command, standing: Entry, change: Change, operation_id: str
    ) -> Entry:
        self._drafting.require_open(command.owner, standing)
        return self._reversal_of(command, standing, change, operation_id)

    def _reversal_of(
        self, command: Command, standing: Entry, change: Change, operation_id: str
    ) -> Entry:
        return standing.reversed_by(
            id=self._new_id(),
            seq=self._ground.seqs[command.owner] + 1,
            change=change,
            actor_id=command.actor,
            operation_id=operation_id,
            now=self._recorded_at(command.owner),
        )

    def _place(
        self,
        command: Command,
        change: Change,
        *,
        after: Entry | None = None,
        operation_id: str = "",
        seq: int = 0,
        claims: bool = False,
    ) -> Place:
        """The place of a new entry: the book's next, or that after `seq`."""
        now = self._recorded_at(command.owner)
        version = 1
        if after is not None:
            version = after.version if seq else after.version + 1
        return Place(
            id=self._new_id(),
            owner=command.owner,
            seq=(seq or self._ground.seqs[command.owner]) + 1,
            transaction_id=after.transaction_id if after else self._new_id(),
            version=version,
            change=change,
            actor_id=command.actor,
            operation_id=operation_id or self._operation_id(command),
            recorded_at=now,
            transaction_created_at=after.transaction_created_at if after else now,
            claims=claims,
        )

    def _operation_id(self, command: Command) -> str:
        return command.operation_id or self._new_id()

    def _recorded_at(self, owner: str) -> datetime:
        """Now, or the time of the book's newest entry where this clock is behind: so that what was
        known at a time is told by the entries up to a number."""
        return max(self._now, self._ground.recorded.get(owner, self._now))

    def _keep(self, decided: Decided) -> None:
        """Let the commands that follow see what this one came to."""
        command, result, ground = decided.command, decided.result, self._ground
        transaction = command.owner, result.transaction_id
        if command.key.text and not decided.recalled:
            used = UsedKey(command.key.request_hash, result)
            ground.keys[command.owner, command.key.text] = used
        if decided.freed:
            ground.claimed.discard(transaction)
            for reference, id_ in list(ground.references.items()):
                if (reference[0], id_) == transaction:
                    del ground.references[reference]
        if not decided.entries:
            return
        ground.seqs[command.owner] = result.seq
        ground.recorded[command.owner] = result.recorded_at
        ground.keep(result)
        if not result.is_reversal and transaction in ground.states:
            ground.states[transaction].append(result)
        if result.claims:
            ground.claimed.add(transaction)
            if result.origin.bank_reference:
                reference = command.owner, result.account_id, result.origin.bank_reference
                ground.references[reference] = result.transaction_id


def _expect(newest: Entry, version: int) -> None:
    if version not in (0, newest.version):
        raise VersionMismatch(newest.version)


def _require_as_confirmed(standing: Entry, changed: Entry) -> None:
    """Raises EntryReconciled where the entry no longer says what statements have confirmed."""
    accounts = standing.reconciled_on
    locked: dict[str, None] = {}
    if standing.account_id in accounts:
        locked |= dict.fromkeys(_LOCKED)
    if standing.to_account_id in accounts:
        # The other account received the amount itself, unless the currencies differ.
        reached = "amount" if standing.to_amount is None else "to_amount"
        locked |= dict.fromkeys((*_LOCKED_THERE, reached))
    wrong = [name for name in locked if getattr(changed, name) != getattr(standing, name)]
    if {"account_id", "to_account_id"} & {*wrong}:
        # On another account no statement confirms it: the status only follows.
        wrong = [name for name in wrong if name != "status"]
    if wrong:
        raise EntryReconciled([f"transaction.{name}" for name in wrong])


def _reference(owner: str, input_: TransactionInput) -> tuple[str, str, str]:
    return owner, input_.account_id, input_.origin.bank_reference
