"""Bytes of a text file to characters, whatever program wrote them."""

import codecs

from kit.text import without_invisible

_BOMS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)


class NotText(ValueError):
    """The bytes are no text in any encoding that banks use."""


def decode_text(data: bytes, *, declared: str = "") -> str:
    """Decode by byte order mark, else UTF-8 where the bytes are, else as `declared`, else as
    Windows-1252.

    UTF-8 goes before what a file declares: headers that say 1252 above UTF-8 bytes are common, the
    reverse is not. Control and invisible characters are removed: banks write direction marks
    beside amounts, and old programs end a file with Ctrl-Z.
    Raises NotText.
    """
    return without_invisible(_decode(data, declared))


def _decode(data: bytes, declared: str) -> str:
    for mark, codec in _BOMS:
        if data.startswith(mark):
            return _decoded(data, codec)
    if _utf16_without_mark(data):
        codec = "utf-16-le" if data[1::2].count(0) > data[0::2].count(0) else "utf-16-be"
        return _decoded(data, codec)
    if b"\x00" in data:
        raise NotText
    for codec in ("utf-8", declared, "cp1252"):
        try:
            return data.decode(codec) if codec else data.decode("utf-8")
        except (UnicodeDecodeError, LookupError):
            continue
    return data.decode("latin-1")


def _decoded(data: bytes, codec: str) -> str:
    try:
        return data.decode(codec)
    except UnicodeDecodeError as error:
        raise NotText from error


def _utf16_without_mark(data: bytes) -> bool:
    head = data[:2000]
    return len(head) >= 8 and len(head) % 2 == 0 and head.count(0) > len(head) * 0.4
