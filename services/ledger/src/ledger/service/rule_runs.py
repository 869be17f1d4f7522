"""Rules over the history: what they would change, and changing it, as one operation."""

import asyncio
from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from kit.clock import Clock
from kit.contention import until_won
from ledger.domain.book import Book
from ledger.domain.command import Action, Edit, Key
from ledger.domain.entry import Change, Entry, EntryKind
from ledger.domain.errors import InvalidFields, VersionMismatch
from ledger.domain.operation import (
    MAX_ROWS,
    ExpectedCountMismatch,
    Operation,
    OperationKind,
    Row,
    RowOutcome,
)
from ledger.domain.rules.action import RuleGround
from ledger.domain.rules.correction import Correction, merged, rule_of
from ledger.domain.rules.engine import Outcome, run_rules, settles
from ledger.domain.rules.rule import Rule, RuleDraft, RuleList
from ledger.domain.search import Cursor, Order, TransactionFilter, page_limit
from ledger.domain.transaction import (
    Transaction,
    TransactionInput,
    input_of,
    transaction_of,
)
from ledger.repository import rule_documents
from ledger.repository.operations import Operations
from ledger.repository.rules import Rules
from ledger.service.books import BookService
from ledger.service.imported_payees import ImportedPayees
from ledger.service.rows import Plan, RowWriter
from ledger.service.rules import RuleService
from ledger.service.transactions import TransactionService

PAGE = 500
# What an action calls by another name.
_CORRECTED = {"account_id": "to_account_id", "text": "description", "tag": "add_tags"}
LOOKED_AT_IN_A_PREVIEW, LOOKED_AT_IN_ALL = 5_000, 200_000


@dataclass(frozen=True, slots=True)
class RuleSelection:
    """Which rules are to run: a draft, some by their ids, or, with neither, all that are active."""

    draft: RuleDraft | None = None
    rule_ids: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class RuleChange:
    """What rules make of one transaction; `changes_again` where they would change it once more."""

    before: Transaction
    outcome: Outcome
    changes_again: bool


@dataclass(frozen=True, slots=True)
class Preview:
    """A page of what would change, of so many transactions that were looked at."""

    changes: Sequence[RuleChange]
    looked_at: int
    # None when this was the last page.
    next: Cursor | None


@dataclass(frozen=True, slots=True)
class _Runner:
    """The rules of one run over the book that they run in."""

    rules: Sequence[Rule]
    ground: RuleGround

    def outcome(self, transaction: Transaction) -> Outcome:
        return run_rules(self.rules, input_of(transaction), self.ground)

    def change(self, transaction: Transaction) -> RuleChange | None:
        """None where nothing changes. What an account began with is no matter of rules."""
        if transaction.kind is EntryKind.OPENING_BALANCE:
            return None
        outcome = self.outcome(transaction)
        if not outcome.changed:
            return None
        again = not settles(self.rules, outcome, self.ground)
        return RuleChange(transaction, outcome, changes_again=again)


class RuleRuns:
    def __init__(
        self,
        *,
        rules: Rules,
        payees: ImportedPayees,
        rule_service: RuleService,
        transactions: TransactionService,
        operations: Operations,
        rows: RowWriter,
        book_service: BookService,
        clock: Clock,
    ) -> None:
        self._rules = rules
        self._payees = payees
        self._rule_service = rule_service
        self._transactions = transactions
        self._operations = operations
        self._rows = rows
        self._books = book_service
        self._clock = clock

    async def preview(
        self,
        *,
        owner: str,
        selection: RuleSelection,
        filter_: TransactionFilter,
        cursor: str,
        limit: int,
    ) -> Preview:
        """What the rules would change of what the filter finds, newest first; nothing is changed.

        A page ends at `limit` changes, or when 5,000 transactions were looked at. Raises
        InvalidFields, QueryInvalid, RuleNotFound.
        """
        limit = page_limit(limit)
        runner = await self._runner(owner, selection)
        changes: list[RuleChange] = []
        looked_at = 0
        async for transactions in self._pages(owner, filter_, cursor):
            for transaction, change in await _changes(runner, transactions):
                looked_at += 1
                changes += [change] if change else []
                if len(changes) == limit or looked_at == LOOKED_AT_IN_A_PREVIEW:
                    return Preview(changes, looked_at, Cursor.at(transaction, Order.NEWEST))
        return Preview(changes, looked_at, None)

    async def apply(
        self,
        *,
        owner: str,
        actor: str,
        selection: RuleSelection,
        filter_: TransactionFilter,
        expected_count: int | None,
        key: Key,
    ) -> tuple[Operation, Sequence[Row]]:
        """Change what the preview shows, as one operation. Under the same key it goes on where it
        stopped.

        Raises as preview, and ExpectedCountMismatch, IdempotencyConflict, OperationUndone.
        """
        runner = await self._runner(owner, selection)
        operation = await self._rows.known(owner=owner, key=key)
        if operation is None:
            ids = await self._to_change(owner, runner, filter_)
            if expected_count not in (None, len(ids)):
                raise ExpectedCountMismatch(len(ids))
            if len(ids) > MAX_ROWS:
                raise InvalidFields([("filter", f"at most {MAX_ROWS:,} changes: narrow it")])
            operation = await self._rows.begin(
                owner=owner,
                actor=actor,
                kind=OperationKind.APPLY_RULES,
                key=key,
                ids=ids,
                intent=self._intent(selection),
            )
        return await self._carry_out(operation, runner)

    async def go_on(self, operation: Operation) -> tuple[Operation, Sequence[Row]]:
        """Finish an application that was cut off. Raises RuleNotFound where its rule is gone."""
        draft = operation.intent.get("draft")
        selection = RuleSelection(
            rule_documents.rule_of(draft).draft if draft else None,
            tuple(operation.intent["rule_ids"]),
        )
        return await self._carry_out(operation, await self._runner(operation.owner, selection))

    def _intent(self, selection: RuleSelection) -> Mapping[str, Any]:
        ids = {"rule_ids": list(selection.rule_ids)}
        if selection.draft is None:
            return ids
        return {
            **ids,
            "draft": rule_documents.rule_document(_alone("", selection.draft, self._clock)),
        }

    async def _carry_out(
        self, operation: Operation, runner: _Runner
    ) -> tuple[Operation, Sequence[Row]]:
        plan = self._plan(operation, runner, await self._books.book(owner=operation.owner))
        return await self._rows.run(operation, count=len(operation.ids), plan=plan)

    async def correct(
        self,
        *,
        owner: str,
        actor: str,
        transaction_id: str,
        expected_version: int,
        correction: Correction,
        key: Key,
    ) -> tuple[Transaction, Rule]:
        """Put one transaction right, and let a rule do so from now on: a new one, or the one that
        asks the same already.

        Raises as update_transaction, InvalidFields where there is nothing to know alike ones by,
        TooManyRules.
        """

        async def correct() -> Transaction:
            standing = await self._transactions.get_transaction(
                owner=owner, transaction_id=transaction_id
            )
            return await self._transactions.update_transaction(
                owner=owner,
                actor=actor,
                transaction_id=transaction_id,
                expected_version=expected_version or standing.version,
                input_=await self._corrected(owner, standing, correction),
                key=_part(key, "transaction"),
            )

        def lost(error: Exception) -> bool:
            return isinstance(error, VersionMismatch) and not expected_version

        corrected = await until_won(correct, lost=lost)
        # When this comes again under its key, the transaction is right by now: what it was tells.
        wrong = await self._at_version(owner, transaction_id, corrected.version - 1)
        rule = await self._rule_service.learn_rule(
            owner=owner, draft=rule_of(correction, input_of(wrong)), key=_part(key, "rule")
        )
        return corrected, rule

    async def proposed(
        self, *, owner: str, transaction_id: str, correction: Correction
    ) -> tuple[Transaction, Rule]:
        """The transaction, and the rule that `correct` would make; nothing is changed. A rule that
        is not there yet has no id."""
        standing = await self._transactions.get_transaction(
            owner=owner, transaction_id=transaction_id
        )
        await self._corrected(owner, standing, correction)
        draft = rule_of(correction, input_of(standing))
        rules = await self._rules.list(owner)
        known = rules.asking(draft.conditions)
        if known is not None:
            return standing, replace(known, draft=merged(known, draft))
        return standing, rules.adding(draft, id="", owner=owner, now=self._clock.now())

    def _plan(self, operation: Operation, runner: _Runner, book: Book) -> Plan:
        async def plan(numbers: Sequence[int]) -> Sequence[Action | Row]:
            ids = [operation.ids[number] for number in numbers]
            newest = await self._operations.newest(operation.owner, ids)
            return [_planned(operation, runner, newest[id_], book) for id_ in ids]

        return plan

    async def _ground(self, owner: str) -> RuleGround:
        ground = await self._rules.ground(owner)
        return replace(ground, payees=await self._payees.known(owner=owner))

    async def _corrected(
        self, owner: str, standing: Transaction, correction: Correction
    ) -> TransactionInput:
        """What the transaction shall say. Raises InvalidFields where it can't."""
        said = input_of(standing)
        ground = await self._rules.ground(owner)
        draft = rule_of(correction, said)
        _check(draft, ground)
        outcome = run_rules([_alone(owner, draft, self._clock)], said, ground)
        left_out = [why for fired in outcome.fired for why in fired.left_out]
        if left_out:
            raise InvalidFields([("correction", why.reason) for why in left_out])
        return outcome.after if correction.category_id is None else outcome.after.reviewed()

    async def _at_version(self, owner: str, transaction_id: str, version: int) -> Transaction:
        history = await self._transactions.get_history(owner=owner, transaction_id=transaction_id)
        return next(r.transaction for r in history if r.transaction.version == version)

    async def _runner(self, owner: str, selection: RuleSelection) -> _Runner:
        """Raises InvalidFields, RuleNotFound."""
        ground = await self._ground(owner)
        if selection.draft is not None:
            if selection.rule_ids:
                raise InvalidFields([("rules.rule_ids", "either a draft or rules by their ids")])
            selection.draft.check(ground)
            alone = _alone(owner, selection.draft, self._clock)
            return _Runner([_standing(alone, ground)], ground)
        rules = _selected(await self._rules.list(owner), selection.rule_ids)
        return _Runner([_standing(rule, ground) for rule in rules], ground)

    async def _to_change(
        self, owner: str, runner: _Runner, filter_: TransactionFilter
    ) -> Sequence[str]:
        ids: list[str] = []
        looked_at = 0
        async for transactions in self._pages(owner, filter_, ""):
            looked_at += len(transactions)
            if looked_at > LOOKED_AT_IN_ALL:
                most = f"at most {LOOKED_AT_IN_ALL:,} transactions to look at: narrow it"
                raise InvalidFields([("filter", most)])
            ids += [t.id for t, change in await _changes(runner, transactions) if change]
        return ids

    async def _pages(
        self, owner: str, filter_: TransactionFilter, cursor: str
    ) -> AsyncIterator[Sequence[Transaction]]:
        while True:
            page = await self._transactions.list_transactions(
                owner=owner, filter_=filter_, cursor=cursor, limit=PAGE
            )
            yield page.transactions
            if page.next is None:
                return
            cursor = page.next.text()


async def _changes(
    runner: _Runner, transactions: Sequence[Transaction]
) -> Sequence[tuple[Transaction, RuleChange | None]]:
    """What becomes of each. In a thread: hundreds of rules take their time over a page."""
    return await asyncio.to_thread(lambda: [(t, runner.change(t)) for t in transactions])


def _selected(rules: RuleList, rule_ids: Sequence[str]) -> Sequence[Rule]:
    """Those of the ids in the order of all rules, active or not; all without ids."""
    if not rule_ids:
        return rules.rules
    wanted = {rules.rule(id_).id for id_ in rule_ids}
    return [_active(rule) for rule in rules.rules if rule.id in wanted]


def _standing(rule: Rule, ground: RuleGround) -> Rule:
    return replace(rule, draft=rule.draft.standing(ground))


def _active(rule: Rule) -> Rule:
    return replace(rule, draft=replace(rule.draft, active=True))


def _alone(owner: str, draft: RuleDraft, clock: Clock) -> Rule:
    """A rule that is not kept."""
    now = clock.now()
    return _active(Rule("", owner, draft, 0, 1, now, now))


def _planned(operation: Operation, runner: _Runner, newest: Entry, book: Book) -> Action | Row:
    id_ = newest.transaction_id
    if newest.operation_id == operation.id:
        return Row(id_, RowOutcome.DONE)
    # Someone deleted it since, or did by hand what the rules would.
    change = None
    if newest.change is not Change.DELETED:
        change = runner.change(transaction_of(newest, book))
    if change is None:
        return Row(id_, RowOutcome.UNCHANGED)
    return Edit(id_, newest.version, change.outcome.after)


def _check(draft: RuleDraft, ground: RuleGround) -> None:
    """Raises InvalidFields with the names that a correction has for them."""
    try:
        draft.check(ground)
    except InvalidFields as wrong:
        names = [(name.rpartition(".")[2], what) for name, what in wrong.fields]
        raise InvalidFields(
            [(f"correction.{_CORRECTED.get(name, name)}", what) for name, what in names]
        ) from None


def _part(key: Key, name: str) -> Key:
    """The key of one part of a request."""
    return Key(f"{key.text}/{name}", key.request_hash) if key.text else key
