"""Changes to the database, each run once, in order."""

from collections.abc import Sequence

from kit.migrations import Migration
from ledger.repository.indexes import create_indexes

MIGRATIONS: Sequence[Migration] = (Migration(1, "indexes of the books", create_indexes),)
