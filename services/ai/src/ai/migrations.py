"""Versioned, idempotent changes of this service's database."""

from collections.abc import Sequence

from ai.repository import ensure_indexes, ensure_open_batch_indexes
from kit.migrations import Migration

MIGRATIONS: Sequence[Migration] = (
    Migration(1, "indexes", ensure_indexes),
    Migration(2, "indexes of open batches", ensure_open_batch_indexes),
)
