"""Booking a plan: part after part, each in one transaction with the count of what is done, so that
whoever comes after a crash goes on where it stopped, and two at once book nothing twice."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Protocol

from kit.clock import Clock
from kit.logging import get_logger
from kit.mongo import Mongo, Tx
from kit.telemetry import inject_context
from kit.transient import is_transient
from ledger.domain.book import Book
from ledger.domain.entry import Entry
from ledger.domain.errors import (
    BalanceTooLarge,
    BankReferenceExists,
    LedgerError,
    TransactionDeleted,
    VersionMismatch,
)
from ledger.domain.importing.batch import Import, ImportNotFound, PlannedLine, Stage
from ledger.domain.importing.decisions import (
    Act,
    Outcome,
    cleared_input,
    matched_input,
)
from ledger.domain.importing.lines import with_reference
from ledger.domain.importing.planning import Refusal, Verdict
from ledger.domain.importing.refusals import LineNotStored
from ledger.domain.posting import Command, Create, Decided, Edit, Restore
from ledger.domain.transaction import TransactionInput, input_of, transaction_of
from ledger.repository.holdings import Holdings
from ledger.repository.imports import Imports
from ledger.service.books import BookService
from ledger.writer import Poster

AT_ONCE = 500
_EXISTING = (Act.MATCH, Act.CLEAR, Act.RESTORE)
log = get_logger(__name__)


class Announcements(Protocol):
    async def import_committed(self, tx: Tx, head: Import) -> None: ...


@dataclass(frozen=True, slots=True)
class _Part:
    """Some lines of an import, and the entries in force of the transactions that they name."""

    head: Import
    book: Book
    lines: Sequence[PlannedLine]
    standing: Mapping[str, Entry]


class ImportCommit:
    def __init__(
        self,
        *,
        mongo: Mongo,
        imports: Imports,
        poster: Poster,
        announcements: Announcements,
        book_service: BookService,
        clock: Clock,
    ) -> None:
        self._mongo = mongo
        self._imports = imports
        self._poster = poster
        self._announcements = announcements
        self._books = book_service
        self._clock = clock

    async def finish(self, owner: str, import_id: str) -> Import:
        """Book what is left of an import whose commit has begun. Raises ImportNotFound."""
        at_once, weighed = AT_ONCE, False
        while True:
            book = partial(
                self._book_part, owner=owner, import_id=import_id, size=at_once, weighed=weighed
            )
            try:
                head = await self._mongo.in_transaction(book)
            except BalanceTooLarge:
                if weighed:
                    raise
                weighed = True
                continue
            except Exception as error:
                # What the database won't take of many lines is looked for one by one, and refused.
                if is_transient(error) or at_once == 0:
                    raise
                log.warning("a part of an import falls back", size=at_once, exc_info=error)
                at_once = 1 if at_once > 1 else 0
                continue
            if head.stage is not Stage.COMMITTING:
                return head
            at_once = AT_ONCE if at_once == 0 else at_once

    async def finish_others(self, owner: str) -> None:
        """See to the end what was begun before, so that a new plan is judged on all of it."""
        for import_id in await self._imports.committing(owner):
            await self.finish(owner, import_id)

    async def _book_part(
        self, tx: Tx, *, owner: str, import_id: str, size: int, weighed: bool
    ) -> Import:
        """Book the next lines; a size of 0 passes over one that the database won't take, and
        `weighed` refuses those for which a sum has no room."""
        head = await self._imports.find(owner, import_id, tx)
        if head is None:
            raise ImportNotFound
        if head.stage is not Stage.COMMITTING:
            return head
        lines = await self._imports.lines(
            owner,
            import_id,
            after=head.done,
            limit=max(size, 1),
            decisions_hash=head.decisions_hash,
            tx=tx,
        )
        settled = (
            await self._posted(tx, head, lines, weighed=weighed)
            if size
            else [_refused(line, LineNotStored()) for line in lines]
        )
        now = self._clock.now()
        advanced = head.advanced(settled, now=now)
        await self._imports.settle(tx, head, settled, _claiming(head, settled))
        await self._imports.replace(tx, advanced)
        await self._imports.note_operation(tx, advanced, now)
        if advanced.stage is Stage.COMMITTED:
            await self._announcements.import_committed(tx, advanced)
        return advanced

    async def _posted(
        self, tx: Tx, head: Import, lines: Sequence[PlannedLine], *, weighed: bool
    ) -> Sequence[PlannedLine]:
        named = {line.decision.transaction_id for line in lines if line.decision.act in _EXISTING}
        part = _Part(
            head,
            await self._books.book(owner=head.owner),
            lines,
            await Holdings(self._mongo, tx).entries(head.owner, named),
        )
        commands = {line.position: self._command(part, line) for line in lines}
        sent = {at: c for at, c in commands.items() if isinstance(c, Command)}
        outcomes = await self._poster.post(tx, list(sent.values()), weighed=weighed) if sent else []
        results = dict(zip(sent, outcomes, strict=True))
        return [
            self._settled(line, commands[line.position], results.get(line.position))
            for line in lines
        ]

    def _command(self, part: _Part, line: PlannedLine) -> Command | LedgerError | None:
        """What is to be posted for a line: nothing, where there is nothing to change."""
        decision = line.decision
        try:
            match decision.act:
                case Act.ADD:
                    action: Create | Edit | Restore | None = Create(_added(part.head, line))
                case Act.RESTORE:
                    action = _restoring(part, line)
                case Act.MATCH | Act.CLEAR:
                    action = _changing(part, line)
                case _:
                    action = None
        except LedgerError as refusal:
            return refusal
        if action is None:
            return None
        head = part.head
        return Command(head.owner, head.actor, action, trace=inject_context(), operation_id=head.id)

    def _settled(
        self,
        line: PlannedLine,
        command: Command | LedgerError | None,
        result: Decided | LedgerError | None,
    ) -> PlannedLine:
        refusal = command if isinstance(command, LedgerError) else result
        if isinstance(refusal, BankReferenceExists):
            return replace(
                line, outcome=Outcome.ALREADY_THERE, transaction_id=refusal.transaction_id
            )
        if isinstance(refusal, LedgerError):
            return _refused(line, refusal)
        decision = line.decision
        posted = result.result.transaction_id if isinstance(result, Decided) else ""
        kept = decision.transaction_id if decision.act is not Act.LEAVE else ""
        return replace(
            line,
            outcome=decision.outcome,
            transaction_id=posted or kept,
            refusal=line.judgement.refusal if decision.outcome is Outcome.REFUSED else None,
        )


def _added(head: Import, line: PlannedLine) -> TransactionInput:
    """What the plan shows, as of this import. A line that is added although its reference is
    already there can't have the reference, for that names one transaction."""
    input_ = with_reference(line.line.input, line.line.reference)
    if line.judgement.verdict is Verdict.ALREADY_THERE:
        input_ = with_reference(input_, "")
    return replace(input_, origin=replace(input_.origin, import_id=head.id))


def _restoring(part: _Part, line: PlannedLine) -> Restore | None:
    """None where someone has brought it back meanwhile."""
    id_ = line.decision.transaction_id
    return None if id_ in part.standing else Restore(id_)


def _changing(part: _Part, line: PlannedLine) -> Edit | None:
    """None where it says already what it shall. Raises TransactionDeleted, VersionMismatch."""
    decision = line.decision
    standing = part.standing.get(decision.transaction_id)
    if standing is None:
        raise TransactionDeleted
    if decision.expected_version not in (0, standing.version):
        raise VersionMismatch(standing.version)
    transaction = transaction_of(standing, part.book)
    receipt = part.head.source.is_receipt
    shall = (
        cleared_input(transaction)
        if decision.act is Act.CLEAR
        else matched_input(transaction, line.line, is_receipt=receipt)
    )
    if shall.tidied() == input_of(transaction).tidied():
        return None
    return Edit(decision.transaction_id, standing.version, shall)


def _refused(line: PlannedLine, error: LedgerError) -> PlannedLine:
    refusal = Refusal.of(error)
    return replace(line, outcome=Outcome.REFUSED, transaction_id="", refusal=refusal)


def _claiming(head: Import, lines: Sequence[PlannedLine]) -> Sequence[int]:
    """The lines that a transaction is now known to be. A receipt is no line of a bank."""
    if head.source.is_receipt:
        return []
    return [line.position for line in lines if line.transaction_id]
