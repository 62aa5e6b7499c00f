"""Whether an approved tag decides which pictures a text is about."""

from __future__ import annotations

import re

from gallery.models import ImageQuerySet, Tag, User
from gallery.search.intent import NamesVisibleTo
from gallery.search.query import SearchQuery

# The tag decides alone if at least this part of the matches has it. With less, most such pictures
# are probably not tagged yet.
_SHARE = 0.75
_ARTICLE = re.compile(r"^(?:the|an?|my) ")


def tag_of(query: SearchQuery, user: User) -> Tag | None:
    """A tag whose name is all that is sought, and that pictures visible to the person have."""
    if query.phrases or query.terms or query.excluded_words:
        return None
    return tag_named(query.text, user)


def tag_named(text: str, user: User) -> Tag | None:
    """A tag with this name, also in the plural, that pictures visible to the person have."""
    forms = _forms(text)
    names = NamesVisibleTo(user).tags(forms)
    name = next((names[form] for form in forms if form in names), None)
    return Tag.objects.named(name).first() if name else None


def decides(tagged: ImageQuerySet, matches: ImageQuerySet) -> bool:
    """Whether the matches of a search for the name of the tag mostly have the tag."""
    with_tag = matches.filter(pk__in=tagged.order_by().values("pk")).count()
    return with_tag >= _SHARE * matches.count()


def _forms(text: str) -> list[str]:
    """The text without an article, and its possible singulars: dogs, boxes, cities."""
    text = _ARTICLE.sub("", text.casefold())
    singulars = [
        text.removesuffix(ending) + singular
        for ending, singular in (("s", ""), ("es", ""), ("ies", "y"))
        if text.endswith(ending) and len(text) > len(ending) + 2
    ]
    return [text, *singulars]
