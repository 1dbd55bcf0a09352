"""A folder and a bucket keep bytes in the same way."""

import socket
from collections.abc import Iterator
from pathlib import Path

import boto3
import pytest
from moto.server import ThreadedMotoServer

from ticket_portal.settings import Settings
from ticket_portal.store import files
from ticket_portal.store.files import CHUNK, Files, NoSuchFile

KEY = "k" * 43


@pytest.fixture(scope="module")
def s3() -> Iterator[str]:
    """A real server that speaks S3."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    server = ThreadedMotoServer("127.0.0.1", port, verbose=False)
    server.start()
    yield f"http://127.0.0.1:{port}"
    server.stop()


@pytest.fixture(params=["folder", "s3"])
def storage(request: pytest.FixtureRequest, tmp_path: Path) -> Files:
    settings = Settings(_env_file=None, data_dir=tmp_path / "data")  # pyright: ignore[reportCallIssue]
    if request.param == "s3":
        settings.files = "s3"
        settings.s3_endpoint_url = request.getfixturevalue("s3")
        settings.s3_bucket, settings.s3_region = "portal-files", "eu-west-1"
        settings.s3_access_key = "testing"
        settings.s3_secret_key = type(settings.s3_secret_key)("testing")
        client = boto3.client(
            "s3",
            endpoint_url=settings.s3_endpoint_url,
            region_name="us-east-1",
            aws_access_key_id="testing",
            aws_secret_access_key="testing",
        )
        client.create_bucket(Bucket=settings.s3_bucket)
    return files.opened(settings)


def _put(storage: Files, folder: Path, content: bytes, key: str = KEY) -> Path:
    source = folder / "came"
    source.write_bytes(content)
    storage.put(key, source)
    return source


def test_what_is_kept_is_read_back_in_parts(storage: Files, tmp_path: Path):
    content = bytes(range(256)) * 3_000
    source = _put(storage, tmp_path, content)

    parts = list(storage.read(KEY))
    assert b"".join(parts) == content
    assert max(map(len, parts)) <= CHUNK
    assert not source.exists()


def test_a_part_is_read_alone(storage: Files, tmp_path: Path):
    _put(storage, tmp_path, b"0123456789")

    assert b"".join(storage.read(KEY, 3, 4)) == b"3456"
    assert b"".join(storage.read(KEY, 7)) == b"789"


def test_what_is_kept_again_is_the_new_one(storage: Files, tmp_path: Path):
    _put(storage, tmp_path, b"old")
    _put(storage, tmp_path, b"new")

    assert b"".join(storage.read(KEY)) == b"new"


def test_what_is_deleted_is_gone_and_may_be_deleted_again(storage: Files, tmp_path: Path):
    _put(storage, tmp_path, b"something")
    storage.delete(KEY)
    storage.delete(KEY)

    with pytest.raises(NoSuchFile):
        storage.read(KEY)


def test_a_folder_is_read_by_nobody_else_and_knows_no_other_paths(tmp_path: Path):
    storage = files.Folder(tmp_path / "files")
    _put(storage, tmp_path, b"something")

    [kept] = [path for path in (tmp_path / "files").rglob("*") if path.is_file()]
    assert kept.stat().st_mode & 0o077 == 0
    for path in ("../came", "/etc/passwd", "..", ""):
        with pytest.raises(NoSuchFile):
            storage.read(path)
