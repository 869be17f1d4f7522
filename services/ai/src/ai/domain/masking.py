"""Masks numbers and addresses in a text that leaves for a model outside.

IBANs, card and phone numbers, e-mail addresses and long references are masked, control and
bidirectional characters removed, and the length is cut. Texts that may name a private person don't
leave at all (privacy.py).
"""

from __future__ import annotations

import re
import unicodedata
from typing import Final

MAX_SENT_LENGTH: Final = 80
_IBAN: Final = re.compile(r"\b[A-Z]{2}\d{2}(?: ?[A-Z0-9]{2,4}){2,8}\b")
ADDRESS: Final = re.compile(r"\S*@\S*")
NAME_MARK: Final = "[name]"
_NUMBER: Final = re.compile(r"(?:[x*•]{2,}[ -]?)*\+?\d(?:[\d ./-]*\d)?")
_SHORT_NUMBER: Final = 4


def masked(text: str) -> str:
    """The text without identifying numbers and addresses, at most MAX_SENT_LENGTH characters."""
    kept = "".join(c if unicodedata.category(c)[0] != "C" else " " for c in text[:512])
    kept = ADDRESS.sub("[email]", kept)
    kept = _IBAN.sub(_mask_account, kept)
    kept = _NUMBER.sub(_mask_number, kept)
    return " ".join(kept.split())[:MAX_SENT_LENGTH]


def _mask_account(match: re.Match[str]) -> str:
    return "[account]" if sum(c.isdigit() for c in match[0]) >= 8 else match[0]


def _mask_number(match: re.Match[str]) -> str:
    digits = sum(c.isdigit() for c in match[0])
    return match[0] if digits <= _SHORT_NUMBER and match[0].isdigit() else "[number]"
