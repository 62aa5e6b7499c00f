"""Reads the properties of an XMP packet."""

from __future__ import annotations

from dataclasses import dataclass, field
from xml.parsers import expat

RDF = "http://www.w3.org/1999/02/22-rdf-syntax-ns# "
_LANGUAGE = "http://www.w3.org/XML/1998/namespace lang"
_REGION_NAME = "http://www.metadataworkinggroup.com/schemas/regions/ Name"
# More than any program writes; the facts of a picture are fewer.
_MOST_VALUES = 2_000
_MOST_LEVELS = 64


class _TooMuch(Exception):
    """A document type, which could define entities of any size, or too many values or levels."""


@dataclass
class Properties:
    """Values by the full name (namespace, space, local name); with languages for alternatives.

    ``persons`` are the names of marked faces. ``is_damaged``: what follows an error is missing.
    """

    values: dict[str, list[tuple[str, str]]] = field(default_factory=dict)
    persons: list[str] = field(default_factory=list)
    is_damaged: bool = False

    def all(self, name: str) -> list[str]:
        return [value for _, value in self.values.get(name, ())]

    def one(self, *names: str) -> str:
        """The first value of the first property that has one; of languages the default one."""
        for name in names:
            entries = sorted(self.values.get(name, ()), key=lambda entry: entry[0] != "x-default")
            if text := next((value for _, value in entries if value.strip()), ""):
                return text
        return ""


def properties_of(packet: bytes) -> Properties:
    """A property is an attribute of a top ``rdf:Description``, or an element in it."""
    reader = _Reader()
    try:
        reader.parser.Parse(packet, True)
    except (expat.ExpatError, _TooMuch, ValueError, LookupError):
        reader.properties.is_damaged = True
    return reader.properties


class _Reader:
    def __init__(self) -> None:
        self.properties = Properties()
        self._open: list[str] = []  # the names of open elements
        self._text: list[str] = []
        self._language = ""
        self._size = 0
        self.parser = expat.ParserCreate(namespace_separator=" ")
        self.parser.StartElementHandler = self._start
        self.parser.EndElementHandler = self._end
        self.parser.CharacterDataHandler = self._characters
        self.parser.StartDoctypeDeclHandler = self._refuse

    @property
    def _property(self) -> str:
        """The property whose element is open; empty if there is none."""
        for level in range(len(self._open) - 1):
            if self._open[level] == RDF + "Description":
                return self._open[level + 1]
        return ""

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        if name == RDF + "Description" and not self._property:
            for key, value in attributes.items():
                self._add(key, "", value)
        self._person(attributes.get(_REGION_NAME, ""))
        self._open.append(name)
        self._text, self._language = [], attributes.get(_LANGUAGE, "")
        if len(self._open) > _MOST_LEVELS:
            raise _TooMuch

    def _end(self, name: str) -> None:
        text, target = "".join(self._text), self._property
        if name == _REGION_NAME:
            self._person(text)
        elif text.strip() and target and name in (target, RDF + "li"):
            self._add(target, self._language, text)
        self._open.pop()
        self._text = []

    def _characters(self, text: str) -> None:
        self._text.append(text)

    def _add(self, name: str, language: str, text: str) -> None:
        self._size += 1
        if self._size > _MOST_VALUES:
            raise _TooMuch
        self.properties.values.setdefault(name, []).append((language, text))

    def _person(self, name: str) -> None:
        if name.strip() and len(self.properties.persons) < _MOST_VALUES:
            self.properties.persons.append(name)

    def _refuse(self, *_: object) -> None:
        raise _TooMuch
