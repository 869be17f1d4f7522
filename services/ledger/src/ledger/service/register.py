"""Registers: an account's transactions with the balance after each, which is stored nowhere."""

from pymongo.asynchronous.client_session import AsyncClientSession

from kit.money import Money
from kit.mongo import Mongo
from ledger.domain.account import Account
from ledger.domain.errors import AccountNotFound
from ledger.domain.fields import FIRST_DAY, FieldCheck
from ledger.domain.register import (
    DEFAULT_LIMIT,
    MAX_LIMIT,
    RegisterCursor,
    RegisterPage,
    RegisterRow,
    moved,
    running,
)
from ledger.domain.report import Dim, Period
from ledger.domain.transaction import transaction_of
from ledger.repository.accounts import Accounts
from ledger.repository.register import Register
from ledger.repository.rollups import Rollups
from ledger.service.books import BookService


class RegisterService:
    def __init__(
        self,
        *,
        mongo: Mongo,
        accounts: Accounts,
        register: Register,
        rollups: Rollups,
        book_service: BookService,
    ) -> None:
        self._mongo = mongo
        self._accounts = accounts
        self._register = register
        self._rollups = rollups
        self._book_service = book_service

    async def get_register(
        self, *, owner: str, account_id: str, until: str, cursor: str, limit: int
    ) -> RegisterPage:
        """A page, newest first. Raises AccountNotFound, InvalidFields."""
        check = FieldCheck()
        if until:
            check.date("until", until)
        check.finish()
        after = RegisterCursor.parse(cursor)
        wanted = min(limit, MAX_LIMIT) if limit > 0 else DEFAULT_LIMIT
        book = await self._book_service.book(owner=owner)
        state = await self._accounts.state(owner, account_id)
        if state is None:
            raise AccountNotFound("account_id")
        account = state.account
        async with self._mongo.client.start_session(snapshot=True) as session:
            entries = await self._register.page(
                owner, account_id, until=until, after=after, limit=wanted + 1, session=session
            )
            if not entries:
                return RegisterPage((), None)
            newest = await self._balance_at_end_of(account, entries[0].date, session)
            above = await self._register.later_on_the_day(
                owner, account_id, entries[0], session=session
            )
        page = entries[:wanted]
        amounts = [moved(entry, account_id, account.currency) for entry in page]
        balances = running(amounts, newest - Money(above, account.currency))
        rows = [
            RegisterRow(transaction_of(entry, book), amount, balance)
            for entry, amount, balance in zip(page, amounts, balances, strict=True)
        ]
        last = page[-1]
        more = len(entries) > wanted
        return RegisterPage(rows, RegisterCursor(last.date, last.transaction_id) if more else None)

    async def _balance_at_end_of(
        self, account: Account, day: str, session: AsyncClientSession
    ) -> Money:
        flows = await self._rollups.totals(
            account.owner, Dim.ACCOUNT, Period(FIRST_DAY, day), [account.id], session=session
        )
        return Money(sum(flow.net for flow in flows), account.currency)
