"""What comes again, in few words, for tests."""

from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

from ledger_world import Person, coffee, key_of

from ledger.domain.account import Account
from ledger.domain.entry import Status
from ledger.domain.payee import PayeeMove, payee_id
from ledger.domain.posting import Key
from ledger.domain.recurring.match import Occurrence
from ledger.domain.recurring.series import Series, SeriesDraft
from ledger.domain.report import Period


@dataclass
class SetClock:
    """Tells what it is set to."""

    instant: datetime

    def now(self) -> datetime:
        return self.instant

    def go(self, text: str) -> None:
        self.instant = datetime.fromisoformat(text).astimezone(UTC)


def draft(
    account: Account, units: int = -12_99, start: str = "2026-03-25", **more: Any
) -> SeriesDraft:
    rule = more.pop("rule", "FREQ=MONTHLY")
    fields = {
        name: more.pop(name)
        for name in ("payee", "to_account_id", "category_id", "status")
        if name in more
    }
    template = coffee(account, units, date=start, **{"payee": "Netflix", **fields})
    name = more.pop("name", "")
    return SeriesDraft(name, replace(template, status=Status.PENDING), rule, **more)


async def series(person: Person, account: Account, *args: Any, **more: Any) -> Series:
    return await person.ledger.plans.recurring.create_series(
        owner=person.id, draft=draft(account, *args, **more), key=Key()
    )


async def rows(person: Person, *span: str) -> list[Occurrence]:
    calendar = await person.ledger.plans.calendar.list_occurrences(
        owner=person.id, period=Period(*span)
    )
    return list(calendar.rows)


async def states(person: Person, *span: str) -> list[tuple[str, str]]:
    return [(row.day.isoformat(), row.state.value) for row in await rows(person, *span)]


async def rename(person: Person, old: str, new: str, key: str = "k") -> str:
    move = PayeeMove([payee_id(old)], new)
    moved = await person.ledger.ruling.payees.move_payees(
        owner=person.id, actor=person.id, move=move, key=key_of(key, move)
    )
    return moved.operation.id
