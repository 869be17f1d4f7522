"""Rules."""
# ruff: noqa: A002 - `id` is its name in the path

from collections.abc import Iterable

from fastapi import Response

from gateway.models.common import ItemList, text_or_none
from gateway.models.operations import Operation, OperationResult
from gateway.models.rules import (
    Corrected,
    NewCorrection,
    NewRule,
    NewRuledTransactions,
    Rule,
    RuleApplication,
    RuleChange,
    Ruled,
    RuleOrder,
    RulePreview,
    RulePreviewRequest,
    TransactionDiff,
)
from gateway.models.transactions import NewTransaction, Transaction
from gateway.parts import Parts, PartsDep, ServicesDep
from gateway.requests import ExpectedVersion, IdempotencyKey, PathId, errors, tag
from gateway.routes.operations import PATIENCE_SECONDS, row_answer
from gateway.routing import Router
from gateway.security import MemberDep
from kit.ids import new_id
from pfa.common.v1.page_pb2 import PageRequest
from pfa.ledger.v1 import rule_pb2 as pb
from pfa.ledger.v1 import transaction_pb2

router = Router(tags=["rules"])


@router.get("/rules", responses=errors())
async def list_rules(response: Response, services: ServicesDep, _: MemberDep) -> ItemList[Rule]:
    """All rules, in the order in which they run. The ETag is that of the list."""
    answer = await services.rules.ListRules(pb.ListRulesRequest())
    return _listed(response, answer.version, answer.rules)


@router.post("/rules", status_code=201, responses=errors(403, 409, 415))
async def create_rule(
    body: NewRule, response: Response, services: ServicesDep, key: IdempotencyKey, _: MemberDep
) -> Rule:
    """Add a rule after all others. It runs over what is imported from now on."""
    answer = await services.rules.CreateRule(
        pb.CreateRuleRequest(idempotency_key=key, rule=body.message())
    )
    return _answered(response, answer.rule)


@router.get("/rules/{id}", responses=errors(404))
async def get_rule(id: PathId, response: Response, services: ServicesDep, _: MemberDep) -> Rule:
    """One rule."""
    answer = await services.rules.GetRule(pb.GetRuleRequest(id=id))
    return _answered(response, answer.rule)


@router.patch("/rules/{id}", responses=errors(403, 404, 409, 412, 415))
async def update_rule(
    id: PathId,
    body: RuleChange,
    response: Response,
    parts: PartsDep,
    key: IdempotencyKey,
    version: ExpectedVersion,
    _: MemberDep,
) -> Rule:
    """Change some of it. What it has done stays done."""
    rules = parts.services.rules

    async def merge() -> pb.Rule:
        old = (await rules.GetRule(pb.GetRuleRequest(id=id))).rule
        request = pb.UpdateRuleRequest(
            # Only a client that names the version that it saw sends the same request again.
            idempotency_key=key if version else new_id(),
            id=id,
            expected_version=version or old.version,
            rule=body.merged(old.draft),
        )
        return (await rules.UpdateRule(request)).rule

    return _answered(response, await parts.merging(id, merge, version=version))


@router.delete("/rules/{id}", status_code=204, responses=errors(403, 404, 409, 412))
async def delete_rule(
    id: PathId,
    services: ServicesDep,
    key: IdempotencyKey,
    version: ExpectedVersion,
    _: MemberDep,
) -> None:
    """Take the rule away; what it has done stays done."""
    await services.rules.DeleteRule(
        pb.DeleteRuleRequest(idempotency_key=key, id=id, expected_version=version)
    )


@router.post("/rules:reorder", responses=errors(403, 409, 412, 415))
async def reorder_rules(
    body: RuleOrder,
    response: Response,
    services: ServicesDep,
    key: IdempotencyKey,
    version: ExpectedVersion,
    _: MemberDep,
) -> ItemList[Rule]:
    """Let the rules run in this order. If-Match holds the ETag of the list."""
    answer = await services.rules.ReorderRules(
        pb.ReorderRulesRequest(
            idempotency_key=key, rule_ids=body.rule_ids, expected_version=version
        )
    )
    return _listed(response, answer.version, answer.rules)


@router.post("/rules:preview", responses=errors(404, 415))
async def preview_rules(
    body: RulePreviewRequest, services: ServicesDep, _: MemberDep
) -> RulePreview:
    """What rules would change of the history, transaction by transaction; nothing is changed.

    A page ends at `limit` changes, or when 5,000 transactions were looked at.
    """
    answer = await services.rules.PreviewRules(
        pb.PreviewRulesRequest(
            rules=body.selection(),
            filter=body.filter(),
            page=PageRequest(cursor=body.cursor, limit=body.limit),
        ),
        timeout=PATIENCE_SECONDS,
    )
    return RulePreview(
        items=[TransactionDiff.of(change) for change in answer.changes],
        looked_at=answer.looked_at_count,
        next_cursor=text_or_none(answer.page.next_cursor),
    )


@router.post("/rules:apply", responses=errors(403, 404, 409, 415))
async def apply_rules(
    body: RuleApplication, services: ServicesDep, key: IdempotencyKey, _: MemberDep
) -> OperationResult:
    """Change the history as the preview shows it, up to 10,000 transactions, as one operation that
    can be undone."""
    answer = await services.rules.ApplyRules(
        pb.ApplyRulesRequest(
            idempotency_key=key,
            rules=body.selection(),
            filter=body.filter(),
            expected_count=body.expected_count,
        ),
        timeout=PATIENCE_SECONDS,
    )
    return OperationResult(
        operation=Operation.of(answer.operation),
        results=[row_answer(row) for row in answer.rows],
    )


@router.post("/rules:fromCorrection", responses=errors(403, 404, 409, 412, 415))
async def rule_from_correction(
    body: NewCorrection,
    services: ServicesDep,
    key: IdempotencyKey,
    version: ExpectedVersion,
    _: MemberDep,
) -> Corrected:
    """Put one transaction right, and make a rule that does so from now on, or change the one that
    asks the same. If-Match holds the ETag of the transaction."""
    answer = await services.rules.CorrectTransaction(
        pb.CorrectTransactionRequest(
            idempotency_key=key,
            transaction_id=body.transaction_id,
            expected_version=version,
            correction=body.message(),
            dry_run=body.dry_run,
        )
    )
    return Corrected(transaction=Transaction.of(answer.transaction), rule=Rule.of(answer.rule))


@router.post("/rules:run", responses=errors(404, 415))
async def run_rules(
    body: NewRuledTransactions, parts: PartsDep, caller: MemberDep
) -> ItemList[Ruled]:
    """What an import of these transactions would make of them; nothing is booked."""
    inputs = [await _message(parts, caller.owner, said) for said in body.transactions]
    answer = await parts.services.rules.RunRules(pb.RunRulesRequest(transactions=inputs))
    return ItemList(items=[Ruled.of(result) for result in answer.results])


async def _message(
    parts: Parts, owner: str, said: NewTransaction
) -> transaction_pb2.TransactionInput:
    currency = await parts.currencies.of(owner, said.account_id)
    reached = said.to_account_id if said.to_amount else None
    to_currency = await parts.currencies.of(owner, reached) if reached else ""
    return said.message(currency=currency, to_currency=to_currency)


def _listed(response: Response, version: int, rules: Iterable[pb.Rule]) -> ItemList[Rule]:
    tag(response, version)
    return ItemList(items=[Rule.of(rule) for rule in rules])


def _answered(response: Response, message: pb.Rule) -> Rule:
    tag(response, message.version)
    return Rule.of(message)
