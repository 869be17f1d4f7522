"""Pictures: decoded within a limit of pixels, upright, and as page images."""

import io
import struct
import zlib

from PIL import Image, ImageOps, UnidentifiedImageError

from ingest.domain.errors import DocumentUnreadable, ImageTooLarge

# Pillow's own guard warns at half of its limit; ours is checked before a pixel is decoded.
Image.MAX_IMAGE_PIXELS = None

_FORMATS = ("JPEG", "PNG", "WEBP")
_BROKEN = (OSError, SyntaxError, ValueError, EOFError, struct.error, zlib.error)
_PAGE_QUALITY = 88


def open_upright(data: bytes, *, max_pixels: int) -> Image.Image:
    """The whole picture in RGB, turned as its EXIF orientation says; what is transparent is white.

    Raises ImageTooLarge (before decoding), DocumentUnreadable.
    """
    try:
        image = Image.open(io.BytesIO(data), formats=_FORMATS)
    except (UnidentifiedImageError, *_BROKEN) as error:
        raise DocumentUnreadable(_reason(error)) from None
    width, height = image.size
    if width * height > max_pixels:
        raise ImageTooLarge(width, height, max_pixels)
    try:
        image.load()
        upright = ImageOps.exif_transpose(image)
    except _BROKEN as error:
        raise DocumentUnreadable(_reason(error)) from None
    return _on_white(upright)


def page_image(data: bytes, *, max_pixels: int, width: int) -> bytes:
    """The upright picture as a JPEG, at most `width` pixels wide; 0 keeps its size."""
    image = open_upright(data, max_pixels=max_pixels)
    if 0 < width < image.width:
        image = image.resize(
            (width, max(1, round(image.height * width / image.width))), Image.Resampling.LANCZOS
        )
    out = io.BytesIO()
    image.save(out, "JPEG", quality=_PAGE_QUALITY)
    return out.getvalue()


def _on_white(image: Image.Image) -> Image.Image:
    if image.has_transparency_data:
        image = image.convert("RGBA")
        paper = Image.new("RGBA", image.size, "white")
        return Image.alpha_composite(paper, image).convert("RGB")
    return image.convert("RGB")


def _reason(error: BaseException) -> str:
    """Pillow's words without the object addresses that some of them hold."""
    said = str(error)
    return said if said and "object at" not in said else "its image data is damaged"
