"""Changes to the database, each run once, in order."""

from auth.repository import ensure_indexes
from kit.migrations import Migration
from kit.mongo import Database
from kit.outbox import Outbox


async def _indexes(db: Database) -> None:
    await ensure_indexes(db)
    await Outbox.ensure_indexes(db)


MIGRATIONS = [Migration(1, "indexes of people, sessions, keys and outbox", _indexes)]
