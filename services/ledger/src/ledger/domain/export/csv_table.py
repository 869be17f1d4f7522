"""CSV (RFC 4180): one row a transaction, or one a split; for spreadsheets."""

import csv
import io
from collections.abc import Iterator

from kit.money import Money
from kit.spreadsheet import written_cell, written_list
from ledger.domain.entry import Entry
from ledger.domain.export.chart import Chart

COLUMNS = (
    *("date", "account", "type", "status", "payee", "category", "amount", "currency"),
    *("transfer_account", "transfer_amount", "transfer_currency", "note", "tags", "memo"),
    *("transaction_id", "split", "bank_reference", "refund_of", "document_ids"),
)


class CsvTable:
    """Amounts are decimals with a point, signed from the account's view. Texts are written so that
    no spreadsheet takes them for formulas, and ingest reads them back as they were."""

    media_type, suffix = "text/csv; charset=utf-8", "csv"

    def __init__(self, chart: Chart) -> None:
        self._chart = chart

    def head(self) -> str:
        return _row(COLUMNS)

    def entry(self, entry: Entry) -> Iterator[str]:
        """The rows of one transaction."""
        parts = [(p.account_id, -p.amount, p.memo) for p in entry.postings if p.is_category]
        for number, (category_id, amount, memo) in enumerate(parts or [("", entry.amount, "")], 1):
            yield self._line(entry, category_id, amount, memo, number if len(parts) > 1 else 0)

    def end(self) -> str:
        return ""

    def _line(self, entry: Entry, category_id: str, amount: Money, memo: str, number: int) -> str:
        other = entry.to_amount or (-entry.amount if entry.to_account_id else None)
        return _row(
            (
                entry.date,
                written_cell(self._chart.account_name(entry.account_id)),
                entry.kind.value,
                entry.status.value,
                written_cell(entry.payee),
                written_cell(":".join(self._chart.category_path(category_id))),
                amount.decimal_text(),
                amount.currency,
                written_cell(self._chart.account_name(entry.to_account_id)),
                other.decimal_text() if other else "",
                other.currency if other else "",
                written_cell(entry.description),
                written_list(entry.tags),
                written_cell(memo),
                entry.transaction_id,
                str(number or ""),
                written_cell(entry.origin.bank_reference),
                entry.refund_of,
                " ".join(entry.document_ids),
            )
        )


def _row(cells: tuple[str, ...]) -> str:
    out = io.StringIO()
    csv.writer(out).writerow(cells)
    return out.getvalue()
