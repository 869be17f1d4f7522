"""From what was read to drafts: signs, accounts, provenance."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from ingest.domain.documents import Document
from ingest.domain.drafts import MAX_DESCRIPTION, MAX_PAYEE, Draft, DraftStatus
from ingest.domain.fields import Field
from ingest.domain.receipts import ReceiptReading
from ingest.domain.statements import StatementAccount, StatementLine, account_labels
from kit.ids import new_id
from kit.money import Money
from kit.text import clean_line, clean_lines

_READ_FROM_TEXT = 1.0


@dataclass(frozen=True, slots=True)
class AccountRef:
    """What is known here of an account of the ledger."""

    id: str
    currency: str
    last_digits: str
    name: str = ""


def choose_account(
    *,
    uploaded_for: str,
    number_digits: str,
    accounts: Sequence[AccountRef],
    name: str = "",
) -> str:
    """The account that the person named, else the only one whose name or last digits are the
    statement's, else none.

    A named account that is not among the person's open ones is none.
    """
    if uploaded_for:
        return uploaded_for if any(each.id == uploaded_for for each in accounts) else ""
    named = [each.id for each in accounts if name and each.name == name]
    if len(named) == 1:
        return named[0]
    matching = [
        each.id
        for each in accounts
        if each.last_digits and number_digits.endswith(each.last_digits)
    ]
    return matching[0] if len(matching) == 1 else ""


def usual_currency(*, uploaded_for: str, accounts: Sequence[AccountRef], otherwise: str) -> str:
    """The currency to read amounts in where the document names none."""
    for each in accounts:
        if each.id == uploaded_for:
            return each.currency
    common = Counter(each.currency for each in accounts).most_common(1)
    return common[0][0] if common else otherwise


def receipt_draft(
    document: Document, reading: ReceiptReading, *, accounts: Sequence[AccountRef], at: datetime
) -> Draft:
    """A receipt is a purchase: money leaves the account, unless it was paid back."""
    amount = reading.total if reading.total is None or reading.refund else -reading.total
    items = ", ".join(field.text for field in reading.fields if field.name == "item")
    return _draft(
        document,
        position=1,
        account_id=choose_account(
            uploaded_for=document.account_id, number_digits="", accounts=accounts
        ),
        date=reading.day.isoformat() if reading.day else "",
        amount=amount,
        payee=reading.merchant,
        description=items,
        fields=reading.fields,
        warnings=reading.warnings,
        bank_reference="",
        at=at,
    )


def statement_drafts(
    document: Document,
    statements: Sequence[StatementAccount],
    *,
    accounts: Sequence[AccountRef],
    at: datetime,
) -> list[Draft]:
    """One draft a line, in the order of the file."""
    drafts: list[Draft] = []
    for statement, label in zip(statements, account_labels(statements), strict=True):
        account_id = choose_account(
            # One account can't be that of several statements.
            uploaded_for="" if label else document.account_id,
            number_digits=statement.last_digits,
            accounts=accounts,
            name=statement.number,
        )
        for line in statement.lines:
            draft = _line_draft(document, line, account_id, len(drafts) + 1, at)
            drafts.append(replace(draft, statement_account=label))
    return drafts


def _line_draft(
    document: Document, line: StatementLine, account_id: str, position: int, at: datetime
) -> Draft:
    amount = Money(line.amount, line.currency)
    return _draft(
        document,
        position=position,
        account_id=account_id,
        date=line.date,
        amount=amount,
        payee=line.payee,
        description=line.description,
        fields=(
            Field("date", line.date_text, line.date, _READ_FROM_TEXT, line=line.date_line),
            Field(
                "amount",
                line.amount_text,
                amount.decimal_text(),
                _READ_FROM_TEXT,
                line=line.amount_line,
            ),
            Field("payee", line.payee, line.payee, _READ_FROM_TEXT, line=line.payee_line),
        ),
        warnings=line.warnings,
        bank_reference=line.bank_reference,
        at=at,
    )


def _draft(
    document: Document,
    *,
    position: int,
    account_id: str,
    date: str,
    amount: Money | None,
    payee: str,
    description: str,
    fields: tuple[Field, ...],
    warnings: tuple[str, ...],
    bank_reference: str,
    at: datetime,
) -> Draft:
    return Draft(
        id=new_id(),
        owner=document.owner,
        document_id=document.id,
        position=position,
        status=DraftStatus.PENDING,
        account_id=account_id,
        date=date,
        amount=amount,
        payee=clean_line(payee)[:MAX_PAYEE],
        description=clean_lines(description)[:MAX_DESCRIPTION],
        category_id="",
        category_chosen=False,
        category_confirmed=False,
        suggestions=(),
        fields=tuple(
            replace(each, text=clean_lines(each.text), value=clean_line(each.value))
            for each in fields
        ),
        warnings=warnings,
        bank_reference=clean_line(bank_reference),
        transaction_id="",
        problem=None,
        accepting_since=None,
        created_at=at,
        updated_at=at,
        version=1,
    )
