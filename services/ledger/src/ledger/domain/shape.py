"""Whether a value is what its type says, all the way down.

Python does not check annotations: a row with a text for a number makes an object all the same, and
fails much later. `require_shape` compares every field of a dataclass with its annotation. Integers
have 64 bits, as in MongoDB and in messages; days and instants lie where the calendar of the ledger
does; texts can be encoded.
"""

import math
import types
from collections.abc import Callable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import Field, fields, is_dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import Enum
from functools import cache
from typing import Any, Literal, NewType, Union, get_args, get_origin, get_type_hints

from ledger.domain.fields import FIRST_YEAR, LAST_YEAR

MIN_INT64, MAX_INT64 = -(2**63), 2**63 - 1
# Answers where in the value it is not of its type; None where all of it is.
Checker = Callable[[Any], str | None]


class WrongShape(ValueError):
    """A field is not of its type."""


def require_shape(value: object) -> None:
    """Raises WrongShape, naming the first field that is not of its type."""
    of: Any = type(value)
    wrong = _checker(of)(value)
    if wrong is not None:
        raise WrongShape(wrong.lstrip("."))


@cache
def _checker(annotation: Any) -> Checker:
    if isinstance(annotation, NewType):
        return _checker(annotation.__supertype__)
    if annotation in _LEAVES:
        return _LEAVES[annotation]
    if annotation is Any:
        return _plain
    origin = get_origin(annotation)
    if origin is Literal:
        return _one_of(get_args(annotation))
    if origin in (Union, types.UnionType):
        return _any_of(get_args(annotation))
    if origin is not None:
        return _collection(origin, get_args(annotation))
    if isinstance(annotation, type) and issubclass(annotation, Enum):
        return _instance(annotation)
    if isinstance(annotation, type) and is_dataclass(annotation):
        return _dataclass(annotation)
    raise TypeError(f"no values of {annotation!r} are stored")


def _dataclass(of: type[Any]) -> Checker:
    hints = get_type_hints(of)
    # Made at the first value: a type may name itself.
    checkers: list[tuple[str, Checker]] = []

    def check(value: Any) -> str | None:
        if type(value) is not of:
            return f" is no {of.__name__}"
        if not checkers:
            checkers.extend((f.name, _checker(hints[f.name])) for f in _fields(of))
        for name, checker in checkers:
            wrong = checker(getattr(value, name))
            if wrong is not None:
                return f".{name}{wrong}"
        return None

    return check


def _fields(of: type[Any]) -> Sequence[Field[Any]]:
    return fields(of)


def _collection(origin: Any, arguments: tuple[Any, ...]) -> Checker:
    if issubclass(origin, tuple) and arguments[-1] is not Ellipsis:
        return _tuple([_checker(argument) for argument in arguments])
    if issubclass(origin, Mapping):
        return _mapping(*(_checker(argument) for argument in arguments))
    item, is_set = _checker(arguments[0]), issubclass(origin, AbstractSet)
    kinds = (frozenset, set) if is_set else (tuple, list)

    def check(value: Any) -> str | None:
        if not isinstance(value, kinds):
            return " is no list"
        for place, each in enumerate(value):
            wrong = item(each)
            if wrong is not None:
                return f"[{place}]{wrong}"
        return None

    return check


def _tuple(checkers: Sequence[Checker]) -> Checker:
    def check(value: Any) -> str | None:
        if not isinstance(value, tuple) or len(value) != len(checkers):
            return f" is no list of {len(checkers)}"
        for place, (checker, each) in enumerate(zip(checkers, value, strict=True)):
            wrong = checker(each)
            if wrong is not None:
                return f"[{place}]{wrong}"
        return None

    return check


def _mapping(key: Checker, item: Checker) -> Checker:
    def check(value: Any) -> str | None:
        if not isinstance(value, Mapping):
            return " is no object"
        for name, each in value.items():
            wrong = key(name) or item(each)
            if wrong is not None:
                return f".{str(name)[:40]}{wrong}"
        return None

    return check


def _any_of(arguments: tuple[Any, ...]) -> Checker:
    checkers = [_checker(argument) for argument in arguments]

    def check(value: Any) -> str | None:
        wrong = [checker(value) for checker in checkers]
        return None if None in wrong else wrong[0]

    return check


def _one_of(values: tuple[Any, ...]) -> Checker:
    return lambda value: None if value in values else " is not one of its values"


def _instance(of: type[Any]) -> Checker:
    return lambda value: None if type(value) is of else f" is no {of.__name__}"


def is_integer(value: object) -> bool:
    """Whether it is a whole number and no flag. The driver reads integers beyond 32 bits as a
    subclass of int (`bson.Int64`)."""
    return isinstance(value, int) and not isinstance(value, bool)


def _int(value: Any) -> str | None:
    if not is_integer(value):
        return " is no integer"
    return None if MIN_INT64 <= value <= MAX_INT64 else " has more than 64 bits"


def _bool(value: Any) -> str | None:
    return None if value is True or value is False else " is neither true nor false"


def _float(value: Any) -> str | None:
    if is_integer(value):
        return _int(value)
    return None if type(value) is float and math.isfinite(value) else " is no number"


def _str(value: Any) -> str | None:
    if type(value) is not str:
        return " is no text"
    if value.isascii():
        return None
    try:
        value.encode()
    except UnicodeEncodeError:
        return " holds half a character"
    return None


def _bytes(value: Any) -> str | None:
    return None if type(value) is bytes else " are no bytes"


def _date(value: Any) -> str | None:
    if type(value) is not date:
        return " is no date"
    return None if FIRST_YEAR <= value.year <= LAST_YEAR else " is no date that is kept"


def _datetime(value: Any) -> str | None:
    if not isinstance(value, datetime) or value.tzinfo is None:
        return " is no instant"
    return None if FIRST_YEAR <= value.year <= LAST_YEAR else " is no instant that is kept"


def _decimal(value: Any) -> str | None:
    return None if type(value) is Decimal and value.is_finite() else " is no decimal"


def _none(value: Any) -> str | None:
    return None if value is None else " is not empty"


def _plain(value: Any) -> str | None:
    """Values stored as they are: texts, numbers, flags, lists and objects of them."""
    match value:
        case None | bool():
            return None
        case int():
            return _int(value)
        case float():
            return _float(value)
        case str():
            return _str(value)
        case datetime():
            return _datetime(value)
        case Mapping():
            return _plain_mapping(value)
        case list() | tuple():
            return _plain_list(value)
    return " is nothing that is stored"


_plain_mapping = _mapping(_str, _plain)


def _plain_list(value: Sequence[Any]) -> str | None:
    return next((f"[{i}]{w}" for i, each in enumerate(value) if (w := _plain(each))), None)


_LEAVES: Mapping[Any, Checker] = {
    int: _int,
    bool: _bool,
    float: _float,
    str: _str,
    bytes: _bytes,
    date: _date,
    datetime: _datetime,
    Decimal: _decimal,
    type(None): _none,
}
