"""What can be wrong with a request to the books, by name, in words that tell the person how to mend
it."""

from collections.abc import Sequence

FieldProblem = tuple[str, str]


class LedgerError(Exception):
    """A refusal. `fields` names the fields of the request that it is about, with a sentence for
    each."""

    def __init__(self, message: str, *, fields: Sequence[FieldProblem] = ()) -> None:
        super().__init__(message)
        self.fields = tuple(fields)


class InvalidFields(LedgerError):
    """One or more fields hold what no book could take; all of them are told at once."""

    def __init__(self, fields: Sequence[FieldProblem]) -> None:
        super().__init__("; ".join(f"{name}: {what}" for name, what in fields), fields=fields)


class AccountNotFound(LedgerError):
    """No account of this book has the id; another person's account is not found either."""

    def __init__(self, field: str = "id") -> None:
        super().__init__("there is no such account", fields=[(field, "there is no such account")])


class AccountClosed(LedgerError):
    def __init__(self, name: str, field: str) -> None:
        message = f"the account {name!r} is closed and takes no more postings"
        super().__init__(message, fields=[(field, message)])


class AccountHasBalance(LedgerError):
    def __init__(self, name: str, balance: str) -> None:
        super().__init__(f"the account {name!r} still holds {balance}: bring it to zero first")


class AccountCurrencyMismatch(LedgerError):
    """The amount's currency is not the account's, or the two accounts of a transfer differ."""

    def __init__(self, account_currency: str, other: str, field: str) -> None:
        message = f"the account is kept in {account_currency}, not in {other}"
        super().__init__(message, fields=[(field, message)])


class OpeningBalanceExists(LedgerError):
    """An account begins with one balance."""

    def __init__(self, name: str, transaction_id: str) -> None:
        message = f"the account {name!r} has an opening balance already: change that one"
        super().__init__(message, fields=[("transaction.account_id", message)])
        self.metadata = {"transaction_id": transaction_id}


class CategoryNotFound(LedgerError):
    def __init__(self, field: str) -> None:
        super().__init__("there is no such category", fields=[(field, "there is no such category")])


class CategoryKindMismatch(LedgerError):
    """A category stands under a parent of the other kind."""

    def __init__(self) -> None:
        message = "a category has the kind of its parent"
        super().__init__(message, fields=[("kind", message)])


class UnbalancedEntry(LedgerError):
    """The parts don't add up to the whole."""


class BalanceTooLarge(LedgerError):
    """A balance, or what a month adds up to, would pass 64 bits."""

    def __init__(self) -> None:
        message = "with this amount a balance or a sum would be larger than can be kept"
        super().__init__(message, fields=[("transaction.amount", message)])


class TransactionNotFound(LedgerError):
    def __init__(self, field: str = "") -> None:
        message = "there is no such transaction"
        super().__init__(message, fields=[(field, message)] if field else ())


class TransactionDeleted(LedgerError):
    """It was there; its history still is."""

    def __init__(self) -> None:
        super().__init__("the transaction was deleted")


class EntryReconciled(LedgerError):
    """A statement has confirmed it: what would no longer agree with the statement stays, unless it
    is unlocked on purpose."""

    def __init__(self, changed: Sequence[str] = ()) -> None:
        message = "the transaction is reconciled with a statement: unlock it to change this"
        super().__init__(message, fields=[(field, message) for field in changed])


class BankReferenceExists(LedgerError):
    """The account already holds the transaction that the bank calls by this reference."""

    def __init__(self, transaction_id: str) -> None:
        super().__init__("this transaction of the bank is already in the account")
        self.transaction_id = transaction_id
        self.metadata = {"transaction_id": transaction_id}


class VersionMismatch(LedgerError):
    """Someone else changed it since the caller looked."""

    def __init__(self, current: int) -> None:
        super().__init__("it was changed since you looked: load it again")
        self.metadata = {"current_version": str(current)}
