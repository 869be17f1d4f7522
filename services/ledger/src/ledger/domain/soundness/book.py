"""Soundness of the head of a book, its accounts, categories, payees and rates."""

import re

from ledger.domain.account import Account
from ledger.domain.category import MAX_CATEGORIES, MAX_DEPTH, UNCATEGORISED, Category, CategoryKind
from ledger.domain.errors import LedgerError
from ledger.domain.fields import FieldCheck
from ledger.domain.payee import NAME_LENGTH, Payee, payee_id
from ledger.domain.rate import RateSource
from ledger.domain.soundness.known import (
    ACTOR_LENGTH,
    Known,
    Unsound,
    check_id,
    check_owner,
    check_version,
)
from ledger.domain.stored import StoredBook, StoredRates

_MONTH = re.compile(r"\d{4}-(0[1-9]|1[0-2])", re.ASCII)
MAX_ACCOUNTS = 100_000


def check_book(check: FieldCheck, stored: StoredBook, known: Known) -> None:
    check_owner(check, known, stored.book.owner)
    if known.book is not None:
        check.wrong("_id", "the file must hold one book")
    known.book = stored.book
    own = ("equity_id", "trading_id", "uncategorised_expense_id", "uncategorised_income_id")
    ids = [getattr(stored.book, name) for name in own]
    for name, id_ in zip(own, ids, strict=True):
        check_id(check, name, id_)
    if len(set(ids)) < len(ids):
        check.wrong("equity_id", "each of the book's own ids is another")
    if stored.seq < 0:
        check.wrong("seq", "must not be negative")
    if stored.recorded_at is not None and stored.recorded_at > known.latest:
        check.wrong("recorded_at", "must not lie in the future")
    stored.settings.check(check)


def check_account(check: FieldCheck, account: Account, known: Known) -> None:
    check_id(check, "_id", account.id)
    check_version(check, account.version)
    account.check(check)
    known.counted(check, "accounts", most=MAX_ACCOUNTS)
    known.accounts[account.id] = account


def check_category(check: FieldCheck, category: Category, known: Known) -> None:
    check_id(check, "_id", category.id)
    check_version(check, category.version)
    category.check(check)
    known.counted(check, "categories", most=MAX_CATEGORIES)
    known.categories[category.id] = category


def check_payee(check: FieldCheck, payee: Payee, known: Known) -> None:
    check_version(check, payee.version)
    check.text("name", payee.name, longest=NAME_LENGTH, needed=True)
    if payee.id != payee_id(payee.name):
        check.wrong("payee_id", "is not the id of this name")
    known.category(check, "default_category_id", payee.default_category_id)
    check.text("imported_as_id", payee.imported_as_id, longest=ACTOR_LENGTH)
    check.text("imported_by", payee.imported_by, longest=ACTOR_LENGTH)


def check_rates(check: FieldCheck, stored: StoredRates, _: Known) -> None:
    if _MONTH.fullmatch(stored.month) is None:
        check.wrong("month", "must be YYYY-MM")
    if stored.source is RateSource.ECB:
        check.wrong("source", "the rates of the ECB belong to no book")
    for rate in stored.rates:
        if not rate.date.startswith(f"{stored.month}-"):
            check.wrong("days", "must lie in the month")
        try:
            rate.check()
        except LedgerError as error:
            for name, what in error.fields:
                check.wrong(f"days.{name}", what)


def check_tree(known: Known) -> None:
    """The categories together: parents, merges, and those that the book itself has. Raises
    Unsound."""
    for category in known.categories.values():
        check = FieldCheck()
        _check_place(check, category, known)
        _check_merge(check, category, known)
        try:
            check.finish()
        except LedgerError as error:
            raise Unsound(known.lines[category.id], str(error)) from None
    _check_own(known)


def _check_place(check: FieldCheck, category: Category, known: Known) -> None:
    above: list[str] = []
    parent_id = category.parent_id
    while parent_id:
        parent = known.categories.get(parent_id)
        if parent is None:
            check.wrong("parent_id", "there is no such category in the file")
            return
        if parent.kind is not category.kind:
            check.wrong("parent_id", "must be of the same kind")
        above.append(parent_id)
        if len(above) >= MAX_DEPTH:
            check.wrong("parent_id", f"at most {MAX_DEPTH} levels")
            return
        parent_id = parent.parent_id


def _check_merge(check: FieldCheck, category: Category, known: Known) -> None:
    for name in ("merged_into", "merge_target"):
        id_ = getattr(category, name)
        into = known.categories.get(id_)
        if id_ and (into is None or into.kind is not category.kind or into.id == category.id):
            check.wrong(name, "must be another category of the same kind in the file")
    check.text("merge_id", category.merge_id, longest=ACTOR_LENGTH)


def _check_own(known: Known) -> None:
    if known.book is None:
        raise Unsound(1, "the file must hold one book")
    line = known.lines[known.book.owner]
    for id_, kind in (
        (known.book.uncategorised_expense_id, CategoryKind.EXPENSE),
        (known.book.uncategorised_income_id, CategoryKind.INCOME),
    ):
        own = known.categories.get(id_)
        if own is None or own.kind is not kind or own.key != UNCATEGORISED or own.merged_into:
            raise Unsound(line, f"{id_} is not the category for uncategorised {kind}")
    taken = {known.book.equity_id, known.book.trading_id} & {*known.accounts, *known.categories}
    if taken:
        raise Unsound(line, "an account of the book itself is also one of the person's")
