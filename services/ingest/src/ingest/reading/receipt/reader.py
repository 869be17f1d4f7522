"""A receipt's text to its fields, each with box and confidence, and what the arithmetic says of
them.
"""

from collections.abc import Sequence
from datetime import date

from ingest.domain.arithmetic import ReceiptSums, Verdict, judge_receipt
from ingest.domain.fields import Field
from ingest.domain.receipts import ReceiptReading
from ingest.reading.lines import TextLine, TextRow, rows_on_page
from ingest.reading.receipt.items import PrintedItem, items_above
from ingest.reading.receipt.merchant import choose_merchant
from ingest.reading.receipt.money import PrintedSum, currency_of, sums_on
from ingest.reading.receipt.total import ChosenTotal, Roles, choose_total, labelled, roles_of
from ingest.reading.receipt.when import choose_date
from kit.money import Money, exponent

_REFUND_WORDS = ("refund", "credit note", "gutschrift", "rückerstattung", "avoir", "reembolso")


def read_receipt(
    lines: Sequence[TextLine], *, today: date, default_currency: str
) -> ReceiptReading:
    """Choose total, date, merchant, tax and items from one page's lines."""
    rows = rows_on_page(lines)
    currency = currency_of(rows, otherwise=default_currency)
    sums = sums_on(rows, whole_units=exponent(currency) == 0)
    named = labelled(rows, sums)
    roles = roles_of(named)
    total = choose_total(rows, named, roles)
    items = items_above(rows, sums, total)
    when = choose_date(rows, today=today, month_first=currency == "USD")
    who = choose_merchant(rows)
    fields: list[Field] = []
    if who:
        fields.append(Field("payee", who.text, who.name, who.confidence, page=1, box=who.box))
    if when:
        fields.append(
            Field(
                "date", when.text, when.day.isoformat(), when.confidence, page=1, box=when.line.box
            )
        )
    fields += _money_fields(currency, total, roles, items)
    return ReceiptReading(
        merchant=who.name if who else "",
        day=when.day if when else None,
        total=_money(total.sum, currency) if total else None,
        refund=_is_refund(rows),
        fields=tuple(fields),
        warnings=_warnings(total, roles, items, currency),
    )


def _money_fields(
    currency: str, total: ChosenTotal | None, roles: Roles, items: Sequence[PrintedItem]
) -> list[Field]:
    fields: list[Field] = []
    if total:
        fields.append(_sum_field("amount", total.sum, currency, total.confidence))
    if roles.tax_sum and total and roles.tax_sum.minor_units < total.sum.minor_units:
        tax = roles.tax_sum
        fields.append(_sum_field("tax", tax, currency, tax.line.confidence * 0.8))
    for item in items:
        value = _money(item.sum, currency).decimal_text()
        fields.append(
            Field(
                "item",
                f"{item.name} {item.sum.text}".strip(),
                value,
                round(item.sum.line.confidence * 0.9, 3),
                page=1,
                box=item.sum.box,
            )
        )
    return fields


def _sum_field(name: str, found: PrintedSum, currency: str, confidence: float) -> Field:
    value = _money(found, currency).decimal_text()
    return Field(name, found.text, value, round(confidence, 3), page=1, box=found.box)


def _money(found: PrintedSum, currency: str) -> Money:
    """Receipts print hundredths, or whole units where the currency has no smaller one."""
    digits = exponent(currency)
    scale = 10 ** (digits - 2) if digits > 2 else 1
    return Money(found.minor_units * scale, currency)


def _is_refund(rows: Sequence[TextRow]) -> bool:
    head = " ".join(row.text for row in rows[: max(6, len(rows) // 3)]).lower()
    return any(word in head for word in _REFUND_WORDS) and "no refund" not in head


def _warnings(
    total: ChosenTotal | None, roles: Roles, items: Sequence[PrintedItem], currency: str
) -> tuple[str, ...]:
    if total is None:
        return ("No total was found.",)
    verdict = _verdict(total, roles, items)
    if verdict.proofs:
        return ()
    spoken = tuple(f"{objection[0].upper()}{objection[1:]}." for objection in verdict.objections)
    return spoken or (
        f"Nothing else on the receipt confirms {_money(total.sum, currency).decimal_text()}.",
    )


def _verdict(total: ChosenTotal, roles: Roles, items: Sequence[PrintedItem]) -> Verdict:
    return judge_receipt(
        ReceiptSums(
            total=total.sum.minor_units,
            items=tuple(item.sum.minor_units for item in items),
            subtotal=roles.subtotal,
            tax=roles.tax,
            discount=roles.discount,
            rounding=roles.rounding,
            cash=roles.cash,
            change=roles.change,
        )
    )
