"""Which words, and which tags, a book holds: read from the keys of an index, one step a word."""

import asyncio
from collections.abc import Sequence

from bson import MaxKey

from kit.mongo import Document, Mongo
from ledger.repository.search_fields import tag_mark
from ledger.repository.search_lanes import Vocabulary

# A beginning that more words share is left to the server: walking all of them would cost more.
MAX_WORDS_OF_PREFIX = 40
MAX_PREFIXES = 6
_AFTER_ALL_TEXT = "\U0010ffff"


class BookWords:
    def __init__(self, mongo: Mongo) -> None:
        self._entries = mongo.db.entries

    async def of(self, owner: str, prefixes: Sequence[str]) -> Vocabulary:
        """The words that begin so; no row for a beginning that too many share.

        With whole words a list comes from the index in its order, at the cost of a page, however
        many entries hold them; with a beginning alone all hits would have to be sorted.
        """
        wanted = prefixes[:MAX_PREFIXES]
        found = await asyncio.gather(
            *(self.words(owner, p, MAX_WORDS_OF_PREFIX + 1) for p in wanted)
        )
        return {
            prefix: words
            for prefix, words in zip(wanted, found, strict=True)
            if len(words) <= MAX_WORDS_OF_PREFIX
        }

    async def words(self, owner: str, prefix: str, limit: int) -> Sequence[str]:
        """The first words that begin so, in their order."""
        return await self._begun(owner, "words", prefix, limit)

    async def tags(self, owner: str, prefix: str, limit: int) -> Sequence[str]:
        """The first tags that begin so, folded, in their order."""
        marks = await self._begun(owner, "marks", tag_mark(prefix), limit)
        return [mark.removeprefix(tag_mark("")) for mark in marks]

    async def _begun(self, owner: str, field: str, prefix: str, limit: int) -> Sequence[str]:
        """Step from each value to the next in the index, without a look at what lies between."""
        index = {"user_id": 1, field: 1, "date": -1, "transaction_id": -1}
        found: list[str] = []
        at: Document = {
            "user_id": owner,
            field: prefix,
            "date": MaxKey(),
            "transaction_id": MaxKey(),
        }
        end = {**at, field: prefix + _AFTER_ALL_TEXT}
        while len(found) < limit:
            cursor = self._entries.find({}, return_key=True, limit=1)
            keys = (
                await cursor.hint(list(index.items()))
                .min(list(at.items()))
                .max(list(end.items()))
                .to_list()
            )
            if not keys:
                break
            found.append(keys[0][field])
            # What follows any entry of this word: dates descend, and none is below the empty one.
            at = {**at, field: found[-1] + "\x00"}
        return found
