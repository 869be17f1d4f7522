"""Words as they are compared: without case, accents and punctuation."""

import unicodedata
from collections.abc import Sequence

MAX_WORDS, WORD_LENGTH = 60, 40


def search_words(*texts: str) -> Sequence[str]:
    """The words that a text is found by: letters and digits without case, accents and punctuation,
    each once."""
    words = folded_words(" ".join(texts))
    return tuple(dict.fromkeys(word[:WORD_LENGTH] for word in words))[:MAX_WORDS]


def folded_words(text: str) -> Sequence[str]:
    """All words of a text in their order, folded in the same way."""
    folded = unicodedata.normalize("NFKD", text.casefold())
    bare = "".join(c for c in folded if not unicodedata.combining(c))
    return "".join(c if c.isalnum() else " " for c in bare).split()
