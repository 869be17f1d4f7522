import asyncio
from collections.abc import Callable, Iterator
from pathlib import Path

import boto3
import pytest
from moto.server import ThreadedMotoServer

from ingest.service.ports import DocumentFiles, FileMissing
from ingest.storage import open_storage
from pfa_local import ports


@pytest.fixture
def bucket(
    monkeypatch: pytest.MonkeyPatch, unique: Callable[[str], str]
) -> Iterator[tuple[str, str]]:
    """A fresh bucket of moto's S3 on loopback, spoken to over HTTP: its endpoint and name."""
    name = unique("documents")
    for variable in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(variable, "testing")
    monkeypatch.setenv("AWS_DEFAULT_REGION", "eu-central-1")
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=ports.anywhere())
    server.start()
    try:
        host, port = server.get_host_and_port()
        endpoint = f"http://{host}:{port}"
        boto3.client("s3", endpoint_url=endpoint).create_bucket(
            Bucket=name, CreateBucketConfiguration={"LocationConstraint": "eu-central-1"}
        )
        yield endpoint, name
    finally:
        server.stop()


@pytest.fixture(params=["file", "s3"])
def storage(request: pytest.FixtureRequest, tmp_path: Path) -> DocumentFiles:
    if request.param == "file":
        return open_storage((tmp_path / "files with spaces").as_uri())
    endpoint, name = request.getfixturevalue("bucket")
    return open_storage(f"s3://{name}/receipts", endpoint=endpoint)


async def test_what_is_put_is_got_streamed_and_deleted(storage: DocumentFiles) -> None:
    data = bytes(range(256)) * 1000
    await storage.put("anna/one", data)
    assert await storage.get("anna/one") == data
    assert b"".join([chunk async for chunk in storage.stream("anna/one")]) == data
    await storage.delete("anna/one")
    await storage.delete("anna/one")
    with pytest.raises(FileMissing):
        await storage.get("anna/one")


async def test_writers_of_one_key_leave_one_whole_file(storage: DocumentFiles) -> None:
    versions = [bytes([number]) * 50_000 for number in range(6)]
    await asyncio.gather(*(storage.put("anna/two", version) for version in versions))
    assert await storage.get("anna/two") in versions


async def test_a_key_cannot_leave_its_folder(tmp_path: Path) -> None:
    storage = open_storage((tmp_path / "files").as_uri())
    with pytest.raises(ValueError, match="leaves the folder"):
        await storage.get("../../etc/passwd")


def test_an_unknown_scheme_is_refused() -> None:
    with pytest.raises(ValueError, match="STORAGE_URL"):
        open_storage("ftp://somewhere/else")
