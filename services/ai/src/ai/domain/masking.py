"""What may leave for a model outside: payee texts without what identifies a person or an account.

A transfer to a private person doesn't leave at all; of the rest IBANs, card and phone numbers,
e-mail addresses and long references are masked, control and bidirectional characters removed, and
the length is cut.
"""

from __future__ import annotations

import re
import unicodedata
from typing import Final

from ai.domain.payee import normalise, plain
from ai.domain.payee_patterns import one_spelling

MAX_SENT_LENGTH: Final = 80
_IBAN: Final = re.compile(r"\b[A-Z]{2}\d{2}(?: ?[A-Z0-9]{2,4}){2,8}\b")
_EMAIL: Final = re.compile(r"\S+@\S+")
_NUMBER: Final = re.compile(r"(?:[x*•]{2,}[ -]?)*\+?\d(?:[\d ./-]*\d)?")
_SHORT_NUMBER: Final = 4
_TRANSFER: Final = re.compile(
    r"\b(?:transfer|uberweisung|dauerauftrag|virement|transferencia|bizum|zelle|venmo|"
    r"standing order|vir|wero|paylib|"
    r"gutschrift|faster payment|interac)\b"
)


def masked(text: str) -> str:
    """The text without identifying numbers and addresses, at most MAX_SENT_LENGTH characters."""
    kept = "".join(c if unicodedata.category(c)[0] != "C" else " " for c in text[:512])
    kept = _EMAIL.sub("[email]", kept)
    kept = _IBAN.sub(_mask_account, kept)
    kept = _NUMBER.sub(_mask_number, kept)
    return " ".join(kept.split())[:MAX_SENT_LENGTH]


def is_private(text: str, *, given_names: frozenset[str]) -> bool:
    """Whether the text seems to name a private person: a transfer, or a given name with a surname
    and little else."""
    if _TRANSFER.search(one_spelling(plain(text))):
        return True
    words = normalise(text).words
    return 2 <= len(words) <= 3 and any(word in given_names for word in (words[0], words[-1]))


def _mask_account(match: re.Match[str]) -> str:
    return "[account]" if sum(c.isdigit() for c in match[0]) >= 8 else match[0]


def _mask_number(match: re.Match[str]) -> str:
    digits = sum(c.isdigit() for c in match[0])
    return (
        match[0]
        if digits <= _SHORT_NUMBER and match[0].isdigit() and match[0] != ""
        else "[number]"
    )
