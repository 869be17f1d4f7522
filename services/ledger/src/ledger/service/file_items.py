"""Items that come one by one of a file or of a document, each under its own key: what an import has
booked, or another file has brought, is already there."""

from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass

from kit.idempotency import key_id
from kit.mongo import Mongo, Tx
from kit.transient import is_transient
from ledger.domain.importing.holdings import Known
from ledger.domain.importing.lines import ImportLine, Source, positions
from ledger.domain.importing.planning import Judgement, Planner
from ledger.domain.importing.refusals import AlreadyBooked
from ledger.domain.posting import Command, Decided
from ledger.domain.transaction import TransactionInput
from ledger.repository.books import Books
from ledger.repository.holdings import Holdings
from ledger.repository.imports import Imports
from ledger.service.import_commit import ImportCommit
from ledger.writer import Outcome, Poster


@dataclass(frozen=True, slots=True)
class FileItem:
    """`counted` says that it is a line of a bank's file, which its origin's document names."""

    command: Command
    input: TransactionInput
    counted: bool


class FileItems:
    def __init__(
        self,
        *,
        mongo: Mongo,
        imports: Imports,
        books: Books,
        poster: Poster,
        commit: ImportCommit,
    ) -> None:
        self._mongo = mongo
        self._imports = imports
        self._books = books
        self._poster = poster
        self._commit = commit

    async def post(self, owner: str, items: Sequence[FileItem]) -> Sequence[Outcome]:
        """The outcome of each, in their order; AlreadyBooked for what the book holds already."""

        async def work(tx: Tx) -> Sequence[Outcome] | None:
            await self._books.hold(tx, owner)
            if await self._imports.committing(owner, tx):
                # What an import is still booking is not to be seen yet.
                return None
            return await self._posted(tx, owner, items)

        try:
            while (outcomes := await self._mongo.in_transaction(work)) is None:
                await self._commit.finish_others(owner)
        except Exception as error:
            # What the database won't take of many is posted, and fails, alone.
            if len(items) == 1 or is_transient(error):
                raise
            return [outcome for item in items for outcome in await self.post(owner, [item])]
        return outcomes

    async def _posted(self, tx: Tx, owner: str, items: Sequence[FileItem]) -> Sequence[Outcome]:
        there = await self._already_there(tx, owner, items)
        open_ = [i for i in range(len(items)) if i not in there]
        posted = await self._poster.post(tx, [items[i].command for i in open_]) if open_ else []
        outcomes: dict[int, Outcome] = {i: AlreadyBooked(id_) for i, id_ in there.items()}
        outcomes |= dict(zip(open_, posted, strict=True))
        held = {
            i: there[i] if i in there else _transaction_id(outcomes[i])
            for i, item in enumerate(items)
            if item.counted
        }
        lines = [
            (items[i].command.key.text, ImportLine(0, items[i].input), id_)
            for i, id_ in held.items()
            if id_
        ]
        await self._imports.note_items(tx, owner, lines)
        return [outcomes[i] for i in range(len(items))]

    async def _already_there(
        self, tx: Tx, owner: str, items: Sequence[FileItem]
    ) -> Mapping[int, str]:
        holdings = Holdings(self._mongo, tx)
        drafts = [item.input.origin.draft_id for item in items if item.input.origin.draft_id]
        booked = await holdings.booked_drafts(owner, drafts) if drafts else {}
        there = {
            i: booked[item.input.origin.draft_id]
            for i, item in enumerate(items)
            if item.input.origin.draft_id in booked
        }
        used = await self._imports.used_keys(tx, [_key_of(owner, item) for item in items])
        of_document: dict[str, list[int]] = {}
        for i, item in enumerate(items):
            if item.counted and i not in there and _key_of(owner, item) not in used:
                of_document.setdefault(item.input.origin.document_id, []).append(i)
        taken: set[str] = set(there.values())
        for document_id, places in of_document.items():
            lines = [ImportLine(0, items[i].input) for i in places]
            found = await self._recognised(tx, owner, document_id, lines, taken)
            there |= {places[at - 1]: judgement.transaction_id for at, judgement in found.items()}
            taken |= set(there.values())
        return there

    async def _recognised(
        self,
        tx: Tx,
        owner: str,
        document_id: str,
        lines: Sequence[ImportLine],
        taken: AbstractSet[str],
    ) -> Mapping[int, Judgement]:
        """What other files have brought of these lines of one document. What the document itself
        has brought answers for its own lines, and for no others."""
        holdings = Holdings(self._mongo, tx)
        known = await holdings.known(owner, lines)
        own = {
            *(await self._imports.recognised_by(tx, owner, document_id)),
            *(id_ for id_, h in known.holdings.items() if h.document_id == document_id),
        }
        others = [c for c in known.claims if c.transaction_id not in own | taken]
        planner = Planner(Source(document_id), positions(lines), {}, Known(others, known.holdings))
        still_open = planner.recognise()
        # A line that the request itself repeats waits for its own key.
        judged = planner.finish([])
        return {
            at: judgement
            for at, judgement in judged.items()
            if at not in still_open and judgement.transaction_id
        }


def _key_of(owner: str, item: FileItem) -> str:
    return key_id(owner, item.command.key.text)


def _transaction_id(outcome: Outcome) -> str:
    return outcome.result.transaction_id if isinstance(outcome, Decided) else ""
