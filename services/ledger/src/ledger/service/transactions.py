"""Transactions: post, read, edit, delete, import."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from kit.telemetry import inject_context
from ledger.domain.entry import Change
from ledger.domain.errors import (
    BankReferenceExists,
    InvalidFields,
    LedgerError,
    TransactionDeleted,
    TransactionNotFound,
)
from ledger.domain.fields import FieldCheck
from ledger.domain.importing.refusals import AlreadyBooked
from ledger.domain.posting import Command, Create, Decided, Delete, Edit, Key, Restore
from ledger.domain.search import (
    Cursor,
    MonthCount,
    Order,
    Page,
    Totals,
    TransactionFilter,
    page_limit,
)
from ledger.domain.transaction import (
    Revision,
    Transaction,
    TransactionInput,
    history_of,
    transaction_of,
)
from ledger.repository.journal import Journal
from ledger.repository.transactions import Transactions
from ledger.service.books import BookService
from ledger.service.file_items import FileItem, FileItems
from ledger.service.queries import QueryReader
from ledger.writer import GroupWriter, Outcome

MAX_IMPORT = 1_000


class ImportOutcome(StrEnum):
    ADDED = "added"
    ALREADY_THERE = "already_there"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class ImportItem:
    """`counted` says that it is a line of a bank's file, which its origin's document names."""

    key: Key
    input: TransactionInput
    counted: bool = False


@dataclass(frozen=True, slots=True)
class ImportResult:
    """What became of one item; `transaction_id` is empty and `refusal` set where it was refused."""

    key: Key
    outcome: ImportOutcome
    transaction_id: str = ""
    refusal: LedgerError | None = None


class TransactionService:
    def __init__(
        self,
        *,
        writer: GroupWriter,
        journal: Journal,
        transactions: Transactions,
        queries: QueryReader,
        book_service: BookService,
        file_items: FileItems,
    ) -> None:
        self._writer = writer
        self._journal = journal
        self._transactions = transactions
        self._queries = queries
        self._books = book_service
        self._file_items = file_items

    async def create_transaction(
        self,
        *,
        owner: str,
        actor: str,
        input_: TransactionInput,
        key: Key,
    ) -> Transaction:
        """Post one entry. Raises InvalidFields, UnbalancedEntry, AccountNotFound, AccountClosed,
        AccountCurrencyMismatch, CategoryNotFound, BankReferenceExists, KeyReused."""
        return await self._post(Command(owner, actor, Create(input_), key, inject_context()))

    async def update_transaction(
        self,
        *,
        owner: str,
        actor: str,
        transaction_id: str,
        expected_version: int,
        input_: TransactionInput,
        key: Key,
        unlock: bool = False,
    ) -> Transaction:
        """Post a reversal and a new entry. Raises as create_transaction, and TransactionNotFound,
        TransactionDeleted, VersionMismatch, EntryReconciled."""
        edit = Edit(transaction_id, expected_version, input_, unlock=unlock)
        return await self._post(Command(owner, actor, edit, key, inject_context()))

    async def delete_transaction(
        self,
        *,
        owner: str,
        actor: str,
        transaction_id: str,
        expected_version: int,
        key: Key,
        unlock: bool = False,
    ) -> Transaction:
        """Post a reversal. Raises TransactionNotFound, TransactionDeleted, VersionMismatch,
        AccountClosed, EntryReconciled, KeyReused."""
        delete = Delete(transaction_id, expected_version, unlock=unlock)
        return await self._post(Command(owner, actor, delete, key, inject_context()))

    async def restore_transaction(
        self,
        *,
        owner: str,
        actor: str,
        transaction_id: str,
        expected_version: int,
        version: int,
        key: Key,
        unlock: bool = False,
    ) -> Transaction:
        """Post again what it said at the version, or, of a deleted one, at last. Raises as
        update_transaction, but for TransactionDeleted."""
        restore = Restore(transaction_id, expected_version, version, unlock=unlock)
        return await self._post(Command(owner, actor, restore, key, inject_context()))

    async def get_transaction(self, *, owner: str, transaction_id: str) -> Transaction:
        """Raises TransactionNotFound, TransactionDeleted."""
        newest = await self._journal.newest(owner, transaction_id)
        if newest is None:
            raise TransactionNotFound
        if newest.change is Change.DELETED:
            raise TransactionDeleted
        return transaction_of(newest, await self._books.book(owner=owner))

    async def list_transactions(
        self,
        *,
        owner: str,
        filter_: TransactionFilter,
        cursor: str,
        limit: int,
        order: Order = Order.NEWEST,
    ) -> Page:
        """The page after the cursor. It may hold fewer than the limit, even none, and lead on: a
        page looks at a bounded number of transactions. Raises InvalidFields, QueryInvalid."""
        limit, after = page_limit(limit), Cursor.parse(cursor, order)
        query = await self._queries.read(owner=owner, filter_=filter_)
        book = await self._books.book(owner=owner)
        found = await self._transactions.page(
            book, query, after=after, limit=limit + 1, order=order
        )
        page = found.transactions[:limit]
        if len(found.transactions) > limit:
            return Page(page, Cursor.at(page[-1], order))
        return Page(page, found.reached)

    async def index_transactions(
        self,
        *,
        owner: str,
        filter_: TransactionFilter,
    ) -> Sequence[MonthCount]:
        """How many transactions are found in each month, newest first. Raises InvalidFields,
        QueryInvalid."""
        query = await self._queries.read(owner=owner, filter_=filter_)
        return await self._transactions.months(owner, query)

    async def total_transactions(self, *, owner: str, filter_: TransactionFilter) -> Totals:
        """What all that is found comes to. Raises InvalidFields, QueryInvalid."""
        query = await self._queries.read(owner=owner, filter_=filter_)
        return await self._transactions.totals(owner, query)

    async def get_history(self, *, owner: str, transaction_id: str) -> Sequence[Revision]:
        """Each step, oldest first, also of what was deleted. Raises TransactionNotFound."""
        entries = await self._journal.history(owner, transaction_id)
        if not entries:
            raise TransactionNotFound
        return history_of(entries, await self._books.book(owner=owner))

    async def import_transactions(
        self, *, owner: str, actor: str, items: Sequence[ImportItem]
    ) -> Sequence[ImportResult]:
        """Post each item alone under its key; one that is refused doesn't hold up the others.

        What was booked under the key, what an import has booked of the draft, what the account
        holds under the bank's reference, and of counted items as many as it holds from other
        files, are already there. Raises InvalidFields where the items are too many.
        """
        if len(items) > MAX_IMPORT:
            raise InvalidFields([("items", f"at most {MAX_IMPORT}")])
        check_counted(items)
        await self._books.book(owner=owner)
        trace = inject_context()
        commands = [Command(owner, actor, Create(item.input), item.key, trace) for item in items]
        if any(item.counted or item.input.origin.draft_id for item in items):
            outcomes = await self._file_items.post(
                owner,
                [
                    FileItem(command, item.input, item.counted)
                    for command, item in zip(commands, items, strict=True)
                ],
            )
        else:
            outcomes = await self._writer.post_all(commands)
        return [_result(item, outcome) for item, outcome in zip(items, outcomes, strict=True)]

    async def _post(self, command: Command) -> Transaction:
        book = await self._books.book(owner=command.owner)
        decided = await self._writer.post(command)
        return transaction_of(decided.result, book)


def check_counted(items: Sequence[ImportItem]) -> None:
    """Raises InvalidFields where a counted item says not of which document it is."""
    check = FieldCheck()
    for i, item in enumerate(items):
        if item.counted and not item.input.origin.document_id:
            what = "a counted item names its document"
            check.wrong(f"items[{i}].transaction.origin.document_id", what)
        if item.counted and not item.key.text:
            check.wrong(f"items[{i}].idempotency_key", "a counted item has a key")
    check.finish()


def _result(item: ImportItem, outcome: Outcome) -> ImportResult:
    match outcome:
        case Decided(recalled=recalled, result=entry):
            state = ImportOutcome.ALREADY_THERE if recalled else ImportOutcome.ADDED
            return ImportResult(item.key, state, entry.transaction_id)
        case BankReferenceExists(transaction_id=id_) | AlreadyBooked(transaction_id=id_):
            return ImportResult(item.key, ImportOutcome.ALREADY_THERE, id_)
        case refusal:
            return ImportResult(item.key, ImportOutcome.REFUSED, refusal=refusal)
