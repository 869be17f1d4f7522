"""Versioned, idempotent migrations under a lock; what was done is recorded in
`schema_migrations`."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from kit.ids import new_id
from kit.leases import Lease
from kit.logging import get_logger
from kit.mongo import Database

LOCK_SECONDS = 60.0
log = get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Migration:
    """One step. `up` must bear being run again: a crash may come after it and before its record."""

    version: int
    name: str
    up: Callable[[Database], Awaitable[None]]


async def migrate(db: Database, migrations: Sequence[Migration]) -> list[Migration]:
    """Run what has not run yet, in order, and answer it. Processes that start together wait for one
    another."""
    versions = [m.version for m in migrations]
    if versions != sorted(set(versions)):
        raise ValueError(f"migration versions must grow: {versions}")
    lease = Lease(db, name="migrations", holder=new_id(), seconds=LOCK_SECONDS)
    while not await lease.acquire():  # noqa: ASYNC110 - the lease is in the database
        await asyncio.sleep(0.2)
    keeper = asyncio.create_task(_keep(lease))
    try:
        return await _run(db, migrations)
    finally:
        keeper.cancel()
        await lease.release()


async def _run(db: Database, migrations: Sequence[Migration]) -> list[Migration]:
    done = {row["_id"] async for row in db.schema_migrations.find({}, {"_id": 1})}
    ran = []
    for migration in migrations:
        if migration.version in done:
            continue
        await migration.up(db)
        await db.schema_migrations.insert_one(
            {"_id": migration.version, "name": migration.name, "at": datetime.now(UTC)}
        )
        log.info("migrated", database=db.name, version=migration.version, name=migration.name)
        ran.append(migration)
    return ran


async def _keep(lease: Lease) -> None:
    while True:
        await asyncio.sleep(LOCK_SECONDS / 3)
        await lease.acquire()
