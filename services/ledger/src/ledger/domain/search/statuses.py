"""Of which account a search asks how far the bank has got.

A transfer is reconciled on each side by itself. A search that names an account beside a status asks
about that account's side; without one, a transfer is reconciled once either side is.
"""

from collections.abc import Sequence

from ledger.domain.search.ast import Trait
from ledger.domain.search.query import All, Any, Except, OfStatus, OfTrait, PostedTo, Query

_PER_ACCOUNT = {Trait.RECONCILED: True, Trait.CLEARED: False}


def on_their_accounts(query: Query, account_ids: tuple[str, ...] = ()) -> Query:
    """The query with each status asked of the accounts that stand beside it, or else of those that
    stand beside what it is in."""
    match query:
        case All(parts):
            beside = _accounts(parts) or account_ids
            return All(tuple(on_their_accounts(part, beside) for part in parts))
        case Any(parts):
            return Any(tuple(on_their_accounts(part, account_ids) for part in parts))
        case Except(part):
            return Except(on_their_accounts(part, account_ids))
        case OfTrait(trait) if account_ids and trait in _PER_ACCOUNT:
            return OfStatus(_PER_ACCOUNT[trait], account_ids)
        case _:
            return query


def _accounts(parts: Sequence[Query]) -> tuple[str, ...]:
    named = [part for part in parts if isinstance(part, PostedTo) and part.is_account]
    return tuple(dict.fromkeys(id_ for part in named for id_ in part.ids))
