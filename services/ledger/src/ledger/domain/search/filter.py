"""What a caller asks of a list: fields that narrow it, and a search beside them."""

from dataclasses import dataclass

from ledger.domain.entry import EntryKind
from ledger.domain.fields import FieldCheck

TEXT_LENGTH = 200


@dataclass(frozen=True, slots=True)
class TransactionFilter:
    """Empty fields don't narrow. Dates are inclusive; amounts are absolute, in minor units; `text`
    is words that all must begin one of payee or description; `query` is in the search language."""

    account_id: str = ""
    category_id: str = ""
    from_date: str = ""
    to_date: str = ""
    text: str = ""
    min_minor_units: int | None = None
    max_minor_units: int | None = None
    kind: EntryKind | None = None
    tag: str = ""
    query: str = ""

    def check(self) -> None:
        """Raises InvalidFields."""
        check = FieldCheck("filter.")
        check.text("text", self.text, longest=TEXT_LENGTH)
        for field in ("from_date", "to_date"):
            if value := getattr(self, field):
                check.date(field, value)
        check.finish()
