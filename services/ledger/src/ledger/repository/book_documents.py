"""Books, their accounts and categories ↔ Mongo documents, one pair of functions a kind."""

from datetime import UTC

from bson import decode, encode
from bson.codec_options import CodecOptions

from kit.money import Money
from kit.mongo import Document
from ledger.domain.account import Account, AccountState, AccountType, Balances, Opening
from ledger.domain.book import Book
from ledger.domain.book_settings import BookSettings, WeekStart, suggested_settings
from ledger.domain.category import Category, CategoryKind
from ledger.domain.defaults import default_icon
from ledger.domain.fields import EntryDate

_AWARE: CodecOptions[Document] = CodecOptions(tz_aware=True, tzinfo=UTC)


def book_document(book: Book, settings: BookSettings) -> Document:
    return {
        "_id": book.owner,
        "equity_id": book.equity_id,
        "uncategorised_expense_id": book.uncategorised_expense_id,
        "uncategorised_income_id": book.uncategorised_income_id,
        "trading_id": book.trading_id,
        "settings": settings_document(settings),
        "seq": 0,
    }


def settings_document(settings: BookSettings) -> Document:
    return {
        "time_zone": settings.time_zone,
        "base_currency": settings.base_currency,
        "locale": settings.locale,
        "week_start": settings.week_start.value,
        "version": settings.version,
    }


def settings_of(row: Document) -> BookSettings:
    """The settings in a book's head. A book that is older than settings has but a locale."""
    if "settings" not in row:
        return suggested_settings(row["_id"], locale=row.get("locale", ""))
    stored = row["settings"]
    return BookSettings(
        row["_id"],
        time_zone=stored["time_zone"],
        base_currency=stored["base_currency"],
        locale=stored["locale"],
        week_start=WeekStart(stored["week_start"]),
        version=stored["version"],
    )


def book_of(row: Document) -> Book:
    return Book(
        row["_id"],
        equity_id=row["equity_id"],
        uncategorised_expense_id=row["uncategorised_expense_id"],
        uncategorised_income_id=row["uncategorised_income_id"],
        trading_id=row["trading_id"],
    )


def account_document(account: Account) -> Document:
    return {
        "_id": account.id,
        "user_id": account.owner,
        "name": account.name,
        "type": account.type.value,
        "currency": account.currency,
        "institution": account.institution,
        "last_digits": account.last_digits,
        "note": account.note,
        "closed": account.closed,
        "archived": account.archived,
        "position": account.position,
        "version": account.version,
        "created_at": account.created_at,
        "updated_at": account.updated_at,
    }


def account_of(row: Document) -> Account:
    return Account(
        id=row["_id"],
        owner=row["user_id"],
        name=row["name"],
        type=AccountType(row["type"]),
        currency=row["currency"],
        institution=row["institution"],
        last_digits=row["last_digits"],
        closed=row["closed"],
        version=row["version"],
        created_at=row["created_at"],
        updated_at=row["updated_at"],
        archived=row.get("archived", False),
        note=row.get("note", ""),
        position=row.get("position", 0),
    )


def balances_of(row: Document | None, currency: str) -> Balances:
    if row is None:
        return Balances.zero(currency)
    amounts = (row.get(name, 0) for name in ("balance", "cleared", "reconciled"))
    return Balances(*(Money(minor_units, currency) for minor_units in amounts))


def opening_of(row: Document) -> Opening:
    """What an account began with, from its opening entry."""
    return Opening(Money(row["amount"], row["currency"]), EntryDate(row["date"]))


def category_document(category: Category) -> Document:
    return {
        "_id": category.id,
        "user_id": category.owner,
        "name": category.name,
        "kind": category.kind.value,
        "parent_id": category.parent_id,
        "key": category.key,
        "version": category.version,
        "icon": category.icon,
        "colour": category.colour,
        "position": category.position,
        "archived": category.archived,
        "merged_into": category.merged_into,
        "merge_id": category.merge_id,
        "merge_target": category.merge_target,
    }


def category_of(row: Document) -> Category:
    return Category(
        id=row["_id"],
        owner=row["user_id"],
        name=row["name"],
        kind=CategoryKind(row["kind"]),
        parent_id=row["parent_id"],
        key=row["key"],
        version=row["version"],
        icon=row.get("icon", default_icon(row["key"])),
        colour=row.get("colour", ""),
        position=row.get("position", 0),
        archived=row.get("archived", False),
        merged_into=row.get("merged_into", ""),
        merge_id=row.get("merge_id", ""),
        merge_target=row.get("merge_target", ""),
    )


def account_state_bytes(state: AccountState) -> bytes:
    """A stored answer: the account as it was answered."""
    row = account_document(state.account)
    row["balances"] = {
        "balance": state.balances.balance.minor_units,
        "cleared": state.balances.cleared.minor_units,
        "reconciled": state.balances.reconciled.minor_units,
    }
    if state.opening is not None:
        opening = state.opening.balance
        row["opening"] = {
            "amount": opening.minor_units,
            "currency": opening.currency,
            "date": state.opening.date,
        }
    return encode(row)


def account_state_from(stored: bytes) -> AccountState:
    row = decode(stored, codec_options=_AWARE)
    account = account_of(row)
    opening = opening_of(row["opening"]) if "opening" in row else None
    return AccountState(account, balances_of(row["balances"], account.currency), opening)


def category_bytes(category: Category) -> bytes:
    return encode(category_document(category))


def category_from(stored: bytes) -> Category:
    return category_of(decode(stored))
