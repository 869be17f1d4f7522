"""Importing, in few words, for tests."""

from typing import Any

from ledger_world import Person, coffee, key_of

from ledger.domain.account import Account
from ledger.domain.entry import Origin
from ledger.domain.importing.batch import Import, PlannedLine
from ledger.domain.importing.decisions import Choice, Outcome, Override
from ledger.domain.importing.lines import ImportLine, Source
from ledger.domain.importing.planning import Verdict

NEW, THERE, TWIN, DELETED, DOUBTFUL, REFUSED = (
    Verdict.NEW,
    Verdict.ALREADY_THERE,
    Verdict.TWIN_KEPT,
    Verdict.DELETED_BEFORE,
    Verdict.DOUBTFUL,
    Verdict.REFUSED,
)


def row(
    account: Account, minor_units: int = -450, *, reference: str = "", **fields: Any
) -> ImportLine:
    """A line of a file, a coffee unless something else is said."""
    origin = Origin(bank_reference=reference)
    return ImportLine(1, coffee(account, minor_units, origin=origin, **fields))


async def preview(person: Person, *lines: ImportLine, key: str = "", **source: Any) -> Import:
    return await person.ledger.imports.preview_import(
        owner=person.id,
        actor=person.id,
        source=Source(**source),
        lines=lines,
        key=key_of(key, lines),
    )


async def commit(
    person: Person, plan: Import, *overrides: Override, key: str = "", version: int = 0
) -> Import:
    return await person.ledger.imports.commit_import(
        owner=person.id,
        actor=person.id,
        import_id=plan.id,
        overrides=overrides,
        expected_version=version,
        key=key_of(key, (plan.id, overrides)),
    )


async def imported(person: Person, *lines: ImportLine, **source: Any) -> Import:
    """Planned and booked as planned."""
    return await commit(person, await preview(person, *lines, **source))


async def undo(person: Person, done: Import, key: str = "") -> Import:
    return await person.ledger.imports.undo_import(
        owner=person.id, actor=person.id, import_id=done.id, key=key_of(key or done.id, done.id)
    )


async def lines_of(
    person: Person, plan: Import, verdict: Verdict | None = None, limit: int = 0
) -> list[PlannedLine]:
    """All pages, concatenated."""
    found: list[PlannedLine] = []
    cursor = ""
    while True:
        page, cursor = await person.ledger.imports.list_lines(
            owner=person.id, import_id=plan.id, verdict=verdict, cursor=cursor, limit=limit
        )
        found += page
        if not cursor:
            return found


async def verdicts(person: Person, plan: Import) -> list[Verdict]:
    return [line.judgement.verdict for line in await lines_of(person, plan)]


def match(line: int, transaction_id: str) -> Override:
    return Override(line, Choice.MATCH, transaction_id)


def add(line: int) -> Override:
    return Override(line, Choice.ADD)


def skip(line: int) -> Override:
    return Override(line, Choice.SKIP)


def count(done: Import, outcome: Outcome) -> int:
    return done.outcomes[outcome].count if outcome in done.outcomes else 0
