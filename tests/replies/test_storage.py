"""Files are kept, read and removed in a bucket that behaves as S3 does."""

from collections.abc import Iterator
from typing import Any

import boto3  # type: ignore[import-untyped]  # It ships no types.
import pytest
from moto import mock_aws

from switchboard.replies import storage

PATH = "1/2026/03/receipt.jpg"


@pytest.fixture
def bucket(monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """An empty bucket, and a storage that is not open yet."""
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "key")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "secret")
    monkeypatch.setenv("SWITCHBOARD_MEDIA_URL", "s3://shop/media?region_name=eu-west-1")
    storage.open_storage.cache_clear()
    with mock_aws():
        place: Any = {"LocationConstraint": "eu-west-1"}
        made = boto3.resource("s3", region_name="eu-west-1").Bucket("shop")
        made.create(CreateBucketConfiguration=place)
        yield made
    storage.open_storage.cache_clear()


def test_a_file_is_kept_below_the_folder_and_read_again(bucket: Any) -> None:
    kept_at = storage.save_file(PATH, b"\xff\xd8picture")
    assert [one.key for one in bucket.objects.all()] == [f"media/{PATH}"]
    with storage.open_storage().open(kept_at) as file:
        assert file.read() == b"\xff\xd8picture"


def test_it_is_private_and_shown_by_a_signed_address(bucket: Any) -> None:
    kept_at = storage.save_file(PATH, b"picture")
    assert "Signature=" in storage.open_storage().url(kept_at)
    grants = bucket.Object(f"media/{PATH}").Acl().grants
    assert all("URI" not in grant["Grantee"] for grant in grants)


def test_keeping_it_again_leaves_one_file(bucket: Any) -> None:
    for content in (b"half", b"whole"):
        storage.save_file(PATH, content)
    assert [one.get()["Body"].read() for one in bucket.objects.all()] == [b"whole"]


def test_a_file_can_be_removed(bucket: Any) -> None:
    storage.open_storage().delete(storage.save_file(PATH, b"picture"))
    assert list(bucket.objects.all()) == []


def test_a_bucket_that_is_not_there_is_said_as_not_kept(bucket: Any) -> None:
    bucket.delete()
    with pytest.raises(OSError, match="NoSuchBucket"):
        storage.save_file(PATH, b"picture")
