"""What a file is, by its bytes; its name and what the browser says of it are not asked."""

from ingest.reading.text import NotText, decode_text

JPEG = "image/jpeg"
PNG = "image/png"
WEBP = "image/webp"
OFX = "application/x-ofx"
CSV = "text/csv"

IMAGES = frozenset({JPEG, PNG, WEBP})
STATEMENTS = frozenset({OFX, CSV})
ALL = (JPEG, PNG, WEBP, OFX, CSV)

_HEAD = 4096
_CONTROL = frozenset(chr(code) for code in range(32)) - frozenset("\t\r\n\f\x1a")


def media_type_of(data: bytes) -> str | None:
    """One of `ALL`, or None."""
    if data.startswith(b"\xff\xd8\xff"):
        return JPEG
    if data.startswith(b"\x89PNG\r\n\x1a\n"):
        return PNG
    if data[:4] == b"RIFF" and data[8:12] == b"WEBP":
        return WEBP
    return _text_type(data[:_HEAD])


def _text_type(head: bytes) -> str | None:
    try:
        text = decode_text(_whole_characters(head))
    except NotText:
        return None
    if _CONTROL.intersection(text):
        return None
    upper = text.upper()
    if "OFXHEADER" in upper or "<OFX>" in upper:
        return OFX
    return CSV if _tabular(text) else None


def _whole_characters(head: bytes) -> bytes:
    """Without a UTF-8 character that the cut has split."""
    for cut in range(4):
        shorter = head[: len(head) - cut]
        try:
            shorter.decode("utf-8")
        except UnicodeDecodeError as error:
            if error.start < len(shorter) - 4:
                break
        else:
            return shorter
    return head[: len(head) // 2 * 2]


def _tabular(text: str) -> bool:
    stripped = text.lstrip("\ufeff \r\n\t")
    if not stripped or stripped[0] in "<{[%":
        return False
    lines = [line for line in stripped.splitlines() if line.strip()]
    return any(sum(mark in line for line in lines) * 2 >= len(lines) for mark in ",;\t|")
