"""Applies conditions to a queryset, inside the SQL."""

from __future__ import annotations

from collections.abc import Callable

from django.contrib.auth import get_user_model
from django.db.models import BooleanField, Case, F, FloatField, Q, Subquery, Value, When
from django.db.models.functions import Cast
from django.db.models.lookups import GreaterThanOrEqual, LessThanOrEqual

from gallery.models import ImageQuerySet, State, User
from gallery.models.images.queryset import changeable_by
from gallery.search.filters import time_spans
from gallery.search.filters.colours import coloured
from gallery.search.filters.conditions import ImageFilter
from gallery.search.filters.metadata import described
from gallery.search.filters.orientation import oriented
from gallery.search.filters.places import near
from gallery.search.filters.tags import tagged


def matching(images: ImageQuerySet, conditions: ImageFilter, *, user: User) -> ImageQuerySet:
    """Those of ``images`` that meet ``conditions``; ``user`` is the person who asks."""
    return images.filter(_meets(conditions, user))


def _meets(conditions: ImageFilter, user: User) -> Q:
    met = Q()
    for condition in _CONDITIONS:
        met &= condition(conditions, user)
    for required in conditions.required:
        met &= _meets(required, user)
    for excluded in conditions.excluded:
        met &= _fails(excluded, user)
    return met


def _fails(conditions: ImageFilter, user: User) -> Q:
    """True also where the conditions are NULL: a picture without a date is not after 2024."""
    met = _meets(conditions, user)
    if not met:
        return Q(pk__in=[])
    case = Case(When(met, then=Value(False)), default=Value(True), output_field=BooleanField())
    return Q(case)


def _people(conditions: ImageFilter, user: User) -> Q:
    owned = Q(owner_id=user.pk) if user.is_authenticated else Q(pk__in=[])
    met = Q()
    if conditions.own:
        met &= owned
    if conditions.no_owner:
        met &= Q(owner_id=None)
    if conditions.owner:
        met &= Q(owner_id=_user_named(conditions.owner))
    if conditions.visibility:
        met &= Q(visibility=conditions.visibility)
    if conditions.external_id:
        met &= owned & Q(external_id=conditions.external_id)
    if conditions.import_id:
        met &= owned & Q(import_id=conditions.import_id)
    if conditions.hide_failed_of_others:
        met &= ~Q(state__in=(State.FAILED, State.QUARANTINED)) | owned
    return met


def _user_named(name: str) -> Subquery:
    """Upper and lower case count only if two names differ in nothing else.

    A scalar is evaluated once and, unlike a join, does not change how the images are scanned.
    """
    users = get_user_model().objects.filter(username__iexact=name)
    return Subquery(users.order_by(Case(When(username=name, then=0), default=1)).values("pk")[:1])


def _facts(conditions: ImageFilter, user: User) -> Q:
    met = oriented(conditions.orientations)
    if conditions.states:
        met &= Q(state__in=conditions.states)
    if conditions.formats:
        met &= Q(format__in=conditions.formats)
    if conditions.camera:
        met &= Q(camera__icontains=conditions.camera)
    if conditions.lens:
        met &= Q(lens__icontains=conditions.lens)
    if conditions.colour:
        met &= coloured(conditions.colour)
    if conditions.has_caption is not None:
        met &= ~Q(caption="") if conditions.has_caption else Q(caption="")
    return met


def _limits(conditions: ImageFilter, user: User) -> Q:
    met = Q()
    if conditions.min_size is not None:
        met &= Q(size__gte=conditions.min_size)
    if conditions.max_size is not None:
        met &= Q(size__lte=conditions.max_size)
    # A float, because the product of two integers could exceed PostgreSQL's integer.
    megapixels = Cast("width", FloatField()) * F("height") / 1e6
    if conditions.min_megapixels is not None:
        met &= Q(GreaterThanOrEqual(megapixels, conditions.min_megapixels))
    if conditions.max_megapixels is not None:
        met &= Q(LessThanOrEqual(megapixels, conditions.max_megapixels))
    return met


def _dates(conditions: ImageFilter, user: User) -> Q:
    created = time_spans.between("created_at", conditions.created_after, conditions.created_before)
    taken = time_spans.between("taken_at", conditions.taken_after, conditions.taken_before)
    dated = time_spans.dated_between(conditions.dated_after, conditions.dated_before)
    return created & taken & dated


def _place(conditions: ImageFilter, user: User) -> Q:
    return near(conditions.near) & changeable_by(user) if conditions.near else Q()


def _metadata(conditions: ImageFilter, user: User) -> Q:
    met = Q()
    for condition in conditions.metadata:
        met &= described(condition)
    return met


def _tags(conditions: ImageFilter, user: User) -> Q:
    return tagged(conditions.tags)


# A further group is a field of ImageFilter and a function in this list.
_CONDITIONS: tuple[Callable[[ImageFilter, User], Q], ...] = (
    _people, _facts, _limits, _dates, _place, _metadata, _tags,
)  # fmt: skip
