"""Lines that can't be booked, told before anything is: the same rules as a posting's own."""

from collections.abc import Mapping
from collections.abc import Set as AbstractSet

from ledger.domain.account import Account
from ledger.domain.errors import (
    AccountClosed,
    AccountCurrencyMismatch,
    AccountNotFound,
    CategoryNotFound,
    LedgerError,
)
from ledger.domain.importing.lines import ImportLine
from ledger.domain.importing.planning import Refusal

# A refusal of a line is told beside the line, in one sentence: its fields reach nobody.
_OF_THE_LINE = "line"


class LineUnreadable(LedgerError):
    """Whoever read the file could make nothing of the line."""


class AlreadyBooked(LedgerError):
    """The book holds it: an import has booked the draft, or another file has brought the line."""

    def __init__(self, transaction_id: str) -> None:
        super().__init__("it is already in the account")
        self.transaction_id = transaction_id
        self.metadata = {"transaction_id": transaction_id}


class LineNotStored(LedgerError):
    """The database would not take it."""

    def __init__(self) -> None:
        super().__init__("it could not be stored; nothing else of the file was held up")


def refusals(
    lines: Mapping[int, ImportLine],
    *,
    accounts: Mapping[str, Account],
    categories: AbstractSet[str],
) -> Mapping[int, Refusal]:
    """Why lines can't be booked, by their place; those that can are not in it."""
    found: dict[int, Refusal] = {}
    for at, line in lines.items():
        if line.unreadable:
            found[at] = Refusal.of(LineUnreadable(line.unreadable))
            continue
        try:
            _check(line, accounts, categories)
        except LedgerError as error:
            found[at] = Refusal.of(error)
    return found


def is_sound(line: ImportLine) -> bool:
    """Whether the line says something that could be booked in some book."""
    try:
        line.input.tidied().check()
    except LedgerError:
        return False
    return not line.unreadable


def _check(line: ImportLine, accounts: Mapping[str, Account], categories: AbstractSet[str]) -> None:
    input_ = line.input.tidied()
    # Before all else: what account it is says what currency its amount is in.
    account = _open(accounts, input_.account_id)
    input_.check()
    if account.currency != input_.amount.currency:
        raise AccountCurrencyMismatch(account.currency, input_.amount.currency, _OF_THE_LINE)
    if input_.to_account_id:
        _open(accounts, input_.to_account_id)
    for part in input_.parts():
        if part.category_id and part.category_id not in categories:
            raise CategoryNotFound(_OF_THE_LINE)


def _open(accounts: Mapping[str, Account], account_id: str) -> Account:
    account = accounts.get(account_id)
    if account is None:
        raise AccountNotFound
    if account.closed:
        raise AccountClosed(account.name, _OF_THE_LINE)
    return account
