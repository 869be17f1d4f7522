"""Programs that read our exports strictly: Beancount and ofxtools, and, where they are installed,
hledger and ledger (`apt-get install hledger ledger`)."""

import io
import re
import shutil
import subprocess
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pytest
from beancount import loader
from beancount.core import data as beans
from ledger_world import Person, coffee
from ofxtools.Parser import OFXTree
from test_exports import exported, lived_in

from kit.mongo import Mongo
from ledger.domain.account import Account
from ledger.domain.fields import EntryDate
from ledger.domain.rate import Rate, RateSource
from ledger.repository.rates import SHARED, Rates
from ledger.service.exports import ExportFormat


@pytest.fixture
async def closed(anna: Person, mongo: Mongo) -> Account:
    """A closed account, in a book with odd names, several currencies, bitcoin and rates."""
    await lived_in(anna)
    rates = Rates(mongo)
    day = EntryDate("2026-03-02")
    shared = [
        Rate(day, "EUR", quote, Decimal(value), RateSource.ECB)
        for quote, value in (("USD", "1.0832"), ("JPY", "162.5"), ("GBP", "0.85"))
    ]
    await rates.put(SHARED, shared)
    coin = Rate(day, "BTC", "EUR", Decimal(91_000), RateSource.MANUAL)
    await rates.put(anna.id, [coin, replace(shared[0], value=Decimal("1.09"), source=3)])
    bitcoin, old = await anna.account("Coins", "BTC"), await anna.account("Old")
    await anna.post(replace(coffee(bitcoin, 12_345_678), payee="Exchange"))
    for amount, date in ((-500, "2026-01-02"), (500, "2026-04-05")):
        await anna.post(coffee(old, amount, date=date))
    await anna.ledger.accounts.close_account(owner=anna.id, account_id=old.id, expected_version=0)
    return old


async def test_beancount_knows_the_prices_the_currency_and_what_is_closed(anna: Person, closed):
    text = (await exported(anna, ExportFormat.BEANCOUNT)).decode()

    entries, errors, options = loader.load_string(text)

    assert errors == []
    assert options["operating_currency"] == ["EUR"]
    opened = {e.account: e.meta["name"] for e in entries if isinstance(e, beans.Open)}
    assert [(opened[e.account], str(e.date)) for e in entries if isinstance(e, beans.Close)] == [
        (closed.name, "2026-04-05")
    ]
    prices = {
        (e.currency, e.amount.currency): e.amount.number
        for e in entries
        if isinstance(e, beans.Price)
    }
    # The person's own rate goes before the shared one; the book has no pounds.
    assert prices == {
        ("EUR", "USD"): Decimal("1.09"),
        ("EUR", "JPY"): Decimal("162.5"),
        ("BTC", "EUR"): Decimal(91_000),
    }


async def test_a_strict_reader_takes_our_ofx_which_has_no_bitcoin(anna: Person, closed):
    tree = OFXTree()
    tree.parse(io.BytesIO(await exported(anna, ExportFormat.OFX)))

    statements = tree.convert().statements

    accounts = await anna.ledger.accounts.list_accounts(owner=anna.id, include_closed=True)
    told = [s for s in accounts if s.account.currency != "BTC"]
    assert len(statements) == len(told) == len(accounts) - 1
    assert sorted(s.ledgerbal.balamt for s in statements) == sorted(
        Decimal(s.balance.decimal_text()) for s in told
    )
    assert {s.curdef for s in statements} == {"EUR", "USD", "JPY"}


@pytest.mark.parametrize("program", ["hledger", "ledger"])
async def test_plain_text_programs_check_strictly_and_find_our_balances(
    anna: Person, closed, program: str, tmp_path: Path
):
    if shutil.which(program) is None:
        pytest.skip(f"{program} is not installed")
    file = tmp_path / "book.journal"
    file.write_bytes(await exported(anna, ExportFormat.HLEDGER))

    def said(*arguments: str) -> str:
        command = [program, "-f", str(file), *arguments]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        assert (done.returncode, done.stderr) == (0, "")
        return done.stdout

    if program == "hledger":
        said("check", "--strict")
        listed = said("balance", "--flat", "--no-total", "assets:Coins", "assets:Dollars")
        valued = said("balance", "--flat", "--no-total", "assets:Coins", "-X", "EUR", "-e", "2027")
    else:
        said("--strict", "--pedantic", "balance")
        listed = said("balance", "--flat", "--no-total", "assets:Coins", "assets:Dollars")
        valued = said("balance", "--flat", "--no-total", "assets:Coins", "-X", "EUR")

    assert set(re.findall(r"(\S+ \S+)  assets:(\w+)", listed)) == {
        ("0.12345678 BTC", "Coins"),
        ("100.00 USD", "Dollars"),
    }
    assert Decimal(re.findall(r"(\S+) EUR", valued)[0].replace(",", "")) == Decimal("11234.57")
