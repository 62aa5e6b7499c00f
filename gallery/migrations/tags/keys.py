"""Keys of the names of existing tags, and other names where two of them have one key."""

import unicodedata

_LONGEST = 60


def fill(apps, schema_editor):
    """Two tags could be called ``STRASSE`` and ``straße``: the newer one gets a number."""
    tags = apps.get_model("gallery", "Tag").objects
    for name, key in (("name", "name_key"), ("name_zh", "name_zh_key")):
        taken = set()
        for tag in tags.exclude(**{name: ""}).order_by("pk").only("pk", name):
            old = getattr(tag, name)
            new = _free_name(old, taken)
            taken.add(_key_of(new))
            # A name that stays is not written, so that no picture with the tag is.
            values = {key: _key_of(new)} if new == old else {key: _key_of(new), name: new}
            tags.filter(pk=tag.pk).update(**values)


def _free_name(name, taken):
    number, free = 1, name
    while _key_of(free) in taken:
        number += 1
        suffix = f" ({number})"
        free = name[: _LONGEST - len(suffix)] + suffix
    return free


def _key_of(name):
    """As ``gallery.models.tags.names.key_of`` at the time of this migration."""
    joiners = {"\u200c", "\u200d", *map(chr, range(0xFE00, 0xFE10))}
    visible = "".join(letter for letter in name if letter not in joiners)
    folded = unicodedata.normalize("NFKC", visible).casefold()
    return " ".join(unicodedata.normalize("NFKC", folded).split())
