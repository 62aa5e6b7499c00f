"""A server of S3's protocol in a process of its own: moto."""

from __future__ import annotations

import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from typing import Any

import boto3

from tests.local.services import eventually

BUCKET = "pictures"
KEYS = {
    "AWS_ACCESS_KEY_ID": "key-of-tests",
    "AWS_SECRET_ACCESS_KEY": "secret-of-tests",
    "AWS_DEFAULT_REGION": "eu-central-1",
    "AWS_EC2_METADATA_DISABLED": "true",
}


@contextmanager
def running() -> Iterator[str]:
    """The address of the server, which has no bucket."""
    with closing(socket.create_server(("127.0.0.1", 0))) as free:
        port: int = free.getsockname()[1]
    command = [sys.executable, "-m", "moto.server", "-H", "127.0.0.1", "-p", str(port)]
    output = subprocess.DEVNULL
    with subprocess.Popen(command, stdout=output, stderr=output) as server:
        try:
            assert eventually(lambda: _answers(port), 120)
            yield f"http://127.0.0.1:{port}"
        finally:
            server.kill()


def objects() -> dict[str, bytes]:
    """All objects of the bucket, by their keys."""
    bucket: Any = boto3.resource("s3").Bucket(BUCKET)
    return {item.key: item.get()["Body"].read() for item in bucket.objects.all()}


def put(key: str, body: bytes) -> None:
    client: Any = boto3.client("s3")
    client.put_object(Bucket=BUCKET, Key=key, Body=body)


def delete(key: str) -> None:
    client: Any = boto3.client("s3")
    client.delete_object(Bucket=BUCKET, Key=key)


def make_bucket() -> None:
    bucket: Any = boto3.resource("s3").Bucket(BUCKET)
    bucket.create(CreateBucketConfiguration={"LocationConstraint": KEYS["AWS_DEFAULT_REGION"]})


def delete_bucket() -> None:
    bucket: Any = boto3.resource("s3").Bucket(BUCKET)
    bucket.objects.all().delete()
    bucket.delete()


def _answers(port: int) -> bool:
    with closing(socket.socket()) as client:
        return client.connect_ex(("127.0.0.1", port)) == 0
