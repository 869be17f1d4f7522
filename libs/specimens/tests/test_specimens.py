import hashlib
import io

import pytest
from PIL import Image

from specimens import (
    CSV_DIALECTS,
    MERCHANTS,
    csv_export,
    csv_with_broken_amount,
    draw_receipt,
    make_receipt,
    make_statement,
    ofx_sgml,
    ofx_with_broken_amount,
    ofx_xml,
    oversized_file,
    photograph_receipt,
    png_bomb,
    truncated_jpeg,
)
from specimens.figures import print_amount


@pytest.mark.parametrize("seed", range(60))
def test_a_receipts_sums_hold_to_the_minor_unit(seed: int) -> None:
    receipt = make_receipt(seed)
    items = sum(item.amount for item in receipt.items)
    assert items == receipt.subtotal
    assert receipt.total == items + (0 if receipt.merchant.tax_included else receipt.tax)
    if receipt.cash is not None:
        assert receipt.change is not None
        assert receipt.change >= 0


@pytest.mark.parametrize("shop", [shop.name for shop in MERCHANTS])
def test_a_photo_is_an_image_whose_boxes_lie_on_ink(shop: str) -> None:
    photo = draw_receipt(3, merchant=shop)
    image = Image.open(io.BytesIO(photo.data)).convert("L")
    assert image.size == (photo.width, photo.height)
    assert {"merchant", "date", "total", "tax", "item.0"} <= set(photo.boxes)
    for box in photo.boxes.values():
        assert box.x >= 0
        assert box.y >= 0
        cut = image.crop((box.x, box.y, box.x + box.width, box.y + box.height))
        darkest, lightest = cut.getextrema()
        assert isinstance(darkest, int)
        assert isinstance(lightest, int)
        assert lightest - darkest > 60


def test_the_same_seed_draws_the_same_bytes() -> None:
    digests = {hashlib.sha256(draw_receipt(11).data).hexdigest() for _ in range(2)}
    assert len(digests) == 1


def test_an_exif_rotated_photo_is_upright_once_its_orientation_is_obeyed() -> None:
    from PIL import ImageOps

    photo = photograph_receipt(make_receipt(5), seed=5, exif_rotated=True)
    stored = Image.open(io.BytesIO(photo.data))
    assert stored.size == (photo.height, photo.width)
    assert ImageOps.exif_transpose(stored).size == (photo.width, photo.height)


def test_a_statement_closes_where_its_rows_lead_and_has_twins() -> None:
    statement = make_statement(4)
    assert statement.closing == statement.opening + sum(row.amount for row in statement.rows)
    keys = [(row.date, row.amount, row.payee) for row in statement.rows]
    assert len(set(keys)) < len(keys)
    assert len({row.reference for row in statement.rows}) == len(statement.rows)


def test_every_row_is_in_every_file_of_the_statement() -> None:
    statement = make_statement(9)
    assert ofx_sgml(statement).count(b"<STMTTRN>") == len(statement.rows)
    assert ofx_xml(statement).count(b"</TRNAMT>") == len(statement.rows)
    for dialect in CSV_DIALECTS.values():
        lines = csv_export(statement, dialect).decode(dialect.codec).splitlines()
        wanted = 1 + len(statement.rows) + len(dialect.preamble) + len(dialect.footer)
        assert len(lines) == wanted


def test_broken_amounts_stand_on_the_line_that_is_named() -> None:
    for broken in (ofx_with_broken_amount(), csv_with_broken_amount()):
        assert broken.line is not None
        assert broken.value is not None
        assert broken.value.encode() in broken.data.splitlines()[broken.line - 1]


def test_the_bomb_is_small_and_vast() -> None:
    bomb = png_bomb(side=12_000)
    assert len(bomb.data) < 60_000
    assert b"\x00\x00\x2e\xe0" * 2 in bomb.data[:32]


def test_a_truncated_photo_cannot_be_decoded() -> None:
    with pytest.raises(OSError, match="truncated"):
        Image.open(io.BytesIO(truncated_jpeg().data)).load()
    assert len(oversized_file().data) == 11 * 1024 * 1024


def test_indian_grouping() -> None:
    assert print_amount(12345600, grouping=",", indian=True) == "1,23,456.00"
    assert print_amount(-5, decimal=",") == "-0,05"
