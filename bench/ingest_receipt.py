"""`ingest.receipt`: from upload to ready beside text recognition alone."""

import asyncio
import time
from collections.abc import Iterator
from itertools import count
from statistics import median

from bench.figures import Findings, latency_figure
from bench.measuring import Comparison, Sample
from bench.world import Person, World
from ingest.reading.images import open_upright
from ingest.reading.recognisers import TextRecogniser, load_recogniser
from ingest.settings import THREADS_PER_RECOGNISER
from pfa_local.rest import Api
from specimens import ReceiptPhoto, draw_receipt

_PATIENCE_SECONDS = 60.0
_MAX_PIXELS = 50_000_000
_LEAST_PAIRS = 3


class NotReady(RuntimeError):
    """A receipt that the system could not read, or not in time."""


async def ingest_receipt(world: World, seconds: float) -> Findings:
    """One receipt after another: uploaded and waited for, then only recognised."""
    return await asyncio.to_thread(_ingest_receipt, world, seconds)


def _ingest_receipt(world: World, seconds: float) -> Findings:
    person = Person.registered(world.stack.gateway_url)
    recogniser = load_recogniser("rapidocr", language="eng", threads=THREADS_PER_RECOGNISER)
    rounds = _rounds(person, recogniser, seconds)
    around = median(
        mine.elapsed - bare.elapsed for mine, bare in zip(rounds.ours, rounds.baseline, strict=True)
    )
    return Findings(
        [latency_figure("ingest.receipt", rounds, beside="RapidOCR alone")],
        [f"a receipt: {1000 * around:.0f} ms around its recognition (median)"],
    )


def _rounds(person: Person, recogniser: TextRecogniser, seconds: float) -> Comparison:
    """A pair for each picture, for so many seconds but at least three; an extra one warms up."""
    ours: list[Sample] = []
    bare: list[Sample] = []
    pictures = _pictures()
    warm_up = next(pictures)
    _seconds_to_ready(person, warm_up)
    _seconds_to_recognise(recogniser, warm_up)
    deadline = time.perf_counter() + seconds
    while time.perf_counter() < deadline or len(ours) < _LEAST_PAIRS:
        picture = next(pictures)
        ours.append(_sample(_seconds_to_ready(person, picture)))
        bare.append(_sample(_seconds_to_recognise(recogniser, picture)))
    return Comparison(ours, bare)


def _pictures() -> Iterator[ReceiptPhoto]:
    """Each run draws the same ones; no two are the same, for a file that is known isn't read."""
    return (draw_receipt(seed) for seed in count(1))


def _seconds_to_ready(person: Person, picture: ReceiptPhoto) -> float:
    began = time.perf_counter()
    document = person.api.upload(
        name="receipt.jpg",
        data=picture.data,
        media_type=picture.content_type,
        account_id=person.account_id,
    )
    _wait_until_ready(person.api, str(document["id"]))
    return time.perf_counter() - began


def _wait_until_ready(api: Api, document_id: str) -> None:
    """By the events that a browser would follow. Raises NotReady."""
    status = "received"
    for event in api.document_events(document_id, seconds=_PATIENCE_SECONDS):
        status = event["status"]
        if status == "ready":
            return
        if status == "failed":
            break
    raise NotReady(f"the receipt {document_id} stayed {status}")


def _seconds_to_recognise(recogniser: TextRecogniser, picture: ReceiptPhoto) -> float:
    began = time.perf_counter()
    if not recogniser.recognise(open_upright(picture.data, max_pixels=_MAX_PIXELS)):
        raise NotReady("nothing was recognised on the picture")
    return time.perf_counter() - began


def _sample(seconds: float) -> Sample:
    return Sample([seconds], seconds)
