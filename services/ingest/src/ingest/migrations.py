"""Changes to the database, each run once, in order."""

from ingest.repository import count_booked_drafts, ensure_indexes
from kit.migrations import Migration

MIGRATIONS = [
    Migration(1, "indexes of documents and drafts", ensure_indexes),
    Migration(2, "booked drafts counted in their documents", count_booked_drafts),
]
