"""Reader of CSV exports: dialect, columns, rows."""

from ingest.reading.table.reader import read_csv

__all__ = ["read_csv"]
