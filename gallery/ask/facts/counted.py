"""How many pictures were counted, as sentences."""

from __future__ import annotations

from collections.abc import Sequence

from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from gallery.ask.retrieval import Retrieved
from gallery.ask.subjects.box import Box


def counted(retrieved: Retrieved, count: int) -> list[str]:
    """Two sentences if a tag does not decide: how many have it, and how many match. Others say why
    nothing was counted, and what was left out."""
    if not retrieved.sought.can_be_answered:
        return [_unanswered(retrieved.sought)]
    left_out = [
        _("Pictures with the tag “%(name)s” were left out.") % {"name": tag.name_in(get_language())}
        for tag in retrieved.sought.left_out
    ]
    if retrieved.sought.unlike:
        text = _(
            "Pictures that match “%(text)s” were left out, by what they show and by their words."
        )
        left_out.append(text % {"text": "”, “".join(retrieved.sought.unlike)})
    return _numbers(retrieved, count) + left_out


def _numbers(retrieved: Retrieved, count: int) -> list[str]:
    if retrieved.by_tag and count:
        return [_tagged(retrieved)]
    if not retrieved.text:
        return [_number_retrieved(retrieved, count)]
    matched = _matched(retrieved, count)
    return [_tagged(retrieved), matched] if retrieved.tagged else [matched]


def _unanswered(sought: Box) -> str:
    if sought.needs_login:
        return _("Log in to ask about your own pictures.")
    text = _("Nobody named “%(name)s” has pictures that you see.")
    return text % {"name": sought.nobody}


def _tagged(retrieved: Retrieved) -> str:
    if retrieved.tagged_at_least:
        text = _("At least %(count)d pictures have the tag “%(name)s”.")
    else:
        text = ngettext(
            "%(count)d picture has the tag “%(name)s”.",
            "%(count)d pictures have the tag “%(name)s”.",
            retrieved.tagged,
        )
    name = retrieved.tag.name_in(get_language()) if retrieved.tag else retrieved.text
    return text % {"count": retrieved.tagged, "name": name}


def _matched(retrieved: Retrieved, count: int) -> str:
    if not count:
        if retrieved.sought.is_own:
            text = _("None of your pictures matches “%(text)s” well.")
        else:
            text = _("No picture matches “%(text)s” well.")
        return text % {"text": retrieved.sought.words or retrieved.text}
    if retrieved.at_least:
        text = _(
            "At least %(count)d pictures match “%(text)s”, by what they show and by their words."
        )
    else:
        text = ngettext(
            "About %(count)d picture matches “%(text)s”, by what it shows and by its words.",
            "About %(count)d pictures match “%(text)s”, by what they show and by their words.",
            count,
        )
    return text % {"count": count, "text": retrieved.text}


def _number_retrieved(retrieved: Retrieved, count: int) -> str:
    if retrieved.at_least:
        return _("At least %(count)d pictures were found.") % {"count": count}
    text = ngettext("%(count)d picture was found.", "%(count)d pictures were found.", count)
    return text % {"count": count}


def compared(retrieved: Sequence[Retrieved], counts: Sequence[int]) -> list[str]:
    """Nothing where the smaller number may be larger."""
    (more, most), (fewer, least) = sorted(
        zip(retrieved, counts, strict=True), key=lambda pair: -pair[1]
    )
    if fewer.at_least or (most == least and more.at_least):
        return []
    if most == least:
        text = _("As many pictures of “%(first)s” as of “%(second)s”.")
    else:
        text = _("More pictures of “%(first)s” than of “%(second)s”.")
    return [text % {"first": more.text, "second": fewer.text}]
