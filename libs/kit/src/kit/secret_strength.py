"""How hard a secret is to guess: refuse placeholders, repetitions and sequences."""

import math
import zlib
from collections import Counter
from collections.abc import Hashable, Iterable
from itertools import pairwise
from typing import Final

MIN_KEY_LENGTH: Final = 32
"""Characters of a secret from which keys are derived (JWT_SECRET)."""
MIN_KEY_BITS: Final = 60.0
"""`estimated_bits` of 32 random digits was at least 66 in 30,000 draws, of 32 hex digits 91."""
MIN_CREDENTIAL_BITS: Final = 20.0
"""For passwords that another server issued or checks: about seven unrelated characters."""

_PLACEHOLDERS: Final = (
    "change", "secret", "example", "sample", "password", "passwort", "default", "placeholder",
    "replace", "insert", "your-", "your_", "test-", "dummy", "qwerty", "letmein", "123456",
)  # fmt: skip


def estimated_bits(secret: str) -> float:
    """An upper estimate of the entropy in bits.

    The frequencies of the characters and of the steps between neighbours (low for `abcdef`) bound
    it; a text that deflate compresses (low for `abcdxabcdy`) counts in proportion. A text that is
    one piece repeated is as hard to guess as the piece.
    """
    secret = _repeated_piece(secret)
    data = secret.encode()
    if len(data) < 2:
        return 0.0
    characters = _shannon(secret)
    steps = _shannon(after - before for before, after in pairwise(data))
    repeated = min(1.0, len(_deflated(data)) / len(data))
    return min(characters, steps) * len(data) * repeated


def looks_like_a_sample(secret: str) -> bool:
    """Whether it holds a word that documentation uses in place of a secret."""
    lowered = secret.lower()
    return any(word in lowered for word in _PLACEHOLDERS)


def _repeated_piece(text: str) -> str:
    """The shortest piece of which the text is a whole number of repetitions."""
    return text[: (text + text).find(text, 1)]


def _shannon(symbols: Iterable[Hashable]) -> float:
    """Bits per symbol."""
    counts = Counter(symbols)
    total = counts.total()
    return -sum(count / total * math.log2(count / total) for count in counts.values())


def _deflated(data: bytes) -> bytes:
    """Raw deflate: a zlib header would hide how short the result is."""
    packer = zlib.compressobj(9, zlib.DEFLATED, -zlib.MAX_WBITS)
    return packer.compress(data) + packer.flush()
