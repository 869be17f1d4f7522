"""A search and a book → a query: names become ids, days become dates."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from ledger.domain.book_settings import WeekStart
from ledger.domain.category import UNCATEGORISED
from ledger.domain.search.ast import (
    Amount,
    And,
    Comparison,
    Has,
    How,
    Is,
    Named,
    NameKey,
    Node,
    Not,
    Or,
    Term,
    Text,
    When,
    Where,
    terms,
)
from ledger.domain.search.filter import TransactionFilter
from ledger.domain.search.folded import folded_name, words_in
from ledger.domain.search.problems import Code, QueryInvalid, QueryProblem, close_to
from ledger.domain.search.query import (
    NOTHING,
    All,
    Any,
    Dated,
    Except,
    HasWords,
    InCurrency,
    MinorUnits,
    OfImport,
    OfKind,
    OfOperation,
    OfTrait,
    OfTransaction,
    PostedTo,
    Query,
    Sized,
    Tagged,
    WithPart,
)
from ledger.domain.search.statuses import on_their_accounts
from ledger.domain.search.values import span_of
from ledger.domain.totals import tag_id
from ledger.domain.words import search_words


@dataclass(frozen=True, slots=True)
class AccountName:
    id: str
    name: str
    currency: str


@dataclass(frozen=True, slots=True)
class CategoryName:
    id: str
    name: str
    key: str
    parent_id: str


@dataclass(frozen=True, slots=True)
class Names:
    """What the words of a search can mean in one book: its accounts and categories, the day that is
    today there, and on which day its weeks begin."""

    today: date
    week_start: WeekStart = WeekStart.MONDAY
    accounts: Sequence[AccountName] = ()
    categories: Sequence[CategoryName] = ()


def query_of(filter_: TransactionFilter, node: Node | None, names: Names) -> Query:
    """All that the filter asks for, together; `node` is its search. Raises QueryInvalid."""
    parts: list[Query] = []
    if filter_.account_id:
        parts.append(PostedTo((filter_.account_id,), is_account=True))
    if filter_.category_id:
        parts.append(PostedTo((filter_.category_id,)))
    if filter_.from_date or filter_.to_date:
        parts.append(Dated(filter_.from_date, filter_.to_date))
    parts += [HasWords(Where.ANYWHERE, How.PREFIX, (word,)) for word in search_words(filter_.text)]
    if filter_.min_minor_units is not None or filter_.max_minor_units is not None:
        parts.append(MinorUnits(filter_.min_minor_units, filter_.max_minor_units))
    if filter_.kind is not None:
        parts.append(OfKind(filter_.kind))
    if filter_.tag:
        parts.append(Tagged(tag_id(filter_.tag)))
    searched = resolve(node, names)
    parts += searched.parts if isinstance(searched, All) else (searched,)
    return on_their_accounts(parts[0] if len(parts) == 1 else All(tuple(parts)))


def needs_names(node: Node | None) -> bool:
    """Whether the search can be resolved only with the accounts and categories of the book."""
    return any(
        (
            isinstance(term, Named)
            and term.key in (NameKey.ACCOUNT, NameKey.CATEGORY, NameKey.CURRENCY)
        )
        or (isinstance(term, Amount) and term.currency)
        for term in terms(node)
    )


def needs_today(node: Node | None) -> bool:
    """Whether the search can be resolved only with the day that is today in the book."""
    return any(isinstance(term, When) for term in terms(node))


def resolve(node: Node | None, names: Names) -> Query:
    """What the search means in this book. Raises QueryInvalid, with every name that is unknown."""
    if node is None:
        return All()
    resolver = _Resolver(names)
    query = resolver.query(node)
    if resolver.problems:
        raise QueryInvalid(resolver.problems)
    return query


class _Resolver:
    def __init__(self, names: Names) -> None:
        self._names = names
        self.problems: list[QueryProblem] = []

    def query(self, node: Node) -> Query:
        match node:
            case And(nodes):
                return All(tuple(self.query(part) for part in nodes))
            case Or(nodes):
                return Any(tuple(self.query(part) for part in nodes))
            case Not(part):
                return Except(self.query(part))
            case _:
                return self._term(node)

    def _term(self, term: Term) -> Query:
        match term:
            case Text(where, how, text):
                return HasWords(where, how, tuple(words_in(text)))
            case Named():
                return self._named(term)
            case Amount():
                return self._amount(term)
            case When():
                return self._when(term)
            case Is(trait):
                return OfTrait(trait)
            case Has(part):
                return WithPart(part)

    def _named(self, term: Named) -> Query:
        match term.key:
            case NameKey.ACCOUNT:
                return self._account(term)
            case NameKey.CATEGORY:
                return self._category(term)
            case NameKey.TAG:
                return Tagged(tag_id(term.name))
            case NameKey.CURRENCY:
                return self._currency(term.name)
            case NameKey.ID:
                return OfTransaction(term.name)
            case NameKey.IMPORT:
                return OfImport(term.name)
            case NameKey.OPERATION:
                return OfOperation(term.name)

    def _account(self, term: Named) -> Query:
        meant = folded_name(term.name)
        accounts = self._names.accounts
        ids = [a.id for a in accounts if a.id == term.name or folded_name(a.name) == meant]
        if not ids:
            self._unknown(term, [account.name for account in accounts])
        return PostedTo(tuple(ids), is_account=True)

    def _category(self, term: Named) -> Query:
        """By name, by id, or by the key of the taxonomy, which is the same in every language; with
        all below."""
        meant = folded_name(term.name)
        if meant == "none":
            meant = UNCATEGORISED
        categories = self._names.categories
        found = {
            c.id
            for c in categories
            if c.id == term.name or meant in (folded_name(c.name), folded_name(c.key))
        }
        if not found:
            self._unknown(term, [category.name for category in categories])
        while below := {c.id for c in categories if c.parent_id in found} - found:
            found |= below
        return PostedTo(tuple(sorted(found)))

    def _unknown(self, term: Named, known: Sequence[str]) -> None:
        message = f"there is no {term.key} {term.name[:50]}"
        expected = (f"the name of an existing {term.key}",)
        near = close_to(term.name, known)
        self.problems.append(QueryProblem(Code.NO_SUCH_NAME, message, term.at, expected, near))

    def _amount(self, term: Amount) -> Query:
        sized = _sized(term)
        if not term.currency:
            return sized
        return All((sized, self._currency(term.currency)))

    def _currency(self, currency: str) -> InCurrency:
        ids = tuple(a.id for a in self._names.accounts if a.currency == currency)
        return InCurrency(currency, ids)

    def _when(self, term: When) -> Query:
        first, last = self._span(term.days)
        match term.comparison:
            case Comparison.EQUAL:
                return Dated(first, last)
            case Comparison.AT_LEAST:
                return Dated(first=first)
            case Comparison.AT_MOST:
                return Dated(last=last)
            case Comparison.MORE:
                return Except(Dated(last=last))
            case Comparison.LESS:
                return Except(Dated(first=first))
            case Comparison.BETWEEN:
                end = self._span(term.last)[1]
                return Dated(first, end) if first <= end else NOTHING

    def _span(self, days: str) -> tuple[str, str]:
        first, last = span_of(days, self._names.today, self._names.week_start)
        return first.isoformat(), last.isoformat()


def _sized(term: Amount) -> Sized:
    match term.comparison:
        case Comparison.EQUAL:
            return Sized(term.value, term.value)
        case Comparison.BETWEEN:
            return Sized(term.value, term.most)
        case Comparison.AT_LEAST:
            return Sized(least=term.value)
        case Comparison.MORE:
            return Sized(least=term.value, closed=False)
        case Comparison.AT_MOST:
            return Sized(most=term.value)
        case Comparison.LESS:
            return Sized(most=term.value, closed=False)
