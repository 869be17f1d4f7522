"""The choice of fields from a receipt's text: total, date, merchant, currency, tax, items."""

from ingest.reading.receipt.reader import read_receipt

__all__ = ["read_receipt"]
