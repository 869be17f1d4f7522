"""Taking a book away in every format, bringing it back, closing it."""

import csv
import io
import json
import xml.etree.ElementTree as ET
from collections import Counter
from collections.abc import AsyncIterator
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest
from beancount import loader
from beancount.core import data as beans
from ledger_world import Person, coffee, eur

from kit.ids import new_id
from kit.money import Money
from ledger.domain.account import AccountDraft, AccountType
from ledger.domain.book_file import (
    BookErased,
    BookIdsTaken,
    BookNotEmpty,
    InvalidBookFile,
)
from ledger.domain.category import CategoryKind
from ledger.domain.posting import Key
from ledger.domain.search import TransactionFilter
from ledger.domain.transaction import Split, TransactionInput
from ledger.service.exports import ExportFormat

ODD_NAMES = ["Main", "main", "Käse & Brot: *", "口座", "-", '"quoted" (x)']


async def exported(person: Person, format_: ExportFormat) -> bytes:
    chunks = person.ledger.files.exports.export(owner=person.id, format_=format_)
    return b"".join([chunk async for chunk in chunks])


async def restored(person: Person, file: bytes, *, chunk: int = 1000) -> dict[str, int]:
    async def chunks() -> AsyncIterator[bytes]:
        for start in range(0, len(file), chunk):
            yield file[start : start + chunk]

    answer = await person.ledger.files.restoring.restore(owner=person.id, chunks=chunks())
    return dict(answer.counts)


async def lived_in(person: Person) -> None:
    """Accounts with odd names, splits, transfers, other currencies, edits, deletions."""
    accounts = [await person.account(name) for name in ODD_NAMES]
    card = await card_account(person)
    dollars = await person.account("Dollars", "USD")
    yen = await person.account("Yen", "JPY")
    food = await person.category("groceries")
    salary = await person.category("salary", CategoryKind.INCOME)
    first = await person.post(
        coffee(accounts[0], -450, tags=("work trip", "été"), payee='A "B" \\C')
    )
    await person.post(
        coffee(accounts[1], -1999, category_id=food.id, description="=1+1; two\nlines")
    )
    await person.post(coffee(accounts[2], 250_000, category_id=salary.id, payee="=SUM(A1)"))
    split = (Split(food.id, eur(-300), "milk"), Split("", eur(-150)))
    await person.post(coffee(accounts[3], -450, splits=split))
    await person.post(coffee(accounts[4], -10_000, to_account_id=accounts[5].id))
    transfer = TransactionInput(
        accounts[0].id,
        "2026-03-01",
        eur(-9_000),
        to_account_id=dollars.id,
        to_amount=Money(10_000, "USD"),
    )
    await person.post(transfer)
    await person.post(TransactionInput(yen.id, "2026-02-01", Money(-1_200, "JPY"), payee="寿司"))
    await person.post(coffee(card, -7_777, payee="(code) | ; bar"))
    edited = await person.post(coffee(accounts[0], -100))
    await person.edit(edited, coffee(accounts[0], -120))
    await person.ledger.transactions.delete_transaction(
        owner=person.id, actor=person.id, transaction_id=first.id, expected_version=0, key=Key()
    )


async def card_account(person: Person) -> Any:
    draft = AccountDraft("Card", AccountType.CREDIT_CARD, "EUR", opening_balance=eur(-5_000))
    state = await person.ledger.accounts.create_account(
        owner=person.id, actor=person.id, draft=draft, key=Key()
    )
    return state.account


async def balances(person: Person) -> dict[str, int]:
    states = await person.ledger.accounts.list_accounts(owner=person.id, include_closed=True)
    return {s.account.id: s.balance.minor_units for s in states}


async def transactions(person: Person) -> list[Any]:
    page = await person.ledger.transactions.list_transactions(
        owner=person.id, filter_=TransactionFilter(), cursor="", limit=500
    )
    return list(page.transactions)


async def test_export_then_import_is_identity(anna: Person):
    await lived_in(anna)
    file = await exported(anna, ExportFormat.NDJSON)
    had = await transactions(anna), await balances(anna)

    await anna.ledger.files.contents.erase(anna.id)
    assert await transactions(anna) == []
    counts = await restored(anna, file)

    assert await exported(anna, ExportFormat.NDJSON) == file
    assert (await transactions(anna), await balances(anna)) == had
    assert counts["entries"] == sum(b'"kind":"entries"' in line for line in file.splitlines())
    audit = await anna.ledger.auditor.audit(anna.id)
    assert audit.differences == []


async def test_a_book_may_become_another_persons(anna: Person):
    await lived_in(anna)
    had = [replace(t, actor_id="") for t in await transactions(anna)]
    file = await exported(anna, ExportFormat.NDJSON)
    await anna.ledger.files.contents.erase(anna.id)
    berta = Person(anna.ledger, new_id())

    await restored(berta, file)

    assert await exported(berta, ExportFormat.NDJSON) == file
    assert anna.id.encode() not in file
    has = await transactions(berta)
    assert {t.actor_id for t in has} == {berta.id}
    assert [replace(t, actor_id="") for t in has] == had


async def test_what_is_restored_goes_on_as_any_book(anna: Person):
    await lived_in(anna)
    file = await exported(anna, ExportFormat.NDJSON)
    await anna.ledger.files.contents.erase(anna.id)
    await restored(anna, file)
    state = (await anna.ledger.accounts.list_accounts(owner=anna.id, include_closed=True))[0]

    await anna.post(coffee(state.account, -100))

    now = await anna.ledger.accounts.get_account(owner=anna.id, account_id=state.account.id)
    assert now.balance == state.balance - eur(100)
    assert (await anna.ledger.auditor.audit(anna.id)).differences == []


async def test_only_an_empty_book_is_restored(anna: Person):
    await lived_in(anna)
    file = await exported(anna, ExportFormat.NDJSON)

    with pytest.raises(BookNotEmpty):
        await restored(anna, file)

    assert await exported(anna, ExportFormat.NDJSON) == file


async def test_what_is_still_in_another_book_is_refused_and_both_stay(anna: Person):
    await lived_in(anna)
    file = await exported(anna, ExportFormat.NDJSON)
    berta = Person(anna.ledger, new_id())

    with pytest.raises(BookIdsTaken):
        await restored(berta, file)

    assert await exported(anna, ExportFormat.NDJSON) == file
    assert await transactions(berta) == []
    assert (await anna.ledger.auditor.audit(anna.id)).differences == []


def without_end(lines: list[bytes]) -> list[bytes]:
    return lines[:-1]


def changed(lines: list[bytes]) -> list[bytes]:
    return [line.replace(b'"amount":-1200', b'"amount":-1201') for line in lines]


def cut(lines: list[bytes]) -> list[bytes]:
    return [*lines[:5], lines[5][:20]]


def doubled(lines: list[bytes]) -> list[bytes]:
    return [*lines[:3], lines[2], *lines[3:]]


def other_format(lines: list[bytes]) -> list[bytes]:
    return [json.dumps({"format": "other", "version": 1}).encode(), *lines[1:]]


def unknown_kind(lines: list[bytes]) -> list[bytes]:
    return [lines[0], b'{"kind":"idempotency","document":{"_id":"x"}}', *lines[1:]]


def deep(lines: list[bytes]) -> list[bytes]:
    return [lines[0], b"[" * 100_000]


@pytest.mark.parametrize(
    ("spoil", "line"),
    [
        (without_end, None),
        (changed, None),
        (cut, 6),
        (doubled, None),
        (other_format, 1),
        (unknown_kind, 2),
        (deep, 2),
        (lambda lines: [], None),
    ],
)
async def test_a_spoilt_file_is_refused_with_its_line_and_changes_nothing(
    anna: Person, spoil: Any, line: int | None
):
    await lived_in(anna)
    lines = (await exported(anna, ExportFormat.NDJSON)).splitlines()
    berta = Person(anna.ledger, new_id())
    before = await exported(berta, ExportFormat.NDJSON)

    with pytest.raises(InvalidBookFile) as refused:
        await restored(berta, b"".join(part + b"\n" for part in spoil(lines)))

    assert line is None or refused.value.metadata == {"line": str(line)}
    assert await exported(berta, ExportFormat.NDJSON) == before


async def test_beancount_finds_no_error_and_the_same_balances(anna: Person):
    await lived_in(anna)
    text = (await exported(anna, ExportFormat.BEANCOUNT)).decode()

    entries, errors, _ = loader.load_string(text)

    assert errors == []
    opened = {e.account: e.meta["name"] for e in entries if isinstance(e, beans.Open)}
    sums: Counter[tuple[str, str]] = Counter()
    for entry in entries:
        for posting in entry.postings if isinstance(entry, beans.Transaction) else ():
            name = opened[posting.account]
            if posting.account.startswith(("Assets", "Liabilities")):
                sums[name, posting.units.currency] += posting.units.number
    states = await anna.ledger.accounts.list_accounts(owner=anna.id, include_closed=True)
    assert len(opened) == len(set(opened)) >= len(ODD_NAMES)
    assert {k: v for k, v in sums.items() if v} == {
        (s.account.name, s.account.currency): Decimal(s.balance.decimal_text())
        for s in states
        if s.balance.minor_units
    }


async def test_every_transaction_of_the_journal_sums_to_zero_with_known_accounts(anna: Person):
    await lived_in(anna)
    text = (await exported(anna, ExportFormat.HLEDGER)).decode()

    blocks = text.split("\n\n")
    accounts = {
        line.removeprefix("account ") for line in text.splitlines() if line.startswith("account ")
    }
    assert len(accounts) == sum(line.startswith("account ") for line in text.splitlines())
    found = [b for b in blocks if b[:2] == "20"]
    for block in found:
        sums: Counter[str] = Counter()
        for line in block.strip().splitlines()[2:]:
            account, amount = line.strip().split("  ")[:2]
            assert account in accounts
            number, currency = amount.split()
            sums[currency] += Decimal(number)
        assert set(sums.values()) == {Decimal(0)}
    assert len(found) == len(await transactions(anna))


async def test_the_table_adds_up_and_holds_no_formula(anna: Person):
    await lived_in(anna)
    text = (await exported(anna, ExportFormat.CSV)).decode()

    rows = list(csv.DictReader(io.StringIO(text)))

    sums: Counter[str] = Counter()
    for row in rows:
        sums[row["account"], row["currency"]] += Decimal(row["amount"])
        if row["transfer_account"]:
            sums[row["transfer_account"], row["transfer_currency"]] += Decimal(
                row["transfer_amount"]
            )
    states = await anna.ledger.accounts.list_accounts(owner=anna.id, include_closed=True)
    expected = Counter[Any]()
    for s in states:
        name = f"'{s.account.name}" if s.account.name.startswith("-") else s.account.name
        expected[name, s.account.currency] += Decimal(s.balance.decimal_text())
    assert {k: v for k, v in sums.items() if v} == {k: v for k, v in expected.items() if v}
    numbers = {"amount", "transfer_amount"}
    texts = [value for row in rows for name, value in row.items() if name not in numbers]
    assert not [text for text in texts if text.startswith(("=", "+", "-", "@"))]
    assert "'=SUM(A1)" in texts


async def test_ofx_has_a_statement_of_each_account_that_adds_up(anna: Person):
    await lived_in(anna)
    text = (await exported(anna, ExportFormat.OFX)).decode()

    tree = ET.fromstring(text[text.index("<OFX>") :])
    statements = [*tree.iter("STMTRS"), *tree.iter("CCSTMTRS")]

    states = await anna.ledger.accounts.list_accounts(owner=anna.id, include_closed=True)
    assert len(statements) == len(states)
    for statement in statements:
        amounts = [Decimal(t.findtext("TRNAMT") or "") for t in statement.iter("STMTTRN")]
        assert sum(amounts) == Decimal(statement.findtext("LEDGERBAL/BALAMT") or "")
    cards = [s.account.id for s in states if s.account.type is AccountType.CREDIT_CARD]
    assert len(list(tree.iter("CCSTMTRS"))) == len(cards) == 1


async def test_an_empty_book_is_written_in_every_format(anna: Person):
    for format_ in ExportFormat:
        assert await exported(anna, format_)


async def test_who_has_gone_leaves_nothing_and_does_not_come_back(anna: Person):
    await lived_in(anna)
    berta = Person(anna.ledger, new_id())
    await berta.account()
    db = anna.ledger.files.contents.db

    assert await anna.ledger.files.erasure.erase(anna.id) > 20
    assert await anna.ledger.files.erasure.erase(anna.id) == 0

    for name in await db.list_collection_names():
        rows = [str(row) async for row in db[name].find()]
        assert name == "erased" or not [row for row in rows if anna.id in row]
    with pytest.raises(BookErased):
        await anna.account()
    assert len(await berta.ledger.accounts.list_accounts(owner=berta.id, include_closed=True)) == 1
