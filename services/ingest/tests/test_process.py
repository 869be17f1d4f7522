"""Ingest as it runs: its own process, relay and consumers, on the real broker and ledger."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from ingest_world import TOKENS, answers_health, service_command, service_environment

from ingest.events import SUGGESTIONS_TOPIC
from kit.caller import use_caller
from kit.grpc.client import open_channel
from kit.ids import new_id
from kit.kafka import KafkaSettings
from kit.mongo import Mongo, Tx
from kit.outbox import Outbox
from kit.relay import Relay
from kit.testing import wait_until
from pfa.events.v1.ai_events_pb2 import DraftSuggestion, SuggestionsMade
from pfa.ingest.v1 import document_pb2 as pb
from pfa.ingest.v1 import ingest_pb2 as api
from pfa.ingest.v1.ingest_pb2_grpc import IngestServiceStub
from pfa.ledger.v1 import ledger_pb2 as ledger_pb
from pfa.ledger.v1.account_pb2 import AccountType
from pfa.ledger.v1.ledger_pb2_grpc import LedgerServiceStub
from pfa_local import ports
from pfa_local.processes import Child
from specimens import MERCHANTS, draw_receipt

READING_SECONDS = 60.0


class Process:
    """`python -m ingest`, and a person who calls it."""

    def __init__(self, child: Child, channel: Any, ledger: Any) -> None:
        self.child = child
        self.owner = new_id()
        self._stub = IngestServiceStub(channel)
        self._ledger = LedgerServiceStub(ledger)

    async def call(self, method: str, request: Any) -> Any:
        with use_caller(TOKENS.caller(owner=self.owner)):
            return await getattr(self._stub, method)(request)

    async def ask_ledger(self, method: str, request: Any) -> Any:
        with use_caller(TOKENS.caller(owner=self.owner)):
            return await getattr(self._ledger, method)(request)

    async def opens_account(self, currency: str) -> str:
        request = ledger_pb.CreateAccountRequest(
            idempotency_key=new_id(),
            name="Cash",
            type=AccountType.ACCOUNT_TYPE_CASH,
            currency=currency,
        )
        return str((await self.ask_ledger("CreateAccount", request)).account.id)

    async def uploads(self, data: bytes, *, account_id: str) -> str:
        async def requests() -> AsyncIterator[api.UploadDocumentRequest]:
            header = api.UploadHeader(file_name="receipt.jpg", account_id=account_id)
            yield api.UploadDocumentRequest(header=header)
            yield api.UploadDocumentRequest(chunk=data)

        return str((await self.call("UploadDocument", requests())).document.id)

    async def reaches(self, document_id: str, status: int) -> None:
        async def reached() -> bool:
            answer = await self.call("GetDocument", api.GetDocumentRequest(id=document_id))
            return bool(answer.document.status == status)

        await wait_until(reached, deadline=READING_SECONDS)

    async def draft(self, document_id: str) -> Any:
        request = api.ListDraftsRequest(document_id=document_id)
        return (await self.call("ListDrafts", request)).drafts[0]


@pytest.fixture
async def process(
    mongo_server: Any,
    kafka_server: Any,
    ledger_process: tuple[Child, str],
    unique: Callable[[str], str],
    mongo_database: str,
    tmp_path: Path,
) -> AsyncIterator[Process]:
    grpc_port, ops_port = ports.anywhere(), ports.anywhere()
    child = Child(
        "ingest",
        service_command("ingest"),
        log=tmp_path / "ingest.log",
        environment=service_environment(
            mongo_server.uri,
            kafka_server.bootstrap_servers,
            MONGODB_DATABASE=mongo_database,
            KAFKA_TOPIC_PREFIX=f"{unique('ingest')}.",
            LEDGER_ADDR=ledger_process[1],
            GRPC_PORT=str(grpc_port),
            OPS_PORT=str(ops_port),
            STORAGE_URL=(tmp_path / "documents").as_uri(),
            OCR_MAX_WORKERS="1",
        ),
    )
    await asyncio.to_thread(child.start)
    try:
        await asyncio.to_thread(child.wait_until, lambda: answers_health(ops_port), seconds=90)
        async with (
            open_channel(f"127.0.0.1:{grpc_port}", name="ingest") as channel,
            open_channel(ledger_process[1], name="ledger") as ledger,
        ):
            yield Process(child, channel, ledger)
    finally:
        await asyncio.to_thread(child.stop)


@pytest.fixture
async def suggest(
    process: Process, mongo_server: Any, kafka_server: Any, mongo_database: str
) -> AsyncIterator[Callable[[str, str], Any]]:
    """Tells what ai would, through an outbox and a relay of its own."""
    prefix = process.child._environment["KAFKA_TOPIC_PREFIX"]
    kafka = KafkaSettings(kafka_server.bootstrap_servers, topic_prefix=prefix)
    async with Mongo.open(mongo_server.uri, database=f"{mongo_database}-ai") as mongo:
        await Outbox.ensure_indexes(mongo.db)
        stop = asyncio.Event()
        relaying = asyncio.create_task(Relay(mongo=mongo, kafka=kafka, source="ai").run(stop))
        outbox = Outbox(source="ai")

        async def tell(document_id: str, draft_id: str) -> None:
            event = SuggestionsMade(
                user_id=process.owner,
                document_id=document_id,
                suggestions=[
                    DraftSuggestion(
                        draft_id=draft_id, category_id="", confidence=0.5, source="lexicon"
                    )
                ],
            )

            async def add(tx: Tx) -> None:
                await outbox.add(
                    tx,
                    user_id=process.owner,
                    topic=SUGGESTIONS_TOPIC,
                    event=event,
                    subject=document_id,
                )

            await mongo.in_transaction(add)

        yield tell
        stop.set()
        with suppress(TimeoutError):
            await asyncio.wait_for(relaying, 10)
        await mongo.client.drop_database(f"{mongo_database}-ai")


async def test_a_photographed_receipt_ends_as_one_booking(
    process: Process, suggest: Callable[[str, str], Any]
) -> None:
    photo = draw_receipt(6, merchant=MERCHANTS[2].name)
    account = await process.opens_account("EUR")
    document_id = await process.uploads(photo.data, account_id=account)
    await process.reaches(document_id, pb.DOCUMENT_STATUS_EXTRACTED)

    draft = await process.draft(document_id)
    assert draft.status == pb.DRAFT_STATUS_PENDING
    assert draft.amount.minor_units == -photo.receipt.total
    assert draft.date == photo.receipt.date.isoformat()
    assert draft.account_id == account
    assert not draft.warnings

    await suggest(document_id, draft.id)
    await process.reaches(document_id, pb.DOCUMENT_STATUS_READY)
    accepted = await process.call("AcceptDraft", api.AcceptDraftRequest(id=draft.id))
    assert accepted.draft.status == pb.DRAFT_STATUS_ACCEPTED
    await process.reaches(document_id, pb.DOCUMENT_STATUS_ACCEPTED)

    booked = await process.ask_ledger(
        "GetTransaction", ledger_pb.GetTransactionRequest(id=accepted.draft.transaction_id)
    )
    assert booked.transaction.amount.minor_units == -photo.receipt.total
    assert booked.transaction.origin.document_id == document_id


async def test_a_process_killed_while_it_reads_reads_again_when_it_is_back(
    process: Process,
) -> None:
    account = await process.opens_account("EUR")
    document_id = await process.uploads(draw_receipt(9).data, account_id=account)
    await process.reaches(document_id, pb.DOCUMENT_STATUS_EXTRACTING)
    await asyncio.to_thread(process.child.kill)
    await asyncio.to_thread(process.child.start)

    async def answers() -> bool:
        with suppress(Exception):
            await process.reaches(document_id, pb.DOCUMENT_STATUS_EXTRACTED)
            return True
        return False

    await wait_until(answers, deadline=READING_SECONDS)
    request = api.ListDraftsRequest(document_id=document_id)
    assert len((await process.call("ListDrafts", request)).drafts) == 1
