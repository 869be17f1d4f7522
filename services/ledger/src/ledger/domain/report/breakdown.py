"""Where it went and came from: by category, payee or tag."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from heapq import nsmallest

from ledger.domain.category import Category, CategoryKind, kinds_of
from ledger.domain.report.figures import Figures, added, by_kind, figures_of
from ledger.domain.report.flow import Flow
from ledger.domain.report.span import Period

DEFAULT_LINES, MAX_LINES = 100, 1_000
Sides = tuple[Mapping[str, Sequence[Flow]], Mapping[str, Sequence[Flow]]]
"""Income and expense by id."""


class Dimension(StrEnum):
    CATEGORY = "category"
    PAYEE = "payee"
    TAG = "tag"


@dataclass(frozen=True, slots=True)
class Line:
    """One category, payee or tag: what is its own, and what is its own or of a category below.

    The id of a payee or tag is empty for entries without one.
    """

    id: str
    name: str
    own: Figures
    total: Figures
    parent_id: str = ""
    kind: CategoryKind | None = None


@dataclass(frozen=True, slots=True)
class Breakdown:
    """The largest lines first, and what the lines beyond the limit come to together. Of categories
    and payees the lines' own figures and `rest` add up to the total; an entry with two tags counts
    in both, so that those of tags may add up to more."""

    period: Period
    lines: Sequence[Line]
    rest: Figures
    rest_count: int
    total: Figures


@dataclass(frozen=True, slots=True)
class Wanted:
    """What of a breakdown is told: one kind or both, and how many lines."""

    kind: CategoryKind | None = None
    limit: int = DEFAULT_LINES

    def wants(self, kind: CategoryKind) -> bool:
        return self.kind in (None, kind)


def by_category(
    flows: Sequence[Flow],
    categories: Mapping[str, Category],
    period: Period,
    wanted: Wanted,
    base: str = "",
) -> Breakdown:
    """From what flowed through categories, as a tree: each with all that is below it. With a base
    currency, from valued flows."""
    told = [flow for flow in flows if wanted.wants(categories[flow.id].kind)]
    kinds = kinds_of(categories.values())
    own = {id_: figures_of(*by_kind(of_id, kinds), base) for id_, of_id in _by_id(told).items()}
    totals = _with_those_below(own, categories)
    lines = []
    for id_, total in totals.items():
        category = categories[id_]
        lines.append(
            Line(
                id_,
                category.name,
                own.get(id_, Figures()),
                total,
                category.parent_id,
                category.kind,
            )
        )
    # The tree is told whole: a limit would cut off branches whose sums stand in their parents.
    return _breakdown(period, lines, MAX_LINES, figures_of(*by_kind(told, kinds), base))


def by_name(
    income: Sequence[Flow],
    expense: Sequence[Flow],
    period: Period,
    wanted: Wanted,
    base: str = "",
    total: Figures | None = None,
) -> Breakdown:
    """From what flowed by payee or tag; the lines bear their ids as names. Without a total it is
    that of all lines. With a base currency, from valued flows."""
    sides = _by_id(income), _by_id(expense)
    ids = {*sides[0], *sides[1]}
    if total is None:
        total = _figures(sides, ids, base)
    sizes = _sizes(sides, ids, base, total)
    # Make figures only of the lines that are told: a book may have thousands of payees.
    told = nsmallest(wanted.limit, ids, key=lambda id_: (*sizes[id_], id_))
    rest = ids.difference(told)
    lines = [_line(sides, id_, base) for id_ in told]
    return Breakdown(period, lines, _figures(sides, rest, base), len(rest), total)


def _sizes(
    sides: Sides, ids: Iterable[str], base: str, total: Figures
) -> Mapping[str, Sequence[int]]:
    """Orders by what each comes to in the base currency, or in the currency used most; the largest
    first."""
    if base:
        return {id_: (-abs(_net_in_base(sides, id_)),) for id_ in ids}
    currencies = _most_used(total)
    nets = {id_: _nets(sides, id_) for id_ in ids}
    return {id_: [-abs(nets[id_].get(c, 0)) for c in currencies] for id_ in ids}


def _line(sides: Sides, id_: str, base: str) -> Line:
    figures = _figures(sides, (id_,), base)
    return Line(id_, id_, figures, figures)


def _figures(sides: Sides, ids: Iterable[str], base: str) -> Figures:
    wanted = list(ids)
    income, expense = ([flow for id_ in wanted for flow in side.get(id_, ())] for side in sides)
    return figures_of(income, expense, base)


def _net_in_base(sides: Sides, id_: str) -> int:
    valued = (flow.in_base for side in sides for flow in side.get(id_, ()))
    return sum(worth.credit - worth.debit for worth in valued if worth is not None)


def _nets(sides: Sides, id_: str) -> Mapping[str, int]:
    """Income less expense in minor units, by currency."""
    nets: Counter[str] = Counter()
    for side in sides:
        for flow in side.get(id_, ()):
            nets[flow.currency] -= flow.net
    return nets


def named(breakdown: Breakdown, names: Mapping[str, str]) -> Breakdown:
    """The same with names for ids, as far as they are known."""
    lines = [replace(line, name=names.get(line.id, line.name)) for line in breakdown.lines]
    return replace(breakdown, lines=lines)


def _breakdown(period: Period, lines: Sequence[Line], limit: int, total: Figures) -> Breakdown:
    ordered = sorted(lines, key=_size(total))
    rest = ordered[limit:]
    return Breakdown(period, ordered[:limit], added(line.own for line in rest), len(rest), total)


def _size(total: Figures) -> "_Size":
    """Orders lines by what they come to in the base currency, or in the one used most."""
    return _Size(_most_used(total))


def _most_used(total: Figures) -> Sequence[str]:
    """The currencies, that with the most postings first."""
    uses = Counter({s.currency: s.posting_count for s in total.currencies})
    return [currency for currency, _ in uses.most_common()]


@dataclass(frozen=True, slots=True)
class _Size:
    currencies: Sequence[str]

    def __call__(self, line: Line) -> tuple[object, ...]:
        """Expenses before income, the largest first."""
        if line.total.in_base is not None:
            sizes = [-abs(line.total.in_base.net.amount.minor_units)]
        else:
            sizes = [-abs(line.total.of(c).net.minor_units) for c in self.currencies]
        return (line.kind is CategoryKind.INCOME, *sizes, line.name, line.id)


def _by_id(flows: Iterable[Flow]) -> dict[str, list[Flow]]:
    found: dict[str, list[Flow]] = {}
    for flow in flows:
        found.setdefault(flow.id, []).append(flow)
    return found


def _with_those_below(
    own: Mapping[str, Figures], categories: Mapping[str, Category]
) -> dict[str, Figures]:
    """For each category that saw anything, or has one below it that did."""
    parts: dict[str, list[Figures]] = {}
    for id_, figures in own.items():
        at, seen = id_, set[str]()
        while at and at in categories and at not in seen:
            seen.add(at)
            parts.setdefault(at, []).append(figures)
            at = categories[at].parent_id
    return {id_: added(found) for id_, found in parts.items()}
