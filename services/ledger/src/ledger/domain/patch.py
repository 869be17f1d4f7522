"""What shall be otherwise about many transactions at once."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any, Self

from ledger.domain.entry import Status, require_not_reconciled
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
        if self.status is not None:
            require_not_reconciled(self.status, "patch.status")

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
        return replace(changed, category_id=self.category_id, splits=()).reviewed().tidied()

    def plain(self) -> Mapping[str, Any]:
        """What it names, to be kept."""
        named = {name: value for name, value in asdict(self).items() if value is not None}
        tags = {"add_tags": list(self.add_tags), "remove_tags": list(self.remove_tags)}
        status = {"status": self.status.value} if self.status else {}
        return {**named, **tags, **status}

    @classmethod
    def of_plain(cls, kept: Mapping[str, Any]) -> Self:
        status = {"status": Status(kept["status"])} if "status" in kept else {}
        tags = {name: tuple(kept[name]) for name in ("add_tags", "remove_tags")}
        return cls(**{**kept, **tags, **status})

    def _tags(self, said: TransactionInput) -> Sequence[str]:
        removed = {tag_id(tag) for tag in self.remove_tags}
        kept = [tag for tag in said.tags if tag_id(tag) not in removed]
        known = {tag_id(tag) for tag in kept}
        return (*kept, *(tag for tag in self.add_tags if tag_id(tag) not in known))
