"""What the name of a model is resolved to: the model's folders on this machine."""

from __future__ import annotations

from dataclasses import dataclass

from gallery.encoders.base import Fingerprint
from gallery.encoders.model.digest import state_of
from gallery.encoders.model.fingerprint import fingerprint_of
from gallery.encoders.model.folder import ModelFolder


@dataclass(frozen=True)
class ResolvedModel:
    """One model, or two models that share an embedding space.

    ``name`` is the whole name, as the setting or the database has it. ``pictures`` encodes the
    pictures. ``texts`` encodes the texts; if it is None, ``pictures`` encodes them too.
    Made by ``lookup.find`` and ``discovery.obtain``.
    """

    name: str
    pictures: ModelFolder
    texts: ModelFolder | None = None

    @property
    def folders(self) -> list[ModelFolder]:
        return [self.pictures] if self.texts is None else [self.pictures, self.texts]

    @property
    def fingerprint(self) -> Fingerprint:
        """The fingerprint of ``pictures``, whose vectors the database stores, as its files are now.

        Raises ``EncoderUnavailable`` for files that cannot be read.
        """
        return fingerprint_of(self.pictures)

    @property
    def text_reader(self) -> str:
        """Identifies the model that encodes texts, among all models that do so for the same model
        for pictures. It is part of the key of a cached query vector.

        For a folder it depends on sizes and times of files, because hashing the weights would
        delay the first search. Raises ``OSError`` if a file cannot be read.
        """
        if self.texts is None:
            return self.name
        return f"{self.name} {self.texts.commit or state_of(self.texts.path)}"
