"""Rules as an import runs them: before a plan is shown, so that what it shows is what is booked."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from ledger.domain.errors import InvalidFields
from ledger.domain.rules.engine import Fired, Outcome, run_rules
from ledger.domain.transaction import TransactionInput
from ledger.repository.rules import Rules
from ledger.service.imported_payees import ImportedPayees

MAX_INPUTS = 1_000
NO_ACCOUNT = "unknown"


@dataclass(frozen=True, slots=True)
class Ruled:
    """What an import makes of what a file says: which rules fired, and whether the category is the
    payee's default."""

    input: TransactionInput
    fired: Sequence[Fired] = ()
    has_default_category: bool = False


class ImportRules:
    def __init__(self, *, rules: Rules, payees: ImportedPayees) -> None:
        self._rules = rules
        self._payees = payees

    async def __call__(
        self, *, owner: str, inputs: Sequence[TransactionInput]
    ) -> Sequence[TransactionInput]:
        return [ruled.input for ruled in await self.told(owner=owner, inputs=inputs)]

    async def run(self, *, owner: str, inputs: Sequence[TransactionInput]) -> Sequence[Ruled]:
        """The same for those who ask before they show what they would book. Raises
        InvalidFields."""
        if len(inputs) > MAX_INPUTS:
            raise InvalidFields([("transactions", f"at most {MAX_INPUTS:,}")])
        for i, input_ in enumerate(inputs):
            _check(i, input_)
        return await self.told(owner=owner, inputs=inputs)

    async def told(self, *, owner: str, inputs: Sequence[TransactionInput]) -> Sequence[Ruled]:
        """First the names that payees have by now, then the rules, then, where nobody has said a
        category, the payee's default. Whoever names the built-in category `uncategorised` has
        said one."""
        names = await self._payees.names(owner=owner, names=[i.payee for i in inputs])
        renamed = [replace(i, payee=names.get(i.payee, i.payee)) for i in inputs]
        ruled = await self._ruled(owner, renamed)
        bare = [r.input.payee for r in ruled if _says_no_category(r.input)]
        defaults = await self._default_categories(owner, bare)
        return [_with_default(r, defaults) for r in ruled]

    async def _default_categories(self, owner: str, names: Sequence[str]) -> Mapping[str, str]:
        found = await self._payees.default_categories(owner=owner, names=names)
        if not found:
            return found
        merged = (await self._rules.ground(owner)).merged
        return {name: merged.get(id_, id_) for name, id_ in found.items()}

    async def _ruled(self, owner: str, inputs: Sequence[TransactionInput]) -> Sequence[Ruled]:
        rules = (await self._rules.list(owner)).rules
        if not rules:
            return [Ruled(input_) for input_ in inputs]
        ground = replace(
            await self._rules.ground(owner), payees=await self._payees.known(owner=owner)
        )
        rules = [replace(rule, draft=rule.draft.standing(ground)) for rule in rules]

        def run() -> Sequence[Ruled]:
            outcomes = [run_rules(rules, input_, ground) for input_ in inputs]
            return [Ruled(_with_choice(o), o.fired) for o in outcomes]

        return await asyncio.to_thread(run)


def _check(place: int, input_: TransactionInput) -> None:
    # A receipt has no account before a person has chosen one.
    asked = input_ if input_.account_id else replace(input_, account_id=NO_ACCOUNT)
    try:
        asked.check()
    except InvalidFields as wrong:
        fields = [(name.removeprefix("transaction."), what) for name, what in wrong.fields]
        raise InvalidFields(
            [(f"transactions[{place}].{name}", what) for name, what in fields]
        ) from None


def _with_choice(outcome: Outcome) -> TransactionInput:
    """Apply the rules. The category that a person chose for a draft stays."""
    before, after = outcome.before, outcome.after
    is_choice = before.origin.draft_id and not before.origin.category_unreviewed
    if not is_choice or not before.category_id or after.to_account_id:
        return after
    kept = replace(after, category_id=before.category_id, splits=before.splits)
    return replace(kept, origin=before.origin)


def _says_no_category(input_: TransactionInput) -> bool:
    return not (input_.category_id or input_.splits or input_.to_account_id)


def _with_default(ruled: Ruled, defaults: Mapping[str, str]) -> Ruled:
    category = defaults.get(ruled.input.payee)
    if category is None or not _says_no_category(ruled.input):
        return ruled
    filled_in = replace(ruled.input, category_id=category).ruled(ruled.input)
    return Ruled(filled_in, ruled.fired, True)
