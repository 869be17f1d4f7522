"""multipart/form-data (RFC 7578), read as it comes in: in hand is one chunk, never the file."""

import asyncio
from collections import deque
from collections.abc import AsyncIterator, Collection
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import PurePath

from fastapi import Request
from python_multipart.exceptions import FormParserError
from python_multipart.multipart import MultipartParser, parse_options_header

from gateway import problems
from gateway.problems import FieldProblem, ProblemError, invalid
from kit.ids import is_id

CHUNK_BYTES = 64 * 1024
FIELD_BYTES = 200
FILE_NAME_MAX = 255
# A form around the file: boundaries, headers, the other field.
FORM_BYTES = 64 * 1024
# An answer to a request whose body nobody reads may be lost with the connection.
DRAIN_SECONDS = 10.0
_ALIASES = {"jpg": "jpeg", "jpe": "jpeg", "qfx": "ofx"}
_UNTOLD_TYPES = frozenset({"", "application/octet-stream", "text/plain"})


@dataclass(slots=True)
class _Part:
    name: str = ""
    file_name: str | None = None
    media_type: str = ""
    headers: dict[str, str] = field(default_factory=dict)


@dataclass(slots=True)
class _Parser:
    """Turns the parser's callbacks into steps: a part began, some of it, it ended."""

    boundary: bytes
    steps: deque[tuple[str, _Part, bytes]] = field(default_factory=deque)
    finished: bool = False
    _part: _Part = field(default_factory=_Part)
    _header: bytearray = field(default_factory=bytearray)
    _value: bytearray = field(default_factory=bytearray)
    _parser: MultipartParser = field(init=False)

    def __post_init__(self) -> None:
        self._parser = MultipartParser(
            self.boundary,
            {
                "on_part_begin": self._part_begin,
                "on_header_field": lambda data, start, end: self._header.extend(data[start:end]),
                "on_header_value": lambda data, start, end: self._value.extend(data[start:end]),
                "on_header_end": self._header_end,
                "on_headers_finished": self._headers_finished,
                "on_part_data": self._part_data,
                "on_part_end": lambda: self.steps.append(("end", self._part, b"")),
                "on_end": self._end,
            },
        )

    def feed(self, data: bytes) -> None:
        try:
            self._parser.write(data)
        except FormParserError as error:
            raise _malformed("the form is broken") from error

    def _part_begin(self) -> None:
        self._part = _Part()

    def _header_end(self) -> None:
        name = self._header.decode("latin-1").lower()
        self._part.headers[name] = self._value.decode("utf-8", "replace")
        self._header.clear()
        self._value.clear()

    def _headers_finished(self) -> None:
        raw = self._part.headers.get("content-disposition", "").encode()
        _, options = parse_options_header(raw)
        self._part.name = options.get(b"name", b"").decode("utf-8", "replace")
        if b"filename" in options:
            self._part.file_name = options[b"filename"].decode("utf-8", "replace")
        self._part.media_type = self._part.headers.get("content-type", "").partition(";")[0]
        self.steps.append(("begin", self._part, b""))

    def _part_data(self, data: bytes, start: int, end: int) -> None:
        self.steps.append(("data", self._part, data[start:end]))

    def _end(self) -> None:
        self.finished = True


@dataclass(frozen=True, slots=True)
class IncomingFile:
    """The head of the file that is about to come in."""

    file_name: str
    media_type: str
    account_id: str


class Upload:
    """A form with the fields `file` and `account_id` (optional, before the file or after it).

    First `head()`, then `chunks()` to the end, then `late_account_id`. Raises ProblemError for what
    is no such form, for a type that isn't allowed and for a file beyond the limit, as soon as that
    is known.
    """

    def __init__(self, request: Request, *, max_file_size: int, allowed: tuple[str, ...]) -> None:
        self._max_file_size = max_file_size
        self._allowed = frozenset(word.lower().lstrip(".") for word in allowed)
        self._body = request.stream()
        media_type, options = parse_options_header(request.headers.get("content-type", ""))
        boundary = options.get(b"boundary")
        if media_type != b"multipart/form-data" or not boundary:
            raise ProblemError(
                problems.UNSUPPORTED_MEDIA_TYPE, "send multipart/form-data with a field `file`"
            )
        length = request.headers.get("content-length", "")
        if length.isdecimal() and int(length) > max_file_size + FORM_BYTES:
            raise self._too_large()
        try:
            self._parser = _Parser(boundary)
        except FormParserError as error:
            raise _malformed(f"the form cannot be read: {error}") from error
        # What the form said behind the file; known when `chunks()` has ended.
        self.late_account_id = ""

    async def head(self) -> IncomingFile:
        """Read up to where the file begins."""
        account_id = bytearray()
        async for kind, part, data in self._steps():
            if part.name == "file" and kind == "begin":
                return self._incoming(part, _account_id(account_id))
            if part.name != "account_id":
                raise _malformed(f"{part.name[:40]!r} is no field of this form", part.name[:40])
            account_id += data
            _account_id(account_id, whole=kind == "end")
        raise _malformed("is missing", "file")

    async def chunks(self) -> AsyncIterator[bytes]:
        """The file's bytes, in pieces of at most CHUNK_BYTES, until the form has ended well."""
        size, ended = 0, False
        account_id = bytearray()
        async for kind, part, data in self._steps():
            if part.name == "account_id":
                account_id += data
                self.late_account_id = _account_id(account_id, whole=kind == "end")
                continue
            if part.name != "file" or (ended and kind == "begin"):
                raise _malformed("one file at a time, and nothing after it", part.name[:40])
            size += len(data)
            if size > self._max_file_size:
                raise self._too_large()
            ended = ended or kind == "end"
            for start in range(0, len(data), CHUNK_BYTES):
                yield data[start : start + CHUNK_BYTES]
        if not ended or not self._parser.finished:
            raise _malformed("the form ended too soon", "file")

    async def drain(self) -> None:
        """Read what is left, within reason, so that the client gets to read the answer."""
        left = 4 * self._max_file_size
        with suppress(TimeoutError):
            async with asyncio.timeout(DRAIN_SECONDS):
                async for data in self._body:
                    left -= len(data)
                    if left < 0:
                        return

    async def _steps(self) -> AsyncIterator[tuple[str, _Part, bytes]]:
        parser = self._parser
        while True:
            while parser.steps:
                yield parser.steps.popleft()
            data = await anext(self._body, None)
            if data is None:
                return
            parser.feed(data)

    def _incoming(self, part: _Part, account_id: str) -> IncomingFile:
        # Some browsers send a path; only its last part is the file's name.
        name = PurePath((part.file_name or "").replace("\\", "/")).name
        name = "".join(char for char in name if char.isprintable())[:FILE_NAME_MAX] or "document"
        media_type = part.media_type.strip().lower()
        self._check_type(name, media_type)
        return IncomingFile(file_name=name, media_type=media_type, account_id=account_id)

    def _check_type(self, name: str, media_type: str) -> None:
        if not is_taken(name, media_type, self._allowed):
            raise ProblemError(
                problems.UNSUPPORTED_MEDIA_TYPE,
                f"files of this kind are not taken: {', '.join(sorted(self._allowed))} are",
            )

    def _too_large(self) -> ProblemError:
        return ProblemError(
            problems.FILE_TOO_LARGE, f"a file may have at most {self._max_file_size} bytes"
        )


def _account_id(value: bytearray, *, whole: bool = True) -> str:
    """The field's text; refused when it is too long, or when it is whole and no id."""
    text = value.decode("utf-8", "replace").strip()
    if len(value) > FIELD_BYTES or (whole and text and not is_id(text)):
        raise _malformed("is no id of ours", "account_id")
    return text


def is_taken(name: str, media_type: str, allowed: Collection[str]) -> bool:
    """Whether a file may be passed on, by what the client calls it; ingest then sees the bytes.

    `allowed` holds media types or endings; none allows all. Where the client says no type, ingest
    decides; a type that is wrong for a good ending is common (CSV as a spreadsheet's) and no harm.
    """
    if not allowed or media_type in _UNTOLD_TYPES or media_type in allowed:
        return True
    ending = PurePath(name).suffix.lower().lstrip(".")
    kinds = {word.rpartition("/")[2].removeprefix("x-") for word in allowed}
    return _ALIASES.get(ending, ending) in kinds


def _malformed(detail: str, name: str = "") -> ProblemError:
    return invalid(FieldProblem(pointer=f"/{name}" if name else "", detail=detail, code="form"))
