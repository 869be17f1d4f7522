"""What an import makes of the names of payees that a bank writes."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from ledger.domain.payee import PayeeNames, payee_id
from ledger.repository.operations import Operations
from ledger.repository.payees import Payees


class ImportedPayees:
    def __init__(self, *, payees: Payees, operations: Operations) -> None:
        self._payees = payees
        self._operations = operations

    async def names(self, *, owner: str, names: Sequence[str]) -> Mapping[str, str]:
        """The names that payees of these names have by now, where they are others: what was renamed
        or merged stays so, unless that was undone."""
        known = await self.known(owner=owner)
        return {name: now for name in names if (now := known.now(name)) != name}

    async def known(self, *, owner: str) -> PayeeNames:
        """The names that the payees of the book have had; a rename that was undone counts for
        nothing."""
        renamed = await self._payees.renamed(owner)
        if not renamed:
            return PayeeNames()
        undone = await self._operations.undone(owner, {p.imported_by for p in renamed} - {""})
        standing = [payee for payee in renamed if payee.imported_by not in undone]
        here = {payee.id for payee in standing}
        ends = await self._payees.get(owner, {p.imported_as_id for p in standing} - here)
        # The end of a chain may be a payee whose own rename was undone.
        bare = [replace(payee, imported_as_id="") for payee in ends.values()]
        return PayeeNames.of([*standing, *bare])

    async def default_categories(self, *, owner: str, names: Sequence[str]) -> Mapping[str, str]:
        """The default category of each payee of these names that has one."""
        ids = _ids(names)
        known = await self._payees.get(owner, ids.values())
        found = {name: known[id_].default_category_id for name, id_ in ids.items() if id_ in known}
        return {name: category for name, category in found.items() if category}


def _ids(names: Sequence[str]) -> Mapping[str, str]:
    return {name: id_ for name in names if (id_ := payee_id(name))}
