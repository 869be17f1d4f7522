"""The book as a file: NDJSON, one document a line, between a line that says what it is and one that
says how it ends.

The owner is in no line, so that the same book is the same file whoever's it is. Values that JSON
lacks are written as MongoDB Extended JSON v2, relaxed
(https://www.mongodb.com/docs/manual/reference/mongodb-extended-json/).
"""

import hashlib
import json
import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from ledger.domain.errors import LedgerError

FORMAT, VERSION = "pfa-book", 1
MAX_LINE_BYTES = 16 * 1024 * 1024
# Stands for the owner, as a value or as the beginning of an id. A text of a person's that begins so
# is written with one more @.
OWNER = "@owner"
_LIKE_OWNER, _ESCAPED = re.compile("@+owner"), re.compile("@@+owner")
Kind = str
Line = tuple[Kind, Mapping[str, Any]]


class InvalidBookFile(LedgerError):
    """The file is not one that an export made, or not all of it."""

    def __init__(self, line: int, what: str) -> None:
        super().__init__(f"line {line}: {what}")
        self.metadata = {"line": str(line)}


class BookNotEmpty(LedgerError):
    def __init__(self) -> None:
        super().__init__("only an empty book can become another: this one holds accounts")


class BookIdsTaken(LedgerError):
    """What the file holds is still in another book here."""

    def __init__(self) -> None:
        super().__init__("what this file holds is still in another book here")


class BookRestoring(LedgerError):
    """A book takes nothing while it is being restored."""

    def __init__(self) -> None:
        super().__init__("the book is being restored: try again in a while")


class BookErased(LedgerError):
    """Whose book this was has gone."""

    def __init__(self) -> None:
        super().__init__("this book was erased with the account of its owner")


class BookStillThere(Exception):
    """Something of an erased book was written meanwhile: erase once more."""


class FileWriter:
    """Makes the lines, and counts what the last one has to say."""

    def __init__(self) -> None:
        self._digest = hashlib.sha256()
        self._counts: Counter[Kind] = Counter()

    def head(self) -> bytes:
        return self._line({"format": FORMAT, "version": VERSION})

    def document(self, kind: Kind, document: Mapping[str, Any]) -> bytes:
        """`document` holds only what JSON knows."""
        self._counts[kind] += 1
        return self._line({"kind": kind, "document": document})

    def end(self) -> bytes:
        end = {"counts": dict(sorted(self._counts.items())), "sha256": self._digest.hexdigest()}
        return self._line({"end": end})

    def _line(self, value: Mapping[str, Any]) -> bytes:
        text = json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
        line = text.encode() + b"\n"
        self._digest.update(line)
        return line


@dataclass(slots=True)
class FileReader:
    """Takes the lines one by one and refuses at the first that is wrong. Raises InvalidBookFile."""

    kinds: frozenset[Kind]
    counts: Counter[Kind] = field(default_factory=Counter)
    # The line that was read last.
    number: int = 0
    _ended: bool = False
    _digest: Any = field(default_factory=hashlib.sha256)

    def line(self, raw: bytes) -> Iterator[Line]:
        """The document of the line; none in the first and the last."""
        self.number += 1
        value = self._value(raw)
        if self._ended:
            raise self._wrong("nothing may follow the end of the file")
        if self.number == 1:
            self._check_head(value)
        elif "end" in value:
            self._check_end(value["end"])
        else:
            yield self._document(value)
        self._digest.update(raw)

    def finish(self) -> None:
        """Whether the file is there to its end."""
        if not self._ended:
            raise self._wrong("the file ends too soon: a part of it is missing")

    def _value(self, raw: bytes) -> dict[str, Any]:
        if len(raw) > MAX_LINE_BYTES:
            raise self._wrong("the line is too long")
        try:
            value = json.loads(raw)
        except (ValueError, RecursionError):
            raise self._wrong("this is not JSON") from None
        if not isinstance(value, dict):
            raise self._wrong("this is not a JSON object")
        return value

    def _check_head(self, value: Mapping[str, Any]) -> None:
        if value.get("format") != FORMAT:
            raise self._wrong(f'the first line must say "format": "{FORMAT}"')
        if value.get("version") != VERSION:
            raise self._wrong(f"only version {VERSION} of the format is known here")

    def _check_end(self, end: Any) -> None:
        if not isinstance(end, dict) or end.get("counts") != dict(self.counts):
            raise self._wrong("the numbers of documents are not those that the file says")
        if end.get("sha256") != self._digest.hexdigest():
            raise self._wrong("the file was changed: its checksum is another")
        self._ended = True

    def _document(self, value: Mapping[str, Any]) -> Line:
        kind, document = value.get("kind"), value.get("document")
        if not isinstance(kind, str) or not isinstance(document, dict) or kind not in self.kinds:
            raise self._wrong("this is no document of a book")
        if not isinstance(document.get("_id"), str | dict):
            raise self._wrong("the document has no id")
        self.counts[kind] += 1
        return kind, document

    def _wrong(self, what: str) -> InvalidBookFile:
        return InvalidBookFile(self.number, what)


def without_owner(value: Any, owner: str) -> Any:
    """The value with the owner's id replaced, where it stands alone or begins an id."""

    def replaced(text: str) -> str:
        if text == owner or text.startswith((f"{owner}/", f"{owner}:")):
            return OWNER + text[len(owner) :]
        return f"@{text}" if _LIKE_OWNER.match(text) else text

    return with_texts(value, replaced)


def with_owner(value: Any, owner: str) -> Any:
    """The reverse of `without_owner`."""

    def replaced(text: str) -> str:
        if text == OWNER or text.startswith((f"{OWNER}/", f"{OWNER}:")):
            return owner + text[len(OWNER) :]
        return text[1:] if _ESCAPED.match(text) else text

    return with_texts(value, replaced)


def with_texts(value: Any, change: Callable[[str], str]) -> Any:
    """The value with each of its texts changed; names of fields stay."""
    if isinstance(value, str):
        return change(value)
    if isinstance(value, dict):
        return {key: with_texts(item, change) for key, item in value.items()}
    if isinstance(value, list):
        return [with_texts(item, change) for item in value]
    return value
