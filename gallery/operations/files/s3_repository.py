"""Backups in a bucket of S3, or of a server with its protocol.

Keys, region and the address of the server are those of boto3: ``AWS_ACCESS_KEY_ID``,
``AWS_SECRET_ACCESS_KEY``, ``AWS_DEFAULT_REGION``, ``AWS_ENDPOINT_URL_S3`` and others.
"""

from __future__ import annotations

import base64
import contextlib
import tempfile
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, BinaryIO

from gallery.core.errors import BackupFailed
from gallery.operations.files import copying
from gallery.operations.files.copying import Damaged
from gallery.operations.files.expiry import (
    expired_names,
    in_order,
    is_backup_name,
    is_copy_without,
    is_preview_without,
    needed_files,
)
from gallery.operations.files.repository import (
    DUMP,
    MANIFEST,
    SUMMARY,
    Backup,
    Entry,
    newest,
    original_name,
)

_DELETED_AT_ONCE = 1000
_PARTS = (DUMP, MANIFEST, SUMMARY)


class S3Repository:
    """A backup is complete when its ``backup.json`` is there, which is written last.

    All files are listed once, because a request for each of them would take longer than the rest.
    """

    def __init__(self, bucket: str, prefix: str) -> None:
        import boto3

        self._bucket = bucket
        self._prefix = f"{prefix.strip('/')}/" if prefix.strip("/") else ""
        with _s3_errors():
            self._client: Any = boto3.client("s3")
        self._listed: dict[str, tuple[int, datetime]] | None = None

    def names(self) -> list[str]:
        ends = f"/{SUMMARY}"
        names = (name.removesuffix(ends) for name in self._files if name.endswith(ends))
        # Below the prefix there may be the backups of another site.
        return in_order(name for name in names if "/" not in name)

    @contextlib.contextmanager
    def new(self, name: str) -> Iterator[Backup]:
        self._delete([file for file in self._files if self._is_unfinished(file)])
        with tempfile.TemporaryDirectory(prefix="backup-") as folder:
            yield Backup(Path(folder), name)
            for part in _PARTS:
                with _s3_errors():
                    key = self._key(f"{name}/{part}")
                    self._client.upload_file(f"{folder}/{part}", self._bucket, key)
        self._listed = None

    @contextlib.contextmanager
    def opened(self, name: str) -> Iterator[Backup]:
        name = newest(self.names(), name, f"s3://{self._bucket}/{self._prefix}")
        with tempfile.TemporaryDirectory(prefix="backup-") as folder:
            for part in _PARTS:
                self._download(f"{name}/{part}", Path(folder) / part)
            yield Backup(Path(folder), name)

    def has_original(self, entry: Entry) -> bool:
        size, _ = self._files.get(original_name(entry.sha256), (-1, None))
        return size == entry.size

    def put_original(self, source: Path, entry: Entry) -> None:
        """The server compares the SHA-256 again."""
        if not source.is_file():
            raise FileNotFoundError(source)
        if not copying.has_hash(source, entry.sha256):
            raise Damaged(str(source))
        checksum = base64.b64encode(bytes.fromhex(entry.sha256)).decode()
        with source.open("rb") as body:
            name = original_name(entry.sha256)
            self._put(body, entry.size, name, ChecksumSHA256=checksum)

    def get_original(self, entry: Entry, target: Path) -> None:
        with tempfile.TemporaryDirectory(prefix="backup-") as folder:
            copy = Path(folder) / "original"
            self._download(original_name(entry.sha256), copy)
            copying.copy(copy, target, entry.sha256)

    def put_preview(self, source: Path, name: str) -> int:
        """The same, if it has the same size and was stored after the file was made."""
        state = source.stat()
        size, stored_at = self._files.get(name, (-1, None))
        is_newer = stored_at is not None and stored_at.timestamp() > state.st_mtime
        if is_newer and size == state.st_size:
            return 0
        try:
            body = source.read_bytes()
        except FileNotFoundError:
            raise
        except OSError as error:
            raise Damaged(f"{source}: {error.strerror}") from error
        self._put(body, len(body), name)
        return len(body)

    def get_preview(self, name: str, target: Path) -> None:
        if target.is_file():
            return
        with tempfile.TemporaryDirectory(prefix="backup-") as folder:
            self._download(name, Path(folder) / "preview")
            copying.copy(Path(folder) / "preview", target)

    def prune(self, keep: int, newest: str) -> int:
        expired = expired_names(self.names(), keep, newest)
        # Without its summary, a backup that is deleted only in part is not offered.
        self._delete([f"{name}/{SUMMARY}" for name in expired])
        self._delete([f"{name}/{part}" for name in expired for part in _PARTS])
        hashes, ids = set[str](), set[str]()
        for name in self.names():
            with self.opened(name) as backup:
                more_hashes, more_ids = needed_files([backup])
                hashes |= more_hashes
                ids |= more_ids
        originals = [file for file in self._files if is_copy_without(hashes, file)]
        previews = [file for file in self._files if is_preview_without(ids, file)]
        self._delete([*originals, *previews])
        return len(originals)

    @property
    def _files(self) -> dict[str, tuple[int, datetime]]:
        """Size and time of all files, by their names below the prefix."""
        if self._listed is None:
            pages = self._client.get_paginator("list_objects_v2")
            with _s3_errors():
                self._listed = {
                    item["Key"].removeprefix(self._prefix): (item["Size"], item["LastModified"])
                    for page in pages.paginate(Bucket=self._bucket, Prefix=self._prefix)
                    for item in page.get("Contents", [])
                }
        return self._listed

    def _is_unfinished(self, file: str) -> bool:
        name, _, part = file.partition("/")
        is_whole = f"{name}/{SUMMARY}" in self._files
        return part in _PARTS and is_backup_name(name) and not is_whole

    def _put(self, body: BinaryIO | bytes, size: int, name: str, **options: str) -> None:
        with _s3_errors():
            self._client.put_object(Bucket=self._bucket, Key=self._key(name), Body=body, **options)
        self._files[name] = (size, datetime.now(UTC))

    def _download(self, name: str, target: Path) -> None:
        with _s3_errors():
            self._client.download_file(self._bucket, self._key(name), str(target))

    def _delete(self, names: list[str]) -> None:
        for start in range(0, len(names), _DELETED_AT_ONCE):
            keys = [{"Key": self._key(name)} for name in names[start : start + _DELETED_AT_ONCE]]
            with _s3_errors():
                answer = self._client.delete_objects(Bucket=self._bucket, Delete={"Objects": keys})
            self._listed = None
            # The status is 200 even if the server refused to delete all of them.
            if errors := answer.get("Errors"):
                first = f"{errors[0].get('Key')}: {errors[0].get('Code')}"
                raise BackupFailed(f"S3: {len(errors)} files could not be deleted: {first}")

    def _key(self, name: str) -> str:
        return self._prefix + name


@contextlib.contextmanager
def _s3_errors() -> Iterator[None]:
    """Raises ``FileNotFoundError`` for a file that is not there, else ``BackupFailed``."""
    from boto3.exceptions import Boto3Error
    from botocore.exceptions import BotoCoreError, ClientError

    try:
        yield
    except ClientError as error:
        if error.response.get("Error", {}).get("Code") in ("404", "NoSuchKey"):
            raise FileNotFoundError(str(error)) from error
        raise BackupFailed(f"S3: {error}") from error
    except (BotoCoreError, Boto3Error) as error:
        raise BackupFailed(f"S3: {error}") from error
