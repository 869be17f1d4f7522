"""Imports: plan, look at, commit, undo."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Protocol

from kit.clock import Clock
from kit.cursors import read_cursor, write_cursor
from kit.idempotency import Idempotency
from kit.mongo import Mongo, Tx
from ledger.domain.fields import FieldCheck
from ledger.domain.importing.batch import (
    Import,
    ImportNotCommitted,
    ImportNotFound,
    PlannedLine,
    PlanStale,
    Stage,
    check_sums,
    verdict_tally,
)
from ledger.domain.importing.decisions import Override
from ledger.domain.importing.holdings import Holding
from ledger.domain.importing.lines import (
    ImportLine,
    Source,
    check_lines,
    coverage_of,
    positions,
    with_trusted_references,
)
from ledger.domain.importing.payees import are_similar
from ledger.domain.importing.planning import (
    DAYS_APART,
    Candidate,
    Verdict,
    days_between,
    ranked,
)
from ledger.domain.importing.refusals import is_sound
from ledger.domain.posting import Key
from ledger.domain.search import page_limit
from ledger.domain.transaction import Transaction, TransactionInput, transaction_of
from ledger.repository.holdings import Holdings
from ledger.repository.imports import Imports
from ledger.service.books import BookService
from ledger.service.import_beginning import CommitAsked, ImportBeginning
from ledger.service.import_commit import ImportCommit
from ledger.service.import_judging import ImportJudging

_IMPORTS, _LINES = "imports", "import-lines"


class RunRules(Protocol):
    """What the person's rules make of what a file says."""

    async def __call__(
        self, *, owner: str, inputs: Sequence[TransactionInput]
    ) -> Sequence[TransactionInput]: ...


class Undo(Protocol):
    """Takes an operation back whole."""

    async def __call__(self, *, owner: str, actor: str, operation_id: str, key: Key) -> object: ...


@dataclass(frozen=True, slots=True)
class FoundMatch:
    """A transaction that a line may be, with how well it fits."""

    candidate: Candidate
    transaction: Transaction
    from_bank: bool
    # The payees may be one, or the days are the same.
    likely: bool


class ImportService:
    def __init__(
        self,
        *,
        mongo: Mongo,
        imports: Imports,
        judging: ImportJudging,
        beginning: ImportBeginning,
        book_service: BookService,
        commit: ImportCommit,
        rules: RunRules,
        undo: Undo,
        idempotency: Idempotency,
        clock: Clock,
        new_id: Callable[[], str],
    ) -> None:
        self._mongo = mongo
        self._imports = imports
        self._judging = judging
        self._beginning = beginning
        self._book_service = book_service
        self._commit = commit
        self._rules = rules
        self._undo = undo
        self._idempotency = idempotency
        self._clock = clock
        self._new_id = new_id

    async def preview_import(
        self,
        *,
        owner: str,
        actor: str,
        source: Source,
        lines: Sequence[ImportLine],
        key: Key,
    ) -> Import:
        """Judge each line against the book, and keep that as a plan for a week; the book is left as
        it is. Raises InvalidFields, IdempotencyConflict."""
        check_lines(source, lines)
        if key.text and (
            known := await self._idempotency.recall(owner, key.text, key.request_hash)
        ):
            return await self.get_import(owner=owner, import_id=known.decode())
        await self._book_service.book(owner=owner)
        await self._commit.finish_others(owner)
        placed = positions(await self._ruled(owner, with_trusted_references(lines)))
        check_sums(placed.values())
        async with self._mongo.snapshot() as snapshot:
            judged = await self._judging.judge(snapshot, owner, source, placed)
        planned = [PlannedLine(at, line, judged[at]) for at, line in placed.items()]
        head = Import(
            id=self._new_id(),
            owner=owner,
            actor=actor,
            stage=Stage.PLANNED,
            source=source,
            line_count=len(planned),
            verdicts=verdict_tally(planned),
            coverage=coverage_of(source, list(placed.values())),
            created_at=self._clock.now(),
        )
        await self._imports.add_lines(head, planned)

        async def add(tx: Tx) -> str:
            await self._imports.add(tx, head)
            return head.id

        answered = await self._idempotency.once(
            owner=owner,
            key=key,
            work=add,
            encode=str.encode,
            decode=bytes.decode,
        )
        if answered != head.id:
            await self._imports.drop_lines(head)
        return await self.get_import(owner=owner, import_id=answered)

    async def get_import(self, *, owner: str, import_id: str) -> Import:
        """How far it is, and what became of it. Raises ImportNotFound."""
        head = await self._imports.find(owner, import_id)
        if head is None:
            raise ImportNotFound
        return (await self._with_undone(owner, [head]))[0]

    async def list_imports(
        self, *, owner: str, cursor: str, limit: int, with_plans: bool
    ) -> tuple[Sequence[Import], str]:
        """A page, newest first, and the cursor of the next (empty at the end). Raises
        InvalidCursor, InvalidFields."""
        limit, after = page_limit(limit), read_cursor(cursor, _IMPORTS, str)
        found = await self._imports.page(
            owner,
            before=str(after[0]) if after else "",
            limit=limit + 1,
            with_plans=with_plans,
        )
        more = write_cursor(_IMPORTS, found[limit - 1].id) if len(found) > limit else ""
        return await self._with_undone(owner, found[:limit]), more

    async def list_lines(
        self, *, owner: str, import_id: str, verdict: Verdict | None, cursor: str, limit: int
    ) -> tuple[Sequence[PlannedLine], str]:
        """A page in the order of the file. Raises ImportNotFound, InvalidCursor,
        InvalidFields."""
        limit, after = page_limit(limit), read_cursor(cursor, _LINES, int)
        if await self._imports.find(owner, import_id) is None:
            raise ImportNotFound
        found = await self._imports.lines(
            owner, import_id, after=int(after[0]) if after else 0, limit=limit + 1, verdict=verdict
        )
        more = write_cursor(_LINES, found[limit - 1].position) if len(found) > limit else ""
        return found[:limit], more

    async def commit_import(
        self,
        *,
        owner: str,
        actor: str,
        import_id: str,
        overrides: Sequence[Override],
        expected_version: int,
        key: Key,
    ) -> Import:
        """Book exactly the plan that was shown, with a person's words on some lines. Once, however
        often it is asked; after a crash it goes on where it stopped.

        Raises ImportNotFound, ImportCommitted, VersionMismatch, InvalidFields, KeyReused, and
        PlanStale where the book has changed so that a line reads differently: nothing is booked.
        """
        asked = CommitAsked(owner, actor, import_id, overrides, expected_version, key)
        if key.text:
            # Raises where the key was used for something else.
            await self._idempotency.recall(owner, key.text, key.request_hash)
        attempts = 0
        while (changes := await self._beginning.begin(asked, earlier=attempts)) is None:
            attempts += 1
            await self._commit.finish_others(owner)
        if changes:
            raise PlanStale(changes)
        return await self._commit.finish(owner, import_id)

    async def undo_import(self, *, owner: str, actor: str, import_id: str, key: Key) -> Import:
        """Take back all that it booked and matched; what was changed since stays. Raises
        ImportNotFound, ImportNotCommitted, OperationUndone."""
        head = await self.get_import(owner=owner, import_id=import_id)
        if head.stage is not Stage.COMMITTED:
            raise ImportNotCommitted
        await self._undo(owner=owner, actor=actor, operation_id=import_id, key=key)
        return await self.get_import(owner=owner, import_id=import_id)

    async def find_matches(self, *, owner: str, line: ImportLine) -> Sequence[FoundMatch]:
        """What of the book a line or a receipt may be: same amount, within three days; the
        likeliest payee first. Raises InvalidFields."""
        check = FieldCheck()
        check.date("date", line.input.date)
        if not line.input.account_id:
            check.wrong("account_id", "must not be empty")
        check.finish()
        holdings = Holdings(self._mongo)
        fitting = [h for h in await holdings.nearby(owner, [line]) if _fits(line, h)]
        by_id = {h.transaction_id: h for h in fitting}
        entries = await holdings.entries(owner, set(by_id))
        book = await self._book_service.book(owner=owner)
        return [
            FoundMatch(
                c,
                transaction_of(entries[id_], book),
                by_id[id_].from_bank,
                likely=c.days_apart == 0 or are_similar(line.payee, by_id[id_].payee),
            )
            for c in ranked(line, fitting)
            if (id_ := c.transaction_id) in entries
        ]

    async def _ruled(self, owner: str, lines: Sequence[ImportLine]) -> Sequence[ImportLine]:
        """The lines as the person's rules have them. What the bank wrote is kept beside, for that
        is what the lines of another file are compared with."""
        open_ = [i for i, line in enumerate(lines) if is_sound(line)]
        ruled = await self._rules(owner=owner, inputs=[lines[i].input for i in open_])
        changed = dict(zip(open_, ruled, strict=True))
        return [
            replace(line, input=changed[i], said=line.input.payee)
            if i in changed and changed[i].payee != line.input.payee
            else replace(line, input=changed.get(i, line.input))
            for i, line in enumerate(lines)
        ]

    async def _with_undone(self, owner: str, heads: Sequence[Import]) -> Sequence[Import]:
        undone = await Holdings(self._mongo).undone(owner, {head.id for head in heads})
        return [replace(head, undone=head.id in undone) for head in heads]


def _fits(line: ImportLine, holding: Holding) -> bool:
    apart = abs(days_between(line.input.date, holding.date))
    return apart <= DAYS_APART and holding.seen_from(line.input.account_id) == line.input.amount
