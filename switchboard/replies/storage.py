"""Where files of people are kept: a folder below SWITCHBOARD_HOME, or a bucket that speaks S3."""

from functools import cache
from urllib.parse import parse_qs, urlsplit

from django.conf import settings
from django.core.files.base import ContentFile
from django.core.files.storage import FileSystemStorage, Storage

from switchboard.core import env

_SETTING = "SWITCHBOARD_MEDIA_URL"


@cache
def open_storage() -> Storage:
    """Return the storage that SWITCHBOARD_MEDIA_URL names; without one, SWITCHBOARD_HOME/media.

    :raises SettingError: the address cannot be understood.
    """
    address = env.read_text(_SETTING)
    if not address:
        return FileSystemStorage(
            location=settings.HOME / "media", file_permissions_mode=0o600, directory_permissions_mode=0o700
        )
    parts = urlsplit(address)
    if parts.scheme != "s3" or not parts.netloc:
        raise env.SettingError(f"{_SETTING} is {address!r}. Write it as s3://bucket/folder?endpoint_url=https://host.")
    return _open_bucket(parts.netloc, parts.path.strip("/"), parse_qs(parts.query))


def _open_bucket(bucket: str, folder: str, options: dict[str, list[str]]) -> Storage:
    """Open a bucket; keys come from AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or from the machine's role."""
    # Loaded only where it is asked for: it takes half a second and 30 MB.
    from storages.backends.s3 import S3Storage  # type: ignore[import-untyped]  # It ships no types.

    chosen = {key: options[key][0] for key in ("endpoint_url", "region_name") if key in options}
    storage: Storage = S3Storage(
        bucket_name=bucket, location=folder, default_acl=None, file_overwrite=True, querystring_auth=True, **chosen
    )
    return storage


def save_file(path: str, content: bytes) -> str:
    """Keep a file and return where it is.

    :raises OSError: the storage does not take it.
    """
    try:
        return open_storage().save(path, ContentFile(content))
    except OSError:
        raise
    except Exception as error:
        # boto3 has families of its own; to the caller they all mean that it was not kept.
        raise OSError(str(error)) from error
