"""Reading in real worker processes."""

import asyncio
import io
from datetime import date

import pytest
from PIL import Image

from ingest.domain.errors import ReadingFailed, UploadRefused
from ingest.domain.receipts import ReceiptReading
from ingest.reading.frames import WorkerOptions
from ingest.reading.media import ALL
from ingest.reading.pool import WorkerPool
from ingest.reading.readers import PooledReader, PooledScreener
from specimens import (
    MERCHANTS,
    draw_receipt,
    make_receipt,
    not_an_image,
    ofx_with_broken_amount,
    photograph_receipt,
    png_bomb,
    truncated_jpeg,
)

GIB = 1024**3
PIXELS = 50_000_000
TODAY = date(2026, 11, 22)


@pytest.fixture
def screener(light: WorkerPool) -> PooledScreener:
    return PooledScreener(light, allowed=ALL, max_pixels=PIXELS, default_currency="EUR")


@pytest.mark.parametrize(
    "broken", [truncated_jpeg(), png_bomb(), not_an_image(), ofx_with_broken_amount()]
)
async def test_a_broken_file_is_refused_by_its_name(
    screener: PooledScreener, broken: object
) -> None:
    with pytest.raises(UploadRefused) as refusal:
        await screener.screen(broken.data)  # type: ignore[attr-defined]
    assert refusal.value.slug == broken.problem  # type: ignore[attr-defined]


@pytest.mark.parametrize("image_format", ["jpeg", "png", "webp"])
async def test_an_image_is_known_by_its_bytes_and_measured_upright(
    screener: PooledScreener, image_format: object
) -> None:
    photo = photograph_receipt(
        make_receipt(1),
        seed=1,
        image_format=image_format,
        exif_rotated=True,  # type: ignore[arg-type]
    )
    screening = await screener.screen(photo.data)
    assert screening.media_type == photo.content_type
    assert screening.pages == ((photo.width, photo.height),)


async def test_a_page_image_is_upright_and_as_wide_as_asked(screener: PooledScreener) -> None:
    photo = photograph_receipt(make_receipt(1), seed=1, exif_rotated=True)
    whole = Image.open(io.BytesIO(await screener.page_image(photo.data, width=0)))
    small = Image.open(io.BytesIO(await screener.page_image(photo.data, width=200)))
    assert whole.size == (photo.width, photo.height)
    assert small.width == 200


async def test_a_job_that_takes_too_long_is_killed_and_the_pool_goes_on(light: WorkerPool) -> None:
    photo = draw_receipt(1)
    with pytest.raises(ReadingFailed, match="longer than"):
        await light.run("page_image", seconds=0.001, data=photo.data, max_pixels=PIXELS, width=0)
    assert await light.run("page_image", seconds=20, data=photo.data, max_pixels=PIXELS, width=100)


async def test_memory_beyond_the_limit_fails_the_document_and_not_the_service() -> None:
    pool = WorkerPool(WorkerOptions(memory_bytes=320 * 1024 * 1024), size=1)
    vast = io.BytesIO()
    Image.new("RGB", (9_000, 9_000)).save(vast, "PNG")
    try:
        with pytest.raises(ReadingFailed, match="memory"):
            await pool.run(
                "page_image", seconds=60, data=vast.getvalue(), max_pixels=10**9, width=0
            )
        assert await pool.run(
            "page_image", seconds=20, data=draw_receipt(1).data, max_pixels=PIXELS, width=50
        )
    finally:
        await pool.close()


async def test_a_worker_is_recycled_after_its_share_of_jobs() -> None:
    pool = WorkerPool(WorkerOptions(memory_bytes=GIB), size=1, jobs_per_worker=2)
    try:
        photo = draw_receipt(1)
        processes = set()
        for _ in range(4):
            await pool.run("page_image", seconds=20, data=photo.data, max_pixels=PIXELS, width=50)
            processes |= {worker._process.pid for worker in pool._workers}
        assert len(processes) >= 1
        assert len(pool._workers) <= 1
    finally:
        await pool.close()


async def test_receipts_of_every_template_are_read_right_with_boxes_on_their_ink() -> None:
    recognition = WorkerPool(
        WorkerOptions(memory_bytes=4 * GIB, engine="rapidocr", threads=2), size=1
    )
    light = WorkerPool(WorkerOptions(memory_bytes=GIB), size=1)
    reader = PooledReader(light=light, recognition=recognition, max_pixels=PIXELS, seconds=60)
    try:
        for seed, shop in enumerate(MERCHANTS):
            photo = draw_receipt(seed, merchant=shop.name)
            reading = await reader.read_receipt(photo.data, today=TODAY, default_currency="EUR")
            assert reading.total is not None
            assert reading.total.minor_units == photo.receipt.total, shop.name
            assert reading.total.currency == shop.currency
            assert reading.day == photo.receipt.date, shop.name
            assert not reading.warnings, shop.name
            _lies_on(reading, "amount", photo.boxes["total"])
            _lies_on(reading, "date", photo.boxes["date"])
            _lies_on(reading, "payee", photo.boxes["merchant"])
    finally:
        await asyncio.gather(recognition.close(), light.close())


def _lies_on(reading: ReceiptReading, name: str, true: object) -> None:
    """The middle of the true box lies within the box that was read."""
    box = next(field.box for field in reading.fields if field.name == name)
    assert box is not None
    x = true.x + true.width / 2  # type: ignore[attr-defined]
    y = true.y + true.height / 2  # type: ignore[attr-defined]
    assert box.x <= x <= box.x + box.width
    assert box.y <= y <= box.y + box.height
