"""`make demo`: the main job once, from a photograph to the books, checked to the cent.

Every expected figure comes from the documents that are drawn here, never from an answer of the
system.
"""

from __future__ import annotations

import json
import os
import random
import secrets
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import httpx
from rich.console import Console
from rich.table import Table

from pfa_local.environment import HOME, ROOT, BadSetting
from pfa_local.processes import NotReady
from pfa_local.rest import Api, Json, Refused, decimal_text, minor_units
from pfa_local.runner import AlreadyRunning, Endpoints, Stopped, running_stack, stop_on_signals
from pfa_local.stack import answers
from specimens import ReceiptPhoto, Statement, draw_receipt, make_statement, ofx_sgml

CURRENCY = "USD"
_SHOP = "HARBOUR STREET GROCERS"  # it prints in US dollars
_WALLET = 20_000
_PATIENCE = 90.0
_MEANING = {
    "received": "stored, and put in line for reading",
    "extracting": "being read",
    "extracted": "read; categories are being suggested",
    "ready": "categorised, and ready for review",
    "accepted": "accepted, and booked in the ledger",
}


class BooksDiffer(AssertionError):
    """The system's figures are not those of the documents."""


@dataclass(frozen=True, slots=True)
class Papers:
    """What the demo person holds in hand: a receipt and a month's statement."""

    photo: ReceiptPhoto
    statement: Statement

    @classmethod
    def made_from(cls, seed: int) -> Papers:
        return cls(draw_receipt(seed, merchant=_SHOP), make_statement(seed, currency=CURRENCY))

    @property
    def total_paid(self) -> int:
        return self.photo.receipt.total

    @property
    def income(self) -> int:
        return sum(row.amount for row in self.statement.rows if row.amount > 0)

    @property
    def spent(self) -> int:
        return self.total_paid - sum(row.amount for row in self.statement.rows if row.amount < 0)


class Demo:
    """One walk through the main job against the gateway of `api`."""

    def __init__(self, api: Api, papers: Papers, console: Console) -> None:
        self._api = api
        self._papers = papers
        self._console = console
        self._durations: list[tuple[str, float]] = []

    def play(self, *, ledger_environment: dict[str, str]) -> None:
        """Do everything; raises BooksDiffer when a figure is wrong, Refused when a door is shut."""
        with self._step("Sign up"):
            email = f"demo-{secrets.token_hex(4)}@pfa.example"
            self._api.register(email=email, password=secrets.token_urlsafe(16), name="Sam Demo")
            self._say(f"as {email}")
        with self._step("Open two accounts"):
            wallet, checking = self._open_accounts()
        with self._step("Upload a photographed receipt"):
            receipt = self._upload_receipt(wallet)
        with self._step("Review it and accept"):
            self._accept_receipt(receipt)
        with self._step("Upload a bank statement"):
            statement = self._upload_statement(checking)
        with self._step("Accept its rows"):
            self._accept_statement(statement)
        with self._step("Look at the books"):
            self._check_books(wallet, checking)
        with self._step("Ask the ledger to check itself"):
            self._check_ledger(ledger_environment)
        self._show_durations()

    # steps ------------------------------------------------------------------------------------

    def _open_accounts(self) -> tuple[str, str]:
        statement = self._papers.statement
        day_before = statement.start - timedelta(days=1)
        bought = self._papers.photo.receipt.date - timedelta(days=1)
        wallet = self._api.post("/accounts", {
            "name": "Wallet", "type": "cash", "currency": CURRENCY,
            "opening_balance": decimal_text(_WALLET), "opening_date": bought.isoformat(),
        })  # fmt: skip
        checking = self._api.post("/accounts", {
            "name": "Everyday", "type": "checking", "currency": CURRENCY,
            "opening_balance": decimal_text(statement.opening),
            "opening_date": day_before.isoformat(),
        })  # fmt: skip
        for account in (wallet, checking):
            self._say(f"{account['name']:<9} {account['balance']:>12} {account['currency']}")
        return wallet["id"], checking["id"]

    def _upload_receipt(self, account_id: str) -> Json:
        photo = self._papers.photo
        receipt = photo.receipt
        self._say(
            f"{receipt.merchant.name}, {receipt.date}, {decimal_text(receipt.total)} {CURRENCY};"
            f" {photo.width} × {photo.height} pixels, {len(photo.data) // 1024} KB"
        )
        document = self._api.upload(
            name="receipt.jpg",
            data=photo.data,
            media_type=photo.content_type,
            account_id=account_id,
        )
        return self._follow(document, until="ready")

    def _accept_receipt(self, document: Json) -> None:
        (draft,) = self._api.items("/drafts", document_id=document["id"])
        receipt = self._papers.photo.receipt
        on_paper = {"date": receipt.date.isoformat(), "amount": decimal_text(-receipt.total)}
        self._say(f"read as {draft['payee']!r}, {draft['date']}, {draft['amount']}")
        wrong = {name: value for name, value in on_paper.items() if draft[name] != value}
        for name, value in wrong.items():
            self._say(f"[yellow]corrected[/] {name}: {draft[name]} → {value}, as the paper says")
        if wrong:
            self._api.patch(f"/drafts/{draft['id']}", wrong)
        self._choose_category(draft)
        accepted = self._api.post(f"/drafts/{draft['id']}:accept")
        self._expect("a transaction is booked", bool(accepted["transaction_id"]), True)
        self._follow(document, until="accepted")

    def _upload_statement(self, account_id: str) -> Json:
        statement = self._papers.statement
        self._say(f"OFX, {len(statement.rows)} rows, {statement.start} to {statement.end}")
        document = self._api.upload(
            name="statement.ofx",
            data=ofx_sgml(statement),
            media_type="application/x-ofx",
            account_id=account_id,
        )
        return self._follow(document, until="ready")

    def _accept_statement(self, document: Json) -> None:
        drafts = self._api.items("/drafts", document_id=document["id"])
        self._expect("drafts", len(drafts), len(self._papers.statement.rows))
        self._api.post(f"/documents/{document['id']}:accept")
        self._follow(document, until="accepted")

    def _check_books(self, wallet: str, checking: str) -> None:
        papers = self._papers
        first = min(papers.statement.start, papers.photo.receipt.date)
        last = max(papers.statement.end, papers.photo.receipt.date)
        period = {"from": first.isoformat(), "to": last.isoformat()}
        transactions = [
            made for made in self._api.items("/transactions") if made["kind"] != "opening_balance"
        ]
        self._show_transactions(transactions)
        on_paper = [-papers.total_paid, *(row.amount for row in papers.statement.rows)]
        booked = [minor_units(made["amount"]) for made in transactions]
        self._expect("amounts booked", sorted(booked), sorted(on_paper))
        self._show_spending(self._api.get("/reports/spending", **period)["rows"])
        (totals,) = self._api.get("/reports/summary", **period)["currencies"]
        self._expect("income", abs(minor_units(totals["income"])), papers.income)
        self._expect("expense", abs(minor_units(totals["expense"])), papers.spent)
        for name, account_id, expected in (
            ("Wallet", wallet, _WALLET - papers.total_paid),
            ("Everyday", checking, papers.statement.closing),
        ):
            balance = self._api.get(f"/accounts/{account_id}")["balance"]
            self._say(f"{name:<9} {balance:>12} {CURRENCY}")
            self._expect(f"balance of {name}", minor_units(balance), expected)

    def _check_ledger(self, environment: dict[str, str]) -> None:
        result = subprocess.run(
            [sys.executable, "-m", "ledger", "check"],
            env={**os.environ, **environment},
            cwd=ROOT,
            capture_output=True,
            text=True,
        )
        for line in result.stdout.strip().splitlines()[-3:]:
            self._say(line)
        if result.returncode:
            raise BooksDiffer(f"the ledger's check failed:\n{result.stdout}\n{result.stderr}")

    # what is shown ----------------------------------------------------------------------------

    def _follow(self, document: Json, *, until: str) -> Json:
        """Show each status as it comes; returns the document at the status that was waited for."""
        began = time.monotonic()
        last = ""
        for event in self._api.document_events(document["id"], seconds=_PATIENCE):
            status = event["status"]
            if status != last:
                self._say(
                    f"[cyan]{status:<11}[/] [dim]{_MEANING.get(status, '')}"
                    f" · {time.monotonic() - began:.1f} s[/]"
                )
            if status == "failed":
                problem = self._api.get(f"/documents/{document['id']}")["problem"]
                raise BooksDiffer(f"the document was not read: {problem}")
            if status == until:
                return self._api.get(f"/documents/{document['id']}")
            last = status
        raise BooksDiffer(f"the document stayed {last!r}; {until!r} was expected")

    def _choose_category(self, draft: Json) -> None:
        """Take the first suggestion, as a person would: one that is not sure is not filled in."""
        suggestion = next(iter(draft["suggestions"]), None)
        if suggestion is None:
            self._say("category: none suggested")
            return
        names = {category["id"]: category["name"] for category in self._api.items("/categories")}
        name, sure = names[suggestion["category_id"]], suggestion["confidence"]
        if draft["category_id"] == suggestion["category_id"]:
            how = "filled in"
        else:
            how = "chosen"
            chosen = {"category_id": suggestion["category_id"]}
            self._api.patch(f"/drafts/{draft['id']}", chosen)
        self._say(f"category: {name} ({sure:.0%}, from {suggestion['source']}), {how}")

    def _show_transactions(self, transactions: list[Json]) -> None:
        names = {category["id"]: category["name"] for category in self._api.items("/categories")}
        table = Table(box=None, padding=(0, 2), header_style="dim")
        for heading in ("date", "payee", "category"):
            table.add_column(heading, no_wrap=True)
        table.add_column("amount", justify="right", no_wrap=True, min_width=9)
        for made in transactions:
            category = names.get(made["category_id"] or "", "—")
            table.add_row(made["date"], made["payee"], category, made["amount"])
        self._console.print(table)

    def _show_spending(self, rows: list[Json]) -> None:
        spent = [abs(minor_units(row["amount"])) for row in rows]
        self._expect("spending over all categories", sum(spent), self._papers.spent)
        table = Table(box=None, padding=(0, 2), header_style="dim", title_justify="left")
        table.add_column("spending by category")
        table.add_column("amount", justify="right")
        table.add_column("")
        for row, amount in zip(rows, spent, strict=True):
            bar = "█" * max(1, round(24 * amount / max(spent)))
            table.add_row(row["name"], decimal_text(amount), f"[cyan]{bar}[/]")
        self._console.print(table)

    def _show_durations(self) -> None:
        table = Table(box=None, padding=(0, 2), header_style="dim")
        table.add_column("step")
        table.add_column("seconds", justify="right")
        for name, seconds in self._durations:
            table.add_row(name, f"{seconds:.2f}")
        table.add_row("[bold]all[/]", f"[bold]{sum(s for _, s in self._durations):.2f}[/]")
        self._console.print()
        self._console.print(table)

    @contextmanager
    def _step(self, name: str) -> Iterator[None]:
        self._console.print(f"\n[bold]{name}[/]")
        began = time.monotonic()
        yield
        self._durations.append((name, time.monotonic() - began))

    def _say(self, line: str) -> None:
        self._console.print(f"  {line}", highlight=False)

    def _expect(self, what: str, found: object, expected: object) -> None:
        if found != expected:
            raise BooksDiffer(f"{what}: {found}, but the papers say {expected}")


def demo(*, home: Path = HOME, seed: int | None = None) -> int:
    """Play it against the running system, or one that is started and ended for it."""
    console = Console(soft_wrap=True)
    seed = random.randrange(1_000_000) if seed is None else seed  # noqa: S311  not a secret
    console.print(f"papers of seed {seed} [dim](make demo SEED={seed} plays them again)[/]")
    stop_on_signals()
    try:
        endpoints = Endpoints.read(home)
        if endpoints is not None and answers(f"{endpoints.gateway}/health"):
            _play(endpoints.gateway, seed, console, _saved_environment(home))
        else:
            with running_stack(console, home=home, frontend=False) as stack:
                _play(stack.gateway_url, seed, console, stack.command_environment("ledger"))
    except (AlreadyRunning, BadSetting, BooksDiffer, NotReady, Refused, httpx.HTTPError) as problem:
        print(f"make demo: {problem}", file=sys.stderr)
        return 1
    except Stopped as signal_name:
        print(f"make demo: stopped by {signal_name}", file=sys.stderr)
        return 1
    console.print("\n[bold green]The books are right to the cent.[/]")
    return 0


def _play(gateway: str, seed: int, console: Console, ledger_environment: dict[str, str]) -> None:
    with Api(gateway) as api:
        papers = Papers.made_from(seed)
        Demo(api, papers, console).play(ledger_environment=ledger_environment)


def _saved_environment(home: Path) -> dict[str, str]:
    """What the running system's commands are started with, as it was left by `make run`."""
    saved: dict[str, str] = json.loads((home / "environment.json").read_text())
    return saved
