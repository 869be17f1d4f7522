"""A receipt as a photograph: drawn paper, laid askew on a table, under uneven light, with noise.

Boxes are in pixels of the returned image (as it is seen, after its EXIF rotation).
"""

import io
import random
from collections.abc import Mapping
from dataclasses import dataclass
from math import cos, radians, sin
from typing import Literal

from PIL import Image, ImageChops, ImageDraw, ImageFilter, ImageFont

from specimens.perspective import Quad, coefficients, map_point
from specimens.receipts import Receipt, make_receipt

ImageFormat = Literal["jpeg", "png", "webp"]

_WIDTH = 760
_MARGIN = 48
_INK = (38, 36, 40)
_PAPER = (246, 244, 238)
_EXIF_ORIENTATION = 0x0112
_ROTATED_RIGHT = 6


@dataclass(frozen=True, slots=True)
class Box:
    """Axis-aligned rectangle in pixels; x, y is the top left corner."""

    x: int
    y: int
    width: int
    height: int


@dataclass(frozen=True, slots=True)
class ReceiptPhoto:
    """The bytes of the image, and what is true of it.

    `boxes` has the keys merchant, date, total, tax, and item.0, item.1, …
    """

    data: bytes
    content_type: str
    width: int
    height: int
    receipt: Receipt
    boxes: Mapping[str, Box]


def draw_receipt(seed: int, *, merchant: str | None = None) -> ReceiptPhoto:
    """A photographed receipt with the defaults of `photograph_receipt`."""
    return photograph_receipt(make_receipt(seed, merchant=merchant), seed=seed)


def photograph_receipt(
    receipt: Receipt,
    *,
    seed: int,
    skew_degrees: float | None = None,
    noise: int = 14,
    image_format: ImageFormat = "jpeg",
    exif_rotated: bool = False,
) -> ReceiptPhoto:
    """Draw and photograph a receipt.

    `skew_degrees` is drawn from ±3 when not given; `noise` is the amplitude in grey levels;
    `exif_rotated` stores the pixels on their side and says so in the EXIF orientation.
    """
    rng = random.Random(seed)  # noqa: S311 - seeded on purpose: the same seed, the same bytes
    paper, drawn = _draw_paper(receipt)
    skew = rng.uniform(-3, 3) if skew_degrees is None else skew_degrees
    photo, quad = _lay_on_table(paper, skew, rng)
    photo = _add_noise(_light_unevenly(photo, rng), noise, rng)
    boxes = {name: _seen(box, paper.size, quad) for name, box in drawn.items()}
    return ReceiptPhoto(
        data=_encoded(photo, image_format, exif_rotated=exif_rotated),
        content_type=f"image/{image_format}",
        width=photo.width,
        height=photo.height,
        receipt=receipt,
        boxes=boxes,
    )


class _Roll:
    """The paper roll: prints line after line and remembers where it printed what."""

    def __init__(self, *, monospaced: bool) -> None:
        self._canvas = Image.new("RGB", (_WIDTH, 2400), _PAPER)
        self._ink = ImageDraw.Draw(self._canvas)
        self._monospaced = monospaced
        self._y = _MARGIN
        self.boxes: dict[str, Box] = {}

    def feed(self, pixels: int) -> None:
        self._y += pixels

    def rule(self) -> None:
        for x in range(_MARGIN, _WIDTH - _MARGIN, 14):
            self._ink.line((x, self._y + 6, x + 8, self._y + 6), fill=_INK, width=2)
        self._y += 18

    def centred(self, text: str, *, size: int, bold: bool = False, name: str = "") -> None:
        x = (_WIDTH - self._width(text, size)) / 2
        self._remember(name, self._print(x, text, size, bold=bold))
        self._y += round(size * 1.4)

    def pair(self, left: str, right: str, *, size: int, bold: bool = False, name: str = "") -> None:
        self._print(_MARGIN, left, size, bold=bold)
        x = _WIDTH - _MARGIN - self._width(right, size)
        self._remember(name, self._print(x, right, size, bold=bold))
        self._y += round(size * 1.4)

    def left(self, text: str, *, size: int) -> None:
        self._print(_MARGIN, text, size, bold=False)
        self._y += round(size * 1.4)

    def torn_off(self) -> Image.Image:
        return self._canvas.crop((0, 0, _WIDTH, self._y + _MARGIN))

    def _remember(self, name: str, box: Box) -> None:
        if name:
            self.boxes[name] = box

    def _width(self, text: str, size: int) -> float:
        if self._monospaced:
            return _advance(size) * len(text)
        return ImageFont.load_default(size).getlength(text)

    def _print(self, x: float, text: str, size: int, *, bold: bool) -> Box:
        font = ImageFont.load_default(size)
        stroke = 1 if bold else 0
        if not self._monospaced:
            self._ink.text((x, self._y), text, fill=_INK, font=font, stroke_width=stroke)
        else:
            for place, letter in enumerate(text):
                middle = x + (place + 0.5) * _advance(size)
                left = middle - font.getlength(letter) / 2
                self._ink.text((left, self._y), letter, fill=_INK, font=font, stroke_width=stroke)
        top, bottom = font.getbbox(text)[1], font.getbbox(text)[3]
        return Box(
            round(x), round(self._y + top), round(self._width(text, size)), round(bottom - top)
        )


def _advance(size: int) -> float:
    return size * 0.66


def _draw_paper(receipt: Receipt) -> tuple[Image.Image, dict[str, Box]]:
    shop = receipt.merchant
    roll = _Roll(monospaced=shop.layout == "thermal")
    _print_head(roll, receipt)
    for place, item in enumerate(receipt.items):
        _print_item(roll, receipt, place, item.name, item.quantity, item.price)
    roll.rule()
    _print_sums(roll, receipt)
    roll.feed(24)
    roll.centred(shop.greeting, size=22)
    return roll.torn_off(), roll.boxes


def _print_head(roll: _Roll, receipt: Receipt) -> None:
    shop = receipt.merchant
    fits = 34 if len(shop.name) < 26 else 28
    roll.centred(
        shop.name, size=fits if shop.layout != "thermal" else fits - 4, bold=True, name="merchant"
    )
    for line in shop.address:
        roll.centred(line, size=22)
    roll.feed(16)
    if shop.layout == "proportional":
        roll.left(f"Receipt {receipt.number}", size=24)
        roll.pair(receipt.time, receipt.date_text, size=24, name="date")
    else:
        roll.pair(f"NO {receipt.number}", receipt.time, size=24)
        roll.pair(
            "DATE" if shop.decimal == "." else "Datum", receipt.date_text, size=24, name="date"
        )
    roll.rule()


def _print_item(
    roll: _Roll, receipt: Receipt, place: int, name: str, quantity: int, price: int
) -> None:
    shop = receipt.merchant
    amount = shop.amount_text(quantity * price)
    if shop.layout == "quantity":
        roll.left(name, size=24)
        roll.pair(
            f"   {quantity} x {shop.amount_text(price)}", amount, size=24, name=f"item.{place}"
        )
    else:
        label = name if quantity == 1 else f"{quantity} {name}"
        roll.pair(label, amount, size=24, name=f"item.{place}")


def _print_sums(roll: _Roll, receipt: Receipt) -> None:
    shop = receipt.merchant
    if not shop.tax_included:
        roll.pair(shop.subtotal_label, shop.amount_text(receipt.subtotal), size=24)
        roll.pair(shop.tax_label, shop.amount_text(receipt.tax), size=24, name="tax")
    roll.feed(6)
    mark = "" if shop.currency in shop.total_label else shop.currency_mark
    roll.pair(
        shop.total_label,
        f"{mark}{shop.amount_text(receipt.total)}",
        size=32,
        bold=True,
        name="total",
    )
    roll.feed(6)
    if receipt.cash is not None and receipt.change is not None:
        roll.pair(shop.cash_label, shop.amount_text(receipt.cash), size=24)
        roll.pair(shop.change_label, shop.amount_text(receipt.change), size=24)
    if shop.tax_included:
        roll.pair(shop.tax_label, shop.amount_text(receipt.tax), size=22, name="tax")


def _lay_on_table(paper: Image.Image, skew: float, rng: random.Random) -> tuple[Image.Image, Quad]:
    """The photo, and where the paper's corners (clockwise from the top left) lie in it."""
    table = Image.new("RGB", (paper.width + 160, paper.height + 160), _table_colour(rng))
    quad = _askew(paper.size, table.size, skew, rng)
    inverse = coefficients(quad, _corners(paper.size))
    laid = paper.transform(
        table.size, Image.Transform.PERSPECTIVE, inverse, Image.Resampling.BICUBIC
    )
    sheet = Image.new("L", paper.size, 255)
    mask = sheet.transform(table.size, Image.Transform.PERSPECTIVE, inverse)
    shadow = mask.filter(ImageFilter.GaussianBlur(12)).point([level // 3 for level in range(256)])
    table.paste((20, 18, 16), (6, 8), shadow)
    table.paste(laid, (0, 0), mask)
    return table.filter(ImageFilter.GaussianBlur(0.6)), quad


def _table_colour(rng: random.Random) -> tuple[int, int, int]:
    return rng.choice(((112, 84, 62), (88, 92, 98), (156, 138, 112), (64, 72, 70)))


def _corners(size: tuple[int, int]) -> Quad:
    width, height = size
    return ((0.0, 0.0), (float(width), 0.0), (float(width), float(height)), (0.0, float(height)))


def _askew(paper: tuple[int, int], table: tuple[int, int], skew: float, rng: random.Random) -> Quad:
    """The paper's corners turned about the middle of the table, each moved by a hand's tremble."""
    turn, tremble = radians(skew), min(paper) * 0.012
    middle_x, middle_y = table[0] / 2, table[1] / 2

    def placed(corner: tuple[float, float]) -> tuple[float, float]:
        x, y = corner[0] - paper[0] / 2, corner[1] - paper[1] / 2
        return (
            middle_x + x * cos(turn) - y * sin(turn) + rng.uniform(-tremble, tremble),
            middle_y + x * sin(turn) + y * cos(turn) + rng.uniform(-tremble, tremble),
        )

    first, second, third, fourth = (placed(corner) for corner in _corners(paper))
    return first, second, third, fourth


def _light_unevenly(photo: Image.Image, rng: random.Random) -> Image.Image:
    """A window on one side: brightness falls by up to a quarter across the picture."""
    gradient = Image.linear_gradient("L").rotate(rng.choice((0, 90, 180, 270)))
    light = gradient.resize(photo.size).point([255 - level // 4 for level in range(256)])
    return ImageChops.multiply(photo, Image.merge("RGB", (light, light, light)))


def _add_noise(photo: Image.Image, amplitude: int, rng: random.Random) -> Image.Image:
    """Seeded grain: Pillow's own effect_noise cannot be seeded."""
    if amplitude <= 0:
        return photo
    grain = Image.frombytes("L", photo.size, rng.randbytes(photo.width * photo.height))
    grain = grain.filter(ImageFilter.BoxBlur(0.5)).point(
        [128 + (level - 128) * amplitude // 128 for level in range(256)]
    )
    return ImageChops.add(photo, Image.merge("RGB", (grain, grain, grain)), scale=1, offset=-128)


def _seen(box: Box, paper: tuple[int, int], quad: Quad) -> Box:
    """Where a rectangle of the paper is in the photo: the box about its four moved corners."""
    forward = coefficients(_corners(paper), quad)
    x, y, right, bottom = box.x, box.y, box.x + box.width, box.y + box.height
    moved = [map_point(forward, p) for p in ((x, y), (right, y), (right, bottom), (x, bottom))]
    xs, ys = [p[0] for p in moved], [p[1] for p in moved]
    left, top = round(min(xs)), round(min(ys))
    return Box(left, top, round(max(xs)) - left, round(max(ys)) - top)


def _encoded(photo: Image.Image, image_format: ImageFormat, *, exif_rotated: bool) -> bytes:
    exif = Image.Exif()
    if exif_rotated:
        photo = photo.transpose(Image.Transpose.ROTATE_90)
        exif[_EXIF_ORIENTATION] = _ROTATED_RIGHT
    out = io.BytesIO()
    if image_format == "png":
        photo.save(out, "PNG", exif=exif)
    else:
        photo.save(out, image_format.upper(), quality=82, exif=exif)
    return out.getvalue()
