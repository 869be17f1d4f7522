"""RuleService: what a person wants done without being asked each time."""
# ruff: noqa: N802, ARG002 - names and signatures are those of the generated servicer

from ledger.grpc_api import messages as m
from ledger.grpc_api import rule_messages as r
from ledger.grpc_api.callers import key_of, owner, writer
from ledger.grpc_api.inputs import input_message
from ledger.grpc_api.operations import operation_message, row_messages
from ledger.service.import_rules import ImportRules
from ledger.service.rule_runs import RuleRuns
from ledger.service.rules import RuleService
from pfa.ledger.v1 import rule_pb2 as pb
from pfa.ledger.v1 import rule_pb2_grpc


class RuleApi(rule_pb2_grpc.RuleServiceServicer):
    def __init__(self, *, rules: RuleService, runs: RuleRuns, on_import: ImportRules) -> None:
        self._rules = rules
        self._runs = runs
        self._on_import = on_import

    async def CreateRule(
        self, request: pb.CreateRuleRequest, context: object
    ) -> pb.CreateRuleResponse:
        rule = await self._rules.create_rule(
            owner=writer().owner,
            draft=r.rule_draft(request.rule),
            key=key_of(request.idempotency_key, request),
        )
        return pb.CreateRuleResponse(rule=r.rule_message(rule))

    async def GetRule(self, request: pb.GetRuleRequest, context: object) -> pb.GetRuleResponse:
        rule = await self._rules.get_rule(owner=owner(), rule_id=request.id)
        return pb.GetRuleResponse(rule=r.rule_message(rule))

    async def ListRules(
        self, request: pb.ListRulesRequest, context: object
    ) -> pb.ListRulesResponse:
        rules = await self._rules.list_rules(owner=owner())
        return pb.ListRulesResponse(
            rules=[r.rule_message(rule) for rule in rules.rules], version=rules.version
        )

    async def UpdateRule(
        self, request: pb.UpdateRuleRequest, context: object
    ) -> pb.UpdateRuleResponse:
        rule = await self._rules.update_rule(
            owner=writer().owner,
            rule_id=request.id,
            expected_version=request.expected_version,
            draft=r.rule_draft(request.rule),
            key=key_of(request.idempotency_key, request),
        )
        return pb.UpdateRuleResponse(rule=r.rule_message(rule))

    async def DeleteRule(
        self, request: pb.DeleteRuleRequest, context: object
    ) -> pb.DeleteRuleResponse:
        await self._rules.delete_rule(
            owner=writer().owner,
            rule_id=request.id,
            expected_version=request.expected_version,
            key=key_of(request.idempotency_key, request),
        )
        return pb.DeleteRuleResponse()

    async def ReorderRules(
        self, request: pb.ReorderRulesRequest, context: object
    ) -> pb.ReorderRulesResponse:
        rules = await self._rules.reorder_rules(
            owner=writer().owner,
            rule_ids=list(request.rule_ids),
            expected_version=request.expected_version,
            key=key_of(request.idempotency_key, request),
        )
        return pb.ReorderRulesResponse(
            rules=[r.rule_message(rule) for rule in rules.rules], version=rules.version
        )

    async def PreviewRules(
        self, request: pb.PreviewRulesRequest, context: object
    ) -> pb.PreviewRulesResponse:
        preview = await self._runs.preview(
            owner=owner(),
            selection=r.rule_selection(request.rules),
            filter_=m.transaction_filter(request.filter),
            cursor=request.page.cursor,
            limit=request.page.limit,
        )
        response = pb.PreviewRulesResponse(
            changes=[r.change_message(change) for change in preview.changes],
            looked_at_count=preview.looked_at,
        )
        response.page.next_cursor = preview.next.text() if preview.next else ""
        return response

    async def ApplyRules(
        self, request: pb.ApplyRulesRequest, context: object
    ) -> pb.ApplyRulesResponse:
        caller = writer()
        expected = request.expected_count if request.HasField("expected_count") else None
        operation, rows = await self._runs.apply(
            owner=caller.owner,
            actor=caller.actor,
            selection=r.rule_selection(request.rules),
            filter_=m.transaction_filter(request.filter),
            expected_count=expected,
            key=key_of(request.idempotency_key, request),
        )
        return pb.ApplyRulesResponse(
            operation=operation_message(operation), rows=row_messages(rows)
        )

    async def CorrectTransaction(
        self, request: pb.CorrectTransactionRequest, context: object
    ) -> pb.CorrectTransactionResponse:
        caller = writer()
        correction = r.correction(request.correction)
        if request.dry_run:
            transaction, rule = await self._runs.proposed(
                owner=caller.owner, transaction_id=request.transaction_id, correction=correction
            )
        else:
            transaction, rule = await self._runs.correct(
                owner=caller.owner,
                actor=caller.actor,
                transaction_id=request.transaction_id,
                expected_version=request.expected_version,
                correction=correction,
                key=key_of(request.idempotency_key, request),
            )
        return pb.CorrectTransactionResponse(
            transaction=m.transaction_message(transaction), rule=r.rule_message(rule)
        )

    async def RunRules(self, request: pb.RunRulesRequest, context: object) -> pb.RunRulesResponse:
        ruled = await self._on_import.run(
            owner=owner(), inputs=[m.transaction_input(t) for t in request.transactions]
        )
        return pb.RunRulesResponse(
            results=[
                pb.RunResult(
                    transaction=input_message(result.input),
                    fired=r.fired_messages(result.fired),
                    has_default_category=result.has_default_category,
                )
                for result in ruled
            ]
        )
