"""The choice of fields from a receipt's text: total, date, merchant, currency, tax, items."""

from ingest.reading.receipt.reader import ReceiptReading, read_receipt

__all__ = ["ReceiptReading", "read_receipt"]
