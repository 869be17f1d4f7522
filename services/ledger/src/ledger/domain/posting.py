"""How commands become entries: the decisions of a group of postings, over what its Mongo
transaction has read.

A group decides its commands one after the other; each sees what those before it have decided. A
refusal is of one command alone. Nothing here reads or writes: `Ground` is what was read, `Decided`
is what is to be written.
"""

from collections.abc import Callable, Mapping, MutableMapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from kit.money import Money
from ledger.domain.account import Account
from ledger.domain.book import Book
from ledger.domain.category import Category
from ledger.domain.entry import Change, Entry, EntryKind, Posting, require_balance
from ledger.domain.errors import (
    AccountClosed,
    AccountCurrencyMismatch,
    AccountNotFound,
    BankReferenceExists,
    CategoryNotFound,
    InvalidFields,
    LedgerError,
    TransactionDeleted,
    TransactionNotFound,
    VersionMismatch,
)
from ledger.domain.fields import EntryDate
from ledger.domain.transaction import Split, TransactionInput


class KeyReused(LedgerError):
    """The idempotency key was used before, for another request."""

    def __init__(self) -> None:
        super().__init__("this idempotency key was used before for another request")


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
    caller saw."""

    transaction_id: str
    expected_version: int
    input: TransactionInput


@dataclass(frozen=True, slots=True)
class Delete:
    """Reverse what stands."""

    transaction_id: str
    expected_version: int


@dataclass(frozen=True, slots=True)
class Command:
    """One act of one person on one book."""

    owner: str
    actor: str
    action: Create | OpenBalance | Edit | Delete
    key: Key = field(default_factory=Key)
    # W3C headers of the act's trace, for the events that tell of it.
    trace: Mapping[str, str] = field(default_factory=dict)
    # The act that this command is part of; empty for an act of its own, which gets an id.
    operation_id: str = ""

    @property
    def changes(self) -> str:
        """The transaction that is to be changed; empty for a new one."""
        match self.action:
            case Edit(transaction_id=id) | Delete(transaction_id=id):
                return id
            case _:
                return ""

    @property
    def input(self) -> TransactionInput | None:
        return None if isinstance(self.action, Delete) else self.action.input


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
    accounts: MutableMapping[tuple[str, str], Account] = field(default_factory=dict)
    categories: MutableMapping[tuple[str, str], Category] = field(default_factory=dict)
    # The newest entry of each transaction that a command names.
    newest: MutableMapping[tuple[str, str], Entry] = field(default_factory=dict)
    keys: MutableMapping[tuple[str, str], UsedKey] = field(default_factory=dict)
    # Transaction by (owner, account, bank reference).
    references: MutableMapping[tuple[str, str, str], str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Decided:
    """What one command came to. `entries` are to be written, in order; none where it was only
    recalled."""

    command: Command
    result: Entry
    entries: Sequence[Entry] = ()
    # The entry that is in force no more; empty where there was none.
    superseded: str = ""

    @property
    def recalled(self) -> bool:
        """Whether the key was used before for this same request."""
        return not self.entries


class PostingGroup:
    """Decides commands in their order over one ground."""

    def __init__(self, ground: Ground, *, now: datetime, new_id: Callable[[], str]) -> None:
        self._ground = ground
        self._now = now
        self._new_id = new_id

    def decide(self, command: Command) -> Decided | LedgerError:
        """What the command comes to, or the reason why it can't be; a refusal changes nothing for
        those that follow."""
        try:
            used = self._used_key(command)
            decided = used or self._act(command)
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
                return self._create(command, input_.tidied(), EntryKind.STANDARD)
            case OpenBalance(input=input_):
                return self._create(command, input_.tidied(), EntryKind.OPENING_BALANCE)
            case Edit() as edit:
                return self._edit(command, edit)
            case Delete() as delete:
                return self._delete(command, delete)

    def _create(self, command: Command, input_: TransactionInput, kind: EntryKind) -> Decided:
        input_.check()
        known = self._ground.references.get(_reference(command.owner, input_))
        if input_.origin.bank_reference and known:
            raise BankReferenceExists(known)
        entry = self._entry(
            command, input_, kind, Change.CREATED, transaction_id=self._new_id(), version=1
        )
        return Decided(command, entry, (entry,))

    def _edit(self, command: Command, edit: Edit) -> Decided:
        standing = self._standing(command.owner, edit.transaction_id, edit.expected_version)
        input_ = edit.input.tidied()
        input_.check()
        reversal = self._reversal(command, standing, Change.EDITED)
        entry = self._entry(
            command,
            input_,
            standing.kind,
            Change.EDITED,
            transaction_id=standing.transaction_id,
            version=reversal.version,
            after=reversal,
        )
        return Decided(command, entry, (reversal, entry), standing.id)

    def _delete(self, command: Command, delete: Delete) -> Decided:
        standing = self._standing(command.owner, delete.transaction_id, delete.expected_version)
        reversal = self._reversal(command, standing, Change.DELETED)
        return Decided(command, reversal, (reversal,), standing.id)

    def _standing(self, owner: str, transaction_id: str, expected_version: int) -> Entry:
        newest = self._ground.newest.get((owner, transaction_id))
        if newest is None:
            raise TransactionNotFound
        if newest.change is Change.DELETED:
            raise TransactionDeleted
        if expected_version not in (0, newest.version):
            raise VersionMismatch(newest.version)
        return newest

    def _reversal(self, command: Command, standing: Entry, change: Change) -> Entry:
        # Whoever takes a posting out of a closed account changes its balance as much as whoever
        # puts one in.
        for posting in standing.postings:
            account = self._ground.accounts.get((command.owner, posting.account_id))
            if account is not None and account.closed:
                raise AccountClosed(account.name, "id")
        return standing.reversed_by(
            id=self._new_id(),
            seq=self._ground.seqs[command.owner] + 1,
            change=change,
            actor_id=command.actor,
            now=self._now,
        )

    def _entry(
        self,
        command: Command,
        input_: TransactionInput,
        kind: EntryKind,
        change: Change,
        *,
        transaction_id: str,
        version: int,
        after: Entry | None = None,
    ) -> Entry:
        account = self._open_account(command.owner, input_.account_id, "transaction.account_id")
        if account.currency != input_.amount.currency:
            raise AccountCurrencyMismatch(
                account.currency, input_.amount.currency, "transaction.amount"
            )
        kind, counterparts = self._counterparts(command.owner, input_, kind)
        postings = (Posting(account.id, input_.amount), *counterparts)
        require_balance(postings)
        return Entry(
            id=self._new_id(),
            owner=command.owner,
            seq=(after.seq if after else self._ground.seqs[command.owner]) + 1,
            transaction_id=transaction_id,
            version=version,
            kind=kind,
            change=change,
            date=EntryDate(input_.date),
            account_id=account.id,
            amount=input_.amount,
            payee=input_.payee,
            postings=postings,
            actor_id=command.actor,
            recorded_at=self._now,
            transaction_created_at=after.transaction_created_at if after else self._now,
            to_account_id=input_.to_account_id,
            description=input_.description,
            tags=input_.tags,
            status=input_.status,
            origin=input_.origin,
        )

    def _counterparts(
        self, owner: str, input_: TransactionInput, kind: EntryKind
    ) -> tuple[EntryKind, Sequence[Posting]]:
        if kind is EntryKind.OPENING_BALANCE:
            return kind, (self._equity(owner, input_),)
        if input_.to_account_id:
            return EntryKind.TRANSFER, (self._other_account(owner, input_),)
        return EntryKind.STANDARD, self._categories(owner, input_)

    def _equity(self, owner: str, input_: TransactionInput) -> Posting:
        if input_.to_account_id or input_.category_id or input_.splits:
            what = "an opening balance has neither category nor other account"
            raise InvalidFields([("transaction.category_id", what)])
        return Posting(self._ground.books[owner].equity_id, -input_.amount)

    def _other_account(self, owner: str, input_: TransactionInput) -> Posting:
        field_ = "transaction.to_account_id"
        other = self._open_account(owner, input_.to_account_id, field_)
        if other.currency != input_.amount.currency:
            raise AccountCurrencyMismatch(other.currency, input_.amount.currency, field_)
        return Posting(other.id, -input_.amount)

    def _categories(self, owner: str, input_: TransactionInput) -> Sequence[Posting]:
        return [
            Posting(
                self._category(owner, part.category_id, part.amount, field_),
                -part.amount,
                is_category=True,
                memo=part.memo,
            )
            for field_, part in _named_parts(input_)
        ]

    def _category(self, owner: str, category_id: str, amount: Money, field_: str) -> str:
        if not category_id:
            return self._ground.books[owner].uncategorised(inflow=amount.minor_units > 0)
        if (owner, category_id) not in self._ground.categories:
            raise CategoryNotFound(field_)
        return category_id

    def _open_account(self, owner: str, account_id: str, field_: str) -> Account:
        account = self._ground.accounts.get((owner, account_id))
        if account is None:
            raise AccountNotFound(field_)
        if account.closed:
            raise AccountClosed(account.name, field_)
        return account

    def _keep(self, decided: Decided) -> None:
        """Let the commands that follow see what this one came to."""
        if decided.recalled:
            return
        command, result, ground = decided.command, decided.result, self._ground
        ground.seqs[command.owner] = result.seq
        ground.newest[command.owner, result.transaction_id] = result
        if command.key.text:
            used = UsedKey(command.key.request_hash, result)
            ground.keys[command.owner, command.key.text] = used
        if isinstance(command.action, Create) and result.origin.bank_reference:
            ground.references[_reference(command.owner, command.action.input)] = (
                result.transaction_id
            )


def _reference(owner: str, input_: TransactionInput) -> tuple[str, str, str]:
    return owner, input_.account_id, input_.origin.bank_reference


def _named_parts(input_: TransactionInput) -> Sequence[tuple[str, Split]]:
    if not input_.splits:
        return [("transaction.category_id", part) for part in input_.parts()]
    return [(f"transaction.splits[{i}].category_id", part) for i, part in enumerate(input_.splits)]
