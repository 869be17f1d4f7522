"""Rates: looked up, set by a person, read from the ECB's file."""

import asyncio
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from kit.money import Money
from ledger.domain.ecb import EcbFile, Readable
from ledger.domain.fields import FieldCheck
from ledger.domain.rate import Applied, Rate, RateNotFound, RateSource, RateTable
from ledger.domain.report import Period
from ledger.repository.rates import SHARED, Rates


@dataclass(frozen=True, slots=True)
class RatesImported:
    """What a file held: days with the first and the last of them, rates, and the codes of
    currencies that were passed over because they are no more."""

    days: int
    rates: int
    first: str
    last: str
    passed_over: Sequence[str]


@dataclass(frozen=True, slots=True)
class Conversion:
    """A rate, and what an amount comes to at it."""

    applied: Applied
    amount: Money | None
    converted: Money | None


class RateService:
    def __init__(self, *, rates: Rates) -> None:
        self._rates = rates

    async def table(self, *, owner: str, currencies: Collection[str], period: Period) -> RateTable:
        """Every rate that leads between these currencies on a day of the period."""
        own = await self._rates.of_book(owner, period.to_date)
        # A pair of the book's own may be the only way, as bitcoins in dollars into euros.
        known = {*currencies, *(c for rate in own for c in (rate.base, rate.quote))}
        return RateTable([*await self._rates.shared(known, period), *own])

    async def get_rate(
        self, *, owner: str, from_: str, to: str, on: str, amount: Money | None = None
    ) -> Conversion:
        """The rate that counts on this day. Raises InvalidFields, RateMissing."""
        check = FieldCheck()
        check.currency("from", from_)
        check.currency("to", to)
        check.date("on", on)
        if amount is not None:
            check.amount("amount", amount)
            if amount.currency != from_:
                check.wrong("amount", f"must be in {from_}")
        check.finish()
        table = await self.table(owner=owner, currencies=[from_, to], period=Period(on, on))
        applied = table.applied(from_, to, on)
        return Conversion(applied, amount, None if amount is None else applied.convert(amount))

    async def list_rates(
        self, *, owner: str, base: str, quote: str, period: Period
    ) -> Sequence[Rate]:
        """What is known of a pair, as it was said, newest first; of one day the one that counts
        comes first. Raises InvalidFields."""
        period.check()
        check = FieldCheck()
        check.currency("base", base)
        check.currency("quote", quote)
        check.finish()
        own = await self._rates.of_book(owner, period.to_date)
        shared = await self._rates.shared([base, quote], period)
        found = [
            rate
            for rate in (*own, *shared)
            if {rate.base, rate.quote} == {base, quote}
            and period.from_date <= rate.date <= period.to_date
        ]
        return sorted(found, key=lambda rate: (rate.date, rate.source), reverse=True)

    async def set_rate(self, *, owner: str, rate: Rate) -> Rate:
        """Keep a rate of the book's own in the place of what it said of that day before; the same
        again changes nothing. Raises InvalidFields."""
        rate.check()
        await self._rates.put(owner, [rate])
        return rate

    async def delete_rate(self, *, owner: str, base: str, quote: str, on: str) -> None:
        """Raises InvalidFields, RateNotFound."""
        check = FieldCheck()
        check.date("date", on)
        check.currency("base", base)
        check.currency("quote", quote)
        check.finish()
        if not await self._rates.remove(owner, base, quote, on):
            raise RateNotFound

    async def import_shared(self, *, file: Readable) -> RatesImported:
        """Keep the ECB's file for everybody; the same file again changes nothing. Raises
        RatesUnreadable, which changes nothing either."""
        return await self._imported(SHARED, EcbFile(RateSource.ECB), file)

    async def import_own(self, *, owner: str, file: Readable) -> RatesImported:
        """Keep the ECB's file for one book alone. Raises RatesUnreadable."""
        return await self._imported(owner, EcbFile(RateSource.FILE), file)

    async def _imported(self, owner: str, reading: EcbFile, file: Readable) -> RatesImported:
        # A second of computing for the whole history.
        rates = await asyncio.to_thread(lambda: list(reading.rates(file)))
        await self._rates.put(owner, rates)
        days = sorted(reading.days)
        return RatesImported(
            len(days), reading.count, days[0], days[-1], sorted(reading.passed_over)
        )
