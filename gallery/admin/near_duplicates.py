"""The admin's list of near-duplicates, for reading and for proposing kept pairs again."""

from __future__ import annotations

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.formats import number_format
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from gallery.admin.listed_lookups import ListedLookups
from gallery.models import Image, NearDuplicatePair, PairState


@admin.register(NearDuplicatePair)
class NearDuplicatePairAdmin(ListedLookups):
    list_display = (
        "first_picture", "second_picture", "distance", "listed_similarity", "state",
        "decided_by", "decided_at",
    )  # fmt: skip
    list_display_links = None
    list_filter = ("state",)
    list_select_related = ("first__owner", "second__owner", "decided_by")
    list_per_page = 50
    ordering = ("-pk",)
    actions = ("propose_again",)

    def get_queryset(self, request: HttpRequest) -> QuerySet[NearDuplicatePair]:
        """Staff who are no superusers see their own pairs, as on the review page."""
        pairs: QuerySet[NearDuplicatePair] = super().get_queryset(request)
        changeable = Image.objects.changeable_by(request.user)
        return pairs.filter(first__in=changeable)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(
        self, request: HttpRequest, obj: NearDuplicatePair | None = None
    ) -> bool:
        return False

    def has_delete_permission(
        self, request: HttpRequest, obj: NearDuplicatePair | None = None
    ) -> bool:
        return False

    def has_propose_permission(self, request: HttpRequest) -> bool:
        return bool(request.user.has_perm("gallery.change_nearduplicatepair"))

    @admin.action(description=_("Propose again"), permissions=["propose"])
    def propose_again(self, request: HttpRequest, pairs: QuerySet[NearDuplicatePair]) -> None:
        kept = pairs.filter(state=PairState.KEPT).order_by()
        removed, _rows = kept.filter(similarity=None).delete()
        changed = kept.update(state=PairState.OPEN, decided_by=None, decided_at=None)
        text = ngettext(
            "%(n)d decision withdrawn.", "%(n)d decisions withdrawn.", removed + changed
        ) % {"n": removed + changed}
        self.message_user(request, text, messages.SUCCESS)

    @admin.display(description=_("First picture"))
    def first_picture(self, pair: NearDuplicatePair) -> SafeString:
        return _link(pair.first)

    @admin.display(description=_("Second picture"))
    def second_picture(self, pair: NearDuplicatePair) -> SafeString:
        return _link(pair.second)

    @admin.display(description=_("Similarity"), ordering="similarity")
    def listed_similarity(self, pair: NearDuplicatePair) -> str:
        return "–" if pair.similarity is None else number_format(pair.similarity, 3)


def _link(image: Image) -> SafeString:
    return format_html('<a href="{}">{}</a>', image.get_absolute_url(), image)
