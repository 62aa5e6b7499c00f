"""The admin's list of near-duplicates."""

from __future__ import annotations

import pytest
from django.contrib.auth.models import Permission, User
from django.test import Client

from gallery.curation.near_duplicates.decide import keep_all
from gallery.models import NearDuplicatePair
from tests.builders import make_image, make_near_duplicates

pytestmark = pytest.mark.django_db

LIST = "/admin/gallery/nearduplicatepair/"


def test_pairs_are_listed_and_proposed_again(curator_client: Client, owner: User) -> None:
    images = [make_image(owner, title=f"number {n}") for n in range(3)]
    for image in images[1:]:
        make_near_duplicates(images[0], image)
    keep_all([image.pk for image in images], user=owner)
    page = curator_client.get(LIST, {"state__exact": "kept"}).content.decode()
    assert "number 0" in page
    assert "0.970" in page
    keys = NearDuplicatePair.objects.values_list("pk", flat=True)
    data = {"action": "propose_again", "_selected_action": list(keys)}
    page = curator_client.post(LIST, data, follow=True).content.decode()
    assert "3 decisions withdrawn." in page
    assert NearDuplicatePair.objects.undecided().count() == 2
    assert NearDuplicatePair.objects.count() == 2


def test_pairs_are_neither_added_nor_edited(curator_client: Client, owner: User) -> None:
    pair = make_near_duplicates(make_image(owner), make_image(owner))
    assert curator_client.get(f"{LIST}add/").status_code == 403
    assert curator_client.post(f"{LIST}{pair.pk}/change/", {"state": "kept"}).status_code == 403
    assert curator_client.post(f"{LIST}{pair.pk}/delete/").status_code == 403


def test_staff_see_pairs_of_their_own(staff_client: Client, staff: User, owner: User) -> None:
    permission = Permission.objects.get(codename="view_nearduplicatepair")
    staff.user_permissions.add(permission)
    make_near_duplicates(make_image(owner, title="theirs"), make_image(owner))
    make_near_duplicates(make_image(staff, title="ours"), make_image(staff))
    page = staff_client.get(LIST).content.decode()
    assert "ours" in page
    assert "theirs" not in page
