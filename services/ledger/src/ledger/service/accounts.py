"""Accounts: open, change, close."""

from collections.abc import Callable, Sequence

from kit.clock import Clock
from kit.idempotency import Idempotency
from kit.money import Money
from kit.mongo import Mongo, Tx
from ledger.domain.account import Account, AccountChange, AccountDraft, AccountState
from ledger.domain.book import opening_balance_payee
from ledger.domain.errors import AccountNotFound, LedgerError
from ledger.domain.fields import date_of
from ledger.domain.posting import Command, Key, OpenBalance
from ledger.domain.transaction import TransactionInput
from ledger.repository.accounts import Accounts
from ledger.repository.book_documents import account_state_bytes, account_state_from
from ledger.repository.books import Books
from ledger.service.books import BookService
from ledger.service.once import once
from ledger.service.ports import Announcements
from ledger.writer import Poster


class AccountService:
    def __init__(
        self,
        *,
        mongo: Mongo,
        accounts: Accounts,
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
        locale = (await self._book_service.settings(owner=owner)).locale
        account = draft.opened(id=self._new_id(), owner=owner, now=self._clock.now())

        async def open_it(tx: Tx) -> AccountState:
            await self._accounts.add(tx, account)
            await self._announcements.account_changed(tx, account, "opened")
            opening = draft.opening_balance or Money.zero(account.currency)
            if not opening.is_zero:
                await self._post_opening(tx, actor, account, draft, opening, locale)
            return AccountState(account, opening)

        return await once(
            self._mongo,
            self._idempotency,
            owner=owner,
            key=key,
            work=open_it,
            encode=account_state_bytes,
            decode=account_state_from,
        )

    async def get_account(self, *, owner: str, account_id: str) -> AccountState:
        """Raises AccountNotFound."""
        state = await self._accounts.state(owner, account_id)
        if state is None:
            raise AccountNotFound
        return state

    async def list_accounts(self, *, owner: str, include_closed: bool) -> Sequence[AccountState]:
        await self._book_service.book(owner=owner)
        return await self._accounts.list(owner, include_closed=include_closed)

    async def update_account(
        self, *, owner: str, account_id: str, expected_version: int, change: AccountChange
    ) -> AccountState:
        """Raises AccountNotFound, VersionMismatch, InvalidFields."""

        async def update(tx: Tx) -> AccountState:
            account = await self._expected(tx, owner, account_id, expected_version)
            changed = account.changed_by(change, now=self._clock.now())
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
            balance = await self._accounts.balance(tx, account)
            if account.closed:
                return AccountState(account, balance)
            closed = account.closed_at(self._clock.now(), balance=balance)
            return await self._replace(tx, closed, "closed")

        return await self._mongo.in_transaction(close)

    async def _expected(self, tx: Tx, owner: str, account_id: str, version: int) -> Account:
        account = await self._accounts.get(tx, owner, account_id)
        if account is None:
            raise AccountNotFound
        account.expect(version)
        return account

    async def _replace(self, tx: Tx, account: Account, change: str) -> AccountState:
        await self._accounts.replace(tx, account)
        await self._announcements.account_changed(tx, account, change)
        return AccountState(account, await self._accounts.balance(tx, account))

    async def _post_opening(
        self,
        tx: Tx,
        actor: str,
        account: Account,
        draft: AccountDraft,
        opening: Money,
        locale: str,
    ) -> None:
        input_ = TransactionInput(
            account.id,
            draft.opening_date or date_of(self._clock.now()),
            opening,
            payee=opening_balance_payee(locale),
        )
        command = Command(account.owner, actor, OpenBalance(input_))
        for outcome in await self._poster.post(tx, [command]):
            if isinstance(outcome, LedgerError):
                raise outcome
