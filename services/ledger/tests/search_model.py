"""What a search means, said a second time and slowly: each transaction is asked by itself, as it
was answered. It knows neither the queries nor the indexes of the ledger."""

import unicodedata
from dataclasses import dataclass
from fractions import Fraction

from kit.money import Money, exponent
from ledger.domain.entry import EntryKind, Status
from ledger.domain.search import ast
from ledger.domain.search.ast import Comparison, How, NameKey, Part, Trait, Where
from ledger.domain.transaction import Transaction


@dataclass(frozen=True)
class Book:
    """`accounts` by name; `below` has, for each category's name, its id and those below it; the id
    of what is uncategorised is empty."""

    accounts: dict[str, str]
    below: dict[str, set[str]]


def holds(
    node: ast.Node | None,
    transaction: Transaction,
    book: Book,
    of_accounts: frozenset[str] = frozenset(),
) -> bool:
    """`of_accounts` are those that stand beside it: of them a status is asked."""
    match node:
        case None:
            return True
        case ast.And(nodes):
            named = {
                book.accounts[part.name]
                for part in nodes
                if isinstance(part, ast.Named) and part.key is NameKey.ACCOUNT
            }
            beside = frozenset(named) or of_accounts
            return all(holds(part, transaction, book, beside) for part in nodes)
        case ast.Or(nodes):
            return any(holds(part, transaction, book, of_accounts) for part in nodes)
        case ast.Not(part):
            return not holds(part, transaction, book, of_accounts)
        case ast.Is(trait):
            return _is(trait, transaction, of_accounts)
        case _:
            return _fits(node, transaction, book)


def _fits(term: ast.Term, transaction: Transaction, book: Book) -> bool:
    match term:
        case ast.Text():
            return _says(term, transaction)
        case ast.Named(key, name):
            return _named(key, name, transaction, book)
        case ast.Amount(comparison, value, most, currency):
            fits = not currency or currency == transaction.amount.currency
            high = None if most is None else Fraction(most)
            return fits and _compares(comparison, size(transaction), Fraction(value), high)
        case ast.When(comparison, days, last):
            return _is_when(comparison, days, last, transaction.date)
        case ast.Has(part):
            return _has(part, transaction)


def size(transaction: Transaction) -> Fraction:
    money: Money = transaction.amount
    return Fraction(abs(money.minor_units), 10 ** exponent(money.currency))


def _folded(text: str) -> list[str]:
    letters = unicodedata.normalize("NFKD", text.casefold())
    letters = "".join(c for c in letters if not unicodedata.combining(c))
    return "".join(c if c.isalnum() else " " for c in letters).split()


def _says(text: ast.Text, transaction: Transaction) -> bool:
    payee, note = _folded(transaction.payee), _folded(transaction.description)
    rows = {Where.PAYEE: [payee], Where.NOTE: [note], Where.ANYWHERE: [payee, note]}[text.where]
    wanted = _folded(text.text)
    if text.how is How.EXACT:
        return wanted in rows
    for row in rows:
        for start in range(len(row) - len(wanted) + 1):
            found = row[start : start + len(wanted)]
            begins = found[-1].startswith(wanted[-1])
            if found == wanted or (text.how is How.PREFIX and begins and found[:-1] == wanted[:-1]):
                return True
    return False


def _named(key: NameKey, name: str, transaction: Transaction, book: Book) -> bool:
    match key:
        case NameKey.ACCOUNT:
            return book.accounts[name] in (transaction.account_id, transaction.to_account_id)
        case NameKey.CATEGORY:
            return bool({split.category_id for split in transaction.splits} & book.below[name])
        case NameKey.TAG:
            return name.casefold() in [tag.casefold() for tag in transaction.tags]
        case NameKey.CURRENCY:
            return transaction.amount.currency == name
        case NameKey.ID:
            return transaction.id == name
        case _:
            return False


def _compares(
    comparison: Comparison, value: Fraction, bound: Fraction, most: Fraction | None
) -> bool:
    match comparison:
        case Comparison.EQUAL:
            return value == bound
        case Comparison.MORE:
            return value > bound
        case Comparison.AT_LEAST:
            return value >= bound
        case Comparison.LESS:
            return value < bound
        case Comparison.AT_MOST:
            return value <= bound
        case Comparison.BETWEEN:
            assert most is not None
            return bound <= value <= most


def _is_when(comparison: Comparison, days: str, last: str, on: str) -> bool:
    """Of a month `2026-03` each day begins so."""
    match comparison:
        case Comparison.EQUAL:
            return on.startswith(days)
        case Comparison.AT_LEAST:
            return on >= days
        case Comparison.LESS:
            return on < days
        case Comparison.AT_MOST:
            return on < days or on.startswith(days)
        case Comparison.MORE:
            return on > days and not on.startswith(days)
        case Comparison.BETWEEN:
            return on >= days and (on < last or on.startswith(last))


def _is(trait: Trait, transaction: Transaction, of_accounts: frozenset[str]) -> bool:
    confirmed_on = set(transaction.reconciled_account_ids)
    confirmed = bool(confirmed_on & of_accounts if of_accounts else confirmed_on)
    standard, amount = transaction.kind is EntryKind.STANDARD, transaction.amount.minor_units
    return {
        Trait.EXPENSE: standard and amount < 0,
        Trait.INCOME: standard and amount > 0,
        Trait.STANDARD: standard,
        Trait.TRANSFER: bool(transaction.to_account_id),
        Trait.OPENING_BALANCE: transaction.kind is EntryKind.OPENING_BALANCE,
        Trait.PENDING: transaction.status is Status.PENDING,
        Trait.CLEARED: transaction.status is not Status.PENDING and not confirmed,
        Trait.RECONCILED: confirmed,
        Trait.REFUND: bool(transaction.refund_of),
    }[trait]


def _has(part: Part, transaction: Transaction) -> bool:
    return {
        Part.DOCUMENT: bool(transaction.document_ids or transaction.origin.document_id),
        Part.SPLITS: len(transaction.splits) > 1,
        Part.TAGS: bool(transaction.tags),
        Part.NOTE: bool(transaction.description),
        Part.PAYEE: bool(transaction.payee),
        Part.REFERENCE: bool(transaction.origin.bank_reference),
        Part.IMPORT: bool(transaction.origin.import_id),
        Part.REFUND: bool(transaction.refund_of),
    }[part]
