"""How the names of tags are written, and when two of them are one name."""

from __future__ import annotations

import unicodedata
from typing import TYPE_CHECKING, Any

from django.db import models
from django.utils.translation import gettext_noop

from gallery.core.errors import InvalidInput

if TYPE_CHECKING:
    TextField = models.TextField[str, str]
else:
    TextField = models.TextField

MAX_LENGTH = 60  # characters; a message names it

# Persian words and pictograms need them: zero-width (non-)joiner and selectors of variants.
_JOINERS = frozenset("\u200c\u200d" + "".join(map(chr, range(0xFE00, 0xFE10))))
# Letters without a picture.
_FILLERS = frozenset("\u034f\u115f\u1160\u17b4\u17b5\u3164\uffa0")


def normalised(name: str) -> str:
    """NFC, with single spaces. Raises ``InvalidInput``, with the field ``name``."""
    name = " ".join(unicodedata.normalize("NFC", name).split())
    if not name:
        raise InvalidInput(gettext_noop("A tag needs a name."), field="name")
    if len(name) > MAX_LENGTH:
        message = gettext_noop("A tag may have at most 60 characters.")
        raise InvalidInput(message, field="name", limit=MAX_LENGTH)
    if any(_is_refused(letter) for letter in name) or not key_of(name):
        message = gettext_noop("A tag may not have control characters or invisible ones.")
        raise InvalidInput(message, field="name")
    return name


def _is_refused(letter: str) -> bool:
    """Two names would look the same with it, or the text around them would be reordered."""
    if letter in _JOINERS:
        return False
    return letter in _FILLERS or unicodedata.category(letter) in ("Cc", "Cf", "Cs")


def key_of(name: str) -> str:
    """Equal for names that differ in upper and lower case, width, spaces or joiners only.

    PostgreSQL's ``lower`` depends on its locale, and does not know that ``ß`` is ``ss``.
    """
    visible = "".join(letter for letter in name if letter not in _JOINERS)
    folded = unicodedata.normalize("NFKC", visible).casefold()
    return " ".join(unicodedata.normalize("NFKC", folded).split())


class NameKeyField(TextField):
    """The key of the name in the field ``of``, computed whenever a row is saved or created."""

    def __init__(self, *, of: str, **options: Any) -> None:
        super().__init__(**{**options, "editable": False})
        self.of = of

    def pre_save(self, model_instance: models.Model, add: bool) -> str:
        key = key_of(getattr(model_instance, self.of))
        setattr(model_instance, self.attname, key)
        return key

    def deconstruct(self) -> Any:
        """For migrations, a text."""
        name, _path, args, options = super().deconstruct()
        return name, "django.db.models.TextField", args, options

    def clone(self) -> NameKeyField:
        _name, _path, _args, options = self.deconstruct()
        return type(self)(of=self.of, **options)
