"""The environment of ingest."""

import os
from pathlib import Path
from typing import Literal, Self

from pydantic import Field, model_validator

from kit.money import KNOWN_CURRENCIES
from kit.settings import ServiceSettings

THREADS_PER_RECOGNISER = 2


class Settings(ServiceSettings):
    """Read once, in `__main__`."""

    grpc_port: int = Field(default=50053, ge=0, le=65535)
    ops_port: int = Field(default=8053, ge=0, le=65535)

    # Bytes.
    max_file_size: int = Field(default=10 * 1024 * 1024, ge=1)
    # Media types, separated by commas; empty allows all that can be read.
    allowed_file_types: str = ""
    # file:///folder or s3://bucket/prefix; empty means the folder UPLOAD_PATH.
    storage_url: str = ""
    upload_path: Path = Path("uploads")
    aws_endpoint_url_s3: str = ""

    ocr_engine: Literal["rapidocr", "easyocr"] = "rapidocr"
    ocr_language: str = "eng"
    # An upper bound: there are never more than the processors can feed.
    ocr_max_workers: int = Field(default=5, ge=1, le=64)
    ocr_timeout_seconds: float = Field(default=60.0, gt=0)
    # Address space of one recogniser, in MiB; large scans take up to 1 GiB of it as memory.
    ocr_memory_mb: int = Field(default=4096, ge=512)
    max_image_pixels: int = Field(default=50_000_000, ge=1)

    # Where neither the document nor the person's accounts tell.
    default_currency: str = "EUR"

    @model_validator(mode="after")
    def _currency_is_known(self) -> Self:
        if self.default_currency not in KNOWN_CURRENCIES:
            raise ValueError(f"DEFAULT_CURRENCY: {self.default_currency!r} is not ISO 4217")
        return self

    @property
    def recognisers(self) -> int:
        """Processes of text recognition, two threads each."""
        processors = os.cpu_count() or 1
        return max(1, min(self.ocr_max_workers, processors // THREADS_PER_RECOGNISER))

    @property
    def storage(self) -> str:
        return self.storage_url or self.upload_path.resolve().as_uri()

    def media_types(self, readable: tuple[str, ...]) -> tuple[str, ...]:
        """Those of the readable ones that the operator allows."""
        named = {name.strip().lower() for name in self.allowed_file_types.split(",")} - {""}
        return tuple(each for each in readable if not named or each in named)
