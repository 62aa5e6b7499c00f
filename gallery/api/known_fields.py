"""Unknown and repeated parameters are errors: without them, the answer would be a wrong one."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Mapping
from typing import Any

from django.utils.datastructures import MultiValueDict
from django.utils.translation import gettext as _
from rest_framework import serializers
from rest_framework.exceptions import ErrorDetail

# Names in earlier versions and in other vector databases, with ours.
_OTHER_NAMES = {
    "page_size": "limit", "top_k": "limit", "topK": "limit", "match_count": "limit",
    "score_threshold": "min_similarity", "match_threshold": "min_similarity",
    "offset": "cursor", "page": "cursor", "query": "q",
}  # fmt: skip
# An error message names no more than this.
_MAX_NAMED = 10


class KnownFieldsOnly(serializers.Serializer[Any]):
    """Refuses fields that the serializer does not have."""

    # Fields that may be sent and are ignored.
    ignored_fields: frozenset[str] = frozenset()

    def is_known(self, name: str) -> bool:
        return name in self.fields or name in self.ignored_fields

    def may_repeat(self, name: str) -> bool:
        field = self.fields.get(name)
        return isinstance(field, serializers.ListField | serializers.MultipleChoiceField)

    def to_internal_value(self, data: Any) -> Any:
        if isinstance(data, Mapping):
            unknown = [str(name) for name in data if not self.is_known(str(name))]
            if unknown:
                errors = {name: [self.message_about(name)] for name in unknown[:_MAX_NAMED]}
                raise serializers.ValidationError(errors, code="unknown")
        if isinstance(data, MultiValueDict):
            self._refuse_repeated(data)
            self._refuse_blank(data)
        elif isinstance(data, Mapping):
            self._refuse_other_types(data)
        return super().to_internal_value(data)

    def _refuse_repeated(self, data: MultiValueDict[str, Any]) -> None:
        """Of a value that is given twice, the framework takes the last one."""
        repeated = [
            name for name, values in data.lists() if len(values) > 1 and not self.may_repeat(name)
        ]
        if repeated:
            errors = {name: [_("Provide this only once.")] for name in repeated[:_MAX_NAMED]}
            raise serializers.ValidationError(errors, code="repeated")

    def _refuse_blank(self, data: MultiValueDict[str, Any]) -> None:
        """The framework ignores an empty value, so an empty filter would find everything."""
        blank = [
            name
            for name, values in data.lists()
            if "" in values and name in self.fields and not _may_be_blank(self.fields[name])
        ]
        if blank:
            errors = {name: [_("This field may not be blank.")] for name in blank}
            raise serializers.ValidationError(errors, code="blank")

    def _refuse_other_types(self, data: Mapping[str, Any]) -> None:
        """The framework converts texts, numbers and booleans in JSON into one another, and takes
        the keys of an object for a list of choices.
        """
        texts = [name for name, field in self.fields.items() if _is_text(field) and name in data]
        errors = {name: error for name in texts if (error := _numbers_in(data[name]))}
        errors |= {
            name: [_("Must be a valid boolean.")]
            for name, field in self.fields.items()
            if isinstance(field, serializers.BooleanField) and not _is_boolean(data.get(name))
        }
        errors |= {
            name: [_("A valid number is required.")]
            for name, field in self.fields.items()
            if isinstance(field, serializers.FloatField | serializers.IntegerField)
            and isinstance(data.get(name), str | bool)
        }
        errors |= {
            name: [_not_a_list(field)]
            for name, field in self.fields.items()
            if isinstance(field, serializers.MultipleChoiceField)
            and isinstance(data.get(name), Mapping)
        }
        if errors:
            raise serializers.ValidationError(errors, code="invalid")

    def message_about(self, name: str) -> str:
        meant = _similar_name(name, [*self.fields, *self.ignored_fields])
        if not meant:
            return _("There is no parameter or field of this name.")
        text = _("There is no parameter or field of this name. Did you mean “%(name)s”?")
        return text % {"name": meant}


class NoParameters(KnownFieldsOnly):
    def message_about(self, name: str) -> str:
        return _("This request has no parameters in its address.")


class NoBody(KnownFieldsOnly):
    def message_about(self, name: str) -> str:
        return _("This request has no fields in its body.")


def _may_be_blank(field: Any) -> bool:
    return bool(getattr(field, "allow_blank", False))


def _is_text(field: Any) -> bool:
    return isinstance(getattr(field, "child", field), serializers.CharField)


def _not_a_list(field: serializers.MultipleChoiceField) -> ErrorDetail:
    message = field.error_messages["not_a_list"].format(input_type="object")
    return ErrorDetail(message, "not_a_list")


def _is_boolean(value: Any) -> bool:
    return value is None or isinstance(value, bool)


def _numbers_in(value: Any) -> Any:
    """The errors about numbers where there should be texts; empty if there are none."""
    message = [_("Not a valid string.")]
    if isinstance(value, list):
        return {str(i): message for i, item in enumerate(value) if isinstance(item, int | float)}
    return message if isinstance(value, int | float) else {}


def _similar_name(name: str, known: Iterable[str]) -> str:
    """The known name that was probably meant; empty if none was."""
    known = sorted(known)
    if _OTHER_NAMES.get(name) in known:
        return _OTHER_NAMES[name]
    return next(iter(difflib.get_close_matches(name, known, n=1, cutoff=0.7)), "")
