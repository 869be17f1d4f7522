"""ImportService: files, planned, then booked."""
# ruff: noqa: N802, ARG002 - names and signatures are those of the generated servicer

from ledger.domain.importing.batch import Import, PlannedLine, Stage, Tally
from ledger.domain.importing.decisions import Choice, Outcome, Override
from ledger.domain.importing.lines import ImportLine, Source, told_by_a_file
from ledger.domain.importing.planning import Candidate, Refusal, Verdict, Why
from ledger.domain.transaction import TransactionInput
from ledger.grpc_api.callers import key_of, owner, writer
from ledger.grpc_api.errors import reason_named
from ledger.grpc_api.inputs import input_message
from ledger.grpc_api.messages import (
    money_message,
    money_of,
    timestamp,
    transaction_input,
    transaction_message,
)
from ledger.service.imports import FoundMatch, ImportService
from pfa.ledger.v1 import import_pb2 as pb
from pfa.ledger.v1 import import_pb2_grpc

_VERDICTS = {
    pb.IMPORT_VERDICT_NEW: Verdict.NEW,
    pb.IMPORT_VERDICT_ALREADY_THERE: Verdict.ALREADY_THERE,
    pb.IMPORT_VERDICT_TWIN_KEPT: Verdict.TWIN_KEPT,
    pb.IMPORT_VERDICT_DELETED_BEFORE: Verdict.DELETED_BEFORE,
    pb.IMPORT_VERDICT_DOUBTFUL: Verdict.DOUBTFUL,
    pb.IMPORT_VERDICT_REFUSED: Verdict.REFUSED,
}
_VERDICT_NUMBERS = {verdict: number for number, verdict in _VERDICTS.items()}
_KNOWN_BY = {
    Why.REFERENCE: pb.IMPORT_KNOWN_BY_REFERENCE,
    Why.FINGERPRINT: pb.IMPORT_KNOWN_BY_FINGERPRINT,
    Why.REPEATED: pb.IMPORT_KNOWN_BY_REPEATED,
}
_OUTCOMES = {
    Outcome.ADDED: pb.IMPORT_LINE_OUTCOME_ADDED,
    Outcome.ALREADY_THERE: pb.IMPORT_LINE_OUTCOME_ALREADY_THERE,
    Outcome.MATCHED: pb.IMPORT_LINE_OUTCOME_MATCHED,
    Outcome.RESTORED: pb.IMPORT_LINE_OUTCOME_RESTORED,
    Outcome.DOUBTFUL: pb.IMPORT_LINE_OUTCOME_DOUBTFUL,
    Outcome.DELETED_BEFORE: pb.IMPORT_LINE_OUTCOME_DELETED_BEFORE,
    Outcome.SKIPPED: pb.IMPORT_LINE_OUTCOME_SKIPPED,
    Outcome.REFUSED: pb.IMPORT_LINE_OUTCOME_REFUSED,
}
_STAGES = {
    Stage.PLANNED: pb.IMPORT_STAGE_PLANNED,
    Stage.COMMITTING: pb.IMPORT_STAGE_COMMITTING,
    Stage.COMMITTED: pb.IMPORT_STAGE_COMMITTED,
}
_CHOICES = {
    pb.IMPORT_CHOICE_ADD: Choice.ADD,
    pb.IMPORT_CHOICE_SKIP: Choice.SKIP,
    pb.IMPORT_CHOICE_MATCH: Choice.MATCH,
}
_CHOICE_NUMBERS = {choice: number for number, choice in _CHOICES.items()}


class ImportApi(import_pb2_grpc.ImportServiceServicer):
    def __init__(self, imports: ImportService) -> None:
        self._imports = imports

    async def PreviewImport(
        self, request: pb.PreviewImportRequest, context: object
    ) -> pb.PreviewImportResponse:
        caller = writer()
        head = await self._imports.preview_import(
            owner=caller.owner,
            actor=caller.actor,
            source=_source(request.source),
            lines=[_line(line, request.source) for line in request.lines],
            key=key_of(request.idempotency_key, request),
        )
        return pb.PreviewImportResponse(batch=_batch_message(head))

    async def GetImport(
        self, request: pb.GetImportRequest, context: object
    ) -> pb.GetImportResponse:
        head = await self._imports.get_import(owner=owner(), import_id=request.id)
        return pb.GetImportResponse(batch=_batch_message(head))

    async def ListImports(
        self, request: pb.ListImportsRequest, context: object
    ) -> pb.ListImportsResponse:
        heads, more = await self._imports.list_imports(
            owner=owner(),
            cursor=request.page.cursor,
            limit=request.page.limit,
            with_plans=request.include_plans,
        )
        response = pb.ListImportsResponse(batches=[_batch_message(head) for head in heads])
        response.page.next_cursor = more
        return response

    async def ListImportLines(
        self, request: pb.ListImportLinesRequest, context: object
    ) -> pb.ListImportLinesResponse:
        lines, more = await self._imports.list_lines(
            owner=owner(),
            import_id=request.id,
            verdict=_VERDICTS.get(request.verdict),
            cursor=request.page.cursor,
            limit=request.page.limit,
        )
        response = pb.ListImportLinesResponse(lines=[_line_message(line) for line in lines])
        response.page.next_cursor = more
        return response

    async def CommitImport(
        self, request: pb.CommitImportRequest, context: object
    ) -> pb.CommitImportResponse:
        caller = writer()
        head = await self._imports.commit_import(
            owner=caller.owner,
            actor=caller.actor,
            import_id=request.id,
            overrides=[
                Override(o.line, _CHOICES.get(o.choice), o.transaction_id)
                for o in request.overrides
            ],
            expected_version=request.expected_version,
            key=key_of(request.idempotency_key, request),
        )
        return pb.CommitImportResponse(batch=_batch_message(head))

    async def UndoImport(
        self, request: pb.UndoImportRequest, context: object
    ) -> pb.UndoImportResponse:
        caller = writer()
        head = await self._imports.undo_import(
            owner=caller.owner,
            actor=caller.actor,
            import_id=request.id,
            key=key_of(request.idempotency_key, request),
        )
        return pb.UndoImportResponse(batch=_batch_message(head))

    async def FindMatches(
        self, request: pb.FindMatchesRequest, context: object
    ) -> pb.FindMatchesResponse:
        line = ImportLine(
            1,
            TransactionInput(
                request.account_id, request.date, money_of(request.amount), payee=request.payee
            ),
        )
        matches = await self._imports.find_matches(owner=owner(), line=line)
        return pb.FindMatchesResponse(matches=[_match_message(match) for match in matches])


def _source(message: pb.ImportSource) -> Source:
    return Source(
        message.document_id,
        message.file_name,
        message.from_date,
        message.to_date,
        message.is_receipt,
    )


def _line(message: pb.ImportLine, source: pb.ImportSource) -> ImportLine:
    said = message.transaction
    if source.document_id and not said.origin.document_id:
        said.origin.document_id = source.document_id
    return ImportLine(message.row, told_by_a_file(transaction_input(said)), message.unreadable)


def _batch_message(head: Import) -> pb.ImportBatch:
    message = pb.ImportBatch(
        id=head.id,
        stage=_STAGES[head.stage],
        source=pb.ImportSource(
            document_id=head.source.document_id,
            file_name=head.source.file_name,
            from_date=head.source.from_date,
            to_date=head.source.to_date,
            is_receipt=head.source.is_receipt,
        ),
        line_count=head.line_count,
        done_count=head.done,
        verdicts=[
            pb.ImportVerdictCount(verdict=_VERDICT_NUMBERS[verdict], count=_count_message(tally))
            for verdict, tally in head.verdicts.items()
        ],
        outcomes=[
            pb.ImportOutcomeCount(outcome=_OUTCOMES[outcome], count=_count_message(tally))
            for outcome, tally in head.outcomes.items()
        ],
        coverage=[
            pb.ImportCoverage(
                account_id=c.account_id, from_date=c.from_date, to_date=c.to_date, lines=c.lines
            )
            for c in head.coverage
        ],
        created_at=timestamp(head.created_at),
        actor_id=head.actor,
        version=head.version,
        undone=head.undone,
    )
    if head.committed_at is not None:
        message.committed_at.CopyFrom(timestamp(head.committed_at))
    return message


def _count_message(tally: Tally) -> pb.ImportCount:
    return pb.ImportCount(count=tally.count, sums=[money_message(m) for m in tally.sums])


def _line_message(planned: PlannedLine) -> pb.ImportPlanLine:
    judgement, override = planned.judgement, planned.override
    message = pb.ImportPlanLine(
        line=planned.position,
        row=planned.line.row,
        transaction=input_message(planned.line.input),
        payee_said=planned.line.payee,
        verdict=_VERDICT_NUMBERS[judgement.verdict],
        known_as=judgement.transaction_id,
        clears=judgement.clears,
        candidates=[_candidate_message(candidate) for candidate in judgement.candidates],
        transaction_id=planned.transaction_id,
    )
    if judgement.why is not None:
        message.known_by = _KNOWN_BY[judgement.why]
    if refusal := planned.refusal or judgement.refusal:
        message.refusal.CopyFrom(_refusal_message(refusal))
    if override is not None and override.choice is not None:
        message.choice = _CHOICE_NUMBERS[override.choice]
    if planned.outcome is not None:
        message.outcome = _OUTCOMES[planned.outcome]
    return message


def _candidate_message(candidate: Candidate) -> pb.ImportCandidate:
    return pb.ImportCandidate(
        transaction_id=candidate.transaction_id,
        version=candidate.version,
        days_apart=candidate.days_apart,
        likeness=candidate.likeness,
    )


def _refusal_message(refusal: Refusal) -> pb.ImportRefusal:
    return pb.ImportRefusal(reason=reason_named(refusal.name), message=refusal.message)


def _match_message(match: FoundMatch) -> pb.ImportMatch:
    return pb.ImportMatch(
        candidate=_candidate_message(match.candidate),
        transaction=transaction_message(match.transaction),
        from_bank=match.from_bank,
        likely=match.likely,
    )
