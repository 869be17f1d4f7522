"""Documents and drafts in MongoDB; every query is scoped by the owner of the book."""

from ingest.repository.documents import Documents
from ingest.repository.drafts import Drafts
from ingest.repository.indexes import count_booked_drafts, ensure_indexes

__all__ = ["Documents", "Drafts", "count_booked_drafts", "ensure_indexes"]
