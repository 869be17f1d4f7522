"""Test documents with their truth: receipts, bank statements, and files that must be refused.

Everything is a pure function of a seed: the same seed gives the same bytes.
"""

from specimens.broken import (
    BrokenFile,
    csv_with_broken_amount,
    empty_file,
    not_an_image,
    ofx_entity_bomb,
    ofx_with_broken_amount,
    oversized_file,
    png_bomb,
    truncated_jpeg,
)
from specimens.photograph import Box, ReceiptPhoto, draw_receipt, photograph_receipt
from specimens.receipts import MERCHANTS, Item, Merchant, Receipt, make_receipt
from specimens.statements import (
    CSV_DIALECTS,
    CsvDialect,
    Statement,
    StatementRow,
    csv_export,
    make_statement,
    ofx_sgml,
    ofx_xml,
)

__all__ = [
    "CSV_DIALECTS",
    "MERCHANTS",
    "Box",
    "BrokenFile",
    "CsvDialect",
    "Item",
    "Merchant",
    "Receipt",
    "ReceiptPhoto",
    "Statement",
    "StatementRow",
    "csv_export",
    "csv_with_broken_amount",
    "draw_receipt",
    "empty_file",
    "make_receipt",
    "make_statement",
    "not_an_image",
    "ofx_entity_bomb",
    "ofx_sgml",
    "ofx_with_broken_amount",
    "ofx_xml",
    "oversized_file",
    "photograph_receipt",
    "png_bomb",
    "truncated_jpeg",
]
