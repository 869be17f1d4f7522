"""The use cases of ingest: taking documents in, reading them, reviewing what was read."""

from ingest.service.extraction import Extraction
from ingest.service.intake import Intake
from ingest.service.review import Review

__all__ = ["Extraction", "Intake", "Review"]
