"""Transactions: entries as a person sees them, from the view of one of their accounts."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from kit.money import Money
from ledger.domain.book import Book
from ledger.domain.entry import Change, Entry, EntryKind, Origin, Status
from ledger.domain.errors import UnbalancedEntry
from ledger.domain.fields import EntryDate, FieldCheck

PAYEE_LENGTH, DESCRIPTION_LENGTH, MEMO_LENGTH, REFERENCE_LENGTH = 200, 1000, 200, 200
MAX_SPLITS, MAX_TAGS, TAG_LENGTH = 100, 20, 50
MAX_DOCUMENTS, ID_LENGTH = 20, 64


@dataclass(frozen=True, slots=True)
class Split:
    """The part of a transaction that belongs to one category (empty: uncategorised), signed from
    the account's view."""

    category_id: str
    amount: Money
    memo: str = ""


@dataclass(frozen=True, slots=True)
class TransactionInput:
    """What a person or an import says about a transaction; nothing in it has been checked yet."""

    account_id: str
    date: str
    amount: Money
    payee: str = ""
    description: str = ""
    category_id: str = ""
    splits: Sequence[Split] = ()
    tags: Sequence[str] = ()
    to_account_id: str = ""
    status: Status = Status.CLEARED
    origin: Origin = field(default_factory=Origin)
    # What reaches the other account of a transfer across currencies, from that account's view.
    to_amount: Money | None = None
    # The transaction whose money this one gives back.
    refund_of: str = ""
    document_ids: Sequence[str] = ()

    def tidied(self) -> "TransactionInput":
        """The same without blanks around its words and without repeated tags."""
        payee, description = self.payee.strip(), self.description.strip()
        tags = tuple(dict.fromkeys(tag.strip() for tag in self.tags if tag.strip()))
        document_ids = tuple(dict.fromkeys(id_ for id_ in self.document_ids if id_))
        tidy = payee, description, tags, document_ids
        if tidy == (self.payee, self.description, self.tags, self.document_ids):
            return self  # as nearly all are: a copy would cost more than the looking
        return replace(
            self, payee=payee, description=description, tags=tags, document_ids=document_ids
        )

    def check(self) -> None:
        """All that can be told without the book. Raises InvalidFields, UnbalancedEntry."""
        check = FieldCheck("transaction.")
        check.date("date", self.date)
        check.text("payee", self.payee, longest=PAYEE_LENGTH)
        check.text("description", self.description, longest=DESCRIPTION_LENGTH)
        check.text("origin.bank_reference", self.origin.bank_reference, longest=REFERENCE_LENGTH)
        if not self.account_id:
            check.wrong("account_id", "must not be empty")
        self._check_amounts(check)
        self._check_tags(check)
        self._check_counterpart(check)
        self._check_links(check)
        check.finish()
        if self.splits:
            self._check_sum()

    def recategorised(self, from_id: str, to_id: str) -> "TransactionInput":
        """The same with what stood in one category in the other."""
        return replace(
            self,
            category_id=to_id if self.category_id == from_id else self.category_id,
            splits=tuple(
                replace(split, category_id=to_id) if split.category_id == from_id else split
                for split in self.splits
            ),
        )

    def reviewed(self) -> "TransactionInput":
        """The same, once a person has chosen or confirmed its category."""
        if not self.origin.category_unreviewed:
            return self
        return replace(self, origin=replace(self.origin, category_unreviewed=False))

    def ruled(self, before: "TransactionInput") -> "TransactionInput":
        """The outcome of rules over `before`: a category that they filled in is unreviewed."""
        if (self.category_id, self.splits) == (before.category_id, before.splits):
            return self
        return replace(self, origin=replace(self.origin, category_unreviewed=True))

    def parts(self) -> Sequence[Split]:
        """The splits, or the one that stands for the whole."""
        return self.splits or (Split(self.category_id, self.amount),)

    def _check_amounts(self, check: FieldCheck) -> None:
        check.currency("amount.currency", self.amount.currency)
        check.amount("amount", self.amount)
        if self.amount.is_zero:
            check.wrong("amount", "must not be zero")
        for i, split in enumerate(self.splits):
            check.amount(f"splits[{i}].amount", split.amount)
            check.text(f"splits[{i}].memo", split.memo, longest=MEMO_LENGTH)
            if split.amount.is_zero:
                check.wrong(f"splits[{i}].amount", "must not be zero")
            if split.amount.currency != self.amount.currency:
                check.wrong(f"splits[{i}].amount", f"must be in {self.amount.currency}")

    def _check_tags(self, check: FieldCheck) -> None:
        if len(self.tags) > MAX_TAGS:
            check.wrong("tags", f"at most {MAX_TAGS}")
        for i, tag in enumerate(self.tags):
            check.text(f"tags[{i}]", tag, longest=TAG_LENGTH)

    def _check_counterpart(self, check: FieldCheck) -> None:
        if len(self.splits) > MAX_SPLITS:
            check.wrong("splits", f"at most {MAX_SPLITS}")
        if self.splits and self.category_id:
            check.wrong("category_id", "either one category or splits")
        if self.to_account_id and (self.splits or self.category_id):
            check.wrong("to_account_id", "a transfer has no category")
        if self.to_account_id and self.to_account_id == self.account_id:
            check.wrong("to_account_id", "must be another account")

        if self.to_amount is not None:
            self._check_to_amount(check, self.to_amount)

    def _check_to_amount(self, check: FieldCheck, reaches: Money) -> None:
        check.currency("to_amount.currency", reaches.currency)
        check.amount("to_amount", reaches)
        if not self.to_account_id:
            check.wrong("to_amount", "only a transfer has one")
        elif reaches.currency == self.amount.currency:
            check.wrong("to_amount", "only a transfer across currencies has one")
        elif not reaches.minor_units * self.amount.minor_units < 0:
            check.wrong("to_amount", "what leaves one account reaches the other")

    def _check_links(self, check: FieldCheck) -> None:
        check.text("refund_of", self.refund_of, longest=ID_LENGTH)
        check.text("origin.import_id", self.origin.import_id, longest=ID_LENGTH)
        if self.refund_of and self.to_account_id:
            check.wrong("refund_of", "a transfer refunds nothing")
        if len(self.document_ids) > MAX_DOCUMENTS:
            check.wrong("document_ids", f"at most {MAX_DOCUMENTS}")
        for i, id_ in enumerate(self.document_ids):
            check.text(f"document_ids[{i}]", id_, longest=ID_LENGTH)

    def _check_sum(self) -> None:
        total = Money(sum(s.amount.minor_units for s in self.splits), self.amount.currency)
        if total != self.amount:
            message = f"the splits add up to {total}, not to {self.amount}"
            raise UnbalancedEntry(message, fields=[("transaction.splits", message)])


@dataclass(frozen=True, slots=True)
class Transaction:
    """One transaction at one version. The id stays over edits; the entry in force changes."""

    id: str
    entry_id: str
    version: int
    kind: EntryKind
    account_id: str
    date: EntryDate
    amount: Money
    payee: str
    description: str
    splits: Sequence[Split]
    tags: Sequence[str]
    to_account_id: str
    status: Status
    origin: Origin
    actor_id: str
    created_at: datetime
    updated_at: datetime
    deleted: bool = False
    # The act that made it what it is: what an undo of it takes back.
    operation_id: str = ""
    to_amount: Money | None = None
    refund_of: str = ""
    document_ids: Sequence[str] = ()
    # The accounts of which a statement has confirmed it: of a transfer one, or both.
    reconciled_account_ids: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class Revision:
    """One step in the history of a transaction, with the transaction as it stood then."""

    change: Change
    transaction: Transaction


def transaction_of(entry: Entry, book: Book) -> Transaction:
    """The transaction that an entry left: what it said, or, where it deletes, what was deleted."""
    sign = -1 if entry.is_reversal else 1
    return Transaction(
        id=entry.transaction_id,
        entry_id=entry.id,
        version=entry.version,
        kind=entry.kind,
        account_id=entry.account_id,
        date=entry.date,
        amount=_times(sign, entry.amount),
        payee=entry.payee,
        description=entry.description,
        splits=tuple(
            Split(book.named_category(p.account_id), _times(-sign, p.amount), p.memo)
            for p in entry.postings
            if p.is_category
        ),
        tags=entry.tags,
        to_account_id=entry.to_account_id,
        status=entry.status,
        origin=entry.origin,
        actor_id=entry.actor_id,
        created_at=entry.transaction_created_at,
        updated_at=entry.recorded_at,
        deleted=entry.change is Change.DELETED,
        operation_id=entry.operation_id,
        to_amount=None if entry.to_amount is None else _times(sign, entry.to_amount),
        refund_of=entry.refund_of,
        document_ids=entry.document_ids,
        reconciled_account_ids=tuple(p.account_id for p in entry.postings if p.reconciled),
    )


def input_of(transaction: Transaction) -> TransactionInput:
    """What would post the transaction as it stands."""
    splits = tuple(transaction.splits)
    one = len(splits) == 1 and not splits[0].memo
    return TransactionInput(
        account_id=transaction.account_id,
        date=transaction.date,
        amount=transaction.amount,
        payee=transaction.payee,
        description=transaction.description,
        category_id=splits[0].category_id if one else "",
        splits=() if one else splits,
        tags=tuple(transaction.tags),
        to_account_id=transaction.to_account_id,
        status=transaction.status,
        origin=transaction.origin,
        to_amount=transaction.to_amount,
        refund_of=transaction.refund_of,
        document_ids=tuple(transaction.document_ids),
    )


def history_of(entries: Sequence[Entry], book: Book) -> Sequence[Revision]:
    """The steps of one transaction from its entries, oldest first. The reversal within an edit is
    no step of its own."""
    return tuple(
        Revision(entry.change, transaction_of(entry, book))
        for entry in sorted(entries, key=lambda entry: entry.seq)
        if not entry.is_reversal or entry.change is Change.DELETED
    )


def _times(sign: int, money: Money) -> Money:
    return Money(sign * money.minor_units, money.currency)
