"""Use case: learn from what is posted."""

import asyncio
from collections.abc import Callable, Collection, Sequence
from typing import Protocol

from ai.domain.lessons import PostedEntry
from ai.domain.memory import Lesson
from ai.domain.suggesting import Described, Suggester
from ai.domain.teaching import Kept, Place, Pupil, Teaching
from kit.mongo import Tx


class TaughtMemories(Protocol):
    async def kept(
        self, tx: Tx, user_id: str, places: Collection[Place], entry_ids: Collection[str]
    ) -> Sequence[Kept]: ...
    async def put(
        self, tx: Tx, user_id: str, changed: Sequence[Kept], forgotten: Sequence[Place]
    ) -> None: ...


class Learning:
    """Learns where a person files payees, from many entries at a time."""

    def __init__(self, *, suggester: Suggester, memories: TaughtMemories) -> None:
        self._suggester = suggester
        self._memories = memories

    async def understand(self, entries: Sequence[PostedEntry]) -> Sequence[Teaching]:
        """Work out the lessons of the entries in a thread: normalising payees takes processor."""
        return await asyncio.to_thread(self._understand, entries)

    async def learn(self, tx: Tx, *, owner: str, teachings: Sequence[Teaching]) -> None:
        """Remember, in their order, where payees were filed; a reversal takes back what its entry
        taught. Each payee is written once, however many entries it has."""
        meant = [teaching for teaching in teachings if not teaching.is_nothing]
        places = {teaching.place for teaching in meant if teaching.place is not None}
        reversed_ids = {teaching.reverses for teaching in meant if teaching.reverses}
        pupil = Pupil.knowing(await self._memories.kept(tx, owner, places, reversed_ids))
        for teaching in meant:
            pupil.take(teaching)
        await self._memories.put(tx, owner, pupil.changed(), pupil.forgotten())

    def _understand(self, entries: Sequence[PostedEntry]) -> Sequence[Teaching]:
        known: dict[tuple[str, str, bool], Described] = {}

        def described(entry: PostedEntry) -> Described:
            text = entry.payee, entry.description, entry.inflow
            if text not in known:
                payee, description, inflow = text
                known[text] = self._suggester.describe(payee, description, inflow=inflow)
            return known[text]

        return [_teaching(entry, described) for entry in entries]


def _teaching(entry: PostedEntry, describe: Callable[[PostedEntry], Described]) -> Teaching:
    taught = entry.taught
    found = None if taught is None else describe(entry)
    if taught is None or found is None or found.payee.is_nobody:
        return Teaching(entry.reverses)
    return Teaching(
        entry.reverses,
        Place(entry.inflow, found.payee.key),
        found.traits,
        Lesson(entry.entry_id, taught.category_id, entry.posted_at),
    )
