"""Where the bytes of documents lie: a folder (`file://`) or a bucket (`s3://bucket/prefix`)."""

import asyncio
import os
import tempfile
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

import boto3
from botocore.config import Config
from botocore.exceptions import ClientError

from ingest.service.ports import DocumentFiles, FileMissing

CHUNK = 64 * 1024


def open_storage(url: str, *, endpoint: str = "") -> DocumentFiles:
    """The storage of a URL; `endpoint` is for S3-compatible stores (credentials come from the usual
    AWS settings).

    Raises ValueError for a scheme that is not known.
    """
    parts = urlsplit(url)
    if parts.scheme == "file":
        return Folder(Path(unquote(parts.path)))
    if parts.scheme == "s3":
        client = boto3.client(
            "s3",
            endpoint_url=endpoint or None,
            config=Config(connect_timeout=3, read_timeout=20, retries={"max_attempts": 4}),
        )
        return Bucket(client, bucket=parts.netloc, prefix=parts.path.strip("/"))
    raise ValueError(f"STORAGE_URL: {parts.scheme or url!r} is neither file:// nor s3://")


class Folder:
    """Files below a folder; a file is there whole or not at all."""

    def __init__(self, root: Path) -> None:
        self._root = root

    async def put(self, key: str, data: bytes) -> None:
        await asyncio.to_thread(self._write, self._path(key), data)

    async def get(self, key: str) -> bytes:
        try:
            return await asyncio.to_thread(self._path(key).read_bytes)
        except FileNotFoundError as error:
            raise FileMissing(key) from error

    async def stream(self, key: str) -> AsyncIterator[bytes]:
        data = await self.get(key)
        for start in range(0, len(data), CHUNK):
            yield data[start : start + CHUNK]

    async def delete(self, key: str) -> None:
        await asyncio.to_thread(self._path(key).unlink, missing_ok=True)

    def _path(self, key: str) -> Path:
        path = (self._root / key).resolve()
        if not path.is_relative_to(self._root.resolve()):
            raise ValueError("the key leaves the folder")
        return path

    @staticmethod
    def _write(path: Path, data: bytes) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(dir=path.parent)
        try:
            with os.fdopen(handle, "wb") as file:
                file.write(data)
                file.flush()
                os.fsync(file.fileno())
            Path(name).replace(path)
        except BaseException:
            Path(name).unlink(missing_ok=True)
            raise


class Bucket:
    """Objects of an S3 bucket below a prefix; the client blocks, so it works in threads."""

    def __init__(self, client: Any, *, bucket: str, prefix: str) -> None:
        self._client = client
        self._bucket = bucket
        self._prefix = prefix

    async def put(self, key: str, data: bytes) -> None:
        await asyncio.to_thread(
            self._client.put_object, Bucket=self._bucket, Key=self._key(key), Body=data
        )

    async def get(self, key: str) -> bytes:
        return await asyncio.to_thread(self._read, key)

    async def stream(self, key: str) -> AsyncIterator[bytes]:
        data = await self.get(key)
        for start in range(0, len(data), CHUNK):
            yield data[start : start + CHUNK]

    async def delete(self, key: str) -> None:
        await asyncio.to_thread(self._client.delete_object, Bucket=self._bucket, Key=self._key(key))

    def _read(self, key: str) -> bytes:
        try:
            found = self._client.get_object(Bucket=self._bucket, Key=self._key(key))
        except ClientError as error:
            if error.response["Error"]["Code"] in ("NoSuchKey", "404"):
                raise FileMissing(key) from error
            raise
        return bytes(found["Body"].read())

    def _key(self, key: str) -> str:
        return f"{self._prefix}/{key}" if self._prefix else key
