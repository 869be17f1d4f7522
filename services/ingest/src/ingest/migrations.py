"""Changes to the database, each run once, in order."""

from ingest.repository import ensure_indexes
from kit.migrations import Migration

MIGRATIONS = [Migration(1, "indexes of documents and drafts", ensure_indexes)]
