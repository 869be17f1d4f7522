"""What the ledger tells the others, and what it hears."""

from collections.abc import Sequence

from google.protobuf.message import Message

from kit.events import Event
from kit.handlers import Handler, on
from kit.mongo import Tx
from kit.outbox import Batch, Outbox, Outgoing
from ledger.domain.account import Account
from ledger.domain.book_settings import BookSettings
from ledger.domain.category import Category
from ledger.domain.entry import Entry
from ledger.domain.posting import Decided
from ledger.domain.reconciliation import Reconciliation
from ledger.service.books import BookService
from ledger.service.erasure import ErasureService
from pfa.common.v1.money_pb2 import Money
from pfa.events.v1.auth_events_pb2 import UserDeleted, UserRegistered
from pfa.events.v1.ledger_events_pb2 import (
    AccountChanged,
    AccountsReordered,
    BookUpdated,
    CategoriesReordered,
    CategoryChanged,
    CategoryCreated,
    EntryPosted,
    Posting,
    ReconciliationChanged,
    TransactionChanged,
)

SOURCE = "ledger"
TOPIC = "pfa.ledger.events"
AUTH_TOPIC = "pfa.auth.events"
BOOKS_GROUP = "ledger.books"


def outbox() -> Outbox:
    """The ledger's outbox: a book's events are numbered in the book's head, which every posting
    moves anyway."""
    return Outbox(source=SOURCE, heads="books", head="events")


class OutboxAnnouncements:
    """Writes events to the outbox: for each entry one, then what became of its transaction."""

    def __init__(self, outbox: Outbox) -> None:
        self._outbox = outbox

    def posted(self, decisions: Sequence[Decided]) -> Sequence[Batch]:
        """What is told of each decision; whoever moves the head of the book adds it."""
        return [Batch(d.command.owner, _posted_rows(d), d.command.trace) for d in decisions]

    async def entry_posted(self, tx: Tx, entry: Entry) -> None:
        """Tell of one entry alone."""
        await self._add(tx, entry.owner, _entry_posted(entry), entry.id)

    async def entries_posted(self, tx: Tx, entries: Sequence[Entry]) -> None:
        """Tell of entries of one book that were restored."""
        rows = [(TOPIC, _entry_posted(entry), entry.id) for entry in entries]
        await self._outbox.add_many(tx, user_id=entries[0].owner, rows=rows)

    async def book_changed(self, tx: Tx, settings: BookSettings) -> None:
        event = BookUpdated(user_id=settings.owner, version=settings.version)
        await self._add(tx, settings.owner, event, settings.owner)

    async def account_changed(self, tx: Tx, account: Account, change: str) -> None:
        event = AccountChanged(
            user_id=account.owner,
            account_id=account.id,
            version=account.version,
            change=change,
        )
        await self._add(tx, account.owner, event, account.id)

    async def accounts_reordered(self, tx: Tx, owner: str) -> None:
        await self._add(tx, owner, AccountsReordered(user_id=owner), owner)

    async def reconciliation_changed(
        self, tx: Tx, reconciliation: Reconciliation, change: str
    ) -> None:
        event = ReconciliationChanged(
            user_id=reconciliation.owner,
            reconciliation_id=reconciliation.id,
            account_id=reconciliation.account_id,
            version=reconciliation.version,
            change=change,
        )
        await self._add(tx, reconciliation.owner, event, reconciliation.id)

    async def category_changed(self, tx: Tx, category: Category, change: str) -> None:
        event = CategoryChanged(
            user_id=category.owner,
            category_id=category.id,
            version=category.version,
            change=change,
            merged_into=category.merged_into,
        )
        await self._add(tx, category.owner, event, category.id)

    async def categories_reordered(self, tx: Tx, owner: str) -> None:
        await self._add(tx, owner, CategoriesReordered(user_id=owner), owner)

    async def category_created(self, tx: Tx, category: Category) -> None:
        event = CategoryCreated(
            user_id=category.owner, category_id=category.id, version=category.version
        )
        await self._add(tx, category.owner, event, category.id)

    async def _add(self, tx: Tx, owner: str, event: Message, subject: str) -> None:
        await self._outbox.add(tx, user_id=owner, topic=TOPIC, event=event, subject=subject)


def handlers(books: BookService, erasure: ErasureService) -> Sequence[Handler]:
    """What the group `ledger.books` does."""

    async def open_book(tx: Tx, event: Event[UserRegistered]) -> None:
        await books.open_registered(tx, owner=event.data.user_id, locale=event.data.locale)

    async def erase(event: Event[UserDeleted]) -> None:
        await erasure.erase(event.data.user_id)

    async def finish(tx: Tx, event: Event[UserDeleted], _: None) -> None:
        await erasure.finish(tx, event.data.user_id)

    return [on(UserRegistered, open_book), on(UserDeleted, finish, prepare=erase)]


def _posted_rows(decided: Decided) -> Sequence[Outgoing]:
    rows: list[Outgoing] = [(TOPIC, _entry_posted(e), e.id) for e in decided.entries]
    result = decided.result
    changed = TransactionChanged(
        user_id=result.owner,
        transaction_id=result.transaction_id,
        version=result.version,
        change=result.change.value,
    )
    return [*rows, (TOPIC, changed, result.transaction_id)]


def _entry_posted(entry: Entry) -> EntryPosted:
    return EntryPosted(
        user_id=entry.owner,
        entry_id=entry.id,
        transaction_id=entry.transaction_id,
        transaction_version=entry.version,
        date=entry.date,
        payee=entry.payee,
        description=entry.description,
        postings=[
            Posting(
                account_id=posting.account_id,
                amount=Money(
                    minor_units=posting.amount.minor_units, currency=posting.amount.currency
                ),
                is_category=posting.is_category,
            )
            for posting in entry.postings
        ],
        reverses_entry_id=entry.reverses,
        document_id=entry.origin.document_id,
        draft_id=entry.origin.draft_id,
        actor_id=entry.actor_id,
        operation_id=entry.operation_id,
        category_unreviewed=entry.origin.category_unreviewed,
    )
