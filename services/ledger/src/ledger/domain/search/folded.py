"""Texts and names as a search compares them."""

from collections.abc import Sequence

from ledger.domain.words import MAX_WORDS, WORD_LENGTH, folded_words


def words_in(text: str) -> Sequence[str]:
    """The words of a text in their order, as many as are kept to be searched."""
    return [word[:WORD_LENGTH] for word in folded_words(text)][:MAX_WORDS]


def folded_text(payee: str, description: str) -> str:
    """The words of both in a row, ` cafe zoe | first coffee `: each has a blank on either side, so
    that words in a row are a part of the text. It holds no word that `search_words` of both has
    not."""
    of_payee = words_in(payee)
    of_note = words_in(description)[: MAX_WORDS - len(of_payee)]
    return " ".join(["", *of_payee, "|", *of_note, ""])


def folded_name(name: str) -> str:
    """A name without case, accents and punctuation; one without letters and digits as it is."""
    return " ".join(folded_words(name)) or name.strip().casefold()
