"""Imports: judge a file, look at the plan, book it, take it back."""
# ruff: noqa: A002 - `id` is its name in the path

from collections.abc import Sequence
from typing import Annotated

from fastapi import Query, Request, Response

from gateway import problems
from gateway.bodies import IMPORT, takes
from gateway.clients import Services
from gateway.models.common import (
    AmountText,
    DateText,
    IdText,
    ItemList,
    money_message,
    text_or_none,
)
from gateway.models.imports import (
    VERDICTS,
    FileLine,
    Import,
    ImportDecisions,
    ImportLine,
    NewImport,
    TransactionMatch,
    Verdict,
)
from gateway.models.transactions import STATUSES
from gateway.parts import Parts, PartsDep, ServicesDep
from gateway.pausing import pausing
from gateway.problems import FieldProblem, ProblemError, invalid
from gateway.requests import ExpectedVersion, IdempotencyKey, Page, PathId, errors, tag
from gateway.routing import Router
from gateway.security import MemberDep
from kit.money import InvalidAmount
from pfa.common.v1.page_pb2 import PageRequest
from pfa.ingest.v1 import document_pb2, ingest_pb2
from pfa.ledger.v1 import import_pb2 as pb
from pfa.ledger.v1 import transaction_pb2

router = Router(tags=["imports"])
# Thousands of lines take their time; a call that was cut off goes on when it comes again.
COMMIT_SECONDS, PREVIEW_SECONDS = 120, 60
AT_ONCE = 500
PAYEE_KEPT, DESCRIPTION_KEPT = 200, 1000
_BOOKED = (
    pb.IMPORT_LINE_OUTCOME_ADDED,
    pb.IMPORT_LINE_OUTCOME_ALREADY_THERE,
    pb.IMPORT_LINE_OUTCOME_MATCHED,
    pb.IMPORT_LINE_OUTCOME_RESTORED,
)


@router.post("/imports:preview", status_code=201, responses=errors(403, 404, 409, 413, 415))
@takes(IMPORT)
async def preview_import(
    body: NewImport,
    request: Request,
    response: Response,
    parts: PartsDep,
    key: IdempotencyKey,
    caller: MemberDep,
) -> Import:
    """Say what each line is to the book, and book nothing. The plan is kept for seven days."""
    asked = (
        await _of_document(parts.services, body)
        if body.document_id
        else await _of_lines(parts, caller.owner, body)
    )
    asked.idempotency_key = key
    answer = await parts.services.imports.PreviewImport(asked, timeout=PREVIEW_SECONDS)
    response.headers["location"] = request.url.path.replace(
        "/imports:preview", f"/imports/{answer.batch.id}"
    )
    return _answered(response, answer.batch)


@router.get("/imports", responses=errors())
async def list_imports(
    page: Page,
    services: ServicesDep,
    _: MemberDep,
    include_plans: Annotated[
        bool, Query(description="Also those that were never committed.")
    ] = False,
) -> ItemList[Import]:
    """Newest first."""
    answer = await services.imports.ListImports(
        pb.ListImportsRequest(page=page, include_plans=include_plans)
    )
    return ItemList(
        items=[Import.of(batch) for batch in answer.batches],
        next_cursor=text_or_none(answer.page.next_cursor),
    )


@router.get("/imports/{id}", responses=errors(404))
async def get_import(id: PathId, response: Response, services: ServicesDep, _: MemberDep) -> Import:
    """One import, and how far it is."""
    answer = await services.imports.GetImport(pb.GetImportRequest(id=id))
    return _answered(response, answer.batch)


@router.get("/imports/{id}/lines", responses=errors(404))
async def list_import_lines(
    id: PathId,
    page: Page,
    services: ServicesDep,
    _: MemberDep,
    verdict: Annotated[Verdict | None, Query()] = None,
) -> ItemList[ImportLine]:
    """In the order of the file."""
    answer = await services.imports.ListImportLines(
        pb.ListImportLinesRequest(id=id, page=page, verdict=VERDICTS.number(verdict))
    )
    return ItemList(
        items=[ImportLine.of(line) for line in answer.lines],
        next_cursor=text_or_none(answer.page.next_cursor),
    )


@router.post("/imports/{id}:commit", responses=errors(403, 404, 409, 412, 415))
@takes(IMPORT)
async def commit_import(
    id: PathId,
    response: Response,
    services: ServicesDep,
    key: IdempotencyKey,
    version: ExpectedVersion,
    _: MemberDep,
    body: ImportDecisions | None = None,
) -> Import:
    """Book exactly the plan that was shown; the drafts of its document are accepted with it."""
    request = pb.CommitImportRequest(
        idempotency_key=key,
        id=id,
        expected_version=version,
        overrides=[override.message() for override in body.overrides] if body else [],
    )
    answer = await services.imports.CommitImport(request, timeout=COMMIT_SECONDS)
    if answer.batch.source.document_id:
        await _accept_drafts(services, answer.batch)
    return _answered(response, answer.batch)


@router.post("/imports/{id}:undo", responses=errors(403, 404, 409))
async def undo_import(
    id: PathId, response: Response, services: ServicesDep, key: IdempotencyKey, _: MemberDep
) -> Import:
    """Take back whole what it booked and matched; what was changed since stays."""
    answer = await services.imports.UndoImport(
        pb.UndoImportRequest(idempotency_key=key, id=id), timeout=COMMIT_SECONDS
    )
    return _answered(response, answer.batch)


@router.get("/transactions:matches", responses=errors(404))
async def find_matches(
    parts: PartsDep,
    caller: MemberDep,
    account_id: Annotated[IdText, Query()],
    date: Annotated[DateText, Query()],
    amount: Annotated[AmountText, Query()],
    payee: Annotated[str, Query(max_length=200)] = "",
) -> ItemList[TransactionMatch]:
    """What a line or a receipt may be: the same amount within three days, the likeliest first."""
    currency = await parts.currencies.of(caller.owner, account_id)
    answer = await parts.services.imports.FindMatches(
        pb.FindMatchesRequest(
            account_id=account_id,
            date=date,
            amount=money_message(amount, currency),
            payee=payee,
        )
    )
    return ItemList(items=[TransactionMatch.of(match) for match in answer.matches])


async def _of_lines(parts: Parts, owner: str, body: NewImport) -> pb.PreviewImportRequest:
    request = pb.PreviewImportRequest(source=_source(body))
    async for place, line in pausing(body.lines):
        account_id = line.account_id or body.account_id or ""
        currency = await _currency(parts, owner, account_id)
        request.lines.append(_line_message(line, place + 1, account_id, currency))
    return request


async def _currency(parts: Parts, owner: str, account_id: str) -> str:
    """Empty for an account that is not there, which the plan will say of its lines."""
    if not account_id:
        return ""
    try:
        return await parts.currencies.of(owner, account_id)
    except ProblemError as problem:
        if problem.type is not problems.NOT_FOUND:
            raise
        return ""


def _line_message(line: FileLine, number: int, account_id: str, currency: str) -> pb.ImportLine:
    message = pb.ImportLine(
        row=line.row or number,
        unreadable=line.unreadable,
        transaction=transaction_pb2.TransactionInput(
            account_id=account_id,
            date=line.date,
            # A bank may print more than is kept of a name; the line is not lost for that.
            payee=line.payee.strip()[:PAYEE_KEPT],
            description=line.description.strip()[:DESCRIPTION_KEPT],
            category_id=line.category_id or "",
            tags=line.tags,
            status=STATUSES.number(line.status),
            origin=transaction_pb2.Origin(bank_reference=line.bank_reference),
        ),
    )
    if currency and not line.unreadable:
        try:
            message.transaction.amount.CopyFrom(money_message(line.amount, currency))
        except InvalidAmount as error:
            message.unreadable = f"amount: {error}"[:500]
    return message


def _source(body: NewImport) -> pb.ImportSource:
    return pb.ImportSource(
        document_id=body.document_id or "",
        file_name=body.file_name,
        from_date=body.from_date or "",
        to_date=body.to_date or "",
        is_receipt=body.is_receipt,
    )


async def _of_document(services: Services, body: NewImport) -> pb.PreviewImportRequest:
    """The drafts of a document that wait for review, as lines."""
    found = await services.ingest.GetDocument(
        ingest_pb2.GetDocumentRequest(id=body.document_id or "")
    )
    source = _source(body)
    source.file_name = source.file_name or found.document.file_name
    source.is_receipt = found.document.kind == document_pb2.DOCUMENT_KIND_RECEIPT
    drafts = await _waiting_drafts(services, found.document.id)
    if not drafts:
        raise ProblemError(problems.CONFLICT, "no draft of this document waits for review")
    if body.account_id:
        _require_one_account(drafts)
    lines = [_draft_message(draft, body.account_id or "") for draft in drafts]
    return pb.PreviewImportRequest(source=source, lines=lines)


def _require_one_account(drafts: Sequence[document_pb2.Draft]) -> None:
    """Lines of several statements are not all given to one account."""
    told = dict.fromkeys(draft.statement_account for draft in drafts if not draft.account_id)
    if len(told) > 1:
        what = (
            f"the file holds {len(told)} accounts without one of yours ({', '.join(told)}):"
            " say the account of each draft (PATCH /drafts/{id}), and none here"
        )
        raise invalid(FieldProblem(pointer="/account_id", detail=what))


async def _waiting_drafts(services: Services, document_id: str) -> Sequence[document_pb2.Draft]:
    request = ingest_pb2.ListDraftsRequest(document_id=document_id, page=PageRequest(limit=AT_ONCE))
    waiting: list[document_pb2.Draft] = []
    while True:
        answer = await services.ingest.ListDrafts(request)
        waiting += [d for d in answer.drafts if d.status == document_pb2.DRAFT_STATUS_READY]
        if not answer.page.next_cursor:
            return waiting
        request.page.cursor = answer.page.next_cursor


def _draft_message(draft: document_pb2.Draft, account_id: str) -> pb.ImportLine:
    row = next((field.line for field in draft.fields if field.line), draft.position)
    missing = [
        name
        for name, known in (("amount", draft.amount.currency), ("date", draft.date))
        if not known
    ]
    return pb.ImportLine(
        row=row,
        unreadable=f"{' and '.join(missing)} could not be read" if missing else "",
        transaction=transaction_pb2.TransactionInput(
            account_id=draft.account_id or account_id,
            date=draft.date,
            amount=draft.amount,
            payee=draft.payee,
            description=draft.description,
            category_id=draft.category_id,
            origin=transaction_pb2.Origin(
                document_id=draft.document_id,
                draft_id=draft.id,
                bank_reference=draft.bank_reference,
                category_unreviewed=bool(draft.category_id) and not draft.category_confirmed,
            ),
        ),
    )


async def _accept_drafts(services: Services, batch: pb.ImportBatch) -> None:
    """Let the drafts whose lines are in the book wait no longer. The ledger knows them, so that
    nothing is booked again; and where this fails, the same commit again does it."""
    booked: list[str] = []
    request = pb.ListImportLinesRequest(id=batch.id, page=PageRequest(limit=AT_ONCE))
    while True:
        answer = await services.imports.ListImportLines(request)
        booked += [
            line.transaction.origin.draft_id
            for line in answer.lines
            if line.outcome in _BOOKED and line.transaction_id and line.transaction.origin.draft_id
        ]
        if not answer.page.next_cursor:
            break
        request.page.cursor = answer.page.next_cursor
    if booked:
        await services.ingest.AcceptDocument(
            ingest_pb2.AcceptDocumentRequest(id=batch.source.document_id, draft_ids=booked),
            timeout=COMMIT_SECONDS,
        )


def _answered(response: Response, message: pb.ImportBatch) -> Import:
    tag(response, message.version)
    return Import.of(message)
