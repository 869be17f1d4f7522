"""Taking the book away: streamed, from one snapshot, whatever its size."""

from collections.abc import AsyncIterator
from enum import StrEnum

from pymongo.asynchronous.client_session import AsyncClientSession

from kit.clock import Clock
from kit.money import Money
from ledger.domain.account import Account
from ledger.domain.book_file import FileWriter
from ledger.domain.export import (
    Beancount,
    Chart,
    CsvTable,
    Hledger,
    Market,
    Ofx,
    Statement,
    daily_prices,
)
from ledger.domain.export.ofx import is_card, is_told
from ledger.domain.report import Period
from ledger.repository.book_contents import BookContents
from ledger.repository.book_journal import BookJournal
from ledger.repository.kinds import KINDS
from ledger.repository.rates import Rates
from ledger.service.books import BookService

# Pieces are gathered to about this size before they are sent.
CHUNK_BYTES = 64 * 1024
TITLE = "Personal Finance Assistant"


class ExportFormat(StrEnum):
    CSV = "csv"
    NDJSON = "ndjson"
    BEANCOUNT = "beancount"
    HLEDGER = "hledger"
    OFX = "ofx"


class ExportService:
    def __init__(
        self,
        *,
        contents: BookContents,
        journal: BookJournal,
        rates: Rates,
        book_service: BookService,
        clock: Clock,
    ) -> None:
        self._contents = contents
        self._journal = journal
        self._rates = rates
        self._books = book_service
        self._clock = clock

    async def export(self, *, owner: str, format_: ExportFormat) -> AsyncIterator[bytes]:
        """The book as it stands at one instant, in chunks."""
        await self._books.book(owner=owner)
        async with self._contents.snapshot() as session:
            async for chunk in _gathered(self._pieces(session, owner, format_)):
                yield chunk

    def _pieces(
        self, session: AsyncClientSession, owner: str, format_: ExportFormat
    ) -> AsyncIterator[bytes]:
        if format_ is ExportFormat.NDJSON:
            return self._file(session, owner)
        return self._text(session, owner, format_)

    async def _file(self, session: AsyncClientSession, owner: str) -> AsyncIterator[bytes]:
        writer = FileWriter()
        yield writer.head()
        for kind in KINDS:
            async for document in self._contents.documents(session, owner, kind):
                yield writer.document(kind, document)
        yield writer.end()

    async def _text(
        self, session: AsyncClientSession, owner: str, format_: ExportFormat
    ) -> AsyncIterator[bytes]:
        chart = await self._journal.chart(session, owner)
        if chart is None:
            return
        if format_ is ExportFormat.OFX:
            pieces = self._statements(session, owner, chart)
        else:
            market = await self._market(session, owner, chart)
            pieces = self._entries(session, owner, _entry_format(format_, chart, market))
        async for piece in pieces:
            yield piece.encode()

    async def _entries(
        self,
        session: AsyncClientSession,
        owner: str,
        written: CsvTable | Beancount | Hledger,
    ) -> AsyncIterator[str]:
        yield written.head()
        async for entry in self._journal.entries(session, owner):
            for piece in written.entry(entry):
                yield piece
        yield written.end()

    async def _market(self, session: AsyncClientSession, owner: str, chart: Chart) -> Market:
        """The book's own rates, and the shared ones of its currencies since its first entry."""
        settings = await self._books.settings(owner=owner)
        base = settings.base_currency
        held = {account.currency for account in chart.accounts.values()} | {base}
        today = settings.day_of(self._clock.now()).isoformat()
        rates = [*await self._rates.of_book(owner, today)]
        first = await self._journal.first_date(session, owner)
        if len(held) > 1 and first:
            rates += await self._rates.shared(held, Period(first, max(first, today)))
        closed_on = {}
        for account in chart.accounts.values():
            if account.closed:
                _, last = await self._journal.dates(session, owner, account)
                closed_on[account.id] = last or settings.day_of(account.updated_at).isoformat()
        return Market(base, daily_prices(rates), closed_on)

    async def _statements(
        self, session: AsyncClientSession, owner: str, chart: Chart
    ) -> AsyncIterator[str]:
        now = self._clock.now()
        written = Ofx(at=f"{now:%Y%m%d%H%M%S}", language="ENG")
        yield written.head()
        for cards in (False, True):
            accounts = [a for a in chart.accounts.values() if is_card(a) is cards and is_told(a)]
            before, after = written.section(cards=cards)
            if accounts:
                yield before
                for account in accounts:
                    async for piece in self._statement(session, owner, account, written):
                        yield piece
                yield after
        yield written.end()

    async def _statement(
        self, session: AsyncClientSession, owner: str, account: Account, written: Ofx
    ) -> AsyncIterator[str]:
        balance = await self._journal.balance(session, owner, account.id)
        settings = await self._books.settings(owner=owner)
        today = settings.day_of(self._clock.now()).isoformat()
        first, last = await self._journal.dates(session, owner, account)
        statement = Statement(
            account, Money(balance, account.currency), first or today, max(last or today, today)
        )
        yield written.begin(statement)
        async for entry in self._journal.entries(session, owner, account=account):
            for piece in written.entry(entry, account):
                yield piece
        yield written.finish(statement)


def _entry_format(
    format_: ExportFormat, chart: Chart, market: Market
) -> CsvTable | Beancount | Hledger:
    match format_:
        case ExportFormat.BEANCOUNT:
            return Beancount(chart, market, title=TITLE)
        case ExportFormat.HLEDGER:
            return Hledger(chart, market, title=TITLE)
        case _:
            return CsvTable(chart)


async def _gathered(pieces: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
    gathered = bytearray()
    async for piece in pieces:
        gathered += piece
        if len(gathered) >= CHUNK_BYTES:
            yield bytes(gathered)
            gathered.clear()
    if gathered:
        yield bytes(gathered)
