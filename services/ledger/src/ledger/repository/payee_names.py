"""The names of payees, as their latest entries write them."""

import asyncio
from collections.abc import Collection, Mapping

from kit.mongo import Mongo

_AT_ONCE = 50


class PayeeNames:
    def __init__(self, mongo: Mongo) -> None:
        self._db = mongo.db

    async def of(self, owner: str, ids: Collection[str]) -> Mapping[str, str]:
        """By id; those that no entry in force names are left out."""
        wanted = sorted(set(ids))
        names: dict[str, str] = {}
        for start in range(0, len(wanted), _AT_ONCE):
            part = wanted[start : start + _AT_ONCE]
            found = await asyncio.gather(*(self._latest(owner, id_) for id_ in part))
            names |= {id_: name for id_, name in zip(part, found, strict=True) if name}
        return names

    async def _latest(self, owner: str, payee_id: str) -> str:
        row = await self._db.entries.find_one(
            {"user_id": owner, "live": True, "payee_id": payee_id},
            {"_id": 0, "payee": 1},
            sort=[("date", -1), ("transaction_id", -1)],
        )
        return "" if row is None else str(row["payee"])
