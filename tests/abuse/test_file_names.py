"""A good picture is accepted whatever bytes its name consists of."""

import io

import pytest
from django.test import Client
from PIL import Image as Picture

from gallery.models import Image

pytestmark = pytest.mark.django_db

NAMES = [
    (b"caf\xe9.jpg", "caf_.jpg"),  # Latin-1
    ("\u72d7.jpg".encode("gb18030"), None),
    (b"\xff\xfe\x80" * 80 + b".jpg", None),
    ("\u72d7.jpg".encode(), "\u72d7.jpg"),
]


def jpeg() -> bytes:
    file = io.BytesIO()
    Picture.new("RGB", (40, 30), "red").save(file, "JPEG")
    return file.getvalue()


def body(field: str, name: bytes) -> bytes:
    head = b'--B\r\nContent-Disposition: form-data; name="%s"; filename="%s"\r\n'
    visibility = b'--B\r\nContent-Disposition: form-data; name="visibility"\r\n\r\npublic\r\n'
    kind = b"Content-Type: image/jpeg\r\n\r\n"
    return visibility + head % (field.encode(), name) + kind + jpeg() + b"\r\n--B--\r\n"


@pytest.mark.parametrize(
    ("address", "field"), [("/upload/", "pictures"), ("/api/v1/images/", "file")]
)
@pytest.mark.parametrize(("name", "stored"), NAMES)
def test_any_file_name_is_accepted(
    owner_client: Client, address: str, field: str, name: bytes, stored: str | None
) -> None:
    content_type = "multipart/form-data; boundary=B"
    response = owner_client.post(
        address, body(field, name), content_type, headers={"Accept": "application/json"}
    )
    assert response.status_code == 201, response.content
    image = Image.objects.get()
    assert stored in (None, image.file_name)
    assert image.file_name.endswith(".jpg")
