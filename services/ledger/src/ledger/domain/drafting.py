"""From what a person says about a transaction to the postings of an entry that balances."""

from collections.abc import Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from datetime import datetime

from kit.money import Money
from ledger.domain.account import Account
from ledger.domain.category import CategoryKind
from ledger.domain.entry import Change, Entry, EntryKind, Posting, Status, require_balance
from ledger.domain.errors import (
    AccountClosed,
    AccountCurrencyMismatch,
    AccountNotFound,
    CategoryNotFound,
    InvalidFields,
    OpeningBalanceExists,
)
from ledger.domain.fields import EntryDate
from ledger.domain.ground import Ground
from ledger.domain.refunds import check_refund, check_refunded
from ledger.domain.transaction import Split, TransactionInput


@dataclass(frozen=True, slots=True)
class Place:
    """Where an entry stands in its book and in its transaction, and whose act it is."""

    id: str
    owner: str
    seq: int
    transaction_id: str
    version: int
    change: Change
    actor_id: str
    operation_id: str
    recorded_at: datetime
    transaction_created_at: datetime
    claims: bool = False


class Drafting:
    """Drafts entries over one ground. Raises AccountNotFound, AccountClosed, CategoryNotFound,
    AccountCurrencyMismatch, TransactionNotFound, InvalidFields, OpeningBalanceExists,
    UnbalancedEntry."""

    def __init__(self, ground: Ground) -> None:
        self._ground = ground

    def entry(
        self,
        place: Place,
        input_: TransactionInput,
        kind: EntryKind,
        *,
        reconciled_on: AbstractSet[str] = frozenset(),
    ) -> Entry:
        """The entry that says the input. `reconciled_on` names the accounts whose statements have
        confirmed what it says; without them it is not reconciled, whatever its input says."""
        account = self._open_account(place.owner, input_.account_id, "transaction.account_id")
        if account.currency != input_.amount.currency:
            raise AccountCurrencyMismatch(
                account.currency, input_.amount.currency, "transaction.amount"
            )
        self._check_links(place, input_, kind, account)
        kind, counterparts = self._counterparts(place.owner, input_, kind)
        postings = (Posting(account.id, input_.amount), *counterparts)
        require_balance(postings)
        entry = Entry(
            id=place.id,
            owner=place.owner,
            seq=place.seq,
            transaction_id=place.transaction_id,
            version=place.version,
            kind=kind,
            change=place.change,
            date=EntryDate(input_.date),
            account_id=account.id,
            amount=input_.amount,
            payee=input_.payee,
            postings=postings,
            actor_id=place.actor_id,
            recorded_at=place.recorded_at,
            transaction_created_at=place.transaction_created_at,
            to_account_id=input_.to_account_id,
            description=input_.description,
            tags=input_.tags,
            status=input_.status,
            origin=input_.origin,
            operation_id=place.operation_id,
            to_amount=input_.to_amount,
            refund_of=input_.refund_of,
            document_ids=input_.document_ids,
            claims=place.claims,
        )
        if reconciled_on or entry.status is Status.RECONCILED:
            return entry.reconciled_as(reconciled_on)
        return entry

    def require_open(self, owner: str, entry: Entry) -> None:
        """Whoever takes a posting out of a closed account changes its balance as much as whoever
        puts one in. Raises AccountClosed."""
        for posting in entry.postings:
            account = self._ground.accounts.get((owner, posting.account_id))
            if account is not None and account.closed:
                raise AccountClosed(account.name, "id")

    def _counterparts(
        self, owner: str, input_: TransactionInput, kind: EntryKind
    ) -> tuple[EntryKind, Sequence[Posting]]:
        if kind is EntryKind.OPENING_BALANCE:
            return kind, (self._equity(owner, input_),)
        if input_.to_account_id:
            return EntryKind.TRANSFER, self._other_account(owner, input_)
        return EntryKind.STANDARD, self._categories(owner, input_)

    def _equity(self, owner: str, input_: TransactionInput) -> Posting:
        if input_.to_account_id or input_.category_id or input_.splits:
            what = "an opening balance has neither category nor other account"
            raise InvalidFields([("transaction.category_id", what)])
        return Posting(self._ground.books[owner].equity_id, -input_.amount)

    def _other_account(self, owner: str, input_: TransactionInput) -> Sequence[Posting]:
        field_ = "transaction.to_account_id"
        other = self._open_account(owner, input_.to_account_id, field_)
        if input_.to_amount is None:
            if other.currency != input_.amount.currency:
                raise AccountCurrencyMismatch(other.currency, input_.amount.currency, field_)
            return [Posting(other.id, -input_.amount)]
        if other.currency != input_.to_amount.currency:
            raise AccountCurrencyMismatch(
                other.currency, input_.to_amount.currency, "transaction.to_amount"
            )
        # Each currency is balanced by the book's trading account, which so holds what was changed
        # for what: its value at today's rates is the gain or loss (Selinger, "Tutorial on multiple
        # currency accounting").
        trading = self._ground.books[owner].trading_id
        return [
            Posting(trading, -input_.amount),
            Posting(other.id, input_.to_amount),
            Posting(trading, -input_.to_amount),
        ]

    def _categories(self, owner: str, input_: TransactionInput) -> Sequence[Posting]:
        return [self._category(owner, part, field_) for field_, part in _named_parts(input_)]

    def _category(self, owner: str, part: Split, field_: str) -> Posting:
        is_income = part.amount.minor_units > 0
        if not part.category_id:
            id_ = self._ground.books[owner].uncategorised(inflow=is_income)
        else:
            category = self._ground.categories.get((owner, part.category_id))
            if category is None:
                raise CategoryNotFound(field_)
            id_, is_income = category.posts_to, category.kind is CategoryKind.INCOME
        return Posting(id_, -part.amount, is_category=True, memo=part.memo, is_income=is_income)

    def _check_links(
        self, place: Place, input_: TransactionInput, kind: EntryKind, account: Account
    ) -> None:
        check_refund(self._ground, place.owner, place.transaction_id, input_)
        check_refunded(self._ground, place.owner, place.transaction_id, input_, kind)
        if kind is EntryKind.OPENING_BALANCE:
            known = self._ground.openings.get((place.owner, account.id), place.transaction_id)
            if known != place.transaction_id:
                raise OpeningBalanceExists(account.name, known)

    def _open_account(self, owner: str, account_id: str, field_: str) -> Account:
        account = self._ground.accounts.get((owner, account_id))
        if account is None:
            raise AccountNotFound(field_)
        if account.closed:
            raise AccountClosed(account.name, field_)
        return account


def said_by(entry: Entry) -> TransactionInput:
    """What the entry says, as it would be said again: posted anew it makes the same postings."""
    sign = -1 if entry.is_reversal else 1
    parts = tuple(
        Split(p.account_id, Money(-sign * p.amount.minor_units, p.amount.currency), p.memo)
        for p in entry.postings
        if p.is_category
    )
    is_one = len(parts) == 1 and not parts[0].memo
    return TransactionInput(
        account_id=entry.account_id,
        date=entry.date,
        amount=Money(sign * entry.amount.minor_units, entry.amount.currency),
        payee=entry.payee,
        description=entry.description,
        category_id=parts[0].category_id if is_one else "",
        splits=() if is_one else parts,
        tags=tuple(entry.tags),
        to_account_id=entry.to_account_id,
        status=entry.status,
        origin=entry.origin,
        to_amount=entry.to_amount
        and Money(sign * entry.to_amount.minor_units, entry.to_amount.currency),
        refund_of=entry.refund_of,
        document_ids=tuple(entry.document_ids),
    )


def _named_parts(input_: TransactionInput) -> Sequence[tuple[str, Split]]:
    if not input_.splits:
        return [("transaction.category_id", part) for part in input_.parts()]
    return [(f"transaction.splits[{i}].category_id", part) for i, part in enumerate(input_.splits)]
