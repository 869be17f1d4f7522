"""What an import makes of the names of payees that a bank writes."""

from collections.abc import Mapping, Sequence

from ledger.domain.payee import Payee, payee_id
from ledger.repository.operations import Operations
from ledger.repository.payees import Payees


class ImportedPayees:
    def __init__(self, *, payees: Payees, operations: Operations) -> None:
        self._payees = payees
        self._operations = operations

    async def names(self, *, owner: str, names: Sequence[str]) -> Mapping[str, str]:
        """The names that payees of these names have by now, where they are others: what was renamed
        or merged stays so, unless that was undone."""
        known = await self._payees.get(owner, _ids(names).values())
        others = {
            id_: payee.imported_as_id
            for id_, payee in known.items()
            if payee.imported_as_id and await self._stands(payee)
        }
        named = await self._payees.get(owner, set(others.values()))
        return {
            name: named[others[id_]].name
            for name, id_ in _ids(names).items()
            if others.get(id_) in named
        }

    async def default_categories(self, *, owner: str, names: Sequence[str]) -> Mapping[str, str]:
        """The default category of each payee of these names that has one."""
        ids = _ids(names)
        known = await self._payees.get(owner, ids.values())
        found = {name: known[id_].default_category_id for name, id_ in ids.items() if id_ in known}
        return {name: category for name, category in found.items() if category}

    async def _stands(self, payee: Payee) -> bool:
        return not payee.imported_by or await self._in_force(payee.owner, payee.imported_by)

    async def _in_force(self, owner: str, operation_id: str) -> bool:
        """Whether the operation was not undone, or its undo was."""
        operation = await self._operations.get(owner, operation_id)
        if operation is None or not operation.undone_by:
            return True
        return not await self._in_force(owner, operation.undone_by)


def _ids(names: Sequence[str]) -> Mapping[str, str]:
    return {name: id_ for name in names if (id_ := payee_id(name))}
