"""Who read the sentence of a search, and the links that read it in another way."""

from __future__ import annotations

from dataclasses import dataclass

from gallery.llm.configured import is_configured
from gallery.pages.search.address import SearchAddress
from gallery.pages.search.form import BY_MODEL, EXACTLY, SearchForm
from gallery.search.intent import Kind
from gallery.search.intent.read import RULES


@dataclass(frozen=True, kw_only=True)
class IntentLine:
    """``model`` is the name of the model that read the sentence, or empty; ``failed`` if it should
    have. ``is_understood`` unless all of it is undone. An address is None where there is nothing to
    read in that way. ``undone`` are words that stay text, each with the address that reads them
    again.
    """

    text: str
    is_exact: bool
    model: str
    failed: bool
    is_understood: bool
    exactly: SearchAddress | None
    by_rules: SearchAddress | None
    by_model: SearchAddress | None
    undone: list[tuple[str, SearchAddress]]


def intent_line_of(form: SearchForm, address: SearchAddress) -> IntentLine | None:
    """None for a text that means what it says."""
    intent, way = form.intent_of_box, form.cleaned_data["intent"]
    is_exact = way == EXACTLY
    rules = address.without(("intent", "as_text"))
    if not (intent.parts or intent.undone or intent.model_failed or way):
        return None
    return IntentLine(
        text=intent.text,
        is_exact=is_exact,
        model=intent.reader if intent.reader != RULES else "",
        failed=intent.model_failed,
        is_understood=not intent.undone or any(p.kind is not Kind.FILLER for p in intent.parts),
        exactly=None if is_exact else rules.replacing("intent", EXACTLY),
        by_rules=rules if way and not intent.model_failed else None,
        by_model=rules.replacing("intent", BY_MODEL) if _may_ask(form) else None,
        undone=[(text, address.without_value("as_text", text)) for text in intent.undone],
    )


def _may_ask(form: SearchForm) -> bool:
    is_read = form.is_read_by_model and not form.intent_of_box.model_failed
    return not is_read and is_configured() and form.user.is_authenticated
