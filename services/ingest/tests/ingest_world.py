"""What the tests of ingest share: real servers' parts wired as in production, and a person."""

import os
import sys
import urllib.error
import urllib.request
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from ingest.books import IDEMPOTENT, LedgerBooks
from ingest.domain.documents import Document
from ingest.domain.drafts import CategorySuggestion, Correction, Draft
from ingest.events import OutboxAnnouncements
from ingest.reading.media import ALL
from ingest.reading.pool import WorkerPool
from ingest.reading.readers import PooledReader, PooledScreener
from ingest.repository import Documents, Drafts
from ingest.service import Extraction, Intake, Review
from ingest.service.intake import Uploaded
from ingest.service.review import LEFT_BEHIND_AFTER
from ingest.storage import Folder
from kit.caller import use_caller
from kit.grpc.client import open_channel
from kit.ids import new_id
from kit.mongo import Mongo
from kit.outbox import Outbox, events_of
from kit.testing import SECRET
from kit.tokens import ServiceTokens
from pfa.common.v1.money_pb2 import Money
from pfa.ledger.v1 import ledger_pb2 as ledger_pb
from pfa.ledger.v1.account_pb2 import AccountType, CategoryKind
from pfa.ledger.v1.ledger_pb2_grpc import LedgerServiceStub
from pfa.ledger.v1.transaction_pb2 import Transaction

PIXELS = 50_000_000
MAX_FILE_SIZE = 10 * 1024 * 1024
TOKENS = ServiceTokens(SECRET, service="ingest-tests")


class MovableClock:
    """Real time, moved on at will."""

    def __init__(self) -> None:
        self.ahead = timedelta(0)

    def now(self) -> datetime:
        # MongoDB keeps milliseconds.
        now = datetime.now(UTC) + self.ahead
        return now.replace(microsecond=now.microsecond // 1000 * 1000)

    def past_the_sweep(self) -> None:
        self.ahead += LEFT_BEHIND_AFTER + timedelta(seconds=1)


@dataclass(frozen=True)
class World:
    mongo: Mongo
    files: Path
    intake: Intake
    extraction: Extraction
    review: Review
    clock: MovableClock
    ledger: LedgerServiceStub

    async def events(self, owner: str) -> list[str]:
        """Types of the events told about a person, in order, without their package."""
        rows = self.mongo.db.outbox.find({"user_id": owner}).sort("seq", 1)
        return [event.type.rsplit(".", 1)[-1] async for row in rows for event in events_of(row)]


@asynccontextmanager
async def open_world(
    mongo: Mongo, files: Path, light: WorkerPool, ledger_address: str
) -> AsyncIterator[World]:
    async with open_channel(
        ledger_address, name="ledger", idempotent=IDEMPOTENT, deadline=5
    ) as channel:
        clock = MovableClock()
        documents, drafts = Documents(mongo), Drafts(mongo, clock)
        books = LedgerBooks(channel, TOKENS)
        announcements = OutboxAnnouncements(Outbox(source="ingest"))
        screener = PooledScreener(light, allowed=ALL, max_pixels=PIXELS, default_currency="EUR")
        yield World(
            mongo=mongo,
            files=files,
            intake=Intake(
                mongo=mongo,
                documents=documents,
                files=Folder(files),
                screener=screener,
                announcements=announcements,
                clock=clock,
                new_id=new_id,
                max_file_size=MAX_FILE_SIZE,
            ),
            extraction=Extraction(
                mongo=mongo,
                documents=documents,
                drafts=drafts,
                files=Folder(files),
                reader=PooledReader(light=light, recognition=light, max_pixels=PIXELS, seconds=60),
                ledger=books,
                announcements=announcements,
                clock=clock,
                default_currency="EUR",
            ),
            review=Review(
                mongo=mongo,
                documents=documents,
                drafts=drafts,
                ledger=books,
                announcements=announcements,
                clock=clock,
            ),
            clock=clock,
            ledger=LedgerServiceStub(channel),
        )


@dataclass(frozen=True)
class Person:
    """Someone with a book of their own, who acts through the use cases."""

    world: World
    id: str

    async def opens_account(
        self, *, currency: str = "USD", last_digits: str = "", name: str = "Current account"
    ) -> str:
        with use_caller(TOKENS.caller(owner=self.id)):
            answer = await self.world.ledger.CreateAccount(
                ledger_pb.CreateAccountRequest(
                    idempotency_key=new_id(),
                    name=name,
                    type=AccountType.ACCOUNT_TYPE_CHECKING,
                    currency=currency,
                    last_digits=last_digits,
                )
            )
        return str(answer.account.id)

    async def category(self) -> str:
        """A category of spending of the book."""
        with use_caller(TOKENS.caller(owner=self.id)):
            answer = await self.world.ledger.ListCategories(ledger_pb.ListCategoriesRequest())
        parents = {category.parent_id for category in answer.categories}
        return next(
            str(category.id)
            for category in answer.categories
            if category.kind == CategoryKind.CATEGORY_KIND_EXPENSE and category.id not in parents
        )

    async def booked(self, draft: Draft) -> Transaction:
        with use_caller(TOKENS.caller(owner=self.id)):
            answer = await self.world.ledger.GetTransaction(
                ledger_pb.GetTransactionRequest(id=draft.transaction_id)
            )
        return answer.transaction

    async def balance(self, account_id: str) -> Money:
        with use_caller(TOKENS.caller(owner=self.id)):
            answer = await self.world.ledger.GetAccount(ledger_pb.GetAccountRequest(id=account_id))
        return answer.account.balance

    async def uploads(self, data: bytes, *, name: str = "file", account_id: str = "") -> Uploaded:
        intake = self.world.intake
        received = await intake.receive(_in_chunks(data))
        return await intake.upload(
            owner=self.id, file_name=name, account_id=account_id, data=received
        )

    async def reads(self, document: Document) -> None:
        """As the consumer does: the slow part, then the effect in a transaction."""
        extraction = self.world.extraction
        read = await extraction.read(owner=self.id, document_id=document.id)
        await self.world.mongo.in_transaction(
            lambda tx: extraction.record(tx, owner=self.id, read=read)
        )

    async def is_suggested(
        self, document: Document, category_id: str = "", *, confidence: float = 0.96
    ) -> None:
        drafts = await self.drafts(document)
        found = [CategorySuggestion(category_id, confidence, "lexicon")] if category_id else []
        await self.world.mongo.in_transaction(
            lambda tx: self.world.extraction.take_suggestions(
                tx,
                owner=self.id,
                document_id=document.id,
                suggestions={draft.id: found for draft in drafts},
            )
        )

    async def has_ready(self, data: bytes, *, account_id: str = "") -> Document:
        """A document that has come as far as review."""
        document = (await self.uploads(data, account_id=account_id)).document
        await self.reads(document)
        await self.is_suggested(document)
        return await self.document(document)

    async def document(self, document: Document) -> Document:
        return await self.world.intake.document(owner=self.id, document_id=document.id)

    async def drafts(self, document: Document) -> Sequence[Draft]:
        found, _ = await self.world.review.list_drafts(
            owner=self.id, document_id=document.id, cursor="", limit=500
        )
        return found

    async def document_of(self, draft: Draft) -> Document:
        return await self.world.intake.document(owner=self.id, document_id=draft.document_id)

    async def corrects(
        self, draft: Draft, correction: Correction, *, expected_version: int = 0
    ) -> Draft:
        return await self.world.review.correct(
            owner=self.id,
            draft_id=draft.id,
            correction=correction,
            expected_version=expected_version,
        )

    async def accepts(self, draft: Draft) -> Draft:
        with use_caller(TOKENS.caller(owner=self.id)):
            return await self.world.review.accept(
                owner=self.id, draft_id=draft.id, expected_version=0
            )

    async def accepts_all(
        self, document: Document, *only: Draft
    ) -> tuple[Document, Sequence[Draft]]:
        with use_caller(TOKENS.caller(owner=self.id)):
            return await self.world.review.accept_document(
                owner=self.id,
                document_id=document.id,
                draft_ids={draft.id for draft in only},
            )


def service_environment(mongo_uri: str, kafka: str, **more: str) -> dict[str, str]:
    """The environment of a service process under test."""
    return {
        **os.environ,
        "APP_ENV": "test",
        "LOG_LEVEL": "INFO",
        "LISTEN_HOST": "127.0.0.1",
        "MONGODB_URI": mongo_uri,
        "KAFKA_BOOTSTRAP_SERVERS": kafka,
        "JWT_SECRET": SECRET,
        **more,
    }


def service_command(name: str) -> list[str]:
    return [sys.executable, "-m", name]


def answers_health(port: int) -> bool:
    """Whether a process of ours has started, by its ops port."""
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/health", timeout=1) as answer:
            return bool(answer.status == 200)
    except (urllib.error.URLError, OSError):
        return False


async def _in_chunks(data: bytes) -> AsyncIterator[bytes]:
    for start in range(0, len(data), 65536):
        yield data[start : start + 65536]
