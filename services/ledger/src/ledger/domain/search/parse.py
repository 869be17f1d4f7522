"""Text of a search → its tree."""

import re
from collections.abc import Callable, Sequence
from decimal import Decimal
from typing import cast

from lark import Lark, Token, Tree
from lark.exceptions import UnexpectedCharacters, UnexpectedToken

from kit.money import KNOWN_CURRENCIES
from ledger.domain.search.ast import (
    Amount,
    And,
    Comparison,
    Has,
    How,
    Is,
    Named,
    Node,
    Not,
    Or,
    Part,
    Span,
    Term,
    Text,
    Trait,
    When,
    Where,
)
from ledger.domain.search.grammar import CALLED, GRAMMAR
from ledger.domain.search.keys import (
    BY_NAME,
    MAX_DEPTH,
    MAX_LENGTH,
    MAX_TERMS,
    NAME_KEYS,
    WORDS_FOR,
    Key,
    ValueType,
)
from ledger.domain.search.problems import Code, QueryInvalid, QueryProblem, close_to
from ledger.domain.search.values import Unreadable, is_days, read_amount, read_range
from ledger.domain.words import search_words

_NESTING = re.compile(r'"(?:[^"\\]|\\.)*"|[()]', re.DOTALL)
_ESCAPED = re.compile(r"\\(.)", re.DOTALL)
# Stands where a problem was told, so that the rest is read, too.
_BROKEN = Text(Where.ANYWHERE, How.PREFIX, "x")
_PARSER = Lark(GRAMMAR, parser="lalr", lexer="contextual", propagate_positions=True)


def parse(text: str) -> Node | None:
    """The tree of a search; None for a blank one, which asks for everything. Raises
    QueryInvalid."""
    if not text.strip():
        return None
    _check_size(text)
    try:
        tree = _PARSER.parse(text)
    except (UnexpectedToken, UnexpectedCharacters) as error:
        raise QueryInvalid([_syntax_problem(text, error)]) from None
    return _Reader().read(tree)


def _check_size(text: str) -> None:
    """Before the parser sees it: what is deep would be deep in its work, too."""
    if len(text) > MAX_LENGTH:
        at = Span(MAX_LENGTH + 1, len(text) - MAX_LENGTH)
        problem = QueryProblem(Code.TOO_LONG, f"at most {MAX_LENGTH} characters", at)
        raise QueryInvalid([problem])
    depth = 0
    for match in _NESTING.finditer(text):
        depth += {"(": 1, ")": -1}.get(match[0], 0)
        if depth > MAX_DEPTH:
            message = f"at most {MAX_DEPTH} parentheses within one another"
            raise QueryInvalid([QueryProblem(Code.TOO_DEEP, message, Span(match.start() + 1, 1))])


def _syntax_problem(text: str, error: UnexpectedToken | UnexpectedCharacters) -> QueryProblem:
    if isinstance(error, UnexpectedToken):
        wanted, token = error.accepts or error.expected, error.token
        ended = token.type == "$END"
        start, length = (len(text), 1) if ended else (token.start_pos or 0, len(token))
    else:
        wanted, ended = error.allowed or set(), False
        start, length = error.pos_in_stream, 1
    expected = tuple(CALLED[name] for name in CALLED if name in wanted)
    at = Span(start + 1, length)
    if ended:
        return QueryProblem(Code.UNFINISHED, "something is missing at the end", at, expected)
    said = text[start : start + length]
    return QueryProblem(Code.UNEXPECTED, _why_unexpected(said), at, expected)


def _why_unexpected(said: str) -> str:
    if said == '"':
        return "the quotation mark is never closed"
    if said == "-":
        return "a minus stands directly before what it takes away"
    if said in ("(", ")"):
        return f"the parenthesis {said} has no other"
    return f"{said!r} is not understood here; put text in quotation marks"


class _Reader:
    """Makes nodes of the parser's tree and collects what is wrong with single terms."""

    def __init__(self) -> None:
        self._problems: list[QueryProblem] = []
        self._terms = 0

    def read(self, tree: Tree[Token]) -> Node:
        node = self._node(_trees(tree)[0])
        if self._terms > MAX_TERMS:
            self._wrong(Code.TOO_MANY_TERMS, f"at most {MAX_TERMS} terms", Span(1, 1))
        if self._problems:
            raise QueryInvalid(self._problems)
        return node

    def _node(self, tree: Tree[Token]) -> Node:
        if tree.data in ("either", "both"):
            kind = Or if tree.data == "either" else And
            nodes: list[Node] = []
            for child in _trees(tree):
                node = self._node(child)
                nodes += node.nodes if isinstance(node, kind) else (node,)
            return kind(tuple(nodes))
        if tree.data == "no":
            return Not(self._node(_trees(tree)[-1]))
        self._terms += 1
        tokens = cast("list[Token]", tree.children)
        if tree.data == "keyed":
            return self._keyed(*tokens)
        return self._text(Where.ANYWHERE, tokens[0])

    def _keyed(self, key_token: Token, operator: Token, value: Token) -> Term:
        key = BY_NAME.get(key_token.lower())
        if key is None:
            near = close_to(key_token, tuple(BY_NAME))
            message = f"there is no key {key_token!s}:; put text in quotation marks"
            self._wrong(Code.UNKNOWN_KEY, message, _span(key_token), ("a key",), near)
            return _BROKEN
        # `amount:>4` is `amount>4`.
        compared = operator.lstrip(":") or ":"
        if compared not in key.operators:
            message = f"{key.name} is compared by {' '.join(key.operators)}"
            self._wrong(Code.BAD_OPERATOR, message, _span(operator), key.operators)
            return _BROKEN
        if key.type in (ValueType.TEXT, ValueType.PAYEE):
            where = Where.PAYEE if key.type is ValueType.PAYEE else Where.NOTE
            return self._text(where, value, compared)
        return self._valued(key, compared, _unquoted(value).strip(), _span(value))

    def _valued(self, key: Key, compared: str, said: str, at: Span) -> Term:
        readers: dict[ValueType, Callable[[Key, str, str, Span], Term]] = {
            ValueType.AMOUNT: self._amount,
            ValueType.DATE: self._days,
            ValueType.MONTH: self._days,
            ValueType.YEAR: self._days,
            ValueType.WORD: self._word,
            ValueType.CURRENCY: self._currency,
        }
        return readers.get(key.type, self._named)(key, compared, said, at)

    def _text(self, where: Where, token: Token, compared: str = ":") -> Text:
        said = _unquoted(token)
        if not search_words(said):
            self._wrong(Code.BAD_VALUE, "there is no letter or digit in it", _span(token))
        how = How.PHRASE if token.type == "QUOTED" else How.PREFIX
        return Text(where, How.EXACT if compared == "=" else how, said, _span(token))

    def _named(self, key: Key, _: str, said: str, at: Span) -> Term:
        if not said:
            self._wrong(Code.BAD_VALUE, f"{key.name} needs a value", at, (key.example,))
        return Named(NAME_KEYS[key.name], said, at)

    def _currency(self, key: Key, compared: str, said: str, at: Span) -> Term:
        if said and said.upper() not in KNOWN_CURRENCIES:
            message = f"{said[:20]} is not an ISO 4217 currency code"
            self._wrong(Code.BAD_VALUE, message, at, (key.example,))
        return self._named(key, compared, said.upper(), at)

    def _amount(self, key: Key, compared: str, said: str, at: Span) -> Term:
        try:
            if ".." in said:
                return self._amount_range(compared, said, at)
            value, currency = read_amount(said)
        except Unreadable as error:
            self._wrong(Code.BAD_VALUE, str(error), at, (key.example,))
            return _BROKEN
        return Amount(_comparison(compared), value, currency=currency, at=at)

    def _amount_range(self, compared: str, said: str, at: Span) -> Amount:
        least, most, currency = read_range(said)
        if compared not in (":", "="):
            raise Unreadable("a range stands behind a colon: amount:4..10")
        if least is not None and most is not None:
            if least > most:
                raise Unreadable("the range begins above its end")
            return Amount(Comparison.BETWEEN, least, most, currency, at)
        if least is not None:
            return Amount(Comparison.AT_LEAST, least, currency=currency, at=at)
        return Amount(Comparison.AT_MOST, most or Decimal(0), currency=currency, at=at)

    def _days(self, key: Key, compared: str, said: str, at: Span) -> Term:
        said = said.lower()
        first, dots, last = said.partition("..")
        comparison = _DAY_COMPARISONS.get(key.name) or _comparison(compared)
        if dots and first and last and comparison is Comparison.EQUAL and key.name == "date":
            comparison = Comparison.BETWEEN
        elif dots and bool(first) != bool(last) and comparison is Comparison.EQUAL:
            comparison = Comparison.AT_LEAST if first else Comparison.AT_MOST
            first, last = first or last, ""
        elif dots:
            first = said
        fits = _SHAPES.get(key.type, is_days)
        if not all(fits(part) for part in (first, last) if part or part is first):
            near = close_to(said, key.values)
            message = f"{said[:30]} is not understood as a {key.type}"
            self._wrong(Code.BAD_VALUE, message, at, (key.example, *key.values), near)
        return When(comparison, first, last, at)

    def _word(self, key: Key, _: str, said: str, at: Span) -> Term:
        word = WORDS_FOR.get(said.lower(), said.lower())
        if word not in key.values:
            near = close_to(said, key.values)
            self._wrong(
                Code.BAD_VALUE, f"{key.name} has no value {said[:30]}", at, key.values, near
            )
            return _BROKEN
        return Has(Part(word), at) if key.name == "has" else Is(Trait(word), at)

    def _wrong(
        self,
        code: Code,
        message: str,
        at: Span,
        expected: Sequence[str] = (),
        suggestions: Sequence[str] = (),
    ) -> None:
        self._problems.append(QueryProblem(code, message, at, expected, suggestions))


def _trees(tree: Tree[Token]) -> list[Tree[Token]]:
    """The branches of one that is no leaf."""
    return cast("list[Tree[Token]]", tree.children)


def _is_month(text: str) -> bool:
    written = len(text) == len("2026-01") and text[5:].isdecimal()
    return is_days(text) and (written or text in ("this-month", "last-month"))


def _is_year(text: str) -> bool:
    return is_days(text) and (text.isdecimal() or text in ("this-year", "last-year"))


_SHAPES: dict[ValueType, Callable[[str], bool]] = {
    ValueType.MONTH: _is_month,
    ValueType.YEAR: _is_year,
}
_DAY_COMPARISONS = {"from": Comparison.AT_LEAST, "to": Comparison.AT_MOST}


def _comparison(compared: str) -> Comparison:
    return Comparison.EQUAL if compared == ":" else Comparison(compared)


def _span(token: Token) -> Span:
    return Span((token.start_pos or 0) + 1, len(token))


def _unquoted(token: Token) -> str:
    if token.type != "QUOTED":
        return str(token)
    return _ESCAPED.sub(r"\1", token[1:-1])
