"""Soundness of imports and their lines."""

import re

from kit.money import KNOWN_CURRENCIES, Money
from ledger.domain.errors import LedgerError
from ledger.domain.fields import FieldCheck
from ledger.domain.importing.batch import Import, Tally
from ledger.domain.importing.lines import MAX_LINES, UNREADABLE_LENGTH
from ledger.domain.shape import MAX_INT64
from ledger.domain.soundness.known import (
    ACTOR_LENGTH,
    TEXT_LENGTH,
    Known,
    check_id,
    check_version,
)
from ledger.domain.stored import StoredItem, StoredLine
from ledger.domain.transaction import ID_LENGTH

KEY_LENGTH = 200
MESSAGE_LENGTH = 2_000
MAX_CANDIDATES = 20
_HASH = re.compile(r"[0-9a-f]{1,128}", re.ASCII)


def check_import(check: FieldCheck, head: Import, known: Known) -> None:
    check_id(check, "_id", head.id)
    if head.id == known.owner:
        check.wrong("_id", "is that of a book")
    check_version(check, head.version)
    known.imports[head.id] = head
    check.text("actor_id", head.actor, longest=ACTOR_LENGTH)
    check.text("document_id", head.source.document_id, longest=ID_LENGTH)
    try:
        head.source.check()
    except LedgerError as error:
        for name, what in error.fields:
            check.wrong(name.removeprefix("source."), what)
    if not 0 <= head.done <= head.line_count <= MAX_LINES:
        check.wrong(
            "done", f"from 0 to the number of lines, of which there are at most {MAX_LINES}"
        )
    if head.decisions_hash and _HASH.fullmatch(head.decisions_hash) is None:
        check.wrong("decisions_hash", "is no hash")
    for tallies in (head.verdicts, head.outcomes):
        for tally in tallies.values():
            _check_tally(check, tally)
    _check_coverage(check, head)


def _check_coverage(check: FieldCheck, head: Import) -> None:
    for place, coverage in enumerate(head.coverage):
        at = f"coverage[{place}]"
        check.text(f"{at}.account_id", coverage.account_id, longest=ACTOR_LENGTH)
        for name in ("from_date", "to_date"):
            check.date(f"{at}.{name}", getattr(coverage, name))
        if not 0 <= coverage.lines <= MAX_LINES:
            check.wrong(f"{at}.lines", f"at most {MAX_LINES}")


def _check_tally(check: FieldCheck, tally: Tally) -> None:
    if not 0 <= tally.count <= MAX_LINES:
        check.wrong("verdicts", f"at most {MAX_LINES}")
    for money in tally.sums:
        _check_money(check, "verdicts", money)


def check_line(check: FieldCheck, stored: StoredLine, _: Known) -> None:
    planned = stored.planned
    if not 1 <= planned.position <= MAX_LINES or planned.line.row < 0:
        check.wrong("position", f"from 1 to {MAX_LINES}")
    check.text("unreadable", planned.line.unreadable, longest=UNREADABLE_LENGTH)
    check.text("said", planned.line.said, longest=TEXT_LENGTH)
    check.text("transaction_id", planned.transaction_id, longest=ACTOR_LENGTH)
    _check_input(check, stored)
    judgement = planned.judgement
    check.text("found_id", judgement.transaction_id, longest=ACTOR_LENGTH)
    if len(judgement.candidates) > MAX_CANDIDATES:
        check.wrong("candidates", f"at most {MAX_CANDIDATES}")
    for candidate in judgement.candidates:
        check.text("candidates", candidate.transaction_id, longest=ACTOR_LENGTH)
        if not 0 <= candidate.likeness <= 1 or abs(candidate.days_apart) > 10_000:
            check.wrong("candidates", "likeness lies between 0 and 1")
    for refusal in (judgement.refusal, planned.refusal):
        if refusal is not None:
            check.text("refusal.name", refusal.name, longest=TEXT_LENGTH)
            check.text("refusal.message", refusal.message, longest=MESSAGE_LENGTH)
    for hash_ in stored.choices:
        if _HASH.fullmatch(hash_) is None:
            check.wrong("choices", "is no hash")


def _check_input(check: FieldCheck, stored: StoredLine) -> None:
    """A line that can't be booked may say anything that can be shown."""
    line, judgement = stored.planned.line, stored.planned.judgement
    said = line.input
    amounts = [said.amount, *(split.amount for split in said.splits)]
    for amount in amounts if said.to_amount is None else [*amounts, said.to_amount]:
        if amount.currency or not line.unreadable:
            _check_money(check, "input.currency", amount)
    if line.unreadable or judgement.refusal is not None:
        return
    try:
        said.check()
    except LedgerError as error:
        for name, what in error.fields or [("splits", str(error))]:
            check.wrong(f"input.{name.removeprefix('transaction.')}", what)


def _check_money(check: FieldCheck, name: str, money: Money) -> None:
    if money.currency not in KNOWN_CURRENCIES:
        check.wrong(name, "must be an ISO 4217 currency")
    if abs(money.minor_units) > MAX_INT64:
        check.wrong(name, "beyond the largest amount that is kept")


def check_item(check: FieldCheck, item: StoredItem, _: Known) -> None:
    check.text("_id", item.key, longest=KEY_LENGTH, needed=True)
    for name in ("document_id", "account_id", "draft_id", "transaction_id"):
        check.text(name, getattr(item, name), longest=ACTOR_LENGTH)
    check.text("fingerprint", item.fingerprint, longest=TEXT_LENGTH)
    check.text("reference", item.reference, longest=TEXT_LENGTH)
