"""Files that must be refused, each with the reason to expect."""

import struct
import zlib
from dataclasses import dataclass

from specimens.photograph import draw_receipt
from specimens.statements import CSV_DIALECTS, csv_export, make_statement, ofx_sgml


@dataclass(frozen=True, slots=True)
class BrokenFile:
    """`problem` is the name of the refusal; `line` and `value` say where, for statements."""

    name: str
    data: bytes
    content_type: str
    problem: str
    line: int | None = None
    value: str | None = None


def empty_file() -> BrokenFile:
    return BrokenFile("empty.jpg", b"", "image/jpeg", "document-empty")


def not_an_image() -> BrokenFile:
    """Named and declared a JPEG; its bytes are those of a program."""
    data = b"\x7fELF\x02\x01\x01" + bytes(range(256)) * 16
    return BrokenFile("receipt.jpg", data, "image/jpeg", "unsupported-media-type")


def truncated_jpeg(seed: int = 1) -> BrokenFile:
    """The first third of a good photograph: its header reads, its pixels end early."""
    whole = draw_receipt(seed).data
    return BrokenFile(
        "truncated.jpg", whole[: len(whole) // 3], "image/jpeg", "document-unreadable"
    )


def oversized_file(size: int = 11 * 1024 * 1024) -> BrokenFile:
    """A JPEG by its first bytes, `size` bytes long."""
    head = draw_receipt(1).data
    return BrokenFile(
        "huge.jpg", head + bytes(max(0, size - len(head))), "image/jpeg", "file-too-large"
    )


def png_bomb(side: int = 30_000) -> BrokenFile:
    """A valid one-bit PNG of side x side white pixels: about 0.1 MB that unfolds to side²."""
    row = b"\x00" + b"\xff" * ((side + 7) // 8)
    packer = zlib.compressobj(9)
    packed = b"".join(packer.compress(row) for _ in range(side)) + packer.flush()
    header = struct.pack(">IIBBBBB", side, side, 1, 0, 0, 0, 0)
    data = (
        b"\x89PNG\r\n\x1a\n"
        + _png_chunk(b"IHDR", header)
        + _png_chunk(b"IDAT", packed)
        + _png_chunk(b"IEND", b"")
    )
    return BrokenFile("bomb.png", data, "image/png", "image-too-large")


def _png_chunk(kind: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))


def ofx_with_broken_amount(seed: int = 1, value: str = "12,3x") -> BrokenFile:
    """A good OFX 1.x file but for the third transaction's amount."""
    lines = ofx_sgml(make_statement(seed)).split(b"\r\n")
    places = [number for number, line in enumerate(lines) if line.startswith(b"<TRNAMT>")]
    lines[places[2]] = b"<TRNAMT>" + value.encode()
    return BrokenFile(
        "broken.ofx",
        b"\r\n".join(lines),
        "application/x-ofx",
        "statement-invalid",
        line=places[2] + 1,
        value=value,
    )


def csv_with_broken_amount(seed: int = 1, value: str = "12.3x") -> BrokenFile:
    """A good CSV export but for the amount in its fourth line."""
    lines = csv_export(make_statement(seed), CSV_DIALECTS["plain"]).split(b"\r\n")
    cells = lines[3].split(b",")
    cells[3] = value.encode()
    lines[3] = b",".join(cells)
    return BrokenFile(
        "broken.csv", b"\r\n".join(lines), "text/csv", "statement-invalid", line=4, value=value
    )


def ofx_entity_bomb() -> BrokenFile:
    """OFX 2.x with nested entities that unfold to 10⁹ words ("billion laughs")."""
    entities = ['<!ENTITY a0 "ha">'] + [
        f'<!ENTITY a{level} "{f"&a{level - 1};" * 10}">' for level in range(1, 10)
    ]
    text = (
        '<?xml version="1.0" encoding="UTF-8"?>\n<?OFX OFXHEADER="200" VERSION="220"?>\n'
        f"<!DOCTYPE OFX [{''.join(entities)}]>\n"
        "<OFX><BANKMSGSRSV1><STMTTRNRS><STMTRS><CURDEF>&a9;</CURDEF></STMTRS></STMTTRNRS>"
        "</BANKMSGSRSV1></OFX>\n"
    )
    return BrokenFile("bomb.ofx", text.encode(), "application/x-ofx", "statement-invalid")
