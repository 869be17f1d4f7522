"""What makes two lines of a bank's files look alike."""

import hashlib

from ledger.domain.payee import payee_words


def fingerprint(account_id: str, date: str, minor_units: int, currency: str, payee: str) -> str:
    """One text for each account, date, amount and folded payee. It is counted, not looked up: two
    coffees of one day have one fingerprint and are two."""
    parts = (account_id, date, str(minor_units), currency, payee_words(payee))
    return hashlib.sha256("\x1f".join(parts).encode()).hexdigest()[:32]
