"""Who was paid: one payee however its name is written."""

from uuid import UUID, uuid5

from ledger.domain.words import search_words

# A namespace of our own (RFC 9562 §5.5): the same words are the same payee in every book, for ever.
_PAYEES = UUID("5a4f5c0e-9f0b-5d0e-8f4e-0a6a1c9d7b21")


def payee_id(name: str) -> str:
    """The id of the payee of this name; empty for no name. Case, accents, punctuation and blanks
    make no difference: `CAFÉ ZOË` is `Cafe Zoe`."""
    words = payee_words(name)
    return str(uuid5(_PAYEES, words)) if words else ""


def payee_words(name: str) -> str:
    """The name as it is compared. A name without letters and digits (`☕`) is compared as it is."""
    return " ".join(search_words(name)) or name.strip().casefold()
