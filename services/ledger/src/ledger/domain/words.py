"""Words as they are compared: without case, accents and punctuation."""

import unicodedata
from collections.abc import Sequence
from functools import lru_cache
from itertools import chain

MAX_WORDS, WORD_LENGTH = 60, 40
# Payees come again and again, and each is compared several times in one posting.
_REMEMBERED = 4_096


def search_words(*texts: str) -> Sequence[str]:
    """The words that a text is found by: letters and digits without case, accents and punctuation,
    each once."""
    words = chain.from_iterable(folded_words(text) for text in texts)
    return tuple(dict.fromkeys(word[:WORD_LENGTH] for word in words))[:MAX_WORDS]


@lru_cache(maxsize=_REMEMBERED)
def folded_words(text: str) -> Sequence[str]:
    """All words of a text in their order, folded in the same way."""
    folded = unicodedata.normalize("NFKD", text.casefold())
    bare = "".join(c for c in folded if not unicodedata.combining(c))
    return tuple("".join(c if c.isalnum() else " " for c in bare).split())
