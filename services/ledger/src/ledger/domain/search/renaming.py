"""A search after payees were given another name."""

from collections.abc import Collection
from dataclasses import replace

from ledger.domain.payee import payee_id
from ledger.domain.search.ast import And, How, Node, Not, Or, Text, Where
from ledger.domain.search.keys import MAX_LENGTH
from ledger.domain.search.parse import parse
from ledger.domain.search.problems import QueryInvalid
from ledger.domain.search.write import write


def with_payee(query: str, ids: Collection[str], name: str) -> str:
    """The search with the name in the place of these payees where it asks for exactly one of them
    (`payee="Corner Shop"`); otherwise as it was written. Words (`payee:corner`) name no payee."""
    try:
        tree = parse(query)
    except QueryInvalid:
        return query
    if tree is None:
        return query
    renamed = _renamed(tree, ids, name)
    text = write(renamed)
    return query if renamed == tree or len(text) > MAX_LENGTH else text


def _renamed(node: Node, ids: Collection[str], name: str) -> Node:
    match node:
        case Or(nodes) | And(nodes):
            return replace(node, nodes=tuple(_renamed(part, ids, name) for part in nodes))
        case Not(part):
            return Not(_renamed(part, ids, name))
        case Text(where=Where.PAYEE, how=How.EXACT, text=text) if payee_id(text) in ids:
            return replace(node, text=name)
        case _:
            return node
