"""Judging the lines of an import against one moment of the book, outside of the transaction that
goes by it: twenty thousand lines take longer than MongoDB lets a transaction live."""

import asyncio
from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, replace

from kit.mongo import Mongo, Tx
from ledger.domain.account import Account
from ledger.domain.fields import FieldCheck
from ledger.domain.importing.batch import Import, PlannedLine
from ledger.domain.importing.decisions import Choice, Override, check_overrides
from ledger.domain.importing.lines import ImportLine, Source
from ledger.domain.importing.planning import Judgement, Planner, Refusal, same_verdict
from ledger.domain.importing.refusals import refusals
from ledger.repository.accounts import Accounts
from ledger.repository.books import BookMark, Books
from ledger.repository.categories import Categories
from ledger.repository.holdings import Holdings
from ledger.repository.imports import Imports


@dataclass(frozen=True, slots=True)
class Look:
    """The lines of a plan, how each reads at one moment of the book, and which moment that is."""

    mark: BookMark | None
    planned: Sequence[PlannedLine]
    now: Mapping[int, Judgement]

    @property
    def changed(self) -> Sequence[tuple[PlannedLine, Judgement]]:
        """The lines that read differently, with what they are now."""
        return [
            (line, self.now[line.position])
            for line in self.planned
            if not same_verdict(line.judgement, self.now[line.position])
        ]

    @property
    def rejudged(self) -> Sequence[PlannedLine]:
        """All lines as they read now."""
        return [replace(line, judgement=self.now[line.position]) for line in self.planned]


class ImportJudging:
    def __init__(
        self,
        *,
        mongo: Mongo,
        imports: Imports,
        accounts: Accounts,
        categories: Categories,
        books: Books,
    ) -> None:
        self._mongo = mongo
        self._imports = imports
        self._accounts = accounts
        self._categories = categories
        self._books = books

    async def judge(
        self, tx: Tx, owner: str, source: Source, lines: Mapping[int, ImportLine]
    ) -> Mapping[int, Judgement]:
        """The verdict on each line, in the snapshot of the session."""
        refused = await self._refused(tx, owner, lines)
        bookable = {at: line for at, line in lines.items() if at not in refused}
        holdings = Holdings(self._mongo, tx)
        known = await holdings.known(owner, bookable.values())
        planner = Planner(source, lines, refused, known)
        # CPU-bound for thousands of lines: in a thread, so that others are answered meanwhile.
        still_open = await asyncio.to_thread(planner.recognise)
        nearby = await holdings.nearby(owner, still_open.values())
        return await asyncio.to_thread(planner.finish, nearby)

    async def look(self, tx: Tx, head: Import) -> Look:
        """Judge the lines of a plan again, in the snapshot of the session."""
        mark = await self._books.mark(tx, head.owner)
        planned = await self._imports.lines(head.owner, head.id, tx=tx)
        lines = {each.position: each.line for each in planned}
        return Look(mark, planned, await self.judge(tx, head.owner, head.source, lines))

    async def check(self, tx: Tx, head: Import, look: Look, overrides: Sequence[Override]) -> None:
        """Raises InvalidFields for overrides that the lines don't allow."""
        check_overrides(overrides, look.now)
        lines = {each.position: each.line for each in look.planned}
        await self._check_matches(tx, head.owner, overrides, lines)

    async def _refused(
        self, tx: Tx, owner: str, lines: Mapping[int, ImportLine]
    ) -> Mapping[int, Refusal]:
        accounts: Mapping[str, Account] = {
            account.id: account for account in await self._accounts.all(tx, owner)
        }
        categories: AbstractSet[str] = {c.id for c in await self._categories.list(owner, tx)}
        return refusals(lines, accounts=accounts, categories=categories)

    async def _check_matches(
        self,
        tx: Tx,
        owner: str,
        overrides: Sequence[Override],
        lines: Mapping[int, ImportLine],
    ) -> None:
        """A line is matched to what stands in its own account. Raises InvalidFields."""
        wanted = {o.transaction_id for o in overrides if o.choice is Choice.MATCH}
        states = await Holdings(self._mongo, tx).states(owner, wanted)
        check = FieldCheck()
        for i, override in enumerate(overrides):
            if override.choice is Choice.MATCH:
                holding = states.get(override.transaction_id)
                at = f"overrides[{i}].transaction_id"
                account_id = lines[override.line].input.account_id
                if holding is None or holding.deleted:
                    check.wrong(at, "there is no such transaction")
                elif account_id not in (holding.account_id, holding.to_account_id):
                    check.wrong(at, "is of another account")
        check.finish()
