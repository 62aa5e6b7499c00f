"""Uses the installed client as a program does: python whole_flow.py SITE TOKEN FOLDER."""

import functools
import sys
from http import HTTPStatus
from pathlib import Path

import httpx
from searchsite_client import (
    ApiProblem,
    AuthenticatedClient,
    checked,
    search,
    upload,
    upload_folder,
    wait_until_ready,
)
from searchsite_client.generated.api.images import (
    delete_image,
    get_image,
    list_images,
    update_image,
)
from searchsite_client.generated.models import Image, PatchedImageChangesRequest, Problem

site, token, folder = sys.argv[1], sys.argv[2], Path(sys.argv[3])
client = AuthenticatedClient(base_url=site, token=token, timeout=httpx.Timeout(60))


def code_of(action: object) -> str:
    """The code of the problem that the action ends with."""
    assert callable(action)
    try:
        action()
    except ApiProblem as error:
        return error.problem.code
    raise AssertionError("the request was not refused")


fields = {"visibility": "private", "title": "Four corners", "metadata": {"place": "Rome"}}
fields["tags"] = ["holiday", "lake"]
uploads = upload_folder(client, folder, **fields)
answers = {path.name: answer for path, answer in uploads}
assert list(answers) == ["blue.png", "quadrants.JPG", "not-a-picture.png"], list(answers)
refused = answers.pop("not-a-picture.png")
assert isinstance(refused, Problem)
assert refused.code == "unsupported_type", refused
images = [answer for answer in answers.values() if isinstance(answer, Image)]
blue, corners = images
assert blue.metadata["place"] == "Rome"
assert sorted(blue.tags) == ["holiday", "lake"], blue.tags

assert wait_until_ready(client, blue.id).status == "ready"
assert wait_until_ready(client, corners.id).visibility == "private"
hits = list(search(client, "four corners", owner="ann", limit=1))
assert {hit.id for hit in hits} == {blue.id, corners.id}, hits
assert list(search(client, "four corners", metadata={"place": {"$ne": "Rome"}})) == []

changes = PatchedImageChangesRequest(title="A blue wall")
checked(update_image.sync(blue.id, client=client, body=changes))
changed = checked(get_image.sync(blue.id, client=client))
assert (changed.title, changed.owner) == ("A blue wall", "ann"), changed

assert changed.original
original = client.get_httpx_client().get(changed.original)
assert original.status_code == HTTPStatus.OK, original
assert original.content == (folder / "blue.png").read_bytes()

etag = get_image.sync_detailed(blue.id, client=client).headers["ETag"]
delete = functools.partial(delete_image.sync, client=client)
same = checked(update_image.sync(blue.id, client=client, body=changes, if_match=etag))
assert same.updated_at == changed.updated_at, same
changes.title = "A wall"
checked(update_image.sync(blue.id, client=client, body=changes, if_match=etag))
assert code_of(lambda: checked(delete(blue.id, if_match=etag))) == "precondition_failed"

for image in images:
    assert checked(delete(image.id)) is None
assert code_of(lambda: wait_until_ready(client, blue.id)) == "not_found"

again = checked(upload(client, folder / "blue.png", title=None, taken_at=None))
assert (again.title, again.taken_at) == ("", None), again
checked(delete(again.id))

stranger = AuthenticatedClient(base_url=site, token="wrong")
assert code_of(lambda: next(search(stranger, "a wall"))) == "authentication_failed"
assert code_of(lambda: checked(list_images.sync(client=stranger))) == "authentication_failed"
print("whole flow: ok")
