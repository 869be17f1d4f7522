"""How alike two names of a payee are: what a bank prints, and what a person or a receipt says."""

from difflib import SequenceMatcher

from ledger.domain.words import search_words

# Found on names as banks, receipts and people write them: `REWE SAGT DANKE 4432` is `Rewe`,
# `AMZN Mktp DE` is not `Aldi Markt`.
SIMILAR = 0.6
UNKNOWN = 0.5
# Below this share of letters in common two names are not one, misspelt: `Deutsche Bahn` is not
# `Deutsche Post`.
MISSPELT = 0.8
# Words that many names have.
_COMMON_TEXT = """
the and gmbh ltd inc llc ag sa co kg se bv corp company store shop markt market payment
card kartenzahlung lastschrift sepa debit credit purchase pos visa mastercard paypal
sagt danke und der die das de com www
"""
_COMMON = frozenset(_COMMON_TEXT.split())


def similarity(left: str, right: str) -> float:
    """0 for names that have nothing in common, 1 for the same; `UNKNOWN` where one isn't said."""
    a, b = _words(left), _words(right)
    if not a or not b:
        return UNKNOWN
    if a == b:
        return 1.0
    together = len(set(a) & set(b)) / min(len(set(a)), len(set(b)))
    joined_a, joined_b = "".join(a), "".join(b)
    alike = SequenceMatcher(None, joined_a, joined_b, autojunk=False).ratio()
    if alike < MISSPELT:
        alike /= 2
    short, long = sorted((joined_a, joined_b), key=len)
    contained = 0.8 if len(short) >= 4 and short in long else 0.0
    return round(min(0.99, max(0.95 * together, alike, contained)), 3)


def are_similar(left: str, right: str) -> bool:
    """Whether the two may be one payee; a name that isn't said may be anyone's."""
    return not _words(left) or not _words(right) or similarity(left, right) >= SIMILAR


def _words(name: str) -> tuple[str, ...]:
    """The words that tell: no numbers and nothing that many names have, unless only those are."""
    words = search_words(name)
    telling = tuple(
        word
        for word in words
        if not any(letter.isdigit() for letter in word) and len(word) > 1 and word not in _COMMON
    )
    return telling or tuple(words)
