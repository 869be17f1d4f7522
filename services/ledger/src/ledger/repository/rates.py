"""Rates, a document a month of each pair: those of the ECB are shared, those of a book its own."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Sequence
from decimal import Decimal

from bson import Decimal128
from pymongo import UpdateOne

from kit.mongo import Document, Mongo
from ledger.domain.fields import EntryDate
from ledger.domain.rate import EURO, Rate, RateSource
from ledger.domain.report import Period

# Whose the shared rates are: no person's id, which are UUIDs.
SHARED = "ecb"
_BATCH = 500


class Rates:
    def __init__(self, mongo: Mongo) -> None:
        self._db = mongo.db

    async def put(self, owner: str, rates: Iterable[Rate]) -> None:
        """Add the rates or put them in the place of what was known of their days."""
        months: dict[tuple[int, str, str, str], Document] = defaultdict(dict)
        for rate in rates:
            key = (rate.source, rate.base, rate.quote, rate.date[:7])
            months[key][f"days.{rate.date[8:]}"] = Decimal128(rate.value)
        changes = [
            UpdateOne(_key(owner, *key), {"$set": days}, upsert=True)
            for key, days in months.items()
        ]
        for start in range(0, len(changes), _BATCH):
            await self._db.rates.bulk_write(changes[start : start + _BATCH], ordered=False)

    async def remove(self, owner: str, base: str, quote: str, day: str) -> bool:
        """Whether there was a manual rate of this day."""
        query = _key(owner, RateSource.MANUAL, base, quote, day[:7])
        path = f"days.{day[8:]}"
        result = await self._db.rates.update_one(
            {**query, path: {"$exists": True}}, {"$unset": {path: ""}}
        )
        return result.modified_count == 1

    async def of_book(self, owner: str, last: str) -> Sequence[Rate]:
        """All of the book's own up to the month of this day."""
        rows = self._db.rates.find({"user_id": owner, "month": {"$lte": last[:7]}})
        return [rate async for row in rows for rate in rates_of(row)]

    async def shared(self, currencies: Collection[str], period: Period) -> Sequence[Rate]:
        """The ECB's of these currencies, from the latest on or before the period's first day on."""
        wanted = sorted(set(currencies) - {EURO})
        if not wanted:
            return []
        query = {
            "user_id": SHARED,
            "source": int(RateSource.ECB),
            "base": EURO,
            "quote": {"$in": wanted},
            "month": {"$gte": period.from_date[:7], "$lte": period.to_date[:7]},
        }
        found = [rate async for row in self._db.rates.find(query) for rate in rates_of(row)]
        begun = {rate.quote for rate in found if rate.date <= period.from_date}
        for currency in wanted:
            if currency not in begun:
                found += await self._before(currency, period.from_date[:7])
        return found

    async def _before(self, currency: str, month: str) -> Sequence[Rate]:
        """What is known of the latest month before this one that knows anything."""
        query = {
            "user_id": SHARED,
            "source": int(RateSource.ECB),
            "base": EURO,
            "quote": currency,
            "month": {"$lt": month},
        }
        rows = await self._db.rates.find(query).sort("month", -1).limit(1).to_list()
        return [rate for row in rows for rate in rates_of(row)]


def _key(owner: str, source: int, base: str, quote: str, month: str) -> Document:
    return {
        "user_id": owner,
        "source": int(source),
        "base": base,
        "quote": quote,
        "month": month,
    }


def rates_document(
    owner: str, source: int, base: str, quote: str, month: str, rates: Iterable[Rate]
) -> Document:
    """The rates of one month, pair and source."""
    days = {rate.date[8:]: Decimal128(rate.value) for rate in rates}
    return {**_key(owner, source, base, quote, month), "days": days}


def rates_of(row: Document) -> Iterator[Rate]:
    for number, value in row["days"].items():
        day = EntryDate(f"{row['month']}-{number}")
        yield Rate(day, row["base"], row["quote"], _decimal(value), RateSource(row["source"]))


def _decimal(value: Decimal128) -> Decimal:
    return value.to_decimal()
