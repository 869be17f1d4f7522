"""What shall be otherwise about many transactions at once."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from ledger.domain.entry import Status
from ledger.domain.errors import InvalidFields
from ledger.domain.totals import tag_id
from ledger.domain.transaction import TransactionInput


@dataclass(frozen=True, slots=True)
class TransactionPatch:
    """None leaves a field as it is. A category takes the place of splits; empty, it is
    uncategorised."""

    category_id: str | None = None
    payee: str | None = None
    description: str | None = None
    add_tags: Sequence[str] = ()
    remove_tags: Sequence[str] = ()
    status: Status | None = None
    date: str | None = None
    account_id: str | None = None

    def check(self) -> None:
        """Raises InvalidFields where nothing is asked for."""
        if self == TransactionPatch():
            raise InvalidFields([("patch", "says nothing that shall be otherwise")])

    def applied(self, said: TransactionInput) -> TransactionInput:
        """What the transaction shall say. Raises InvalidFields."""
        changed = replace(
            said,
            payee=said.payee if self.payee is None else self.payee,
            description=said.description if self.description is None else self.description,
            status=self.status or said.status,
            date=said.date if self.date is None else self.date,
            account_id=said.account_id if self.account_id is None else self.account_id,
            tags=self._tags(said),
        )
        if self.category_id is None:
            return changed.tidied()
        if said.to_account_id:
            raise InvalidFields([("patch.category_id", "a transfer has no category")])
        return replace(changed, category_id=self.category_id, splits=()).tidied()

    def _tags(self, said: TransactionInput) -> Sequence[str]:
        removed = {tag_id(tag) for tag in self.remove_tags}
        kept = [tag for tag in said.tags if tag_id(tag) not in removed]
        known = {tag_id(tag) for tag in kept}
        return (*kept, *(tag for tag in self.add_tags if tag_id(tag) not in known))
