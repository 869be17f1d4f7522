"""Accounts: open, change, close."""

from collections.abc import Callable, Sequence
from dataclasses import replace

from kit.clock import Clock
from kit.idempotency import Idempotency
from kit.money import Money
from kit.mongo import Mongo, Tx
from ledger.domain.account import (
    Account,
    AccountChange,
    AccountDraft,
    AccountState,
    reordered,
)
from ledger.domain.book import opening_balance_payee
from ledger.domain.book_settings import BookSettings
from ledger.domain.command import Action, Command, Delete, Edit, Key, OpenBalance
from ledger.domain.drafting import said_by
from ledger.domain.errors import AccountNotFound, LedgerError
from ledger.domain.fields import FIRST_DAY, FieldCheck
from ledger.domain.report import Dim, Period
from ledger.domain.transaction import TransactionInput
from ledger.repository.accounts import Accounts
from ledger.repository.book_documents import account_state_bytes, account_state_from
from ledger.repository.books import Books
from ledger.repository.rollups import Rollups
from ledger.service.books import BookService
from ledger.service.ports import Announcements
from ledger.writer import Poster


class AccountService:
    def __init__(
        self,
        *,
        mongo: Mongo,
        accounts: Accounts,
        rollups: Rollups,
        books: Books,
        book_service: BookService,
        poster: Poster,
        announcements: Announcements,
        idempotency: Idempotency,
        clock: Clock,
        new_id: Callable[[], str],
    ) -> None:
        self._mongo = mongo
        self._accounts = accounts
        self._rollups = rollups
        self._books = books
        self._book_service = book_service
        self._poster = poster
        self._announcements = announcements
        self._idempotency = idempotency
        self._clock = clock
        self._new_id = new_id

    async def create_account(
        self, *, owner: str, actor: str, draft: AccountDraft, key: Key
    ) -> AccountState:
        """Open an account, and post what it begins with. Raises InvalidFields."""
        settings = await self._book_service.settings(owner=owner)
        account = draft.opened(id=self._new_id(), owner=owner, now=self._clock.now())

        async def open_it(tx: Tx) -> AccountState:
            position = await self._accounts.last_position(tx, owner)
            # Of those that nobody has put in order, the newest is the last anyway.
            opened = replace(account, position=position + 1 if position else 0)
            await self._accounts.add(tx, opened)
            await self._announcements.account_changed(tx, opened, "opened")
            if draft.opening_balance is not None and not draft.opening_balance.is_zero:
                date = draft.opening_date or settings.day_of(opened.created_at).isoformat()
                input_ = _opening_input(opened, draft.opening_balance, date, settings.locale)
                await self._post(tx, opened, actor, OpenBalance(input_))
            return await self._state(tx, opened)

        return await self._idempotency.once(
            owner=owner,
            key=key,
            work=open_it,
            encode=account_state_bytes,
            decode=account_state_from,
        )

    async def get_account(self, *, owner: str, account_id: str, as_of: str = "") -> AccountState:
        """With its balance at the end of the day `as_of` (YYYY-MM-DD) too, where one is named.
        Raises AccountNotFound, InvalidFields."""
        _check_day(as_of)
        state = await self._accounts.state(owner, account_id)
        if state is None:
            raise AccountNotFound
        (answered,) = await self._with_balance_on(owner, [state], as_of)
        return answered

    async def list_accounts(
        self,
        *,
        owner: str,
        include_closed: bool,
        include_archived: bool = False,
        as_of: str = "",
    ) -> Sequence[AccountState]:
        """In the person's order. Raises InvalidFields."""
        _check_day(as_of)
        await self._book_service.book(owner=owner)
        states = await self._accounts.list(
            owner, include_closed=include_closed, include_archived=include_archived
        )
        return await self._with_balance_on(owner, states, as_of)

    async def update_account(
        self,
        *,
        owner: str,
        actor: str,
        account_id: str,
        expected_version: int,
        change: AccountChange,
    ) -> AccountState:
        """Another opening balance or date edits the opening entry.

        Raises AccountNotFound, VersionMismatch, InvalidFields; for the opening AccountClosed,
        EntryReconciled.
        """
        settings = await self._book_service.settings(owner=owner)

        async def update(tx: Tx) -> AccountState:
            account = await self._expected(tx, owner, account_id, expected_version)
            changed = account.changed_by(change, now=self._clock.now())
            if change.changes_opening:
                await self._change_opening(tx, actor, changed, change, settings)
            return await self._replace(tx, changed, "updated")

        return await self._mongo.in_transaction(update)

    async def close_account(
        self, *, owner: str, account_id: str, expected_version: int
    ) -> AccountState:
        """Take no more postings; what is there stays. Raises AccountNotFound, VersionMismatch,
        AccountHasBalance. Closing twice is closing once."""

        async def close(tx: Tx) -> AccountState:
            await self._books.hold(tx, owner)
            account = await self._expected(tx, owner, account_id, expected_version)
            if account.closed:
                return await self._state(tx, account)
            balance = await self._accounts.balance(tx, account)
            closed = account.closed_at(self._clock.now(), balance=balance)
            return await self._replace(tx, closed, "closed")

        return await self._mongo.in_transaction(close)

    async def reopen_account(
        self, *, owner: str, account_id: str, expected_version: int
    ) -> AccountState:
        """Let it take postings again. Raises AccountNotFound, VersionMismatch. Reopening twice is
        reopening once."""

        async def reopen(tx: Tx) -> AccountState:
            await self._books.hold(tx, owner)
            account = await self._expected(tx, owner, account_id, expected_version)
            if not account.closed:
                return await self._state(tx, account)
            return await self._replace(tx, account.reopened_at(self._clock.now()), "reopened")

        return await self._mongo.in_transaction(reopen)

    async def reorder_accounts(self, *, owner: str, first: Sequence[str]) -> Sequence[Account]:
        """Put these first, in this order; the others follow as they stood. Answers all of them.

        Raises InvalidFields, AccountNotFound.
        """

        async def reorder(tx: Tx) -> Sequence[Account]:
            standing = await self._accounts.all(tx, owner)
            ordered = reordered(standing, first)
            before = {account.id: account.position for account in standing}
            moved = [account for account in ordered if account.position != before[account.id]]
            if moved:
                await self._accounts.set_positions(tx, moved)
                await self._announcements.accounts_reordered(tx, owner)
            return ordered

        return await self._mongo.in_transaction(reorder)

    async def _expected(self, tx: Tx, owner: str, account_id: str, version: int) -> Account:
        account = await self._accounts.get(tx, owner, account_id)
        if account is None:
            raise AccountNotFound
        account.expect(version)
        return account

    async def _replace(self, tx: Tx, account: Account, change: str) -> AccountState:
        await self._accounts.replace(tx, account)
        await self._announcements.account_changed(tx, account, change)
        return await self._state(tx, account)

    async def _state(self, tx: Tx, account: Account) -> AccountState:
        state = await self._accounts.state(account.owner, account.id, tx)
        if state is None:
            raise AccountNotFound
        return state

    async def _with_balance_on(
        self, owner: str, states: Sequence[AccountState], day: str
    ) -> Sequence[AccountState]:
        if not day or not states:
            return states
        ids = [state.account.id for state in states]
        flows = await self._rollups.totals(owner, Dim.ACCOUNT, Period(FIRST_DAY, day), ids)
        net = {(flow.id, flow.currency): flow.net for flow in flows}
        return [
            replace(s, as_of=Money(net.get((s.account.id, currency), 0), currency))
            for s in states
            for currency in (s.account.currency,)
        ]

    async def _change_opening(
        self, tx: Tx, actor: str, account: Account, change: AccountChange, settings: BookSettings
    ) -> None:
        standing = await self._accounts.opening_entry(tx, account)
        if standing is None:
            date = change.opening_date or settings.day_of(account.created_at).isoformat()
            if change.opening_balance is not None and not change.opening_balance.is_zero:
                input_ = _opening_input(account, change.opening_balance, date, settings.locale)
                await self._post(tx, account, actor, OpenBalance(input_))
            return
        id_, said = standing.transaction_id, said_by(standing)
        balance = said.amount if change.opening_balance is None else change.opening_balance
        wanted = replace(said, amount=balance, date=change.opening_date or said.date)
        if balance.is_zero:
            await self._post(tx, account, actor, Delete(id_, 0, unlock=change.unlock))
        elif wanted != said:
            await self._post(tx, account, actor, Edit(id_, 0, wanted, unlock=change.unlock))

    async def _post(self, tx: Tx, account: Account, actor: str, action: Action) -> None:
        for outcome in await self._poster.post(tx, [Command(account.owner, actor, action)]):
            if isinstance(outcome, LedgerError):
                raise outcome


def _opening_input(account: Account, balance: Money, date: str, locale: str) -> TransactionInput:
    return TransactionInput(account.id, date, balance, payee=opening_balance_payee(locale))


def _check_day(as_of: str) -> None:
    check = FieldCheck()
    if as_of:
        check.date("as_of", as_of)
    check.finish()
